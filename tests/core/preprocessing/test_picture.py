"""Pictures: dark on light or light on dark, of any size and kind, cropped and averaged."""

import itertools
import tracemalloc

import numpy as np
import pytest
from picture_bytes import decoded

from core.preprocessing import connected_components, ink, picture, stroke_width
from core.preprocessing.ink import Drawing

SEVEN = [[[0, 0], [60, 0], [25, 100]], [[10, 50], [50, 50]]]


def painted(strokes=SEVEN, size=(300, 260), pen=22, scale=2.0, x=60, y=30):
    """Return a page (H, W), 255 white, with strokes painted with a round pen, as on a canvas."""
    rows, columns = np.mgrid[: size[0], : size[1]] + 0.5
    nearest = np.full(size, np.inf)
    for stroke in strokes:
        points = np.asarray(stroke, float) * scale + [x, y]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            dx, dy = x1 - x0, y1 - y0
            share = (((columns - x0) * dx + (rows - y0) * dy) / (dx * dx + dy * dy)).clip(0, 1)
            nearest = np.minimum(nearest, np.hypot(columns - x0 - share * dx, rows - y0 - share * dy))
    return (255 * (1 - (pen / 2 + 0.5 - nearest).clip(0, 1))).astype(np.uint8)


PAGE = painted()


def image_of(grey):
    image = picture.read(grey)
    assert image is not None
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    return image.astype(int)


def difference(one, other):
    """Return the mean difference of two images, in grey levels."""
    return float(np.abs(one.astype(int) - other).mean())


def box(image):
    rows, columns = (line.nonzero()[0] for line in ((image > 0).any(axis=1), (image > 0).any(axis=0)))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


# From grey values to a digit


def test_dark_on_light_and_light_on_dark_are_the_same():
    np.testing.assert_array_equal(image_of(PAGE), image_of(255 - PAGE))


@pytest.mark.parametrize(("ink_grey", "background_grey"), [(0, 255), (90, 160), (200, 30), (0, 20)])
def test_grey_levels_do_not_matter(ink_grey, background_grey):
    share = PAGE / 255
    grey = np.rint(background_grey * share + ink_grey * (1 - share)).astype(np.uint8)
    contrast = abs(ink_grey - background_grey)
    assert np.abs(image_of(grey) - image_of(PAGE)).max() <= 3 + 255 / contrast


def test_the_longer_side_is_20_pixels_and_the_centre_of_mass_at_14():
    image = image_of(PAGE)
    assert max(box(image)) == 20
    for axis in (0, 1):
        profile = image.sum(axis=axis)
        assert profile @ np.arange(28) / profile.sum() == pytest.approx(14, abs=0.51)


def test_position_and_margin_do_not_matter():
    wide = np.pad(PAGE, ((100, 7), (0, 250)), constant_values=255)
    np.testing.assert_array_equal(image_of(wide), image_of(PAGE))


@pytest.mark.parametrize("factor", [2, 3])
def test_the_size_does_not_matter(factor):
    assert np.abs(image_of(np.kron(PAGE, np.ones((factor, factor), np.uint8))) - image_of(PAGE)).max() <= 1


def test_a_picture_of_thousands_of_pixels_is_reduced_first():
    large = np.kron(PAGE, np.ones((10, 10), np.uint8))
    assert max(large.shape) > 2 * picture.MAX_SIDE
    assert np.abs(image_of(large) - image_of(PAGE)).max() <= 60
    assert np.abs(image_of(large) - image_of(PAGE)).mean() < 2


def rendered():
    """Return a digit in MNIST's geometry (28, 28), as ink."""
    return ink.render(Drawing.from_points(SEVEN))


def test_a_digit_of_mnists_own_size_is_only_centred():
    """Invisible ink is left out, and the darkest ink becomes full ink."""
    page = 255 - np.pad(rendered(), ((3, 9), (5, 1)))
    assert np.abs(image_of(page) - rendered()).max() <= 5


@pytest.mark.parametrize("factor", [2, 6, 10])
@pytest.mark.parametrize("transform", [lambda page: page, lambda page: 255 - page])
def test_an_enlarged_digit_keeps_its_shades(factor, transform):
    """Its strokes are as wide as MNIST's: it is averaged by area, and not changed otherwise."""
    page = np.pad(255 - np.kron(rendered(), np.ones((factor, factor), np.uint8)), 40, constant_values=255)
    assert np.abs(image_of(transform(page)) - rendered()).max() <= 5


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (300, 200), (3000, 20)])
def test_a_blank_page(shape, grey):
    assert picture.read(np.full(shape, grey, np.uint8)) is None


def test_a_page_of_faint_noise_is_empty():
    assert picture.read(np.random.default_rng(0).integers(240, 255, (200, 200)).astype(np.uint8)) is None


def test_a_picture_without_pixels():
    assert picture.read(np.zeros((0, 0), np.uint8)) is None


@pytest.mark.parametrize("transform", [lambda line: line, np.transpose])
def test_a_picture_of_one_line(transform):
    line = np.full((1, 300), 255, np.uint8)
    line[0, 100:160] = 0
    assert sorted(box(image_of(transform(line)))) == [3, 20], "as wide as a pen"


@pytest.mark.parametrize("transform", [lambda line: line, np.transpose])
def test_a_very_long_picture(transform):
    """Longer than the largest side, and thinner than the blocks of its reduction."""
    line = np.full((3, 400_000), 255, np.uint8)
    line[1, 1000:-1000] = 0
    tracemalloc.start()
    try:
        assert sorted(box(image_of(transform(line)))) == [3, 20], "as wide as a pen"
        assert tracemalloc.get_traced_memory()[1] < 50 * line.size, "bytes"
    finally:
        tracemalloc.stop()


def test_a_single_dark_pixel_is_a_square():
    page = np.full((9, 9), 255, np.uint8)
    page[4, 4] = 0
    assert box(image_of(page)) == (20, 20)


def test_the_page_is_not_changed():
    before = PAGE.copy()
    picture.read(PAGE)
    np.testing.assert_array_equal(PAGE, before)


def test_a_painted_drawing_gives_the_image_of_its_strokes():
    """A digit of 222 × 155 px is 20 × 14 in the image: pixels and strokes then align."""
    strokes = [[[0, 0], [66.7, 0], [25, 100]], [[10, 50], [50, 50]]]
    same = ink.render_all([Drawing.from_points(strokes)], 20 * 22 / 222)[0]
    assert difference(image_of(painted(strokes)), same) < 1
    assert np.abs(image_of(painted(strokes)) - same).max() <= 25


def test_the_shipped_model_recognizes_a_painted_drawing_like_its_strokes():
    from core.recognition.recognizer import Recognizer, shipped_model

    recognizer = Recognizer.of(shipped_model())
    one = recognizer.predict_picture(PAGE)
    other = recognizer.predict(Drawing.from_points(SEVEN))
    assert one is not None
    assert other is not None
    assert one.digit == other.digit == 7


# The width of the strokes


# At the pen width of the rendering, 14 pixels wide in the image: pixels and strokes align.
WHOLE = [[[0, 0], [65.9, 0], [25, 100]], [[10, 50], [50, 50]]]


def width(image):
    return stroke_width.measured(image.astype(np.float32) / 255)


@pytest.mark.parametrize("pen", [2, 4, 7, 10])
def test_thin_lines_get_the_width_of_the_rendering_pen(pen):
    image = image_of(painted(WHOLE, pen=pen))
    assert width(image) == pytest.approx(ink.PEN_WIDTH, abs=0.3)
    assert difference(image, ink.render(Drawing.from_points(WHOLE))) < 3


@pytest.mark.parametrize("pen", [22, 30])
def test_lines_in_the_range_of_mnists_widths_are_unchanged(pen):
    assert width(image_of(painted(pen=pen))) == pytest.approx(20 * pen / (200 + pen), abs=0.3)


def test_very_thick_lines_get_the_width_of_mnists_thickest():
    assert width(image_of(painted(pen=84))) == pytest.approx(stroke_width.THICKEST, abs=0.4)


RING = [[[50 + 40 * np.cos(t), 50 + 50 * np.sin(t)] for t in np.linspace(0, 2 * np.pi, 60)]]


@pytest.mark.parametrize("pen", [1, 2, 5, 12, 30, 60])
def test_a_loop_neither_closes_nor_breaks(pen):
    image = image_of(painted(RING, pen=pen))
    n_inside = connected_components.label(image < 128)[1] - 1
    assert n_inside == 1
    assert connected_components.label(image >= 128)[1] == 1


# Colours


def test_colours_count_by_their_brightness():
    red, green = (
        np.stack([np.full_like(PAGE, level) for level in levels], axis=2) for levels in ((255, 0, 0), (0, 255, 0))
    )
    page = np.where(PAGE[..., np.newaxis] < 128, red, green)
    assert np.abs(image_of(page) - image_of((PAGE > 127) * np.uint8(255))).max() <= 5


def test_white_is_behind_transparent_pixels():
    ink_below = np.dstack([np.zeros((*PAGE.shape, 3), np.uint8), 255 - PAGE])
    np.testing.assert_array_equal(image_of(ink_below), image_of(PAGE))


# Photos


def lit(page, shading=0.5, noise=3.0, seed=0):
    """Return a page lit from the left, with the noise of a photo."""
    rng = np.random.default_rng(seed)
    light = np.linspace(1, 1 - shading, page.shape[1])
    return (page * light * 0.9 + rng.normal(0, noise, page.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("transform", [lambda page: page, lambda page: 255 - page])
@pytest.mark.parametrize("shading", [0.0, 0.3, 0.7])
def test_uneven_light_and_noise_do_not_matter(transform, shading):
    faded = transform((0.5 * painted(WHOLE) + 60).astype(np.uint8))
    assert difference(image_of(lit(faded, shading)), ink.render(Drawing.from_points(WHOLE))) < 3


@pytest.mark.parametrize("seed", range(5))
def test_a_photo_of_a_blank_page_is_empty(seed):
    assert picture.read(lit(np.full((300, 400), 230, np.uint8), 0.6, 4, seed)) is None


def speckled(page, seed):
    page, rng = page.copy(), np.random.default_rng(seed)
    for _ in range(12):
        row, column = rng.integers(0, page.shape[0] - 4), rng.integers(0, page.shape[1] - 4)
        page[row : row + 4, column : column + 4] = rng.integers(0, 256)
    return page


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("transform", [lambda page: page, lit])
def test_specks_are_left_out(transform, seed):
    page = np.pad(PAGE, 60, constant_values=255)
    assert difference(image_of(transform(speckled(page, seed))), image_of(transform(page))) < 2


def test_the_edge_of_the_table_is_left_out():
    page = np.pad(PAGE, ((40, 40), (80, 80)), constant_values=255)
    table = page.copy()
    table[:, :30] = 40
    assert difference(image_of(lit(table)), image_of(lit(page))) < 3


@pytest.mark.parametrize("quality", [40, 75, 95])
def test_compression_artefacts_do_not_matter(quality):
    page = np.pad(PAGE, 30, constant_values=255)
    assert difference(image_of(decoded(page, "JPEG", quality=quality)), image_of(page)) < 3


@pytest.mark.parametrize("seed", range(30))
def test_any_picture_gives_a_digit_or_is_empty(seed):
    rng = np.random.default_rng(seed)
    page = rng.integers(0, 256, rng.integers(1, 60, 2)).astype(np.uint8)
    for kind in (page, np.kron(page, np.ones((7, 5), np.uint8)), (page > 250) * np.uint8(255), page // 100 * 100):
        image = picture.read(kind)
        assert image is None or (image.shape == (28, 28) and image.any())


@pytest.mark.real_data
def test_pictures_of_mnists_digits_are_almost_unchanged(real_data):
    from core.data import mnist

    images = mnist.load(real_data / "mnist")[1].images[:200].reshape(-1, 28, 28)
    differences = [difference(image_of(255 - np.kron(image, np.ones((5, 5), np.uint8))), image) for image in images]
    assert np.median(differences) < 0.5
