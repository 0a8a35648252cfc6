"""Which source a file or folder is."""

import gzip

import numpy as np
import pytest

from core.data import detection, idx
from core.errors import DataError

PEN = '.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 2\n.PEN_UP\n'


def test_files(tmp_path):
    idx.write(tmp_path / "train-images-idx3-ubyte.gz", np.zeros((1, 28, 28), np.uint8))
    (tmp_path / "pens").write_text(PEN)
    (tmp_path / "table.csv").write_text("label,p\n")
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(b"1,2,3\n"))
    for name, kind in (
        ("train-images-idx3-ubyte.gz", "idx"),
        ("pens", "pen"),
        ("table.csv", "csv"),
        ("table.csv.gz", "csv"),
    ):
        assert detection.source_of(tmp_path / name) == f"{kind}:{tmp_path / name}"


def test_folders(tmp_path):
    (tmp_path / "pictures" / "3").mkdir(parents=True)
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "train-images.idx3-ubyte").touch()
    assert detection.source_of(tmp_path / "pictures") == f"images:{tmp_path / 'pictures'}"
    assert detection.source_of(tmp_path / "idx") == f"idx:{tmp_path / 'idx'}"
    with pytest.raises(DataError, match=r"neither IDX files, .*, nor folders 0 to 9"):
        detection.source_of(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no digits"),
        (b"\x89PNG\0\0", "holds no digits"),
        (b"PK\3\4", "is an archive: unpack it"),
        (b"\0\0\x08\x03", "cannot be read as IDX"),
        (b"\x1f\x8bnonsense", "compressed content"),
        (b".VERSION 1.0\n", "no line .SEGMENT DIGIT"),
    ],
)
def test_other_files(tmp_path, content, message):
    (tmp_path / "it").write_bytes(content)
    with pytest.raises(DataError, match=message):
        detection.source_of(tmp_path / "it")


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        detection.source_of(tmp_path / "none")
