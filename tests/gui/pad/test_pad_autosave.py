"""What is drawn on the pad comes back the next time, whatever the end of the first one was."""

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
    """Return a function that makes a pad with its memory; the one before has been closed, unless it stays open."""
    memories = []

    def pad_and_memory(*, beside=False):
        while memories and not beside:
            memories.pop().close()
        pad = Pad()
        qtbot.addWidget(pad)
        pad.resize(300, 300)
        memories.append(PadAutosave(pad, path, pad))
        return pad, memories[-1]

    yield pad_and_memory
    for memory in memories:
        memory.close()


def picture(grey=0):
    image = QImage(28, 28, QImage.Format.Format_Grayscale8)
    image.fill(grey)
    return image


def points_of(pad):
    return [len(stroke) for stroke in pad.drawing().strokes]


def test_it_is_kept_by_itself_and_read_again(qtbot, make, path):
    pad, _ = make()
    pad.set_drawing(SEVEN)
    qtbot.waitUntil(path.exists)
    again, memory = make()
    with qtbot.waitSignal(again.changed):
        memory.restore()
    np.testing.assert_allclose(again.drawing().strokes[0], SEVEN.strokes[0], atol=0.01)


def test_an_emptied_pad_is_empty_the_next_time(make, path):
    pad, memory = make()
    pad.set_drawing(SEVEN)
    memory.keep()
    pad.clear()
    memory.keep()
    again, memory = make()
    memory.restore()
    assert again.is_blank()


@pytest.mark.parametrize("n_pictures", [1, 2, HISTORY_STEPS + 5])
def test_strokes_that_made_way_for_a_picture_come_back(make, n_pictures):
    pad, memory = make()
    pad.set_drawing(SEVEN)
    memory.keep()
    for number in range(n_pictures):
        pad.show_picture(picture(number % 200))
    assert not pad.drawing()
    memory.keep()
    again, memory = make()
    memory.restore()
    np.testing.assert_allclose(again.drawing().strokes[0], SEVEN.strokes[0], atol=0.01)


def test_strokes_that_were_cleared_before_a_picture_came_do_not(make):
    pad, memory = make()
    pad.set_drawing(SEVEN)
    memory.keep()
    pad.clear()
    pad.show_picture(picture())
    memory.keep()
    again, memory = make()
    memory.restore()
    assert again.is_blank()
    again.undo()  # but the last step can be taken back, as it could have been before
    assert points_of(again) == [3]


def draw(pad, tool, *places):
    pad.set_tool(tool)
    side = pad.width()
    spots = [QPoint(round(x * side), round(y * side)) for x, y in places]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=spots[0])
    for spot in spots[1:]:
        QTest.mouseMove(pad, spot)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=spots[-1])


@pytest.mark.parametrize(
    ("slip", "n_left"),
    [
        (lambda pad: draw(pad, Tool.PEN, (0.1, 0.1), (0.5, 0.5)), 1),  # over a picture, which makes way
        (lambda pad: draw(pad, Tool.ERASER, (0.1, 0.1), (0.5, 0.5)), 0),
        (Pad.clear, 0),
    ],
)
@pytest.mark.parametrize("with_picture", [False, True])
def test_a_slip_can_be_undone_the_next_time(make, slip, n_left, with_picture):
    pad, memory = make()
    pad.show()
    pad.set_drawing(SEVEN)
    if with_picture:
        pad.show_picture(picture())
    slip(pad)
    memory.keep()
    again, memory = make()
    memory.restore()
    if with_picture or n_left == 0:
        assert len(points_of(again)) == n_left
        again.undo()
        assert points_of(again) == [3]
    else:
        assert len(points_of(again)) == 2  # the pen only adds


def test_each_of_two_windows_has_a_drawing_of_its_own(make):
    (one, one_memory), (two, two_memory) = make(), make(beside=True)
    one.set_drawing(SEVEN)
    two.set_drawing(Drawing.from_points([[(1, 1), (2, 2)]]))
    for memory in (one_memory, two_memory):
        memory.keep()
        memory.restore()
        memory.keep()
    one_memory.close()
    two_memory.close()
    found = []
    for _ in range(2):
        pad, memory = make(beside=True)
        memory.restore()
        found.append(points_of(pad))
    assert found == [[3], [2]]


def test_what_has_been_drawn_meanwhile_stays(make):
    pad, memory = make()
    pad.set_drawing(SEVEN)
    memory.keep()
    again, memory = make()
    again.set_drawing(Drawing.from_points([[(1, 1), (2, 2)]]))
    memory.restore()
    assert len(again.drawing().strokes[0]) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"strokes": [[[1e400, 0]]]}'])
def test_a_damaged_file_is_passed_over(make, path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    pad, memory = make()
    memory.restore()
    assert pad.is_blank()
    pad.set_drawing(SEVEN)
    memory.keep()
    assert Drawing.load(path)


def test_where_nothing_can_be_locked_it_is_kept_all_the_same(make, path, monkeypatch):
    def refuse(folder, **more):
        raise RunError("this file system knows no locks")

    monkeypatch.setattr(locks, "hold", refuse)
    pad, memory = make()
    pad.set_drawing(SEVEN)
    memory.keep()
    assert path.exists()


def test_a_pad_whose_folder_is_a_file_is_drawn_on(make, path):
    path.parent.write_text("x")
    pad, memory = make()
    memory.restore()
    pad.set_drawing(SEVEN)
    memory.keep()
    assert path.parent.read_text() == "x"


def test_where_nothing_can_be_written_drawing_goes_on(make, path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    pad, memory = make()
    pad.set_drawing(SEVEN)
    monkeypatch.setattr(atomic, "write", full)
    memory.keep()
    assert not path.exists()
    monkeypatch.undo()
    memory.keep()
    assert path.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_it_survives_a_window_that_is_killed(home):
    program = """
import os, signal
from gui import app
application = app._application()
from core.preprocessing.ink import Drawing
from gui.main_window import MainWindow
from gui.shell.preferences import Preferences
window = MainWindow(Preferences())
window.show()
pad = window.pad_panel.pad
if pad.is_blank():
    pad.set_drawing(Drawing.from_points([[(250, 250), (700, 250), (450, 800)]]))
    while not (window.workbench._memory._path).exists():
        application.processEvents()
    os.kill(os.getpid(), signal.SIGKILL)
print(window.recognition.shown.prediction.digit)
"""
    run = [sys.executable, "-c", program]
    killed = subprocess.run(run, env=os.environ, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    again = subprocess.run(run, env=os.environ, timeout=60, capture_output=True, text=True)
    assert again.stdout.strip() == "7"
