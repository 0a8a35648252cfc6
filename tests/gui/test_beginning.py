"""The start of the window: the pad alone in the first frame, ready to be drawn on, and the rest in steps."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui.main_window import MainWindow
from gui.shell.preferences import Preferences
from gui.training.session import TrainingSession


@pytest.fixture
def beginning(qtbot):
    """A window that is added to in steps, not yet shown."""
    window = MainWindow(Preferences(), in_steps=True)
    yield window
    window.close()
    window.deleteLater()


def sheet(window):
    """Return the rectangle of the sheet in the window: left, top, right, bottom."""
    pad = window.pad_panel.pad
    rect = pad.sheet_rect().translated(pad.mapTo(window, QPoint(0, 0)))
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def has_workbench(window):
    return window.findChild(TrainingSession) is not None


def test_a_drawing_on_the_first_frame_is_recognised_as_soon_as_there_is_a_network(qtbot, beginning):
    completed = []
    beginning.completed.connect(lambda: completed.append(True))
    pad = beginning.pad_panel.pad
    beginning.resize(1120, 740)
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    position = sheet(beginning)
    middle = pad.rect().center()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(pad, middle + QPoint(0, 80))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 80))
    beginning.add_recognition()
    assert beginning.recognition.shown.prediction is not None
    qtbot.waitUntil(lambda: bool(completed))
    assert beginning.workbench.lab.curves is not None
    assert beginning.workbench.lab.isVisible()
    moved = [abs(now - before) for now, before in zip(sheet(beginning), position, strict=True)]
    assert max(moved) <= 4, "the sheet stays where it is drawn on"
    assert not pad.is_blank()


def test_the_steps_follow_each_other_without_the_user(qtbot, beginning):
    with qtbot.waitSignal(beginning.completed):
        beginning.show()
    assert has_workbench(beginning)
    assert beginning.workbench.lab.curves is not None
    assert beginning.active_model.model is not None
    menus = beginning.menuBar().actions()
    assert [action.text() for action in menus] == ["&File", "&Edit", "&Training", "&View", "&Help"]
    assert all(action.menu() is not None for action in menus)


def test_a_shortcut_on_the_first_frame_has_its_effect(qtbot, beginning):
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    assert not has_workbench(beginning)
    QTest.keyClick(beginning.pad_panel.pad, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert beginning.workbench.menus.log_action.isChecked()


def test_a_window_that_is_closed_early_takes_no_more_steps(qtbot, beginning):
    with qtbot.waitSignal(beginning.begun):
        beginning.show()
    beginning.close()
    qtbot.wait(100)
    assert not has_workbench(beginning)


def test_the_first_frame_needs_no_numpy():
    program = """
import sys
from gui import app
application = app.create_application()
from gui.main_window import MainWindow
window = MainWindow(in_steps=True)
window.begun.connect(lambda: application.exit(bool({"numpy", "pyqtgraph"} & set(sys.modules))))
window.show()
sys.exit(application.exec())
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_imports_are_steps_of_their_own_so_that_none_takes_long():
    program = """
import sys
from gui import app
application = app.create_application()
from gui.main_window import MainWindow

lacking = []

class Window(MainWindow):
    def add_recognition(self):
        lacking.extend({"core.recognition.recognizer"} - set(sys.modules))
        super().add_recognition()

    def add_workbench(self):
        lacking.extend({"gui.workbench"} - set(sys.modules))
        super().add_workbench()

    def add_curves(self):
        lacking.extend({"pyqtgraph"} - set(sys.modules))
        super().add_curves()

window = Window(in_steps=True)
window.completed.connect(lambda: application.exit(len(lacking)))
window.show()
sys.exit(application.exec())
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_what_only_a_run_needs_comes_after_the_window_is_complete():
    program = """
import sys
from gui import app
application = app.create_application()
from gui.main_window import MainWindow
run_needs = {"numpy.random", "core.training.loop", "gui.training.worker", "gui.inspector.inspector_controller"}
window = MainWindow(in_steps=True)
window.completed.connect(lambda: application.exit(len(run_needs & set(sys.modules))))
window.show()
sys.exit(application.exec())
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_the_pages_about_a_network_are_filled_when_they_are_first_looked_at(qtbot, beginning):
    with qtbot.waitSignal(beginning.completed):
        beginning.show()
    lab = beginning.workbench.lab
    assert not hasattr(lab.inspector_view, "weights")
    lab.tabs.setCurrentWidget(lab.inspector_view)
    assert lab.inspector_view.weights.isVisible()
    assert lab.confusion_page.confusion is not None
