"""Snapshots of a run: few, small, evenly spaced; and the predictions of a network over its development."""

import numpy as np
import pytest

from core.nn.initializers import he_normal
from core.nn.network import Network, Snapshot, mlp
from core.recognition.recognizer import Recognizer
from core.training.snapshots import KeptSnapshot, Moment, Snapshots, predictions_over


def moment(step, accuracy=None):
    return Moment(step, 1 + step // 100, 50 * step, accuracy)


def snapshot(value=0.0, n=4):
    return Snapshot(np.full(n, value, np.float32), np.zeros(2, np.float32))


def steps(snapshots):
    return [kept.step for kept in snapshots.moments]


def filled(arrivals, **limits):
    snapshots = Snapshots(**limits)
    for step in arrivals:
        snapshots.add(moment(step), snapshot(step))
    return snapshots


def test_a_short_run_keeps_all_snapshots():
    assert steps(filled(range(0, 640, 10))) == list(range(0, 640, 10))


def test_when_there_are_too_many_every_second_is_dropped_and_the_distance_doubles():
    snapshots = filled(range(0, 650, 10))
    assert steps(snapshots) == list(range(0, 650, 20))
    snapshots.add(moment(650), snapshot())
    assert steps(snapshots)[-2:] == [640, 650]
    snapshots.add(moment(660), snapshot())
    assert steps(snapshots)[-2:] == [640, 660]


@pytest.mark.parametrize("n", [100, 500, 3000])
@pytest.mark.parametrize("rhythm", ["even", "uneven", "dense at first"])
def test_a_run_of_any_length_is_covered_evenly(n, rhythm):
    rng = np.random.default_rng(n)
    distances = {
        "even": np.full(n, 7),
        "uneven": rng.integers(5, 16, n),
        "dense at first": np.where(np.arange(n) < 50, 1, 40),
    }
    arrivals = np.cumsum(distances[rhythm]).tolist()
    snapshots = filled(arrivals)
    found = steps(snapshots)
    assert 32 <= len(found) <= 64
    assert (found[0], found[-1]) == (arrivals[0], arrivals[-1])
    gaps = np.diff(found)[:-1]
    assert gaps.max() <= 2 * gaps.min() + 40


def test_the_newest_is_always_kept():
    snapshots = Snapshots(max_snapshots=8)
    for step in range(0, 5000, 13):
        snapshots.add(moment(step), snapshot(step))
        assert steps(snapshots)[-1] == step
        assert steps(snapshots)[0] == 0
        assert len(snapshots) <= 8


def test_a_second_snapshot_of_a_step_replaces_the_first():
    snapshots = filled([0, 5])
    snapshots.add(moment(5, 0.9), snapshot(1.0))
    assert steps(snapshots) == [0, 5]
    assert snapshots.at(1)[0].validation_accuracy == 0.9
    assert snapshots.at(-1)[1].parameters[0] == 1


def test_steps_do_not_decrease_within_a_run():
    snapshots = filled([0, 5])
    with pytest.raises(ValueError, match="step 3 after one of step 5"):
        snapshots.add(moment(3), snapshot())
    snapshots.clear()
    snapshots.add(moment(3), snapshot())
    assert steps(snapshots) == [3]


def test_large_networks_have_fewer():
    size = KeptSnapshot.of(moment(0), snapshot(n=1000)).nbytes
    snapshots = Snapshots(max_bytes=10 * size)
    for step in range(200):
        snapshots.add(moment(step), snapshot(n=1000))
        assert snapshots.nbytes <= 10 * size
    assert len(snapshots) >= 5


def test_first_and_newest_are_kept_whatever_their_size():
    assert steps(filled(range(30), max_bytes=1)) == [0, 29]


def test_a_snapshot_is_returned_as_float32_within_the_stated_error():
    values = np.random.default_rng(0).normal(size=10_000).astype(np.float32) * np.logspace(-9, 4, 10_000)
    values = values.astype(np.float32)
    snapshots = Snapshots()
    snapshots.add(moment(3), Snapshot(values, np.array([1e6, 0.1], np.float32)))
    found_moment, found = snapshots.at(0)
    assert found_moment == moment(3)
    assert found.parameters.dtype == found.statistics.dtype == np.float32
    np.testing.assert_array_less(np.abs(found.parameters - values), 4.9e-4 * np.abs(values) + 3.0e-8)
    np.testing.assert_array_equal(found.statistics, np.array([1e6, 0.1], np.float32))


def test_kept_and_returned_snapshots_are_copies():
    given = snapshot(1.0)
    snapshots = Snapshots()
    snapshots.add(moment(0), given)
    given.parameters[:], given.statistics[:] = 2, 2
    snapshots.at(0)[1].parameters[:] = 3
    snapshots.at(0)[1].statistics[:] = 3
    assert snapshots.at(0)[1].parameters[0] == 1
    assert snapshots.at(0)[1].statistics[0] == 0


def test_weights_beyond_float16_are_clipped():
    parameters = np.array([1e30, -1e30, np.inf, np.nan], np.float32)
    found = KeptSnapshot.of(moment(0), Snapshot(parameters, np.zeros(0, np.float32))).snapshot().parameters
    assert found[0] == found[2] == -found[1] == 65504
    assert np.isnan(found[3])


@pytest.fixture
def run():
    """Snapshots of a network with new random weights at each step."""
    network = Network(mlp((784, 12, 10), batch_norm=True))
    snapshots, probabilities = Snapshots(), []
    image = np.random.default_rng(1).integers(256, size=(28, 28), dtype=np.uint8)
    for step in range(5):
        network.initialize(he_normal, np.random.default_rng(step))
        network.statistics[:] = step + 1
        snapshots.add(moment(step), network.snapshot())
        probabilities.append(Recognizer(network, 1 / 255).predict_image(image).probabilities)
    return snapshots, Recognizer(Network(mlp((784, 12, 10), batch_norm=True))), image, np.array(probabilities)


def test_predictions_at_each_snapshot(run):
    snapshots, recognizer, image, expected = run
    found = predictions_over(snapshots.kept, recognizer, image)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-3)
    np.testing.assert_array_equal(predictions_over(snapshots.kept[2:4], recognizer, image), found[2:4])


def test_without_snapshots_there_are_no_predictions(run):
    _, recognizer, image, _ = run
    assert predictions_over((), recognizer, image).shape == (0, 10)
