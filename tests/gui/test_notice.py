import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from gui.notice import Kind, NoticeBar


@pytest.fixture
def bar(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    return bar


def test_it_is_hidden_until_there_is_something_to_say(bar):
    assert bar.isHidden()
    assert bar.text == ""


def test_a_newer_message_takes_the_place_of_the_older(bar):
    bar.show_message("first", Kind.BAD)
    bar.show_message("second", Kind.GOOD)
    assert bar.text == "second"
    assert bar.accessibleName() == "second"


def test_details_can_be_copied(qtbot, bar):
    bar.show_message("a fault", Kind.BAD, "Traceback …")
    copy = bar.findChild(QPushButton)
    assert not copy.isHidden()
    copy.click()
    assert QGuiApplication.clipboard().text() == "a fault\n\nTraceback …"
    bar.show_message("no details")
    assert copy.isHidden()


def test_the_cross_hides_it(qtbot, bar):
    bar.show_message("hello")
    with qtbot.waitSignal(bar.dismissed):
        bar.findChild(QToolButton).click()
    assert bar.isHidden()


def test_markup_in_a_message_is_shown_as_it_stands(bar):
    bar.show_message("<b>file</b>.png is damaged")
    assert bar.text == "<b>file</b>.png is damaged"
    assert bar._label.textFormat().name == "PlainText"
