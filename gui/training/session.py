"""One run at a time: its number, its state, its worker, and what is known of it."""

import enum
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.runs.records import End, RunOutcome, RunRequest
from core.runs.run_store import RunStore
from gui.training.events import (
    Concluded,
    Moved,
    Prepared,
    Progressed,
    RateChanged,
    RunEvent,
    SnapshotsKept,
    SnapshotTaken,
    StorageChanged,
)
from gui.training.live_run import LiveRun

if TYPE_CHECKING:
    from gui.training.worker import Worker


class RunState(enum.Enum):
    """Where a run stands."""

    IDLE = enum.auto()
    PREPARING = enum.auto()
    RUNNING = enum.auto()
    PAUSED = enum.auto()
    ENDING = enum.auto()


class TrainingSession(QObject):
    """Starts, pauses and ends runs, and passes on what happens to the newest; events of an older one are dropped.

    Attributes
    ----------
    live : LiveRun
        What is known of the newest run, also after its end.
    """

    stateChanged = Signal(object)
    happened = Signal(object)
    """An event of the run (``gui.training.events``), after ``live`` has taken it in; all but its end."""
    storageChanged = Signal()
    """Whether the run can be stored has changed."""
    concluded = Signal(object)
    """The run has ended: a ``RunOutcome``. It comes once for each run, also when cancelled, in the idle state."""
    discarded = Signal(object)
    """The stored parts of a cancelled run are in the trash: a list of Run. It may come seconds after ``concluded``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self.number = 0
        self.live = LiveRun()
        self._worker: Worker | None = None
        self._retired: list[Worker] = []
        self._watched = False
        self._settled: threading.Event | None = None

    def give_way_to(self, settled: threading.Event) -> None:
        """Let later runs wait between two batches while this event is cleared, as it is while the pen draws."""
        self._settled = settled

    @property
    def is_active(self) -> bool:
        """Whether a run is going on, paused or not."""
        return self.state is not RunState.IDLE

    @property
    def is_settled(self) -> bool:
        """Whether no run is going on, and no thread of an earlier one either."""
        return not self.is_active and not self._retired

    def start(self, request: RunRequest) -> None:
        """Begin a run, or go on with one; there must be none."""
        if self.is_active:
            raise RuntimeError("a run is going on already")
        from gui.training.worker import Worker  # with all that trains, which the start of the program does not wait for

        self.number += 1
        self.live = LiveRun(request.store)
        worker = Worker(self.number, request, self, self._settled)
        # Bound methods of an object in the GUI thread: a lambda would be called in the worker's.
        worker.happened.connect(self._on_event)
        worker.finished.connect(self._forget_finished)
        self._worker = worker
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
            self._worker.end(End.STOP)
            self._set_state(RunState.ENDING)

    def cancel(self) -> None:
        """End the run at once, and keep nothing: its later events are dropped."""
        if self._worker:
            self._worker.end(End.CANCEL)
            self._conclude(RunOutcome(stopped=True))

    def leave(self) -> None:
        """End the run so that it can go on another time; ``concluded`` tells when that is done."""
        if self._worker and self.state is not RunState.ENDING:
            self._worker.end(End.LEAVE)
            self._set_state(RunState.ENDING)

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate by this factor from the next batch on; ``RateChanged`` tells where that was."""
        if self._worker:
            self._worker.change_rate(factor)

    def keep_in(self, store: RunStore) -> None:
        """Keep the run in another store from the next batch on; ``Moved`` tells how that went."""
        if self._worker:
            self._worker.keep_in(store)

    def set_watched(self, watched: bool) -> None:
        """Say whether snapshots of the network in training are wanted."""
        self._watched = watched
        if watched:
            self._want_snapshot()

    def shut_down(self) -> None:
        """End everything, and return when no thread is left."""
        self.cancel()
        for worker in list(self._retired):
            worker.wait()
        self._retired.clear()

    def _on_event(self, event: RunEvent) -> None:
        """Take in what happened to the run, and pass it on; the one place where its number is checked."""
        if event.number != self.number:
            return
        if isinstance(event, Concluded):
            self._conclude(event.outcome)
            return
        live = self.live
        match event:
            case Prepared():
                live.prepare(event.facts, event.history)
            case Progressed():
                live.add(event.records, event.seconds)
            case RateChanged():
                live.history.mark(event.samples, event.rate)
            case SnapshotsKept():
                live.snapshots = event.kept
            case StorageChanged():
                live.storage_failure = event.reason
            case Moved() if event.run is not None:
                live.storage_failure = ""
        self.happened.emit(event)
        match event:
            case Prepared():
                if self.state is RunState.PREPARING:
                    self._set_state(RunState.RUNNING)
                self._want_snapshot()  # one in any case: from it on, the network in training can be chosen
            case SnapshotTaken() if self._watched:
                self._want_snapshot()
            case StorageChanged() | Moved():
                self.storageChanged.emit()

    def _want_snapshot(self) -> None:
        if self._worker:
            self._worker.want_snapshot()

    def _conclude(self, outcome: RunOutcome) -> None:
        self._retire()
        self._set_state(RunState.IDLE)
        self.concluded.emit(outcome)

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
