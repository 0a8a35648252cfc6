"""Lists the stored runs, and renames, deletes, restores, exports and overlays them."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from core.errors import DigitpadError, RunError
from core.files import atomic
from core.recognition import modelfile
from core.runs.run import Broken, Run
from core.runs.run_store import RunStore
from core.training.history import COLUMNS, History
from gui.recognition.models_controller import ModelsController
from gui.runs.run_table import RunEntry
from gui.runs.runs_view import RunAction, RunsView
from gui.style import theme
from gui.style.message import Message, Offer, Severity

if TYPE_CHECKING:
    from gui.curves.overlay_lines import Overlay

PictureOf = Callable[[Run, Path], None]
"""Writes a picture of a run's curves: PNG or SVG, by the suffix of the path."""


class RunsController(QObject):
    """Shows the runs of a store in a view, and handles the view's requests.

    Parameters
    ----------
    view, models
        Where runs are shown, and where a run's network is made active.
    picture_of
        Writes the pictures that the user exports.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    overlaysReady = Signal(object)
    """The overlaid runs have changed: a list of ``Overlay``."""
    restored = Signal(object)
    """Deleted runs are in the store again: a list of ``Run``."""

    def __init__(
        self, view: RunsView, store: RunStore, models: ModelsController, window: QWidget, picture_of: PictureOf
    ) -> None:
        super().__init__(window)
        self._view, self.store, self._models, self._window = view, store, models, window
        self._picture_of = picture_of
        self._reported: set[str] = set()
        self._histories: dict[str, tuple[int, History]] = {}  # by ID: the version of the file, and its content
        view.table.ticksChanged.connect(self._update_overlays)
        # Queued: a new list closes the editor of the name, which must have closed by itself before.
        view.table.renameRequested.connect(self._rename, Qt.ConnectionType.QueuedConnection)
        view.requested.connect(self._on_requested)
        theme.notifier.changed.connect(self._update_overlays)

    def refresh(self) -> None:
        """Show what is in the store now, which other processes may have changed."""
        problem = self.store.problem()
        self._view.show_problem(self.tr("{problem}.").format(problem=problem) if problem else "")
        self._view.show_runs(self.store.runs())

    def overlays(self) -> "list[Overlay]":
        """Return the ticked runs with their colours and curves; report one that cannot be read, and leave it out.

        Curves are read once, and again when their file has changed.
        """
        before, self._histories = self._histories, {}
        found = []
        for run, colour in self._view.table.ticked_runs():
            from gui.curves.overlay_lines import Overlay  # imports pyqtgraph: only once a run is ticked

            version = run.history_version()
            known = before.get(run.id)
            try:
                history = known[1] if known is not None and known[0] == version else run.history()
            except RunError as error:
                if run.id not in self._reported:  # once: each change of the colours calls this again
                    self._reported.add(run.id)
                    self._tell(str(error), Severity.BAD)
                continue
            self._histories[run.id] = version, history
            found.append(Overlay(run.name, colour, history))
        return found

    def _update_overlays(self) -> None:
        self.overlaysReady.emit(self.overlays())

    def _on_requested(self, action: RunAction, entries: list[RunEntry]) -> None:
        """Handle the actions that concern only the store; ``LabPanel`` handles the others."""
        first = entries[0]
        if action is RunAction.DELETE:
            self.delete(entries)
        elif isinstance(first, Run):
            own = {RunAction.LOAD: self._load, RunAction.NOTE: self._ask_note, RunAction.EXPORT: self._ask_export}
            if action in own:
                own[action](first)

    def delete(self, entries: list[RunEntry]) -> None:
        """Move runs into the trash."""
        deleted = [entry for entry in entries if self._try(partial(self.store.delete, entry))]
        self.refresh()
        if len(deleted) == 1:
            (only,) = deleted
            name = only.id if isinstance(only, Broken) else only.short_name
            self._offer_undo(self.tr("“{name}” was deleted.").format(name=name), deleted)
        elif deleted:
            self._offer_undo(self.tr("{n} runs were deleted.").format(n=len(deleted)), deleted)

    def note_discarded(self, runs: Sequence[Run]) -> None:
        """Offer to restore a cancelled run, whose parts are in the trash now, in any store."""
        self.refresh()
        if runs:
            self._offer_undo(self.tr("“{name}” was cancelled.").format(name=runs[-1].short_name), runs)

    def _offer_undo(self, text: str, deleted: Iterable[RunEntry]) -> None:
        undo = Offer(partial(self._restore, [entry.folder for entry in deleted]))
        self.messageReady.emit(Message(text, Severity.INFO, offers={self.tr("Undo"): undo}))

    def _restore(self, folders: Iterable[Path]) -> None:
        """Restore deleted runs, each in the store that it was in."""
        restored = [folder for folder in folders if self._try(partial(RunStore(folder.parent).restore, folder.name))]
        self.refresh()
        runs = [entry for entry in self.store.runs() if isinstance(entry, Run) and entry.folder in restored]
        self.restored.emit(runs)
        for folder in restored:
            if not self.store.holds(folder):  # the list does not show it
                self._tell(self.tr("The run is in {folder} again.").format(folder=folder))

    # -- single runs ---------------------------------------------------------------------------------------------------

    def _load(self, run: Run) -> None:
        """Make a run's network active, unless it cannot be read or an unsaved network is to stay."""
        try:
            model = run.model()
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        if self._models.take(model, run.name):
            self._tell(self.tr("“{name}” answers now.").format(name=run.short_name))

    def _rename(self, run: Run, name: str) -> None:
        self._try(partial(self.store.label, run, name=name))
        self.refresh()

    def _ask_note(self, run: Run) -> None:
        title, text = self.tr("Note"), self.tr("Note on “{name}”:").format(name=run.short_name)
        note, accepted = QInputDialog.getMultiLineText(self._window, title, text, run.note)
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
            self._window, self.tr("Export “{name}”").format(name=run.short_name), "", ";;".join(filters)
        )
        if name:
            path = Path(name)
            if path.suffix.lower() not in filters.values():
                path = path.with_name(path.name + filters.get(chosen, ".csv"))
            self.export(run, path)

    def export(self, run: Run, path: Path) -> None:
        """Write a run's evaluations (.csv), a picture of its curves (.png, .svg) or its network (.safetensors)."""
        writers: dict[str, Callable[[Run, Path], None]] = {
            ".csv": _export_csv,
            ".png": self._picture_of,
            ".svg": self._picture_of,
            ".safetensors": lambda run, path: modelfile.save(run.model(), path),
        }
        write = writers.get(path.suffix.lower())
        if write is None:
            text = self.tr("{path}: a run can be exported as .csv, .png, .svg or .safetensors.").format(path=path)
            self._tell(text, Severity.BAD)
        elif self._try(partial(write, run, path)):
            self._tell(self.tr("Saved as {path}.").format(path=path))

    def _try(self, action: Callable[[], object]) -> bool:
        """Run an action that may fail, report its failure, and return whether it succeeded."""
        try:
            action()
        except (DigitpadError, OSError) as error:
            self._tell(str(error), Severity.BAD)
            return False
        return True

    def _tell(self, text: str, severity: Severity = Severity.GOOD) -> None:
        self.messageReady.emit(Message(text, severity))


def _export_csv(run: Run, path: Path) -> None:
    """Write a run's evaluations, one per row; raise RunError if that fails."""
    table = run.history().evaluations
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(table[name].tolist() for name in COLUMNS), strict=True))
    if problem := atomic.problem(path):
        raise RunError(problem)
    atomic.write(path, text.getvalue().encode(), RunError)
