"""The page of stored runs: a table, and buttons for the selected ones."""

import enum
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPalette, QResizeEvent
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

from core.messages import tr
from core.runs.run import Broken, Run, Status, differing
from gui.runs.run_table import SORT_ROLE, RunEntry, RunTable
from gui.style import theme

_MAX_COLUMN = 220  # px: a long name leaves room for the scores
_COLUMNS = (5, 4, 3)  # of buttons, the first that fits; in a narrower window the buttons show icons alone
_MAX_SHOWN = 12  # settings in which two runs differ; more would leave no room for the table


class RunAction(enum.Enum):
    """A button for the selected runs; the value is its name."""

    LOAD = "load"
    """Make the run's network active."""
    RESUME = "resume"
    """Resume an interrupted run."""
    USE_SETTINGS = "settings"
    """Copy the run's settings into the training panel."""
    CONTINUE = "continue"
    """Start another run with the last weights of this one."""
    EVALUATE = "evaluate"
    """Evaluate the run's network on its test digits."""
    NOTE = "note"
    EXPORT = "export"
    DELETE = "delete"


class RunsView(QWidget):
    """A table of runs with a button for each action. It changes no run: controllers connect to its signals.

    Attributes
    ----------
    table : RunTable
        The model: its signals report changed ticks and edited names.
    view : QTableView
        Shows the model, sorted.
    """

    requested = Signal(object, object)
    """The user pressed a button: a ``RunAction``, and the selected entries, at least one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RunTable()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.table)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = QTableView()
        self.detail_label = QLabel()
        self.empty_label = QLabel(self.view)
        self._pending: Sequence[RunEntry] | None = None  # a list that is shown once a name has been edited
        self.buttons: list[QToolButton] = []
        self.actions_by_name: dict[str, QAction] = {}
        self._make_actions()
        self._lay_out()
        self.show_problem("")
        # Queued: when the signal is emitted, the editor is still open.
        self.view.itemDelegate().closeEditor.connect(self._show_pending, Qt.ConnectionType.QueuedConnection)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        theme.notifier.changed.connect(self.view.viewport().update)
        self._on_selection()

    def show_problem(self, text: str) -> None:
        """Show why the runs cannot be listed; empty if they can. Silent."""
        self.empty_label.setText(text or self.tr("Every run is stored here, with its curves and its network."))

    def show_runs(self, entries: Sequence[RunEntry]) -> None:
        """Show these runs; ticks and selection are kept. Silent, except for ``table.ticksChanged``.

        While a name is being edited, the list waits: showing it would close the editor and lose the text.
        """
        self._pending = entries
        if not self._is_editing():
            self._show_pending()

    def _show_pending(self) -> None:
        entries, self._pending = self._pending, None
        if entries is None:
            return
        chosen = {entry.id for entry in self.selected()}
        self.table.set_runs(entries)
        rows = [row for row, entry in enumerate(entries) if entry.id in chosen]
        for row in rows:
            index = self._sorted.mapFromSource(self.table.index(row, 0))
            self.view.selectionModel().select(
                index, self.view.selectionModel().SelectionFlag.Select | self.view.selectionModel().SelectionFlag.Rows
            )
        self.empty_label.setVisible(not entries)
        self._on_selection()

    def selected(self) -> list[RunEntry]:
        """Return the selected entries, from top to bottom."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self.table.entry(self._sorted.mapToSource(index).row()) for index in rows]

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        for name, icon, text, tip in (
            ("load", "pen", tr("Use network"), tr("Recognise the drawing with this run's network")),
            ("resume", "play", tr("Resume"), tr("Resume this run from where it was interrupted")),
            ("settings", "settings", tr("Use settings"), tr("Copy this run's settings into the panel above")),
            ("continue", "redo", tr("Train more"), tr("Start a run with this one's last weights and settings")),
            ("evaluate", "picture", tr("Test digits"), tr("Show the errors of this run's network on its test digits")),
            ("rename", "settings", tr("Rename"), tr("Change the name of this run")),
            ("note", "info", tr("Note"), tr("Write a note on this run")),
            ("export", "save", tr("Export"), tr("Save the curves of this run as CSV, PNG or SVG, or its network")),
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
        self._sorted.sort(-1)  # the newest first, until the user sorts by a column
        self.view.setShowGrid(False)
        self.view.setAlternatingRowColors(True)
        self.view.verticalHeader().hide()
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)  # rows to measure: all of a thousand would take half a second
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setMaximumSectionSize(_MAX_COLUMN)
        header.setStretchLastSection(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.view.setAccessibleName(self.tr("Runs"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.empty_label.setWordWrap(True)
        self.empty_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
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
            self.buttons.append(button)
        self._arrange_buttons()
        self.detail_label.setWordWrap(True)
        self.detail_label.setTextFormat(Qt.TextFormat.PlainText)
        self.detail_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        # Otherwise a word that is longer than a line would widen the window.
        self.detail_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING // 2)
        layout.addWidget(bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.detail_label)
        layout.addWidget(self.empty_label)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the buttons for the new width."""
        super().resizeEvent(event)
        self._arrange_buttons()

    def _arrange_buttons(self) -> None:
        """Put the buttons into as many columns as fit with their texts, or show the icons alone."""
        styles, room = Qt.ToolButtonStyle, self.width() - 2 * theme.MARGIN
        for button in self.buttons:
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
        n_columns = next((n for n in _COLUMNS if self._buttons_width(n) <= room), 0)
        for number, button in enumerate(self.buttons):
            if not n_columns:
                button.setToolButtonStyle(styles.ToolButtonIconOnly)
            self._button_grid.addWidget(button, *divmod(number, n_columns or _COLUMNS[0]))

    def _buttons_width(self, n_columns: int) -> int:
        """Return the width of the buttons in ``n_columns`` columns, in pixels."""
        columns = [self.buttons[first::n_columns] for first in range(n_columns)]
        widths = [max(button.sizeHint().width() for button in column) for column in columns]
        return sum(widths) + self._button_grid.spacing() * n_columns

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _act(self, name: str) -> None:
        if not self._is_editing():
            self._do(name)
        elif name != "rename":
            self._end_editing()
            QTimer.singleShot(0, self, lambda: self._do(name))  # after the queued renaming

    def _do(self, name: str) -> None:
        chosen = self.selected()
        if name == "rename":
            rows = self.view.selectionModel().selectedRows()
            self.view.edit(rows[0])
        elif chosen:
            self.requested.emit(RunAction(name), chosen)

    def _is_editing(self) -> bool:
        return self.view.state() == QAbstractItemView.State.EditingState

    def _end_editing(self) -> None:
        """Accept the name as it is: a button does not take the focus from the editor, and a new list waits for it."""
        delegate = self.view.itemDelegate()
        for editor in self.view.viewport().findChildren(QLineEdit):
            delegate.commitData.emit(editor)
            delegate.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _on_selection(self) -> None:
        chosen = self.selected()
        one = chosen[0] if len(chosen) == 1 else None
        run = one if isinstance(one, Run) else None
        ended = run is not None and run.status not in (Status.RUNNING, Status.INTERRUPTED)
        for name, applies in (
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
            self.actions_by_name[name].setEnabled(applies)
        self.detail_label.setText(self._details(chosen))
        self.detail_label.setVisible(bool(self.detail_label.text()))

    def _details(self, chosen: list[RunEntry]) -> str:
        """Return the details of one selected run, or the different settings of two."""
        runs = [entry for entry in chosen if isinstance(entry, Run)]
        if len(chosen) == 1 and isinstance(chosen[0], Broken):
            return chosen[0].reason
        if len(runs) == 1:
            return "\n".join(filter(None, (self._summary(runs[0]), runs[0].note, _capitalised(runs[0].error))))
        if len(runs) == 2:
            return self._difference(runs)
        return ""

    def _summary(self, run: Run) -> str:
        hidden = run.settings.get("hidden") or []
        sizes = "-".join(map(str, (784, *hidden, 10))) if isinstance(hidden, list | tuple) else ""
        text = self.tr("{sizes} on {data}, seed {seed}, {step:,} of {n_steps:,} steps, best at step {best:,}")
        seed = run.settings.get("seed", "?")
        return text.format(
            sizes=sizes, data=run.data, seed=seed, step=run.step, n_steps=run.n_steps, best=run.best_step
        )

    def _difference(self, runs: list[Run]) -> str:
        found = differing(runs)
        if not found:
            return self.tr("Both have the same settings.")
        parts = [f"{_label(name)}: {_shown(one)} | {_shown(other)}" for name, (one, other) in found.items()]
        more = len(parts) - _MAX_SHOWN
        if more > 0:
            parts[_MAX_SHOWN:] = [self.tr("and {n} more").format(n=more)]
        names = " | ".join(run.short_name for run in runs)
        return self.tr("{names} differ in  {settings}").format(names=names, settings="  ·  ".join(parts))

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(list(self.actions_by_name.values()))
        menu.exec(self.view.viewport().mapToGlobal(position))
        menu.deleteLater()


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _label(name: str) -> str:
    """Return the name of a setting in words."""
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    """Return the value of a setting as text: widths without brackets, numbers with six digits at most."""
    if isinstance(value, list | tuple):
        return "-".join(map(str, value)) or tr("none")
    return f"{value:g}" if isinstance(value, float) else "–" if value in (None, "") else str(value)
