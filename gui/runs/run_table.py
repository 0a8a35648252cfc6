"""The runs as a table: one row each, with a box to tick for its curves to be shown."""

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap

from core.runs.run import MAX_NAME, Broken, Run, Status
from core.training import recipes
from gui.style import theme

Index = QModelIndex | QPersistentModelIndex
RunEntry = Run | Broken

_ROLE = Qt.ItemDataRole
SORT_ROLE = _ROLE.UserRole
"""What rows are sorted by: numbers as numbers, also those in a name."""


class _Column(NamedTuple):
    title: str
    tip: str
    get: Callable[[Run], Any]
    form: Callable[[Any], str]


def _recipe(run: Run) -> str:
    """Return the recipe's name, with a mark where more than the seed was changed."""
    recipe = recipes.RECIPES.get(run.recipe)
    if recipe is None:
        return run.recipe
    changed = any(run.settings.get(name) != value for name, value in recipe.config.as_dict().items() if name != "seed")
    return f"{run.recipe} *" if changed else run.recipe


_PERCENT = "{:.2%}".format
_STATE = 2  # the column
_SWATCH = 14  # px
_COLUMNS = (
    _Column("Run", "What the run is called; the box shows its curves", lambda run: run.name, str),
    _Column("Recipe", "The settings that it began with; with *, some were changed", _recipe, str),
    _Column("State", "How it stands, or how it ended", lambda run: run.status.value, str),
    _Column(
        "Validation",
        "The best share of validation digits read right",
        lambda run: run.best_validation,
        _PERCENT,
    ),
    _Column("Test", "The share of test digits read right", lambda run: run.test_accuracy, _PERCENT),
    _Column("Parameters", "How many numbers the network has learned", lambda run: run.parameters, "{:,}".format),
    _Column("Seconds", "Of training, pauses left out", lambda run: run.seconds, "{:,.1f}".format),
    _Column("Begun", "When it began, in UTC", lambda run: run.created, lambda text: text.replace("T", " ")[:16]),
)


class RunTable(QAbstractTableModel):
    """Runs and broken folders, each known by its ID.

    A run has a colour as long as it is ticked: the first that no other has. Ticks outlive a new list, and also a
    deletion, which may be undone.
    """

    ticked = Signal()
    """The user has ticked a box, or cleared one."""
    renamed = Signal(str, str)
    """The user wants a run, by its ID, to have another name."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[RunEntry] = []
        self._ticked: dict[str, int] = {}

    def set_runs(self, entries: Sequence[RunEntry]) -> None:
        """Show other runs, the newest first; silent but for the views."""
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def entry(self, row: int) -> RunEntry:
        """Return what a row shows."""
        return self._entries[row]

    def ticked_runs(self) -> list[tuple[Run, QColor]]:
        """Return the runs whose boxes are ticked, each with its colour, the oldest first."""
        runs = [run for run in reversed(self._entries) if isinstance(run, Run) and run.id in self._ticked]
        return [(run, self._colour(run)) for run in runs]

    def _colour(self, run: Run) -> QColor:
        series = theme.run_colours()
        return series[self._ticked[run.id] % len(series)]

    def _tick(self, run: Run, *, ticked: bool) -> None:
        if ticked:
            taken = set(self._ticked.values())
            self._ticked[run.id] = next(number for number in itertools.count() if number not in taken)
        else:
            self._ticked.pop(run.id, None)

    # -- what Qt asks --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return a column's title, or what it tells."""
        if orientation is Qt.Orientation.Horizontal and role in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
            column = _COLUMNS[section]
            return QCoreApplication.translate("RunTable", column.tip if role == _ROLE.ToolTipRole else column.title)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the names of runs be edited, and their boxes ticked."""
        flags = super().flags(index)
        if index.column() == 0 and isinstance(self._entries[index.row()], Run):
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return what a cell shows."""
        entry = self._entries[index.row()]
        if isinstance(entry, Broken):
            return self._broken(entry, index.column(), role)
        column = _COLUMNS[index.column()]
        value = column.get(entry)
        if role == SORT_ROLE:
            return -1.0 if value is None else _natural(value) if isinstance(value, str) else value
        if role == _ROLE.DisplayRole:
            return "–" if value is None else column.form(value)
        if role == _ROLE.ToolTipRole:
            return "\n".join(filter(None, (entry.name, entry.note, entry.error)))
        if role == _ROLE.ForegroundRole and index.column() == _STATE:
            return {Status.DIVERGED: theme.colours().bad, Status.INTERRUPTED: theme.colours().warn}.get(entry.status)
        if role == _ROLE.TextAlignmentRole and isinstance(value, int | float):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if index.column() == 0:
            if role == _ROLE.DecorationRole:
                return _swatch(self._colour(entry) if entry.id in self._ticked else None)
            if role == _ROLE.EditRole:
                return entry.name
            if role == _ROLE.CheckStateRole:
                return Qt.CheckState.Checked if entry.id in self._ticked else Qt.CheckState.Unchecked
        return None

    def _broken(self, entry: Broken, column: int, role: int) -> Any:
        first, is_state = column == 0, column == _STATE
        if role in (_ROLE.DisplayRole, SORT_ROLE):
            if is_state:
                return QCoreApplication.translate("RunTable", "broken")
            if role == SORT_ROLE:
                return _natural(entry.id) if first else -1.0
            return entry.id if first else "–"
        if role == _ROLE.ToolTipRole:
            return entry.reason
        return theme.colours().bad if role == _ROLE.ForegroundRole and is_state else None

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Take over a tick, or say that another name is wanted."""
        entry = self._entries[index.row()]
        if role == _ROLE.CheckStateRole and isinstance(entry, Run):
            self._tick(entry, ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
            self.dataChanged.emit(index, index, [role, _ROLE.DecorationRole])
            self.ticked.emit()
            return True
        if role == _ROLE.EditRole and value.strip() and value != self.data(index, role):
            self.renamed.emit(entry.id, value)
        return False


def _natural(text: str) -> str:
    """Return a text by which ``quick 2`` comes before ``quick 10``, and ``0.05`` before ``0.1``.

    All whole numbers in it have the same length; what follows a point stays as it is.
    """
    return re.sub(r"(?<![.0-9])[0-9]+", lambda number: number[0].zfill(MAX_NAME), text)


def _swatch(colour: QColor | None) -> QIcon:
    """Return a square of a colour, the same where the row is selected; an empty one for a run that is not shown."""
    pixmap = QPixmap(_SWATCH, _SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent if colour is None else colour)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
