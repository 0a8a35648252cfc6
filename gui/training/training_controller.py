"""The desk of training: it starts runs, on the shelf, lets the views follow them, and says how they ended."""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core import threads
from core.errors import DigitpadError, Remedy
from core.recognition.modelfile import Model
from core.runs.run import Broken, Run, Status
from core.runs.run_store import RunStore
from core.training.loop import Progress
from gui.recognition.active_model import ActiveModel
from gui.recognition.models_controller import ModelsController
from gui.shell.error_reporting import log
from gui.style.message import Message, Offer, Offers, Severity
from gui.training import confirmations
from gui.training.confirmations import Closing
from gui.training.panel import TrainingPanel
from gui.training.session import RunState, TrainingSession
from gui.training.storage_warnings import StorageWarnings
from gui.training.worker import RunFacts, RunOutcome

if TYPE_CHECKING:
    from gui.curves.curves import Curves


class TrainingController(QObject):
    """Connects a session with the panel, the curves and the slot.

    Parameters
    ----------
    shelf
        Where runs are kept; None keeps nothing.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    starting = Signal()
    """A run is about to begin."""
    ended = Signal(object)
    """A run has ended: its Outcome, once all that is to be said of it has been said."""

    def __init__(
        self,
        session: TrainingSession,
        panel: TrainingPanel,
        slot: ActiveModel,
        models: ModelsController,
        store: RunStore | None,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._panel, self._slot, self._models, self._store = session, panel, slot, models, store
        self._window = window
        self._curves: Curves | None = None
        self._keeping = StorageWarnings(session, models, store, window)
        self._keeping.messageReady.connect(self.messageReady)
        panel.startRequested.connect(self.start)
        panel.pauseRequested.connect(session.pause)
        panel.resumeRequested.connect(session.resume)
        panel.stopRequested.connect(session.stop)
        panel.cancelRequested.connect(self.cancel)
        panel.rateRequested.connect(session.change_rate)
        session.stateChanged.connect(panel.set_state)
        session.prepared.connect(self._on_prepared)
        session.progressed.connect(self._on_progressed)
        session.rateChanged.connect(self._on_rate)
        session.snapshotTaken.connect(slot.take)
        session.concluded.connect(self._on_concluded)
        panel.set_state(RunState.IDLE)

    def set_curves(self, curves: "Curves") -> None:
        """Let these plots follow the runs."""
        self._curves = curves
        self._session.progressed.connect(curves.add)

    # -- the beginning -------------------------------------------------------------------------------------------------

    def start(self, parent: Run | None = None) -> None:
        """Begin a run with what the panel shows; with ``parent``, from the weights that that run ended with."""
        if self._session.is_active or not self._models.may_replace():
            return
        panel = self._panel
        try:
            config = panel.config()
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        self.starting.emit()
        n_threads = panel.form.threads.value()
        self._session.start(panel.recipe, config, panel.data, n_threads, self._store, parent=parent, test=panel.test)

    def use_settings(self, run: Run) -> bool:
        """Take a run's settings over into the panel, and return whether that was possible."""
        try:
            config = run.config()
        except DigitpadError as error:
            self._tell(self.tr("“{0}”: {1}").format(run.short_name, error), Severity.BAD)
            return False
        self._panel.set_recipe(run.recipe)
        self._panel.set_data(run.data)
        self._panel.form.set_config(config)
        self._panel.form.threads.setValue(run.threads or threads.default(window=True))
        return True

    def take_up(self, run: Run) -> None:
        """Let a run that was interrupted go on."""
        if self._is_free() and self._models.may_replace() and self.use_settings(run):
            self.starting.emit()
            self._session.take_up(run)

    def offer_interrupted(self, runs: Sequence[Run | Broken]) -> None:
        """Offer to go on with the first of these runs, the newest, if that was interrupted."""
        newest = next(iter(runs), None)
        if isinstance(newest, Run) and newest.status is Status.INTERRUPTED and self._can_take_up(newest):
            text = self.tr("“{0}” was interrupted at step {1:,} of {2:,}.")
            stands = partial(self._can_take_up, newest)
            offers = {self.tr("Go on with it"): Offer(partial(self.take_up, newest), stands, returns=True)}
            self._tell(text.format(newest.short_name, newest.step, newest.n_steps), Severity.INFO, offers=offers)

    def note_restored(self, runs: Sequence[Run]) -> None:
        """Offer to go on with a run that had been cancelled, and is on the shelf again."""
        if runs and not self._session.is_active:
            self._panel.show_status(self.tr("What was brought back is in the list of runs, as it stood."))
            self.offer_interrupted(runs)

    def _can_take_up(self, run: Run) -> bool:
        return not self._session.is_active and run.folder.is_dir()

    def continue_from(self, run: Run) -> None:
        """Begin a run where another has ended, with that one's settings."""
        if self._is_free() and self.use_settings(run):
            self.start(run)

    def _is_free(self) -> bool:
        if self._session.is_active:
            self._tell(self.tr("A network is in training: stop that run first."), Severity.INFO)
        return not self._session.is_active

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def can_keep(self) -> bool:
        """Return whether the run that goes on can be kept, as far as is known."""
        return self._keeping.can_keep()

    def cancel(self) -> None:
        """End the run and throw it away; one that could not be brought back only after a question."""
        spec = Closing.DISCARD
        if self._session.state is not RunState.PREPARING:  # or it has not learned anything yet
            spec = confirmations.ask_before_cancelling(self._window, self._session, self.can_keep)
        if spec is Closing.DISCARD:
            self._session.cancel()
        elif spec is Closing.KEEP:
            self._session.stop()

    def _on_prepared(self, facts: RunFacts) -> None:
        if self._curves:
            self._curves.begin(facts.axis, facts.n_epochs, facts.history)
        self._panel.show_facts(facts)
        self._slot.watch(facts)

    def _on_progressed(self, records: tuple[Progress, ...], seconds: float) -> None:
        self._panel.show_progress(records[-1], seconds)

    def _on_rate(self, samples: float, rate: float) -> None:
        if self._curves:
            self._curves.mark(samples, rate)

    # -- the end -------------------------------------------------------------------------------------------------------

    def _on_concluded(self, outcome: RunOutcome) -> None:
        if self._curves:
            self._curves.flush()
        if outcome.details:
            log.error("%s", outcome.details)
        if outcome.model is not None:
            self._take_result(outcome.model, outcome)
        elif outcome.run is not None and not outcome.error and self._keeping.is_elsewhere(outcome.run):
            self._panel.show_status(self.tr("The run was left where it stands; it can go on another time."))
        elif outcome.run is not None and not outcome.error:
            self._panel.show_status(self.tr("The run was left where it stands; it can go on from the list of runs."))
        elif outcome.run is not None:
            self._panel.show_status(self.tr("The run has ended without a network; its curves are kept."))
        elif outcome.error:
            self._panel.show_status(self.tr("The run has ended; nothing of it was kept."))
        else:
            self._panel.show_status(self.tr("The run was cancelled."))
        self._slot.forget_training()
        text, severity, offers = self._keeping.verdict(outcome)
        wrong, remedies = self._what_went_wrong(outcome)
        if wrong:
            told = " ".join(filter(None, (wrong, self._advice(remedies), text)))
            self._tell(told, Severity.BAD, outcome.details, {**self._remedies(remedies), **offers})
        elif text:
            self._tell(text, severity, offers=offers)
        self.ended.emit(outcome)

    def _take_result(self, model: Model, outcome: RunOutcome) -> None:
        """Take over a run's network, and say how good it is."""
        self._slot.set_own(model, self._models.name_of(model))
        if outcome.unkept:
            self._models.note_unsaved()
        if outcome.error:
            form = self.tr("Ended after {0:.1f} s; of its best weights, {1}.")
        elif not outcome.stopped:
            form = self.tr("Done after {0:.1f} s: {1}.")
        elif not outcome.unkept:
            form = self.tr("Stopped and kept after {0:.1f} s: {1}.")
        else:
            form = self.tr("Stopped after {0:.1f} s: {1}.")
        accuracy = model.scores.get("test_accuracy")
        score = (
            self.tr("there are no digits to test it with")
            if accuracy is None
            else self.tr("{0:.2%} of the test digits are right").format(accuracy)
        )
        self._panel.show_status(form.format(self._session.seconds, score))

    def _what_went_wrong(self, outcome: RunOutcome) -> tuple[str, Mapping[str, Remedy]]:
        """Return what a run came to that nobody wants, in a sentence, and what would help; both empty if nothing."""
        if outcome.error:
            return outcome.error[:1].upper() + outcome.error[1:], outcome.remedies
        if outcome.constant_prediction is None:
            return "", {}
        text = self.tr("The network answers {0} to every digit, and has learned nothing else.")
        return text.format(outcome.constant_prediction.answer), outcome.constant_prediction.remedies

    def _advice(self, remedies: Mapping[str, Remedy]) -> str:
        """Return, in a sentence, which settings would help, as the form calls them; empty where none is known."""
        texts = {
            "learning_rate": self.tr("a smaller learning rate (it was {0:g})"),
            "input_scale": self.tr("pixels from 0 to 1"),
            "initializer": self.tr("initial weights by He"),
            "batch_norm": self.tr("batch normalisation"),
        }
        parts = [texts[name].format(remedy.was) for name, remedy in remedies.items()]
        return self.tr("Try {0}.").format(self.tr(", or ").join(parts)) if parts else ""

    def _remedies(self, remedies: Mapping[str, Remedy]) -> Offers:
        """Return offers to start again with one of the settings that would help."""
        texts = {
            "learning_rate": self.tr("Restart with a tenth of the rate"),
            "input_scale": self.tr("Restart with scaled pixels"),
            "initializer": self.tr("Restart with weights by He"),
            "batch_norm": self.tr("Restart with batch normalisation"),
        }
        # Where the step was too large, nothing else helps as surely.
        causes = {"learning_rate", "input_scale"} if "learning_rate" in remedies else texts.keys()
        names = [name for name in remedies if name in causes][:2]
        number = self._session.number

        def stands() -> bool:
            return self._session.number == number  # another run has not begun

        return {
            texts[name]: Offer(partial(self._restart, name, remedies[name].better), stands, returns=True)
            for name in names
        }

    def _restart(self, name: str, value: Any) -> None:
        form = self._panel.form
        form.set_config(dataclasses.replace(form.config(), **{name: value}))
        self.start()

    def _tell(self, text: str, severity: Severity, details: str = "", offers: Offers | None = None) -> None:
        self.messageReady.emit(Message(text, severity, details, offers or {}))
