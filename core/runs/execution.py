"""The life of a run, in one place: begin or resume, train, conclude, diagnose, set the status, discard, move.

The window's worker is a thread around it, ``digitpad-lab train`` a progress bar around it. It works in the thread that
calls it; ``request_end``, ``change_rate`` and ``move_to`` may be called from any other.
"""

import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from core import threads
from core.errors import DigitpadError, DivergenceError, RunError
from core.recognition.modelfile import Model
from core.runs import checkpoint
from core.runs.records import End, RunFacts, RunOutcome, RunRequest
from core.runs.run import LABEL, STATE, Run, Status, read_label
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import TRASH_AGE_S, RunStore
from core.training import loop
from core.training.experiment import Experiment, Scores
from core.training.history import History
from core.training.loop import Progress


@dataclasses.dataclass(frozen=True)
class Move:
    """What came of storing a run elsewhere: the run in its new store, or None and the reason."""

    run: Run | None
    reason: str = ""


class Execution:
    """One run, from its beginning to its end. Use it as a context: locks and threads are released at its end.

    Attributes
    ----------
    end_requested : End or None
        Set by ``request_end``, from any thread.
    discarded : list of Run
        What was stored of a cancelled run and is in the trash now; complete after ``conclude``.
    """

    def __init__(self, request: RunRequest) -> None:
        self.request = request
        self.end_requested: End | None = None
        self.discarded: list[Run] = []
        self._divergence: DivergenceError | None = None
        self._rate_factor: float | None = None
        self._wanted_stores: deque[RunStore] = deque()
        self._left: list[Run] = []  # copies in stores that the run was moved away from
        self._resources = contextlib.ExitStack()
        self._recorder: RunRecorder | None = None

    def __enter__(self) -> Self:
        """Load the data and build the network, or restore where a run stood; raise DigitpadError where that fails."""
        request = self.request
        with contextlib.ExitStack() as undo:
            n_threads = request.resumes.threads if request.resumes else request.threads
            undo.enter_context(threads.limited(n_threads))
            self._recorder = undo.enter_context(_begun(request))
            self._resources = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._resources.close()

    # -- what is known of it -------------------------------------------------------------------------------------------

    @property
    def recorder(self) -> RunRecorder:
        """What records the run; there is one once the context has been entered."""
        assert self._recorder is not None
        return self._recorder

    @property
    def experiment(self) -> Experiment:
        """The run's configuration, data and state."""
        return self.recorder.experiment

    @property
    def run(self) -> Run | None:
        """The run in its store, or None where it is in memory alone."""
        return self.recorder.run

    @property
    def history(self) -> History:
        """The curves so far."""
        return self.recorder.history

    @property
    def seconds(self) -> float:
        """Seconds of training so far, pauses left out."""
        return self.recorder.seconds

    def facts(self) -> RunFacts:
        """Return what is known of the run now that it is prepared."""
        experiment, history = self.experiment, self.history
        state, splits = experiment.state, experiment.splits
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
            findings=() if self.request.resumes else experiment.findings,
        )

    def copy_history(self) -> History:
        """Return a copy of the curves so far, for another thread; those of a new run are empty."""
        history = self.history
        return History.from_tensors(history.tensors()) if self.experiment.state.step else History(history.axis)

    # -- from any thread -----------------------------------------------------------------------------------------------

    def request_end(self, end: End) -> None:
        """End the run between two batches; a later request replaces an earlier one, also while the run concludes."""
        self.end_requested = end

    def change_rate(self, factor: float) -> None:
        """Multiply the schedule's learning rate by this factor from the next batch on."""
        self._rate_factor = factor

    def move_to(self, store: RunStore) -> None:
        """Keep the run in another store from the next batch on."""
        self._wanted_stores.append(store)

    # -- in the run's own thread ---------------------------------------------------------------------------------------

    def train(self) -> Iterator[Progress]:
        """Yield a record a batch, until the run is done, diverges, or is to end.

        Between two records the caller may do anything: pause, take snapshots, or call ``take_rate`` and ``take_moves``.
        """
        experiment = self.experiment
        try:
            for record in self.recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
                yield record
                if self.end_requested is not None:
                    return
        except DivergenceError as error:
            self._divergence = error

    def take_rate(self) -> tuple[float, float] | None:
        """Apply a change of the rate that was asked for; return (samples, rate) from where on it holds, or None."""
        factor, self._rate_factor = self._rate_factor, None
        if factor is None:
            return None
        self.recorder.change_rate(factor)
        samples, rate = self.history.marks[-1]
        return samples, rate

    def take_moves(self) -> Iterator[Move]:
        """Carry out the moves to other stores that were asked for, and yield what came of each."""
        while self._wanted_stores and self.end_requested is not End.CANCEL:
            before = self.run
            try:
                self.recorder.keep_in(self._wanted_stores.popleft())
            except RunError as error:
                yield Move(None, str(error))
                continue
            if before is not None:
                self._left.append(before)
            self.recorder.news()  # the move itself says that the run can be written
            yield Move(self.run)

    def write(self) -> None:
        """Write down where the run stands, as at a pause."""
        self.recorder.write()

    def storage_news(self) -> str | None:
        """Return why nothing can be written, once, when that begins or changes; "" once it has passed; else None."""
        return self.recorder.news()

    # -- the end -------------------------------------------------------------------------------------------------------

    def conclude(self, moved: Callable[[Move], object] | None = None) -> RunOutcome:
        """End the run: test the best weights, diagnose, set the status; or leave it; or discard it.

        A run that cannot be written cannot be left: it would be lost. It ends as if it had been stopped. ``moved`` is
        called with each move to another store that was asked for while the best weights were tested.
        """
        if self._divergence is None:
            self.recorder.write()
        outcome = self._outcome(moved)
        if self.end_requested is End.CANCEL:  # perhaps while it was being concluded
            self._resources.close()
            self._discard()
        return outcome

    def network_so_far(self) -> Model:
        """Return the model of the best weights so far, tested; for a run that was left."""
        return self._best()[0]

    def _outcome(self, moved: Callable[[Move], object] | None) -> RunOutcome:
        divergence = self._divergence
        error = divergence.fact if divergence else ""
        if self.end_requested is End.CANCEL:
            return RunOutcome(stopped=True, error=error, divergence=divergence)
        if self.end_requested is End.LEAVE and self.run is not None and not self.recorder.failure:
            return RunOutcome(Status.INTERRUPTED, stopped=True, error=error, divergence=divergence, run=self.run)
        model = scores = None
        if divergence is None or self.experiment.state.best.step:
            model, scores = self._best()
        for move in self.take_moves():
            if moved is not None:
                moved(move)
        stopped = self.end_requested is not None
        # A network whose run was stopped early may yet learn to tell digits apart.
        constant = None if scores is None or divergence or stopped else self.experiment.constant_prediction(scores)
        status = Status.DIVERGED if divergence else Status.STOPPED if stopped else Status.FINISHED
        self.recorder.end(status, model, error or (constant.fact if constant else ""))
        return RunOutcome(
            status=status,
            model=model,
            scores=scores,
            stopped=stopped or model is None,
            error=error,
            divergence=divergence,
            constant_prediction=constant,
            run=self.run,
            storage_failure=self.recorder.failure,
        )

    def _best(self) -> tuple[Model, Scores]:
        model, scores = self.experiment.conclude()
        return dataclasses.replace(model, precision=self.request.precision), scores

    def _discard(self) -> None:
        """Move what was stored of the run into the trash of each store that it was in; it can be restored."""
        for run in filter(None, (*self._left, self.run)):
            with contextlib.suppress(DigitpadError):  # the other copies are discarded all the same
                if run.folder.is_dir():  # otherwise the store, which has vanished, would be made anew
                    named = dataclasses.replace(run, **read_label(run.folder / LABEL))
                    store = RunStore(run.folder.parent)
                    store.delete(run)
                    self.discarded.append(named)
                    store.empty_trash(TRASH_AGE_S)  # no window lists this store, so nothing else empties it


def _begun(request: RunRequest) -> RunRecorder:
    """Prepare a run, or restore where it stood; one that cannot be stored goes on in memory."""
    if request.resumes is not None:
        return RunRecorder.resume(request.resumes)
    experiment = Experiment.prepare(request.recipe, request.config, request.data, request.threads, request.test)
    if request.parent is not None:
        checkpoint.begin_from(request.parent.folder / STATE, experiment)
    elif request.model is not None:
        experiment.begin_with(request.model)
    parent = request.parent.id if request.parent else ""
    try:
        return RunRecorder.begin(experiment, request.store, parent=parent)
    except RunError as error:
        recorder = RunRecorder.begin(experiment, None, parent=parent)
        recorder.failure = str(error)
        return recorder
