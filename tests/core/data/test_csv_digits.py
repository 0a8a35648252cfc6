"""Tables of text: wherever the label stands and however values are written; errors name file and line."""

import gzip

import numpy as np
import pytest

from core.data import csv_digits
from core.errors import DataError

RNG = np.random.default_rng(0)
IMAGES = np.zeros((25, 28, 28), np.uint8)
IMAGES[:, 4:24, 4:24] = RNG.integers(256, size=(25, 20, 20))
LABELS = np.arange(25) % 10


def rows(images=IMAGES, labels=LABELS, *, last=False, separator=",", end="\n"):
    columns = [labels[:, np.newaxis], images.reshape(len(images), -1)]
    table = np.concatenate(columns[::-1] if last else columns, axis=1)
    return end.join(separator.join(map(str, row)) for row in table.tolist()) + end


def read(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return csv_digits.read(path)


HEADER = ",".join(["label", *(f"pixel{i}" for i in range(784))])
HEADER_LAST = ",".join([*(f"{i + 1}x{j + 1}" for i in range(28) for j in range(28)), "class"])


@pytest.mark.parametrize(
    "text",
    [
        rows(),
        rows(last=True),
        f"{HEADER}\n{rows()}",
        f"{HEADER_LAST}\n{rows(last=True)}",
        ",".join(map(str, range(785))) + "\n" + rows(),
        rows(separator=";"),
        rows(separator="\t", end="\r\n"),
        rows(separator=", "),
        "\ufeff" + rows(),
        "\n\n" + rows(end="\n\n"),
        rows().rstrip("\n"),
        "\n".join(",".join(f'"{value}"' for value in line.split(",")) for line in rows().splitlines()),
        gzip.compress(rows().encode()),
        rows(labels=LABELS.astype(float)),
        "," + HEADER + "\n" + "\n".join(f"{i},{line}" for i, line in enumerate(rows().splitlines())),
    ],
)
def test_a_table(tmp_path, text):
    images, labels = read(tmp_path, text)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


def test_values_from_0_to_1_are_kept_as_exactly_as_bytes_need(tmp_path):
    images, labels = read(tmp_path, rows(IMAGES / 255))
    np.testing.assert_array_equal(np.rint(images.astype(np.float32) * 255), IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("digit", [0, 3])
@pytest.mark.parametrize("last", [False, True])
def test_the_label_is_found_where_all_are_alike(tmp_path, digit, last):
    images, labels = read(tmp_path, rows(labels=np.full(25, digit), last=last))
    assert set(labels) == {digit}
    if digit or not last:  # a last column of zeros is as likely a pixel
        np.testing.assert_array_equal(images, IMAGES)


def test_many_rows_are_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_digits, "_ROWS", 4)
    ticks = []
    (tmp_path / "mine.csv").write_text(rows())
    images, _ = csv_digits.read(tmp_path / "mine.csv", lambda: ticks.append(1))
    np.testing.assert_array_equal(images, IMAGES)
    assert len(ticks) == 7


def line_of(lines, number, text):
    lines = lines.splitlines()
    lines[number - 1] = text
    return "\n".join(lines)


ROW = rows().splitlines()[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEADER, "no rows below its header"),
        ("hello\n", "line 1: there are 1 values; a row has a label and 784 values"),
        (line_of(rows(), 7, ROW[:-2]), "line 7: there are 784 values and no label"),
        (line_of(rows(), 9, ROW + ",0,0"), "line 9: there are 787 values"),
        (line_of(rows(), 11, ROW[:-1] + "x"), "line 11: 'x' is not a value of a digit"),
        (line_of(rows(), 12, ROW[:-1] + "nan"), "line 12: 'nan' is not"),
        (line_of(rows(), 13, ROW[:-1] + "1e30"), "line 13: '1e30' is not"),
        (line_of(rows(), 13, ROW[:-1] + "-9223372036854775808"), "line 13: '-9223372036854775808' is not"),
        (line_of(line_of(rows(), 3, ROW[:-2]), 4, ROW + ",0"), "line 3: there are 784 values and no label"),
        (line_of(rows(), 14, ROW[:-1]), "line 14: '' is not"),
        (rows(labels=LABELS + 40), "neither its first nor its last column holds labels from 0 to 9: there is a 4"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "line 1"),
        (b"1," * 2**16, "line 1: the line is too long"),
        (gzip.compress(rows().encode())[:-20], "compressed content ends early or is wrong"),
    ],
)
def test_what_is_no_such_table(tmp_path, text, message):
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "mine.csv"))


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_digits, "MAX_BYTES", len(rows()) - 1)
    with pytest.raises(DataError, match="is larger than"):
        read(tmp_path, gzip.compress(rows().encode()))


def test_a_missing_file_and_a_folder(tmp_path):
    for path, reason in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(DataError, match=reason):
            csv_digits.read(path)
