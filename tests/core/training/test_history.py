"""History: curves and evaluations of a run, other axes, and the way to disk and back."""

import dataclasses

import numpy as np
import pytest

from core.training.history import COLUMNS, Axis, History
from core.training.loop import Progress

AXIS = Axis(samples_per_epoch=100, steps_per_epoch=4)


def record(step, **changes):
    return Progress(step, 40, (step - 1) // 4 + 1, 25 * step, 2.0 / step, 0.5, 0.1, **changes)


def evaluated(step, accuracy, loss):
    return record(
        step, validation_loss=loss, validation_accuracy=accuracy, training_loss=loss / 2, training_accuracy=1.0
    )


@pytest.fixture
def history():
    history = History(AXIS)
    history.add([record(1), record(2)], 1.0)
    history.add([record(3), evaluated(4, 0.8, 0.7)], 2.0)
    history.mark(100, 0.05)
    history.add([record(5), record(6), record(7), evaluated(8, 0.9, 0.5)], 6.0)
    history.add([evaluated(12, 0.9, 0.4)], 7.0)
    return history


def test_every_evaluation_is_kept_in_full(history):
    found = history.evaluations
    assert tuple(found) == COLUMNS
    assert found["step"].tolist() == [4, 8, 12]
    assert found["epoch"].tolist() == [1, 2, 3]
    assert found["seconds"].tolist() == [2, 6, 7]
    assert found["validation_loss"].tolist() == [0.7, 0.5, 0.4]
    assert found["training_loss"].tolist() == [0.35, 0.25, 0.2]


def test_the_best_evaluation_has_the_highest_accuracy_then_the_smallest_loss(history):
    assert history.best == 2
    history.add([evaluated(16, 0.9, 0.4), evaluated(20, 0.85, 0.1)], 8.0)
    assert history.best == 2  # the first of two equal ones


def test_before_the_first_evaluation_there_is_no_best_one():
    history = History(AXIS)
    history.add([record(1)], 0.1)
    assert history.best is None
    assert history.n_evaluations == 0


def test_positions_on_three_axes(history):
    samples = np.array([0.0, 50.0, 100.0, 150.0, 300.0])
    assert history.along(samples, "epochs").tolist() == [0, 0.5, 1, 1.5, 3]
    assert history.along(samples, "steps").tolist() == [0, 2, 4, 6, 12]
    assert history.along(samples, "seconds").tolist() == [0, 1, 2, 4, 7]


def test_a_history_without_records_has_no_seconds():
    assert History(AXIS).along(np.array([0.0, 50.0]), "seconds").tolist() == [0, 0]


def test_the_way_to_disk_and_back(history):
    again = History.from_tensors(history.tensors())
    more = [record(13), evaluated(14, 0.95, 0.3)]
    for one in (history, again):
        one.add(more, 9.0)
    for name in ("loss", "accuracy", "learning_rate", "seconds"):
        for was, now in zip(getattr(history, name).smoothed, getattr(again, name).smoothed, strict=True):
            np.testing.assert_array_equal(was, now)
    assert again.axis == AXIS
    assert again.marks == [(100.0, 0.05)]
    np.testing.assert_array_equal(again.evaluations["validation_loss"], history.evaluations["validation_loss"])


def test_a_long_run_stays_small():
    history = History(AXIS)
    for step in range(1, 20_001):
        history.add([record(step)], step / 100)
    assert sum(tensor.nbytes for tensor in history.tensors().values()) < 200_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("evaluations", np.zeros((3, 2))),
        ("evaluations", np.zeros(9)),
        ("marks", np.zeros((2, 3))),
        ("axis", np.array([0, 4])),
        ("axis", np.array([1, 2, 3])),
        ("loss.buckets", np.zeros((4, 7))),
        ("loss.buckets", np.zeros((5, 100_000))),
        ("loss.buckets", np.full((5, 3), np.nan)),
        ("loss.going", np.zeros(6)),
        ("seconds.going", np.full(6, np.inf)),
    ],
)
def test_invalid_arrays_are_rejected(history, name, value):
    with pytest.raises(ValueError, match=r"its (curve|evaluations|length of an epoch)"):
        History.from_tensors(history.tensors() | {name: value})


def test_missing_arrays_are_rejected(history):
    tensors = history.tensors()
    del tensors["loss.buckets"]
    with pytest.raises(KeyError):
        History.from_tensors(tensors)


def test_a_loss_that_is_not_finite_leaves_the_file_readable(history):
    history.add([dataclasses.replace(record(13), loss=float("nan"))], 8.0)
    History.from_tensors(history.tensors())


def test_values_that_are_not_finite_are_rejected():
    tensors = History().tensors()
    for name, values in (("marks", [[np.nan, 1.0]]), ("axis", [np.nan, 1.0]), ("evaluations", [[np.inf] * 9])):
        with pytest.raises(ValueError, match=r"invalid values|length of an epoch"):
            History.from_tensors(tensors | {name: np.array(values)})
