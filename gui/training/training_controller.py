"""Connects the session with the training panel, the curves and the active model, and says how runs ended."""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core import threads
from core.errors import DigitpadError, Remedy
from core.runs.records import RunOutcome, RunRequest
from core.runs.run import Broken, Run, Status
from core.runs.run_store import RunStore
from gui.recognition.active_model import ActiveModel
from gui.recognition.models_controller import ModelsController
from gui.shell.error_reporting import log
from gui.style.message import Message, Offer, Offers, Severity
from gui.training import confirmations, outcome_text
from gui.training.confirmations import Closing
from gui.training.controls import RunControl
from gui.training.events import Prepared, Progressed, RateChanged, RunEvent, SnapshotTaken
from gui.training.panel import TrainingPanel
from gui.training.session import RunState, TrainingSession
from gui.training.storage_warnings import StorageWarnings

if TYPE_CHECKING:
    from gui.curves.curves import Curves


class TrainingController(QObject):
    """Starts runs, lets the views follow them, and says how they ended.

    It connects to the session first: when others hear of the end of a run, all has been said of it.

    Parameters
    ----------
    store
        Where runs are kept; None keeps nothing.
    """

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(
        self,
        session: TrainingSession,
        panel: TrainingPanel,
        active_model: ActiveModel,
        models: ModelsController,
        store: RunStore | None,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._panel, self._active_model, self._models = session, panel, active_model, models
        self._store, self._window = store, window
        self._curves: Curves | None = None
        self._storage = StorageWarnings(session, models, store, window, self.messageReady.emit)
        panel.controls.requested.connect(self._on_control)
        panel.controls.rate.valueChanged.connect(session.change_rate)
        session.stateChanged.connect(panel.set_state)
        session.happened.connect(self._on_event)
        session.concluded.connect(self._on_concluded)
        panel.set_state(RunState.IDLE)

    def set_curves(self, curves: "Curves") -> None:
        """Let these plots follow the runs."""
        self._curves = curves

    # -- the beginning -------------------------------------------------------------------------------------------------

    def start(self, parent: Run | None = None) -> None:
        """Begin a run with what the panel shows; with ``parent``, from the last weights of that run."""
        if self._session.is_active or not self._models.may_replace():
            return
        panel = self._panel
        try:
            config, n_threads = panel.config(), int(panel.form.threads.value())
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        self._session.start(
            RunRequest(panel.recipe, config, panel.data, n_threads, panel.test, self._store, parent=parent)
        )

    def use_settings(self, run: Run) -> bool:
        """Copy a run's settings into the panel, and return whether that was possible."""
        try:
            config = run.config()
        except DigitpadError as error:
            self._tell(self.tr("“{name}”: {error}").format(name=run.short_name, error=error), Severity.BAD)
            return False
        self._panel.set_recipe(run.recipe)
        self._panel.set_data(run.data)
        self._panel.form.set_config(config)
        self._panel.form.threads.setValue(run.threads or threads.default(window=True))
        return True

    def resume(self, run: Run) -> None:
        """Go on with an interrupted run."""
        if self._is_free() and self._models.may_replace() and self.use_settings(run):
            self._session.start(RunRequest.to_resume(run))

    def offer_interrupted(self, runs: Sequence[Run | Broken]) -> None:
        """Offer to go on with the first of these runs, the newest, if that was interrupted."""
        newest = next(iter(runs), None)
        if isinstance(newest, Run) and newest.status is Status.INTERRUPTED and self._can_resume(newest):
            text = self.tr("“{name}” was interrupted at step {step:,} of {n_steps:,}.")
            text = text.format(name=newest.short_name, step=newest.step, n_steps=newest.n_steps)
            stands = partial(self._can_resume, newest)
            self._tell(text, offers={self.tr("Resume"): Offer(partial(self.resume, newest), stands, returns=True)})

    def note_restored(self, runs: Sequence[Run]) -> None:
        """Offer to go on with a cancelled run that is in the store again."""
        if runs and not self._session.is_active:
            self._panel.show_status(self.tr("Restored. The run is in the list of runs."))
            self.offer_interrupted(runs)

    def _can_resume(self, run: Run) -> bool:
        return not self._session.is_active and run.folder.is_dir()

    def continue_from(self, run: Run) -> None:
        """Begin a run with the last weights and the settings of another."""
        if self._is_free() and self.use_settings(run):
            self.start(run)

    def _is_free(self) -> bool:
        if self._session.is_active:
            self._tell(self.tr("A network is in training: stop that run first."))
        return not self._session.is_active

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """End the run and discard it; one that could not be restored only after a question."""
        choice = Closing.DISCARD
        if self._session.state is not RunState.PREPARING:  # before that it has learned nothing
            choice = confirmations.ask_before_cancelling(self._window, self._session)
        if choice is Closing.DISCARD:
            self._session.cancel()
        elif choice is Closing.KEEP:
            self._session.stop()

    def _on_control(self, control: RunControl) -> None:
        actions = {
            RunControl.START: self.start,
            RunControl.PAUSE: self._session.pause,
            RunControl.RESUME: self._session.resume,
            RunControl.STOP: self._session.stop,
            RunControl.CANCEL: self.cancel,
        }
        actions[control]()

    def _on_event(self, event: RunEvent) -> None:
        live = self._session.live
        match event:
            case Prepared(facts=facts):
                if self._curves:
                    self._curves.begin(live.history, live.n_epochs)
                self._panel.show_facts(facts)
                self._active_model.watch(facts)
            case Progressed(records=records):
                if self._curves:
                    self._curves.redraw_soon()
                self._panel.show_progress(records[-1], live.seconds)
            case RateChanged():
                if self._curves:
                    self._curves.redraw_soon()
            case SnapshotTaken(snapshot=snapshot):
                self._active_model.take(snapshot)

    # -- the end -------------------------------------------------------------------------------------------------------

    def _on_concluded(self, outcome: RunOutcome) -> None:
        if self._curves:
            self._curves.flush()
        if outcome.details:
            log.error("%s", outcome.details)
        if outcome.model is not None:
            self._active_model.set_own(outcome.model, self._models.name_of(outcome.model))
            if outcome.storage_failure:
                self._models.note_unsaved()
        storage = self._storage.at_end(outcome)
        self._panel.show_status(outcome_text.status(outcome, self._session.live.seconds, is_listed=storage.is_listed))
        self._active_model.forget_training()
        text, severity = outcome_text.message(outcome, storage)
        if text:
            offers = {**self._restarts(outcome.remedies), **self._storage.offers_at_end(outcome)}
            self._tell(text, severity, outcome.details, offers)

    def _restarts(self, remedies: Mapping[str, Remedy]) -> Offers:
        """Return offers to start again with one of the settings that would help."""
        number = self._session.number

        def stands() -> bool:
            return self._session.number == number  # another run has not begun

        return {
            text: Offer(partial(self._restart, name, remedies[name].better), stands, returns=True)
            for name, text in outcome_text.restarts(remedies).items()
        }

    def _restart(self, name: str, value: Any) -> None:
        form = self._panel.form
        try:
            form.set_config(dataclasses.replace(form.config(), **{name: value}))
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        self.start()

    def _tell(
        self, text: str, severity: Severity = Severity.INFO, details: str = "", offers: Offers | None = None
    ) -> None:
        self.messageReady.emit(Message(text, severity, details, offers or {}))
