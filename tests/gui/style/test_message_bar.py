"""The message bar: the newest message, its details, and its offers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from gui.style.message import Message, Offer, Severity
from gui.style.message_bar import MessageBar


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_it_is_hidden_until_there_is_a_message(bar):
    assert bar.isHidden()
    assert bar.text == ""


def test_a_newer_message_replaces_the_older(bar):
    bar.show_message(Message("first", Severity.BAD))
    bar.show_message(Message("second", Severity.GOOD))
    assert bar.text == "second"
    assert bar.accessibleName() == "second"


def test_details_can_be_copied(bar):
    bar.show_message(Message("a fault", Severity.BAD, "Traceback …"))
    copy = bar.findChild(QPushButton)
    assert not copy.isHidden()
    copy.click()
    assert QGuiApplication.clipboard().text() == "a fault\n\nTraceback …"
    bar.show_message(Message("no details", Severity.INFO))
    assert copy.isHidden()


def test_the_close_button_hides_it(bar):
    bar.show_message(Message("hello", Severity.INFO))
    bar.findChild(QToolButton).click()
    assert bar.isHidden()


def test_markup_in_a_message_is_shown_as_text(bar):
    bar.show_message(Message("<b>file</b>.png is damaged", Severity.INFO))
    assert bar.text == "<b>file</b>.png is damaged"
    assert bar.findChild(QLabel).textFormat() is Qt.TextFormat.PlainText


# -- offers ------------------------------------------------------------------------------------------------------------


def button(bar, text):
    return next(each for each in bar.offer_buttons if each.text() == text)


def close(bar):
    bar.findChild(QToolButton).click()


@pytest.fixture
def done():
    return []


@pytest.fixture
def offer(bar, done):
    """Return a function that shows a message with one offer, which stands while ``stands`` is not empty."""

    def show(text, stands=(True,)):
        undo = Offer(lambda: done.append(text), lambda: bool(stands))
        bar.show_message(Message(text, Severity.INFO, offers={"Undo": undo}))

    return show


def test_an_offer_that_is_taken_runs_its_action_and_hides_the_message(bar, offer, done):
    offer("deleted")
    button(bar, "Undo").click()
    assert done == ["deleted"]
    assert bar.isHidden()
    assert bar.text == ""


@pytest.mark.parametrize("end", [close, MessageBar.clear])
def test_an_offer_that_was_not_taken_is_shown_again(bar, offer, done, end):
    offer("deleted")
    bar.show_message(Message("a fault", Severity.BAD, "Traceback …"))
    bar.show_message(Message("saved", Severity.GOOD))
    assert not bar.offer_buttons
    end(bar)
    assert bar.text == bar.accessibleName() == "deleted"
    button(bar, "Undo").click()
    assert done == ["deleted"]
    assert bar.text == ""


def test_several_are_shown_again_the_newest_first(bar, offer, done):
    offer("one")
    offer("two")
    button(bar, "Undo").click()
    assert bar.text == "one"
    button(bar, "Undo").click()
    assert done == ["two", "one"]
    assert bar.isHidden()


def test_at_most_three_wait(bar, offer):
    for number in range(10):
        offer(str(number))
    shown = []
    while bar.text:
        shown.append(bar.text)
        close(bar)
    assert shown == ["9", "8", "7", "6"]


def test_a_dismissed_message_is_not_shown_again(bar, offer):
    offer("deleted")
    close(bar)
    bar.show_message(Message("saved", Severity.INFO))
    close(bar)
    assert bar.isHidden()


def test_clear_hides_a_message_unless_an_offer_stands(bar, offer):
    stands = [True]
    offer("deleted", stands)
    bar.clear()
    assert bar.text == "deleted"
    stands.clear()
    bar.clear()
    assert bar.isHidden()


def test_an_offer_that_no_longer_stands_is_not_shown_again(bar):
    stands, stands_no_more = Offer(lambda: None), Offer(lambda: None, lambda: False)
    bar.show_message(Message("both", Severity.INFO, offers={"a": stands, "b": stands_no_more}))
    bar.show_message(Message("neither", Severity.INFO, offers={"c": stands_no_more}))
    bar.show_message(Message("saved", Severity.INFO))
    close(bar)
    assert bar.text == "both"
    assert [each.text() for each in bar.offer_buttons] == ["a"]


def test_an_offer_that_returns_is_shown_again_while_it_stands(bar):
    stands = [True]
    save = Offer(lambda: None, lambda: bool(stands), returns=True)
    bar.show_message(Message("save it", Severity.INFO, offers={"Save…": save}))
    button(bar, "Save…").click()  # as if the user had left its dialog
    assert bar.text == "save it"
    stands.clear()
    button(bar, "Save…").click()
    assert bar.isHidden()


def test_it_is_shown_again_after_the_message_of_its_action(bar):
    save = Offer(lambda: bar.show_message(Message("not there", Severity.INFO)), returns=True)
    bar.show_message(Message("save it", Severity.INFO, offers={"Save…": save}))
    button(bar, "Save…").click()
    assert bar.text == "not there"
    close(bar)
    assert bar.text == "save it"


def test_messages_with_the_same_offer_do_not_wait_for_each_other(bar):
    again = Offer(bar.objectName)
    bar.show_message(Message("it failed", Severity.INFO, offers={"Again": again}))
    bar.show_message(Message("it failed once more", Severity.INFO, offers={"Again": again}))
    close(bar)
    assert bar.isHidden()


def test_the_message_of_an_action_is_shown_before_one_that_waits(bar, offer):
    offer("deleted")
    keep = Offer(lambda: bar.show_message(Message("kept", Severity.INFO)))
    bar.show_message(Message("not kept", Severity.INFO, offers={"Keep": keep}))
    button(bar, "Keep").click()
    assert bar.text == "kept"
    close(bar)
    assert bar.text == "deleted"
