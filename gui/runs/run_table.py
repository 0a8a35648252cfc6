"""The table model of runs: a row for each, with a check box that overlays its curves."""

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap

from core.messages import tr, translatable
from core.runs.run import MAX_NAME, Broken, Run, Status
from core.training import recipes
from gui.style import theme

Index = QModelIndex | QPersistentModelIndex
RunEntry = Run | Broken

_ROLE = Qt.ItemDataRole
SORT_ROLE = _ROLE.UserRole
"""The role with the value to sort by: numbers by value, also those in a name."""


class _Column(NamedTuple):
    title: str
    tip: str
    get: Callable[[Run], Any]
    format: Callable[[Any], str]


def _recipe(run: Run) -> str:
    """Return the recipe's name, with an asterisk if a setting other than the seed was changed."""
    recipe = recipes.RECIPES.get(run.recipe)
    if recipe is None:
        return run.recipe
    changed = any(run.settings.get(name) != value for name, value in recipe.config.as_dict().items() if name != "seed")
    return f"{run.recipe} *" if changed else run.recipe


_STATUS = {
    Status.RUNNING: translatable("running"),
    Status.INTERRUPTED: translatable("interrupted"),
    Status.FINISHED: translatable("finished"),
    Status.STOPPED: translatable("stopped"),
    Status.DIVERGED: translatable("diverged"),
}
_STATUS_COLUMN = 2
_SWATCH = 14  # px


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


_COLUMNS = (
    _Column(
        translatable("Run"), translatable("Name of the run; the box overlays its curves"), lambda run: run.name, str
    ),
    _Column(translatable("Recipe"), translatable("Recipe of the run; * if a setting was changed"), _recipe, str),
    _Column(
        translatable("Status"),
        translatable("Whether the run goes on, and how it ended if not"),
        lambda run: run.status.value,
        lambda value: tr(_STATUS[Status(value)]),
    ),
    _Column(
        translatable("Validation"),
        translatable("Best validation accuracy"),
        lambda run: run.best_validation,
        _percent,
    ),
    _Column(translatable("Test"), translatable("Test accuracy"), lambda run: run.test_accuracy, _percent),
    _Column(
        translatable("Parameters"),
        translatable("Number of parameters of the network"),
        lambda run: run.parameters,
        "{:,}".format,
    ),
    _Column(
        translatable("Seconds"),
        translatable("Seconds of training, pauses left out"),
        lambda run: run.seconds,
        "{:,.1f}".format,
    ),
    _Column(
        translatable("Started"),
        translatable("Start of the run, in UTC"),
        lambda run: run.created,
        lambda text: text.replace("T", " ")[:16],
    ),
)


class RunTable(QAbstractTableModel):
    """Runs and broken folders, identified by their IDs.

    A ticked run has a colour, the first that no other run has. Ticks survive a new list, and a deletion, which may be
    undone.
    """

    ticksChanged = Signal()
    """The ticked runs have changed: the user ticked or cleared a box, or a new list has other ticked runs."""
    renameRequested = Signal(object, str)
    """The user edited the name of a run: the ``Run``, and the new name."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[RunEntry] = []
        self._ticked: dict[str, int] = {}

    def set_runs(self, entries: Sequence[RunEntry]) -> None:
        """Show other runs, the newest first. Emit ``ticksChanged`` only if a ticked run has appeared or disappeared."""
        before = [run.id for run, _ in self.ticked_runs()]
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()
        if [run.id for run, _ in self.ticked_runs()] != before:
            self.ticksChanged.emit()

    def entry(self, row: int) -> RunEntry:
        """Return the entry of a row."""
        return self._entries[row]

    def ticked_runs(self) -> list[tuple[Run, QColor]]:
        """Return the ticked runs with their colours, the oldest first."""
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

    # -- the model -----------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return a column's title or tooltip."""
        if orientation is Qt.Orientation.Horizontal and role in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
            column = _COLUMNS[section]
            return tr(column.tip if role == _ROLE.ToolTipRole else column.title)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make the names of runs editable, and their boxes checkable."""
        flags = super().flags(index)
        if index.column() == 0 and isinstance(self._entries[index.row()], Run):
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return the data of a cell for a role."""
        entry = self._entries[index.row()]
        if isinstance(entry, Broken):
            return self._broken(entry, index.column(), role)
        column = _COLUMNS[index.column()]
        value = column.get(entry)
        if role == SORT_ROLE:
            return -1.0 if value is None else _natural(value) if isinstance(value, str) else value
        if role == _ROLE.DisplayRole:
            return "–" if value is None else column.format(value)
        if role == _ROLE.ToolTipRole:
            return "\n".join(filter(None, (entry.name, entry.note, entry.error)))
        if role == _ROLE.ForegroundRole and index.column() == _STATUS_COLUMN:
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
        first, is_status = column == 0, column == _STATUS_COLUMN
        if role in (_ROLE.DisplayRole, SORT_ROLE):
            if is_status:
                return tr("broken")
            if role == SORT_ROLE:
                return _natural(entry.id) if first else -1.0
            return entry.id if first else "–"
        if role == _ROLE.ToolTipRole:
            return entry.reason
        return theme.colours().bad if role == _ROLE.ForegroundRole and is_status else None

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Set a tick, or request another name."""
        entry = self._entries[index.row()]
        if role == _ROLE.CheckStateRole and isinstance(entry, Run):
            self._tick(entry, ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
            self.dataChanged.emit(index, index, [role, _ROLE.DecorationRole])
            self.ticksChanged.emit()
            return True
        if role == _ROLE.EditRole and isinstance(entry, Run) and value.strip() and value != entry.name:
            self.renameRequested.emit(entry, value)
        return False


def _natural(text: str) -> str:
    """Return a sort key by which ``quick 2`` comes before ``quick 10``, and ``0.05`` before ``0.1``.

    Whole numbers are padded with zeros; decimals are unchanged.
    """
    return re.sub(r"(?<![.0-9])[0-9]+", lambda number: number[0].zfill(MAX_NAME), text)


def _swatch(colour: QColor | None) -> QIcon:
    """Return a square of a colour, unchanged in selected rows; a transparent one for a run that is not ticked."""
    pixmap = QPixmap(_SWATCH, _SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent if colour is None else colour)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
