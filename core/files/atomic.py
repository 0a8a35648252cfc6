"""Files that are either there whole or not there: written beside their place, then moved into it."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PREFIX, _SUFFIX = ".digitpad.", ".part"
_LITTER_AGE_S = 3600.0  # a file that nobody has written to for so long was left by a process that was killed


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_UMASK = _umask()  # asked once, on import: it is the whole process's, and can only be read by changing it


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of ``path`` when the block ends, and leaves no trace when it fails.

    Raises
    ------
    OSError
        The folder is missing or cannot be written, or the disk is full. What was at ``path`` is then still there.
    """
    path = path.resolve()  # what a link points to, and not the link, is replaced
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
    """Delete what killed processes have left in a folder: each may be as large as a network."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _LITTER_AGE_S:
                part.unlink()


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, whole or not at all; raise OSError like ``writing``."""
    with writing(path) as file:
        file.write(content)


def problem(path: Path) -> str | None:
    """Say why a file cannot be written at ``path``, or return None if it can; nothing is left behind."""
    try:
        if path.is_dir():
            return f"{path} is a folder; a file name is needed"
        if not path.parent.is_dir():
            return f"there is no folder {path.parent}"
        if path.exists() and not path.is_file():  # /dev/null would be replaced by a file
            return f"{path} is not an ordinary file"
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    except OSError as error:  # also of a name that is too long
        return f"{path} cannot be written: {error.strerror or error}"
    os.close(descriptor)
    Path(name).unlink(missing_ok=True)
    return None
