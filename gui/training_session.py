"""One run at a time: its number, its state, its worker."""

import enum
import time

from PySide6.QtCore import QObject, Signal

from core.config import TrainConfig
from core.nn.network import Snapshot
from core.training import Progress
from gui.worker import Facts, Order, Outcome, Worker


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
    progressed = Signal(object)
    snapshotTaken = Signal(object)
    concluded = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self.number = 0
        self._worker: Worker | None = None
        self._retired: list[Worker] = []
        self._watched = False
        self._clock = _Clock()

    @property
    def is_active(self) -> bool:
        """Whether a run is going on, paused or not."""
        return self.state is not RunState.IDLE

    @property
    def seconds(self) -> float:
        """Seconds of training so far, pauses left out."""
        return self._clock.seconds

    def start(self, recipe: str, config: TrainConfig, data: str, n_threads: int) -> None:
        """Begin a run; there must be none."""
        if self.is_active:
            raise RuntimeError("a run is going on already")
        self.number += 1
        worker = Worker(self.number, Order(recipe, config, data, n_threads), self)
        # Bound methods of an object in the GUI thread: a lambda would be called in the worker's.
        worker.prepared.connect(self._on_prepared)
        worker.progressed.connect(self._on_progressed)
        worker.snapshotTaken.connect(self._on_snapshot)
        worker.concluded.connect(self._on_concluded)
        worker.finished.connect(self._forget_finished)
        self._worker = worker
        self._clock = _Clock()
        self._set_state(RunState.PREPARING)
        worker.start()

    def pause(self) -> None:
        """Halt the run between two batches."""
        if self._worker and self.state is RunState.RUNNING:
            self._worker.pause()
            self._clock.halt()
            self._set_state(RunState.PAUSED)

    def resume(self) -> None:
        """Let a paused run go on."""
        if self._worker and self.state is RunState.PAUSED:
            self._worker.resume()
            self._clock.start()
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
            self._clock.halt()
            self._set_state(RunState.ENDING)

    def cancel(self) -> None:
        """End the run at once, and keep nothing: what it still has to say is not heard."""
        if self._worker:
            self._worker.cancel()
            self._conclude(Outcome(stopped=True))

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
        for worker in [worker for worker in self._retired if worker.isFinished()]:
            self._retired.remove(worker)
            worker.deleteLater()

    def _set_state(self, state: RunState) -> None:
        self.state = state
        self.stateChanged.emit(state)

    def _on_prepared(self, number: int, facts: Facts) -> None:
        if number != self.number:
            return
        self.prepared.emit(facts)
        if self.state is RunState.PREPARING:
            self._clock.start()
            self._set_state(RunState.RUNNING)
        if self._worker:  # one in any case: from it on, the network in training can be chosen
            self._worker.want_snapshot()

    def _on_progressed(self, number: int, records: tuple[Progress, ...]) -> None:
        if number == self.number and records:
            self.progressed.emit(records)

    def _on_snapshot(self, number: int, snapshot: Snapshot) -> None:
        if number == self.number:
            self.snapshotTaken.emit(snapshot)
            if self._watched and self._worker:
                self._worker.want_snapshot()

    def _on_concluded(self, number: int, outcome: Outcome) -> None:
        if number == self.number:
            self._conclude(outcome)

    def _conclude(self, outcome: Outcome) -> None:
        self._clock.halt()
        self._retire()
        self._set_state(RunState.IDLE)
        self.concluded.emit(outcome)


class _Clock:
    """A stopwatch that can be halted."""

    def __init__(self) -> None:
        self._before = 0.0
        self._started: float | None = None

    @property
    def seconds(self) -> float:
        running = 0.0 if self._started is None else time.monotonic() - self._started
        return self._before + running

    def start(self) -> None:
        if self._started is None:
            self._started = time.monotonic()

    def halt(self) -> None:
        self._before, self._started = self.seconds, None
