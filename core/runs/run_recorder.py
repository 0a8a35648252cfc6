"""The run recorder: writes the curves of a run, its state every few seconds, and its end into the run store.

It works in the thread of the run. Where something cannot be written, training goes on in memory, ``failure`` has the
reason, and writing is tried again later and at the end.
"""

import dataclasses
import math
import shutil
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from core import memory
from core.digits import N_CLASSES
from core.errors import DigitpadError, RunError
from core.files import locks
from core.messages import tr
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.runs import checkpoint
from core.runs.run import LABEL, MODEL, STATE, Run, Status, read_label
from core.runs.run_store import RunStore
from core.training.experiment import Experiment
from core.training.history import Axis, History
from core.training.loop import Progress

CHECKPOINT_INTERVAL_S = 8.0
"""A killed run loses at most the training since the last checkpoint, and the time that writing takes."""
_BATCH = 256  # records that are added to the history at once


class RunRecorder:
    """Records one run. Use it as a context: the run's lock is released at its end.

    Without a run in a store it only measures time and keeps the curves in memory.

    Attributes
    ----------
    seconds : float
        Seconds of training so far, pauses left out.
    failure : str
        Why the last attempt to write something failed; empty if it did not.
    """

    def __init__(
        self,
        experiment: Experiment,
        run: Run | None,
        clock: Callable[[], float] = time.monotonic,
        lock: locks.Lock | None = None,
    ) -> None:
        self.experiment, self.run = experiment.without_source(), run
        loader = experiment.state.loader
        self.history = History(Axis(loader.n_rows, len(loader)))
        self.seconds = 0.0
        self.failure = ""
        self._clock = clock
        self._told = ""
        self._parent = run.parent if run else ""
        self._lock = lock or (locks.hold(run.folder) if run else None)
        self._records: list[Progress] = []
        self._written = clock()

    @classmethod
    def begin(
        cls,
        experiment: Experiment,
        store: RunStore | None,
        name: str = "",
        parent: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Put a prepared run into a store, if one is given; raise RunError where that fails."""
        if store is None:
            recorder = cls(experiment, None, clock)
            recorder._parent = parent  # the run may be stored later
            return recorder
        run, lock = store.begin_held(**_facts(experiment), name=name or experiment.recipe, parent=parent)
        return cls(experiment, run, clock, lock)

    @classmethod
    def resume(cls, run: Run) -> Self:
        """Restore an interrupted run; raise DigitpadError where that fails."""
        lock = locks.hold(run.folder)
        try:
            if (now := Run.load(run.folder).status) is not Status.RUNNING:  # on disk, until its end
                raise RunError(
                    tr("the run is {status} by now: only one that was interrupted can go on", status=now.value)
                )
            experiment = Experiment.prepare(run.recipe, run.config(), run.data, run.threads, run.test or None)
            path = run.folder / STATE
            # A run that was killed within its first seconds starts again.
            stood = checkpoint.load(path, experiment) if path.exists() else None
        except BaseException:
            lock.release()
            raise
        recorder = cls(experiment, dataclasses.replace(run, status=Status.RUNNING), lock=lock)
        if stood is not None:
            recorder.history, recorder.seconds = stood
        return recorder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the run: another process may resume it from the last checkpoint."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def follow(self, records: Iterator[Progress]) -> Iterator[Progress]:
        """Pass records on, recording each and the time that it took; write a checkpoint every few seconds."""
        memory.give_back()  # loading the digits has used memory that is free now
        while True:
            began = self._clock()
            record = next(records, None)
            now = self._clock()
            self.seconds += now - began
            if record is None:
                break
            self._records.append(record)
            if len(self._records) >= _BATCH or record.validation_loss is not None:
                self.note()
            if self.run and now - self._written >= CHECKPOINT_INTERVAL_S:
                self.write()
            yield record

    def note(self) -> None:
        """Add the newest records to the history."""
        self.history.add(self._records, self.seconds)
        self._records.clear()

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate by a factor from the next batch on, and mark the step in the curves."""
        state = self.experiment.state
        state.rate_factor = factor
        schedule = self.experiment.config.learning_rates(self.experiment.n_steps)
        self.history.mark(state.samples, schedule(state.step) * factor)

    def write(self) -> None:
        """Write a checkpoint; where that fails, ``failure`` has the reason, and earlier files are unchanged."""
        self.note()
        if self.run:
            self._try(self._write)
            memory.give_back()  # the state was copied to be written
            self._written = self._clock()

    def _write(self) -> None:
        assert self.run is not None
        checkpoint.save(self.run.folder / STATE, self.experiment, self.history, self.seconds)
        self.run.save_history(self.history)
        self.run = self._now()
        self.run.save()

    def _now(self) -> Run:
        """Return the run with its present step, seconds and best scores."""
        assert self.run is not None
        state = self.experiment.state
        return dataclasses.replace(
            self.run,
            seconds=round(self.seconds, 3),
            step=state.step,
            best_step=state.best.step,
            best_validation=state.best.validation_accuracy if self._was_validated() else None,
        )

    def _was_validated(self) -> bool:
        """Return whether there are validation digits, and they have been evaluated."""
        has_digits = bool((self.experiment.splits.validation.labels < N_CLASSES).any())
        return has_digits and math.isfinite(self.experiment.state.best.validation_loss)

    # -- where it cannot be kept ---------------------------------------------------------------------------------------

    def news(self) -> str | None:
        """Return why nothing can be written, once, when that begins or changes; "" once it works again; else None."""
        if self.failure == self._told:
            return None
        self._told = self.failure
        return self.failure

    def keep_in(self, store: RunStore) -> None:
        """Keep the run in another store from now on, with everything that it has recorded so far.

        What the first store has of it stays there, as an interrupted run.

        Raises
        ------
        RunError
            Nothing can be written there either. The run stays where it was.
        """
        name = self._name()
        before, before_lock, before_failure = self.run, self._lock, self.failure
        self.run, self._lock = store.begin_held(**_facts(self.experiment), name=name, parent=self._parent)
        self.write()
        if failure := self.failure:
            shutil.rmtree(self.run.folder, ignore_errors=True)  # it would be listed as interrupted, and empty
            self._lock.release()
            self.run, self._lock, self.failure = before, before_lock, before_failure
            raise RunError(failure)
        if before_lock is not None:
            before_lock.release()

    def _name(self) -> str:
        """Return the present name of the run: its label may have changed since it began."""
        if self.run is None:
            return self.experiment.recipe
        name: str = read_label(self.run.folder / LABEL).get("name", self.run.name)
        return name

    # -- its end -------------------------------------------------------------------------------------------------------

    def end(self, status: Status, model: Model | None, error: str = "") -> None:
        """Write the status of the run and the model of its best weights; ``write`` has written the last checkpoint."""
        if self.run is not None:
            scores = dict(model.scores) if model else {}
            self.run = dataclasses.replace(self._now(), status=status, error=error, scores=scores)
            self._try(lambda: self._save_end(model))

    def _save_end(self, model: Model | None) -> None:
        assert self.run is not None
        if model is not None:
            modelfile.save(model, self.run.folder / MODEL)
        self.note()
        self.run.save_history(self.history)
        # Written last: until the model is there, the run is an interrupted one, and can be resumed.
        self.run.save()

    def _try(self, action: Callable[[], None]) -> bool:
        """Run an action that may fail, note its failure, and return whether it succeeded."""
        try:
            action()
        except (DigitpadError, OSError) as error:
            self.failure = str(error)
            return False
        except MemoryError:
            self.failure = tr("there is not enough memory to write the run")
            return False
        self.failure = ""
        return True


def _facts(experiment: Experiment) -> dict[str, Any]:
    """Return the fields of ``Run`` that an experiment determines."""
    return {
        "recipe": experiment.recipe,
        "settings": experiment.config.as_dict(),
        "data": experiment.source.name,
        "test": experiment.test,
        "threads": experiment.threads,
        "n_steps": experiment.n_steps,
        "parameters": len(experiment.state.network.parameters),
    }
