"""Files and pictures that come to the pad: read off the GUI thread, the newest only, and never into a stroke."""

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from waiting import complains

from core.formats import picture_file
from core.recognition.recognizer import Recognizer
from gui.recognition import opened
from gui.recognition.pad_panel import PadPanel
from gui.recognition.recognition_controller import RecognitionController
from gui.shell.job_thread import JobThread
from gui.style.message import Severity

LEFT = Qt.MouseButton.LeftButton


class Gate:
    """Holds back the decoding of pictures until it is opened."""

    def __init__(self, monkeypatch):
        self.reached, self._may_pass, self.n = threading.Event(), threading.Event(), 0
        load = picture_file.load

        def held(path):
            self.n += 1
            self.reached.set()
            self._may_pass.wait()
            return load(path)

        monkeypatch.setattr(picture_file, "load", held)

    def open(self):
        self._may_pass.set()


@pytest.fixture
def gate(monkeypatch):
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


@pytest.fixture
def panel(show_widget):
    return show_widget(PadPanel(), 400, 640)


@pytest.fixture
def recognition(panel, active_model):
    recognition = RecognitionController(panel, active_model)
    yield recognition
    recognition.shut_down()


@pytest.fixture
def pages(tmp_path):
    """Pages with a one, and with a zero."""
    one, zero = np.full((2, 120, 90), 255, np.uint8)
    one[20:100, 42:48] = 0
    y, x = np.mgrid[:120, :90]
    zero[np.abs(np.hypot((x - 45) / 25, (y - 60) / 40) - 1) < 0.12] = 0
    for name, page in (("one.png", one), ("zero.png", zero)):
        Image.fromarray(page).save(tmp_path / name)
    return tmp_path / "one.png", tmp_path / "zero.png"


def number(recognition):
    return recognition.shown.number


def draw_a_one(panel, *, lift=True):
    top = panel.pad.sheet_rect().topLeft().toPoint()
    QTest.mousePress(panel.pad, LEFT, pos=top + QPoint(100, 60))
    for y in range(60, 200, 10):
        QTest.mouseMove(panel.pad, top + QPoint(100, y))
    if lift:
        QTest.mouseRelease(panel.pad, LEFT, pos=top + QPoint(100, 200))


def test_the_window_stays_alive_while_a_photo_of_12_megapixels_is_read(qtbot, recognition, tmp_path):
    photo = Image.new("L", (4000, 3000), 220)
    photo.paste(20, (1900, 900, 2050, 2100))
    photo.save(tmp_path / "photo.jpg")
    turns = []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(recognition.is_reading))
    timer.start(0)
    with qtbot.waitSignal(recognition.succeeded, timeout=60_000):
        recognition.open(tmp_path / "photo.jpg")
    timer.stop()
    assert any(turns)
    assert number(recognition) == "1"
    assert recognition.shown.caption == "photo.jpg"


def test_the_pad_is_drawn_on_and_answered_while_a_picture_is_read(qtbot, panel, recognition, gate, pages):
    recognition.open(pages[1])
    gate.reached.wait()
    draw_a_one(panel)
    assert number(recognition) == "1"
    with qtbot.waitSignal(recognition.succeeded):
        gate.open()
    assert number(recognition) == "0"
    panel.tools.undo.trigger()
    assert number(recognition) == "1", "the drawing is not lost"


def test_a_picture_waits_until_the_pen_is_lifted(qtbot, panel, recognition, pages):
    recognition.open(pages[1])
    draw_a_one(panel, lift=False)
    qtbot.waitUntil(lambda: not recognition.findChildren(JobThread))  # it is read
    assert panel.pad.picture() is None
    assert recognition.is_reading
    with qtbot.waitSignal(recognition.succeeded):
        QTest.mouseRelease(panel.pad, LEFT)
    assert number(recognition) == "0"
    assert not recognition.is_reading


def test_of_several_files_opened_one_after_the_other_the_last_is_shown(qtbot, panel, recognition, gate, pages):
    shown = []
    recognition.succeeded.connect(lambda: shown.append(recognition.shown.caption))
    recognition.open(pages[0])
    gate.reached.wait()
    recognition.open(pages[0])
    recognition.open(pages[1])
    with qtbot.waitSignal(recognition.succeeded):
        gate.open()
    assert shown == ["zero.png"]
    assert gate.n == 2, "the second was never read"
    assert not recognition.is_reading


def test_another_digit_takes_the_place_of_a_picture_that_is_being_read(qtbot, recognition, gate, pages):
    recognition.open(pages[1])
    gate.reached.wait()
    recognition.show_digit(np.eye(28, dtype=np.uint8) * 255, "a line")
    gate.open()
    with qtbot.assertNotEmitted(recognition.succeeded, wait=50):
        recognition.shut_down()
    assert recognition.shown.caption == "a line"


def test_a_picture_that_takes_long_is_named_until_it_is_there(qtbot, recognition, gate, pages):
    with qtbot.waitSignal(recognition.messageReady) as told:
        recognition.open(pages[1])
    assert told.args[0].text == "Reading “zero.png”…"
    assert told.args[0].severity is Severity.INFO
    with qtbot.waitSignal(recognition.succeeded):
        gate.open()


def test_the_message_goes_when_something_else_is_shown_meanwhile(qtbot, recognition, gate, pages):
    with qtbot.waitSignal(recognition.messageReady):
        recognition.open(pages[1])
    with qtbot.waitSignal(recognition.succeeded):
        recognition.show_digit(np.eye(28, dtype=np.uint8) * 255, "a line")


@pytest.mark.parametrize("name", ["text.png", "text.json"])
def test_what_cannot_be_read_is_told_as_on_the_command_line(qtbot, panel, recognition, tmp_path, name):
    (tmp_path / name).write_text("seven")
    draw_a_one(panel)
    with complains(qtbot, recognition) as told:
        recognition.open(tmp_path / name)
    text = told.args[0].text
    assert text.startswith(str(tmp_path / name))
    assert name == "text.json" or text.endswith("is a text file, not a picture")
    assert number(recognition) == "1"


def test_a_fault_of_the_program_has_its_details(qtbot, recognition, monkeypatch, pages):
    monkeypatch.setattr(picture_file, "load", lambda path: 1 / 0)
    with complains(qtbot, recognition) as told:
        recognition.open(pages[0])
    assert told.args[0].text == "A fault in the program: division by zero"
    assert "ZeroDivisionError" in told.args[0].details


def test_a_pasted_picture_without_pixels_has_no_digit(qtbot, recognition):
    with complains(qtbot, recognition) as told:
        recognition.show_pasted(QImage())
    assert told.args[0].text.startswith("There is no digit in this picture")


def test_an_old_picture_that_undo_shows_is_read_again(panel, recognition, bring, monkeypatch, pages):
    monkeypatch.setattr(opened, "_MAX_READ", 1)
    for page in pages:
        bring(recognition, recognition.open, page)
    bring(recognition, panel.tools.undo.trigger)
    assert (number(recognition), recognition.shown.caption) == ("1", "one.png")


def test_a_picture_that_was_read_is_not_read_a_second_time(panel, recognition, bring, monkeypatch, pages):
    reads, read = [], Recognizer.read_pieces
    monkeypatch.setattr(Recognizer, "read_pieces", lambda *arguments: reads.append(1) or read(*arguments))
    for page in pages:
        bring(recognition, recognition.open, page)
    panel.tools.undo.trigger()
    panel.tools.redo.trigger()
    assert number(recognition) == "0"
    assert len(reads) == 2


def test_closing_the_window_waits_for_the_picture_and_shows_it_no_more(window, gate, monkeypatch, pages):
    cancel = JobThread.cancel
    window.recognition.open(pages[0])
    gate.reached.wait()
    monkeypatch.setattr(JobThread, "cancel", lambda thread: (cancel(thread), gate.open()))
    window.close()  # the fixture looks for threads that are left
    assert window.pad_panel.pad.is_blank()


def test_closing_the_window_ends_the_list_of_several(window, gate, monkeypatch, pages):
    cancel = JobThread.cancel
    window.workbench.open_given(pages * 3)
    gate.reached.wait()
    monkeypatch.setattr(JobThread, "cancel", lambda thread: (cancel(thread), gate.open()))
    window.close()
    assert gate.n == 1
    assert window.workbench.pictures.readings == []
