"""The keys for copying: on the pad they copy the drawing, in the answer the number."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from core.preprocessing.ink import Drawing
from gui.pad.drawing_data import INK
from gui.recognition.answer import Answer
from gui.recognition.pad_panel import PadPanel

LEFT = Qt.MouseButton.LeftButton
COPY, ALL = QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll


class Room(QWidget):
    """A window with the panel and a field to type in."""

    def __init__(self):
        super().__init__()
        layout = QVBoxLayout(self)
        self.panel, self.field = PadPanel(), QLineEdit("typed")
        layout.addWidget(self.panel)
        layout.addWidget(self.field)


@pytest.fixture
def room(show_widget):
    QGuiApplication.clipboard().setText("nothing")
    room = show_widget(Room(), 500, 800)
    room.activateWindow()
    yield room
    QGuiApplication.clipboard().clear()


@pytest.fixture
def panel(room):
    room.panel.pad.set_drawing(Drawing.from_points([[(100, 100), (900, 900)]]))
    return room.panel


def press(keys):
    QTest.keySequence(QApplication.focusWidget(), QKeySequence(keys))


def copied():
    """The text on the clipboard, or "drawing"."""
    data = QGuiApplication.clipboard().mimeData()
    return "drawing" if data.hasFormat(INK) and data.hasImage() else data.text()


@pytest.fixture
def number(make_prediction):
    return lambda digits: Answer(tuple(make_prediction(int(digit)) for digit in digits))


def test_on_the_pad_the_drawing_is_copied(panel, number):
    panel.show_answer(number("7"))
    panel.pad.setFocus()
    press(COPY)
    assert copied() == "drawing"


def test_a_digit_is_copied_after_a_click_on_it(panel, number):
    panel.show_answer(number("7"))
    QTest.mouseClick(panel.prediction_view.digit_view, LEFT)
    press(COPY)
    assert copied() == "7"


def test_a_number_is_copied_whole_or_the_marked_part_of_it(panel, number):
    panel.show_answer(number("2026"))
    view = panel.prediction_view.number_view
    view.digitSelected.connect(lambda index: panel.show_answer(Answer(number("2026").predictions, selected=index)))
    view.setFocus()
    press(COPY)
    assert copied() == "2026"
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(COPY)
    assert copied() == "20"
    press(ALL)
    press(COPY)
    assert copied() == "2026"


def test_a_rejected_part_is_copied_as_it_is_shown(panel, make_prediction):
    panel.show_answer(Answer((make_prediction(3), make_prediction(1, is_digit=False), make_prediction(5))))
    panel.prediction_view.number_view.setFocus()
    press(COPY)
    assert copied() == "3?5"


def test_the_number_can_be_copied_from_the_menus_with_the_focus_anywhere(panel, room, number):
    action = panel.tools.copy_number
    assert not action.isEnabled()
    panel.show_answer(number("2026"))
    panel.pad.setFocus()
    press(action.shortcut())
    assert copied() == "2026"
    assert action in panel.prediction_view.actions()
    assert panel.prediction_view.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    panel.show_answer(Answer())
    assert not action.isEnabled()


def test_without_an_answer_the_clipboard_stays(panel):
    panel.show_answer(Answer())
    panel.prediction_view.digit_view.setFocus()
    press(COPY)
    panel.prediction_view.copy()
    assert copied() == "nothing"


def test_text_elsewhere_is_copied_as_text(panel, room):
    room.field.setFocus()
    room.field.selectAll()
    press(COPY)
    assert copied() == "typed"


def test_copy_and_save_need_a_drawing(room):
    tools = room.panel.tools
    assert not tools.copy.isEnabled()
    assert not tools.save.isEnabled()
    QTest.mouseClick(room.panel.pad, LEFT, pos=QPoint(room.panel.pad.rect().center()))
    assert tools.copy.isEnabled()
    assert tools.save.isEnabled()


def test_each_place_says_what_is_copied(panel):
    keys = QKeySequence(COPY).toString(QKeySequence.SequenceFormat.NativeText)
    view = panel.prediction_view
    for tip in (view.digit_view.toolTip(), view.number_view.toolTip(), panel.tools.copy.toolTip()):
        assert keys in tip
