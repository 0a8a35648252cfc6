"""The window as a whole, on small runs: what its parts say to each other, and bad input."""

import dataclasses
import itertools
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QMessageBox
from waiting import happens

from core.data import mnist, unipen
from core.files import paths as places
from core.preprocessing.ink import Drawing
from core.recognition import modelfile
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import loop, recipes
from core.training.config import TrainConfig
from gui.main_window import MainWindow
from gui.pad.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS
from gui.recognition.active_model import ModelChoice
from gui.recognition.models_controller import N_RECENT
from gui.recognition.unsaved import Unsaved
from gui.shell.preferences import Preferences
from gui.style import theme
from gui.style.message import Message, Severity
from gui.style.palettes import LIGHT
from gui.training.confirmations import Closing, ask_before_cancelling, ask_before_closing
from gui.training.events import Moved, Progressed, SnapshotTaken, StorageChanged
from gui.training.session import RunState

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)
SEVEN = [(60, 60), (200, 60), (120, 240)]


def answer(window):
    return window.pad_panel.prediction_view.accessibleName()


def drag(pad, points):
    points = [QPoint(*point) for point in points]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
    for start, stop in itertools.pairwise(points):
        for share in np.linspace(0, 1, 12)[1:]:
            QTest.mouseMove(pad, start + (stop - start) * float(share))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])


@pytest.fixture
def closing(monkeypatch):
    """What the question at closing is answered with, and how often it was asked."""

    class Answers:
        answer, n = Closing.STAY, 0

        def ask(self, parent, session):
            self.n += 1
            return self.answer

    answers = Answers()
    monkeypatch.setattr("gui.training.confirmations.ask_before_closing", answers.ask)
    return answers


def test_a_drawn_seven_is_a_seven_while_the_pen_moves(window):
    answers = []
    window.pad_panel.pad.changed.connect(lambda: answers.append(answer(window)))
    drag(window.pad_panel.pad, SEVEN)
    assert answer(window).startswith("7, ")
    assert len(answers) > 20
    assert len(set(answers)) >= 3  # it followed the pen
    window.pad_panel.tools.clear.trigger()
    assert answer(window) == "No answer yet"
    window.pad_panel.tools.undo.trigger()
    assert answer(window).startswith("7, ")


def test_what_the_network_sees_is_shown(window):
    drag(window.pad_panel.pad, SEVEN)
    image = window.pad_panel.input_view._image
    assert image is not None


def test_a_run_is_watched_and_kept(window, small_run, conclude):
    small_run()
    outcome = conclude()
    assert outcome.model is not None
    assert len(window.workbench.lab.curves.history.loss) > 10
    assert window.workbench.lab.curves.history.n_evaluations == 3
    assert "test digits are right" in window.workbench.lab.panel.progress._status.text()
    assert window.active_model.has(ModelChoice.OWN)
    (kept,) = RunStore().runs()
    assert (kept.name, kept.test_accuracy) == ("quick", outcome.model.scores["test_accuracy"])


def test_buttons_follow_the_run(qtbot, window, small_run, conclude):
    panel = window.workbench.lab.panel
    assert panel.controls.start_button.isVisible()
    assert not panel.controls.stop_button.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert not panel.controls.start_button.isVisible()
    assert not panel.form.isEnabled()
    panel.controls.pause_button.click()
    assert window.workbench.session.state is RunState.PAUSED
    assert panel.controls.pause_button.text() == "Resume"
    panel.controls.pause_button.click()
    assert window.workbench.session.state is RunState.RUNNING
    panel.controls.stop_button.click()
    assert conclude().stopped
    assert panel.controls.start_button.isVisible()
    assert panel.form.isEnabled()


def test_a_paused_network_answers(qtbot, window, small_run):
    drag(window.pad_panel.pad, SEVEN)
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        small_run(config=LONG)
    first = window.active_model._recognizers[ModelChoice.TRAINING].network.snapshot()
    with happens(qtbot, window.workbench.session, Progressed):
        pass
    window.workbench.lab.panel.controls.pause_button.click()
    qtbot.wait(100)  # what was under way has arrived
    assert window.workbench.lab.panel.progress._status.text().startswith("Paused. Epoch")
    assert window.workbench.lab.panel.progress._status.text().count("Paused") == 1
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        window.active_model.choose(ModelChoice.TRAINING)
    assert (window.active_model.recognizer.network.parameters != first.parameters).any()
    window.workbench.lab.panel.controls.cancel_button.click()


def test_the_last_answer_at_closing_counts(qtbot, window, small_run, closing, monkeypatch):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    stop = window.workbench.session.stop
    monkeypatch.setattr(window.workbench.session, "stop", lambda: None)  # as if the run took long to end
    closing.answer = Closing.KEEP
    window.close()
    closing.answer = Closing.STAY
    window.close()
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        stop()
    assert window.isVisible()


def test_going_on_never_closes_even_if_the_run_ends_meanwhile(qtbot, window, small_run, monkeypatch):
    def end_and_stay(parent, session):
        with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
            window.workbench.session.stop()
        return Closing.STAY

    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    monkeypatch.setattr("gui.training.confirmations.ask_before_closing", end_and_stay)
    assert not window.close()
    assert window.isVisible()


def test_undo_brings_a_test_digit_back_as_it_was(qtbot, window, real_data):
    window.pad_panel.tools.random_digit.trigger()
    image = window.recognition.shown.image
    said = window.pad_panel.prediction_view.accessibleDescription()
    window.pad_panel.tools.random_digit.trigger()
    with qtbot.waitSignal(window.recognition.pen_idle.idled):  # one that is refused is refused only then
        window.pad_panel.tools.undo.trigger()
    np.testing.assert_array_equal(window.recognition.shown.image, image)
    assert window.pad_panel.prediction_view.accessibleDescription() == said


def test_cancel_throws_the_run_away(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    window.workbench.lab.panel.controls.cancel_button.click()
    assert window.workbench.session.state is RunState.IDLE
    assert not window.active_model.has(ModelChoice.OWN)
    assert window.workbench.lab.panel.controls.start_button.isVisible()


def test_the_pad_asks_the_network_in_training(qtbot, window, small_run, conclude):
    drag(window.pad_panel.pad, SEVEN)
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        small_run(config=LONG)
    window.active_model.choose(ModelChoice.TRAINING)
    first = window.active_model.recognizer.network.snapshot()
    for _ in range(3):
        with happens(qtbot, window.workbench.session, SnapshotTaken):
            pass
    assert (first.parameters != window.active_model.recognizer.network.parameters).any()
    assert answer(window)[0].isdigit()
    window.workbench.lab.panel.controls.stop_button.click()
    conclude()
    assert window.active_model.choice is ModelChoice.OWN


def test_closing_in_mid_run_asks_once_and_leaves_no_thread(qtbot, window, small_run, closing):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    worker = window.workbench.session._worker
    assert not window.close()
    assert worker.isRunning()
    assert window.isVisible()
    closing.answer = Closing.DISCARD
    assert window.close()
    assert worker.isFinished()
    assert closing.n == 2
    assert RunStore().runs() == []


def test_closing_can_keep_the_run(qtbot, window, small_run, closing):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    closing.answer = Closing.KEEP
    worker = window.workbench.session._worker
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert worker.isFinished()
    assert closing.n == 1
    (run,) = RunStore().runs()
    assert run.status is Status.STOPPED


def test_closing_can_leave_the_run_for_another_time(qtbot, window, small_run, closing):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    closing.answer = Closing.LEAVE
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    run = RunStore().last_interrupted()
    assert run.step > 0
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    again.add_curves()
    assert f"“quick” was interrupted at step {run.step:,} of" in again.lab.message_bar.text
    (go_on,) = again.lab.message_bar.offer_buttons
    with happens(qtbot, again.session, Progressed) as goes_on:
        go_on.click()
    assert goes_on.args[0][0].step == run.step + 1
    assert again.training_panel.config() == LONG
    again.session.shut_down()


# ... and where the run cannot be kept


@pytest.fixture
def unkept(qtbot, window, small_run):
    """A run that goes on in memory, for there is a file where the folder of the runs should be."""
    places.runs().parent.mkdir(parents=True, exist_ok=True)
    places.runs().write_text("x")
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=LONG)


@pytest.mark.parametrize("answer", [Closing.KEEP, Closing.LEAVE])
def test_closing_waits_for_the_network_of_a_run_that_cannot_be_kept(qtbot, window, unkept, closing, answer):
    closing.answer = answer
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        assert not window.close()
    assert concluded.args[0].storage_failure
    assert window.isVisible()
    assert "save its network" in window.workbench.lab.message_bar.text
    assert window.active_model.own_model() is concluded.args[0].model
    assert window.close()  # whoever does not want it is not asked again
    assert closing.n == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Closing.KEEP, Status.STOPPED), (Closing.LEAVE, Status.INTERRUPTED), (Closing.DISCARD, None)],
)
def test_closing_closes_where_the_run_is_kept_elsewhere(qtbot, window, unkept, closing, tmp_path, answer, status):
    elsewhere = RunStore(tmp_path / "another place")
    with happens(qtbot, window.workbench.session, Moved):
        window.workbench.session.keep_in(elsewhere)
    closing.answer = answer
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert [run.status for run in elsewhere.runs()] == ([status] if status else [])


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("keep and close", Closing.KEEP),
        ("another time", Closing.LEAVE),
        ("Discard", Closing.DISCARD),
        ("Keep training", Closing.STAY),
        ("", Closing.STAY),
    ],
)
def test_the_question_at_closing(window, monkeypatch, button, answer):
    def press(box):
        assert ("another time" in box.informativeText()) is (len(box.buttons()) == 4)
        assert box.defaultButton().text() == "Keep &training"
        for candidate in box.buttons():
            if button and button in candidate.text().replace("&", ""):
                candidate.click()
                return
        box.show()
        QTest.keyClick(box, Qt.Key.Key_Escape)

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert ask_before_closing(window, window.workbench.session, lambda: True) is answer


@pytest.fixture
def questions(window, monkeypatch):
    """The answers that each question at closing has offered, of questions that are really asked.

    ``meanwhile`` has what happens while the first, the second... is open: a function, or the answer to click on.
    """

    class Questions:
        def __init__(self):
            self.offered, self.meanwhile = [], []

        def ask(self, box):
            QTimer.singleShot(0, lambda: self.happen(box))
            return execute(box)

        def happen(self, box):
            self.offered.append({button.text().replace("&", "") for button in box.buttons()})
            event = self.meanwhile.pop(0)
            if callable(event):
                event()
            else:
                next(button for button in box.buttons() if event in button.text().replace("&", "")).click()

    questions, execute = Questions(), QMessageBox.exec
    monkeypatch.setattr(QMessageBox, "exec", lambda box: questions.ask(box))
    monkeypatch.setattr("gui.training.confirmations.ask_before_closing", ask_before_closing)
    monkeypatch.setattr("gui.training.confirmations.ask_before_cancelling", ask_before_cancelling)
    return questions


def test_a_run_that_cannot_be_kept_cannot_be_left_for_another_time(qtbot, window, unkept, questions):
    questions.meanwhile = ["Stop here"]
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        assert not window.close()
    assert questions.offered == [{"Stop here", "Discard and close", "Keep training"}]
    assert "save its network" in window.workbench.lab.message_bar.text


def test_the_question_closes_with_the_run_and_the_window_after_it(qtbot, window, small_run, questions):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    questions.meanwhile = [window.workbench.session.stop]  # as if it ended by itself
    assert window.close()
    assert not window.isVisible()
    assert len(questions.offered) == 1
    assert RunStore().runs()[0].status is Status.STOPPED


def test_a_fault_that_ends_the_run_behind_the_question_can_be_read(qtbot, window, small_run, questions, monkeypatch):
    breaks = threading.Event()
    fit = loop.fit

    def breaking(*arguments):
        for record in fit(*arguments):
            yield record
            if breaks.is_set():
                raise RuntimeError("broken")

    monkeypatch.setattr(loop, "fit", breaking)
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    questions.meanwhile = [breaks.set]
    assert not window.close()
    assert "broken" in window.workbench.lab.message_bar.text
    assert window.close()


@pytest.mark.parametrize("answer", [Unsaved.STAY, Unsaved.DISCARD])
def test_then_it_is_asked_about_a_network_that_is_saved_nowhere(window, unkept, questions, monkeypatch, answer):
    questions.meanwhile = [window.workbench.session.stop]
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr("gui.recognition.unsaved.ask_about_unsaved", lambda parent, name: asked.append(name) or answer)
        assert window.close() is (answer is Unsaved.DISCARD)
    assert len(asked) == 1
    assert window.isVisible() is (answer is Unsaved.STAY)


def test_it_is_asked_anew_when_the_run_can_be_kept_no_longer_or_again(window, unkept, questions, tmp_path):
    def keep_elsewhere():
        window.workbench.session.keep_in(RunStore(tmp_path / "another place"))

    questions.meanwhile = [keep_elsewhere, "Keep training"]
    assert not window.close()
    first, second = questions.offered
    assert first == {"Stop here", "Discard and close", "Keep training"}
    assert second > {"Close, and go on another time", "Stop, keep and close"}
    assert window.workbench.session.is_active
    window.workbench.session.cancel()


# ... or is cancelled


@pytest.fixture
def cancel(window):
    """The button."""
    return window.workbench.lab.panel.controls.cancel_button.click


def test_a_run_that_cannot_be_kept_is_not_thrown_away_without_a_question(qtbot, window, unkept, questions, cancel):
    questions.meanwhile = ["Stop here"]
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        cancel()
    assert questions.offered == [{"Stop here", "Discard it", "Keep training"}]
    assert window.active_model.own_model() is concluded.args[0].model is not None
    assert "save its network" in window.workbench.lab.message_bar.text


def test_nor_from_the_menu(window, unkept, questions):
    questions.meanwhile = ["Keep training"]
    window.workbench.menus.actions_by_name["cancel"].trigger()
    assert len(questions.offered) == 1
    assert window.workbench.session.state is RunState.RUNNING


@pytest.mark.parametrize(("answer", "goes_on"), [("Discard it", False), ("Keep training", True), ("", True)])
def test_answers_to_that_question(window, unkept, questions, cancel, answer, goes_on):
    if not answer:  # Escape
        questions.meanwhile = [lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)]
    else:
        questions.meanwhile = [answer]
    cancel()
    assert len(questions.offered) == 1
    assert window.workbench.session.is_active is goes_on
    assert window.active_model.own_model() is None


def test_that_question_closes_with_the_run(window, unkept, questions, cancel):
    questions.meanwhile = [window.workbench.session.stop]
    cancel()
    assert not window.workbench.session.is_active
    assert window.active_model.own_model() is not None


def test_a_run_that_is_kept_elsewhere_meanwhile_is_cancelled_and_can_be_brought_back(
    qtbot, window, unkept, questions, cancel, tmp_path
):
    elsewhere = RunStore(tmp_path / "another place")
    questions.meanwhile = [lambda: window.workbench.session.keep_in(elsewhere)]
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        cancel()
    (run,) = discarded.args[0]
    elsewhere.restore(run.id)
    assert elsewhere.runs()[0].status is Status.INTERRUPTED


@pytest.mark.parametrize("when", ["progressed", "stateChanged"])
def test_a_run_that_can_be_kept_or_has_not_begun_is_cancelled_at_once(
    qtbot, window, small_run, questions, cancel, when
):
    if when == "stateChanged":  # it is still being prepared
        places.runs().parent.mkdir(parents=True, exist_ok=True)
        places.runs().write_text("x")
    with qtbot.waitSignal(getattr(window.workbench.session, when), timeout=60_000):
        small_run(config=LONG)
    cancel()
    assert questions.offered == []
    assert not window.workbench.session.is_active


def test_a_run_that_was_to_be_kept_at_closing_ends_behind_a_second_question(qtbot, window, small_run, questions):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    stop = window.workbench.session.stop
    window.workbench.session.stop = lambda: None  # as if the run took long to end
    questions.meanwhile = ["Stop, keep", stop]
    assert not window.close()
    assert window.close()
    assert not window.isVisible()


def test_save_and_open_give_the_same_answers(window, small_run, conclude, tmp_path):
    small_run()
    conclude()
    window.active_model.choose(ModelChoice.OWN)
    drag(window.pad_panel.pad, SEVEN)
    before = window.active_model.recognizer.predict(window.pad_panel.pad.drawing()).probabilities
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert "Saved" in window.workbench.lab.message_bar.text
    window.active_model.choose(ModelChoice.SHIPPED)
    window.workbench.models.open(tmp_path / "mine.safetensors")
    assert window.active_model.choice is ModelChoice.OWN
    np.testing.assert_array_equal(
        window.active_model.recognizer.predict(window.pad_panel.pad.drawing()).probabilities, before
    )


@pytest.mark.parametrize("damage", ["truncated", "foreign", "folder", "missing"])
def test_a_model_that_cannot_be_read_changes_nothing(window, tmp_path, damage):
    path = tmp_path / "model.safetensors"
    modelfile.save(window.active_model.model, path)
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "foreign":
        path.write_text("hello")
    elif damage == "folder":
        path = tmp_path
    else:
        path = tmp_path / "none.safetensors"
    model = window.active_model.model
    window.workbench.models.open(path)
    assert str(path) in window.workbench.lab.message_bar.text
    assert window.active_model.model is model
    assert window.active_model.choice is ModelChoice.SHIPPED


def test_a_place_that_cannot_be_written_is_a_sentence(window, small_run, conclude, tmp_path):
    small_run()
    conclude()
    (tmp_path / "file").write_text("in the way")
    window.workbench.models.save(tmp_path / "file" / "model.safetensors")
    assert str(tmp_path / "file") in window.workbench.lab.message_bar.text
    assert window.active_model.own_model() is not None


def test_results_that_cannot_be_kept_are_told(window, small_run, conclude):
    places.runs().parent.mkdir(parents=True, exist_ok=True)
    places.runs().write_text("a file where the folder should be")
    small_run()
    conclude()
    assert "save its network" in window.workbench.lab.message_bar.text
    assert window.active_model.own_model() is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.png", b"this is no picture"),
        ("empty.png", b""),
        ("cut.png", None),
        ("ink.json", b"[1, 2"),
        ("nan.json", b'{"strokes": [[[NaN, 1]]]}'),
        ("missing.png", ...),
    ],
)
def test_pictures_and_ink_that_cannot_be_read_change_nothing(window, tmp_path, name, content):
    path = tmp_path / name
    if content is None:
        Image.new("L", (300, 300), 255).save(path)
        path.write_bytes(path.read_bytes()[:60])
    elif content is not ...:
        path.write_bytes(content)
    drag(window.pad_panel.pad, SEVEN)
    window.recognition.open(path)
    assert name in window.workbench.lab.message_bar.text
    assert answer(window).startswith("7, ")


def seven_png(path, ink=0, paper=255):
    image = Image.new("L", (120, 200), paper)
    for x in range(20, 101):
        for y in range(20, 32):
            image.putpixel((x, y), ink)
    for y in range(20, 181):
        centre = 94 - (y - 20) * 50 // 160
        for x in range(centre - 6, centre + 7):
            image.putpixel((x, y), ink)
    image.save(path)


@pytest.mark.parametrize("ink", [0, 255])
def test_a_picture_is_read_dark_on_light_and_light_on_dark(window, tmp_path, ink):
    seven_png(tmp_path / "seven.png", ink, 255 - ink)
    window.recognition.open(tmp_path / "seven.png")
    assert answer(window).startswith("7, ")
    assert window.pad_panel.pad.picture() is not None


def test_a_pasted_picture_is_read(window, tmp_path):
    seven_png(tmp_path / "seven.png")
    QGuiApplication.clipboard().setImage(QImage(str(tmp_path / "seven.png")))
    window.pad_panel.tools.paste.trigger()
    assert answer(window).startswith("7, ")


def test_an_empty_picture_is_a_sentence(window):
    blank = QImage(50, 50, QImage.Format.Format_RGB32)
    blank.fill(Qt.GlobalColor.white)
    window.workbench.open_given(blank)
    assert "no digit" in window.workbench.lab.message_bar.text


def test_a_dropped_model_answers(window, tmp_path):
    modelfile.save(window.active_model.model, tmp_path / "m.safetensors")
    window.workbench.open_given(tmp_path / "m.safetensors")
    assert window.active_model.choice is ModelChoice.OWN


def test_an_ink_file_is_drawn(window, tmp_path):
    (tmp_path / "seven.json").write_text(json.dumps({"strokes": [SEVEN]}))
    window.recognition.open(tmp_path / "seven.json")
    assert answer(window).startswith("7, ")
    assert window.pad_panel.pad.drawing()


@pytest.mark.usefixtures("no_data")
def test_a_random_digit_without_mnist_is_drawn_by_the_program(window):
    window.pad_panel.tools.random_digit.trigger()
    assert window.pad_panel.pad.drawing()
    assert window.recognition.shown.predictions


def test_undo_after_a_picture_brings_the_drawing_and_its_answer_back(window, tmp_path):
    drag(window.pad_panel.pad, [(150, 40), (150, 250)])
    before = answer(window)
    seven_png(tmp_path / "seven.png")
    window.recognition.open(tmp_path / "seven.png")
    window.pad_panel.tools.undo.trigger()
    assert answer(window) == before
    window.pad_panel.tools.redo.trigger()
    assert answer(window).startswith("7, ")


def test_settings_that_make_no_sense_are_a_sentence_and_start_nothing(window):
    window.workbench.lab.panel.form.editor("hidden").setText("many")
    window.workbench.lab.panel.controls.start_button.click()
    assert "hidden" in window.workbench.lab.message_bar.text
    assert window.workbench.session.state is RunState.IDLE


def test_a_diverging_run_is_one_message_and_the_curve_stays(window, small_run, conclude):
    small_run(config=TrainConfig(learning_rate=1000.0, weight_decay=1.0, input_scale=1.0, batch_size=50))
    conclude()
    assert "a smaller learning rate" in window.workbench.lab.message_bar.text
    assert len(window.workbench.lab.curves.history.loss) > 0
    assert window.workbench.lab.panel.controls.start_button.isVisible()


def test_a_damaged_pen_file_is_a_sentence(window, small_run, conclude, tmp_path):
    (tmp_path / "pen.unipen").write_text('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 x\n')
    small_run(data=f"pen:{tmp_path / 'pen.unipen'}")
    conclude()
    assert "line 3" in window.workbench.lab.message_bar.text


def test_a_file_that_is_no_pen_file_is_refused_when_it_is_chosen(window, tmp_path, monkeypatch):
    before = window.workbench.lab.panel.data
    chosen = [tmp_path / "picture.png", tmp_path / "huge", tmp_path / "pen.unipen"]
    chosen[0].write_bytes(b"\x89PNG" + bytes(100_000))
    with chosen[1].open("wb") as huge:
        huge.write(b'.SEGMENT DIGIT 0 ? "8"\n')
        huge.truncate(unipen.MAX_BYTES + 1)
    chosen[2].write_text('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 2\n.PEN_UP\n')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(chosen.pop(0)), ""))
    window.workbench._choose_pen_file()
    assert window.workbench.lab.message_bar.text.endswith("picture.png is not a UNIPEN file of digits: it is not text")
    assert window.workbench.lab.panel.data == before
    window.workbench._choose_pen_file()
    assert window.workbench.lab.message_bar.text.endswith("huge is larger than 64 MiB: too large to be read")
    assert window.workbench.lab.panel.data == before
    window.workbench._choose_pen_file()
    assert window.workbench.lab.message_bar.text == ""
    assert window.workbench.lab.panel.data == f"pen:{tmp_path / 'pen.unipen'}"


def test_damaged_mnist_is_named_and_nothing_else_is_used(qtbot, window, small_run, conclude, tmp_path, monkeypatch):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path))
    small_run(data="mnist")
    conclude()
    assert "train-images-idx3-ubyte" in window.workbench.lab.message_bar.text
    assert window.workbench.lab.panel.mnist_bar.isVisible()  # the way out is at hand


# -- MNIST over the network ----------------------------------------------------------------------------------------


class Server:
    """Stands in for a mirror: ``answers`` maps a file's name to its content; what is missing is a 404."""

    def __init__(self):
        self.answers, self.hold = {}, threading.Event()
        self.hold.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                content = server.answers.get(self.path.rsplit("/", 1)[-1])
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                half = len(content or b"") // 2
                self.wfile.write((content or b"")[:half])
                self.wfile.flush()
                server.hold.wait(30)
                self.wfile.write((content or b"")[half:])

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.hold.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def mirror(monkeypatch, no_data):
    server = Server()
    monkeypatch.setattr(mnist, "MIRRORS", (server.url + "a/", server.url + "b/"))
    yield server
    server.close()


def finished(qtbot, window):
    qtbot.waitUntil(lambda: not window.workbench.mnist_download.is_busy, timeout=60_000)


def test_without_mnist_the_panel_offers_to_get_it_and_synthetic_digits_are_chosen(mirror, window):
    assert window.workbench.lab.panel.mnist_bar.isVisible()
    assert window.workbench.lab.panel.data == "synthetic"


def test_mnist_is_fetched_with_progress(qtbot, mirror, window, real_data):
    mirror.answers = {path.name: path.read_bytes() for path in (real_data / "mnist").glob("*.gz")}
    seen = []
    window.workbench.lab.panel.mnist_bar._progress.valueChanged.connect(seen.append)  # in the GUI thread
    window.workbench.lab.panel.mnist_bar.get_button.click()
    finished(qtbot, window)
    assert mnist.folder() == places.cache() / "mnist"
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert not window.workbench.lab.panel.mnist_bar.isVisible()
    assert window.workbench.lab.panel.data == "mnist"


def test_a_download_that_fails_on_both_mirrors_is_a_sentence(qtbot, mirror, window):
    window.workbench.lab.panel.mnist_bar.get_button.click()
    finished(qtbot, window)
    assert "404" in window.workbench.lab.message_bar.text
    assert window.workbench.lab.panel.mnist_bar.get_button.isVisible()
    assert mnist.folder() is None


def test_wrong_content_is_refused(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), b"something else")
    window.workbench.lab.panel.mnist_bar.get_button.click()
    finished(qtbot, window)
    assert "something else than MNIST" in window.workbench.lab.message_bar.text
    assert mnist.folder() is None


def test_a_download_can_be_cancelled(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), bytes(10**6))
    mirror.hold.clear()
    window.workbench.lab.panel.mnist_bar.get_button.click()
    with qtbot.waitSignal(window.workbench.lab.panel.mnist_bar._progress.valueChanged, timeout=60_000):
        pass
    window.workbench.lab.panel.mnist_bar.cancel_button.click()
    mirror.hold.set()
    finished(qtbot, window)
    assert "cancelled" in window.workbench.lab.message_bar.text
    assert mnist.folder() is None


def test_closing_during_a_download_leaves_no_thread(qtbot, mirror, window):
    mirror.answers = dict.fromkeys((f"{name}.gz" for name in mnist.SHA256), bytes(10**6))
    mirror.hold.clear()
    window.workbench.lab.panel.mnist_bar.get_button.click()
    fetch = window.workbench.mnist_download._fetch
    with qtbot.waitSignal(window.workbench.lab.panel.mnist_bar._progress.valueChanged, timeout=60_000):
        pass
    mirror.hold.set()
    window.close()
    assert fetch.isFinished()


def test_mnist_is_taken_from_a_folder_of_the_users(qtbot, mirror, window, real_data, tmp_path):
    shutil.copytree(real_data / "mnist", tmp_path / "mine")
    window.workbench.mnist_download.take_from(tmp_path / "mine")
    finished(qtbot, window)
    assert mnist.folder() == places.cache() / "mnist"
    assert window.workbench.lab.panel.data == "mnist"


def test_a_folder_without_mnist_is_a_sentence(qtbot, mirror, window, tmp_path):
    window.workbench.mnist_download.take_from(tmp_path)
    finished(qtbot, window)
    assert "train-images-idx3-ubyte" in window.workbench.lab.message_bar.text


# -- what is remembered --------------------------------------------------------------------------------------------


def test_settings_are_remembered(qtbot, window):
    window.workbench.lab.panel.set_recipe("deep")
    window.workbench.lab.panel.set_data("synthetic:500")
    window.workbench.lab.panel.form.editor("epochs").setValue(77)
    window.workbench.lab.panel.fold_button.click()
    window.workbench._log_action.setChecked(True)
    window.pad_panel.tools.set_pen_width(PEN_WIDTHS[-1])
    window.resize(798, 700)  # the offscreen screen is 800 wide
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    assert again.training_panel.recipe == "deep"
    assert again.training_panel.data == "synthetic:500"
    assert again.training_panel.config() == window.workbench.lab.panel.config()
    assert again.training_panel.config().epochs == 77
    assert again.training_panel.fold_button.isChecked()
    assert again._workings._log_action.isChecked()
    assert again.pad_panel.pad.pen_width() == PEN_WIDTHS[-1]
    assert again.size() == window.size() == QSize(798, 700)
    again.close()


def test_recent_models_stay_at_hand(qtbot, window, tmp_path):
    paths = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for path in paths:
        modelfile.save(window.active_model.model, path)
        window.workbench.models.open(path)
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    again._workings._recent.aboutToShow.emit()
    actions = again._workings._recent.actions()
    assert [action.text() for action in actions] == ["c.safetensors", "b.safetensors", "a.safetensors"]
    assert actions[2].toolTip() == str(paths[0])
    actions[2].trigger()
    assert again.slot.choice is ModelChoice.OWN
    assert again.models.recent() == tuple(map(str, (paths[0], paths[2], paths[1])))
    paths[1].unlink()
    again._workings._recent.aboutToShow.emit()
    again._workings._recent.actions()[2].trigger()
    assert "cannot be read" in again.lab.message_bar.text


def test_only_so_many_recent_models_are_listed(window):
    window.workbench.models.set_recent([f"/a/{number}.safetensors" for number in range(30)])
    assert len(window.workbench.models.recent()) == N_RECENT


def test_a_damaged_result_gives_way_to_the_one_before(qtbot, window, small_run, conclude):
    small_run()
    model = conclude().model
    newer = RunStore().begin(name="newer", settings={})
    dataclasses.replace(newer, status=Status.FINISHED, scores={"test_accuracy": 1.0}).save()
    (newer.folder / "model.safetensors").write_bytes(b"damaged")
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    np.testing.assert_array_equal(again.slot.own_model().network.parameters, model.network.parameters)
    assert again.slot.own_name == window.active_model.own_name
    again.close()


def test_the_last_runs_model_is_there_again(qtbot, window, small_run, conclude):
    small_run()
    model = conclude().model
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    np.testing.assert_array_equal(again.slot.own_model().network.parameters, model.network.parameters)
    again.close()


@pytest.mark.parametrize("width", ["wide", "nan", "50", "-1", ""])
def test_damaged_settings_give_the_defaults(qtbot, width):
    places.settings().mkdir(parents=True)
    content = (
        b"[training]\nsettings=[1, 2\ncustomise=perhaps\n[window]\ngeometry=\xff\xfe@nonsense(\n[pad]\npen_width="
        + width.encode()
    )
    (places.settings() / "digitpad.ini").write_bytes(content)
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    assert window.pad_panel.pad.pen_width() == DEFAULT_PEN_WIDTH
    assert window.workbench.lab.panel.recipe == "quick"
    window.close()


def test_settings_that_cannot_be_written_do_not_hinder_closing(qtbot, window):
    places.settings().parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(places.settings(), ignore_errors=True)
    places.settings().write_text("a file where the folder should be")
    assert window.close()


def test_a_damaged_shipped_model_is_told_and_the_window_opens(qtbot, monkeypatch):
    from core.errors import ModelError
    from core.recognition import recognizer
    from gui.recognition import models_controller

    def fail():
        raise ModelError("model.safetensors is damaged")

    for module in (recognizer, models_controller):
        monkeypatch.setattr(module, "shipped_model", fail)
    window = MainWindow()
    qtbot.addWidget(window)
    assert "is damaged" in window.workbench.lab.message_bar.text
    drag(window.pad_panel.pad, SEVEN)
    assert answer(window) == "No answer yet"
    window.close()


# -- accessibility and looks ---------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_a_tooltip(window):
    window.workbench.lab.panel.fold_button.click()
    for kind in (QAbstractButton, QComboBox, QAbstractSpinBox):
        for control in window.findChildren(kind):
            if control.objectName().startswith("qt_") or control.parent().inherits("QTabBar"):
                continue
            assert control.accessibleName() or control.property("text"), control
            assert control.toolTip(), (control, control.accessibleName())


def test_everything_is_reached_by_the_tab_key(window):
    window.workbench.lab.panel.fold_button.click()
    reached, widget = set(), window
    for _ in range(300):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            reached.add(widget)
    panel = window.workbench.lab.panel
    for control in (
        panel.controls.start_button,
        panel.fold_button,
        window.pad_panel.pad,
        panel.form.editor("learning_rate"),
    ):
        assert control in reached


def test_dialogs_lead_to_the_right_places(window, monkeypatch, tmp_path):
    modelfile.save(window.active_model.model, tmp_path / "m.safetensors")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(tmp_path / "m.safetensors"), ""))
    window.workbench.models.choose()
    assert window.active_model.choice is ModelChoice.OWN
    seen = []

    def accept(dialog):
        dialog.selectFile(str(tmp_path / "copy"))
        seen.append((dialog.windowTitle(), dialog.selectedFiles()))
        return True

    monkeypatch.setattr(QFileDialog, "exec", accept)
    window.workbench.models.choose_save_path()
    # The dialog itself completes the name: so it can ask before a file is replaced.
    assert seen == [("Save your model: m.safetensors", [str(tmp_path / "copy.safetensors")])]
    assert (tmp_path / "copy.safetensors").exists()


def test_about_names_versions_and_credits(window):
    window.workbench._show_about()
    box = window.findChild(QMessageBox)
    assert "NumPy" in box.informativeText()
    assert "MNIST" in box.informativeText()
    box.close()


def test_light_and_dark(window):
    dark = next(action for action in window.workbench._schemes.actions() if action.data() == "dark")
    dark.trigger()
    assert theme.is_dark()
    light = next(action for action in window.workbench._schemes.actions() if action.data() == "light")
    light.trigger()
    assert not theme.is_dark()
    assert QApplication.instance().palette().window().color() == LIGHT.window


def test_a_drawing_survives_a_resize(window):
    window.pad_panel.pad.set_drawing(Drawing.from_points([SEVEN]), fit=True)
    window.recognition.predict()
    before = answer(window)
    window.resize(1500, 900)
    window.resize(900, 600)
    middle = window.pad_panel.pad.rect().center()
    drag(window.pad_panel.pad, [(middle.x(), middle.y()), (middle.x(), middle.y() + 1)])
    window.pad_panel.tools.undo.trigger()
    assert answer(window) == before


def test_nothing_lies_on_anything_else_in_the_smallest_window(window):
    window.workbench.lab.panel.fold_button.click()
    window.workbench.lab.panel.show_status("A line that is long enough to be wrapped. " * 3)
    window.workbench.lab.message_bar.show_message(
        Message("A message that is long enough to be wrapped. " * 4, Severity.INFO)
    )
    window.resize(window.minimumSize())
    QApplication.processEvents()
    panel = window.workbench.lab.panel
    above, below = panel._settings.geometry(), panel.progress.geometry()
    assert above.bottom() < below.top()
    assert below.bottom() <= panel.height()


def test_a_recipe_that_is_meant_for_certain_digits_brings_them_along(window):
    panel = window.workbench.lab.panel
    box = panel.findChild(QComboBox, "recipe")
    box.setFocus()
    while panel.recipe != "synthetic":
        before = panel.recipe
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert panel.recipe != before, "the recipe is not in the list"
    assert panel.data == recipes.RECIPES["synthetic"].data
