"""The window as the program has it."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gui import collector


@pytest.fixture(autouse=True)
def garbage_in_its_thread(qapp: QApplication) -> Iterator[None]:
    """Search for garbage as the program does."""
    timer = collector.install(qapp)
    yield
    timer.stop()
    timer.deleteLater()
    gc.enable()
