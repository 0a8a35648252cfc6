"""The values of a run at a position: the nearest known ones, and none beyond its end."""

import pytest

from core.training.history import Axis, History
from core.training.loop import Progress
from gui.curves.run_values import values_at


def test_the_nearest_evaluation_and_the_nearest_batches_are_used(make_history):
    found = values_at(make_history(3), "epochs", 1.4)
    assert found["loss", "validation"] == 0.5
    assert found["loss", "training"] == 0.25
    assert found["accuracy", "validation"] == pytest.approx(0.9)
    assert found["epoch", ""] == 1
    assert found["rate", ""] == pytest.approx(0.1)
    assert found["loss", "batches"] == pytest.approx(0.25, abs=0.1)
    assert values_at(make_history(3), "epochs", 1.6)["loss", "validation"] == 0.25


def test_the_same_position_on_three_axes(make_history):
    history = make_history(3, seconds_per_epoch=30)
    for axis, x in (("epochs", 2.0), ("steps", 200), ("seconds", 60)):
        assert values_at(history, axis, x)["loss", "validation"] == 0.25


def test_beyond_its_end_a_run_has_no_values(make_history):
    assert values_at(make_history(3), "epochs", 3.01)
    assert values_at(make_history(3), "epochs", 3.5) == {}
    assert values_at(History(), "epochs", 0.0) == {}


def test_values_that_were_not_measured_are_left_out():
    history = History(Axis(100, 10))
    history.add([Progress(1, 10, 1, 10, 1.0, 0.5, 0.1, 0.7, 0.8)], 1.0)  # without an evaluation on the training digits
    found = values_at(history, "epochs", 0.1)
    assert ("loss", "validation") in found
    assert ("loss", "training") not in found
