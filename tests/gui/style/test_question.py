"""The modal question: its answers, its default, and the signals that close it."""

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.style import question

ANSWERS = {"&Save": 1, "&Discard": 2, "&Back": 3}


class Source(QObject):
    """Has a signal that closes the question."""

    ended = Signal(object)


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def ask(parent):
    """Return a function that asks, and calls ``act`` with the box while the question is open."""

    def ask(act, *signals):
        QTimer.singleShot(0, lambda: act(parent.findChild(QMessageBox)))
        return question.ask(parent, "Save it?", "It is lost otherwise.", ANSWERS, unanswered=0, closed_by=signals)

    return ask


@pytest.mark.parametrize(("text", "answer"), ANSWERS.items())
def test_each_button_gives_its_answer(ask, text, answer):
    def press(box):
        assert (box.text(), box.informativeText()) == ("Save it?", "It is lost otherwise.")
        next(button for button in box.buttons() if button.text() == text).click()

    assert ask(press) == answer


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_the_last_answer_is_the_default_and_that_of_esc(ask, key):
    assert ask(lambda box: QTest.keyClick(box, key)) == 3


def test_the_last_but_one_is_marked_as_destructive(ask):
    roles = []

    def press(box):
        roles.extend((button.text(), box.buttonRole(button)) for button in box.buttons())
        box.reject()

    ask(press)
    assert dict(roles)["&Discard"] is QMessageBox.ButtonRole.DestructiveRole


def test_a_signal_closes_the_question(ask):
    source = Source()
    assert ask(lambda box: source.ended.emit("anything"), source.ended) == 0
