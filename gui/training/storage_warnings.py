"""The desk of a run that cannot be kept: it says so when it happens, and asks where else the run may be kept."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.runs.run import Run
from core.runs.run_store import RunStore
from gui.recognition.models_controller import ModelsController
from gui.style.message import Message, Offer, Offers, Severity
from gui.training.session import RunState, TrainingSession
from gui.training.worker import RunOutcome


class StorageWarnings(QObject):
    """Follows a session's runs.

    Parameters
    ----------
    shelf
        Where runs are kept, and listed; None where none are.
    """

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(
        self, session: TrainingSession, models: ModelsController, store: RunStore | None, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._models, self._store, self._window = session, models, store, window
        self._reason = ""  # why the run cannot be kept at present
        self._has_result = False
        session.storageTold.connect(self._on_told)
        session.moved.connect(self._on_moved)
        session.stateChanged.connect(self._on_state)

    def verdict(self, outcome: RunOutcome) -> tuple[str, Severity, Offers]:
        """Return what is to be said, at its end, of where a run is kept; an empty sentence where it is as always."""
        was_unkept, self._reason = bool(self._reason), ""
        self._has_result = outcome.model is not None
        if outcome.unkept and outcome.model is not None:
            text = self.tr("The run could not be kept by itself ({0}): save its network.").format(outcome.unkept)
            return text, Severity.BAD, self._saving()
        if outcome.run is not None and self.is_elsewhere(outcome.run):
            text = self.tr("The run is kept in {0}.").format(outcome.run.folder)
            if self._store is not None:
                moved = self.tr("The list of runs shows it once that folder has been moved into {0}.")
                text = f"{text} {moved.format(self._store.folder)}"
            return text, Severity.INFO, {}
        if was_unkept and not outcome.error:  # in place of what was said before: its offer has come to nothing
            return self.tr("The run has ended; nothing of it was kept."), Severity.INFO, {}
        return "", Severity.INFO, {}

    def can_keep(self) -> bool:
        """Return whether the run that goes on can be kept, as far as is known."""
        return self._store is not None and not self._reason

    def is_elsewhere(self, run: Run) -> bool:
        """Return whether a run is kept where the list of runs does not show it."""
        return self._store is None or not self._store.holds(run.folder)

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def _on_told(self, reason: str) -> None:
        self._reason = reason
        if reason:
            self._tell_reason()
        else:
            self._tell(self.tr("The run can be written again; all that it has brought so far is kept."), Severity.GOOD)

    def _on_state(self, state: RunState) -> None:
        """Say it once more at a pause: the message may have been put away since."""
        if state is RunState.PAUSED and self._reason:
            self._tell_reason()

    def _tell_reason(self) -> None:
        text = self.tr("The run goes on in memory, but cannot be kept at present: {0}.")
        self._tell(text.format(self._reason), Severity.BAD, self._moving())

    def _on_moved(self, run: Run | None, problem: str) -> None:
        if run is None:
            text = self.tr("The run cannot be kept there either: {0}.")
            self._tell(text.format(problem), Severity.BAD, self._moving())
        else:
            self._reason = ""
            text = self.tr("The run is kept in {0} from now on; digitpad-lab train --resume takes it up by that name.")
            self._tell(text.format(run.folder), Severity.GOOD)

    # -- what can be done about it -------------------------------------------------------------------------------------

    def _moving(self) -> Offers:
        return {self.tr("Keep it elsewhere…"): Offer(self._ask_place, self._is_unkept)}

    def _is_unkept(self) -> bool:
        """Return whether a run is going on that cannot be kept at present."""
        return self._session.is_active and bool(self._reason)

    def _saving(self) -> Offers:
        return {self.tr("Save model…"): Offer(self._models.choose_place, self._models.has_unsaved, returns=True)}

    def _ask_place(self) -> None:
        """Ask in which folder the run is to be kept; it may end meanwhile."""
        number = self._session.number
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder to keep the run in"))
        if number != self._session.number or not self._session.is_active:
            self._tell_ended()
        elif folder:
            self._session.keep_in(RunStore(Path(folder)))
        elif self._reason:
            self._tell_reason()  # the offer still stands

    def _tell_ended(self) -> None:
        if self._has_result:
            self._tell(self.tr("The run has ended meanwhile: its network can be saved."), Severity.INFO, self._saving())
        else:
            self._tell(self.tr("The run has ended meanwhile."), Severity.INFO)

    def _tell(self, text: str, severity: Severity, offers: Offers | None = None) -> None:
        self.messageReady.emit(Message(text, severity, "", offers or {}))
