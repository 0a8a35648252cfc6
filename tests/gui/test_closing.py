"""Closing the window, and cancelling a run: the questions, and what becomes of the run."""

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from waiting import happens

from core.files import paths
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from gui.main_window import MainWindow
from gui.recognition.unsaved import Unsaved
from gui.shell.preferences import Preferences
from gui.training.confirmations import Closing, ask_before_cancelling, ask_before_closing
from gui.training.events import Moved, Progressed, StorageChanged
from gui.training.live_run import LiveRun
from gui.training.session import RunState
from gui.training.worker import Worker

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)


def panel(window):
    return window.workbench.lab.panel


def bar(window):
    return window.workbench.lab.message_bar


@pytest.fixture
def closing(monkeypatch):
    """The answer to the question at closing, and how often it was asked."""

    class Answers:
        answer, n = Closing.STAY, 0

        def ask(self, parent, session):
            self.n += 1
            return self.answer

    answers = Answers()
    monkeypatch.setattr("gui.training.confirmations.ask_before_closing", answers.ask)
    return answers


def test_a_later_answer_at_closing_replaces_an_earlier_one(qtbot, window, small_run, closing, monkeypatch):
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


def test_keep_training_never_closes_the_window_even_if_the_run_ends_meanwhile(qtbot, window, small_run, monkeypatch):
    def end_and_stay(parent, session):
        with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
            window.workbench.session.stop()
        return Closing.STAY

    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    monkeypatch.setattr("gui.training.confirmations.ask_before_closing", end_and_stay)
    assert not window.close()
    assert window.isVisible()


def test_closing_in_mid_run_asks_once_and_leaves_no_thread(qtbot, window, small_run, closing):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    worker = window.workbench.session.findChild(Worker)
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
    worker = window.workbench.session.findChild(Worker)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert worker.isFinished()
    assert closing.n == 1
    (run,) = RunStore().runs()
    assert run.status is Status.STOPPED


def test_closing_can_leave_the_run_to_be_resumed(qtbot, window, small_run, closing):
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
    assert f"“quick” was interrupted at step {run.step:,} of" in bar(again).text
    (resume,) = bar(again).offer_buttons
    with happens(qtbot, again.workbench.session, Progressed) as goes_on:
        resume.click()
    assert goes_on.args[0].records[0].step == run.step + 1
    assert panel(again).config() == LONG
    again.workbench.session.shut_down()


# -- ... if the run cannot be kept -------------------------------------------------------------------------------------


@pytest.fixture
def unkept(qtbot, window, small_run):
    """A run that goes on in memory, because a file is in place of the folder of the runs."""
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("x")
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=LONG)


@pytest.mark.parametrize("answer", [Closing.KEEP, Closing.LEAVE])
def test_closing_waits_for_the_network_of_a_run_that_cannot_be_kept(qtbot, window, unkept, closing, answer):
    closing.answer = answer
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        assert not window.close()
    assert concluded.args[0].storage_failure
    assert window.isVisible()
    assert "Save its network" in bar(window).text
    assert window.active_model.own_model() is concluded.args[0].model
    assert window.close()  # the question is asked once
    assert closing.n == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Closing.KEEP, Status.STOPPED), (Closing.LEAVE, Status.INTERRUPTED), (Closing.DISCARD, None)],
)
def test_closing_with_a_run_that_was_moved_to_another_store(qtbot, window, unkept, closing, tmp_path, answer, status):
    elsewhere = RunStore(tmp_path / "elsewhere")
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
    window.workbench.session.live = LiveRun(RunStore())  # it can be kept
    assert ask_before_closing(window, window.workbench.session) is answer


@pytest.fixture
def questions(window, monkeypatch):
    """The answers that each real question offers.

    ``meanwhile`` has, for each question in turn, what happens while it is open: a function that is called, or the text
    of the answer to click.
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
    assert "Save its network" in bar(window).text


def test_the_question_closes_with_the_run_and_the_window_after_it(qtbot, window, small_run, questions):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    questions.meanwhile = [window.workbench.session.stop]  # as if the run ended by itself
    assert window.close()
    assert not window.isVisible()
    assert len(questions.offered) == 1
    assert RunStore().runs()[0].status is Status.STOPPED


def test_a_fault_that_ends_the_run_behind_the_question_stays_readable(qtbot, window, small_run, questions, monkeypatch):
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
    assert "broken" in bar(window).text
    assert window.close()


@pytest.mark.parametrize("answer", [Unsaved.STAY, Unsaved.DISCARD])
def test_a_question_about_the_unsaved_network_follows(window, unkept, questions, monkeypatch, answer):
    questions.meanwhile = [window.workbench.session.stop]
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr("gui.recognition.unsaved.ask_about_unsaved", lambda parent, name: asked.append(name) or answer)
        assert window.close() is (answer is Unsaved.DISCARD)
    assert len(asked) == 1
    assert window.isVisible() is (answer is Unsaved.STAY)


def test_the_question_is_asked_again_when_the_run_can_be_kept_again(window, unkept, questions, tmp_path):
    def keep_elsewhere():
        window.workbench.session.keep_in(RunStore(tmp_path / "elsewhere"))

    questions.meanwhile = [keep_elsewhere, "Keep training"]
    assert not window.close()
    first, second = questions.offered
    assert first == {"Stop here", "Discard and close", "Keep training"}
    assert second > {"Close, and go on another time", "Stop, keep and close"}
    assert window.workbench.session.is_active
    window.workbench.session.cancel()


# -- ... or is cancelled -----------------------------------------------------------------------------------------------


@pytest.fixture
def cancel(window):
    """A function that presses the button."""
    return panel(window).controls.cancel_button.click


def test_a_run_that_cannot_be_kept_is_cancelled_only_after_a_question(qtbot, window, unkept, questions, cancel):
    questions.meanwhile = ["Stop here"]
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        cancel()
    assert questions.offered == [{"Stop here", "Discard it", "Keep training"}]
    assert window.active_model.own_model() is concluded.args[0].model is not None
    assert "Save its network" in bar(window).text


def test_the_menu_asks_too(window, unkept, questions):
    questions.meanwhile = ["Keep training"]
    window.workbench.menus.actions_by_name["cancel"].trigger()
    assert len(questions.offered) == 1
    assert window.workbench.session.state is RunState.RUNNING


@pytest.mark.parametrize(("answer", "goes_on"), [("Discard it", False), ("Keep training", True), ("", True)])
def test_the_answers_to_the_question_at_cancelling(window, unkept, questions, cancel, answer, goes_on):
    if not answer:  # Escape
        questions.meanwhile = [lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)]
    else:
        questions.meanwhile = [answer]
    cancel()
    assert len(questions.offered) == 1
    assert window.workbench.session.is_active is goes_on
    assert window.active_model.own_model() is None


def test_the_question_at_cancelling_closes_with_the_run(window, unkept, questions, cancel):
    questions.meanwhile = [window.workbench.session.stop]
    cancel()
    assert not window.workbench.session.is_active
    assert window.active_model.own_model() is not None


def test_a_run_that_was_moved_behind_the_question_is_cancelled_and_can_be_restored(
    qtbot, window, unkept, questions, cancel, tmp_path
):
    elsewhere = RunStore(tmp_path / "elsewhere")
    questions.meanwhile = [lambda: window.workbench.session.keep_in(elsewhere)]
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        cancel()
    (run,) = discarded.args[0]
    elsewhere.restore(run.id)
    assert elsewhere.runs()[0].status is Status.INTERRUPTED


def test_a_run_that_can_be_kept_is_cancelled_without_a_question(qtbot, window, small_run, questions, cancel):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    cancel()
    assert questions.offered == []
    assert not window.workbench.session.is_active


def test_a_run_in_preparation_is_cancelled_without_a_question(window, small_run, questions, cancel):
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("x")
    small_run(config=LONG)
    assert window.workbench.session.state is RunState.PREPARING
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
