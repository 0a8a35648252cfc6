"""What is drawn on the pad comes back the next time, whatever the end of the first one was."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QImage

from core import atomic
from core.ink import Drawing
from gui.pad import HISTORY_STEPS, Pad
from gui.pad_memory import PadMemory

SEVEN = Drawing.from_points([[(250, 250), (700, 250), (450, 800)]])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings" / "pad.json"


@pytest.fixture
def make(qtbot, path):
    """Return a function that makes a pad with its memory."""

    def pad_and_memory():
        pad = Pad()
        qtbot.addWidget(pad)
        pad.resize(300, 300)
        return pad, PadMemory(pad, path, pad)

    return pad_and_memory


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
        picture = QImage(28, 28, QImage.Format.Format_Grayscale8)
        picture.fill(number % 200)
        pad.show_picture(picture)
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
    picture = QImage(28, 28, QImage.Format.Format_Grayscale8)
    picture.fill(0)
    pad.show_picture(picture)
    memory.keep()
    again, memory = make()
    memory.restore()
    assert again.is_blank()


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
from core.ink import Drawing
from gui.main_window import MainWindow
from gui.preferences import Preferences
window = MainWindow(Preferences())
window.show()
pad = window.pad_panel.pad
if pad.is_blank():
    pad.set_drawing(Drawing.from_points([[(250, 250), (700, 250), (450, 800)]]))
    while not (window._workings._memory._path).exists():
        application.processEvents()
    os.kill(os.getpid(), signal.SIGKILL)
print(window.reader.shown.prediction.digit)
"""
    run = [sys.executable, "-c", program]
    killed = subprocess.run(run, env=os.environ, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    again = subprocess.run(run, env=os.environ, timeout=60, capture_output=True, text=True)
    assert again.stdout.strip() == "7"
