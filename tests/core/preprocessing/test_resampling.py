"""Resampling: exact area averages where an image shrinks, linear interpolation where it grows."""

import numpy as np
import pytest

from core.preprocessing import resampling


@pytest.mark.parametrize(("n", "m"), [(60, 20), (20, 20), (7, 20), (20, 7), (1, 20), (33, 20), (1000, 1), (3, 1)])
def test_averages_of_any_ratio(n, m):
    values = np.random.default_rng(n).random((n, 4)).astype(np.float32)
    fine = np.repeat(values.astype(np.float64), m, axis=0)  # each pixel as m equal parts: n parts make a new pixel
    expected = fine.reshape(m, n, 4).mean(axis=1)
    np.testing.assert_allclose(resampling.averaged(values, m), expected, atol=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_blocks(kind):
    grey = np.random.default_rng(0).integers(0, 256, (37, 91)).astype(kind)
    means, block = resampling.reduced(grey, 20)
    assert block == (5, 5)
    assert means.dtype == np.float32
    np.testing.assert_allclose(means, grey[:35, :90].reshape(7, 5, 18, 5).mean(axis=(1, 3)), rtol=1e-5)


@pytest.mark.parametrize(("shape", "max_side"), [((30, 40), 40), ((1, 1), 5), ((0, 0), 5)])
def test_a_small_picture_is_unchanged(shape, max_side):
    grey = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    means, block = resampling.reduced(grey, max_side)
    assert block == (1, 1)
    np.testing.assert_array_equal(means, grey)


def test_a_picture_thinner_than_a_block_becomes_one_row():
    grey = np.random.default_rng(0).integers(0, 256, (2, 900)).astype(np.uint8)
    means, block = resampling.reduced(grey, 100)
    assert block == (2, 9)
    np.testing.assert_allclose(means, grey.reshape(2, 100, 9).mean(axis=(0, 2))[np.newaxis], rtol=1e-5)


def test_values_between_pixels():
    values = np.array([0, 10, 30], np.float32)
    positions = np.array([-4, 0, 0.5, 1, 1.25, 2, 9], np.float32)
    np.testing.assert_allclose(resampling.interpolated(values, positions), [0, 0, 5, 10, 15, 30, 30])
    np.testing.assert_allclose(resampling.interpolated(values[:1], positions), np.zeros(7))


def test_a_linear_slope_stays_linear():
    slope = np.add.outer(np.arange(40), np.arange(30)).astype(np.float32)
    for height, width in ((20, 10), (80, 60), (20, 60)):
        resized = resampling.resized(slope, height, width)
        assert resized.shape == (height, width)
        inner = resized[4:-4, 4:-4]
        np.testing.assert_allclose(np.diff(inner, axis=0), 40 / height, atol=1e-3)
        np.testing.assert_allclose(np.diff(inner, axis=1), 30 / width, atol=1e-3)
