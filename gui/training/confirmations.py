"""What is asked before something would be lost: a run, by closing the window or *Cancel*; a network saved nowhere."""

import enum
from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.training.session import TrainingSession

_Answer = TypeVar("_Answer")


class Closing(enum.Enum):
    """What is to become of the run; or that the question was OVERTAKEN by its end."""

    KEEP = enum.auto()
    LEAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()
    OVERTAKEN = enum.auto()


class Unsaved(enum.Enum):
    """What is to become of a network that is saved nowhere."""

    SAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()


def ask_about_unsaved(parent: QWidget, name: str) -> Unsaved:
    """Ask whether a network, under the name that the user knows it by, is to be saved before it goes."""
    answers = {_tr("&Save it…"): Unsaved.SAVE, _tr("&Discard it"): Unsaved.DISCARD, _tr("&Back"): Unsaved.STAY}
    text = _tr("The network “{0}” is saved nowhere.").format(name)
    details = _tr("Its run could not be kept. Without being saved, it will be lost.")
    return _asked(parent, text, details, answers, Unsaved.STAY)


def ask_before_closing(parent: QWidget, session: TrainingSession) -> Closing:
    """Ask what is to become of the run that is going on; anew where it can be kept no longer, or again.

    When the run ends, the question closes by itself.
    """
    while True:
        spec = _ask_about_run(parent, session, can_be_kept=session.live.can_be_kept)
        if spec is not Closing.OVERTAKEN or not session.is_active:
            return spec


def _ask_about_run(parent: QWidget, session: TrainingSession, *, can_be_kept: bool) -> Closing:
    if can_be_kept:
        details = _tr("It can stop here, with its best weights, or go on from here another time.")
        answers = {
            _tr("Close, and go on &another time"): Closing.LEAVE,
            _tr("&Stop, keep and close"): Closing.KEEP,
        }
    else:
        details = _tr("It cannot be kept at present. It can stop here, with its best weights, for you to save them.")
        answers = {_tr("&Stop here"): Closing.KEEP}
    answers |= {_tr("&Discard and close"): Closing.DISCARD, _tr("Keep &training"): Closing.STAY}
    return _asked(parent, _tr("A network is in training."), details, answers, Closing.OVERTAKEN, *_changes(session))


def ask_before_cancelling(parent: QWidget, session: TrainingSession) -> Closing:
    """Ask what is to become of a run that is to be cancelled: DISCARD, KEEP its network, or STAY.

    One that can be kept is not asked about, for it can be brought back. When the run ends, the question closes.
    """
    details = _tr(
        "It cannot be kept at present, nor brought back. It can stop here, with its best weights, to be saved."
    )
    answers = {
        _tr("&Stop here"): Closing.KEEP,
        _tr("&Discard it"): Closing.DISCARD,
        _tr("Keep &training"): Closing.STAY,
    }
    while session.is_active and not session.live.can_be_kept:
        spec = _asked(parent, _tr("Throw this run away?"), details, answers, Closing.OVERTAKEN, *_changes(session))
        if spec is not Closing.OVERTAKEN:
            return spec
    return Closing.DISCARD if session.is_active else Closing.OVERTAKEN


def _changes(session: TrainingSession) -> tuple[SignalInstance, ...]:
    """Return what makes another question necessary, or none."""
    return session.concluded, session.storageChanged


def _asked(
    parent: QWidget,
    text: str,
    details: str,
    answers: Mapping[str, _Answer],
    unanswered: _Answer,
    *changes: SignalInstance,
) -> _Answer:
    """Ask, and return an answer, or ``unanswered`` where one of the changes came before it.

    The last answer is the harmless one, and the default, and the last but one destroys.
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
    for change in changes:
        change.connect(box.reject)
    box.exec()
    clicked = box.clickedButton()
    given = answers[clicked.text()] if clicked is not None else unanswered
    box.deleteLater()
    return given


def _tr(text: str) -> str:
    return QCoreApplication.translate("Closing", text)
