"""Exports a model to ONNX: a graph from pixels in [0, 1] to calibrated probabilities.

A program that runs it must normalise the digit like ``core.preprocessing.geometry``. The graph includes input scale,
temperature and threshold. The package ``onnx`` is an extra, and slow to import: only ``build`` needs it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

import core
from core.digits import N_CLASSES, N_PIXELS, NOT_A_DIGIT
from core.errors import DigitpadError, ModelError
from core.files import atomic
from core.messages import tr, translatable
from core.nn.layers import BatchNorm, Dropout, Layer, Linear, ReLU
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

SUFFIX = ".onnx"
OPSET, IR_VERSION = 17, 8
"""Versions of 2022: onnxruntime reads them from 1.12 on, and so do most other runtimes."""


class Value(NamedTuple):
    """An input or output of a graph: type, shape for one image of the batch, and meaning."""

    dtype: type[np.generic]
    shape: tuple[int, ...]
    meaning: str


VALUES = {
    "image": Value(
        np.float32,
        (N_PIXELS,),
        translatable("28×28 grey values, row by row: 0 is background, 1 is ink; in MNIST's geometry"),
    ),
    "probabilities": Value(
        np.float32, (N_CLASSES,), translatable("one for each digit from 0 to 9, given that the image is a digit")
    ),
    "score": Value(np.float32, (), translatable("larger for an image that looks more like a digit")),
    "is_digit": Value(np.bool_, (), translatable("whether the score passes the model's threshold")),
}
OPERATIONS: dict[type[Layer], tuple[str, dict[str, Any]]] = {
    Linear: ("Gemm", {}),
    ReLU: ("Relu", {}),
    BatchNorm: ("BatchNormalization", {"epsilon": BatchNorm.EPSILON}),
}
"""ONNX's names and attributes for the layers. Each operation takes the layer's parameters in the layer's order."""
_FACTS = ("recipe", "data", "test", "credits", "scores", "calibration", "preprocessing", "date", "program")


def save(model: Model, path: Path) -> None:
    """Write a model to an ONNX file, atomically; an error leaves an older file at ``path`` unchanged.

    Raises
    ------
    ModelError
        The name does not end in .onnx, or the file cannot be written.
    DigitpadError
        The package ``onnx`` is missing.
    """
    if path.suffix.lower() != SUFFIX:
        raise ModelError(
            tr("{path} was not written: the name of an ONNX file ends in {suffix}", path=path, suffix=SUFFIX)
        )
    if problem := atomic.problem(path):
        raise ModelError(problem)
    atomic.write(path, build(model).SerializeToString(), ModelError)


def outputs(model: Model) -> tuple[str, ...]:
    """Return the names of the outputs of a model's graph; ``is_digit`` only if the model has a threshold."""
    verdict = () if model.calibration.threshold is None else ("is_digit",)
    return ("probabilities", "score", *verdict)


def build(model: Model) -> "ModelProto":
    """Return a model as an ONNX model; raise DigitpadError where the package ``onnx`` is missing."""
    try:
        from onnx import helper, numpy_helper
    except ImportError as error:
        raise DigitpadError(
            tr('the export needs the package onnx ({reason}): pip install "digitpad[onnx]"', reason=error)
        ) from None
    graph = _Graph.of(model)
    exported = helper.make_model(
        helper.make_graph(
            [
                helper.make_node(node.kind, node.inputs, [node.output], node.output, **node.attributes)
                for node in graph.nodes
            ],
            "digitpad",
            [_value_info("image")],
            [_value_info(name) for name in outputs(model)],
            [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="digitpad",
        producer_version=core.__version__,
    )
    helper.set_model_props(exported, _metadata(model))
    return exported


def _value_info(name: str) -> "ValueInfoProto":
    from onnx import helper

    value = VALUES[name]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(value.dtype))
    return helper.make_tensor_value_info(name, kind, ["batch", *value.shape], tr(value.meaning))


def _metadata(model: Model) -> dict[str, str]:
    """Return the facts about a model: texts as they are, other values as JSON."""
    facts = {name: fact for name, fact in model.facts().items() if name in _FACTS}
    texts = {k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in facts.items()}
    # ONNX needs UTF-8, and the name of a source's file may be invalid Unicode.
    return {name: text.encode("utf-8", "backslashreplace").decode() for name, text in texts.items()}


class _Node(NamedTuple):
    """An operation: its kind, the names of its inputs and its output, and its attributes."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


class _Graph:
    """A model as operations, in order of computation, and the constants among their inputs."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.constants: dict[str, NDArray[Any]] = {}

    @classmethod
    def of(cls, model: Model) -> "_Graph":
        """Make the graph of a model."""
        graph = cls()
        graph._add_calibration(graph._add_network(model), model.network.sizes[-1], model.calibration)
        return graph

    def _node(self, kind: str, *inputs: str, output: str, **attributes: Any) -> str:
        self.nodes.append(_Node(kind, inputs, output, attributes))
        return output

    def _constant(self, name: str, value: ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        self.constants[name] = np.asarray(value, dtype)
        return name

    def _add_network(self, model: Model) -> str:
        """Add the network, and return the name of its outputs, the logits (N, 10 or 11)."""
        x = "image"
        if (scale := 255 * model.input_scale) != 1:
            # A factor in the weights would round them; in float32, 255 · (p / 255) is exactly p for every pixel p.
            x = self._node("Mul", x, self._constant("scale", scale), output="scaled")
        self.constants |= model.network.tensors()
        for number, layer in enumerate(model.network.layers):
            if not isinstance(layer, Dropout):  # the identity in inference
                kind, attributes = OPERATIONS[type(layer)]
                parameters = [f"{number}.{parameter.name}" for parameter in layer.parameters]
                x = self._node(kind, x, *parameters, output=f"{number}.{kind}", **attributes)
        return x

    def _add_calibration(self, logits: str, n_outputs: int, calibration: Calibration) -> None:
        """Add probabilities, score and verdict for logits (N, n_outputs), as in ``core.recognition.calibration``."""
        has_eleventh = n_outputs > N_CLASSES
        digits = self._columns(logits, range(N_CLASSES), "digits") if has_eleventh else logits
        tempered = self._node("Div", digits, self._constant("temperature", calibration.temperature), output="tempered")
        self._node("Softmax", tempered, output="probabilities", axis=1)
        energy = "energy" if has_eleventh else "score"
        self._node("ReduceLogSumExp", digits, output=energy, axes=[1], keepdims=0)
        if has_eleventh:
            self._node("Sub", energy, self._columns(logits, NOT_A_DIGIT, "not_a_digit"), output="score")
        if calibration.threshold is not None:
            self._node("GreaterOrEqual", "score", self._constant("threshold", calibration.threshold), output="is_digit")

    def _columns(self, logits: str, which: ArrayLike, name: str) -> str:
        return self._node("Gather", logits, self._constant(f"{name}.columns", which, np.int64), output=name, axis=1)
