"""Garbage collection as in the program."""

import pytest


@pytest.fixture(autouse=True)
def as_the_program_does(garbage_in_its_thread: None) -> None:
    """Collect garbage by the program's timer."""
