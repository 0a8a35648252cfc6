"""Locks of runs: one process at a time continues a run; if it crashes, the system releases the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# By name: filelock imports them lazily on Python 3.15, where filelock.Timeout is no class once PySide6 is loaded.
from filelock import BaseFileLock, FileLock, Timeout

from core.errors import RunError
from core.messages import tr

_FOLDER = ".locks"
Lock = BaseFileLock


@contextmanager
def held(folder: Path, problem: str | None = None) -> Iterator[None]:
    """Hold a run's lock within the block; raise RunError like ``hold``."""
    lock = hold(folder, problem=problem)
    try:
        yield
    finally:
        lock.release()


def hold(folder: Path, patience_s: float = 0.5, problem: str | None = None) -> Lock:
    """Acquire a run's lock and return it; raise RunError if another process holds it.

    Waits up to ``patience_s``: ``is_held`` acquires the lock for a moment.

    Parameters
    ----------
    problem
        The sentence of the RunError; by default, that the run goes on already.
    """
    lock = FileLock(path_of(folder), timeout=patience_s, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(problem or tr("the run goes on already, here or in another process")) from None
    except (OSError, NotImplementedError) as error:
        raise RunError(tr("{path} cannot be locked: {reason}", path=path_of(folder), reason=error)) from None
    return lock


def path_of(folder: Path) -> Path:
    """Return the path of a run's lock: outside the run's folder, which may be moved while the lock is acquired."""
    return folder.parent / _FOLDER / folder.name


def is_held(folder: Path) -> bool:
    """Return whether a process holds the lock of the run in this folder."""
    if not path_of(folder).exists():
        return False
    lock = FileLock(path_of(folder), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (OSError, NotImplementedError):  # nothing can be locked here, so nobody holds it
        return False
    lock.release()
    return False
