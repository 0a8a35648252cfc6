"""The window's garbage collection as in the program."""

import pytest


@pytest.fixture(autouse=True)
def collect_in_the_gui_thread(garbage_in_its_thread: None) -> None:
    """Collect garbage in the GUI thread only, as the program does."""
