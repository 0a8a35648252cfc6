"""Runs in the window: changes of the rate, the messages at their end, and the offers when something failed."""

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
from core.training import loop
from core.training.config import TrainConfig
from gui.recognition.unsaved import Unsaved
from gui.style.message import Message, Offer, Severity
from gui.training.events import Moved, Progressed, RateChanged, StorageChanged

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)
WILD = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=100.0, input_scale=1.0)


def panel(window):
    return window.workbench.lab.panel


def bar(window):
    return window.workbench.lab.message_bar


def offers(window):
    """Return the buttons of the message's offers, by text."""
    return {button.text(): button for button in bar(window).offer_buttons}


@pytest.mark.parametrize(
    ("offer", "changes"),
    [
        ("Restart with a tenth of the rate", {"learning_rate": 10.0}),
        ("Restart with scaled pixels", {"input_scale": 1 / 255}),
    ],
)
def test_a_divergence_offers_to_restart(window, small_run, conclude, offer, changes):
    small_run(config=WILD)
    assert "the run diverged" in conclude().error
    assert "the run diverged" in bar(window).text
    assert list(offers(window)) == ["Restart with a tenth of the rate", "Restart with scaled pixels"]
    QTest.mouseClick(offers(window)[offer], Qt.MouseButton.LeftButton)
    conclude()
    again, first = RunStore().runs()
    assert again.config() == dataclasses.replace(WILD, **changes) == panel(window).config()
    assert first.status is Status.DIVERGED
    assert len(first.history().loss) > 0  # the curve so far is stored


def test_with_scaled_pixels_only_a_smaller_rate_is_offered(window, small_run, conclude):
    small_run(config=dataclasses.replace(WILD, input_scale=1 / 255, learning_rate=1000.0, hidden=(16,) * 6))
    assert conclude().error
    assert list(offers(window)) == ["Restart with a tenth of the rate"]


def test_the_advice_uses_the_labels_of_the_form(window, small_run, conclude):
    small_run(config=dataclasses.replace(WILD, initializer="normal"))
    conclude()
    text = bar(window).text
    assert "Try a smaller learning rate (it was 100), or pixels from 0 to 1, or He initialisation, or batch" in text
    for name in ("learning_rate", "input_scale", "initializer", "batch_norm"):
        assert panel(window).form.editor(name).accessibleName().lower() in text
        assert name not in text
    assert RunStore().runs()[0].error in text[:1].lower() + text[1:]


VANISHING = TrainConfig(hidden=(16,) * 4, epochs=2, batch_size=50, initializer="normal", sigma=0.0001)


def test_a_constant_prediction_is_reported_with_advice(window, small_run, conclude):
    small_run(config=VANISHING)
    outcome = conclude()
    assert not outcome.error
    assert "Done after" in panel(window).progress.text
    assert bar(window).text == (
        f"The network predicts {outcome.constant_prediction.digit} for every image. It has learned nothing else. "
        "Try He initialisation, or batch normalisation."
    )
    assert list(offers(window)) == ["Restart with He initialisation", "Restart with batch normalisation"]
    assert RunStore().runs()[0].error == outcome.constant_prediction.fact  # the list of runs shows it too
    QTest.mouseClick(offers(window)["Restart with He initialisation"], Qt.MouseButton.LeftButton)
    assert conclude().constant_prediction is None
    assert RunStore().runs()[0].config() == dataclasses.replace(VANISHING, initializer="he_normal")


def test_a_network_that_was_stopped_early_is_not_diagnosed(window, qtbot, small_run, conclude):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(VANISHING, epochs=5000))
    panel(window).controls.stop_button.click()
    assert conclude().constant_prediction is None
    assert "for every image" not in bar(window).text


def test_data_without_digits_is_an_error(window, small_run, conclude):
    small_run(data="nondigits:10")
    assert conclude().model is None
    assert "There are no digits to learn from, only non-digits" in bar(window).text
    assert RunStore().runs() == []


def test_without_test_digits_there_is_no_score(window, small_run, conclude, tmp_path):
    for part, n in (("train", 60), ("t10k", 0)):
        idx.write(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((n, 28, 28), np.uint8))
        idx.write(tmp_path / f"{part}-labels-idx1-ubyte", (np.arange(n) % 10).astype(np.uint8))
    small_run(data=f"idx:{tmp_path}")
    conclude()
    assert panel(window).progress.text.endswith("There are no digits to test it with.")
    assert window.workbench.models.name_of(window.active_model.own_model()) == "quick"


def test_the_rate_is_changed_during_the_run(qtbot, window, small_run):
    assert not panel(window).controls.rate.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert panel(window).controls.rate.isVisible()
    panel(window).controls.rate.selectAll()
    with happens(qtbot, window.workbench.session, RateChanged) as changed:
        QTest.keyClicks(panel(window).controls.rate, "0.5")
        QTest.keyClick(panel(window).controls.rate, Qt.Key.Key_Return)
    assert changed.args[0].rate == pytest.approx(LONG.learning_rate / 2)
    panel(window).controls.cancel_button.click()
    assert not panel(window).controls.rate.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert panel(window).controls.rate.value() == 1.0  # another run starts at its own rate
    panel(window).controls.cancel_button.click()


def test_a_new_message_hides_the_offers_of_the_one_before(window):
    bar(window).show_message(Message("one", Severity.INFO, offers={"Undo": Offer(lambda: None)}))
    assert [button.text() for button in bar(window).findChildren(QPushButton) if button.isVisible()] == ["Undo"]
    bar(window).show_message(Message("two", Severity.INFO))
    assert not any(button.isVisible() for button in bar(window).findChildren(QPushButton))


def test_an_interrupted_run_is_offered_until_another_begins(qtbot, window, small_run):
    run = RunStore().begin(name="quick", recipe="quick", settings=LONG.as_dict(), data="synthetic:600", n_steps=50_000)
    window.workbench.lab.training.offer_interrupted(RunStore().runs())
    text = bar(window).text
    bar(window).show_message(Message("another", Severity.INFO))
    bar(window).clear()
    assert bar(window).text == text
    window.workbench.lab.runs.delete(RunStore().runs())
    assert bar(window).text == "“quick” was deleted."
    offers(window)["Undo"].click()
    assert bar(window).text == text
    assert run.folder.is_dir()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    bar(window).clear()
    assert bar(window).text == ""
    window.workbench.session.cancel()


def test_an_interrupted_run_that_was_deleted_is_not_offered_again(window):
    RunStore().begin(name="quick", recipe="quick", settings=LONG.as_dict(), data="synthetic:600", n_steps=50_000)
    window.workbench.lab.training.offer_interrupted(RunStore().runs())
    window.workbench.lab.runs.delete(RunStore().runs())
    bar(window).dismiss()
    assert bar(window).text == ""


def test_undo_is_offered_after_a_new_run_has_begun_and_a_restart_is_not(qtbot, window, small_run, conclude):
    small_run(config=WILD)
    conclude()
    window.workbench.lab.runs.delete(RunStore().runs())
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert bar(window).text == "“quick” was deleted."
    bar(window).dismiss()
    assert bar(window).text == ""
    panel(window).controls.cancel_button.click()


def test_one_run_at_a_time(qtbot, window, small_run, conclude):
    small_run(config=dataclasses.replace(LONG, epochs=1))
    first = conclude().run
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    window.workbench.lab.training.continue_from(first)
    assert "stop that run first" in bar(window).text
    panel(window).controls.cancel_button.click()


def test_the_number_of_threads_is_set_shown_and_stored_with_the_run(qtbot, window, small_run):
    form = panel(window).form
    form.threads.setMaximum(2)
    form.threads.setValue(2)
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert "2\u00a0threads" in panel(window).progress.text
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        panel(window).controls.stop_button.click()
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
    return RunStore(tmp_path / "elsewhere")


@pytest.fixture
def choose(window, monkeypatch):
    """Return a function that accepts the offer and chooses a folder; ``meanwhile`` is called before the choice."""

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
    """Return a function that moves the run to a folder, and returns the moved run, or None."""

    def move(folder):
        with happens(qtbot, window.workbench.session, Moved) as answer:
            choose(folder)
        return answer.args[0].run

    return move


@pytest.fixture
def unkept(qtbot, window, small_run, unwritable):
    """A run that goes on in memory, because it could not be stored."""
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=LONG)


def end(qtbot, window, how):
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000) as concluded:
        how()
    return concluded.args[0]


def test_a_run_that_cannot_be_kept_is_reported_at_once_with_an_offer(window, unkept):
    assert bar(window).text.startswith("The run goes on in memory, but cannot be kept at present: ")
    assert "cannot be made" in bar(window).text
    assert list(offers(window)) == [KEEP]
    assert window.workbench.session.is_active
    panel(window).controls.cancel_button.click()
    assert bar(window).text == "The run ended. Nothing of it was kept."
    assert not offers(window)


def test_a_run_that_is_kept_elsewhere_ends_with_its_folder(qtbot, window, unkept, moved, elsewhere):
    run = moved(elsewhere.folder)
    assert bar(window).text.startswith(f"The run is kept in {run.folder} from now on. ")
    outcome = end(qtbot, window, panel(window).controls.stop_button.click)
    assert elsewhere.runs() == [outcome.run]
    assert str(run.folder) in bar(window).text
    assert str(paths.runs()) in bar(window).text
    assert "could not" not in bar(window).text
    assert "Stopped and kept" in panel(window).progress.text
    assert window.workbench.lab.runs_view.table.rowCount() == 0  # it lists the window's own store
    # As the message says:
    paths.runs().unlink()
    paths.runs().mkdir()
    run.folder.rename(paths.runs() / run.id)
    window.workbench.lab.runs.refresh()
    assert window.workbench.lab.runs_view.table.entry(0).status is Status.STOPPED


def test_a_store_that_vanishes_and_returns(qtbot, window, small_run, writes_often, tmp_path):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    with happens(qtbot, window.workbench.session, StorageChanged):
        paths.runs().rename(tmp_path / "gone")
    assert list(offers(window)) == [KEEP]
    with happens(qtbot, window.workbench.session, StorageChanged, lambda event: event.reason == ""):
        (tmp_path / "gone").rename(paths.runs())
    assert "can be written again" in bar(window).text
    assert not offers(window)
    outcome = end(qtbot, window, panel(window).controls.stop_button.click)
    assert "can be written again" in bar(window).text  # there is nothing to add
    bar(window).dismiss()
    assert bar(window).text == ""  # the offer does not stand any more
    assert RunStore().runs() == [outcome.run]


def test_after_a_move_that_failed_another_folder_can_be_chosen(window, unkept, moved, elsewhere, tmp_path):
    (tmp_path / "file").write_text("x")
    assert moved(tmp_path / "file") is None
    assert bar(window).text.startswith("The run cannot be kept there either: ")
    assert str(tmp_path / "file") in bar(window).text
    assert moved(elsewhere.folder) == elsewhere.runs()[0]
    panel(window).controls.cancel_button.click()


def test_the_offer_returns_if_no_folder_is_chosen(window, unkept, choose):
    text = bar(window).text
    choose("")
    assert bar(window).text == text
    assert list(offers(window)) == [KEEP]


def test_the_offer_returns_at_a_pause(window, unkept):
    text = bar(window).text
    bar(window).clear()
    panel(window).controls.pause_button.click()
    assert bar(window).text == text


def test_the_offer_returns_once_after_another_message(window, unkept):
    text = bar(window).text
    panel(window).controls.pause_button.click()  # which shows it again
    bar(window).show_message(Message("another", Severity.INFO))
    bar(window).dismiss()
    assert bar(window).text == text
    assert list(offers(window)) == [KEEP]
    bar(window).dismiss()
    assert bar(window).text == ""


def test_the_offer_to_save_returns_until_the_network_is_saved(qtbot, window, unkept, tmp_path):
    end(qtbot, window, panel(window).controls.stop_button.click)
    text = bar(window).text
    window.workbench.models.save(tmp_path)  # a folder: it cannot be written
    bar(window).dismiss()
    assert bar(window).text == text
    assert list(offers(window)) == [SAVE]
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert bar(window).text.startswith("Saved as")
    bar(window).dismiss()
    assert bar(window).text == ""


def test_the_offer_to_save_returns_if_the_dialog_is_cancelled(qtbot, window, unkept, monkeypatch):
    monkeypatch.setattr(window.workbench.models, "choose_save_path", lambda: None)
    end(qtbot, window, window.workbench.session.stop)
    QTest.mouseClick(offers(window)[SAVE], Qt.MouseButton.LeftButton)
    assert list(offers(window)) == [SAVE]


def test_a_run_that_ends_while_the_dialog_is_open(qtbot, window, unkept, choose, elsewhere):
    choose(elsewhere.folder, lambda: end(qtbot, window, window.workbench.session.stop))
    assert bar(window).text == "The run has ended meanwhile. Its network can be saved."
    assert list(offers(window)) == [SAVE]
    assert not elsewhere.folder.exists()


def test_a_run_that_is_cancelled_while_the_dialog_is_open(window, unkept, choose, elsewhere):
    choose(elsewhere.folder, window.workbench.session.cancel)
    assert bar(window).text == "The run has ended meanwhile."
    assert not offers(window)
    assert not elsewhere.folder.exists()


def test_a_run_that_began_while_the_dialog_is_open_is_not_moved(qtbot, window, unkept, small_run, choose, elsewhere):
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
    fit = loop.fit

    def diverging(state, *rest):
        for record in fit(state, *rest):
            yield record
            if record.step == 30:
                state.network.parameters[:] = float("nan")

    monkeypatch.setattr(loop, "fit", diverging)
    small_run(config=LONG)
    outcome = conclude()
    assert outcome.error
    assert outcome.model is not None
    assert panel(window).progress.text.startswith("Ended after ")
    assert "could not be kept" in bar(window).text
    assert list(offers(window)) == ["Restart with a tenth of the rate", SAVE]


def test_a_run_that_could_not_be_kept_is_only_stopped(qtbot, window, unkept):
    end(qtbot, window, panel(window).controls.stop_button.click)
    assert panel(window).progress.text.startswith("Stopped after ")
    assert list(offers(window)) == [SAVE]


@pytest.fixture
def asked(monkeypatch):
    """The answer to the question about an unsaved network, and how often it was asked."""

    class Answers:
        answer, n = Unsaved.STAY, 0

        def ask(self, parent, name):
            self.n += 1
            return self.answer

    answers = Answers()
    monkeypatch.setattr("gui.recognition.unsaved.ask_about_unsaved", answers.ask)
    yield answers
    answers.answer = Unsaved.DISCARD  # for closing the window


def test_an_unsaved_network_is_not_replaced_without_a_question(qtbot, window, unkept, asked, tmp_path):
    end(qtbot, window, panel(window).controls.stop_button.click)
    model = window.active_model.own_model()
    modelfile.save(model, tmp_path / "other.safetensors")
    window.close()
    assert window.isVisible()
    panel(window).controls.start_button.click()
    assert not window.workbench.session.is_active
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert window.active_model.own_model() is model
    assert asked.n == 3
    asked.answer = Unsaved.DISCARD
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert window.active_model.own_model() is not model
    window.workbench.models.open(tmp_path / "other.safetensors")
    assert asked.n == 4


def test_a_saved_network_is_replaced_without_a_question(qtbot, window, unkept, asked, tmp_path):
    end(qtbot, window, panel(window).controls.stop_button.click)
    window.workbench.models.save(tmp_path)  # a folder: it cannot be written
    assert not window.workbench.models.may_replace()
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert window.workbench.models.may_replace()
    assert asked.n == 1
    window.close()
    assert not window.isVisible()


def test_an_unsaved_network_can_be_saved_at_the_question(qtbot, window, unkept, asked, tmp_path, monkeypatch):
    end(qtbot, window, panel(window).controls.stop_button.click)
    monkeypatch.setattr(
        window.workbench.models, "choose_save_path", lambda: window.workbench.models.save(tmp_path / "mine.safetensors")
    )
    asked.answer = Unsaved.SAVE
    window.close()
    assert not window.isVisible()
    assert (tmp_path / "mine.safetensors").exists()
