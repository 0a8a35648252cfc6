"""Reads and writes the IDX format of MNIST ("ubyte" files), plain or gzip-compressed.

A magic number (0, 0, type, number of dimensions), the dimensions as big-endian 32-bit numbers, then the bytes
(http://yann.lecun.com/exdb/mnist). Only unsigned bytes (type 8) are supported.
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
from core.errors import DataError, reason_of
from core.files import atomic, bounded
from core.messages import tr

UNSIGNED_BYTE = 8
MAX_BYTES = 2**29
"""Limit for an uncompressed file: 11 times the largest of MNIST."""
_MAX_HEADER_BYTES = 4 + 4 * 4


def read_bytes(path: Path, max_bytes: int, *, obey_header: bool = False) -> bytes:
    """Return a file's content, decompressed if it is gzip, at most ``max_bytes``.

    With ``obey_header``, at most one byte more is read and decompressed than the IDX header announces.

    Raises
    ------
    DataError
        The file cannot be read, is damaged or too large. The message names it.
    """
    bounded.check_ordinary(path, DataError)
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if compressed else path.open("rb") as stream:
            expected = max_bytes
            if obey_header:
                expected = _announced_bytes(stream.read(_MAX_HEADER_BYTES))
                stream.seek(0)
            content = stream.read(min(expected, max_bytes) + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(tr("{path} is damaged: its compressed content ends early or is wrong", path=path)) from None
    except OSError as error:
        raise DataError(tr("{path} cannot be read: {reason}", path=path, reason=reason_of(error))) from None
    if len(content) > max_bytes or expected > max_bytes:
        raise DataError(
            tr("{path} is larger than {limit} MiB, or its header is damaged", path=path, limit=max_bytes // 2**20)
        )
    return content


def _announced_bytes(header: bytes) -> int:
    """Return the file size that a header announces; for an invalid header, enough bytes to detect that."""
    if len(header) < 4 or not 1 <= header[3] <= 4 or len(header) < 4 + 4 * header[3]:
        return _MAX_HEADER_BYTES
    start = 4 + 4 * header[3]
    shape: tuple[int, ...] = struct.unpack(f">{header[3]}I", header[4:start])
    return start + math.prod(shape)


def parse(content: bytes, name: str) -> NDArray[np.uint8]:
    """Return the array in the bytes of an IDX file; ``name`` stands for the file in errors.

    Raises
    ------
    DataError
        Magic number, dimensions and length do not agree.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or not 1 <= content[3] <= 4:
        raise DataError(tr("{name} is not an IDX file: it does not begin with IDX's magic number", name=name))
    if content[2] != UNSIGNED_BYTE:
        raise DataError(
            tr(
                "{name} is an IDX file of type {type:#x}; only unsigned bytes (0x08) are supported",
                name=name,
                type=content[2],
            )
        )
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise DataError(tr("{name} is damaged: it ends within its header", name=name))
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    expected = math.prod(shape)
    if len(content) - start != expected:
        raise DataError(
            tr(
                "{name} is damaged: it should hold {shape} values, but holds {n_bytes:,} bytes",
                name=name,
                shape=" × ".join(map(str, shape)),
                n_bytes=len(content) - start,
            )
        )
    try:
        return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    except ValueError:  # one dimension is 0 and the others exceed what an array can have
        raise DataError(tr("{name} is damaged: its dimensions are invalid", name=name)) from None


def read(path: Path) -> NDArray[np.uint8]:
    """Return the array in an IDX file; raise DataError, which names the file, where it is invalid."""
    return parse(read_bytes(path, MAX_BYTES, obey_header=True), str(path))


def dump(array: NDArray[np.uint8]) -> bytes:
    """Return an array as the bytes of an IDX file."""
    if array.dtype != np.uint8 or not 1 <= array.ndim <= 4:
        raise ValueError(f"an IDX file has 1 to 4 dimensions of uint8, not {array.ndim} of {array.dtype}")
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return header + array.tobytes()


def write(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an array to an IDX file, atomically; compressed if the name ends in ``.gz``."""
    content = dump(array)
    atomic.write(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def check_pair(images: NDArray[np.uint8], labels: NDArray[np.uint8], images_name: str, labels_name: str) -> None:
    """Raise DataError unless there are images (N, 28, 28) and as many labels (N,) in 0..9."""
    check_shapes(images, labels, images_name, labels_name)
    if len(labels) and labels.max() > 9:
        raise DataError(tr("{name} holds the label {label}; digits are 0 to 9", name=labels_name, label=labels.max()))


def check_shapes(images: NDArray[np.uint8], labels: NDArray[np.uint8], images_name: str, labels_name: str) -> None:
    """Raise DataError unless there are images (N, 28, 28) and as many labels (N,)."""
    if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
        raise DataError(
            tr(
                "{name} does not hold images of {size} × {size} pixels, but an array of shape {shape}",
                name=images_name,
                size=SIZE,
                shape=images.shape,
            )
        )
    if labels.ndim != 1:
        raise DataError(
            tr("{name} does not hold labels, but an array of {n} dimensions", name=labels_name, n=labels.ndim)
        )
    if len(images) != len(labels):
        raise DataError(
            tr(
                "{images_name} holds {n_images:,} images, but {labels_name} holds {n_labels:,} labels",
                images_name=images_name,
                n_images=len(images),
                labels_name=labels_name,
                n_labels=len(labels),
            )
        )


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
