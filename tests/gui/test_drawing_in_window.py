"""Saving, opening, copying and pasting a drawing, through the window's menus and keys."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from core.preprocessing.ink import Drawing
from gui.main_window import MainWindow
from gui.style.message import Severity

SEVEN = [[(110, 120), (190, 118), (196, 124), (150, 240)], [(300, 130), (302, 245)]]  # small, in a corner


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.workbench  # noqa: B018 - the menus
    window.pad_panel.pad.set_drawing(Drawing.from_points(SEVEN))
    window.recognition.predict()
    yield window
    QGuiApplication.clipboard().clear()
    window.close()


def entries(window, title):
    menu = next(menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == title)
    return {action.text(): action for action in menu.actions()}


def assert_same(drawing):
    for before, after in zip(Drawing.from_points(SEVEN).strokes, drawing.strokes, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_saved_drawing_opens_where_it_was_with_the_same_answer(window, bring, monkeypatch, tmp_path):
    path, number = tmp_path / "seventy-one.json", window.recognition.shown.number
    assert number == "71"
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda dialog: [str(path)])
    entries(window, "&File")["Save drawing…"].trigger()
    message = window.workbench.lab.message_bar
    assert str(path) in message.text
    entries(window, "&Edit")["Clear"].trigger()
    assert not entries(window, "&File")["Save drawing…"].isEnabled()
    assert not entries(window, "&Edit")["Copy drawing"].isEnabled()
    bring(window.recognition, window.workbench.open_given, path)
    assert_same(window.pad_panel.pad.drawing())
    assert window.recognition.shown.number == number


def test_a_file_that_cannot_be_written_is_told_in_the_window(window, tmp_path):
    messages = []
    window.workbench.export.messageReady.connect(messages.append)
    window.workbench.export.save(tmp_path / "missing" / "a.png")
    assert [message.severity for message in messages] == [Severity.BAD]
    assert window.workbench.lab.message_bar.text == messages[0].text


def test_a_drawing_is_copied_and_pasted_by_keys_and_read_again(window):
    pad = window.pad_panel.pad
    pad.setFocus()
    QTest.keySequence(pad, QKeySequence(QKeySequence.StandardKey.Copy))
    pad.clear()
    QTest.keySequence(pad, QKeySequence(QKeySequence.StandardKey.Paste))
    assert_same(pad.drawing())
    assert window.recognition.shown.number == "71"
    entries(window, "&Edit")["Copy number"].trigger()
    assert QGuiApplication.clipboard().text() == "71"


def test_the_number_is_copied_with_the_focus_in_the_answer(window):
    view = window.pad_panel.prediction_view.number_view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cells()[0].center().toPoint())
    QTest.keySequence(view, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "71"
