"""The stroke width: measured on painted lines, and changed to that of the rendering pen."""

import numpy as np
import pytest

from core.preprocessing import canvas, connected_components, ink, stroke_width
from core.preprocessing.ink import Drawing

RING = [[[140 + 80 * np.cos(t), 140 + 100 * np.sin(t)] for t in np.linspace(0, 2 * np.pi, 100)]]
FOUR = [[[100, 50], [50, 150], [200, 150]], [[170, 90], [170, 240]]]


def covered(strokes, pen):
    """Return the ink of strokes painted with a pen of a width in pixels."""
    return 1 - canvas.paint(Drawing.from_points(strokes), pen / canvas.SIDE).astype(np.float32) / 255


def loops(cover):
    return connected_components.label(cover < 0.5)[1] - 1


@pytest.mark.parametrize("pen", [2.5, 6, 14, 30])
@pytest.mark.parametrize("strokes", [RING, [[[60, 100], [210, 160]]], [[[50, 100], [230, 100]]]])
def test_a_painted_line_is_as_wide_as_its_pen(strokes, pen):
    assert stroke_width.measured(covered(strokes, pen)) == pytest.approx(pen, rel=0.13)


def test_a_soft_edge_does_not_change_the_width():
    sharp = covered(RING, 12)
    soft = sharp
    for _ in range(4):
        soft = (np.roll(soft, 1, 0) + np.roll(soft, -1, 0) + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) / 4
    assert stroke_width.measured(soft) == pytest.approx(stroke_width.measured(sharp), rel=0.03)


def test_the_width_of_no_ink_is_0():
    assert stroke_width.measured(np.zeros((5, 7), np.float32)) == 0


@pytest.mark.parametrize("strokes", [RING, FOUR])
@pytest.mark.parametrize("pen", [1.5, 4, 8, 14])
def test_thin_lines_become_as_wide_as_the_rendering_pen(strokes, pen):
    cover = covered(strokes, pen)
    made = stroke_width.normalised(cover, connected_components.longest(cover > 0.5))
    longest = connected_components.longest(made > 0.5)
    assert 20 * stroke_width.measured(made) / longest == pytest.approx(ink.PEN_WIDTH, rel=0.15)
    assert loops(made) == loops(cover)
    assert connected_components.label(made > 0.5)[1] == connected_components.label(cover > 0.5)[1]


def test_a_widened_line_is_like_one_by_a_wider_pen():
    made = stroke_width.grown(covered(FOUR, 6) > 0.5, 5)
    expected = np.pad(covered(FOUR, 16), (made.shape[0] - canvas.SIDE) // 2)
    assert np.abs(made - expected).mean() < 0.01
    assert ((made > 0.5) != (expected > 0.5)).mean() < 0.01


def test_a_narrowed_line_is_like_one_by_a_thinner_pen():
    made = stroke_width.grown(covered(RING, 30) > 0.5, -8)
    expected = np.pad(covered(RING, 14), (made.shape[0] - canvas.SIDE) // 2)
    assert ((made > 0.5) != (expected > 0.5)).mean() < 0.01


def test_thick_lines_become_as_wide_as_mnists_thickest():
    cover = covered(RING, 75)
    made = stroke_width.normalised(cover, connected_components.longest(cover > 0.5))
    longest = connected_components.longest(made > 0.5)
    assert 20 * stroke_width.measured(made) / longest == pytest.approx(stroke_width.THICKEST, rel=0.1)
    assert loops(made) == loops(cover) == 1


def test_a_width_in_the_range_is_kept():
    cover = covered(RING, 34)
    made = stroke_width.normalised(cover, connected_components.longest(cover > 0.5))
    assert stroke_width.measured(made) == pytest.approx(stroke_width.measured(cover), rel=0.06)


def test_a_blot_does_not_vanish():
    blot = np.ones((30, 30), np.float32)
    assert stroke_width.normalised(np.pad(blot, 3), 30).max() > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_distances_are_those_computed_one_by_one(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((23, 31)) < 0.02
    mask[4, 4] = True
    rows, columns = mask.nonzero()
    grid = np.mgrid[:23, :31][..., np.newaxis]
    expected = np.hypot(grid[0] - rows, grid[1] - columns).min(axis=2)
    found = stroke_width.distances(mask, 7)
    np.testing.assert_allclose(found[expected <= 7], expected[expected <= 7], rtol=1e-6)
    assert (found[expected > 7] > 7).all()
