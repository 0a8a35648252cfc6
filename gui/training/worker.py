"""The thread in which a run goes on: it iterates ``fit`` and hands the records over in batches.

A QThread is enough, because NumPy releases the interpreter's lock in its matrix products. Records are coalesced and
never dropped: a signal for each batch would fill the window's queue without bound.
"""

import contextlib
import dataclasses
import enum
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from core import threads
from core.errors import DigitpadError, DivergenceError, MnistError, Remedy, RunError
from core.recognition.modelfile import Model
from core.runs import checkpoint
from core.runs.run import LABEL, STATE, Run, Status, read_label
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import TRASH_AGE_S, RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.diagnosis import ConstantPrediction
from core.training.experiment import Experiment
from core.training.history import Axis, History
from core.training.loop import Progress
from core.training.snapshots import MAX_SNAPSHOTS, Moment, Snapshots
from core.training.splits import Splits

RECORDS_INTERVAL_S = 1 / 30
SNAPSHOT_INTERVAL_S = 1 / 10


@dataclass(frozen=True)
class RunRequest:
    """What is to be run.

    Attributes
    ----------
    test : str or None
        The source that it is tested on, where that is another than the data.
    shelf : Shelf or None
        Where the run is kept, if it is.
    resumes : Run or None
        The run that is to go on, with its own settings; what is said of a recipe, data and threads is then its own.
    parent : Run or None
        The run whose end this one begins from.
    """

    recipe: str
    config: TrainConfig
    data: str
    threads: int
    test: str | None = None
    store: RunStore | None = None
    resumes: Run | None = None
    parent: Run | None = None


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run once its data are loaded and its network is built."""

    layers: list[dict[str, Any]]
    input_scale: float
    n_parameters: int
    n_train: int
    n_validation: int
    n_test: int
    n_steps: int
    n_epochs: int
    threads: int
    axis: Axis
    splits: Splits
    """The digits themselves, which nobody changes: to show those behind a count."""
    history: History | None = None
    """What a run that goes on had brought before; a copy."""


@dataclass(frozen=True, eq=False)
class RunOutcome:
    """How a run ended: with the model of its best weights, or without; why, if it was not at its end.

    ``details`` is the traceback of a fault of the program, and empty otherwise; ``lacks_mnist`` says that the error
    would be mended by getting MNIST; ``remedies`` are settings with which a run that diverged might not have, by name.
    ``collapse`` tells of a network that gives one answer to everything, at the end of a run that was not stopped.
    ``run`` is what was kept of it, wherever that is by now, and ``unkept`` why that was not everything.
    """

    model: Model | None = None
    stopped: bool = False
    error: str = ""
    details: str = ""
    lacks_mnist: bool = False
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    constant_prediction: ConstantPrediction | None = None
    run: Run | None = None
    unkept: str = ""


class _End(enum.Enum):
    """How a run is to end before it is done."""

    STOP = enum.auto()
    CANCEL = enum.auto()
    LEAVE = enum.auto()


class Worker(QThread):
    """Runs one experiment. All signals carry the run's number; ``concluded`` comes last, exactly once."""

    prepared = Signal(int, object)
    progressed = Signal(int, object, float)
    """Records, and the seconds of training that they and all before them took."""
    rateChanged = Signal(int, float, float)
    """After how many samples, and to what."""
    snapshotTaken = Signal(int, object)
    momentsKept = Signal(int, object)
    """The snapshots kept so far to look back through: a tuple of ``snapshots.Kept``, never written to again."""
    storageTold = Signal(int, str)
    """Why the run cannot be kept, when that begins or changes; empty once it has passed."""
    moved = Signal(int, object, str)
    """The run, on the shelf where it was to be kept from now on; or None, and why it cannot be kept there either."""
    concluded = Signal(int, object)

    def __init__(self, number: int, order: RunRequest, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.number, self.order = number, order
        # Flags and not slots: a queued slot of this object would run only after run() has returned.
        self._end: _End | None = None
        self._rate_factor: float | None = None
        self._wanted_stores: deque[RunStore] = deque()
        self._left: list[Run] = []
        self.discarded: list[Run] = []
        """What was kept of a run that was cancelled, and is in the trash; complete when the thread has ended."""
        self._going, self._snapshot_wanted = threading.Event(), threading.Event()
        self._going.set()
        self._snapshot_time, self._snapshot_step = 0.0, -1
        self._moments = Snapshots()
        self._next_moment = 0

    @property
    def is_cancelled(self) -> bool:
        """Whether the run is to end, or has ended, with nothing kept."""
        return self._end is _End.CANCEL

    def pause(self) -> None:
        """Halt between two batches."""
        self._going.clear()

    def resume(self) -> None:
        """Go on."""
        self._going.set()

    def stop(self) -> None:
        """End between two batches, and keep the best weights."""
        self._finish(_End.STOP)

    def cancel(self) -> None:
        """End between two batches, and keep nothing."""
        self._finish(_End.CANCEL)

    def leave(self) -> None:
        """End between two batches, and leave the run so that it can go on another time."""
        self._finish(_End.LEAVE)

    def _finish(self, end: _End) -> None:
        self._end = end
        self._going.set()

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate with this from the next batch on."""
        self._rate_factor = factor

    def keep_in(self, store: RunStore) -> None:
        """Keep the run on another shelf from the next batch on, also while it is paused."""
        self._wanted_stores.append(store)

    def want_snapshot(self) -> None:
        """Ask for one snapshot, soon: a receiver that is late is never sent a second before it has asked again."""
        self._snapshot_wanted.set()

    def run(self) -> None:
        """Do the whole run (off the GUI thread)."""
        try:
            with threads.limited(self.order.resumes.threads if self.order.resumes else self.order.threads):
                outcome = self._run()
        except DigitpadError as error:
            outcome = RunOutcome(error=str(error), lacks_mnist=isinstance(error, MnistError))
        except Exception as error:
            outcome = RunOutcome(
                error=f"The run ended by a fault of the program: {error}", details=traceback.format_exc()
            )
        self.concluded.emit(self.number, outcome)

    def _run(self) -> RunOutcome:
        with self._begun() as recorder:
            self.prepared.emit(self.number, _facts(recorder))
            self._tell(recorder)
            error = ""
            remedies: Mapping[str, Remedy] = {}
            try:
                self._train(recorder)
                recorder.write()
            except DivergenceError as diverged:
                error, remedies = diverged.fact, diverged.remedies
            outcome = self._concluded(recorder, error, remedies)
            self._tell(recorder)
        if self._end is _End.CANCEL:
            self._discard(recorder)
        return outcome

    def _begun(self) -> RunRecorder:
        """Prepare the run, or bring it to where it stood; one that cannot be put on the shelf goes on in memory."""
        order = self.order
        if order.resumes is not None:
            return RunRecorder.resume(order.resumes)
        experiment = Experiment.prepare(order.recipe, order.config, order.data, order.threads, order.test)
        if order.parent is not None:
            checkpoint.begin_from(order.parent.folder / STATE, experiment)
        parent = order.parent.id if order.parent else ""
        try:
            return RunRecorder.begin(experiment, order.store, parent=parent)
        except RunError as reason:
            recorder = RunRecorder.begin(experiment, None, parent=parent)
            recorder.failure = str(reason)
            return recorder

    def _concluded(self, recorder: RunRecorder, error: str, remedies: Mapping[str, Remedy]) -> RunOutcome:
        """Take the best weights and test them, unless the run is not to end like that.

        One that cannot be written cannot be left: it would be lost. It ends as if it had been stopped.
        """
        if self._end is _End.CANCEL:
            return RunOutcome(stopped=True, error=error)
        if self._end is _End.LEAVE and recorder.run is not None and not recorder.failure:
            return RunOutcome(stopped=True, error=error, run=recorder.run)
        model = scores = None
        if not error or recorder.experiment.state.best.step:
            model, scores = recorder.experiment.conclude()
        self._move(recorder)
        stopped = self._end is not None
        # One that was ended early may yet have learned to tell digits apart.
        constant_prediction = (
            None if scores is None or error or stopped else recorder.experiment.constant_prediction(scores)
        )
        status = Status.DIVERGED if error else Status.STOPPED if stopped else Status.FINISHED
        recorder.end(status, model, error or (constant_prediction.fact if constant_prediction else ""))
        return RunOutcome(
            model,
            stopped or model is None,
            error,
            remedies=remedies,
            constant_prediction=constant_prediction,
            run=recorder.run,
            unkept=recorder.failure,
        )

    def _discard(self, recorder: RunRecorder) -> None:
        """Delete what was kept of the run, on each shelf where it was; from their trash it can be brought back."""
        for run in filter(None, (*self._left, recorder.run)):
            with contextlib.suppress(DigitpadError):  # one that cannot be deleted is none of the others' business
                if run.folder.is_dir():  # or a shelf that has vanished would be made anew
                    named = dataclasses.replace(run, **read_label(run.folder / LABEL))
                    store = RunStore(run.folder.parent)
                    store.delete(run)
                    self.discarded.append(named)
                    store.empty_trash(TRASH_AGE_S)  # on one that no window lists, nobody else does

    def _train(self, recorder: RunRecorder) -> None:
        experiment = recorder.experiment
        records: list[Progress] = []
        handed_over = time.monotonic()
        self._keep_moment(experiment, None)
        try:
            for record in recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
                records.append(record)
                now = time.monotonic()
                if now - handed_over >= RECORDS_INTERVAL_S or not self._going.is_set():
                    self.progressed.emit(self.number, tuple(records), recorder.seconds)
                    records.clear()
                    handed_over = now
                self._take_snapshot(experiment, now)
                if experiment.state.step >= self._next_moment or record.validation_loss is not None:
                    self._keep_moment(experiment, record.validation_accuracy)
                if not self._going.is_set():
                    self._wait(recorder)
                self._take_rate(recorder)
                self._move(recorder)
                self._tell(recorder)
                if self._end is not None:
                    break
        finally:
            self.progressed.emit(self.number, tuple(records), recorder.seconds)

    def _keep_moment(self, experiment: Experiment, validation_accuracy: float | None) -> None:
        """Keep a snapshot to look back to: the first, and about as many as are kept, evenly; and at evaluations."""
        state = experiment.state
        self._moments.add(Moment(state.step, state.epoch, state.samples, validation_accuracy), state.network.view())
        self._next_moment = state.step + max(experiment.n_steps // MAX_SNAPSHOTS, 1)
        self.momentsKept.emit(self.number, self._moments.kept)

    def _wait(self, recorder: RunRecorder) -> None:
        """Be paused: the run is written down, for nobody knows how long it will be, and the network answers."""
        recorder.write()
        self._tell(recorder)
        while not self._going.wait(SNAPSHOT_INTERVAL_S):
            self._take_snapshot(recorder.experiment, time.monotonic())
            self._move(recorder)
            self._tell(recorder)

    def _take_rate(self, recorder: RunRecorder) -> None:
        """Take over a rate that was asked for."""
        factor, self._rate_factor = self._rate_factor, None
        if factor is not None:
            recorder.change_rate(factor)
            self.rateChanged.emit(self.number, *recorder.history.marks[-1])

    def _tell(self, recorder: RunRecorder) -> None:
        """Say when the run begins to be lost, and not only at its end; and when it is kept again."""
        news = recorder.news()
        if news is not None:
            self.storageTold.emit(self.number, news)

    def _move(self, recorder: RunRecorder) -> None:
        """Keep the run on another shelf if that was asked for."""
        while self._wanted_stores and self._end is not _End.CANCEL:
            before = recorder.run
            try:
                recorder.keep_in(self._wanted_stores.popleft())
            except RunError as problem:
                self.moved.emit(self.number, None, str(problem))
                continue
            if before is not None:
                self._left.append(before)
            recorder.news()  # that it can be written is said with this
            self.moved.emit(self.number, recorder.run, "")

    def _take_snapshot(self, experiment: Experiment, now: float) -> None:
        """Hand over a snapshot if one is wanted, the last is not too young, and there is something new in it."""
        wanted = self._snapshot_wanted.is_set() and experiment.state.step != self._snapshot_step
        if wanted and now - self._snapshot_time >= SNAPSHOT_INTERVAL_S:
            self._snapshot_wanted.clear()
            self._snapshot_time, self._snapshot_step = now, experiment.state.step
            self.snapshotTaken.emit(self.number, experiment.state.snapshot())


def _facts(recorder: RunRecorder) -> RunFacts:
    experiment = recorder.experiment
    state, splits, history = experiment.state, experiment.splits, recorder.history
    return RunFacts(
        layers=state.network.description(),
        input_scale=experiment.config.input_scale,
        n_parameters=len(state.network.parameters),
        n_train=len(splits.train),
        n_validation=len(splits.validation),
        n_test=len(splits.test),
        n_steps=experiment.n_steps,
        n_epochs=experiment.config.epochs,
        threads=experiment.threads,
        axis=history.axis,
        splits=splits,
        history=History.from_tensors(history.tensors()) if state.step else None,
    )
