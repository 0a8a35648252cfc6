"""What is asked before something would be lost: a run, by closing the window; a network that is saved nowhere."""

import enum

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
    """Ask, with the harmless answer as default."""
    box = QMessageBox(QMessageBox.Icon.Question, "digitpad", _tr("The network “{0}” is saved nowhere."), parent=parent)
    box.setText(box.text().format(name))
    box.setInformativeText(_tr("Its run could not be kept. Without being saved, it will be lost."))
    save = box.addButton(_tr("&Save it…"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(_tr("&Discard it"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(_tr("&Back"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    answers = {save.text(): Unsaved.SAVE, discard.text(): Unsaved.DISCARD}
    clicked = box.clickedButton()
    answer = answers.get(clicked.text(), Unsaved.STAY) if clicked is not None else Unsaved.STAY
    box.deleteLater()
    return answer


def ask_before_closing(parent: QWidget) -> Closing:
    """Ask, with the harmless answer as default."""
    box = QMessageBox(QMessageBox.Icon.Question, "digitpad", _tr("A network is in training."), parent=parent)
    box.setInformativeText(_tr("It can stop here, with its best weights, or go on from here another time."))
    leave = box.addButton(_tr("Close, and go on &another time"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_tr("&Stop, keep and close"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(_tr("&Discard and close"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(_tr("Keep &training"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    answers = {leave.text(): Closing.LEAVE, keep.text(): Closing.KEEP, discard.text(): Closing.DISCARD}
    clicked = box.clickedButton()
    answer = answers.get(clicked.text(), Closing.STAY) if clicked is not None else Closing.STAY
    box.deleteLater()
    return answer


def _tr(text: str) -> str:
    return QCoreApplication.translate("Closing", text)
