"""Memory that is given back."""

import subprocess
import sys
from pathlib import Path

import pytest

from core import memory

_FREED_UNDER_SOMETHING = """
from pathlib import Path
from core import memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

pieces = [bytes(100_000) for _ in range(400)]
last = bytes(100_000)
del pieces
before = resident()
memory.give_back()
print(before - resident())
"""


def test_what_was_freed_goes_back_to_the_system():
    if memory._malloc_trim() is None or not Path("/proc/self/statm").exists():
        pytest.skip("the C library here is not asked")
    command = [sys.executable, "-c", _FREED_UNDER_SOMETHING]
    n_pages = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert n_pages > 5000


def test_where_it_cannot_be_asked_for_nothing_happens(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    memory._malloc_trim.cache_clear()
    memory.give_back()
    memory._malloc_trim.cache_clear()
