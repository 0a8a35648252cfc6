"""What was answered at each snapshot: in a thread, the newest question alone, and each snapshot asked but once."""

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
def asked(monkeypatch):
    """How many snapshots were asked, at each call."""
    counts = []

    def count(kept, *rest):
        counts.append(len(kept))
        return predictions_over(kept, *rest)

    monkeypatch.setattr(answer_history, "predictions_over", count)
    return counts


def image(seed=0):
    return np.random.default_rng(seed).integers(256, size=(28, 28), dtype=np.uint8)


def answers(qtbot, history, kept, shown):
    with qtbot.waitSignal(history.answered) as signal:
        history.ask(kept, shown)
    return signal.args[0]


def test_the_answers_are_those_of_the_function(qtbot, history, snapshots):
    found = answers(qtbot, history, snapshots.kept, image())
    np.testing.assert_array_equal(found, predictions_over(snapshots.kept, recognizer(), image()))
    assert answers(qtbot, history, (), image()).shape == (0, 10)


def test_a_run_that_goes_on_adds_but_one_question(qtbot, history, snapshots, asked):
    answers(qtbot, history, snapshots.kept[:19], image())
    assert sum(asked) == 19
    found = answers(qtbot, history, snapshots.kept[1:], image())
    assert sum(asked) == 20
    np.testing.assert_array_equal(found, predictions_over(snapshots.kept[1:], recognizer(), image()))


def test_another_drawing_and_another_run_are_asked_anew(qtbot, history, snapshots, asked):
    first = answers(qtbot, history, snapshots.kept, image(0))
    second = answers(qtbot, history, snapshots.kept, image(1))
    assert sum(asked) == 40
    assert (first != second).any()
    history.begin(recognizer())
    np.testing.assert_array_equal(answers(qtbot, history, snapshots.kept, image(1)), second)
    assert sum(asked) == 60


def test_only_the_newest_question_is_answered(qtbot, history, snapshots):
    heard = []
    history.answered.connect(heard.append)
    for seed in range(30):
        history.ask(snapshots.kept, image(seed))
    qtbot.waitUntil(lambda: bool(heard))
    expected = predictions_over(snapshots.kept, recognizer(), image(29))
    np.testing.assert_array_equal(heard[0], expected)
    answers(qtbot, history, snapshots.kept, image(29))
    assert len(heard) == 2


def test_what_is_taken_back_is_not_answered(qtbot, history, snapshots):
    heard = []
    history.answered.connect(heard.append)
    history.ask(snapshots.kept, image(0))
    history.ask((), None)
    history.begin(recognizer())
    found = answers(qtbot, history, snapshots.kept[:3], image(1))
    assert len(heard) == 1
    assert len(found) == 3


def test_the_image_is_a_copy(qtbot, history, snapshots):
    shown = image()
    with qtbot.waitSignal(history.answered) as signal:
        history.ask(snapshots.kept, shown)
        shown[:] = 0
    np.testing.assert_array_equal(signal.args[0], predictions_over(snapshots.kept, recognizer(), image()))


def test_it_ends_whatever_it_does(snapshots):
    thread = AnswerHistory()
    thread.shut_down()
    thread.shut_down()
    thread.ask(snapshots.kept, image())
    assert not thread.isRunning()
    busy = AnswerHistory()
    busy.begin(recognizer())
    busy.ask(snapshots.kept, image())
    busy.shut_down()
    assert not busy.isRunning()
