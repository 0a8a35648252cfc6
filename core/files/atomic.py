"""Atomic writes: a file is there complete or not at all.

The content goes to a temporary file in the same folder, which then replaces the file at the path.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import DigitpadError, reason_of
from core.messages import tr

_PREFIX, _SUFFIX = ".digitpad.", ".part"
_MAX_AGE_S = 3600.0  # a temporary file not written to for so long was left by a killed process


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_UMASK = _umask()  # read once, on import: reading it changes it for a moment, for the whole process


@contextmanager
def writing(path: Path, error: type[DigitpadError] | None = None) -> Iterator[BinaryIO]:
    """Open a new file that replaces ``path`` when the block ends; if the block fails, nothing is left behind.

    Parameters
    ----------
    error
        Raised instead of OSError, with the sentence "{path} cannot be written: {reason}".

    Raises
    ------
    OSError
        The folder is missing or cannot be written, or the disk is full. The file at ``path`` is then unchanged.
    """
    try:
        with _replacing(path.resolve()) as file:  # the target of a link is replaced, not the link
            yield file
    except OSError as failure:
        if error is None:
            raise
        raise error(_unwritable(path, failure)) from None


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    _tidy(path.parent)
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; a file made by open() obeys the umask.
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_UMASK)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _tidy(folder: Path) -> None:
    """Delete the temporary files of killed processes: each may be as large as a network."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _MAX_AGE_S:
                part.unlink()


def _unwritable(path: Path, error: OSError) -> str:
    return tr("{path} cannot be written: {reason}", path=path, reason=reason_of(error))


def write(path: Path, content: bytes, error: type[DigitpadError] | None = None) -> None:
    """Write ``content`` to ``path``, completely or not at all; raise OSError, or ``error``, like ``writing``."""
    with writing(path, error) as file:
        file.write(content)


def problem(path: Path) -> str | None:
    """Return why no file can be written at ``path``, or None if one can; nothing is left behind."""
    try:
        with suppress(FileNotFoundError, NotADirectoryError, ValueError):
            path.stat()  # is_dir and exists hide errors since Python 3.14: a name that is too long, a closed folder
        if path.is_dir():
            return tr("{path} is a folder; a file name is needed", path=path)
        if not path.parent.is_dir():
            return tr("there is no folder {folder}", folder=path.parent)
        if path.exists() and not path.is_file():  # /dev/null would be replaced by a file
            return tr("{path} is not an ordinary file", path=path)
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    except OSError as error:  # for instance, the name is too long
        return _unwritable(path, error)
    os.close(descriptor)
    Path(name).unlink(missing_ok=True)
    return None
