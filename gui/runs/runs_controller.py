"""Lists the kept runs, and does with them what the user wants: rename, delete, restore, export, overlay."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from core.errors import DigitpadError, RunError
from core.files import atomic
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.runs.run import Broken, Run
from core.runs.run_store import RunStore
from core.training.history import COLUMNS, History
from gui.runs.run_table import RunEntry
from gui.runs.runs_view import RunAction, RunsView
from gui.style import theme
from gui.style.message import Message, Offer, Severity

if TYPE_CHECKING:
    from gui.curves.overlay_lines import Overlay

PictureOf = Callable[[Run, Path], None]
"""Writes a picture of a run's curves, PNG or SVG by the name's ending."""


class RunsController(QObject):
    """Lists a store's runs in a view, and does with them what the user wants; the view knows of no files."""

    messageReady = Signal(object)
    """A ``Message`` for the user."""
    overlaysReady = Signal(object)
    """The runs whose curves are to be drawn beside the live one have changed: a list of ``Overlay``."""
    restored = Signal(object)
    """Deleted runs are in the store again: a list of ``Run``."""
    modelTaken = Signal(object, str)
    """A run's network, and what it is called: it is to answer."""

    def __init__(self, view: RunsView, store: RunStore, window: QWidget, picture_of: PictureOf) -> None:
        super().__init__(window)
        self._view, self.store, self._window, self._picture_of = view, store, window, picture_of
        self._told: set[str] = set()
        self._histories: dict[str, tuple[int, History]] = {}
        view.overlaysChanged.connect(self._hand_over_overlays)
        view.renameRequested.connect(self._rename)
        view.requested.connect(self._on_requested)
        theme.notifier.changed.connect(self._hand_over_overlays)

    def refresh(self) -> None:
        """Show what is in the store now; other processes may have put runs there."""
        self._view.show_problem(_sentence(self.store.problem()))
        self._view.show_runs(self.store.runs())

    def _hand_over_overlays(self) -> None:
        self.overlaysReady.emit(self.overlays())

    def overlays(self) -> "list[Overlay]":
        """Return the ticked runs with colour and curves; one that cannot be read is told, and left out.

        Curves are read once, and again when their file has changed.
        """
        before, self._histories = self._histories, {}
        found = []
        for run, colour in self._view.overlaid():
            from gui.curves.overlay_lines import Overlay  # it imports pyqtgraph: not before there is a tick

            version = run.history_version()
            known = before.get(run.id)
            try:
                history = known[1] if known is not None and known[0] == version else run.history()
            except RunError as error:
                if run.id not in self._told:  # once: overlays are handed over at each change of colours, too
                    self._told.add(run.id)
                    self.messageReady.emit(Message(str(error), Severity.BAD))
                continue
            self._histories[run.id] = version, history
            found.append(Overlay(run.name, colour, history))
        return found

    def _on_requested(self, action: RunAction, entries: list[RunEntry]) -> None:
        """Do what concerns the store alone; the rest is done elsewhere."""
        first = entries[0]
        if action is RunAction.DELETE:
            self.delete(entries)
        elif isinstance(first, Run):
            own = {RunAction.LOAD: self._load, RunAction.NOTE: self._ask_note, RunAction.EXPORT: self._ask_export}
            if action in own:
                own[action](first)

    def delete(self, entries: list[RunEntry]) -> None:
        """Put runs into the trash."""
        deleted = [entry for entry in entries if self._try(partial(self.store.delete, entry))]
        self.refresh()
        if deleted:
            only = deleted[0]
            name = only.id if isinstance(only, Broken) else only.short_name
            one, many = self.tr("“{0}” was deleted."), self.tr("{0} runs were deleted.")
            self._offer_undo(one.format(name) if len(deleted) == 1 else many.format(len(deleted)), deleted)

    def note_discarded(self, runs: Sequence[Run]) -> None:
        """Take note of what was kept of a run that was cancelled, on whatever shelf: it is in the trash now."""
        self.refresh()
        if runs:
            self._offer_undo(self.tr("“{0}” was cancelled.").format(runs[-1].short_name), runs)

    def _offer_undo(self, text: str, deleted: Iterable[RunEntry]) -> None:
        undo = Offer(partial(self._restore, [entry.folder for entry in deleted]))
        self.messageReady.emit(Message(text, Severity.INFO, offers={self.tr("Undo"): undo}))

    def _restore(self, folders: Iterable[Path]) -> None:
        """Bring back what was deleted, each run to the shelf that it was on."""
        restored = [folder for folder in folders if self._try(partial(RunStore(folder.parent).restore, folder.name))]
        self.refresh()
        runs = [entry for entry in self.store.runs() if isinstance(entry, Run) and entry.folder in restored]
        self.restored.emit(runs)
        for folder in restored:
            if not self.store.holds(folder):  # the list does not show it
                self.messageReady.emit(Message(self.tr("The run is kept in {0} again.").format(folder), Severity.GOOD))

    # -- single runs ---------------------------------------------------------------------------------------------------

    def model(self, run: Run) -> Model | None:
        """Return a run's network; where it cannot be read, that is told, and None returned."""
        try:
            return run.model()
        except DigitpadError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return None

    def _load(self, run: Run) -> None:
        if (model := self.model(run)) is not None:
            self.modelTaken.emit(model, run.name)
            self.messageReady.emit(Message(self.tr("“{0}” answers now.").format(run.short_name), Severity.GOOD))

    def _rename(self, run: Run, name: str) -> None:
        self._try(partial(self.store.label, run, name=name))
        self.refresh()

    def _ask_note(self, run: Run) -> None:
        note, accepted = QInputDialog.getMultiLineText(
            self._window,
            self.tr("Note"),
            self.tr("What is worth remembering of “{0}”?").format(run.short_name),
            run.note,
        )
        if accepted:
            self._try(partial(self.store.label, run, note=note.strip()))
            self.refresh()

    # -- export --------------------------------------------------------------------------------------------------------

    def _ask_export(self, run: Run) -> None:
        filters = {
            self.tr("Evaluations (*.csv)"): ".csv",
            self.tr("Picture of the curves (*.png)"): ".png",
            self.tr("Picture of the curves (*.svg)"): ".svg",
            self.tr("Network (*.safetensors)"): ".safetensors",
        }
        name, chosen = QFileDialog.getSaveFileName(
            self._window, self.tr("Export “{0}”").format(run.short_name), "", ";;".join(filters)
        )
        if name:
            path = Path(name)
            if path.suffix.lower() not in filters.values():
                path = path.with_name(path.name + filters.get(chosen, ".csv"))
            self.export(run, path)

    def export(self, run: Run, path: Path) -> None:
        """Write a run's evaluations (.csv), a picture of its curves (.png, .svg) or its network (.safetensors)."""
        ways: dict[str, Callable[[Run, Path], None]] = {
            ".csv": _export_csv,
            ".png": self._picture_of,
            ".svg": self._picture_of,
            ".safetensors": lambda run, path: modelfile.save(run.model(), path),
        }
        way = ways.get(path.suffix.lower())
        if way is None:
            text = self.tr("{0}: a run is exported as .csv, .png, .svg or .safetensors").format(path)
            self.messageReady.emit(Message(text, Severity.BAD))
        elif self._try(partial(way, run, path)):
            self.messageReady.emit(Message(self.tr("Saved as {0}.").format(path), Severity.GOOD))

    def _try(self, action: Callable[[], object]) -> bool:
        """Do what may fail, and tell if it does; return whether it has not."""
        try:
            action()
        except (DigitpadError, OSError) as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return False
        return True


def _sentence(text: str) -> str:
    return f"{text}." if text else ""


def _export_csv(run: Run, path: Path) -> None:
    """Write a run's evaluations, a row each; raise RunError where that fails."""
    table = run.history().evaluations
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(table[name].tolist() for name in COLUMNS), strict=True))
    if problem := atomic.problem(path):
        raise RunError(problem)
    atomic.write(path, text.getvalue().encode(), RunError)
