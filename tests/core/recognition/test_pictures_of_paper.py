"""Pictures of several digits, read by the shipped network; and images in which nothing is to be seen."""

import numpy as np
import pytest

from core.digits import Verdict
from core.preprocessing import canvas, ink, picture
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Recognizer, shipped_model

TWO = [[5, 25], [20, 5], [45, 10], [48, 35], [5, 95], [55, 95]]
SEVEN = [[5, 5], [55, 5], [25, 100]]
ONE = [[30, 0], [30, 100]]


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.of(shipped_model())


def written(*lines, side=420, pen=0.02):
    """Return a picture (side, side) of lines of digits; each line is a list of strokes at an x."""
    strokes = [
        np.array(stroke, float) + np.array([30 + 75 * column, 50 + 150 * row])
        for row, line in enumerate(lines)
        for column, stroke in enumerate(line)
    ]
    return canvas.paint(Drawing.from_points(strokes), pen, side)


def accepted(reading):
    return [prediction.verdict is not Verdict.NOT_A_DIGIT for prediction in reading.predictions]


def test_a_picture_is_read_like_its_strokes(recognizer):
    reading = recognizer.read_picture(written([TWO, SEVEN, ONE]))
    assert reading is not None
    assert reading.number == "271"
    lefts = [part.box[0] for part in reading.parts]
    assert lefts == sorted(lefts)
    assert {part.line for part in reading.parts} == {0}


def test_two_lines_are_two_numbers(recognizer):
    reading = recognizer.read_picture(written([TWO, SEVEN], [SEVEN, ONE]))
    assert reading is not None
    assert reading.numbers == ("27", "71")


def test_digits_that_touch_are_cut_where_the_whole_is_no_digit(recognizer):
    joined = np.minimum(written([TWO], side=420), np.roll(written([SEVEN], side=420), 58, axis=1))
    reading = recognizer.read_picture(joined)
    assert reading is not None
    assert reading.number == "27"


def test_a_part_that_is_a_digit_is_not_cut(recognizer, monkeypatch):
    def never(pieces, members):
        pytest.fail("it was cut")

    monkeypatch.setattr(picture.Pieces, "cuts", never)
    reading = recognizer.read_picture(written([TWO, SEVEN]))
    assert reading is not None
    assert reading.number == "27"


def test_a_comma_is_a_symbol(recognizer):
    page = written([TWO, SEVEN])
    page[146:166, 92:98] = 0
    reading = recognizer.read_picture(page)
    assert reading is not None
    assert reading.number == "27"
    assert [prediction.is_symbol for prediction in reading.predictions] == [False, True, False]


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_nothing_is_there(recognizer, grey, channels):
    assert recognizer.read_picture(np.full((120, 90, *channels), grey, np.uint8)) is None


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 300), (300, 1), (2, 2, 4), (7, 1000, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_noise_of_any_shape_raises_nothing(recognizer, shape, seed):
    recognizer.read_picture(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


@pytest.mark.parametrize("brightest", range(10, 251, 10))
def test_an_all_but_black_or_white_image_is_no_digit(recognizer, brightest):
    shape = ink.render(Drawing.from_points([ONE])).astype(float) / 255
    dark, light = np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)
    dark[13, 14], light[13, 14] = brightest, 255 - brightest
    faint = np.rint(shape * min(brightest, 110)).astype(np.uint8)
    pale = np.rint(255 - shape * min(brightest, 110)).astype(np.uint8)
    grey = np.full((28, 28), brightest, np.uint8)
    for image in (dark, light, faint, pale, grey):
        assert recognizer.predict_image(image).verdict is Verdict.NOT_A_DIGIT
