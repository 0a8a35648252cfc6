"""Reading files of unknown size and origin: never more than a limit, and each mishap a sentence that names the file."""

import stat
from pathlib import Path

from core.errors import DigitpadError


def read(path: Path, max_bytes: int, error: type[DigitpadError]) -> bytes:
    """Return a file's content; raise ``error`` where it cannot be read, or is larger than ``max_bytes``."""
    content = head(path, max_bytes + 1, error)
    if len(content) > max_bytes:
        raise error(f"{path} is larger than {_size(max_bytes)}: too large to be read")
    return content


def head(path: Path, n_bytes: int, error: type[DigitpadError]) -> bytes:
    """Return what a file begins with, ``n_bytes`` at most; raise ``error`` where it cannot be read."""
    check_ordinary(path, error)
    try:
        with path.open("rb") as file:
            return file.read(n_bytes)
    except OSError as reason:
        raise error(f"{path} cannot be read: {reason.strerror or reason}") from None


def _size(n_bytes: int) -> str:
    return f"{n_bytes // 2**20} MiB" if n_bytes >= 2**20 else f"{n_bytes // 2**10} KiB"


def check_ordinary(path: Path, error: type[DigitpadError]) -> None:
    """Raise ``error`` where there is no file, or what is there is no file: a pipe would be waited for."""
    try:
        is_ordinary = stat.S_IFMT(path.stat().st_mode) in (stat.S_IFREG, stat.S_IFDIR)
    except OSError as reason:
        raise error(f"{path} cannot be read: {reason.strerror or reason}") from None
    except ValueError:  # a name with a zero, or with half of a surrogate pair
        raise error(f"{str(path)!r} cannot be read: no file can have this name") from None
    if not is_ordinary:
        raise error(f"{path} is not an ordinary file")


def exists(path: Path) -> bool:
    """Return whether something is there; what has a name that no file can have is not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
