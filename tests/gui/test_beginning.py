"""The window's first moments: the pad alone, ready to be drawn on, and the rest step by step."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui.main_window import MainWindow
from gui.shell.preferences import Preferences


@pytest.fixture
def beginning(qtbot):
    window = MainWindow(Preferences(), in_steps=True)
    yield window
    window.close()
    window.deleteLater()


def sheet(window):
    """Return where in the window the sheet is: left, top, right, bottom."""
    pad = window.pad_panel.pad
    rect = pad.sheet_rect().translated(pad.mapTo(window, QPoint(0, 0)))
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def test_what_is_drawn_on_the_first_frame_is_read_as_soon_as_there_is_a_network(qtbot, beginning):
    pad = beginning.pad_panel.pad
    beginning.resize(1120, 740)
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    place = sheet(beginning)
    middle = pad.rect().center()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(pad, middle + QPoint(0, 80))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 80))
    beginning.begin_to_answer()
    assert beginning.recognition.shown.prediction is not None
    qtbot.waitUntil(lambda: not beginning._steps)
    assert beginning.lab.curves is not None
    assert beginning.lab.isVisible()
    moved = [abs(now - before) for now, before in zip(sheet(beginning), place, strict=True)]
    assert max(moved) <= 4, "the sheet stays where the hand is"
    assert not pad.is_blank()


def test_the_steps_are_taken_by_themselves(qtbot, beginning):
    with qtbot.waitSignal(beginning.furnished):
        beginning.show()
    assert not beginning._steps
    assert beginning.lab.curves is not None
    assert beginning.slot.model is not None
    assert [action.text() for action in beginning.menuBar().actions()] == list(beginning.menu_titles())


def test_a_shortcut_pressed_on_the_first_frame_is_heard(qtbot, beginning):
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    assert beginning._workings is None
    QTest.keyClick(beginning.pad_panel.pad, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert beginning._workings._log_action.isChecked()


def test_a_window_can_be_closed_before_it_is_complete(qtbot, beginning):
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    beginning.close()
    assert not beginning._steps


def test_the_first_frame_does_without_numpy():
    program = """
import sys
from gui import app
application = app._application()
from gui.main_window import MainWindow
window = MainWindow(in_steps=True)
window._steps.clear()
window.show()
application.processEvents()
window.grab()
sys.exit(bool({"numpy", "pyqtgraph"} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
