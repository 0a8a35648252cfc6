"""The drawing on the pad is restored at the next start, however the program ended."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from core.errors import RunError
from core.files import atomic, locks
from core.preprocessing.ink import Drawing
from gui.pad.pad import HISTORY_STEPS, Pad, Tool
from gui.pad.pad_autosave import PadAutosave

SEVEN = Drawing.from_points([[(250, 250), (700, 250), (450, 800)]])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings" / "pad.json"


@pytest.fixture
def make(qtbot, path):
    """Return a function that makes a pad and its autosave; it closes those before, unless ``beside`` is set."""
    opened = []

    def pad_and_autosave(*, beside=False):
        while opened and not beside:
            opened.pop().close()
        pad = Pad()
        qtbot.addWidget(pad)
        pad.resize(300, 300)
        opened.append(PadAutosave(pad, path, pad))
        return pad, opened[-1]

    yield pad_and_autosave
    for autosave in opened:
        autosave.close()


def picture(grey=0):
    image = QImage(28, 28, QImage.Format.Format_Grayscale8)
    image.fill(grey)
    return image


def points_of(pad):
    return [len(stroke) for stroke in pad.drawing().strokes]


def test_the_drawing_is_saved_and_restored(qtbot, make, path):
    pad, _ = make()
    pad.set_drawing(SEVEN)
    qtbot.waitUntil(path.exists)
    again, autosave = make()
    with qtbot.waitSignal(again.changed):
        autosave.restore()
    np.testing.assert_allclose(again.drawing().strokes[0], SEVEN.strokes[0], atol=0.01)


def test_a_cleared_pad_is_empty_at_the_next_start(make, path):
    pad, autosave = make()
    pad.set_drawing(SEVEN)
    autosave.keep()
    pad.clear()
    autosave.keep()
    again, autosave = make()
    autosave.restore()
    assert again.is_blank()


@pytest.mark.parametrize("n_pictures", [1, 2, HISTORY_STEPS + 5])
def test_strokes_that_a_picture_replaced_are_restored(make, n_pictures):
    pad, autosave = make()
    pad.set_drawing(SEVEN)
    autosave.keep()
    for number in range(n_pictures):
        pad.show_picture(picture(number % 200))
    assert not pad.drawing()
    autosave.keep()
    again, autosave = make()
    autosave.restore()
    np.testing.assert_allclose(again.drawing().strokes[0], SEVEN.strokes[0], atol=0.01)


def test_strokes_that_were_cleared_before_a_picture_are_not_restored(make):
    pad, autosave = make()
    pad.set_drawing(SEVEN)
    autosave.keep()
    pad.clear()
    pad.show_picture(picture())
    autosave.keep()
    again, autosave = make()
    autosave.restore()
    assert again.is_blank()
    again.undo()  # but the last step can be undone, as before
    assert points_of(again) == [3]


def draw(pad, tool, *positions):
    pad.set_tool(tool)
    side = pad.width()
    spots = [QPoint(round(x * side), round(y * side)) for x, y in positions]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=spots[0])
    for spot in spots[1:]:
        QTest.mouseMove(pad, spot)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=spots[-1])


@pytest.mark.parametrize(
    ("slip", "n_left"),
    [
        (lambda pad: draw(pad, Tool.PEN, (0.1, 0.1), (0.5, 0.5)), 1),  # over a picture, which it replaces
        (lambda pad: draw(pad, Tool.ERASER, (0.1, 0.1), (0.5, 0.5)), 0),
        (Pad.clear, 0),
    ],
)
@pytest.mark.parametrize("with_picture", [False, True])
def test_a_slip_can_be_undone_at_the_next_start(make, slip, n_left, with_picture):
    pad, autosave = make()
    pad.show()
    pad.set_drawing(SEVEN)
    if with_picture:
        pad.show_picture(picture())
    slip(pad)
    autosave.keep()
    again, autosave = make()
    autosave.restore()
    if with_picture or n_left == 0:
        assert len(points_of(again)) == n_left
        again.undo()
        assert points_of(again) == [3]
    else:
        assert len(points_of(again)) == 2  # the pen only adds


def test_each_of_two_windows_has_its_own_drawing(make):
    (one, first_autosave), (two, second_autosave) = make(), make(beside=True)
    one.set_drawing(SEVEN)
    two.set_drawing(Drawing.from_points([[(1, 1), (2, 2)]]))
    for autosave in (first_autosave, second_autosave):
        autosave.keep()
        autosave.restore()
        autosave.keep()
    first_autosave.close()
    second_autosave.close()
    found = []
    for _ in range(2):
        pad, autosave = make(beside=True)
        autosave.restore()
        found.append(points_of(pad))
    assert found == [[3], [2]]


def test_a_pad_that_is_not_blank_keeps_its_drawing(make):
    pad, autosave = make()
    pad.set_drawing(SEVEN)
    autosave.keep()
    again, autosave = make()
    again.set_drawing(Drawing.from_points([[(1, 1), (2, 2)]]))
    autosave.restore()
    assert len(again.drawing().strokes[0]) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"strokes": [[[1e400, 0]]]}'])
def test_a_damaged_file_is_ignored(make, path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    pad, autosave = make()
    autosave.restore()
    assert pad.is_blank()
    pad.set_drawing(SEVEN)
    autosave.keep()
    assert Drawing.load(path)


def test_the_drawing_is_saved_even_if_nothing_can_be_locked(make, path, monkeypatch):
    def fail(folder, **more):
        raise RunError("this file system has no locks")

    monkeypatch.setattr(locks, "hold", fail)
    pad, autosave = make()
    pad.set_drawing(SEVEN)
    autosave.keep()
    assert path.exists()


def test_drawing_goes_on_if_the_folder_is_a_file(make, path):
    path.parent.write_text("x")
    pad, autosave = make()
    autosave.restore()
    pad.set_drawing(SEVEN)
    autosave.keep()
    assert path.parent.read_text() == "x"


def test_drawing_goes_on_if_the_file_cannot_be_written(make, path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    pad, autosave = make()
    pad.set_drawing(SEVEN)
    monkeypatch.setattr(atomic, "write", full)
    autosave.keep()
    assert not path.exists()
    monkeypatch.undo()
    autosave.keep()
    assert path.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_the_drawing_survives_a_killed_window(home):
    program = """
import os, signal
from PySide6.QtWidgets import QApplication
application = QApplication([])
from core.files import paths
from core.preprocessing.ink import Drawing
from gui.main_window import MainWindow
from gui.shell.preferences import Preferences
window = MainWindow(Preferences())
window.show()
pad = window.pad_panel.pad
if pad.is_blank():
    pad.set_drawing(Drawing.from_points([[(250, 250), (700, 250), (450, 800)]]))
    while not (paths.settings() / "pad.json").exists():
        application.processEvents()
    os.kill(os.getpid(), signal.SIGKILL)
print(window.recognition.shown.prediction.digit)
"""
    run = [sys.executable, "-c", program]
    killed = subprocess.run(run, env=os.environ, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    again = subprocess.run(run, env=os.environ, timeout=60, capture_output=True, text=True)
    assert again.stdout.strip() == "7"
