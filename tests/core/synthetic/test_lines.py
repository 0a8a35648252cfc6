"""Lines: fitted, rotated, spanned; strokes moved into boxes, and the distance between strokes."""

import numpy as np
import pytest

from core.synthetic import lines

LINE = np.array([[[0, 0], [4, 2], [6, 8]]], np.float32)
STROKES = (np.array([[0, 0, 1], [4, 2, 0.5]], np.float32), np.array([[2, 8, 1]], np.float32))


def rng(seed=0):
    return np.random.default_rng(seed)


def walks(n=30, samples=12):
    return rng().normal(size=(n, samples, 2)).cumsum(axis=1)


def test_a_fitted_line_has_a_longer_side_of_1_and_its_middle_at_0():
    fitted = lines.fitted(walks())
    np.testing.assert_allclose(np.ptp(fitted, axis=1).max(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(lines.middle(fitted), 0, atol=1e-6)
    np.testing.assert_allclose(lines.fitted(LINE)[0], [[-0.375, -0.5], [0.125, -0.25], [0.375, 0.5]])
    assert np.isfinite(lines.fitted(np.ones((1, 3, 2)))).all()


def test_only_narrow_lines_are_widened():
    upright = np.array([[[-0.05, -0.5], [0.05, 0.5]]], np.float32)
    widths = np.ptp(lines.widened(np.repeat(upright, 200, axis=0), rng()), axis=1)
    assert widths[:, 0].min() >= 0.449
    assert np.ptp(widths[:, 0]) > 0.4
    assert (widths[:, 1] == 1).all()
    np.testing.assert_array_equal(lines.widened(LINE, rng()), LINE)


def test_rotation_keeps_lengths_and_has_all_directions():
    rotated = lines.rotated(np.repeat(LINE, 200, axis=0), rng())
    np.testing.assert_allclose(np.hypot(*rotated[:, 2].T), 10, rtol=1e-5)
    assert np.abs(rotated[:, 2].mean(axis=0)).max() < 2.5


def test_a_spanned_line_runs_from_point_to_point():
    start, stop = np.array([[[1.0, 1.0]]]), np.array([[[5.0, -2.0]]])
    spanned = lines.spanned(LINE, start, stop)
    np.testing.assert_allclose(spanned[:, [0, -1]], np.concatenate([start, stop], axis=1))
    corner = np.abs(LINE[0, 1] @ [1, 1j] / (LINE[0, 2] @ [1, 1j]))  # the shape is kept: a ratio of two distances
    assert np.hypot(*(spanned[0, 1] - start[0, 0])) / 5 == pytest.approx(corner)


def test_a_spanned_line_is_stretched_by_two_and_a_half_at_most():
    spanned = lines.spanned(LINE, np.zeros((1, 1, 2)), np.full((1, 1, 2), 1e4))
    np.testing.assert_allclose(np.hypot(*spanned[0, -1]), 2.5 * 10)
    ring = np.array([[[0, 0], [1, 1], [0.01, 0]]])
    assert np.abs(lines.spanned(ring, np.zeros((1, 1, 2)), np.ones((1, 1, 2)))).max() < 3


def test_a_point_on_a_line_is_one_of_its_points_often_an_end():
    some = walks(n=500)
    (found,) = np.nonzero((lines.point_on(some, rng()) == some).all(axis=2).any(axis=0))
    assert set(found) == set(range(12))
    first = (lines.point_on(some, rng())[:, 0] == some[:, 0]).all(axis=1)
    assert 0.3 < first.mean() < 0.5


def test_strokes_are_scaled_then_shifted_and_keep_their_pressure():
    one, other = lines.moved(STROKES, (1, -1), 2)
    np.testing.assert_array_equal(one, [[1, -1, 1], [9, 3, 0.5]])
    np.testing.assert_array_equal(other, [[5, 15, 1]])
    assert one.dtype == np.float32
    np.testing.assert_array_equal(STROKES[1], [[2, 8, 1]])
    np.testing.assert_array_equal(lines.corners(STROKES), [[0, 0], [4, 8]])


def test_strokes_fill_a_box():
    low, high = lines.corners(lines.boxed(STROKES, (0.5, 0, 1, 0.25)))
    np.testing.assert_allclose(low, [0.5, 0], atol=1e-3)
    np.testing.assert_allclose(high, [1, 0.25], atol=1e-3)


def test_flat_strokes_stay_flat_in_a_box():
    dash = (np.array([[0, 0, 1], [10, 0.5, 1]], np.float32),)
    low, high = lines.corners(lines.boxed(dash, (0, 0, 1, 1)))
    np.testing.assert_allclose(high - low, [1, 0.5 / 3], atol=1e-3)
    np.testing.assert_allclose((low + high) / 2, 0.5, atol=1e-3)


def test_the_distance_between_strokes():
    here, short = (np.array([[0, 0, 1], [0, 4, 1]], np.float32),), (np.array([[3, 0, 1]], np.float32),)
    assert lines.distance(here, here) == 0
    assert lines.distance(here, short) == lines.distance(short, here) == 3
