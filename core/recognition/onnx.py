"""The same network for other runtimes: an ONNX graph from pixels in [0, 1] to calibrated probabilities.

What asks it must place the digit as ``core.preprocessing.geometry`` does. All that comes after is in the graph: the
scale of the input, the temperature, the threshold. The package ``onnx`` is an extra, and slow to import: only ``build``
needs it.
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
from core.nn.layers import BatchNorm, Dropout, Layer, Linear, ReLU
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

SUFFIX = ".onnx"
OPSET, IR_VERSION = 17, 8
"""Of 2022: onnxruntime reads them from 1.12 on, and most other runtimes do."""


class Value(NamedTuple):
    """What goes into a graph or comes out of it: type, shape for one image of the batch, and meaning."""

    dtype: type[np.generic]
    shape: tuple[int, ...]
    meaning: str


VALUES = {
    "image": Value(np.float32, (N_PIXELS,), "28×28 grey values, row by row: 0 paper, 1 ink, in MNIST's geometry"),
    "probabilities": Value(np.float32, (N_CLASSES,), "one for each digit from 0 to 9, given that it is one"),
    "score": Value(np.float32, (), "how much it looks like a digit at all; larger is more"),
    "is_digit": Value(np.bool_, (), "whether the score passes the model's threshold"),
}
OPERATIONS: dict[type[Layer], tuple[str, dict[str, Any]]] = {
    Linear: ("Gemm", {}),
    ReLU: ("Relu", {}),
    BatchNorm: ("BatchNormalization", {"epsilon": BatchNorm.EPSILON}),
}
"""ONNX's names of the layers. Each operation reads the layer's parameters in the layer's own order."""
_FACTS = ("recipe", "data", "test", "credits", "scores", "calibration", "preprocessing", "date", "program")


def save(model: Model, path: Path) -> None:
    """Write a model as an ONNX file, atomically: what was at ``path`` is replaced by the whole of it, or untouched.

    Raises
    ------
    ModelError
        The name does not end in .onnx, or there cannot be a file of that name.
    DigitpadError
        The package ``onnx`` is missing.
    """
    if path.suffix.lower() != SUFFIX:
        raise ModelError(f"{path} was not written: the name of an ONNX file ends in {SUFFIX}")
    if problem := atomic.problem(path):
        raise ModelError(problem)
    content = build(model).SerializeToString()
    try:
        atomic.write(path, content)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}") from None


def outputs(model: Model) -> tuple[str, ...]:
    """Return the names of what a model's graph answers; ``is_digit`` is one where the model has a threshold."""
    judged = () if model.calibration.threshold is None else ("is_digit",)
    return ("probabilities", "score", *judged)


def build(model: Model) -> "ModelProto":
    """Return a model as ONNX has it; raise DigitpadError where the package ``onnx`` is missing."""
    try:
        from onnx import helper, numpy_helper
    except ImportError as error:
        raise DigitpadError(f'exporting needs the package onnx ({error}): pip install "digitpad[onnx]"') from None
    graph = _Graph.of(model)
    made = helper.make_model(
        helper.make_graph(
            [helper.make_node(kind, inputs, [output], output, **rest) for kind, inputs, output, rest in graph.nodes],
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
    helper.set_model_props(made, _metadata(model))
    return made


def _value_info(name: str) -> "ValueInfoProto":
    from onnx import helper

    value = VALUES[name]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(value.dtype))
    return helper.make_tensor_value_info(name, kind, ["batch", *value.shape], value.meaning)


def _metadata(model: Model) -> dict[str, str]:
    """Return what is known about a model: texts as they are, all else as JSON."""
    facts = {name: fact for name, fact in model.facts().items() if name in _FACTS}
    texts = {k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in facts.items()}
    # A source may be a file whose name is no Unicode, and ONNX's texts are UTF-8.
    return {name: text.encode("utf-8", "backslashreplace").decode() for name, text in texts.items()}


class _Node(NamedTuple):
    """An operation, the values that it reads, the one that it makes, and its settings."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


class _Graph:
    """A model as operations, in the order in which they are computed, and the constants that they read."""

    def __init__(self) -> None:
        self.nodes: list[_Node] = []
        self.constants: dict[str, NDArray[Any]] = {}

    @classmethod
    def of(cls, model: Model) -> "_Graph":
        """Make the graph of a model."""
        graph = cls()
        graph._judge(graph._logits(model), model.network.sizes[-1], model.calibration)
        return graph

    def _node(self, kind: str, *inputs: str, output: str, **attributes: Any) -> str:
        self.nodes.append(_Node(kind, inputs, output, attributes))
        return output

    def _constant(self, name: str, value: ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        self.constants[name] = np.asarray(value, dtype)
        return name

    def _logits(self, model: Model) -> str:
        """Add the network, and return the name of its outputs (N, 10 or 11)."""
        x = "image"
        if (scale := 255 * model.input_scale) != 1:
            # Not folded into the weights, which would be rounded: in float32, 255 · (p / 255) is p for every pixel p.
            x = self._node("Mul", x, self._constant("scale", scale), output="scaled")
        self.constants |= model.network.tensors()
        for place, layer in enumerate(model.network.layers):
            if not isinstance(layer, Dropout):  # in inference it is nothing
                kind, attributes = OPERATIONS[type(layer)]
                parameters = [f"{place}.{parameter.name}" for parameter in layer.parameters]
                x = self._node(kind, x, *parameters, output=f"{place}.{kind}", **attributes)
        return x

    def _judge(self, logits: str, n_outputs: int, calibration: Calibration) -> None:
        """Add what ``core.recognition.calibration`` makes of the logits (N, n_outputs)."""
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
