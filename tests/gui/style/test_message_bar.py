import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from gui.style.message import Message, Offer, Severity
from gui.style.message_bar import MessageBar


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_it_is_hidden_until_there_is_something_to_say(bar):
    assert bar.isHidden()
    assert bar.text == ""


def test_a_newer_message_takes_the_place_of_the_older(bar):
    bar.show_message(Message("first", Severity.BAD))
    bar.show_message(Message("second", Severity.GOOD))
    assert bar.text == "second"
    assert bar.accessibleName() == "second"


def test_details_can_be_copied(qtbot, bar):
    bar.show_message(Message("a fault", Severity.BAD, "Traceback …"))
    copy = bar.findChild(QPushButton)
    assert not copy.isHidden()
    copy.click()
    assert QGuiApplication.clipboard().text() == "a fault\n\nTraceback …"
    bar.show_message(Message("no details", Severity.INFO))
    assert copy.isHidden()


def test_the_cross_hides_it(qtbot, bar):
    bar.show_message(Message("hello", Severity.INFO))
    with qtbot.waitSignal(bar.dismissed):
        bar.findChild(QToolButton).click()
    assert bar.isHidden()


def test_markup_in_a_message_is_shown_as_it_stands(bar):
    bar.show_message(Message("<b>file</b>.png is damaged", Severity.INFO))
    assert bar.text == "<b>file</b>.png is damaged"
    assert bar._label.textFormat().name == "PlainText"


# Messages that offer something


def button(bar, text):
    return next(each for each in bar._offers if each.text() == text)


def close(bar):
    bar.findChild(QToolButton).click()


@pytest.fixture
def done():
    return []


@pytest.fixture
def offer(bar, done):
    """Return a function that shows a message with one offer, which stands as long as ``stands`` is not empty."""

    def show(text, stands=(True,)):
        undo = Offer(lambda: done.append(text), lambda: bool(stands))
        bar.show_message(Message(text, Severity.INFO, offers={"Undo": undo}))

    return show


def test_an_offer_hides_its_message_and_does_what_it_says(bar, offer, done):
    offer("deleted")
    button(bar, "Undo").click()
    assert done == ["deleted"]
    assert bar.isHidden()
    assert bar.text == ""


@pytest.mark.parametrize("end", [close, MessageBar.clear])
def test_an_offer_that_was_not_answered_comes_back(bar, offer, done, end):
    offer("deleted")
    bar.show_message(Message("a fault", Severity.BAD, "Traceback …"))
    bar.show_message(Message("saved", Severity.GOOD))
    assert not bar._offers
    end(bar)
    assert bar.text == bar.accessibleName() == "deleted"
    button(bar, "Undo").click()
    assert done == ["deleted"]
    assert bar.text == ""


def test_several_come_back_the_newest_first(bar, offer, done):
    offer("one")
    offer("two")
    button(bar, "Undo").click()
    assert bar.text == "one"
    button(bar, "Undo").click()
    assert done == ["two", "one"]
    assert bar.isHidden()


def test_only_so_many_wait(bar, offer):
    for number in range(10):
        offer(str(number))
    shown = []
    while bar.text:
        shown.append(bar.text)
        close(bar)
    assert shown == ["9", "8", "7", "6"]


def test_one_that_was_dismissed_does_not_come_back(bar, offer):
    offer("deleted")
    close(bar)
    bar.show_message(Message("saved", Severity.INFO))
    close(bar)
    assert bar.isHidden()


def test_what_is_out_of_date_goes_and_an_offer_that_stands_stays(bar, offer):
    stands = [True]
    offer("deleted", stands)
    bar.clear()
    assert bar.text == "deleted"
    stands.clear()
    bar.clear()
    assert bar.isHidden()


def test_an_offer_that_no_longer_stands_does_not_come_back(bar, done):
    stands, stands_no_more = Offer(lambda: None), Offer(lambda: None, lambda: False)
    bar.show_message(Message("both", Severity.INFO, offers={"a": stands, "b": stands_no_more}))
    bar.show_message(Message("neither", Severity.INFO, offers={"c": stands_no_more}))
    bar.show_message(Message("saved", Severity.INFO))
    close(bar)
    assert bar.text == "both"
    assert [each.text() for each in bar._offers] == ["a"]


def test_one_that_returns_comes_back_as_long_as_it_stands(bar):
    stands = [True]
    save = Offer(lambda: None, lambda: bool(stands), returns=True)
    bar.show_message(Message("save it", Severity.INFO, offers={"Save…": save}))
    button(bar, "Save…").click()  # and its dialog was left
    assert bar.text == "save it"
    stands.clear()
    button(bar, "Save…").click()
    assert bar.isHidden()


def test_it_comes_back_from_behind_what_it_has_to_say(bar):
    tells = Offer(lambda: bar.show_message(Message("not there", Severity.INFO)), returns=True)
    bar.show_message(Message("save it", Severity.INFO, offers={"Save…": tells}))
    button(bar, "Save…").click()
    assert bar.text == "not there"
    close(bar)
    assert bar.text == "save it"


def test_the_same_offer_does_not_wait_behind_itself(bar):
    again = Offer(bar.objectName)
    bar.show_message(Message("it failed", Severity.INFO, offers={"Again": again}))
    bar.show_message(Message("it failed once more", Severity.INFO, offers={"Again": again}))
    close(bar)
    assert bar.isHidden()


def test_what_is_said_of_an_answer_comes_before_what_waits(bar, offer):
    offer("deleted")
    keep = Offer(lambda: bar.show_message(Message("kept", Severity.INFO)))
    bar.show_message(Message("not kept", Severity.INFO, offers={"Keep": keep}))
    button(bar, "Keep").click()
    assert bar.text == "kept"
    close(bar)
    assert bar.text == "deleted"
