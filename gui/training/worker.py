"""The thread of a run: it iterates ``core.runs.execution`` and hands what happens over as events.

A QThread is enough, because NumPy releases the interpreter's lock in its matrix products. Records are coalesced and
never dropped: a signal for each batch would fill the window's queue without bound.
"""

import threading
import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal

from core.errors import DigitpadError, MendableError, MnistError
from core.messages import tr
from core.runs.execution import Execution, Move
from core.runs.records import End, RunOutcome, RunRequest
from core.runs.run import Run
from core.runs.run_store import RunStore
from core.training.loop import Progress
from core.training.snapshots import MAX_SNAPSHOTS, Moment, Snapshots
from gui.training.events import (
    Concluded,
    Moved,
    Prepared,
    Progressed,
    RateChanged,
    SnapshotsKept,
    SnapshotTaken,
    StorageChanged,
)

RECORDS_INTERVAL_S = 1 / 30
SNAPSHOT_INTERVAL_S = 1 / 10
PEN_PATIENCE_S = 1 / 10
"""How long a batch waits for the pen at most: a window that hangs does not stop the run."""


class Worker(QThread):
    """Runs one execution. ``happened`` carries events with the run's number; ``Concluded`` comes last, exactly once.

    Parameters
    ----------
    settled
        Waited for between two batches; cleared while the window is busy with the pen.
    """

    happened = Signal(object)

    def __init__(
        self, number: int, request: RunRequest, parent: QObject | None = None, settled: threading.Event | None = None
    ) -> None:
        super().__init__(parent)
        self.number = number
        self._settled = settled
        self._execution = Execution(request)
        # Flags and not slots: a queued slot of this object would run only after run() has returned.
        self._going, self._snapshot_wanted = threading.Event(), threading.Event()
        self._going.set()
        self._snapshot_time, self._snapshot_step = 0.0, -1
        self._snapshots = Snapshots()
        self._next_kept = 0

    # -- from the GUI thread -------------------------------------------------------------------------------------------

    @property
    def is_cancelled(self) -> bool:
        """Whether the run is to end, or has ended, with nothing kept."""
        return self._execution.end_requested is End.CANCEL

    @property
    def discarded(self) -> list[Run]:
        """What was kept of a cancelled run and is in the trash; complete when the thread has ended."""
        return self._execution.discarded

    def pause(self) -> None:
        """Halt between two batches."""
        self._going.clear()

    def resume(self) -> None:
        """Go on."""
        self._going.set()

    def end(self, end: End) -> None:
        """End the run between two batches: stop, cancel or leave it."""
        self._execution.request_end(end)
        self._going.set()

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate by this factor from the next batch on."""
        self._execution.change_rate(factor)

    def keep_in(self, store: RunStore) -> None:
        """Keep the run in another store from the next batch on, also while it is paused."""
        self._execution.move_to(store)

    def want_snapshot(self) -> None:
        """Ask for one snapshot, soon: a receiver that is late is never sent a second before it has asked again."""
        self._snapshot_wanted.set()

    # -- in the run's thread -------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Do the whole run (off the GUI thread)."""
        try:
            with self._execution as execution:
                outcome = self._run(execution)
        except DigitpadError as error:
            mended = error.mended if isinstance(error, MendableError) else ""
            outcome = RunOutcome(error=str(error), lacks_mnist=isinstance(error, MnistError), mended=mended)
        except Exception as error:
            text = tr("A fault in the program ended the run: {error}", error=error)
            outcome = RunOutcome(error=text, details=traceback.format_exc())
        self.happened.emit(Concluded(self.number, outcome))

    def _run(self, execution: Execution) -> RunOutcome:
        self.happened.emit(Prepared(self.number, execution.facts(), execution.copy_history()))
        self._tell_storage(execution)
        self._train(execution)
        outcome = execution.conclude(self._tell_move)
        self._tell_storage(execution)
        return outcome

    def _train(self, execution: Execution) -> None:
        records: list[Progress] = []
        handed_over = time.monotonic()
        self._keep_snapshot(execution, None)
        try:
            for record in execution.train():
                records.append(record)
                now = time.monotonic()
                if now - handed_over >= RECORDS_INTERVAL_S or not self._going.is_set():
                    self.happened.emit(Progressed(self.number, tuple(records), execution.seconds))
                    records.clear()
                    handed_over = now
                self._take_snapshot(execution, now)
                if self._settled is not None:
                    self._settled.wait(PEN_PATIENCE_S)
                if record.step >= self._next_kept or record.validation_loss is not None:
                    self._keep_snapshot(execution, record.validation_accuracy)
                if not self._going.is_set():
                    self._wait(execution)
                if (change := execution.take_rate()) is not None:
                    self.happened.emit(RateChanged(self.number, *change))
                self._tell_moves_and_storage(execution)
        finally:
            if records:
                self.happened.emit(Progressed(self.number, tuple(records), execution.seconds))

    def _wait(self, execution: Execution) -> None:
        """Be paused: the run is written down, since nobody knows for how long, and the network can be asked."""
        execution.write()
        self._tell_storage(execution)
        while not self._going.wait(SNAPSHOT_INTERVAL_S):
            self._take_snapshot(execution, time.monotonic())
            self._tell_moves_and_storage(execution)

    def _tell_moves_and_storage(self, execution: Execution) -> None:
        for move in execution.take_moves():
            self._tell_move(move)
        self._tell_storage(execution)

    def _tell_move(self, move: Move) -> None:
        self.happened.emit(Moved(self.number, move.run, move.reason))

    def _tell_storage(self, execution: Execution) -> None:
        """Say when the run can no longer be written, and not only at its end; and when it can again."""
        reason = execution.storage_news()
        if reason is not None:
            self.happened.emit(StorageChanged(self.number, reason))

    def _keep_snapshot(self, execution: Execution, validation_accuracy: float | None) -> None:
        """Keep a snapshot to look back to: the first, at evaluations, and evenly about as many as are kept."""
        state = execution.experiment.state
        moment = Moment(state.step, state.epoch, state.samples, validation_accuracy)
        self._snapshots.add(moment, state.network.view())
        self._next_kept = state.step + max(execution.experiment.n_steps // MAX_SNAPSHOTS, 1)
        self.happened.emit(SnapshotsKept(self.number, self._snapshots.kept))

    def _take_snapshot(self, execution: Execution, now: float) -> None:
        """Hand over a snapshot if one is wanted, the last is not too young, and there is something new in it."""
        state = execution.experiment.state
        wanted = self._snapshot_wanted.is_set() and state.step != self._snapshot_step
        if wanted and now - self._snapshot_time >= SNAPSHOT_INTERVAL_S:
            self._snapshot_wanted.clear()
            self._snapshot_time, self._snapshot_step = now, state.step
            self.happened.emit(SnapshotTaken(self.number, state.snapshot()))
