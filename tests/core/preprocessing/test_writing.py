"""Writing on paper: told from printed lines, strips, frames, holes, underlines and the desk around the sheet."""

import numpy as np
import pytest

from core.preprocessing import boxes, canvas, picture, ruling, sheet
from core.preprocessing.ink import Drawing

FIVE = Drawing.from_points([[[80, 20], [30, 20], [25, 65], [60, 60], [80, 80], [60, 110], [22, 105]]])
SIDE = 360


def page(scale=1.4, x=110, y=110, pen=0.025):
    """Return a clean page (H, W) float64, 255 white, with a digit."""
    moved = Drawing.from_points([stroke[:, :2] * scale + np.array([x, y]) for stroke in FIVE.strokes])
    return canvas.paint(moved, pen, SIDE).astype(float)


def photographed(grey, seed=0):
    rng = np.random.default_rng(seed)
    light = np.add.outer(np.linspace(0.75, 1, SIDE), np.linspace(-0.15, 0, SIDE))
    return (grey * 0.9 * light + rng.normal(0, 2.5, grey.shape)).clip(0, 255)


def read(grey):
    image = picture.read(np.rint(grey).astype(np.uint8))
    assert image is not None
    return image.astype(float)


def likeness(grey, other=None):
    """Return the correlation of the image that is read with the image of the digit alone."""
    alone = read(page()) if other is None else other
    return float(np.corrcoef(read(grey).ravel(), alone.ravel())[0, 1])


def with_lines(grey, axis, spacing, level, width=1, slope=0.0):
    rows, columns = np.mgrid[:SIDE, :SIDE]
    along, across = (columns, rows) if axis == 0 else (rows, columns)
    is_line = np.mod(np.rint(across - slope * along) + 7, spacing) < width
    return np.where(is_line, np.minimum(grey, level), grey)


RULINGS = {
    "grey lines": lambda grey: with_lines(grey, 0, 24, 150),
    "faint squares": lambda grey: with_lines(with_lines(grey, 0, 18, 215), 1, 18, 215),
    "dark squares, two pixels": lambda grey: with_lines(with_lines(grey, 0, 30, 40, 2), 1, 30, 40, 2),
    "lines as dark as the ink": lambda grey: with_lines(grey, 0, 26, 0),
    "oblique": lambda grey: with_lines(grey, 0, 28, 120, 2, 0.06),
    "a margin": lambda grey: np.where(np.arange(SIDE) == 40, 120, grey),
}


@pytest.mark.parametrize("name", RULINGS)
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_printed_lines_are_no_ink(name, take):
    assert likeness(take(RULINGS[name](page()))) > 0.93


def test_white_lines_on_a_blackboard_are_no_ink():
    assert likeness(255 - RULINGS["grey lines"](page())) > 0.95


def test_a_page_without_lines_is_left_alone():
    assert ruling.removed(page().astype(np.float32)) is None
    assert ruling.removed(photographed(page()).astype(np.float32)) is None


def test_a_straight_stroke_is_no_printed_line():
    one = np.full((SIDE, SIDE), 255.0)
    one[40:320, 175:185] = 0
    assert ruling.removed(one.astype(np.float32)) is None


def strip(grey, edge, share, level):
    darkened = np.rot90(grey, edge).copy()
    darkened[:, : int(share * SIDE)] = level
    return np.rot90(darkened, -edge)


@pytest.mark.parametrize("edge", range(4))
@pytest.mark.parametrize(("share", "level"), [(0.01, 0), (0.05, 40), (0.15, 90)])
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_a_strip_at_an_edge_is_no_ink(edge, share, level, take):
    assert likeness(take(strip(page(), edge, share, level))) > 0.93


def test_a_shadow_with_a_soft_edge_is_no_ink():
    shadow = np.minimum(1, 0.2 + np.arange(SIDE) / 50)
    assert likeness(page() * shadow) > 0.93


@pytest.mark.parametrize("at", [(60, 300), (310, 60), (40, 40)])
@pytest.mark.parametrize("size", [30, 45, 60])
@pytest.mark.parametrize("turn", [lambda grey: grey, lambda grey: 255 - grey], ids=["glare", "shadow on a board"])
def test_a_glare_is_no_ink(at, size, turn):
    rows, columns = np.mgrid[:SIDE, :SIDE]
    glare = 85 * np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / (2 * size**2))
    plain = photographed(page(0.8, pen=0.018) * 0.7)
    assert likeness(turn((plain + glare).clip(0, 255)), read(plain)) > 0.9


def framed(grey, distance):
    """Darken the pixels at a distance of 0 to 3 pixels from a shape."""
    return np.where(np.abs(distance) < 2, np.minimum(grey, 20), grey)


ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE] - SIDE / 2
ADDED = {
    "box": lambda grey: framed(grey, np.maximum(np.abs(ROWS), np.abs(COLUMNS)) - 110),
    "oblique box": lambda grey: framed(
        grey, np.maximum(np.abs(ROWS + 0.06 * COLUMNS), np.abs(COLUMNS - 0.06 * ROWS)) - 120
    ),
    "ring": lambda grey: framed(grey, np.hypot(ROWS, COLUMNS) - 120),
    "oval": lambda grey: framed(grey, np.hypot(ROWS * 0.8, COLUMNS) - 115),
    "underline": lambda grey: framed(grey, np.maximum(np.abs(ROWS - 110), np.abs(COLUMNS) - 80)),
    "two holes": lambda grey: np.where(
        (np.hypot(ROWS - 80, COLUMNS + 155) < 10) | (np.hypot(ROWS + 80, COLUMNS + 155) < 10), 20, grey
    ),
}


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_what_surrounds_a_digit_is_no_ink(name, take):
    assert likeness(take(ADDED[name](page()))) > 0.93


def boxed(grey, sides, *, width=3, level=60, slope=0.0):
    """Draw a box with its sides at left, top, right, bottom, in pixels."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(float)
    left, top, right, bottom = sides
    across, down = columns + slope * (rows - 180), rows - slope * (columns - 180)
    outside = np.maximum.reduce([left - across, across - right, top - down, down - bottom])
    return np.where(np.abs(outside) <= width / 2, np.minimum(grey, level), grey)


# The digit's ink reaches from 136 to 227 across and from 133 to 269 down. Its bar is at the top: no line is there.
TOUCHED = {"left": (138, 90, 260, 300), "right": (100, 90, 224, 300), "bottom": (100, 90, 260, 267),
           "crossed": (100, 90, 215, 300), "bottom and left": (138, 90, 270, 268)}  # fmt: skip


@pytest.mark.parametrize("name", TOUCHED)
@pytest.mark.parametrize("how", [{}, {"width": 5, "level": 0}, {"width": 1, "level": 130}, {"slope": 0.04}])
@pytest.mark.parametrize("take", [lambda grey: grey, lambda grey: photographed(grey[::-1]), lambda grey: 255 - grey.T])
def test_a_box_that_the_digit_touches_is_no_ink(name, how, take):
    assert likeness(take(boxed(page(), TOUCHED[name], **how)), read(take(page()))) > 0.85


@pytest.mark.parametrize("n", [2, 4])
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_the_cells_beside_a_digit_are_no_ink(n, take):
    grey = page(0.6, 20, 120)
    for number in range(n):
        grey = boxed(grey, (16 + 80 * number, 110, 96 + 80 * number, 200), width=2)
    assert likeness(take(grey), read(page(0.6, 20, 120))) > 0.9


@pytest.mark.parametrize(
    "shape",
    [
        [[[0, 0], [60, 0], [60, 100], [0, 100], [0, 0]]],
        [[[0, 0], [60, 0], [60, 100], [0, 100], [0, 0]], [[0, 50], [60, 50]]],
        [[[0, 0], [60, 0], [20, 100]], [[10, 50], [60, 50]]],
        [[[60, 0], [0, 0], [0, 50], [60, 50], [60, 100], [0, 100]]],
        [[[0, 0], [0, 60], [70, 60]], [[60, 0], [60, 110]]],
    ],
    ids=["nought", "eight", "seven", "five", "four"],
)
def test_digits_with_straight_strokes_are_no_boxes(shape):
    strokes = [np.array(stroke, float) * 1.8 + 60 for stroke in shape]
    grey = canvas.paint(Drawing.from_points(strokes), 0.02, SIDE).astype(np.float32)
    assert boxes.without_box(grey, grey < 128, (1, 1)) is None


def stamped(grey, inner=0.6, level=150, text=True):
    """Stamp two rings with print within at the upper left."""
    away = np.hypot(ROWS + 120, COLUMNS + 120)
    is_ring = (np.abs(away - 45) < 1.5) | (np.abs(away - 45 * inner) < 1)
    is_text = (np.abs(ROWS + 120) < 5) & (np.abs(COLUMNS + 120) < 20) & (COLUMNS % 6 < 3) & text
    return np.where(is_ring | is_text, np.minimum(grey, level), grey)


@pytest.mark.parametrize("how", [{}, {"text": False}, {"inner": 0.8}, {"level": 60}])
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_a_stamp_beside_a_digit_is_no_ink(how, take):
    assert likeness(take(stamped(page(x=120, y=150), **how)), read(page(x=120, y=150))) > 0.9


@pytest.mark.parametrize("within", [None, 30])
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_a_round_nought_beside_a_digit_is_no_stamp(within, take):
    ring = np.abs(np.hypot(ROWS + 110, COLUMNS + 110) - 45) < 3
    slash = (np.abs(ROWS + COLUMNS + 220) < 4) & (np.abs(ROWS - COLUMNS) < (within or 0))
    pieces = picture.pieces(np.rint(take(np.where(ring | slash, 20, page(x=120, y=150)))).astype(np.uint8))
    assert pieces is not None
    assert len(pieces) >= 2


def test_a_dot_in_a_nought_does_not_make_it_a_ring():
    nought = framed(np.full((SIDE, SIDE), 255.0), np.hypot(ROWS * 0.7, COLUMNS) - 80)
    dotted = np.where(np.hypot(ROWS, COLUMNS) < 8, 20, nought)
    assert likeness(dotted, read(nought)) > 0.85


@pytest.mark.parametrize("name", ["box", "ring", "underline"])
def test_what_is_alone_is_read(name):
    alone = ADDED[name](np.full((SIDE, SIDE), 255.0))
    assert read(alone).max() > 200


@pytest.mark.parametrize("desk", [20, 90])
@pytest.mark.parametrize("take", [lambda grey: grey, photographed])
def test_a_sheet_on_a_desk(desk, take):
    grey = page()
    aside = np.maximum(np.abs(ROWS + 0.05 * COLUMNS), np.abs(COLUMNS - 0.05 * ROWS)) > 150
    assert likeness(take(np.where(aside, desk, grey))) > 0.93


def test_a_thick_nought_and_a_thick_one_are_no_sheets():
    nought = np.where(np.abs(np.hypot(ROWS * 0.8, COLUMNS) - 90) < 35, 255.0, 0.0).astype(np.float32)
    one = np.where((np.abs(ROWS) < 140) & (np.abs(COLUMNS) < 60), 255.0, 0.0).astype(np.float32)
    assert sheet.cropped(nought) is None
    assert sheet.cropped(one) is None


@pytest.mark.parametrize("seed", range(4))
def test_a_blank_photo_is_empty(seed):
    blank = photographed(np.full((SIDE, SIDE), 255.0), seed)
    assert picture.pieces(np.rint(blank).astype(np.uint8)) is None


def test_the_pieces_of_a_picture_have_their_boxes_in_its_pixels():
    grey = np.full((300, 500), 255, np.uint8)
    grey[100:200, 50:60] = 0
    grey[100:200, 400:410] = 0
    found = picture.pieces(grey)
    assert found is not None
    assert len(found) == 2
    boxes = sorted(found.joined([index]).box for index in range(2))
    np.testing.assert_allclose(boxes, [[50, 100, 60, 200], [400, 100, 410, 200]], atol=1)
    assert found.joined([0]).image.shape == (28, 28)


def test_the_boxes_of_a_large_picture_and_of_a_sheet_are_those_of_the_picture():
    grey = np.full((2000, 3000), 255, np.uint8)
    grey[500:1500, 1000:1100] = 0
    found = picture.pieces(grey)
    assert found is not None
    np.testing.assert_allclose(found.joined([0]).box, [1000, 500, 1100, 1500], atol=6)
    grey[:200], grey[-200:], grey[:, :200], grey[:, -200:] = 40, 40, 40, 40
    found = picture.pieces(grey)
    assert found is not None
    np.testing.assert_allclose(found.joined([0]).box, [1000, 500, 1100, 1500], atol=30)
