"""IDX files: written and read again; errors name the file."""

import gzip
import struct

import numpy as np
import pytest

from core.data import idx
from core.errors import DataError

IMAGES = np.arange(2 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(2, 28, 28)


def header(*shape, kind=8):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)


def assert_rejected(path, message):
    with pytest.raises(DataError, match=message) as caught:
        idx.read(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 28, 28), (2, 3, 4, 5), (0,), (0, 28, 28)])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_a_written_array_is_read_again(tmp_path, shape, name):
    array = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    idx.write(tmp_path / name, array)
    read = idx.read(tmp_path / name)
    assert read.dtype == np.uint8
    assert read.shape == shape
    np.testing.assert_array_equal(read, array)


def test_the_bytes_follow_the_format(tmp_path):
    idx.write(tmp_path / "labels", np.array([7, 2], np.uint8))
    assert (tmp_path / "labels").read_bytes() == b"\0\0\x08\x01\0\0\0\x02\x07\x02"
    idx.write(tmp_path / "labels.gz", np.array([7, 2], np.uint8))
    assert gzip.decompress((tmp_path / "labels.gz").read_bytes()) == (tmp_path / "labels").read_bytes()


def test_a_non_contiguous_array(tmp_path):
    idx.write(tmp_path / "f", IMAGES.transpose(2, 0, 1)[::3])
    np.testing.assert_array_equal(idx.read(tmp_path / "f"), IMAGES.transpose(2, 0, 1)[::3])


def test_gzip_is_detected_by_content_not_by_name(tmp_path):
    (tmp_path / "plain.gz").write_bytes(header(1) + b"\x05")
    (tmp_path / "packed").write_bytes(gzip.compress(header(1) + b"\x05"))
    assert idx.read(tmp_path / "plain.gz") == idx.read(tmp_path / "packed") == [5]


@pytest.mark.parametrize("array", [np.zeros(3, np.int64), np.zeros((), np.uint8), np.zeros((1,) * 5, np.uint8)])
def test_unsupported_arrays_are_not_written(tmp_path, array):
    with pytest.raises(ValueError, match="1 to 4 dimensions of uint8"):
        idx.write(tmp_path / "f", array)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("content", "message"),
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
        (header(2, 28, 28) + bytes(2 * 784 - 1), "should hold 2 × 28 × 28 values, but holds 1,567 bytes"),
        (header(2, 28, 28), "holds 0 bytes"),
        (header(2) + bytes(3), "should hold 2 values, but holds 3 bytes"),
        (header(2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1) + bytes(100), "larger than .*, or its header is damaged"),
    ],
)
def test_invalid_content(tmp_path, content, message, packed):
    path = tmp_path / "train-images"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert_rejected(path, message)


def test_truncated_gzip(tmp_path):
    content = gzip.compress(header(2, 28, 28) + IMAGES.tobytes())
    path = tmp_path / "f.gz"
    for length in range(2, len(content), 13):
        path.write_bytes(content[:length])
        assert_rejected(path, "compressed content ends early or is wrong")


def test_gzip_with_a_flipped_bit(tmp_path):
    content = gzip.compress(header(2, 28, 28) + np.random.default_rng(0).bytes(2 * 784))
    path = tmp_path / "f.gz"
    for position in range(20, len(content), 29):
        flipped = bytearray(content)
        flipped[position] ^= 4
        path.write_bytes(flipped)
        assert_rejected(path, "compressed content ends early or is wrong")


def test_gzip_with_trailing_bytes(tmp_path):
    (tmp_path / "f.gz").write_bytes(gzip.compress(header(1) + b"\x05") + b"something else")
    assert_rejected(tmp_path / "f.gz", "compressed content")


def test_a_missing_file_and_a_folder(tmp_path):
    assert_rejected(tmp_path / "none", "cannot be read: No such file")
    assert_rejected(tmp_path, "cannot be read: Is a directory")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_too_large_compressed_or_not(tmp_path, monkeypatch, packed):
    content = header(10_000) + bytes(10_000)
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(content) if packed else content)
    monkeypatch.setattr(idx, "MAX_BYTES", len(content))
    assert len(idx.read(path)) == 10_000
    monkeypatch.setattr(idx, "MAX_BYTES", len(content) - 1)
    assert_rejected(path, "is larger than")


def check(images, labels):
    idx.check_pair(images, labels, "I", "L")


def test_a_valid_pair():
    check(IMAGES, np.array([0, 9], np.uint8))
    check(IMAGES[:0], np.zeros(0, np.uint8))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES, np.zeros(3, np.uint8), "I holds 2 images, but L holds 3 labels"),
        (IMAGES, np.array([3, 10], np.uint8), "L holds the label 10; digits are 0 to 9"),
        (IMAGES, np.zeros((2, 1), np.uint8), "L does not hold labels"),
        (IMAGES[0], np.zeros(28, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES[:, :27], np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES.reshape(2, 14, 56), np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
        (IMAGES.reshape(2, 784), np.zeros(2, np.uint8), "I does not hold images of 28 × 28"),
    ],
)
def test_an_invalid_pair(images, labels, message):
    with pytest.raises(DataError, match=message):
        check(images, labels)


def test_sha256():
    assert idx.sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_dimensions_too_large_for_an_array():
    with pytest.raises(DataError, match="its dimensions are invalid"):
        idx.parse(b"\0\0\x08\x04" + b"\0\0\0\0" + b"\xff\xff\xff\xff" * 3, "name")
