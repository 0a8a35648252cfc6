"""One run at a time: its number, its state, its worker."""

import enum

from PySide6.QtCore import QObject, Signal

from core.nn.network import Snapshot
from core.runs.run import Run
from core.runs.run_store import RunStore
from core.training.config import TrainConfig
from core.training.loop import Progress
from core.training.snapshots import KeptSnapshot
from gui.training.worker import RunFacts, RunOutcome, RunRequest, Worker


class RunState(enum.Enum):
    """Where a run stands."""

    IDLE = enum.auto()
    PREPARING = enum.auto()
    RUNNING = enum.auto()
    PAUSED = enum.auto()
    ENDING = enum.auto()


class TrainingSession(QObject):
    """Starts, pauses and ends runs, and passes on what the newest of them says; an older one is not heard any more.

    ``concluded`` comes once for each run, cancelled ones included, when the session is idle again.
    """

    stateChanged = Signal(object)
    prepared = Signal(object)
    progressed = Signal(object, float)
    """Records, and the seconds of training so far, pauses left out."""
    rateChanged = Signal(float, float)
    """After how many samples, and to what."""
    snapshotTaken = Signal(object)
    momentsKept = Signal(object)
    """The snapshots kept so far to look back through: a tuple of ``core.training.snapshots.Kept``."""
    storageTold = Signal(str)
    """Why the run cannot be kept, when that begins or changes; empty once it has passed."""
    moved = Signal(object, str)
    """The run, on the shelf where it was to be kept from now on; or None, and why it cannot be kept there either."""
    concluded = Signal(object)
    discarded = Signal(object)
    """What a cancelled run had put on shelves is in their trash by now, which may be a while after ``concluded``: a
    list of ``core.runs.run.Run``, empty where nothing of it was kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self.number = 0
        self._worker: Worker | None = None
        self._retired: list[Worker] = []
        self._watched = False
        self.seconds = 0.0
        """Of training so far, pauses left out."""

    @property
    def is_active(self) -> bool:
        """Whether a run is going on, paused or not."""
        return self.state is not RunState.IDLE

    def start(
        self,
        recipe: str,
        config: TrainConfig,
        data: str,
        n_threads: int,
        store: RunStore | None = None,
        *,
        parent: Run | None = None,
        test: str | None = None,
    ) -> None:
        """Begin a run, on a shelf if there is one, with the weights that another ended with; there must be none."""
        self._begin(RunRequest(recipe, config, data, n_threads, test, store, parent=parent))

    def take_up(self, run: Run) -> None:
        """Go on with a run that was interrupted; there must be none."""
        self._begin(
            RunRequest(run.recipe, run.config(), run.data, run.threads, store=RunStore(run.folder.parent), resumes=run)
        )

    def _begin(self, order: RunRequest) -> None:
        if self.is_active:
            raise RuntimeError("a run is going on already")
        self.number += 1
        worker = Worker(self.number, order, self)
        # Bound methods of an object in the GUI thread: a lambda would be called in the worker's.
        worker.prepared.connect(self._on_prepared)
        worker.progressed.connect(self._on_progressed)
        worker.rateChanged.connect(self._on_rate)
        worker.snapshotTaken.connect(self._on_snapshot)
        worker.momentsKept.connect(self._on_moments)
        worker.storageTold.connect(self._on_keeping)
        worker.moved.connect(self._on_moved)
        worker.concluded.connect(self._on_concluded)
        worker.finished.connect(self._forget_finished)
        self._worker = worker
        self.seconds = 0.0
        self._set_state(RunState.PREPARING)
        worker.start()

    def pause(self) -> None:
        """Halt the run between two batches."""
        if self._worker and self.state is RunState.RUNNING:
            self._worker.pause()
            self._set_state(RunState.PAUSED)

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._worker and self.state is RunState.PAUSED:
            self._worker.resume()
            self._set_state(RunState.RUNNING)

    def toggle_pause(self) -> None:
        """Pause a run that goes on, resume one that is paused."""
        if self.state is RunState.PAUSED:
            self.resume()
        else:
            self.pause()

    def stop(self) -> None:
        """End the run, and keep its best weights; ``concluded`` tells when that is done."""
        if self._worker and self.state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED):
            self._worker.stop()
            self._set_state(RunState.ENDING)

    def cancel(self) -> None:
        """End the run at once, and keep nothing: what it still has to say is not heard."""
        if self._worker:
            self._worker.cancel()
            self._conclude(RunOutcome(stopped=True))

    def leave(self) -> None:
        """End the run so that it can go on another time; ``concluded`` tells when that is done."""
        if self._worker and self.state is not RunState.ENDING:
            self._worker.leave()
            self._set_state(RunState.ENDING)

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate with this from the next batch on; ``rateChanged`` tells where that was."""
        if self._worker:
            self._worker.change_rate(factor)

    def keep_in(self, store: RunStore) -> None:
        """Keep the run on another shelf from the next batch on; ``moved`` tells how that went."""
        if self._worker:
            self._worker.keep_in(store)

    def set_watched(self, watched: bool) -> None:
        """Say whether snapshots of the network in training are wanted."""
        self._watched = watched
        if watched and self._worker:
            self._worker.want_snapshot()

    def shut_down(self) -> None:
        """End everything, and return when no thread is left."""
        self.cancel()
        for worker in list(self._retired):
            worker.wait()
        self._retired.clear()

    def _retire(self) -> None:
        """Take leave of the worker, but hold it until its thread has ended: destroying a running one aborts."""
        if self._worker:
            self._retired.append(self._worker)
            self._worker = None
            self.number += 1

    def _forget_finished(self) -> None:
        finished = [worker for worker in self._retired if worker.isFinished()]
        for worker in finished:
            self._retired.remove(worker)
            worker.deleteLater()
        for worker in finished:
            if worker.is_cancelled:
                self.discarded.emit(worker.discarded)

    def _set_state(self, state: RunState) -> None:
        self.state = state
        self.stateChanged.emit(state)

    def _on_prepared(self, number: int, facts: RunFacts) -> None:
        if number != self.number:
            return
        self.prepared.emit(facts)
        if self.state is RunState.PREPARING:
            self._set_state(RunState.RUNNING)
        if self._worker:  # one in any case: from it on, the network in training can be chosen
            self._worker.want_snapshot()

    def _on_progressed(self, number: int, records: tuple[Progress, ...], seconds: float) -> None:
        if number == self.number and records:
            self.seconds = seconds
            self.progressed.emit(records, seconds)

    def _on_rate(self, number: int, samples: float, rate: float) -> None:
        if number == self.number:
            self.rateChanged.emit(samples, rate)

    def _on_snapshot(self, number: int, snapshot: Snapshot) -> None:
        if number == self.number:
            self.snapshotTaken.emit(snapshot)
            if self._watched and self._worker:
                self._worker.want_snapshot()

    def _on_moments(self, number: int, kept: tuple[KeptSnapshot, ...]) -> None:
        if number == self.number:
            self.momentsKept.emit(kept)

    def _on_keeping(self, number: int, reason: str) -> None:
        if number == self.number:
            self.storageTold.emit(reason)

    def _on_moved(self, number: int, run: Run | None, problem: str) -> None:
        if number == self.number:
            self.moved.emit(run, problem)

    def _on_concluded(self, number: int, outcome: RunOutcome) -> None:
        if number == self.number:
            self._conclude(outcome)

    def _conclude(self, outcome: RunOutcome) -> None:
        self._retire()
        self._set_state(RunState.IDLE)
        self.concluded.emit(outcome)
