"""The pages about a network: they follow a run, look back through its snapshots, and show its errors."""

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
from gui.runs.runs_view import RunAction
from gui.training.events import SnapshotTaken

SMALL = TrainConfig(hidden=(16,), epochs=6, batch_size=20, learning_rate=0.1, momentum=0.9)
SEVEN = [[[20, 20], [80, 20], [45, 100]]]


@pytest.fixture
def trained(window, small_run, conclude):
    """The window after a short run, with a 7 on the pad."""
    window.pad_panel.pad.set_drawing(Drawing.from_points(SEVEN), fit=True)
    window.recognition.predict()
    small_run(config=SMALL)
    conclude()
    return window


def probabilities(window):
    return window.recognition.shown.prediction.probabilities


def test_the_pages_follow_a_run(trained):
    assert trained.workbench.lab.inspector_view.weights.page.n_units == 16
    counts = trained.workbench.lab.confusion_page.confusion.grid.counts
    (run,) = RunStore().runs()
    evaluations = run.history().evaluations
    assert np.trace(counts) == round(evaluations["validation_accuracy"][-1] * counts.sum())
    assert len(trained.workbench.session.live.snapshots) > 10


def test_looking_back_makes_an_earlier_snapshot_active(qtbot, trained):
    trained.active_model.choose(ModelChoice.OWN)
    now = probabilities(trained)
    scrubber = trained.workbench.lab.inspector_view.scrubber
    scrubber.slider.setValue(0)
    assert trained.active_model.looks_back
    then = probabilities(trained)
    assert np.abs(then - now).max() > 0.05
    first = trained.workbench.session.live.snapshots[0]
    np.testing.assert_array_equal(
        trained.active_model.recognizer.network.parameters, first.parameters.astype(np.float32)
    )
    scrubber.slider.setValue(scrubber.slider.maximum())
    assert scrubber.index == NEWEST
    assert trained.active_model.choice is ModelChoice.OWN
    np.testing.assert_array_equal(probabilities(trained), now)


def test_choosing_another_network_ends_the_look_back(trained):
    scrubber = trained.workbench.lab.inspector_view.scrubber
    scrubber.slider.setValue(1)
    trained.active_model.choose(ModelChoice.SHIPPED)
    assert trained.active_model.choice is ModelChoice.SHIPPED
    assert scrubber.index == NEWEST
    assert not trained.active_model.has(ModelChoice.TRAINING)


def test_a_new_run_ends_the_look_back(trained, small_run, conclude):
    trained.workbench.lab.inspector_view.scrubber.slider.setValue(0)
    small_run(config=SMALL)
    conclude()
    assert not trained.active_model.looks_back
    assert trained.workbench.lab.inspector_view.scrubber.index == NEWEST


def test_looking_back_works_during_the_run(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        small_run(config=TrainConfig(hidden=(16,), epochs=3000, batch_size=50))
    window.active_model.choose(ModelChoice.TRAINING)
    qtbot.waitUntil(lambda: len(window.workbench.session.live.snapshots) > 2, timeout=60_000)
    window.workbench.lab.inspector_view.scrubber.slider.setValue(0)
    first = window.active_model.recognizer.network.snapshot()
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        pass
    np.testing.assert_array_equal(window.active_model.recognizer.network.parameters, first.parameters)
    window.workbench.lab.inspector_view.scrubber.slider.setValue(
        window.workbench.lab.inspector_view.scrubber.slider.maximum()
    )
    assert window.active_model.choice is ModelChoice.TRAINING
    assert (window.active_model.recognizer.network.parameters != first.parameters).any()
    window.workbench.lab.panel.controls.cancel_button.click()


def test_the_predictions_over_the_run_are_computed_if_they_are_visible(qtbot, trained):
    trained.workbench.lab.tabs.setCurrentWidget(trained.workbench.lab.inspector_view)
    with qtbot.waitSignal(trained.workbench.lab.inspector.history.predicted, timeout=60_000) as predicted:
        trained.recognition.predict()
    (shares,) = predicted.args
    assert shares.shape == (len(trained.workbench.session.live.snapshots), 10)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_a_cell_opens_the_digits_behind_it(qtbot, trained):
    trained.workbench.lab.tabs.setCurrentWidget(trained.workbench.lab.confusion_page)
    counts = trained.workbench.lab.confusion_page.confusion.grid.counts
    label, predicted = np.unravel_index(counts.argmax(), counts.shape)
    with qtbot.waitSignal(trained.workbench.lab.inspector.evaluation.ended, timeout=60_000):
        trained.workbench.lab.confusion_page.confusion.grid.cellOpened.emit(int(label), int(predicted))
    dialog = trained.workbench.lab.inspector.dialog
    assert dialog.isVisible()
    assert dialog.pictures.count() == counts[label, predicted]
    dialog.pictures.setFocus()
    dialog.pictures.setCurrentRow(0)
    with qtbot.waitSignal(dialog.pictureChosen) as chosen:
        QTest.keyClick(dialog.pictures, Qt.Key.Key_Return)
    image, caption = chosen.args
    assert trained.pad_panel.pad.picture() is not None
    np.testing.assert_array_equal(trained.recognition.shown.image, image)
    assert trained.recognition.shown.caption == caption
    assert caption.startswith(f"{label} read as {predicted}, ")
    dialog.close()


def test_a_stored_run_is_evaluated_on_its_test_digits(qtbot, trained):
    (run,) = RunStore().runs()
    with qtbot.waitSignal(trained.workbench.lab.inspector.evaluation.ended, timeout=60_000):
        trained.workbench.lab.runs_view.requested.emit(RunAction.EVALUATE, [run])
    counts = trained.workbench.lab.confusion_page.confusion.grid.counts
    assert counts.sum() == 60
    assert np.trace(counts) == round(run.test_accuracy * 60)
    assert trained.workbench.lab.tabs.currentWidget() is trained.workbench.lab.confusion_page
    assert "of 60 predictions are correct" in trained.workbench.lab.message_bar.text


def test_missing_digits_are_reported(qtbot, window, small_run, conclude, tmp_path):
    rng = np.random.default_rng(0)
    for prefix, n in (("train", 100), ("t10k", 20)):
        idx.write(tmp_path / f"{prefix}-images-idx3-ubyte", rng.integers(0, 255, (n, 28, 28)).astype(np.uint8))
        idx.write(tmp_path / f"{prefix}-labels-idx1-ubyte", rng.integers(0, 10, n).astype(np.uint8))
    small_run(data=f"idx:{tmp_path}", config=SMALL)
    conclude()
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with qtbot.waitSignal(window.workbench.lab.inspector.evaluation.ended, timeout=60_000):
        window.workbench.lab.runs_view.requested.emit(RunAction.EVALUATE, [RunStore().runs()[0]])
    assert "t10k-images" in window.workbench.lab.message_bar.text


def test_in_mnist_the_doubtful_labels_are_flagged(qtbot, window, small_run, conclude, real_data):
    small_run(data="mnist", config=TrainConfig(hidden=(8,), epochs=1, batch_size=500, learning_rate=0.5))
    conclude()
    with qtbot.waitSignal(window.workbench.lab.inspector.evaluation.ended, timeout=60_000) as ended:
        window.workbench.lab.runs_view.requested.emit(RunAction.EVALUATE, [RunStore().runs()[0]])
    assert ended.args[0].predictions.doubtful.sum() == 15
