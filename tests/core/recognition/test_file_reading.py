"""Readings of files, their verdicts, and their table."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.digits import Verdict
from core.preprocessing.ink import Drawing
from core.recognition.file_reading import COLUMNS, FileReading, csv_text, read_file
from core.recognition.recognizer import Prediction, Recognizer, shipped_model

PATH = Path("a.png")


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.of(shipped_model())


def predicted(digit, probability=0.95, is_digit=True):
    probabilities = np.full(10, (1 - probability) / 9, np.float32)
    probabilities[digit] = probability
    return Prediction(probabilities, np.zeros((28, 28), np.uint8), is_digit=is_digit)


def test_a_picture_and_a_drawing(recognizer, tmp_path):
    page = np.full((90, 60), 255, np.uint8)
    page[20:70, 28:33] = 0
    Image.fromarray(page).save(tmp_path / "one.PNG")
    (tmp_path / "one.json").write_text(Drawing.from_points([[[0, 0], [0, 50]]]).to_json())
    picture, drawing = (read_file(recognizer, tmp_path / name) for name in ("one.PNG", "one.json"))
    assert (picture.number, drawing.number) == ("1", "1")
    assert picture.verdict is drawing.verdict is Verdict.DIGIT
    np.testing.assert_array_equal(picture.pixels, page)
    assert drawing.pixels is None


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.png", b"", "is empty"),
        ("text.png", b"seven", "is a text file"),
        ("bad.json", b"{", "bad.json"),
        ("none.json", b'{"strokes": []}', "nothing is drawn there"),
    ],
)
def test_what_cannot_be_read_has_an_error(recognizer, tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    reading = read_file(recognizer, tmp_path / name)
    assert reading.error.startswith(str(tmp_path / name))
    assert sentence in reading.error
    assert (reading.number, reading.verdict, reading.probability) == ("", None, None)


def test_an_empty_page_keeps_its_pixels(recognizer, tmp_path):
    Image.new("L", (30, 40), 255).save(tmp_path / "page.gif")
    reading = read_file(recognizer, tmp_path / "page.gif")
    assert "nothing is drawn there" in reading.error
    assert reading.pixels.shape == (40, 30)


def test_a_number_is_as_sure_as_the_least_sure_of_its_digits():
    reading = FileReading(PATH, (predicted(4), predicted(2, 0.6), predicted(0, 0.99)))
    assert reading.number == "420"
    assert reading.verdict is Verdict.TWO_CANDIDATES
    assert reading.probability == pytest.approx(0.6)
    assert FileReading(PATH, (predicted(4, 0.6), predicted(2, is_digit=False))).verdict is Verdict.NOT_A_DIGIT


def test_the_table_can_be_read_back():
    odd = Path('a, "b"\nc.png')
    readings = [FileReading(PATH, (predicted(0), predicted(7, 0.85))), FileReading(odd, error="a, sentence")]
    rows = list(csv.reader(io.StringIO(csv_text(readings))))
    assert rows == [
        list(COLUMNS),
        ["a.png", "07", "digit", "0.850000", ""],
        [str(odd), "", "", "", "a, sentence"],
    ]
