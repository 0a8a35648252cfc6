"""Freed memory goes back to the system."""

import ctypes
import subprocess
import sys

import pytest

from core import memory

_FREED_BELOW_A_BLOCK_IN_USE = """
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


def test_freed_memory_goes_back_to_the_system():
    if not (sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "malloc_trim")):
        pytest.skip("the C library has no malloc_trim")
    command = [sys.executable, "-c", _FREED_BELOW_A_BLOCK_IN_USE]
    n_pages = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert n_pages > 5000


@pytest.mark.parametrize(("platform", "library"), [("darwin", None), ("linux", object())])
def test_a_system_without_malloc_trim(monkeypatch, platform, library):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    memory.give_back()
