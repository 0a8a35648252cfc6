"""Menus from tables: a title and its entries."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

Shortcut = QKeySequence.StandardKey | str | None


class ActionSpec(NamedTuple):
    """An action to create: a name for the program, and what the user sees."""

    name: str
    text: str
    slot: Callable[[], object]
    shortcut: Shortcut
    tip: str


MenuEntry = ActionSpec | QAction | QMenu | None
"""An entry of a menu; None is a separator."""


def fill(bar: QMenuBar, table: Mapping[str, Sequence[MenuEntry]]) -> dict[str, QAction]:
    """Fill a menu bar from a table of titles and entries; return the actions made from specs, by name."""
    actions = {}
    for title, entries in table.items():
        menu = bar.addMenu(title)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            elif isinstance(entry, QMenu):
                menu.addMenu(entry)
            elif isinstance(entry, QAction):
                menu.addAction(entry)
            else:
                actions[entry.name] = _action(entry, menu)
    return actions


def _action(spec: ActionSpec, menu: QMenu) -> QAction:
    action = menu.addAction(spec.text)
    action.setToolTip(spec.tip)
    action.setStatusTip(spec.tip)
    if spec.shortcut is not None:
        action.setShortcut(QKeySequence(spec.shortcut))
    action.triggered.connect(lambda checked=False: spec.slot())
    return action


def toggle(text: str, shortcut: str, tip: str, parent: QObject) -> QAction:
    """Return a checkable action."""
    action = QAction(text, parent)
    action.setCheckable(True)
    action.setShortcut(shortcut)
    action.setToolTip(tip)
    action.setStatusTip(tip)
    return action


def choice(texts: Mapping[str, str], parent: QObject) -> QActionGroup:
    """Return exclusive actions, the first one checked; the data of each is its name."""
    group = QActionGroup(parent)
    for name, text in texts.items():
        action = QAction(text, parent)
        action.setCheckable(True)
        action.setData(name)
        action.setChecked(not group.actions())
        group.addAction(action)
    return group
