"""The canvas without a window: digits placed on it in whole pixels, and painted with a round pen."""

import numpy as np
import pytest

from core.preprocessing import canvas
from core.preprocessing.ink import Drawing

FOUR = Drawing.from_points([[[60, 10], [10, 70], [90, 70]], [[65, 40], [65, 110]]])


def extent(drawing):
    points = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
    return points.min(axis=0), points.max(axis=0)


@pytest.mark.parametrize("size", [0.1, 0.2, 0.55, 1.0])
@pytest.mark.parametrize("side", [140, 280, 1000])
def test_a_drawing_has_its_size_and_stays_on_the_canvas(size, side):
    for seed in range(20):
        low, high = extent(canvas.placed(FOUR, size, np.random.default_rng(seed), side))
        assert (high - low).max() == pytest.approx(size * side, abs=1)
        assert low.min() >= 0
        assert high.max() <= side


def test_its_proportions_are_kept():
    low, high = extent(canvas.placed(FOUR, 1, np.random.default_rng(0), 1000))
    width, height = high - low
    assert width / height == pytest.approx(80 / 100, abs=0.002)


def test_the_coordinates_are_whole():
    for stroke in canvas.placed(FOUR, 0.333, np.random.default_rng(1)).strokes:
        np.testing.assert_array_equal(stroke[:, :2], np.rint(stroke[:, :2]))


def test_a_drawing_can_be_anywhere():
    corners = np.array([extent(canvas.placed(FOUR, 0.3, np.random.default_rng(seed)))[0] for seed in range(200)])
    assert (corners.min(axis=0) < 15).all()
    assert (corners.max(axis=0) > 280 * 0.7 - 15).all()


@pytest.mark.parametrize(("size", "pen"), [(0.9, 0.1), (1.0, 0.1), (0.3, 0.02)])
def test_room_is_left_for_the_pen(size, pen):
    for seed in range(20):
        drawing = canvas.placed(FOUR, size, np.random.default_rng(seed), pen_width=pen)
        low, high = extent(drawing)
        assert low.min() >= 280 * pen / 2 - 0.5
        assert high.max() <= 280 * (1 - pen / 2) + 0.5
        inner = Drawing.from_points([stroke + np.array([100, 100, 0]) for stroke in drawing.strokes])
        whole = 255.0 - canvas.paint(inner, pen * 280 / 480, 480)
        assert (255.0 - canvas.paint(drawing, pen)).sum() > 0.99 * whole.sum()


def test_a_seed_repeats_the_position():
    one, other = (canvas.placed(FOUR, 0.4, np.random.default_rng(9)) for _ in range(2))
    for stroke, same in zip(one.strokes, other.strokes, strict=True):
        np.testing.assert_array_equal(stroke, same)


def test_a_dot_and_an_empty_drawing():
    dot = canvas.placed(Drawing.from_points([[[7, 7]]]), 0.5, np.random.default_rng(0))
    assert dot.n_points == 1
    assert not canvas.placed(Drawing(), 0.5, np.random.default_rng(0))
    assert (canvas.paint(Drawing(), 0.1) == 255).all()


def test_pressure_is_kept():
    pressed = Drawing.from_points([[[0, 0, 0.25], [5, 9, 0.5]]])
    assert canvas.placed(pressed, 0.5, np.random.default_rng(0)).strokes[0][:, 2].tolist() == [0.25, 0.5]


@pytest.mark.parametrize("pen", [0.02, 0.05, 0.1])
def test_a_line_is_as_wide_as_the_pen_and_has_round_ends(pen):
    page = canvas.paint(Drawing.from_points([[[50, 140], [230, 140]]]), pen)
    ink = 1 - page / 255
    assert ink[:, 140].sum() == pytest.approx(280 * pen, abs=0.05)
    assert ink.sum() == pytest.approx(180 * 280 * pen + np.pi * (140 * pen) ** 2, rel=0.01)


def test_the_canvas():
    page = canvas.paint(Drawing.from_points([[[10, 10], [90, 90]]]), 0.06, side=100)
    assert page.shape == (100, 100)
    assert page.dtype == np.uint8
    assert page[50, 50] == 0
    assert page[0, 99] == page[99, 0] == 255


def test_ink_outside_the_canvas_is_cut_off():
    page = canvas.paint(Drawing.from_points([[[-50, 20], [500, 20]], [[-900, -900]]]), 0.1)
    assert not page[20].any()
    assert (page[60:] == 255).all()
