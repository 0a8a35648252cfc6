"""IDX files: written and read again, and every fault told with the file's name."""

import gzip
import struct

import numpy as np
import pytest

from core.data import idx
from core.errors import DataError

IMAGES = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(2, 28, 28)


def header(*shape, kind=8):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)


def refused(path, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        idx.read(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 28, 28), (2, 3, 4, 5), (0,), (0, 28, 28)])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_what_is_written_is_read_again(tmp_path, shape, name):
    array = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    idx.write(tmp_path / name, array)
    read = idx.read(tmp_path / name)
    assert read.dtype == np.uint8
    assert read.shape == shape
    np.testing.assert_array_equal(read, array)


def test_the_bytes_are_those_of_the_format(tmp_path):
    idx.write(tmp_path / "labels", np.array([7, 2], np.uint8))
    assert (tmp_path / "labels").read_bytes() == b"\0\0\x08\x01\0\0\0\x02\x07\x02"
    idx.write(tmp_path / "labels.gz", np.array([7, 2], np.uint8))
    assert gzip.decompress((tmp_path / "labels.gz").read_bytes()) == (tmp_path / "labels").read_bytes()


def test_an_array_that_is_not_contiguous(tmp_path):
    idx.write(tmp_path / "f", IMAGES.transpose(2, 0, 1)[::3])
    np.testing.assert_array_equal(idx.read(tmp_path / "f"), IMAGES.transpose(2, 0, 1)[::3])


def test_the_content_decides_whether_it_is_gzip_not_the_name(tmp_path):
    (tmp_path / "plain.gz").write_bytes(header(1) + b"\x05")
    (tmp_path / "packed").write_bytes(gzip.compress(header(1) + b"\x05"))
    assert idx.read(tmp_path / "plain.gz") == idx.read(tmp_path / "packed") == [5]


@pytest.mark.parametrize("array", [np.zeros(3, np.int64), np.zeros((), np.uint8), np.zeros((1,) * 5, np.uint8)])
def test_other_arrays_are_not_written(tmp_path, array):
    with pytest.raises(ValueError, match="1 to 4 dimensions of uint8"):
        idx.write(tmp_path / "f", array)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "does not begin with IDX's magic"),
        (b"\0\0\x08", "does not begin with IDX's magic"),
        (b"\0\1\x08\x01\0\0\0\x01x", "does not begin with IDX's magic"),
        (b"\0\0\x08\x00x", "does not begin with IDX's magic"),
        (b"\0\0\x08\x05" + bytes(20), "does not begin with IDX's magic"),
        (b"PK\3\4 a zip file", "does not begin with IDX's magic"),
        (header(2, kind=0x0D) + bytes(8), "type 0xd; only unsigned bytes"),
        (header(2, kind=9) + bytes(2), "type 0x9"),
        (header(2, 28, 28)[:9], "ends within its header"),
        (b"\0\0\x08\x01", "ends within its header"),
        (header(2, 28, 28) + bytes(2 * 784 - 1), "2 × 28 × 28 values were expected, 1,567 bytes follow"),
        (header(2, 28, 28), "0 bytes follow"),
        (header(2) + bytes(3), "2 values were expected, 3 bytes follow"),
        (header(2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1) + bytes(100), "larger than .*, or its header is damaged"),
    ],
)
def test_content_that_is_wrong(tmp_path, content, sentence, packed):
    path = tmp_path / "train-images"
    path.write_bytes(gzip.compress(content) if packed else content)
    refused(path, sentence)


def test_gzip_that_ends_early(tmp_path):
    content = gzip.compress(header(2, 28, 28) + IMAGES.tobytes())
    path = tmp_path / "f.gz"
    for length in range(2, len(content), 13):
        path.write_bytes(content[:length])
        refused(path, "compressed content ends early or is wrong")


def test_gzip_with_a_flipped_bit(tmp_path):
    content = gzip.compress(header(2, 28, 28) + np.random.default_rng(0).bytes(2 * 784))
    path = tmp_path / "f.gz"
    for place in range(20, len(content), 29):
        flipped = bytearray(content)
        flipped[place] ^= 4
        path.write_bytes(flipped)
        refused(path, "compressed content ends early or is wrong")


def test_gzip_with_something_after_it(tmp_path):
    (tmp_path / "f.gz").write_bytes(gzip.compress(header(1) + b"\x05") + b"something else")
    refused(tmp_path / "f.gz", "compressed content")


def test_a_missing_file_and_a_folder(tmp_path):
    refused(tmp_path / "none", "cannot be read: No such file")
    refused(tmp_path, "cannot be read: Is a directory")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_too_large_also_one_that_swells(tmp_path, monkeypatch, packed):
    content = header(10_000) + bytes(10_000)
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(content) if packed else content)
    monkeypatch.setattr(idx, "MAX_BYTES", len(content))
    assert len(idx.read(path)) == 10_000
    monkeypatch.setattr(idx, "MAX_BYTES", len(content) - 1)
    refused(path, "is larger than")


def check(images, labels):
    idx.check_pair(images, labels, "I", "L")


def test_a_pair_that_belongs_together():
    check(IMAGES, np.array([0, 9], np.uint8))
    check(IMAGES[:0], np.zeros(0, np.uint8))


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        (IMAGES, np.zeros(3, np.uint8), "I holds 2 images, L 3 labels"),
        (IMAGES, np.array([3, 10], np.uint8), "L holds the label 10; digits are 0 to 9"),
        (IMAGES, np.zeros((2, 1), np.uint8), "L does not hold labels"),
        (IMAGES[0], np.zeros(28, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES[:, :27], np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES.reshape(2, 14, 56), np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES.reshape(2, 784), np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
    ],
)
def test_a_pair_that_does_not(images, labels, sentence):
    with pytest.raises(DataError, match=sentence):
        check(images, labels)


def test_sha256():
    assert idx.sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_dimensions_that_no_array_can_have():
    with pytest.raises(DataError, match="make no sense"):
        idx.parse(b"\0\0\x08\x04" + b"\0\0\0\0" + b"\xff\xff\xff\xff" * 3, "odd")
