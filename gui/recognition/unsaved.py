"""The question before the program drops a model that is not saved in any file."""

import enum

from PySide6.QtWidgets import QWidget

from core.messages import tr
from gui.style import question


class Unsaved(enum.Enum):
    """What to do with a model that is not saved."""

    SAVE = enum.auto()
    DISCARD = enum.auto()
    STAY = enum.auto()


def ask_about_unsaved(parent: QWidget, name: str) -> Unsaved:
    """Ask whether to save a model; ``name`` is the name that the window shows for it."""
    answers = {tr("&Save it…"): Unsaved.SAVE, tr("&Discard it"): Unsaved.DISCARD, tr("&Back"): Unsaved.STAY}
    text = tr("The network “{name}” is not saved.", name=name)
    details = tr("Its run could not be stored. Without saving, the network is lost.")
    return question.ask(parent, text, details, answers, unanswered=Unsaved.STAY)
