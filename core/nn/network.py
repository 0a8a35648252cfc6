"""A network: layers whose parameters, gradients and statistics are views of three flat vectors."""

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.nn import losses
from core.nn.initializers import Initializer
from core.nn.layers import Array, BatchNorm, Dropout, Layer, Linear, Parameter, ReLU

LAYERS: dict[str, type[Layer]] = {layer.__name__: layer for layer in (Linear, ReLU, Dropout, BatchNorm)}


class Snapshot(NamedTuple):
    """The state of a network. A copy, safe for another thread, unless it comes from ``view``."""

    parameters: Array
    statistics: Array


def mlp(sizes: Sequence[int], *, batch_norm: bool = False, dropout: float = 0.0) -> list[Layer]:
    """Return the layers of a multilayer perceptron, ``sizes`` from input to output.

    Between two Linear layers are, in this order: BatchNorm if ``batch_norm``, ReLU, Dropout if its rate is not 0.
    """
    layers: list[Layer] = []
    for n_in, n_out in itertools.pairwise(sizes[:-1]):
        layers.append(Linear(n_in, n_out))
        if batch_norm:
            layers.append(BatchNorm(n_out))
        layers.append(ReLU())
        if dropout:
            layers.append(Dropout(dropout))
    return [*layers, Linear(sizes[-2], sizes[-1])]


class Network:
    """Layers that share three flat vectors.

    Attributes
    ----------
    parameters : (P,) float32
        All learned values, ordered [weights | biases, γ, β]: weight decay applies to one slice.
    grads : (P,) float32
        The gradient of the last batch's loss with respect to ``parameters``. Allocated at first use: a network that
        only predicts takes half the memory.
    statistics : (S,) float32
        Batch-norm's running averages.
    n_weights : int
        How many of ``parameters`` are weights.
    """

    def __init__(self, layers: Iterable[Layer], dtype: DTypeLike = np.float32) -> None:
        self.layers = tuple(layers)
        weights, vectors, statistics = (self._of_kind(kind) for kind in ("weight", "vector", "statistic"))
        self.n_weights = _size(weights)
        self.parameters = np.zeros(self.n_weights + _size(vectors), dtype)
        self.statistics = np.zeros(_size(statistics), dtype)
        _bind([*weights, *vectors], self.parameters, "value")
        _bind(statistics, self.statistics, "value")
        for parameter in (*weights, *vectors, *statistics):
            parameter.value[...] = parameter.initial

    @functools.cached_property
    def grads(self) -> Array:
        """Allocate the gradient."""
        grads = np.zeros_like(self.parameters)
        _bind([*self._of_kind("weight"), *self._of_kind("vector")], grads, "grad")
        return grads

    def _of_kind(self, kind: str) -> list[Parameter]:
        return [parameter for layer in self.layers for parameter in layer.parameters if parameter.kind == kind]

    @classmethod
    def from_description(cls, description: Sequence[dict[str, Any]]) -> Self:
        """Return an untrained network of the layers that ``description()`` returned."""
        return cls(LAYERS[entry["layer"]](**{k: v for k, v in entry.items() if k != "layer"}) for entry in description)

    def description(self) -> list[dict[str, Any]]:
        """Return the layers as JSON values."""
        return [{"layer": type(layer).__name__, **layer.arguments()} for layer in self.layers]

    def initialize(self, initializer: Initializer, rng: "np.random.Generator") -> None:
        """Draw new weights; set the biases to zero."""
        for layer in self.layers:
            if isinstance(layer, Linear):
                layer.weight.value[...] = initializer(rng, layer.n_in, layer.n_out)
                layer.bias.value[...] = 0

    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return the logits (N, K) of a training batch x (N, n_in)."""
        for layer in self.layers:
            x = layer.forward(x, rng)
        return x

    def backward(self, grad: Array) -> None:
        """Fill ``grads`` from the gradient (N, K) of the loss with respect to the logits of the last ``forward``."""
        _ = self.grads  # allocated before a layer writes to it
        for layer in reversed(self.layers):
            grad = layer.backward(grad, need_input_grad=layer is not self.layers[0])

    def logits(self, x: Array) -> Array:
        """Return the logits (N, K) of images x (N, n_in) in inference mode; keep nothing."""
        for layer in self.layers:
            x = layer.infer(x)
        return x

    def predict(self, x: Array) -> Array:
        """Return the class probabilities (N, K) of images x (N, n_in), with the input scale of training."""
        return losses.softmax(self.logits(x))

    def snapshot(self) -> Snapshot:
        """Return a copy of the state."""
        return Snapshot(self.parameters.copy(), self.statistics.copy())

    def view(self) -> Snapshot:
        """Return the state without a copy: only for the training thread, and only until the next step."""
        return Snapshot(self.parameters, self.statistics)

    def restore(self, snapshot: Snapshot) -> None:
        """Set the state to that of a snapshot; its network must have the same layers."""
        self.parameters[:] = snapshot.parameters
        self.statistics[:] = snapshot.statistics

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the named tensors ("0.weight", "0.bias", …; the number is the layer's index) as views."""
        return {f"{i}.{p.name}": p.value for i, layer in enumerate(self.layers) for p in layer.parameters}

    @property
    def sizes(self) -> tuple[int, ...]:
        """Layer widths from input to output, as in 784-256-128-10."""
        linear = [layer for layer in self.layers if isinstance(layer, Linear)]
        return (linear[0].n_in, *(layer.n_out for layer in linear))

    def __repr__(self) -> str:
        return f"Network({', '.join(map(repr, self.layers))})"


def _size(parameters: Sequence[Parameter]) -> int:
    return sum(int(np.prod(parameter.shape)) for parameter in parameters)


def _bind(parameters: Sequence[Parameter], vector: Array, attribute: str) -> None:
    """Set each parameter's ``attribute`` to its part of the flat vector."""
    start = 0
    for parameter in parameters:
        stop = start + int(np.prod(parameter.shape))
        setattr(parameter, attribute, vector[start:stop].reshape(parameter.shape))
        start = stop
