"""One run of a comparison: a job and its result, both plain data.

A job can run in this process, on a cluster, or in a separate process: ``python -m core.comparison.job`` reads a job as
JSON from standard input and prints its result as JSON.
"""

import dataclasses
import hashlib
import itertools
import json
import math
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

import core
from core import threads
from core.data.source_loaders import Source
from core.errors import DataError, DigitpadError, DivergenceError
from core.messages import tr
from core.recognition import metrics
from core.training import loop
from core.training.config import TrainConfig
from core.training.curve import Curve
from core.training.experiment import Experiment
from core.training.loop import Progress
from core.training.training_state import TrainingState

FORMAT = 1
"""Version of jobs and results; it is a part of the digest."""
MAX_POINTS = 250
"""The most points that a result keeps of each curve."""

Result = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A training run of a given number of steps.

    Attributes
    ----------
    config : TrainConfig
        With the seed of the run. Its epochs are ignored: ``n_steps`` applies.
    test : str or None
        The source to test on, if it differs from ``data``.
    fingerprint : str
        Of the data (see ``fingerprint``): a name such as ``idx:FOLDER`` may mean other data elsewhere or later.
    """

    recipe: str
    config: TrainConfig
    data: str
    test: str | None
    n_steps: int
    fingerprint: str

    def as_dict(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the job that ``as_dict`` describes."""
        return cls(**values | {"config": TrainConfig.from_dict(values["config"])})

    @property
    def label(self) -> str:
        """Recipe and seed, as messages show them."""
        return tr("{recipe}, seed {seed}", recipe=self.recipe, seed=self.config.seed)

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that determines the result; the recipe's name does not."""
        decisive = self.as_dict() | {"format": FORMAT, "program": core.__version__}
        del decisive["recipe"], decisive["config"]["epochs"]
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def fingerprint(source: Source) -> str:
    """Return the SHA-256 of a source's training and test part."""
    digest = hashlib.sha256()
    for part in (source.train, source.test):
        for array in (part.images, part.labels, part.times):
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def run(job: Job) -> Result:
    """Run a job with one thread, and return its result.

    The scores are those of the last weights, not of the best on validation as elsewhere in the program: recipes are
    compared after the same number of steps. A run that diverges has a result too: ``diverged`` is the message, and the
    scores are those of the weights that it falls back to, its best before, or its initial ones (chance level) if it
    diverged before the first evaluation.
    """
    with threads.limited(1):
        experiment = _for_steps(Experiment.prepare(job.recipe, job.config, job.data, 1, job.test), job.n_steps)
        if fingerprint(experiment.source) != job.fingerprint:
            raise DataError(tr("{data} is not the same data here as where the comparison was planned", data=job.data))
        record, began = _Record(job.n_steps), time.perf_counter()
        diverged = _train(experiment, job, record)
        seconds = time.perf_counter() - began
        scores = _scores(experiment)
    return {
        "scores": scores,
        "diverged": diverged,
        "steps": experiment.state.step,
        "first_loss": record.first_loss,
        "seconds": round(seconds, 3),
        "parameters": len(experiment.state.network.parameters),
        "curves": record.curves(),
    }


def _for_steps(experiment: Experiment, n_steps: int) -> Experiment:
    """Return the experiment with the epochs that the steps span: schedules and deformations depend on them."""
    config = dataclasses.replace(experiment.config, epochs=-(-n_steps // len(experiment.state.loader)))
    return dataclasses.replace(experiment, config=config, state=TrainingState.start(experiment.splits, config))


def _train(experiment: Experiment, job: Job, record: "_Record") -> str | None:
    """Train for the job's number of steps; return None, or the message of a run that diverged."""
    state = experiment.state
    records = loop.fit(state, experiment.splits, experiment.config, schedule_steps=job.n_steps)
    try:
        for progress in itertools.islice(records, job.n_steps):
            record.append(progress)
    except DivergenceError as error:
        return str(error)
    if not np.isfinite(state.network.parameters).all():  # after the last step, which no loss follows
        state.network.restore(state.best.snapshot)
        return tr("the weights were no longer finite after step {step:,}: the run diverged", step=state.step)
    return None


class _Record:
    """The curves of a run over its steps; the time constant of the smoothed ones is a hundredth of the run."""

    def __init__(self, n_steps: int) -> None:
        memory = max(n_steps / 100, 1.0)
        self.first_loss: float | None = None
        self._smooth = {"loss": Curve(memory), "accuracy": Curve(memory)}
        self._points: dict[str, list[tuple[int, float]]] = {"validation_loss": [], "validation_accuracy": []}

    def append(self, progress: Progress) -> None:
        if self.first_loss is None:
            self.first_loss = progress.loss
        for name, curve in self._smooth.items():
            curve.append(progress.step, getattr(progress, name))
        for name, points in self._points.items():
            if (value := getattr(progress, name)) is not None:
                points.append((progress.step, value))

    def curves(self) -> dict[str, dict[str, list[float]]]:
        """Return steps and values of each curve, at most ``MAX_POINTS`` points."""
        drawn = {name: curve.smoothed for name, curve in self._smooth.items()}
        for name, points in self._points.items():
            x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
            drawn[name] = x, y
        return {name: {"step": _thinned(x), "value": _thinned(y)} for name, (x, y) in drawn.items()}


def _thinned(values: NDArray[np.float64]) -> list[float]:
    """Return at most ``MAX_POINTS`` evenly spaced values, including the first and the last, to 6 digits."""
    if len(values) > MAX_POINTS:
        values = values[np.linspace(0, len(values) - 1, MAX_POINTS).round().astype(np.intp)]
    return [float(f"{value:.6g}") for value in values]


def _scores(experiment: Experiment) -> dict[str, float | None]:
    """Return accuracy and mean loss of each part by name; None for an empty part and for a loss that is not finite."""
    scores: dict[str, float | None] = {}
    for part in ("train", "validation", "test"):
        data = getattr(experiment.splits, part)
        found = metrics.evaluate(experiment.state.network, data, experiment.config.input_scale)
        scores[f"{part}_accuracy"] = found.accuracy if found.n else None
        scores[f"{part}_loss"] = found.loss if found.n and math.isfinite(found.loss) else None
    return scores


def main() -> int:
    """Run the job on standard input; print its result, or a message on standard error with exit code 2."""
    try:
        print(json.dumps(run(Job.from_dict(json.load(sys.stdin))), allow_nan=False))
    except DigitpadError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
