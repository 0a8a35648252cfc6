"""Checkpoints: the state of a run on disk, with which it goes on bit for bit as if it had never stopped.

One format serves a pause, a crash, and further training. It holds no training data: they are loaded again.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RunError
from core.files import facts, tensorfile
from core.messages import tr, translatable
from core.nn.network import Snapshot
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.history import History
from core.training.training_state import Best, TrainingState

FORMAT = 1
MAX_BYTES = 5 * 256 * 2**20
"""A network of ``MAX_WEIGHTS``, the best of it, two moments, and the order of a million digits."""
_KIND = tensorfile.FileKind("digitpad-state", translatable("state of a run"), MAX_BYTES, RunError)
_COUNTS = ("step", "epoch", "samples")
_HISTORY = "history."


def save(path: Path, experiment: Experiment, history: History, seconds: float) -> None:
    """Write the state of a run after ``seconds`` of training, atomically; raise RunError where that fails."""
    state = experiment.state
    metadata = {
        "format": FORMAT,
        "settings": experiment.config.as_dict(),
        "digest": experiment.splits.digest,
        "seconds": seconds,
        **{name: getattr(state, name) for name in _COUNTS},
        "rate_factor": state.rate_factor,
        "losses": [_finite_or_none(state.first_loss), _finite_or_none(state.mean_loss)],
        "loader": {"epoch": state.loader.epoch, "position": state.loader.position},
        "generators": [generator.bit_generator.state for generator in (state.loader.rng, state.rng)],
        "optimizer_steps": state.optimizer.n_steps,
        "best": [state.best.step, state.best.validation_accuracy, _finite_or_none(state.best.validation_loss)],
    }
    tensors = {
        "parameters": state.network.parameters,
        "statistics": state.network.statistics,
        "best.parameters": state.best.snapshot.parameters,
        "best.statistics": state.best.snapshot.statistics,
        "permutation": state.loader.permutation,
        **{f"optimizer.{name}": getattr(state.optimizer, name) for name in state.optimizer.memory},
        **{f"{_HISTORY}{name}": values for name, values in history.tensors().items()},
    }
    tensorfile.save(path, _KIND, tensors, metadata)


def load(path: Path, experiment: Experiment) -> tuple[History, float]:
    """Restore the state of a run in a newly prepared experiment; return the run's history and its seconds.

    Raises
    ------
    RunError
        The file cannot be read, is damaged, or is of a run with other settings or other data. The experiment cannot be
        used after that.
    """
    with tensorfile.reading(path, _KIND, {"format": FORMAT}) as (found, tensors):
        _check_same_run(found, experiment)
        _restore(experiment.state, found, tensors)
        histories = {name.removeprefix(_HISTORY): t for name, t in tensors.items() if name.startswith(_HISTORY)}
        return History.from_tensors(histories), facts.value(found, "seconds", float, minimum=0)


def begin_from(path: Path, experiment: Experiment) -> None:
    """Begin a newly prepared experiment with the last network and optimizer of another run.

    Raises
    ------
    RunError
        The file cannot be read or is damaged, or the network is another. The experiment cannot be used after that.
    """
    with tensorfile.reading(path, _KIND, {"format": FORMAT}) as (found, tensors):
        then, now = found["settings"]["hidden"], list(experiment.config.hidden)
        if then != now:
            raise RunError(
                tr("is of a network with hidden layers {then}, not {now}", then=_shape(then), now=_shape(now))
            )
        _restore_weights(experiment.state, found, tensors)
        experiment.state.best = Best(experiment.state.network.snapshot())


def _shape(hidden: list[int]) -> str:
    return "-".join(map(str, hidden)) or "none"


def _check_same_run(found: dict[str, Any], experiment: Experiment) -> None:
    """Raise RunError unless a state is of a run with these settings and data.

    A setting that did not exist when the state was written has its default.
    """
    if TrainConfig().as_dict() | facts.value(found, "settings", dict) != experiment.config.as_dict():
        raise RunError(tr("is of a run with other settings"))
    if found.get("digest") != experiment.splits.digest:
        raise RunError(tr("is of a run on other digits: the data have changed since"))


def _restore(state: TrainingState, found: dict[str, Any], tensors: tensorfile.Tensors) -> None:
    best_step, best_accuracy, best_loss = found["best"]
    state.best = Best(
        Snapshot(
            _checked(tensors["best.parameters"], state.network.parameters).copy(),
            _checked(tensors["best.statistics"], state.network.statistics).copy(),
        ),
        int(best_step),
        float(best_accuracy),
        math.inf if best_loss is None else float(best_loss),
    )
    _restore_weights(state, found, tensors)
    loader = found["loader"]
    state.loader.restore(tensors["permutation"], int(loader["position"]), int(loader["epoch"]))
    for generator, of_bits in zip((state.loader.rng, state.rng), found["generators"], strict=True):
        generator.bit_generator.state = of_bits
    for name in _COUNTS:
        setattr(state, name, int(facts.value(found, name, float, minimum=0)))
    state.rate_factor = facts.value(found, "rate_factor", float, minimum=0)
    first, mean = found["losses"]
    if state.step and (first is None or mean is None):
        raise ValueError("its losses are missing")
    state.first_loss, state.mean_loss = (math.nan if loss is None else float(loss) for loss in (first, mean))


def _restore_weights(state: TrainingState, found: dict[str, Any], tensors: tensorfile.Tensors) -> None:
    state.network.parameters[:] = _checked(tensors["parameters"], state.network.parameters)
    state.network.statistics[:] = _checked(tensors["statistics"], state.network.statistics)
    for name in state.optimizer.memory:
        vector = getattr(state.optimizer, name)
        vector[:] = _checked(tensors[f"optimizer.{name}"], vector)
    state.optimizer.n_steps = int(facts.value(found, "optimizer_steps", float, minimum=0))


def _checked(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return a vector that was read; raise ValueError unless it is finite and has the shape and type of ``wanted``."""
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        raise ValueError(f"a vector is of shape {found.shape}, not {wanted.shape}")
    if not np.isfinite(found).all():
        raise ValueError("a vector has values that are not numbers")
    return found


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
