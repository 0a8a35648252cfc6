"""Curves: bounded size, peaks kept, smoothing in samples."""

import math

import numpy as np
import pytest

from core.training.curve import MAX_BUCKETS, Curve, thinned


def test_a_short_curve_is_kept_whole():
    curve = Curve()
    for i in range(10):
        curve.append(32 * (i + 1), float(i))
    x, y = curve.raw
    np.testing.assert_array_equal(x, 32 * np.arange(1, 11))
    np.testing.assert_array_equal(y, np.arange(10))


def test_a_long_curve_stays_short_and_keeps_its_peaks_and_its_mean():
    curve = Curve()
    values = np.random.default_rng(0).normal(size=50_000)
    values[31_415] = 100.0
    values[27_182] = -100.0
    for i, value in enumerate(values):
        curve.append(i + 1, float(value))
    x, y = curve.raw
    assert len(curve) <= MAX_BUCKETS
    assert len(x) == len(y) <= 2000
    assert y.max() == 100
    assert y.min() == -100
    assert x[np.argmax(y)] == pytest.approx(31_416, abs=100)
    bucket_x, means = curve.means
    counts = np.diff(np.concatenate([[0], bucket_x]))
    assert (means * counts).sum() / counts.sum() == pytest.approx(values.mean(), abs=1e-9)


def test_smoothing_has_no_start_up_bias():
    curve = Curve(time_constant=1000)
    for i in range(20):
        curve.append(i + 1, 7.0)
    np.testing.assert_allclose(curve.smoothed[1], 7.0)


def test_smoothing_does_not_depend_on_the_batch_size():
    small, large = Curve(time_constant=5000), Curve(time_constant=5000)
    for samples in range(10, 60_001, 10):
        small.append(samples, math.exp(-samples / 20_000))
    for samples in range(500, 60_001, 500):
        large.append(samples, math.exp(-samples / 20_000))
    assert small.smoothed[1][-1] == pytest.approx(large.smoothed[1][-1], rel=0.05)


def test_values_that_are_not_finite_are_skipped():
    curve = Curve()
    for value in (1.0, math.nan, math.inf, 2.0):
        curve.append(len(curve) + 1, value)
    np.testing.assert_array_equal(curve.raw[1], [1, 2])


def test_clear_empties_the_curve():
    curve = Curve()
    curve.append(1, 5.0)
    curve.clear()
    assert len(curve) == 0
    curve.append(1, 3.0)
    assert curve.smoothed[1][0] == pytest.approx(3.0)


def test_a_thinned_line_keeps_its_extremes():
    values = np.random.default_rng(1).normal(size=7001)
    values[4321] = 50.0
    x, y = thinned(np.arange(7001.0), values)
    assert len(x) == len(y) <= 2000
    assert y.max() == 50
    assert y.min() == values.min()
    assert (np.diff(x) >= 0).all()


def test_a_short_line_is_not_thinned():
    np.testing.assert_array_equal(thinned(np.array([10.0, 20.0]), np.array([1.0, 3.0])), [[10, 20], [1, 3]])
