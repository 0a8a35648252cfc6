"""Predictions at each snapshot: in a thread, for the newest request only, and once for each snapshot."""

import numpy as np
import pytest

from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition.recognizer import Recognizer
from core.training.snapshots import Moment, Snapshots, predictions_over
from gui.inspector import answer_history
from gui.inspector.answer_history import AnswerHistory

SIZES = (784, 12, 10)


def recognizer():
    return Recognizer(Network(mlp(SIZES)))


@pytest.fixture
def history():
    thread = AnswerHistory()
    thread.begin(recognizer())
    yield thread
    thread.shut_down()
    assert not thread.isRunning()


@pytest.fixture
def snapshots():
    kept, network = Snapshots(), Network(mlp(SIZES))
    for step in range(20):
        network.initialize(he_normal, np.random.default_rng(step))
        kept.add(Moment(step, 1, 50 * step), network.snapshot())
    return kept


@pytest.fixture
def computed(monkeypatch):
    """The number of snapshots at each call of the function that predicts."""
    counts = []

    def count(kept, *rest):
        counts.append(len(kept))
        return predictions_over(kept, *rest)

    monkeypatch.setattr(answer_history, "predictions_over", count)
    return counts


def image(seed=0):
    return np.random.default_rng(seed).integers(256, size=(28, 28), dtype=np.uint8)


def predictions(qtbot, history, kept, shown):
    with qtbot.waitSignal(history.predicted) as signal:
        history.request(kept, shown)
    return signal.args[0]


def test_the_predictions_are_those_of_the_function(qtbot, history, snapshots):
    found = predictions(qtbot, history, snapshots.kept, image())
    np.testing.assert_array_equal(found, predictions_over(snapshots.kept, recognizer(), image()))
    assert predictions(qtbot, history, (), image()).shape == (0, 10)


def test_a_new_snapshot_costs_one_prediction(qtbot, history, snapshots, computed):
    predictions(qtbot, history, snapshots.kept[:19], image())
    assert sum(computed) == 19
    found = predictions(qtbot, history, snapshots.kept[1:], image())
    assert sum(computed) == 20
    np.testing.assert_array_equal(found, predictions_over(snapshots.kept[1:], recognizer(), image()))


def test_another_drawing_and_another_run_are_computed_again(qtbot, history, snapshots, computed):
    first = predictions(qtbot, history, snapshots.kept, image(0))
    second = predictions(qtbot, history, snapshots.kept, image(1))
    assert sum(computed) == 40
    assert (first != second).any()
    history.begin(recognizer())
    np.testing.assert_array_equal(predictions(qtbot, history, snapshots.kept, image(1)), second)
    assert sum(computed) == 60


def test_only_the_newest_request_gets_a_result(qtbot, history, snapshots):
    received = []
    history.predicted.connect(received.append)
    for seed in range(30):
        history.request(snapshots.kept, image(seed))
    qtbot.waitUntil(lambda: bool(received))
    expected = predictions_over(snapshots.kept, recognizer(), image(29))
    np.testing.assert_array_equal(received[0], expected)
    predictions(qtbot, history, snapshots.kept, image(29))
    assert len(received) == 2


def test_a_cancelled_request_gets_no_result(qtbot, history, snapshots):
    received = []
    history.predicted.connect(received.append)
    history.request(snapshots.kept, image(0))
    history.request((), None)
    history.begin(recognizer())
    found = predictions(qtbot, history, snapshots.kept[:3], image(1))
    assert len(received) == 1
    assert len(found) == 3


def test_the_image_is_a_copy(qtbot, history, snapshots):
    shown = image()
    with qtbot.waitSignal(history.predicted) as signal:
        history.request(snapshots.kept, shown)
        shown[:] = 0
    np.testing.assert_array_equal(signal.args[0], predictions_over(snapshots.kept, recognizer(), image()))


def test_it_ends_idle_or_busy(snapshots):
    thread = AnswerHistory()
    thread.shut_down()
    thread.shut_down()
    thread.request(snapshots.kept, image())
    assert not thread.isRunning()
    busy = AnswerHistory()
    busy.begin(recognizer())
    busy.request(snapshots.kept, image())
    busy.shut_down()
    assert not busy.isRunning()
