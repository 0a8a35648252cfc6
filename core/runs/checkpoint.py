"""A run's state on disk: all that it needs to go on, bit for bit, as if it had never stopped.

One format serves a pause, a crash, and training some more. It holds no data: they are loaded anew, and are the same.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RunError
from core.files import tensorfile
from core.nn.network import Snapshot
from core.training.experiment import Experiment
from core.training.history import History
from core.training.training_state import Best, TrainingState

FORMAT = 1
MAX_BYTES = 5 * 256 * 2**20
"""A network of ``MAX_WEIGHTS``, the best of it, two moments, and the order of a million digits."""
_KIND = tensorfile.FileKind("digitpad-state", "state of a run", MAX_BYTES, RunError)
_COUNTS = ("step", "epoch", "samples")
_HISTORY = "history."


def save(path: Path, experiment: Experiment, history: History, seconds: float) -> None:
    """Write where a run stands after ``seconds``, atomically; raise RunError where that fails."""
    state = experiment.state
    facts = {
        "format": FORMAT,
        "settings": experiment.config.as_dict(),
        "digest": experiment.splits.digest,
        "seconds": seconds,
        **{name: getattr(state, name) for name in _COUNTS},
        "rate_factor": state.rate_factor,
        "losses": [_finite(state.first_loss), _finite(state.mean_loss)],
        "loader": {"epoch": state.loader.epoch, "position": state.loader.position},
        "generators": [generator.bit_generator.state for generator in (state.loader.rng, state.rng)],
        "optimizer_steps": state.optimizer.n_steps,
        "best": [state.best.step, state.best.validation_accuracy, _finite(state.best.validation_loss)],
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
    tensorfile.save(path, _KIND, tensors, facts)


def load(path: Path, experiment: Experiment) -> tuple[History, float]:
    """Bring a freshly prepared experiment to where a run stood; return its history and its seconds.

    Raises
    ------
    RunError
        The file cannot be read, is damaged, or is of a run with other settings or other data. The experiment is then
        of no more use.
    """
    with tensorfile.reading(path, _KIND, {"format": FORMAT}) as (facts, tensors):
        _check_likeness(facts, experiment)
        _restore(experiment.state, facts, tensors)
        histories = {name.removeprefix(_HISTORY): t for name, t in tensors.items() if name.startswith(_HISTORY)}
        return History.from_tensors(histories), _positive(facts["seconds"])


def begin_from(path: Path, experiment: Experiment) -> None:
    """Let a freshly prepared experiment begin with the network and the optimizer that a run has ended with.

    Raises
    ------
    RunError
        The file cannot be read or is damaged, or the network is another. The experiment is then of no more use.
    """
    with tensorfile.reading(path, _KIND, {"format": FORMAT}) as (facts, tensors):
        then, now = facts["settings"]["hidden"], list(experiment.config.hidden)
        if then != now:
            raise RunError(f"is of a network with hidden layers {_shape(then)}, not {_shape(now)}")
        _restore_weights(experiment.state, facts, tensors)
        experiment.state.best = Best(experiment.state.network.snapshot())


def _shape(hidden: list[int]) -> str:
    return "-".join(map(str, hidden)) or "none"


def _check_likeness(facts: dict[str, Any], experiment: Experiment) -> None:
    if facts.get("settings") != experiment.config.as_dict():
        raise RunError("is of a run with other settings")
    if facts.get("digest") != experiment.splits.digest:
        raise RunError("is of a run on other digits: the data have changed since")


def _restore(state: TrainingState, facts: dict[str, Any], tensors: tensorfile.Tensors) -> None:
    best_step, best_accuracy, best_loss = facts["best"]
    state.best = Best(
        Snapshot(
            _like(tensors["best.parameters"], state.network.parameters).copy(),
            _like(tensors["best.statistics"], state.network.statistics).copy(),
        ),
        int(best_step),
        float(best_accuracy),
        math.inf if best_loss is None else float(best_loss),
    )
    _restore_weights(state, facts, tensors)
    state.loader.restore(tensors["permutation"], int(facts["loader"]["position"]), int(facts["loader"]["epoch"]))
    for generator, of_bits in zip((state.loader.rng, state.rng), facts["generators"], strict=True):
        generator.bit_generator.state = of_bits
    for name in _COUNTS:
        setattr(state, name, int(_positive(facts[name])))
    state.rate_factor = _positive(facts["rate_factor"])
    first, mean = facts["losses"]
    if state.step and (first is None or mean is None):
        raise ValueError("it has gone some steps, but knows no loss")
    state.first_loss, state.mean_loss = (math.nan if loss is None else float(loss) for loss in (first, mean))


def _restore_weights(state: TrainingState, facts: dict[str, Any], tensors: tensorfile.Tensors) -> None:
    state.network.parameters[:] = _like(tensors["parameters"], state.network.parameters)
    state.network.statistics[:] = _like(tensors["statistics"], state.network.statistics)
    for name in state.optimizer.memory:
        vector = getattr(state.optimizer, name)
        vector[:] = _like(tensors[f"optimizer.{name}"], vector)
    state.optimizer.n_steps = int(_positive(facts["optimizer_steps"]))


def _like(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return a vector that was read, if it is of the wanted shape and type."""
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        raise ValueError(f"a vector is of shape {found.shape}, not {wanted.shape}")
    if not np.isfinite(found).all():
        raise ValueError("a vector has values that are not numbers")
    return found


def _positive(value: Any) -> float:
    """Return a number that was read, if it can be a count, a time or a rate; it is finite, as all that is read."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{str(value)[:20]} is no count, time or rate")
    return value


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
