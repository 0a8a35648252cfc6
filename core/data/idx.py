"""The IDX format of MNIST ("ubyte" files), plain or gzip, read and written.

A magic number (0, 0, type, number of dimensions), the dimensions as big-endian 32-bit numbers, then the bytes
(http://yann.lecun.com/exdb/mnist). Only unsigned bytes (type 8) are used here.
"""

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.digits import SIZE
from core.errors import DataError
from core.files import atomic, bounded

UNSIGNED_BYTE = 8
MAX_BYTES = 2**29
"""The largest file that is read, uncompressed: 11 times MNIST's."""
_LONGEST_HEADER = 4 + 4 * 4


def read_bytes(path: Path, max_bytes: int, *, as_promised: bool = False) -> bytes:
    """Return a file's content, uncompressed if it is gzip, and no more than ``max_bytes``.

    With ``as_promised`` no more is read, and unpacked, than IDX's header says that there is, and one byte.

    Raises
    ------
    DataError
        The file, which is named, cannot be read, is damaged, or larger.
    """
    bounded.check_ordinary(path, DataError)
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if compressed else path.open("rb") as stream:
            expected = max_bytes
            if as_promised:
                expected = _promised(stream.read(_LONGEST_HEADER))
                stream.seek(0)
            content = stream.read(min(expected, max_bytes) + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{path} is damaged: its compressed content ends early or is wrong") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(content) > max_bytes or expected > max_bytes:
        raise DataError(f"{path} is larger than {max_bytes // 2**20} MiB, or its header is damaged")
    return content


def _promised(header: bytes) -> int:
    """Return how many bytes a file with this header has; where it is none, as many as are needed to say so."""
    if len(header) < 4 or not 1 <= header[3] <= 4 or len(header) < 4 + 4 * header[3]:
        return _LONGEST_HEADER
    start = 4 + 4 * header[3]
    shape: tuple[int, ...] = struct.unpack(f">{header[3]}I", header[4:start])
    return start + math.prod(shape)


def parse(content: bytes, name: str) -> NDArray[np.uint8]:
    """Return the array that IDX bytes hold; ``name`` says in an error whose they are.

    Raises
    ------
    DataError
        Magic number, dimensions and length do not fit each other.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or not 1 <= content[3] <= 4:
        raise DataError(f"{name} is not an IDX file: it does not begin with IDX's magic number")
    if content[2] != UNSIGNED_BYTE:
        raise DataError(f"{name} is an IDX file of type {content[2]:#x}; only unsigned bytes (0x08) are read")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise DataError(f"{name} is damaged: it ends within its header")
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    expected = math.prod(shape)
    if len(content) - start != expected:
        sizes = " × ".join(map(str, shape))
        raise DataError(f"{name} is damaged: {sizes} values were expected, {len(content) - start:,} bytes follow")
    try:
        return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    except ValueError:  # none of something, times more than there can be
        raise DataError(f"{name} is damaged: its dimensions make no sense") from None


def read(path: Path) -> NDArray[np.uint8]:
    """Return the array that an IDX file holds; raise DataError, naming the file, where it holds none."""
    return parse(read_bytes(path, MAX_BYTES, as_promised=True), str(path))


def dump(array: NDArray[np.uint8]) -> bytes:
    """Return an array as the bytes of an IDX file."""
    if array.dtype != np.uint8 or not 1 <= array.ndim <= 4:
        raise ValueError(f"IDX files are written of 1 to 4 dimensions of uint8, not of {array.ndim} of {array.dtype}")
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.tobytes()


def write(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an array as IDX, atomically; as gzip if the name ends in ``.gz``."""
    content = dump(array)
    atomic.write(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def check_pair(images: NDArray[np.uint8], labels: NDArray[np.uint8], images_name: str, labels_name: str) -> None:
    """Raise DataError unless images (N, 28, 28) and labels (N,) in 0..9 belong together."""
    if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
        raise DataError(f"{images_name} does not hold images of {SIZE} × {SIZE} pixels, but shape {images.shape}")
    if labels.ndim != 1:
        raise DataError(f"{labels_name} does not hold labels, but an array of {labels.ndim} dimensions")
    if len(images) != len(labels):
        raise DataError(f"{images_name} holds {len(images):,} images, {labels_name} {len(labels):,} labels")
    if len(labels) and labels.max() > 9:
        raise DataError(f"{labels_name} holds the label {labels.max()}; digits are 0 to 9")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
