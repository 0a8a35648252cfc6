"""The questions before a run is lost: when the window is closed, and at *Cancel*."""

import enum
from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from core.messages import tr
from gui.style import question
from gui.training.session import TrainingSession


class Closing(enum.Enum):
    """What to do with the run; OVERTAKEN if the run ended before there was an answer."""

    KEEP = enum.auto()
    LEAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()
    OVERTAKEN = enum.auto()


def ask_before_closing(parent: QWidget, session: TrainingSession) -> Closing:
    """Ask what to do with the running run; ask again when it can no longer be stored, or can be again.

    The question closes by itself when the run ends.
    """
    while True:
        choice = _ask_about_run(parent, session, can_be_kept=session.live.can_be_kept)
        if choice is not Closing.OVERTAKEN or not session.is_active:
            return choice


def _ask_about_run(parent: QWidget, session: TrainingSession, *, can_be_kept: bool) -> Closing:
    if can_be_kept:
        details = tr("It can stop here, with its best weights, or go on from here another time.")
        answers = {
            tr("Close, and go on &another time"): Closing.LEAVE,
            tr("&Stop, keep and close"): Closing.KEEP,
        }
    else:
        details = tr("It cannot be kept at present. It can stop here, with its best weights, for you to save them.")
        answers = {tr("&Stop here"): Closing.KEEP}
    answers |= {tr("&Discard and close"): Closing.DISCARD, tr("Keep &training"): Closing.STAY}
    return _ask(parent, session, tr("A network is in training."), details, answers)


def ask_before_cancelling(parent: QWidget, session: TrainingSession) -> Closing:
    """Ask what to do with a run that is to be cancelled: DISCARD it, KEEP its network, or STAY.

    A run that can be stored needs no question: it can be restored. The question closes when the run ends.
    """
    details = tr("It cannot be kept at present, nor restored. It can stop here, with its best weights, to be saved.")
    answers = {
        tr("&Stop here"): Closing.KEEP,
        tr("&Discard it"): Closing.DISCARD,
        tr("Keep &training"): Closing.STAY,
    }
    while session.is_active and not session.live.can_be_kept:
        choice = _ask(parent, session, tr("Throw this run away?"), details, answers)
        if choice is not Closing.OVERTAKEN:
            return choice
    return Closing.DISCARD if session.is_active else Closing.OVERTAKEN


def _ask(parent: QWidget, session: TrainingSession, text: str, details: str, answers: Mapping[str, Closing]) -> Closing:
    """Ask; a signal of the session that makes another question necessary, or none, closes the question."""
    signals = session.concluded, session.storageChanged
    return question.ask(parent, text, details, answers, unanswered=Closing.OVERTAKEN, closed_by=signals)
