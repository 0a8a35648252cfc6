"""Keeper: follows a run while it goes on, and keeps it on the shelf: its curves, its state every few seconds, its end.

It works in the thread of the run. Where something cannot be written, training goes on in memory, ``failure`` says why,
and what can be saved at the end is tried again.
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
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.runs import checkpoint
from core.runs import run as runs
from core.runs.run import Run, Status
from core.runs.run_store import RunStore
from core.training.experiment import Experiment
from core.training.history import Axis, History
from core.training.loop import Progress

CHECKPOINT_INTERVAL_S = 8.0
"""A run that is killed loses no more than what it did since, and what writing takes."""
_BATCH = 256  # records that the history takes together


class RunRecorder:
    """Follows one run. Use it as a context: what was held is let go at its end, however that comes.

    Without a run to keep it only measures time and remembers the curves.

    Attributes
    ----------
    seconds : float
        Of training so far, pauses left out.
    failure : str
        Why the last attempt to write something failed, or empty.
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
        """Put a run that has been prepared on a shelf, if there is one; raise RunError where that fails."""
        if store is None:
            recorder = cls(experiment, None, clock)
            recorder._parent = parent  # it may be kept later
            return recorder
        run, lock = store.begin_held(**_facts(experiment), name=name or experiment.recipe, parent=parent)
        return cls(experiment, run, clock, lock)

    @classmethod
    def resume(cls, run: Run) -> Self:
        """Take up a run that was interrupted, where it stood; raise DigitpadError where that fails."""
        lock = locks.hold(run.folder)
        try:
            if (now := Run.load(run.folder).status) is not Status.RUNNING:  # what it is called on disk until its end
                raise RunError(f"the run is {now.value} by now: only one that was interrupted can go on")
            experiment = Experiment.prepare(run.recipe, run.config(), run.data, run.threads, run.test or None)
            path = run.folder / runs.STATE
            # One that was killed within its first seconds begins anew.
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
        """Let the run go: another may take it up from where it was last written."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # -- while it goes on ----------------------------------------------------------------------------------------------

    def follow(self, records: Iterator[Progress]) -> Iterator[Progress]:
        """Pass records on, noting each and the time that it took; write the state down every few seconds."""
        memory.give_back()  # the digits came through memory that is no longer needed
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
        """Let the history take the records that have come since."""
        self.history.add(self._records, self.seconds)
        self._records.clear()

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's rate with this from the next batch on, and mark the place in the curves."""
        state = self.experiment.state
        state.rate_factor = factor
        schedule = self.experiment.config.learning_rates(self.experiment.n_steps)
        self.history.mark(state.samples, schedule(state.step) * factor)

    def write(self) -> None:
        """Write down where the run stands; where that fails, ``failure`` says why, and nothing earlier is harmed."""
        self.note()
        if self.run:
            self._try(self._write)
            memory.give_back()  # the state was copied to be written
            self._written = self._clock()

    def _write(self) -> None:
        assert self.run is not None
        checkpoint.save(self.run.folder / runs.STATE, self.experiment, self.history, self.seconds)
        self.run.save_history(self.history)
        self.run = self._now()
        self.run.save()

    def _now(self) -> Run:
        """Return what is known of the run by now."""
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
        """Return whether there are digits to validate on, and they have been."""
        has_digits = bool((self.experiment.splits.validation.labels < N_CLASSES).any())
        return has_digits and math.isfinite(self.experiment.state.best.validation_loss)

    # -- where it cannot be kept ---------------------------------------------------------------------------------------

    def news(self) -> str | None:
        """Return why nothing can be written, once, when that begins or changes; "" once it has passed; else None."""
        if self.failure == self._told:
            return None
        self._told = self.failure
        return self.failure

    def keep_in(self, store: RunStore) -> None:
        """Keep the run on another shelf from now on, with all that it has brought so far.

        What the first shelf has of it stays there, as an interrupted run.

        Raises
        ------
        RunError
            Nothing can be written there either. The run is kept, or not, as before.
        """
        name = self._name()
        before, before_lock, before_failure = self.run, self._lock, self.failure
        self.run, self._lock = store.begin_held(**_facts(self.experiment), name=name, parent=self._parent)
        self.write()
        if refused := self.failure:
            shutil.rmtree(self.run.folder, ignore_errors=True)  # it would count as interrupted, with nothing in it
            self._lock.release()
            self.run, self._lock, self.failure = before, before_lock, before_failure
            raise RunError(refused)
        if before_lock is not None:
            before_lock.release()

    def _name(self) -> str:
        """Return what the run is called by now: its label may have been changed since it began."""
        if self.run is None:
            return self.experiment.recipe
        name: str = runs.read_label(self.run.folder / runs.LABEL).get("name", self.run.name)
        return name

    # -- its end -------------------------------------------------------------------------------------------------------

    def end(self, status: Status, model: Model | None, error: str = "") -> None:
        """Write down how the run ended, and the network of its best weights; ``write`` has kept where it ended."""
        if self.run is not None:
            scores = dict(model.scores) if model else {}
            self.run = dataclasses.replace(self._now(), status=status, error=error, scores=scores)
            self._try(lambda: self._save_end(model))

    def _save_end(self, model: Model | None) -> None:
        assert self.run is not None
        if model is not None:
            modelfile.save(model, self.run.folder / runs.MODEL)
        self.note()
        self.run.save_history(self.history)
        # Said last: until the model is there, the run counts as interrupted, and can be resumed.
        self.run.save()

    def _try(self, action: Callable[[], None]) -> bool:
        """Do what may fail; return whether it has not."""
        try:
            action()
        except (DigitpadError, OSError) as error:
            self.failure = str(error)
            return False
        except MemoryError:
            self.failure = "there is not enough memory to write the run down"
            return False
        self.failure = ""
        return True


def _facts(experiment: Experiment) -> dict[str, Any]:
    """Return what a run's folder says of what is run."""
    return {
        "recipe": experiment.recipe,
        "settings": experiment.config.as_dict(),
        "data": experiment.source.name,
        "test": experiment.test,
        "threads": experiment.threads,
        "n_steps": experiment.n_steps,
        "parameters": len(experiment.state.network.parameters),
    }
