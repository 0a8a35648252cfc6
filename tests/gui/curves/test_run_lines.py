"""The points of a run's curves, from its history."""

from core.training.loop import Progress
from gui.curves.run_lines import batches, evaluated


def test_unknown_values_are_left_out(evaluated_often):
    history = evaluated_often(2)
    history.add([Progress(3, 3, 3, 300, 1.0, 0.5, 0.1, 0.2, 0.9)], 2.0)
    assert len(evaluated(history, "training", "loss", "epochs")[0]) == 2
    assert len(evaluated(history, "validation", "loss", "epochs")[0]) == 3


def test_each_quantity_has_its_curve_of_batches(make_history):
    history = make_history(2)
    assert batches(history, "loss") is history.loss
    assert batches(history, "accuracy") is history.accuracy
