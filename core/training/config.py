"""TrainConfig: all that decides a training run, each setting with its range."""

import dataclasses
import itertools
from dataclasses import dataclass, field
from typing import Any, Self

from core.digits import N_CLASSES, N_PIXELS
from core.errors import ConfigError
from core.nn import initializers, schedules
from core.nn.initializers import Initializer
from core.nn.limits import MAX_LAYERS, MAX_WEIGHTS, MAX_WIDTH
from core.nn.network import Network
from core.nn.optimizers import SGD, AdamW, Optimizer
from core.nn.schedules import Schedule


def _setting(default: Any, low: float, high: float) -> Any:
    return field(default=default, metadata={"range": (low, high)})


def _choice(default: str, *others: str) -> Any:
    return field(default=default, metadata={"choices": (default, *others)})


@dataclass(frozen=True)
class TrainConfig:
    """All that decides a run, but for the data and the number of threads. Checked when made: see ``limits``.

    Raises
    ------
    ConfigError
        A value is out of its range; value and range are named.
    """

    hidden: tuple[int, ...] = (256, 128)
    initializer: str = _choice("he_normal", "xavier", "normal")
    sigma: float = _setting(0.1, 0, 10)  # of the initializer "normal" alone
    batch_norm: bool = False
    dropout: float = _setting(0.0, 0, 0.9)
    class_weights: bool = False
    label_smoothing: float = _setting(0.0, 0, 0.5)
    optimizer: str = _choice("sgd", "adamw")
    momentum: float = _setting(0.0, 0, 0.999)  # of SGD alone, as is nesterov
    nesterov: bool = False
    weight_decay: float = _setting(0.0, 0, 1)
    learning_rate: float = _setting(0.1, 0, 1000)
    schedule: str = _choice("constant", "step_decay", "cosine", "one_cycle")
    decay_factor: float = _setting(0.9, 0, 1)  # of step_decay alone, as is decay_steps
    decay_steps: int = _setting(10_000, 1, 10**9)
    warmup: float = _setting(0.3, 0, 0.9)  # of one_cycle alone: the share of the steps in which the rate climbs
    batch_size: int = _setting(32, 1, 10_000)
    epochs: int = _setting(10, 1, 10_000)
    input_scale: float = _setting(1 / 255, 1e-6, 1)
    deformation: float = _setting(0.0, 0, 3)  # times core.data.augment.Deformation
    deformation_end: float = _setting(1.0, 0, 1)  # the share of it that is left at the end: see deformation_at
    validation_share: float = _setting(0.1, 0, 0.5)
    evaluations_per_epoch: int = _setting(1, 1, 100)
    seed: int = _setting(0, 0, 2**31 - 1)

    def __post_init__(self) -> None:
        for setting in dataclasses.fields(self):
            _check(setting, getattr(self, setting.name))
        if self.batch_norm and self.batch_size == 1:
            raise ConfigError("batch_norm needs a batch_size of 2 or more: one image has no spread to normalise by")
        n = sum(n_in * n_out for n_in, n_out in itertools.pairwise((N_PIXELS, *self.hidden, N_CLASSES)))
        if n > MAX_WEIGHTS:
            raise ConfigError(f"hidden: at most {MAX_WEIGHTS:,} weights in all layers together, not {n:,}")

    @classmethod
    def limits(cls, name: str) -> tuple[float, float]:
        """Return the smallest and the largest value of a number among the settings."""
        low, high = _metadata(cls, name)["range"]
        return low, high

    @classmethod
    def choices(cls, name: str) -> tuple[str, ...]:
        """Return the values of a setting that is one of a few words."""
        values: tuple[str, ...] = _metadata(cls, name)["choices"]
        return values

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON has them."""
        return dataclasses.asdict(self) | {"hidden": list(self.hidden)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Make a configuration of JSON's values; raise ConfigError for a name that is no setting."""
        names = {setting.name for setting in dataclasses.fields(cls)}
        if unknown := sorted(set(values) - names):
            raise ConfigError(f"there is no setting {unknown[0][:60]}")
        hidden = values.get("hidden")
        return cls(**values | ({"hidden": tuple(hidden)} if isinstance(hidden, list) else {}))

    def initial_weights(self) -> Initializer:
        """Return the function that draws weights."""
        if self.initializer == "normal":
            return lambda rng, n_in, n_out: initializers.normal(rng, n_in, n_out, self.sigma)
        return {"he_normal": initializers.he_normal, "xavier": initializers.xavier}[self.initializer]

    def learning_rates(self, n_steps: int) -> Schedule:
        """Return the learning rate as a function of the step, for a run of ``n_steps``."""
        match self.schedule:
            case "step_decay":
                return schedules.step_decay(self.learning_rate, factor=self.decay_factor, every=self.decay_steps)
            case "cosine":
                return schedules.cosine(self.learning_rate, n_steps=n_steps)
            case "one_cycle":
                return schedules.one_cycle(self.learning_rate, n_steps=n_steps, warmup=self.warmup)
        return schedules.constant(self.learning_rate)

    def deformation_at(self, share: float) -> float:
        """Return how far digits are deformed when a ``share`` of the run is done.

        It is constant in the first half, and sinks to ``deformation_end`` times that in the second: what a network
        learns last is the digits as they are.
        """
        late = min(max(2 * share - 1, 0.0), 1.0)
        return self.deformation * (1 + late * (self.deformation_end - 1))

    def optimizer_for(self, network: Network) -> Optimizer:
        """Return the optimizer of the network's parameters."""
        vector, n = network.parameters, network.n_weights
        if self.optimizer == "adamw":
            return AdamW(vector, n, self.weight_decay)
        return SGD(vector, n, self.weight_decay, momentum=self.momentum, nesterov=self.nesterov)


def _metadata(cls: type[TrainConfig], name: str) -> Any:
    return next(setting for setting in dataclasses.fields(cls) if setting.name == name).metadata


def _check(setting: dataclasses.Field[Any], value: Any) -> None:
    """Raise ConfigError unless the value is of the setting's type and in its range."""
    name, wanted = setting.name, setting.type
    if name == "hidden":
        widths_ok = isinstance(value, tuple) and all(type(n) is int and 1 <= n <= MAX_WIDTH for n in value)
        if not widths_ok or len(value) > MAX_LAYERS:
            raise ConfigError(f"hidden: at most {MAX_LAYERS} layers of 1 to {MAX_WIDTH} units, not {_shown(value)}")
    elif "choices" in setting.metadata:
        if value not in setting.metadata["choices"]:
            raise ConfigError(f"{name} is one of {', '.join(setting.metadata['choices'])}, not {_shown(value)}")
    elif wanted is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{name} is true or false, not {_shown(value)}")
    else:
        low, high = setting.metadata["range"]
        number = isinstance(value, int if wanted is int else (int, float)) and not isinstance(value, bool)
        if not number or not low <= value <= high:
            kind, form = ("a whole number", ",") if wanted is int else ("a number", "g")
            raise ConfigError(f"{name} is {kind} from {low:{form}} to {high:{form}}, not {_shown(value)}")


def _shown(value: Any) -> str:
    return repr(value)[:60]
