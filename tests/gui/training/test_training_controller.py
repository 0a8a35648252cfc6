"""What the window makes of a run: the rate changed while it goes on, and what is offered where it went wrong."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from waiting import happens

from core.data import idx
from core.files import paths
from core.recognition import modelfile
from core.runs import run_recorder
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training.config import TrainConfig
from gui.recognition.unsaved import Unsaved
from gui.style.message import Message, Offer, Severity
from gui.training.events import Moved, Progressed, RateChanged, StorageChanged

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)
WILD = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=100.0, input_scale=1.0)


def offers(window):
    return {button.text(): button for button in window.workbench.lab.message_bar.offer_buttons}


@pytest.mark.parametrize(
    ("offer", "changes"),
    [
        ("Restart with a tenth of the rate", {"learning_rate": 10.0}),
        ("Restart with scaled pixels", {"input_scale": 1 / 255}),
    ],
)
def test_a_run_that_diverges_offers_to_start_again(window, small_run, conclude, offer, changes):
    small_run(config=WILD)
    assert "the run diverged" in conclude().error
    assert "the run diverged" in window.workbench.lab.message_bar.text
    assert list(offers(window)) == ["Restart with a tenth of the rate", "Restart with scaled pixels"]
    QTest.mouseClick(offers(window)[offer], Qt.MouseButton.LeftButton)
    conclude()
    again, first = RunStore().runs()
    assert again.config() == dataclasses.replace(WILD, **changes) == window.workbench.lab.panel.config()
    assert first.status is Status.DIVERGED
    assert len(first.history().loss) > 0  # the curve up to there stays


def test_where_pixels_are_scaled_only_a_smaller_rate_is_offered(window, small_run, conclude):
    small_run(config=dataclasses.replace(WILD, input_scale=1 / 255, learning_rate=1000.0, hidden=(16,) * 6))
    assert conclude().error
    assert list(offers(window)) == ["Restart with a tenth of the rate"]


def test_the_advice_after_a_divergence_speaks_as_the_form_does(window, small_run, conclude):
    small_run(config=dataclasses.replace(WILD, initializer="normal"))
    conclude()
    text = window.workbench.lab.message_bar.text
    assert "Try a smaller learning rate (it was 100), or pixels from 0 to 1, or initial weights by He, or batch" in text
    labels = {name: label.lower() for name, label, _ in window.workbench.lab.panel.form._table()}
    for name in ("learning_rate", "input_scale", "initializer", "batch_norm"):
        assert labels[name] in text
        assert name not in text
    assert RunStore().runs()[0].error in text[:1].lower() + text[1:]


FADING = TrainConfig(hidden=(16,) * 4, epochs=2, batch_size=50, initializer="normal", sigma=0.0001)


def test_a_network_that_gives_one_answer_is_told_with_what_would_help(window, small_run, conclude):
    small_run(config=FADING)
    outcome = conclude()
    assert not outcome.error
    assert "Done after" in window.workbench.lab.panel.progress._status.text()
    assert window.workbench.lab.message_bar.text == (
        f"The network predicts {outcome.constant_prediction.digit} for every image. It has learned nothing else. "
        "Try initial weights by He, or batch normalisation."
    )
    assert list(offers(window)) == ["Restart with He initialisation", "Restart with batch normalisation"]
    assert RunStore().runs()[0].error == outcome.constant_prediction.fact  # the list of runs tells it, too
    QTest.mouseClick(offers(window)["Restart with He initialisation"], Qt.MouseButton.LeftButton)
    assert conclude().constant_prediction is None
    assert RunStore().runs()[0].config() == dataclasses.replace(FADING, initializer="he_normal")


def test_one_that_was_stopped_may_yet_have_learned(window, qtbot, small_run, conclude):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(FADING, epochs=5000))
    window.workbench.lab.panel.controls.stop_button.click()
    assert conclude().constant_prediction is None
    assert "for every image" not in window.workbench.lab.message_bar.text


def test_what_has_no_digit_at_all_is_refused(window, small_run, conclude):
    small_run(data="nondigits:10")
    assert conclude().model is None
    assert "There are no digits to learn from, only non-digits" in window.workbench.lab.message_bar.text
    assert RunStore().runs() == []


def test_where_there_are_no_test_digits_no_score_is_told(window, small_run, conclude, tmp_path):
    for part, n in (("train", 60), ("t10k", 0)):
        idx.write(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((n, 28, 28), np.uint8))
        idx.write(tmp_path / f"{part}-labels-idx1-ubyte", (np.arange(n) % 10).astype(np.uint8))
    small_run(data=f"idx:{tmp_path}")
    conclude()
    assert window.workbench.lab.panel.progress._status.text().endswith("There are no digits to test it with.")
    assert window.workbench.models.name_of(window.active_model.own_model()) == "quick"


def test_the_rate_is_changed_while_the_run_goes_on(qtbot, window, small_run):
    panel = window.workbench.lab.panel
    assert not panel.controls.rate.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert panel.controls.rate.isVisible()
    panel.controls.rate.selectAll()
    with happens(qtbot, window.workbench.session, RateChanged) as changed:
        QTest.keyClicks(panel.controls.rate, "0.5")
        QTest.keyClick(panel.controls.rate, Qt.Key.Key_Return)
    assert changed.args[0].rate == pytest.approx(LONG.learning_rate / 2)
    panel.controls.cancel_button.click()
    assert not panel.controls.rate.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert panel.controls.rate.value() == 1.0  # another run begins with its own rate
    panel.controls.cancel_button.click()


def test_an_offer_that_was_made_before_is_not_beside_a_newer_message(window):
    window.workbench.lab.message_bar.show_message(Message("one", Severity.INFO, offers={"Undo": Offer(lambda: None)}))
    assert [
        button.text() for button in window.workbench.lab.message_bar.findChildren(QPushButton) if button.isVisible()
    ] == ["Undo"]
    window.workbench.lab.message_bar.show_message(Message("two", Severity.INFO))
    assert not any(button.isVisible() for button in window.workbench.lab.message_bar.findChildren(QPushButton))


def test_a_run_that_was_interrupted_is_offered_again_until_another_begins(qtbot, window, small_run):
    run = RunStore().begin(name="quick", recipe="quick", settings=LONG.as_dict(), data="synthetic:600", n_steps=50_000)
    window.workbench.lab.training.offer_interrupted(RunStore().runs())
    text = window.workbench.lab.message_bar.text
    window.workbench.lab.message_bar.show_message(Message("another", Severity.INFO))
    window.workbench.lab.message_bar.clear()
    assert window.workbench.lab.message_bar.text == text
    window.workbench.lab.runs.delete(RunStore().runs())
    assert window.workbench.lab.message_bar.text == "“quick” was deleted."
    offers(window)["Undo"].click()
    assert window.workbench.lab.message_bar.text == text
    assert run.folder.is_dir()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    window.workbench.lab.message_bar.clear()
    assert window.workbench.lab.message_bar.text == ""
    window.workbench.session.cancel()


def test_an_interrupted_run_that_was_deleted_is_not_offered_again(window):
    RunStore().begin(name="quick", recipe="quick", settings=LONG.as_dict(), data="synthetic:600", n_steps=50_000)
    window.workbench.lab.training.offer_interrupted(RunStore().runs())
    window.workbench.lab.runs.delete(RunStore().runs())
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == ""


def test_undo_outlasts_a_new_run_and_an_offer_to_start_again_does_not(qtbot, window, small_run, conclude):
    small_run(config=WILD)
    conclude()
    window.workbench.lab.runs.delete(RunStore().runs())
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert window.workbench.lab.message_bar.text == "“quick” was deleted."
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == ""
    window.workbench.lab.panel.controls.cancel_button.click()


def test_one_run_at_a_time(qtbot, window, small_run, conclude):
    small_run(config=dataclasses.replace(LONG, epochs=1))
    first = conclude().run
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    window.workbench.lab.training.continue_from(first)
    assert "stop that run first" in window.workbench.lab.message_bar.text
    window.workbench.lab.panel.controls.cancel_button.click()


def test_the_number_of_threads_is_the_users_is_shown_and_is_kept_with_the_run(qtbot, window, small_run):
    form = window.workbench.lab.panel.form
    form.threads.setMaximum(2)
    form.threads.setValue(2)
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert "2\u00a0threads" in window.workbench.lab.panel.progress._status.text()
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        window.workbench.lab.panel.controls.stop_button.click()
    (run,) = RunStore().runs()
    assert run.threads == run.model().threads == 2
    form.threads.setValue(1)
    assert window.workbench.lab.training.use_settings(run)
    assert form.threads.value() == 2


# Runs that cannot be kept


KEEP = "Keep it elsewhere…"
SAVE = "Save model…"


@pytest.fixture
def unwritable():
    """A file where the folder of the runs should be."""
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("x")


@pytest.fixture
def writes_often(monkeypatch):
    monkeypatch.setattr(run_recorder, "CHECKPOINT_INTERVAL_S", 0.0)


@pytest.fixture
def elsewhere(tmp_path):
    return RunStore(tmp_path / "another place")


@pytest.fixture
def choose(window, monkeypatch):
    """Return a function that takes the offer, and answers its question; ``meanwhile`` happens while it is open."""

    def answer(folder, meanwhile=None):
        def ask(parent, title):
            if meanwhile:
                meanwhile()
            return str(folder)

        monkeypatch.setattr(QFileDialog, "getExistingDirectory", ask)
        QTest.mouseClick(offers(window)[KEEP], Qt.MouseButton.LeftButton)

    return answer


@pytest.fixture
def moved(qtbot, window, choose):
    """Return a function that has the run kept elsewhere, and returns it, or None."""

    def move(folder):
        with happens(qtbot, window.workbench.session, Moved) as answer:
            choose(folder)
        return answer.args[0].run

    return move


@pytest.fixture
def unkept(qtbot, window, small_run, unwritable):
    """A run that goes on in memory, for it could not be put on the shelf."""
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=LONG)


def end(qtbot, window, how):
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        how()
    return concluded.args[0]


def test_that_a_run_cannot_be_kept_is_told_at_once_with_an_offer(window, unkept):
    message_bar = window.workbench.lab.message_bar
    assert message_bar.text.startswith("The run goes on in memory, but cannot be kept at present: ")
    assert "cannot be made" in message_bar.text
    assert list(offers(window)) == [KEEP]
    assert window.workbench.session.is_active
    window.workbench.lab.panel.controls.cancel_button.click()
    assert message_bar.text == "The run ended. Nothing of it was kept."
    assert not offers(window)


def test_it_is_kept_elsewhere_and_its_end_says_where(qtbot, window, unkept, moved, elsewhere):
    run = moved(elsewhere.folder)
    assert window.workbench.lab.message_bar.text.startswith(f"The run is kept in {run.folder} from now on. ")
    outcome = end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    assert elsewhere.runs() == [outcome.run]
    assert str(run.folder) in window.workbench.lab.message_bar.text
    assert str(paths.runs()) in window.workbench.lab.message_bar.text
    assert "could not" not in window.workbench.lab.message_bar.text
    assert "Stopped and kept" in window.workbench.lab.panel.progress._status.text()
    assert window.workbench.lab.runs_view.table.rowCount() == 0  # it lists the window's own
    # As the notice says:
    paths.runs().unlink()
    paths.runs().mkdir()
    run.folder.rename(paths.runs() / run.id)
    window.workbench.lab.runs.refresh()
    assert window.workbench.lab.runs_view.table.entry(0).status is Status.STOPPED


def test_a_shelf_that_vanishes_and_comes_back(qtbot, window, small_run, writes_often, tmp_path):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    with happens(qtbot, window.workbench.session, StorageChanged):
        paths.runs().rename(tmp_path / "gone")
    assert list(offers(window)) == [KEEP]
    with happens(qtbot, window.workbench.session, StorageChanged, lambda event: event.reason == ""):
        (tmp_path / "gone").rename(paths.runs())
    assert "can be written again" in window.workbench.lab.message_bar.text
    assert not offers(window)
    outcome = end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    assert "can be written again" in window.workbench.lab.message_bar.text  # nothing more is to be said
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == ""  # what was offered is needed no more
    assert RunStore().runs() == [outcome.run]


def test_where_it_cannot_be_kept_either_another_place_can_be_chosen(window, unkept, moved, elsewhere, tmp_path):
    (tmp_path / "file").write_text("x")
    assert moved(tmp_path / "file") is None
    assert window.workbench.lab.message_bar.text.startswith("The run cannot be kept there either: ")
    assert str(tmp_path / "file") in window.workbench.lab.message_bar.text
    assert moved(elsewhere.folder) == elsewhere.runs()[0]
    window.workbench.lab.panel.controls.cancel_button.click()


def test_who_names_no_folder_is_offered_it_again(window, unkept, choose):
    text = window.workbench.lab.message_bar.text
    choose("")
    assert window.workbench.lab.message_bar.text == text
    assert list(offers(window)) == [KEEP]


def test_a_pause_offers_it_again(window, unkept):
    text = window.workbench.lab.message_bar.text
    window.workbench.lab.message_bar.clear()
    window.workbench.lab.panel.controls.pause_button.click()
    assert window.workbench.lab.message_bar.text == text


def test_the_offer_comes_back_from_behind_another_message_once(window, unkept):
    text = window.workbench.lab.message_bar.text
    window.workbench.lab.panel.controls.pause_button.click()  # it is said again
    window.workbench.lab.message_bar.show_message(Message("another", Severity.INFO))
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == text
    assert list(offers(window)) == [KEEP]
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == ""


def test_the_offer_to_save_comes_back_until_the_network_is_saved(qtbot, window, unkept, tmp_path):
    end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    text = window.workbench.lab.message_bar.text
    window.workbench.models.save(tmp_path)  # a folder: it cannot be written
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == text
    assert list(offers(window)) == [SAVE]
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert window.workbench.lab.message_bar.text.startswith("Saved as")
    window.workbench.lab.message_bar.dismiss()
    assert window.workbench.lab.message_bar.text == ""


def test_who_leaves_the_dialog_is_offered_to_save_again(qtbot, window, unkept, monkeypatch):
    monkeypatch.setattr(window.workbench.models, "choose_save_path", lambda: None)
    end(qtbot, window, window.workbench.session.stop)
    QTest.mouseClick(offers(window)[SAVE], Qt.MouseButton.LeftButton)
    assert list(offers(window)) == [SAVE]


def test_a_run_that_ends_while_the_folder_is_asked_for(qtbot, window, unkept, choose, elsewhere):
    choose(elsewhere.folder, lambda: end(qtbot, window, window.workbench.session.stop))
    assert window.workbench.lab.message_bar.text == "The run has ended meanwhile. Its network can be saved."
    assert list(offers(window)) == [SAVE]
    assert not elsewhere.folder.exists()


def test_a_run_that_is_cancelled_while_the_folder_is_asked_for(window, unkept, choose, elsewhere):
    choose(elsewhere.folder, window.workbench.session.cancel)
    assert window.workbench.lab.message_bar.text == "The run has ended meanwhile."
    assert not offers(window)
    assert not elsewhere.folder.exists()


def test_another_run_is_not_moved_in_its_place(qtbot, window, unkept, small_run, choose, elsewhere):
    def begin_another():
        window.workbench.session.cancel()
        with happens(qtbot, window.workbench.session, StorageChanged):
            small_run(config=LONG)

    choose(elsewhere.folder, begin_another)
    end(qtbot, window, window.workbench.session.stop)
    assert not elsewhere.folder.exists()


def test_a_run_that_diverges_and_cannot_be_kept_offers_both(
    qtbot, window, small_run, conclude, unwritable, monkeypatch
):
    from core.training import loop

    step = loop._step

    def diverge(state, *rest, **more):
        if state.step == 30:
            state.network.parameters[:] = float("nan")
        return step(state, *rest, **more)

    monkeypatch.setattr(loop, "_step", diverge)
    small_run(config=LONG)
    outcome = conclude()
    assert outcome.error
    assert outcome.model is not None
    assert window.workbench.lab.panel.progress._status.text().startswith("Ended after ")
    assert "could not be kept" in window.workbench.lab.message_bar.text
    assert list(offers(window)) == ["Restart with a tenth of the rate", SAVE]


def test_a_run_that_could_not_be_kept_was_not_stopped_and_kept(qtbot, window, unkept):
    end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    assert window.workbench.lab.panel.progress._status.text().startswith("Stopped after ")
    assert list(offers(window)) == [SAVE]


@pytest.fixture
def asked(monkeypatch):
    """What the question about a network that is saved nowhere is answered with, and how often it was asked."""

    class Answers:
        answer, n = Unsaved.STAY, 0

        def ask(self, parent, name):
            self.n += 1
            return self.answer

    answers = Answers()
    monkeypatch.setattr("gui.recognition.unsaved.ask_about_unsaved", answers.ask)
    yield answers
    answers.answer = Unsaved.DISCARD  # the window is closed now


def test_a_network_that_is_saved_nowhere_does_not_go_without_a_question(qtbot, window, unkept, asked, tmp_path):
    end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    model = window.active_model.own_model()
    modelfile.save(model, tmp_path / "other.safetensors")
    window.close()
    assert window.isVisible()
    window.workbench.lab.panel.controls.start_button.click()
    assert not window.workbench.session.is_active
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert window.active_model.own_model() is model
    assert asked.n == 3
    asked.answer = Unsaved.DISCARD
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert window.active_model.own_model() is not model
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert asked.n == 4


def test_a_network_that_was_saved_goes_without_a_question(qtbot, window, unkept, asked, tmp_path):
    end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    window.workbench.models.save(tmp_path)  # a folder: it cannot be written
    assert not window.workbench.models.may_replace()
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert window.workbench.models.may_replace()
    assert asked.n == 1
    window.close()
    assert not window.isVisible()


def test_it_can_be_saved_when_asked(qtbot, window, unkept, asked, tmp_path, monkeypatch):
    end(qtbot, window, window.workbench.lab.panel.controls.stop_button.click)
    monkeypatch.setattr(
        window.workbench.models, "choose_save_path", lambda: window.workbench.models.save(tmp_path / "mine.safetensors")
    )
    asked.answer = Unsaved.SAVE
    window.close()
    assert not window.isVisible()
    assert (tmp_path / "mine.safetensors").exists()
