"""Which source a file or folder of the user is, by its content."""

import zlib
from pathlib import Path

from core.data import idx_folder, picture_folder, unipen
from core.errors import DataError
from core.files import bounded
from core.messages import tr

_HEAD_BYTES = 2**16


def source_of(path: Path) -> str:
    """Return the name of the source that a path is, as in ``csv:FILE``.

    Raises
    ------
    DataError
        It cannot be read, or holds no digits in a format that is known; the content is not read to its end.
    """
    bounded.check_ordinary(path, DataError)
    if path.is_dir():
        return _of_folder(path)
    head = _head(path)
    if head[:2] == b"PK":
        raise DataError(tr("{path} is an archive: unpack it, and choose a file or folder of it", path=path))
    if head[:2] == b"\0\0":
        idx_folder.find(path)
        return f"idx:{path}"
    if b"\0" in head or not head.strip():
        text = tr("{path} holds no digits: it is neither a table nor a pen file nor an IDX file", path=path)
        raise DataError(text)
    if head.lstrip()[:1] == b".":
        unipen.check(path)
        return f"pen:{path}"
    return f"csv:{path}"


def _of_folder(path: Path) -> str:
    try:
        idx_folder.find(path)
    except DataError as no_files:
        try:
            picture_folder.parts(path)
        except DataError:
            text = tr(
                "{path} holds neither IDX files, such as train-images-idx3-ubyte, nor folders 0 to 9 with pictures",
                path=path,
            )
            raise DataError(text) from no_files
        return f"images:{path}"
    return f"idx:{path}"


def _head(path: Path) -> bytes:
    """Return the beginning of a file, unpacked if it is gzip."""
    head = bounded.head(path, _HEAD_BYTES, DataError)
    if head[:2] != b"\x1f\x8b":
        return head
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, _HEAD_BYTES)
    except zlib.error:
        raise DataError(tr("{path} is damaged: its compressed content ends early or is wrong", path=path)) from None
