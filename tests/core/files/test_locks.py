"""Locks of runs."""

import subprocess
import sys

import pytest

from core.errors import RunError
from core.files import locks

# In a process of its own: whether filelock or PySide6 is imported first makes a difference on Python 3.15.
ASK = """
import sys
from pathlib import Path
import {first}
from core.files import locks
from core.errors import RunError
folder = Path(sys.argv[1])
print(locks.is_held(folder))
try:
    locks.hold(folder, patience_s=0.0, problem="taken").release()
except RunError as error:
    print(error)
"""


def ask(folder, first="core.files.locks"):
    """Return what another process finds that asks for a lock, and then takes it for a moment."""
    command = [sys.executable, "-c", ASK.format(first=first), folder]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("first", ["core.files.locks", "PySide6.QtCore"])
def test_a_lock_that_is_held_is_refused_to_another_process(tmp_path, first):
    lock = locks.hold(tmp_path / "run")
    assert ask(tmp_path / "run", first) == ["True", "taken"]
    lock.release()
    assert ask(tmp_path / "run", first) == ["False"]


def test_a_lock_that_is_held_is_refused_within_the_process(tmp_path):
    with locks.held(tmp_path / "run"):
        assert locks.is_held(tmp_path / "run")
        with pytest.raises(RunError, match="goes on already"):
            locks.hold(tmp_path / "run", patience_s=0.0)
    assert not locks.is_held(tmp_path / "run")
