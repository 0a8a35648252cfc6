"""The x axes: their ends, and their texts."""

import pytest

from core.training.history import Axis, History
from gui.curves import x_axis


def test_a_live_run_ends_with_its_last_epoch(make_history):
    history = make_history(2)
    assert x_axis.end_of(history, "epochs", 5) == 5
    assert x_axis.end_of(history, "steps", 5) == 500
    assert x_axis.end_of(History(Axis(3200, 100)), "epochs", 5) == 5


def test_the_duration_of_a_live_run_is_not_known(make_history):
    assert x_axis.end_of(make_history(2, seconds_per_epoch=15.5), "seconds", 5) == 35
    assert x_axis.end_of(History(), "seconds", 5) == 0


def test_the_axis_of_a_finished_run_ends_with_the_run(make_history):
    history = make_history(2, seconds_per_epoch=15.5)
    for axis, end in (("epochs", 2), ("steps", 200), ("seconds", 31)):
        assert x_axis.end_of(history, axis, 0) == pytest.approx(end)


def test_the_longest_run_is_shown_whole_and_an_empty_plot_has_an_axis():
    assert x_axis.common_end([3.0, 7.0, 0.0], "epochs") == 7
    for axis in x_axis.AXES:
        assert x_axis.common_end([0.0], axis) > 0
        assert x_axis.common_end([], axis) > 0


@pytest.mark.parametrize(("x", "end"), [(0, 0), (0.3, 0.3), (7.1, 7.5), (31, 35), (99, 100), (101, 150), (4321, 4500)])
def test_a_growing_axis_grows_in_steps(x, end):
    assert x_axis.rounded_up(x) == pytest.approx(end)


def test_long_runs_have_larger_units():
    assert x_axis.unit("epochs", 1e6) == ("epoch", 1)
    assert x_axis.unit("seconds", 100)[1] == 1
    assert x_axis.unit("seconds", 600) == ("minutes of training", pytest.approx(1 / 60))
    assert x_axis.unit("seconds", 8000) == ("hours of training", pytest.approx(1 / 3600))


def test_positions_have_texts():
    assert x_axis.position_text("epochs", 3.4159) == "epoch 3.42"
    assert x_axis.position_text("steps", 12345.4) == "step 12,345"
    assert x_axis.position_text("seconds", 12.34) == "12.3 s"
    assert x_axis.position_text("seconds", 125) == "2 min 05 s"
