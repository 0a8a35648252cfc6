"""A model on disk: one safetensors file, with all that is known about the model in its metadata.

Its facts are checked before a network is built of them, for they may say anything.
"""

import dataclasses
import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.digits import N_CLASSES, N_PIXELS, NOT_A_DIGIT
from core.errors import ModelError
from core.files import bounded, tensorfile
from core.nn.limits import MAX_LAYERS, MAX_WIDTH
from core.nn.network import LAYERS, Network
from core.recognition.calibration import TEMPERATURES, Calibration

FORMAT = 1
"""Version of the file's layout. A newer one is refused."""
PREPROCESSING = 1
"""Version of ``core.preprocessing``: a model reads well only what was brought to 28×28 as its training images were."""
MAX_BYTES = 256 * 2**20
SUFFIX = ".safetensors"
PRECISIONS = ("float32", "float16")
_KIND = tensorfile.FileKind("digitpad", "model", MAX_BYTES, ModelError)


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network and where it comes from.

    Attributes
    ----------
    input_scale : float
        What pixels of 0 to 255 are multiplied with before they reach the network.
    data, test : str
        The source that it learned from, and the one that it was tested on, where that was another.
    scores : dict
        Names such as ``test_accuracy`` to numbers.
    settings : dict
        The configuration that it was trained with.
    calibration : Calibration
        How its outputs become probabilities and a judgement.
    precision : str
        How its file holds numbers: "float32", or "float16", which halves the file and costs no accuracy to speak of.
    """

    network: Network
    input_scale: float = 1 / 255
    recipe: str = ""
    seed: int = 0
    data: str = ""
    credits: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 0
    date: str = ""
    program: str = ""
    test: str = ""
    calibration: Calibration = field(default_factory=Calibration)
    precision: str = "float32"

    def facts(self) -> dict[str, Any]:
        """Return all but the network, as JSON can hold it."""
        return {
            "format": FORMAT,
            "preprocessing": PREPROCESSING,
            "layers": self.network.description(),
            "input_scale": self.input_scale,
            "recipe": self.recipe,
            "seed": self.seed,
            "data": self.data,
            "test": self.test,
            "credits": list(self.credits),
            "scores": {name: score for name, score in self.scores.items() if _is_finite(score)},
            "settings": dict(self.settings),
            "threads": self.threads,
            "date": self.date,
            "program": self.program,
            "calibration": dataclasses.asdict(self.calibration),
            "precision": self.precision,
        }


def save(model: Model, path: Path) -> None:
    """Write a model, atomically; raise ModelError where that fails: what was at ``path`` is then untouched."""
    with np.errstate(over="ignore"):
        tensors = {name: tensor.astype(model.precision) for name, tensor in model.network.tensors().items()}
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ModelError(f"{path} was not written: the network has weights that {model.precision} cannot hold")
    tensorfile.save(path, _KIND, tensors, model.facts())


def load(path: Path) -> Model:
    """Read a model.

    Raises
    ------
    ModelError
        The file cannot be read, is not a model of this program's, is damaged, too large, or of a newer version.
    """
    content = bounded.read(path, MAX_BYTES, ModelError)
    try:
        return _parse(content)
    except ModelError as error:
        raise ModelError(f"{path} {error}") from None


def _parse(data: bytes) -> Model:
    content = tensorfile.parse(data, _KIND, {"format": FORMAT, "preprocessing": PREPROCESSING})
    facts = content.facts
    network = _network(facts.get("layers"), len(data))
    tensors = content.tensors()
    wanted, precision = network.tensors(), facts.get("precision", "float32")
    if precision not in PRECISIONS:
        raise ModelError("is damaged: its precision makes no sense")
    if tensors.keys() != wanted.keys():
        raise ModelError("is damaged: its tensors are not those of its layers")
    for name, value in wanted.items():
        if tensors[name].shape != value.shape or tensors[name].dtype != precision:
            raise ModelError(f"is damaged: its tensor {name} is not of shape {value.shape} and type {precision}")
    content.check(tensors)
    for name, value in wanted.items():
        value[...] = tensors[name]
    if not (np.isfinite(network.parameters).all() and np.isfinite(network.statistics).all()):
        raise ModelError("is of no use: it has weights that are not numbers")
    return _model(network, facts)


def _network(description: Any, n_bytes: int) -> Network:
    """Build the network of the description in a file of ``n_bytes``, which may say anything."""
    if not isinstance(description, list) or not 1 <= len(description) <= 4 * (MAX_LAYERS + 1):
        raise ModelError("is damaged: it does not say what its layers are")
    widths = [N_PIXELS]
    for entry in description:
        if not isinstance(entry, dict) or entry.get("layer") not in [*LAYERS]:
            raise ModelError("has a layer that this program does not know")
        sizes = [entry[name] for name in ("n_in", "n_out", "n") if name in entry]
        if not all(type(size) is int and 1 <= size <= MAX_WIDTH for size in sizes):
            raise ModelError(f"has a layer whose sizes are not from 1 to {MAX_WIDTH}")
        if sizes and sizes[0] != widths[-1]:
            raise ModelError("is damaged: its layers do not fit each other")
        widths += sizes[1:]
    if 2 * sum(n_in * n_out for n_in, n_out in itertools.pairwise(widths)) > n_bytes:
        raise ModelError("is damaged: it is too short for its layers")
    if widths[-1] not in (N_CLASSES, NOT_A_DIGIT + 1):
        raise ModelError(f"does not tell {N_CLASSES} digits apart")
    try:
        return Network.from_description(description)
    except (TypeError, ValueError):
        raise ModelError("is damaged: it describes a layer wrongly") from None


def _model(network: Network, facts: dict[str, Any]) -> Model:
    def get(name: str, kind: type, default: Any) -> Any:
        value = facts.get(name, default)
        if not isinstance(value, kind):
            raise ModelError(f"is damaged: its {name} make no sense")
        return value

    scale = facts.get("input_scale")
    if not isinstance(scale, float | int) or not 0 < scale <= 1:
        raise ModelError("is damaged: its input_scale is not a number in (0, 1]")
    return Model(
        network=network,
        input_scale=float(scale),
        recipe=get("recipe", str, ""),
        seed=get("seed", int, 0),
        data=get("data", str, ""),
        test=get("test", str, ""),
        credits=tuple(map(str, get("credits", list, []))),
        scores={str(k): float(v) for k, v in get("scores", dict, {}).items() if _is_finite(v)},
        settings=get("settings", dict, {}),
        threads=get("threads", int, 0),
        date=get("date", str, ""),
        program=get("program", str, ""),
        calibration=_calibration(get("calibration", dict, {})),
        precision=get("precision", str, "float32"),
    )


def _calibration(facts: dict[str, Any]) -> Calibration:
    temperature, threshold = facts.get("temperature", 1.0), facts.get("threshold")
    if not _is_finite(temperature) or not (threshold is None or _is_finite(threshold)):
        raise ModelError("is damaged: its calibration makes no sense")
    low, high = TEMPERATURES
    return Calibration(min(max(float(temperature), low), high), None if threshold is None else float(threshold))


def _is_finite(value: Any) -> bool:
    return isinstance(value, float | int) and abs(value) <= sys.float_info.max
