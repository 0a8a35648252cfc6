"""The pages about a network: they follow a run, look back through it, and open its mistakes."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from waiting import happens

from core.data import idx
from core.preprocessing.ink import Drawing
from core.runs.run_store import RunStore
from core.training.config import TrainConfig
from gui.inspector.scrubber import NEWEST
from gui.recognition.active_model import ModelChoice
from gui.training.events import SnapshotTaken

SMALL = TrainConfig(hidden=(16,), epochs=6, batch_size=20, learning_rate=0.1, momentum=0.9)
SEVEN = [[[20, 20], [80, 20], [45, 100]]]


@pytest.fixture
def trained(window, small_run, conclude):
    """The window after a short run, with a 7 on the pad."""
    window.pad_panel.pad.set_drawing(Drawing.from_points(SEVEN), fit=True)
    window.recognition.answer()
    small_run(config=SMALL)
    conclude()
    return window


def probabilities(window):
    return window.recognition.shown.prediction.probabilities


def test_the_pages_follow_a_run(trained):
    assert trained.lab.inside_view.weights.page.n_units == 16
    counts = trained.lab.answers_view.confusion.grid.counts
    (run,) = RunStore().runs()
    evaluations = run.history().evaluations
    assert np.trace(counts) == round(evaluations["validation_accuracy"][-1] * counts.sum())
    assert len(trained.lab.inside._kept) > 10


def test_looking_back_lets_the_network_of_then_answer(qtbot, trained):
    trained.slot.choose(ModelChoice.OWN)
    now = probabilities(trained)
    scrubber = trained.lab.inside_view.scrubber
    scrubber.slider.setValue(0)
    assert trained.slot.looks_back
    then = probabilities(trained)
    assert np.abs(then - now).max() > 0.05
    first = trained.lab.inside._kept[0]
    np.testing.assert_array_equal(trained.slot.recognizer.network.parameters, first.parameters.astype(np.float32))
    scrubber.slider.setValue(scrubber.slider.maximum())
    assert scrubber.index == NEWEST
    assert trained.slot.choice is ModelChoice.OWN
    np.testing.assert_array_equal(probabilities(trained), now)


def test_choosing_another_network_ends_the_look_back(trained):
    scrubber = trained.lab.inside_view.scrubber
    scrubber.slider.setValue(1)
    trained.slot.choose(ModelChoice.SHIPPED)
    assert trained.slot.choice is ModelChoice.SHIPPED
    assert scrubber.index == NEWEST
    assert not trained.slot.has(ModelChoice.TRAINING)


def test_a_new_run_ends_the_look_back(trained, small_run, conclude):
    trained.lab.inside_view.scrubber.slider.setValue(0)
    small_run(config=SMALL)
    conclude()
    assert not trained.slot.looks_back
    assert trained.lab.inside_view.scrubber.index == NEWEST


def test_the_past_can_be_looked_at_while_the_run_goes_on(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        small_run(config=TrainConfig(hidden=(16,), epochs=3000, batch_size=50))
    window.active_model.choose(ModelChoice.TRAINING)
    qtbot.waitUntil(lambda: len(window.workbench.lab.inside._kept) > 2, timeout=60_000)
    window.workbench.lab.inside_view.scrubber.slider.setValue(0)
    first = window.active_model.recognizer.network.snapshot()
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        pass
    np.testing.assert_array_equal(window.active_model.recognizer.network.parameters, first.parameters)
    window.workbench.lab.inside_view.scrubber.slider.setValue(
        window.workbench.lab.inside_view.scrubber.slider.maximum()
    )
    assert window.active_model.choice is ModelChoice.TRAINING
    assert (window.active_model.recognizer.network.parameters != first.parameters).any()
    window.workbench.lab.panel.controls.cancel_button.click()


def test_how_the_answer_changed_is_found_out_where_it_is_seen(qtbot, trained):
    trained.lab.tabs.setCurrentWidget(trained.lab.inside_view)
    with qtbot.waitSignal(trained.lab.inside._history.answered, timeout=60_000) as answered:
        trained.recognition.answer()
    (answers,) = answered.args
    assert answers.shape == (len(trained.lab.inside._kept), 10)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_a_cell_opens_the_digits_behind_it(qtbot, trained):
    trained.lab.tabs.setCurrentWidget(trained.lab.answers_view)
    counts = trained.lab.answers_view.confusion.grid.counts
    label, answer = np.unravel_index(counts.argmax(), counts.shape)
    with qtbot.waitSignal(trained.lab.inside._examiner.examined, timeout=60_000):
        trained.lab.answers_view.confusion.cellOpened.emit(int(label), int(answer))
    dialog = trained.lab.inside._dialog
    assert dialog.isVisible()
    assert dialog.pictures.count() == counts[label, answer]
    dialog.pictures.setFocus()
    dialog.pictures.setCurrentRow(0)
    QTest.keyClick(dialog.pictures, Qt.Key.Key_Return)
    assert trained.pad_panel.pad.picture() is not None
    np.testing.assert_array_equal(trained.recognition.shown.image, trained.lab.inside._opened.images[0])
    dialog.close()


def test_a_kept_run_is_asked_about_its_test_digits(qtbot, trained):
    (run,) = RunStore().runs()
    with qtbot.waitSignal(trained.lab.inside._examiner.examined, timeout=60_000):
        trained.lab.runs_view.examineRequested.emit(run)
    counts = trained.lab.answers_view.confusion.grid.counts
    assert counts.sum() == 60
    assert np.trace(counts) == round(run.test_accuracy * 60)
    assert trained.lab.tabs.currentWidget() is trained.lab.answers_view
    assert "of 60 are read right" in trained.lab.message_bar.text


def test_digits_that_are_gone_are_a_sentence(qtbot, window, small_run, conclude, tmp_path):
    rng = np.random.default_rng(0)
    for prefix, n in (("train", 100), ("t10k", 20)):
        idx.write(tmp_path / f"{prefix}-images-idx3-ubyte", rng.integers(0, 255, (n, 28, 28)).astype(np.uint8))
        idx.write(tmp_path / f"{prefix}-labels-idx1-ubyte", rng.integers(0, 10, n).astype(np.uint8))
    small_run(data=f"idx:{tmp_path}", config=SMALL)
    conclude()
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with qtbot.waitSignal(window.workbench.lab.inside._examiner.failed, timeout=60_000):
        window.workbench.lab.runs_view.examineRequested.emit(RunStore().runs()[0])
    assert "t10k-images" in window.workbench.lab.message_bar.text


def test_in_mnist_the_doubtful_labels_are_flagged(qtbot, window, small_run, conclude, real_data):
    small_run(data="mnist", config=TrainConfig(hidden=(8,), epochs=1, batch_size=500, learning_rate=0.5))
    conclude()
    with qtbot.waitSignal(window.workbench.lab.inside._examiner.examined, timeout=60_000) as examined:
        window.workbench.lab.runs_view.examineRequested.emit(RunStore().runs()[0])
    assert examined.args[0].predictions.doubtful.sum() == 15
