"""Tells when the run cannot be kept, and offers to keep it elsewhere."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from core.runs.records import RunOutcome
from core.runs.run import Run
from core.runs.run_store import RunStore
from gui.recognition.models_controller import ModelsController
from gui.style.message import Message, Offer, Offers, Severity
from gui.training.events import Moved, RunEvent, StorageChanged
from gui.training.outcome_text import Storage
from gui.training.session import RunState, TrainingSession


class StorageWarnings(QObject):
    """Follows a session's runs.

    Parameters
    ----------
    store
        Where runs are kept, and listed; None where none are.
    show
        Shows a message to the user.
    """

    def __init__(
        self,
        session: TrainingSession,
        models: ModelsController,
        store: RunStore | None,
        window: QWidget,
        show: Callable[[Message], object],
    ) -> None:
        super().__init__(window)
        self._session, self._models, self._store, self._window = session, models, store, window
        self._show = show
        self._has_result = False
        session.happened.connect(self._on_event)
        session.stateChanged.connect(self._on_state)

    def at_end(self, outcome: RunOutcome) -> Storage:
        """Return where a run that has ended is kept."""
        self._has_result = outcome.model is not None
        folder = self._store.folder if self._store is not None else None
        is_listed = outcome.run is not None and self._store is not None and self._store.holds(outcome.run.folder)
        return Storage(folder, is_listed, was_failing=bool(self._session.live.storage_failure))

    def offers_at_end(self, outcome: RunOutcome) -> Offers:
        """Return what can be done about a network that is saved nowhere."""
        return self._saving() if outcome.storage_failure and outcome.model is not None else {}

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def _on_event(self, event: RunEvent) -> None:
        match event:
            case StorageChanged(reason=""):
                text = self.tr("The run can be written again. All that it has brought so far is kept.")
                self._tell(text, Severity.GOOD)
            case StorageChanged():
                self._tell_failure()
            case Moved(run=Run() as run):
                text = self.tr("The run is kept in {folder} from now on. digitpad-lab train --resume takes that name.")
                self._tell(text.format(folder=run.folder), Severity.GOOD)
            case Moved(reason=reason):
                text = self.tr("The run cannot be kept there either: {reason}.").format(reason=reason)
                self._tell(text, Severity.BAD, self._moving())

    def _on_state(self, state: RunState) -> None:
        """Say it once more at a pause: the message may have been dismissed since."""
        if state is RunState.PAUSED and self._session.live.storage_failure:
            self._tell_failure()

    def _tell_failure(self) -> None:
        text = self.tr("The run goes on in memory, but cannot be kept at present: {reason}.")
        self._tell(text.format(reason=self._session.live.storage_failure), Severity.BAD, self._moving())

    # -- what can be done about it -------------------------------------------------------------------------------------

    def _moving(self) -> Offers:
        return {self.tr("Keep it elsewhere…"): Offer(self._ask_folder, self._is_failing)}

    def _is_failing(self) -> bool:
        """Return whether a run is going on that cannot be kept at present."""
        return self._session.is_active and bool(self._session.live.storage_failure)

    def _saving(self) -> Offers:
        return {self.tr("Save model…"): Offer(self._models.choose_save_path, self._models.has_unsaved, returns=True)}

    def _ask_folder(self) -> None:
        """Ask in which folder the run is to be kept; it may end meanwhile."""
        number = self._session.number
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder to keep the run in"))
        if number != self._session.number or not self._session.is_active:
            self._tell_ended()
        elif folder:
            self._session.keep_in(RunStore(Path(folder)))
        elif self._is_failing():
            self._tell_failure()  # the offer still stands

    def _tell_ended(self) -> None:
        if self._has_result:
            self._tell(self.tr("The run has ended meanwhile. Its network can be saved."), offers=self._saving())
        else:
            self._tell(self.tr("The run has ended meanwhile."))

    def _tell(self, text: str, severity: Severity = Severity.INFO, offers: Offers | None = None) -> None:
        self._show(Message(text, severity, offers=offers or {}))
