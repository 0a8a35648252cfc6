"""TrainConfig: all settings of a training run, each with its range."""

import dataclasses
import itertools
from dataclasses import dataclass, field
from typing import Any, Self

from core.digits import N_CLASSES, N_PIXELS
from core.errors import ConfigError
from core.messages import tr
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
    """All settings of a run, except the data and the number of threads. The constructor checks them: see ``limits``.

    Raises
    ------
    ConfigError
        A value is out of its range; the message names both.
    """

    hidden: tuple[int, ...] = (256, 128)
    initializer: str = _choice("he_normal", "xavier", "normal")
    sigma: float = _setting(0.1, 0, 10)  # used by the initializer "normal" only
    batch_norm: bool = False
    dropout: float = _setting(0.0, 0, 0.9)
    class_weights: bool = False
    label_smoothing: float = _setting(0.0, 0, 0.5)
    optimizer: str = _choice("sgd", "adamw")
    momentum: float = _setting(0.0, 0, 0.999)  # used by SGD only, like nesterov
    nesterov: bool = False
    weight_decay: float = _setting(0.0, 0, 1)
    learning_rate: float = _setting(0.1, 0, 1000)
    schedule: str = _choice("constant", "step_decay", "cosine", "one_cycle")
    decay_factor: float = _setting(0.9, 0, 1)  # used by step_decay only, like decay_steps
    decay_steps: int = _setting(10_000, 1, 10**9)
    warmup: float = _setting(0.3, 0, 0.9)  # used by one_cycle only: share of the steps in which the rate rises
    batch_size: int = _setting(32, 1, 10_000)
    epochs: int = _setting(10, 1, 10_000)
    input_scale: float = _setting(1 / 255, 1e-6, 1)
    deformation: float = _setting(0.0, 0, 3)  # a factor of core.data.augment.Deformation
    deformation_end: float = _setting(1.0, 0, 1)  # the share of it left at the end: see deformation_at
    validation_share: float = _setting(0.1, 0, 0.5)
    evaluations_per_epoch: int = _setting(1, 1, 100)
    seed: int = _setting(0, 0, 2**31 - 1)

    def __post_init__(self) -> None:
        for setting in dataclasses.fields(self):
            if problem := _problem(setting, getattr(self, setting.name)):
                raise ConfigError(problem)
        if self.batch_norm and self.batch_size == 1:
            raise ConfigError(
                tr("batch_norm needs a batch_size of 2 or more: one image has no variance to normalise by")
            )
        n = sum(n_in * n_out for n_in, n_out in itertools.pairwise((N_PIXELS, *self.hidden, N_CLASSES)))
        if n > MAX_WEIGHTS:
            raise ConfigError(
                tr("hidden: at most {limit:,} weights in all layers together, not {n:,}", limit=MAX_WEIGHTS, n=n)
            )

    @classmethod
    def limits(cls, name: str) -> tuple[float, float]:
        """Return the smallest and the largest value of a numeric setting."""
        low, high = _metadata(cls, name)["range"]
        return low, high

    @classmethod
    def choices(cls, name: str) -> tuple[str, ...]:
        """Return the values of a setting that has a fixed set of them."""
        values: tuple[str, ...] = _metadata(cls, name)["choices"]
        return values

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return dataclasses.asdict(self) | {"hidden": list(self.hidden)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Create a configuration from JSON values; raise ConfigError for an unknown setting."""
        names = {setting.name for setting in dataclasses.fields(cls)}
        if unknown := sorted(set(values) - names):
            raise ConfigError(tr("there is no setting {name}", name=unknown[0][:60]))
        hidden = values.get("hidden")
        return cls(**values | ({"hidden": tuple(hidden)} if isinstance(hidden, list) else {}))

    def initial_weights(self) -> Initializer:
        """Return the function that draws the initial weights."""
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
        """Return the size of the deformations when a ``share`` of the run is done.

        It is constant in the first half and falls linearly to ``deformation_end`` times that in the second, so that
        the network ends on digits that are closer to the undeformed ones.
        """
        late = min(max(2 * share - 1, 0.0), 1.0)
        return self.deformation * (1 + late * (self.deformation_end - 1))

    def optimizer_for(self, network: Network) -> Optimizer:
        """Return an optimizer for the network's parameters."""
        vector, n = network.parameters, network.n_weights
        if self.optimizer == "adamw":
            return AdamW(vector, n, self.weight_decay)
        return SGD(vector, n, self.weight_decay, momentum=self.momentum, nesterov=self.nesterov)


def _metadata(cls: type[TrainConfig], name: str) -> Any:
    return next(setting for setting in dataclasses.fields(cls) if setting.name == name).metadata


def _problem(setting: dataclasses.Field[Any], value: Any) -> str:
    """Return what is wrong with a setting's value; nothing if it has the right type and is in its range."""
    facts: dict[str, Any] = {"name": setting.name, "value": repr(value)[:60]}
    if setting.name == "hidden":
        widths_ok = isinstance(value, tuple) and all(type(n) is int and 1 <= n <= MAX_WIDTH for n in value)
        if not widths_ok or len(value) > MAX_LAYERS:
            facts |= {"n_layers": MAX_LAYERS, "width": MAX_WIDTH}
            return tr("{name}: at most {n_layers} layers of 1 to {width} units, not {value}", **facts)
    elif "choices" in setting.metadata:
        choices = setting.metadata["choices"]
        if value not in choices:
            return tr("{name} is one of {choices}, not {value}", choices=", ".join(choices), **facts)
    elif setting.type is bool:
        if not isinstance(value, bool):
            return tr("{name} is true or false, not {value}", **facts)
    else:
        low, high = setting.metadata["range"]
        is_number = isinstance(value, int if setting.type is int else (int, float)) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            if setting.type is int:
                return tr("{name} is a whole number from {low:,} to {high:,}, not {value}", low=low, high=high, **facts)
            return tr("{name} is a number from {low:g} to {high:g}, not {value}", low=low, high=high, **facts)
    return ""
