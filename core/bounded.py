"""Reading files of unknown size and origin: never more than a limit, and each mishap a sentence that names the file."""

import stat
from pathlib import Path

from core.errors import DigitpadError


def read(path: Path, max_bytes: int, error: type[DigitpadError]) -> bytes:
    """Return a file's content; raise ``error`` where it cannot be read, or is larger than ``max_bytes``."""
    try:
        if stat.S_IFMT(path.stat().st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
            raise error(f"{path} is not an ordinary file")  # a pipe would be waited for
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as reason:
        raise error(f"{path} cannot be read: {reason.strerror or reason}") from None
    if len(content) > max_bytes:
        raise error(f"{path} is larger than {max_bytes // 2**20} MiB: too large to be read")
    return content


def exists(path: Path) -> bool:
    """Return whether something is there; a name that is too long is not."""
    try:
        return path.exists()
    except OSError:
        return False
