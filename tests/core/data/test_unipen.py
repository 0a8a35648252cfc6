"""Pen files: digits as strokes; errors name file and line."""

import numpy as np
import pytest

from core.data import unipen
from core.errors import DataError

TEXT = """.VERSION 1.0
.INCLUDE somewhere.else
.LEXICON "0" "1"

.HIERARCHY DIGIT
.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 12 224
.PEN_DOWN
 10 20
 30 40.5
.PEN_UP
.DT 100
.PEN_DOWN
 5 -5
.PEN_UP
.SEGMENT DIGIT 1-2 ? "0"
.COMMENT 0 3 1
.PEN_DOWN
1 2
3 4

.PEN_UP
.SEGMENT DIGIT 3 OK "4"
.COMMENT something else
.PEN_DOWN
7 8
.PEN_UP
"""


def write_pen_file(tmp_path, text):
    path = tmp_path / "pens.unipen"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def assert_rejected(path, message):
    with pytest.raises(DataError, match=message) as caught:
        unipen.read(path)
    assert str(caught.value).startswith(str(path))


def with_change(old, new):
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def strokes_of(digit):
    return [stroke[:, :2].tolist() for stroke in digit.drawing.strokes]


def test_labels_writers_and_strokes(tmp_path):
    first, second, third = unipen.read(write_pen_file(tmp_path, TEXT))
    assert (first.label, first.writer) == (8, 12)
    assert strokes_of(first) == [[[10, -20], [30, -40.5]], [[5, 5]]]
    assert (second.label, second.writer, strokes_of(second)) == (0, 3, [[[1, -2], [3, -4]]])
    assert (third.label, third.writer) == (4, 0)


def test_a_digit_is_a_drawing(tmp_path):
    drawing = unipen.read(write_pen_file(tmp_path, TEXT))[0].drawing
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[10, -20, 1], [30, -40.5, 1]], [[5, 5, 1]]]


def test_only_some_writers(tmp_path):
    path = write_pen_file(tmp_path, TEXT)
    assert [digit.label for digit in unipen.read(path, {3, 99})] == [0]
    assert [digit.label for digit in unipen.read(path, {0, 12})] == [8, 4]
    with pytest.raises(DataError, match=r"no digits of these writers; its writers are 0 to 12"):
        unipen.read(path, {99})


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems(tmp_path, ends):
    assert len(unipen.read(write_pen_file(tmp_path, TEXT.replace("\n", ends)))) == 3


def test_comments_need_not_be_ascii(tmp_path):
    assert len(unipen.read(write_pen_file(tmp_path, b".COMMENT \xfc\xff\x00\n" + TEXT.encode()))) == 3


@pytest.mark.parametrize("text", ["", "\n\n", ".VERSION 1.0\n", '.SEGMENT WORD 0 ? "eight"\n', bytes(100)])
def test_not_a_pen_file(tmp_path, text):
    assert_rejected(write_pen_file(tmp_path, text), "not a UNIPEN file of digits|outside a stroke")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\n" + TEXT, "line 1: 'hello' is outside a stroke"),
        (with_change(".DT 100", "10 20"), "line 12: '10 20' is outside a stroke"),
        (with_change(" 30 40.5", " 30 x"), "line 10: '30 x' is not a point"),
        (with_change(" 30 40.5", " 30"), "line 10: '30' is not a point"),
        (with_change(" 30 40.5", " 30 40 50"), "line 10: '30 40 50' is not a point"),
        (".PEN_DOWN\n1 2\n.PEN_UP\n" + TEXT, r"line 1: a stroke begins before the first \.SEGMENT DIGIT"),
        (with_change('? "8"', '? "x"'), "line 6: .* does not say which digit"),
        (with_change('? "8"', '? "12"'), "line 6: .* does not say which digit"),
        (with_change('1-2 ? "0"', "1-2"), "line 16: .* does not say which digit"),
        (with_change("5 -5\n.PEN_UP\n", "5 -5\n"), "line 15: a digit begins within a stroke"),
        (TEXT[: TEXT.rindex(".PEN_UP")], "ends within a stroke"),
        (TEXT[: TEXT.rindex("7 8")], "ends within a stroke"),
        (TEXT[: TEXT.rindex(".COMMENT")], "digit number 3 has no points"),
        (with_change("7 8\n", ""), "digit number 3 has no points"),
        (with_change("7 8", "nan 8"), "digit 3: .* not a number"),
        (with_change("7 8", "7 inf"), "digit 3: .* not a number"),
        (with_change("7 8", "7 1e300"), "digit 3: .* beyond a billion"),
    ],
)
def test_errors(tmp_path, text, message):
    assert_rejected(write_pen_file(tmp_path, text), message)


def test_a_long_line_is_not_shown_whole(tmp_path):
    with pytest.raises(DataError) as caught:
        unipen.read(write_pen_file(tmp_path, "x" * 10_000))
    assert len(str(caught.value)) < len(str(tmp_path)) + 150


def test_a_truncated_file_gives_whole_digits_or_an_error(tmp_path):
    whole = [strokes_of(digit) for digit in unipen.read(write_pen_file(tmp_path, TEXT))]
    for length in range(len(TEXT)):
        path = write_pen_file(tmp_path, TEXT[:length])
        try:
            digits = unipen.read(path)
        except DataError:
            continue
        strokes, last = [strokes_of(digit) for digit in digits[:-1]], strokes_of(digits[-1])
        assert strokes == whole[: len(strokes)]
        assert last == whole[len(strokes)][: len(last)]


def test_a_missing_file_and_a_folder(tmp_path):
    assert_rejected(tmp_path / "none", "cannot be read: No such file")
    assert_rejected(tmp_path, "cannot be read: Is a directory")


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    path = write_pen_file(tmp_path, TEXT)
    monkeypatch.setattr(unipen, "MAX_BYTES", len(TEXT))
    assert len(unipen.read(path)) == 3
    monkeypatch.setattr(unipen, "MAX_BYTES", len(TEXT) - 1)
    assert_rejected(path, "is larger than")


@pytest.mark.parametrize("text", ["", "hello\n" + TEXT, TEXT[: TEXT.rindex(".PEN_UP")], "hello" * 10_000, bytes(10**6)])
def test_check_and_read_give_the_same_error(tmp_path, text):
    path = write_pen_file(tmp_path, text)
    with pytest.raises(DataError) as read:
        unipen.read(path)
    with pytest.raises(DataError) as checked:
        unipen.check(path)
    assert str(checked.value) == str(read.value)


@pytest.mark.parametrize("n_bytes", [20, 100, *range(len(TEXT) - 9, len(TEXT) + 9)])
def test_check_accepts_a_large_file_wherever_its_beginning_ends(tmp_path, monkeypatch, n_bytes):
    monkeypatch.setattr(unipen, "HEAD_BYTES", n_bytes)
    unipen.check(write_pen_file(tmp_path, TEXT * 3))
    unipen.check(write_pen_file(tmp_path, (TEXT * 3).replace("\n", "\r")))


@pytest.mark.real_data
def test_the_real_pen_file(pen_file):
    unipen.check(pen_file)
    digits = unipen.read(pen_file)
    assert len(digits) == 7494
    assert {digit.writer for digit in digits} == set(range(1, 31))
    assert {digit.label for digit in digits} == set(range(10))
    points = np.concatenate([stroke for digit in digits for stroke in digit.drawing.strokes])
    assert np.abs(points).max() < 1000
