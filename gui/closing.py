"""What is asked before something would be lost: a run, by closing the window; a network that is saved nowhere."""

import enum
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


class Closing(enum.Enum):
    """What is to become of the run."""

    KEEP = enum.auto()
    LEAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()


class Unsaved(enum.Enum):
    """What is to become of a network that is saved nowhere."""

    SAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()


def ask_about_unsaved(parent: QWidget, name: str) -> Unsaved:
    """Ask whether a network, under the name that the user knows it by, is to be saved before it goes."""
    answers = {_tr("&Save it…"): Unsaved.SAVE, _tr("&Discard it"): Unsaved.DISCARD, _tr("&Back"): Unsaved.STAY}
    text = _tr("The network “{0}” is saved nowhere.").format(name)
    return answers[
        _asked(parent, text, _tr("Its run could not be kept. Without being saved, it will be lost."), answers)
    ]


def ask_before_closing(parent: QWidget) -> Closing:
    """Ask what is to become of the run that is going on."""
    answers = {
        _tr("Close, and go on &another time"): Closing.LEAVE,
        _tr("&Stop, keep and close"): Closing.KEEP,
        _tr("&Discard and close"): Closing.DISCARD,
        _tr("Keep &training"): Closing.STAY,
    }
    details = _tr("It can stop here, with its best weights, or go on from here another time.")
    return answers[_asked(parent, _tr("A network is in training."), details, answers)]


def _asked(parent: QWidget, text: str, details: str, answers: Iterable[str]) -> str:
    """Ask, and return an answer; the last one is the harmless one, and the default, and the last but one destroys."""
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
    box.exec()
    clicked = box.clickedButton()
    answer = clicked.text() if clicked is not None else harmless
    box.deleteLater()
    return answer


def _tr(text: str) -> str:
    return QCoreApplication.translate("Closing", text)
