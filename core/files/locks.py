"""Locks of runs: one process at a time goes on with a run, and a crash of it frees the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from core.errors import RunError

_FOLDER = ".locks"
_GOES_ON = "the run goes on already, here or in another process"
Lock = filelock.BaseFileLock


@contextmanager
def held(folder: Path, problem: str = _GOES_ON) -> Iterator[None]:
    """Hold a run's lock within the block; raise RunError, with this refusal, like ``hold``."""
    lock = hold(folder, problem=problem)
    try:
        yield
    finally:
        lock.release()


def hold(folder: Path, patience_s: float = 0.5, problem: str = _GOES_ON) -> Lock:
    """Take a run's lock, for as long as it goes on; raise RunError where another has it.

    Somebody who only asks whether it is held has it for a moment: that is waited for.
    """
    lock = filelock.FileLock(path_of(folder), timeout=patience_s, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise RunError(problem) from None
    except (OSError, NotImplementedError) as error:
        raise RunError(f"{path_of(folder)} cannot be locked: {error}") from None
    return lock


def path_of(folder: Path) -> Path:
    """Return a run's lock: not in its own folder, which may be moved away while somebody asks for the lock."""
    return folder.parent / _FOLDER / folder.name


def is_held(folder: Path) -> bool:
    """Return whether a process goes on with the run of this folder."""
    if not path_of(folder).exists():
        return False
    lock = filelock.FileLock(path_of(folder), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        return True
    except (OSError, NotImplementedError):  # where nothing can be locked, nobody holds it
        return False
    lock.release()
    return False
