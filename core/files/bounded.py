"""Reading files of unknown size and origin: never more than a limit; every error names the file."""

import stat
from pathlib import Path

from core.errors import DigitpadError, reason_of
from core.messages import tr


def read(path: Path, max_bytes: int, error: type[DigitpadError]) -> bytes:
    """Return the content of a file; raise ``error`` if it cannot be read or is larger than ``max_bytes``."""
    content = head(path, max_bytes + 1, error)
    if len(content) > max_bytes:
        raise error(tr("{path} is larger than {limit}: too large to be read", path=path, limit=_size(max_bytes)))
    return content


def head(path: Path, n_bytes: int, error: type[DigitpadError]) -> bytes:
    """Return at most the first ``n_bytes`` of a file; raise ``error`` if it cannot be read."""
    check_ordinary(path, error)
    try:
        with path.open("rb") as file:
            return file.read(n_bytes)
    except OSError as failure:
        raise error(_unreadable(path, failure)) from None


def _unreadable(path: Path, error: OSError) -> str:
    return tr("{path} cannot be read: {reason}", path=path, reason=reason_of(error))


def _size(n_bytes: int) -> str:
    return f"{n_bytes // 2**20} MiB" if n_bytes >= 2**20 else f"{n_bytes // 2**10} KiB"


def check_ordinary(path: Path, error: type[DigitpadError]) -> None:
    """Raise ``error`` if the path is missing, or is a pipe or device: opening a pipe would block."""
    try:
        is_ordinary = stat.S_IFMT(path.stat().st_mode) in (stat.S_IFREG, stat.S_IFDIR)
    except OSError as failure:
        raise error(_unreadable(path, failure)) from None
    except ValueError:  # a NUL or an unpaired surrogate in the name
        raise error(tr("{path!r} cannot be read: no file can have this name", path=str(path))) from None
    if not is_ordinary:
        raise error(tr("{path} is not an ordinary file", path=path))


def exists(path: Path) -> bool:
    """Return whether a path exists; a name that no file can have does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
