"""The question that is asked when the window is closed while a run is going on."""

import enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


class Closing(enum.Enum):
    """What is to become of the run."""

    KEEP = enum.auto()
    LEAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()


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
