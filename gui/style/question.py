"""A modal question with several answers, which other events may close."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget

_Answer = TypeVar("_Answer")


def ask(
    parent: QWidget,
    text: str,
    details: str,
    answers: Mapping[str, _Answer],
    *,
    unanswered: _Answer,
    closed_by: Iterable[SignalInstance] = (),
) -> _Answer:
    """Ask a question and return the answer.

    Parameters
    ----------
    parent
        The window that the question blocks.
    text, details
        The question, and what the user needs to know to answer it.
    answers
        The answers by the texts of their buttons, at least two. The last one does no harm: it is the default, and Esc
        gives it. The last but one is the destructive one.
    unanswered
        What is returned if a signal closes the question.
    closed_by
        Signals that close the question.
    """
    *accepting, destroying, harmless = answers
    role = QMessageBox.ButtonRole
    box = QMessageBox(QMessageBox.Icon.Question, "digitpad", text, parent=parent)
    box.setInformativeText(details)
    for answer in accepting:
        box.addButton(answer, role.AcceptRole)
    box.addButton(destroying, role.DestructiveRole)
    stay = box.addButton(harmless, role.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    for signal in closed_by:
        signal.connect(box.reject)
    box.exec()
    clicked = box.clickedButton()
    given = answers[clicked.text()] if clicked is not None else unanswered
    box.deleteLater()
    return given
