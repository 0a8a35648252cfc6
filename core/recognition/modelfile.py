"""Saves and loads a model: one safetensors file, with the facts about the model in its metadata.

A file may come from anywhere: its facts are checked before the network is built.
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
from core.files import bounded, facts, tensorfile
from core.messages import tr
from core.nn.limits import MAX_LAYERS, MAX_WIDTH
from core.nn.network import LAYERS, Network
from core.recognition.calibration import TEMPERATURES, Calibration

FORMAT = 1
"""Version of the file format. Newer files are rejected."""
PREPROCESSING = 1
"""Version of ``core.preprocessing``: a model needs the same normalisation to 28 × 28 as its training images."""
MAX_BYTES = 256 * 2**20
SUFFIX = ".safetensors"
PRECISIONS = ("float32", "float16")
_KIND = tensorfile.FileKind("digitpad", "model", MAX_BYTES, ModelError)


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network and its origin.

    Attributes
    ----------
    input_scale : float
        Factor for pixels of 0 to 255, the network's input.
    data, test : str
        The training source, and the test source if it is another one.
    scores : dict
        Numbers by names such as ``test_accuracy``.
    settings : dict
        The training configuration.
    calibration : Calibration
        Temperature of the probabilities, and threshold for rejection.
    precision : str
        Type of the numbers in the file: "float32", or "float16", which halves the file at no relevant loss of accuracy.
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
        """Return everything except the parameters, as JSON values."""
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
    """Write a model, atomically; raise ModelError where that fails: an older file at ``path`` then stays unchanged."""
    with np.errstate(over="ignore"):
        tensors = {name: tensor.astype(model.precision) for name, tensor in model.network.tensors().items()}
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ModelError(
            tr(
                "{path} was not written: the network has weights that {precision} cannot hold",
                path=path,
                precision=model.precision,
            )
        )
    tensorfile.save(path, _KIND, tensors, model.facts())


def load(path: Path) -> Model:
    """Load a model.

    Raises
    ------
    ModelError
        The file cannot be read, is not a model of this program, is damaged, too large, or of a newer version.
    """
    content = bounded.read(path, MAX_BYTES, ModelError)
    try:
        return _parse(content)
    except ModelError as error:
        raise ModelError(tr("{path} {problem}", path=path, problem=error)) from None


def _parse(data: bytes) -> Model:
    """Return the model in a file; the messages of errors lack the path, which ``load`` puts in front."""
    content = tensorfile.parse(data, _KIND, {"format": FORMAT, "preprocessing": PREPROCESSING})
    found = content.facts
    network = _network(found.get("layers"), len(data))
    tensors = content.tensors()
    expected, precision = network.tensors(), found.get("precision", "float32")
    if precision not in PRECISIONS:
        raise ModelError(tr('is damaged: its value for "{name}" is invalid', name="precision"))
    if tensors.keys() != expected.keys():
        raise ModelError(tr("is damaged: its tensors are not those of its layers"))
    for name, value in expected.items():
        if tensors[name].shape != value.shape or tensors[name].dtype != precision:
            raise ModelError(
                tr(
                    "is damaged: its tensor {name} is not of shape {shape} and type {precision}",
                    name=name,
                    shape=value.shape,
                    precision=precision,
                )
            )
    content.check(tensors)
    for name, value in expected.items():
        value[...] = tensors[name]
    if not (np.isfinite(network.parameters).all() and np.isfinite(network.statistics).all()):
        raise ModelError(tr("cannot be used: it has weights that are not finite numbers"))
    return _model(network, found)


def _network(description: Any, n_bytes: int) -> Network:
    """Build a network from its description in a file of ``n_bytes``; the description may be anything."""
    if not isinstance(description, list) or not 1 <= len(description) <= 4 * (MAX_LAYERS + 1):
        raise ModelError(tr("is damaged: it has no list of layers"))
    widths = [N_PIXELS]
    for entry in description:
        if not isinstance(entry, dict) or entry.get("layer") not in [*LAYERS]:
            raise ModelError(tr("has a layer that this program does not know"))
        sizes = [entry[name] for name in ("n_in", "n_out", "n") if name in entry]
        if not all(type(size) is int and 1 <= size <= MAX_WIDTH for size in sizes):
            raise ModelError(tr("has a layer whose sizes are not from 1 to {limit}", limit=MAX_WIDTH))
        if sizes and sizes[0] != widths[-1]:
            raise ModelError(tr("is damaged: its layers do not fit each other"))
        widths += sizes[1:]
    if 2 * sum(n_in * n_out for n_in, n_out in itertools.pairwise(widths)) > n_bytes:
        raise ModelError(tr("is damaged: it is too short for its layers"))
    if widths[-1] not in (N_CLASSES, NOT_A_DIGIT + 1):
        raise ModelError(
            tr("has {n_outputs} outputs, not one for each of the {n} digits", n_outputs=widths[-1], n=N_CLASSES)
        )
    try:
        return Network.from_description(description)
    except (TypeError, ValueError):
        raise ModelError(tr("is damaged: the description of a layer is invalid")) from None


def _model(network: Network, found: dict[str, Any]) -> Model:
    """Return the model of a network and what its file says of it."""
    try:
        return Model(
            network=network,
            input_scale=_input_scale(found),
            recipe=facts.value(found, "recipe", str, ""),
            seed=facts.value(found, "seed", int, 0),
            data=facts.value(found, "data", str, ""),
            test=facts.value(found, "test", str, ""),
            credits=tuple(map(str, facts.value(found, "credits", list, []))),
            scores={str(k): float(v) for k, v in facts.value(found, "scores", dict, {}).items() if _is_finite(v)},
            settings=facts.value(found, "settings", dict, {}),
            threads=facts.value(found, "threads", int, 0),
            date=facts.value(found, "date", str, ""),
            program=facts.value(found, "program", str, ""),
            calibration=_calibration(facts.value(found, "calibration", dict, {})),
            precision=facts.value(found, "precision", str, "float32"),
        )
    except ValueError as error:
        raise ModelError(tr("is damaged: {reason}", reason=error)) from None


def _input_scale(found: dict[str, Any]) -> float:
    scale = float(facts.value(found, "input_scale", float, minimum=0, maximum=1))
    if scale == 0:
        raise ValueError(tr('its value for "{name}" is invalid', name="input_scale"))
    return scale


def _calibration(found: dict[str, Any]) -> Calibration:
    temperature = facts.value(found, "temperature", float, 1.0)
    threshold = facts.value(found, "threshold", (float, type(None)), None)
    low, high = TEMPERATURES
    return Calibration(min(max(float(temperature), low), high), None if threshold is None else float(threshold))


def _is_finite(value: Any) -> bool:
    return isinstance(value, float | int) and abs(value) <= sys.float_info.max
