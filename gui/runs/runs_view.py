"""The run shelf: all runs that were kept, side by side, and what can be done with them."""

import enum
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.runs.run import Broken, Run, Status, differing
from gui.runs.run_table import SORT_ROLE, RunEntry, RunTable
from gui.style import theme

_MAX_COLUMN = 220  # px: a long name does not push the scores away
_COLUMNS = (5, 4, 3)  # of buttons, whichever fits; in a narrower window they show their icons alone
_MAX_SHOWN = 12  # settings in which two runs differ; more would push the table away


class RunAction(enum.Enum):
    """What the user wants with a run; its value is the name of the button."""

    LOAD = "load"
    """Its network is to answer."""
    RESUME = "resume"
    """It was interrupted, and is to go on."""
    USE_SETTINGS = "settings"
    """Its settings are to be copied into the panel."""
    CONTINUE = "continue"
    """Another run is to begin with its last weights."""
    EVALUATE = "evaluate"
    """Its predictions of its test digits are to be shown."""
    NOTE = "note"
    EXPORT = "export"
    DELETE = "delete"


class RunsView(QWidget):
    """A table of runs with actions on those that are selected. It says what the user wants; it does nothing itself."""

    overlaysChanged = Signal()
    """Other runs' curves are to be shown: see ``overlaid``."""
    requested = Signal(object, object)
    """Something is to be done: a ``RunAction``, with the selected entries, of which there is at least one."""
    renameRequested = Signal(object, str)
    """This run is to have that name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RunTable()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.table)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = QTableView()
        self._detail = QLabel()
        self._newest: Sequence[RunEntry] | None = None  # what waits to be shown
        self._buttons: list[QToolButton] = []
        self.actions_by_name: dict[str, QAction] = {}
        self._make_actions()
        self._lay_out()
        self.table.ticked.connect(self.overlaysChanged)
        # Queued: the list is made anew then, and the editor of the name must have closed before.
        self.table.renamed.connect(self._on_renamed, Qt.ConnectionType.QueuedConnection)
        # Queued, too: as it is said, the editor is still there.
        self.view.itemDelegate().closeEditor.connect(self._show_newest, Qt.ConnectionType.QueuedConnection)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        theme.notifier.changed.connect(self.view.viewport().update)
        self._on_selection()

    def show_problem(self, text: str) -> None:
        """Say why there is no run to show; empty where there may be none."""
        self._empty.setText(text or self.tr("Each run is kept here by itself, with its curves and its network."))

    def show_runs(self, entries: Sequence[RunEntry]) -> None:
        """Show these runs; what is ticked and selected stays so. Silent, but where a ticked one has gone or come back.

        While a name is being edited they wait: to show them would close the editor, with what has been typed.
        """
        self._newest = entries
        if not self._is_naming():
            self._show_newest()

    def _show_newest(self) -> None:
        entries, self._newest = self._newest, None
        if entries is None:
            return
        chosen = {entry.id for entry in self.selected()}
        before = [run.id for run, _ in self.overlaid()]
        self.table.set_runs(entries)
        rows = [row for row, entry in enumerate(entries) if entry.id in chosen]
        for row in rows:
            index = self._sorted.mapFromSource(self.table.index(row, 0))
            self.view.selectionModel().select(
                index, self.view.selectionModel().SelectionFlag.Select | self.view.selectionModel().SelectionFlag.Rows
            )
        self._empty.setVisible(not entries)
        self._on_selection()
        if [run.id for run, _ in self.overlaid()] != before:
            self.overlaysChanged.emit()

    def overlaid(self) -> list[tuple[Run, QColor]]:
        """Return the runs whose curves are to be shown, with their colours."""
        return self.table.ticked_runs()

    def selected(self) -> list[RunEntry]:
        """Return what is selected, from top to bottom."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self.table.entry(self._sorted.mapToSource(index).row()) for index in rows]

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        tr = self.tr
        for name, icon, text, tip in (
            ("load", "pen", tr("Let it answer"), tr("Let this run's network read what is on the pad")),
            ("resume", "play", tr("Go on"), tr("Go on with this run, from where it was interrupted")),
            ("settings", "settings", tr("Use settings"), tr("Take this run's settings over into the panel above")),
            ("continue", "redo", tr("Train more"), tr("Begin a run with this one's last weights and settings")),
            ("evaluate", "picture", tr("Test digits"), tr("Show which test digits it reads wrongly")),
            ("rename", "settings", tr("Rename"), tr("Give this run another name")),
            ("note", "info", tr("Note"), tr("Write a note on this run")),
            ("export", "save", tr("Export"), tr("Save its curves as CSV, PNG or SVG, or its network")),
            ("delete", "clear", tr("Delete"), tr("Delete the selected runs; this can be undone")),
        ):
            action = QAction(text, self)
            action.setToolTip(tip)
            theme.set_icon(action, icon)
            action.triggered.connect(lambda checked=False, name=name: self._act(name))
            self.actions_by_name[name] = action
        for name, key in (("delete", Qt.Key.Key_Delete), ("rename", Qt.Key.Key_F2)):
            action = self.actions_by_name[name]
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)

    def _lay_out(self) -> None:
        self.view.setModel(self._sorted)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSortingEnabled(True)
        self._sorted.sort(-1)  # as they come: the newest first, until a column is asked for
        self.view.setShowGrid(False)
        self.view.setAlternatingRowColors(True)
        self.view.verticalHeader().hide()
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)  # rows that are measured: of a thousand, all would take half a second
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setMaximumSectionSize(_MAX_COLUMN)
        header.setStretchLastSection(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.view.setAccessibleName(self.tr("Runs"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self._empty = QLabel(self.view)
        self.show_problem("")
        self._empty.setWordWrap(True)
        self._empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        bar = QWidget()
        bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._button_grid = QGridLayout(bar)
        self._button_grid.setContentsMargins(0, 0, 0, 0)
        self._button_grid.setSpacing(2)
        self._button_grid.setColumnStretch(_COLUMNS[0], 1)
        for action in self.actions_by_name.values():
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            self._buttons.append(button)
        self._arrange_buttons()
        self._detail.setWordWrap(True)
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        # A word that is longer than a line does not make the window wider.
        self._detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING // 2)
        layout.addWidget(bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._detail)
        layout.addWidget(self._empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the buttons anew."""
        super().resizeEvent(event)
        self._arrange_buttons()

    def _arrange_buttons(self) -> None:
        """Put the buttons into as many columns as have room for their texts, or show their icons alone."""
        styles, room = Qt.ToolButtonStyle, self.width() - 2 * theme.MARGIN
        for button in self._buttons:
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
        n_columns = next((n for n in _COLUMNS if self._buttons_width(n) <= room), 0)
        for number, button in enumerate(self._buttons):
            if not n_columns:
                button.setToolButtonStyle(styles.ToolButtonIconOnly)
            self._button_grid.addWidget(button, *divmod(number, n_columns or _COLUMNS[0]))

    def _buttons_width(self, n_columns: int) -> int:
        """Return the width of the buttons in so many columns, in pixels."""
        columns = [self._buttons[first::n_columns] for first in range(n_columns)]
        widths = [max(button.sizeHint().width() for button in column) for column in columns]
        return sum(widths) + self._button_grid.spacing() * n_columns

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _act(self, name: str) -> None:
        if not self._is_naming():
            self._do(name)
        elif name != "rename":
            self._end_naming()
            QTimer.singleShot(0, self, lambda: self._do(name))  # when the list has the new name

    def _do(self, name: str) -> None:
        chosen = self.selected()
        if name == "rename":
            rows = self.view.selectionModel().selectedRows()
            self.view.edit(rows[0])
        elif chosen:
            self.requested.emit(RunAction(name), chosen)

    def _is_naming(self) -> bool:
        return self.view.state() == QAbstractItemView.State.EditingState

    def _end_naming(self) -> None:
        """Take the name as it has been typed so far: buttons take no focus from the editor, and a list waits for it."""
        delegate = self.view.itemDelegate()
        for editor in self.view.viewport().findChildren(QLineEdit):
            delegate.commitData.emit(editor)
            delegate.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _on_selection(self) -> None:
        chosen = self.selected()
        one = chosen[0] if len(chosen) == 1 else None
        run = one if isinstance(one, Run) else None
        ended = run is not None and run.status not in (Status.RUNNING, Status.INTERRUPTED)
        for name, makes_sense in (
            ("load", ended and run is not None and bool(run.scores)),
            ("resume", run is not None and run.status is Status.INTERRUPTED),
            ("settings", run is not None),
            ("continue", ended and run is not None and run.status is not Status.DIVERGED),
            ("evaluate", ended and run is not None and bool(run.scores)),
            ("rename", run is not None),
            ("note", run is not None),
            ("export", run is not None),
            ("delete", bool(chosen)),
        ):
            self.actions_by_name[name].setEnabled(makes_sense)
        self._detail.setText(self._told(chosen))
        self._detail.setVisible(bool(self._detail.text()))

    def _told(self, chosen: list[RunEntry]) -> str:
        """Return what is worth saying of the selected runs."""
        runs = [entry for entry in chosen if isinstance(entry, Run)]
        if len(chosen) == 1 and isinstance(chosen[0], Broken):
            return chosen[0].reason
        if len(runs) == 1:
            return "\n".join(filter(None, (self._shape(runs[0]), runs[0].note, _sentence(runs[0].error))))
        if len(runs) == 2:
            return self._difference(runs)
        return ""

    def _shape(self, run: Run) -> str:
        hidden = run.settings.get("hidden") or []
        sizes = "-".join(map(str, (784, *hidden, 10))) if isinstance(hidden, list | tuple) else ""
        return self.tr("{0} on {1}, seed {2}, {3:,} of {4:,} steps, best at step {5:,}").format(
            sizes, run.data, run.settings.get("seed", "?"), run.step, run.n_steps, run.best_step
        )

    def _difference(self, runs: list[Run]) -> str:
        found = differing(runs)
        if not found:
            return self.tr("Both have the same settings.")
        parts = [f"{_word(name)}: {_shown(one)} | {_shown(other)}" for name, (one, other) in found.items()]
        more = len(parts) - _MAX_SHOWN
        if more > 0:
            parts[_MAX_SHOWN:] = [self.tr("and {0} more").format(more)]
        names = " | ".join(run.short_name for run in runs)
        return self.tr("{0} differ in  {1}").format(names, "  ·  ".join(parts))

    def _on_renamed(self, run_id: str, name: str) -> None:
        for row in range(self.table.rowCount()):
            entry = self.table.entry(row)
            if entry.id == run_id:
                self.renameRequested.emit(entry, name)
                return

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(list(self.actions_by_name.values()))
        menu.exec(self.view.viewport().mapToGlobal(place))
        menu.deleteLater()


def _sentence(text: str) -> str:
    """Return what another sentence would have ended with as one of its own."""
    return text[:1].upper() + text[1:]


def _word(name: str) -> str:
    """Return a setting's name for people."""
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    """Return a setting's value for people: 784 widths need no brackets, a number no sixteen digits."""
    if isinstance(value, list | tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else "–" if value in (None, "") else str(value)
