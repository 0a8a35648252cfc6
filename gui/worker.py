"""The thread in which a run goes on: it iterates ``fit`` and hands the records over in batches.

A QThread is enough, because NumPy releases the interpreter's lock in its matrix products. Records are coalesced and
never dropped: a signal for each batch would fill the window's queue without bound.
"""

import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from core import threads, training
from core.config import TrainConfig
from core.errors import DigitpadError, MnistError, TrainingError
from core.experiment import Experiment
from core.modelfile import Model
from core.recipes import RECIPES
from core.training import Progress

RECORDS_INTERVAL_S = 1 / 30
SNAPSHOT_INTERVAL_S = 1 / 10


@dataclass(frozen=True)
class Order:
    """What is to be run."""

    recipe: str
    config: TrainConfig
    data: str
    threads: int


@dataclass(frozen=True)
class Facts:
    """What is known of a run once its data are loaded and its network is built."""

    layers: list[dict[str, Any]]
    input_scale: float
    n_parameters: int
    n_train: int
    n_validation: int
    n_test: int
    n_steps: int
    n_epochs: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a run ended: with the model of its best weights, or without; why, if it was not at its end.

    ``details`` is the traceback of a fault of the program, and empty otherwise; ``lacks_mnist`` says that the error
    would be mended by getting MNIST.
    """

    model: Model | None = None
    stopped: bool = False
    error: str = ""
    details: str = ""
    lacks_mnist: bool = False


class Worker(QThread):
    """Runs one experiment. All signals carry the run's number; ``concluded`` comes last, exactly once."""

    prepared = Signal(int, object)
    progressed = Signal(int, object)
    snapshotTaken = Signal(int, object)
    concluded = Signal(int, object)

    def __init__(self, number: int, order: Order, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.number, self.order = number, order
        # Flags and not slots: a queued slot of this object would run only after run() has returned.
        self._stop, self._discard = threading.Event(), threading.Event()
        self._going, self._snapshot_wanted = threading.Event(), threading.Event()
        self._going.set()
        self._snapshot_time, self._snapshot_step = 0.0, -1

    def pause(self) -> None:
        """Halt between two batches."""
        self._going.clear()

    def resume(self) -> None:
        """Go on."""
        self._going.set()

    def stop(self) -> None:
        """End between two batches, and keep the best weights."""
        self._stop.set()
        self._going.set()

    def cancel(self) -> None:
        """End between two batches, and keep nothing."""
        self._discard.set()
        self.stop()

    def want_snapshot(self) -> None:
        """Ask for one snapshot, soon: a receiver that is late is never sent a second before it has asked again."""
        self._snapshot_wanted.set()

    def run(self) -> None:
        """Do the whole run (off the GUI thread)."""
        try:
            outcome = self._run()
        except DigitpadError as error:
            outcome = Outcome(error=str(error), lacks_mnist=isinstance(error, MnistError))
        except Exception as error:
            outcome = Outcome(error=f"The run ended by a fault of the program: {error}", details=traceback.format_exc())
        self.concluded.emit(self.number, outcome)

    def _run(self) -> Outcome:
        order = self.order
        with threads.limited(order.threads):
            test = RECIPES[order.recipe].test_for(order.data) if order.recipe in RECIPES else None
            experiment = Experiment.prepare(order.recipe, order.config, order.data, order.threads, test)
            self.prepared.emit(self.number, _facts(experiment))
            error = ""
            try:
                self._train(experiment)
            except TrainingError as diverged:
                error = str(diverged)
            if self._discard.is_set() or (error and not experiment.state.best.step):
                return Outcome(error=error, stopped=True)
            model, _ = experiment.conclude()
            return Outcome(model, stopped=self._stop.is_set(), error=error)

    def _train(self, experiment: Experiment) -> None:
        records: list[Progress] = []
        handed_over = time.monotonic()
        try:
            for record in training.fit(experiment.state, experiment.splits, experiment.config):
                records.append(record)
                now = time.monotonic()
                if now - handed_over >= RECORDS_INTERVAL_S or not self._going.is_set():
                    self.progressed.emit(self.number, tuple(records))
                    records.clear()
                    handed_over = now
                self._take_snapshot(experiment, now)
                while not self._going.is_set() and not self._going.wait(SNAPSHOT_INTERVAL_S):
                    self._take_snapshot(experiment, time.monotonic())  # a paused network answers, too
                if self._stop.is_set():
                    break
        finally:
            self.progressed.emit(self.number, tuple(records))

    def _take_snapshot(self, experiment: Experiment, now: float) -> None:
        """Hand over a snapshot if one is wanted, the last is not too young, and there is something new in it."""
        wanted = self._snapshot_wanted.is_set() and experiment.state.step != self._snapshot_step
        if wanted and now - self._snapshot_time >= SNAPSHOT_INTERVAL_S:
            self._snapshot_wanted.clear()
            self._snapshot_time, self._snapshot_step = now, experiment.state.step
            self.snapshotTaken.emit(self.number, experiment.state.snapshot())


def _facts(experiment: Experiment) -> Facts:
    state, splits = experiment.state, experiment.splits
    return Facts(
        layers=state.network.description(),
        input_scale=experiment.config.input_scale,
        n_parameters=len(state.network.parameters),
        n_train=len(splits.train),
        n_validation=len(splits.validation),
        n_test=len(splits.test),
        n_steps=len(state.loader) * experiment.config.epochs,
        n_epochs=experiment.config.epochs,
    )
