"""The window as the program has it."""

import pytest


@pytest.fixture(autouse=True)
def as_the_program_does(garbage_in_its_thread: None) -> None:
    """Search for garbage where the program does."""
