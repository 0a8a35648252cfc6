"""Layers, in order of increasing complexity: Linear, ReLU, Dropout, BatchNorm.

All have the same form. ``forward`` (in training) keeps what ``backward`` needs. ``backward`` turns the gradient of the
loss with respect to the output into the one with respect to the input, and fills the gradients of the parameters.
``infer`` computes the output and keeps nothing. N is the number of images in a batch.

A layer writes into its own buffers, allocated once: the results of ``forward`` and ``backward`` are valid until the
next call. (Allocation costs more than the arithmetic of small layers.)

Sums over the batch are products with ones: BLAS adds rows twice as fast as NumPy.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


@dataclass(eq=False)
class Parameter:
    """A named part of a network's flat vectors; the network binds ``value`` and ``grad`` to views of them.

    Weight decay applies to a ``weight``, not to a ``vector`` (biases, γ, β). A ``statistic`` is not learned: it has no
    gradient.
    """

    name: str
    shape: tuple[int, ...]
    kind: Literal["weight", "vector", "statistic"]
    initial: float = 0.0
    value: Array = field(init=False, repr=False)
    grad: Array = field(init=False, repr=False)


class Layer(ABC):
    """One step of a network, from x (N, n_in) to y (N, n_out)."""

    parameters: tuple[Parameter, ...] = ()

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}

    @abstractmethod
    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return y for a training batch x; ``rng`` is the random generator of layers such as Dropout."""

    @abstractmethod
    def backward(self, grad: Array, *, need_input_grad: bool = True) -> Array:
        """Turn the gradient with respect to y into the one with respect to x, and fill the parameters' gradients.

        Gradients are sums over the batch; the loss decides whether that amounts to a mean. The first layer of a network
        need not compute its input's gradient; the result is then meaningless.
        """

    @abstractmethod
    def infer(self, x: Array) -> Array:
        """Return y for images x outside training."""

    def arguments(self) -> dict[str, Any]:
        """Return the constructor's arguments: a description rebuilds the layer with them."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={value}' for key, value in self.arguments().items())})"

    def _buffer(self, name: str, like: Array, width: int | None = None) -> Array:
        """Return a buffer (N, width) for a batch like ``like`` (N, ...); a short last batch gets a part of it."""
        n, width = len(like), like.shape[1] if width is None else width
        buffer = self._buffers.get(name)
        if buffer is None or len(buffer) < n:
            buffer = self._buffers[name] = np.empty((n, width), like.dtype)
        return buffer[:n]

    def _sum(self, rows: Array, out: Array | None = None) -> Array:
        """Return the sum (n,) over a batch (N, n)."""
        ones = self._buffers.get("ones")
        if ones is None or len(ones) < len(rows):
            ones = self._buffers["ones"] = np.ones(len(rows), rows.dtype)
        return np.dot(ones[: len(rows)], rows, out=out)


class Linear(Layer):
    """An affine map: y = x W + b, with W (n_in, n_out) and b (n_out,)."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.n_in, self.n_out = n_in, n_out
        self.weight = Parameter("weight", (n_in, n_out), "weight")
        self.bias = Parameter("bias", (n_out,), "vector")
        self.parameters = (self.weight, self.bias)

    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return x W + b, and keep x."""
        self._x = x
        y = np.matmul(x, self.weight.value, out=self._buffer("y", x, self.n_out))
        y += self.bias.value
        return y

    def backward(self, grad: Array, *, need_input_grad: bool = True) -> Array:
        """Fill ∂L/∂W = xᵀ g and ∂L/∂b = Σ g; return ∂L/∂x = g Wᵀ."""
        np.matmul(self._x.T, grad, out=self.weight.grad)
        self._sum(grad, out=self.bias.grad)
        if not need_input_grad:
            return grad
        return np.matmul(grad, self.weight.value.T, out=self._buffer("grad", grad, self.n_in))

    def infer(self, x: Array) -> Array:
        """Return x W + b."""
        y: Array = x @ self.weight.value
        y += self.bias.value
        return y

    def arguments(self) -> dict[str, Any]:
        """Return the layer's sizes."""
        return {"n_in": self.n_in, "n_out": self.n_out}


class ReLU(Layer):
    """The rectifier: y = max(x, 0)."""

    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return max(x, 0), and keep it: it is positive exactly where x is."""
        self._y = np.maximum(x, _zeros(x), out=self._buffer("y", x))
        return self._y

    def backward(self, grad: Array, *, need_input_grad: bool = True) -> Array:
        """Return the gradient where x was positive, and 0 elsewhere (at 0 too, by convention)."""
        return np.multiply(grad, self._y > 0, out=self._buffer("grad", grad))

    def infer(self, x: Array) -> Array:
        """Return max(x, 0)."""
        return np.maximum(x, _zeros(x))


def _zeros(x: Array) -> Array:
    """Return a row of zeros as wide as x: NumPy compares with a row three times as fast as with the number 0."""
    return np.zeros(x.shape[-1], x.dtype)


class Dropout(Layer):
    """Drop each unit with probability ``rate`` in training, and scale the others by 1 / (1 - rate).

    Inference then needs no change (Srivastava et al., 2014, in the "inverted" form).
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"dropout rate {rate} is not in [0, 1)")
        self.rate = rate

    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return x with some units dropped, and keep the mask."""
        # Sixteen random bits per unit are enough, and take a fifth of a float's time.
        drawn = np.frombuffer(rng.bytes(2 * x.size), np.uint16).reshape(x.shape)
        kept = drawn >= round(self.rate * 65536)
        self._kept = np.multiply(kept, x.dtype.type(1 / (1 - self.rate)), out=self._buffer("kept", x))
        return np.multiply(x, self._kept, out=self._buffer("y", x))

    def backward(self, grad: Array, *, need_input_grad: bool = True) -> Array:
        """Return the gradient of the units that were kept, with their scale."""
        return np.multiply(grad, self._kept, out=self._buffer("grad", grad))

    def infer(self, x: Array) -> Array:
        """Return x unchanged."""
        return x

    def arguments(self) -> dict[str, Any]:
        """Return the rate."""
        return {"rate": self.rate}


class BatchNorm(Layer):
    """Normalise each unit over the batch, then scale and shift: y = γ (x - μ) / √(σ² + ε) + β.

    Ioffe and Szegedy (2015). Inference uses running averages of μ and σ²; a batch has a weight of 0.1 in them. A batch
    of one image has σ² = 0 and gives β.
    """

    EPSILON: ClassVar[float] = 1e-5
    MOMENTUM: ClassVar[float] = 0.1

    def __init__(self, n: int) -> None:
        super().__init__()
        self.n = n
        self.gamma = Parameter("gamma", (n,), "vector", initial=1.0)
        self.beta = Parameter("beta", (n,), "vector")
        self.mean = Parameter("mean", (n,), "statistic")
        self.variance = Parameter("variance", (n,), "statistic", initial=1.0)
        self.parameters = (self.gamma, self.beta, self.mean, self.variance)

    def forward(self, x: Array, rng: "np.random.Generator") -> Array:
        """Return the batch normalised, scaled and shifted; keep it normalised; update the running averages."""
        n_images = len(x)
        mean = self._sum(x) / x.dtype.type(n_images)
        centred = np.subtract(x, mean, out=self._buffer("normal", x))
        y = self._buffer("y", x)
        variance = self._sum(np.square(centred, out=y)) / x.dtype.type(n_images)
        self._inverse = 1 / np.sqrt(variance + x.dtype.type(self.EPSILON))
        self._normal = np.multiply(centred, self._inverse, out=centred)
        if n_images > 1:  # a last batch of one image has no variance to estimate
            self._update(self.mean.value, mean)
            self._update(self.variance.value, variance * (n_images / (n_images - 1)))
        np.multiply(self._normal, self.gamma.value, out=y)
        y += self.beta.value
        return y

    def _update(self, running: Array, batch: Array) -> None:
        running += (batch - running) * running.dtype.type(self.MOMENTUM)

    def backward(self, grad: Array, *, need_input_grad: bool = True) -> Array:
        """Fill ∂L/∂γ = Σ g x̂ and ∂L/∂β = Σ g; return γ / √(σ² + ε) · (g - mean(g) - x̂ mean(g x̂))."""
        out = self._buffer("grad", grad)
        self._sum(np.multiply(grad, self._normal, out=out), out=self.gamma.grad)
        self._sum(grad, out=self.beta.grad)
        np.multiply(self._normal, self.gamma.grad / -len(grad), out=out)
        out += grad
        out -= self.beta.grad / len(grad)
        out *= self.gamma.value * self._inverse
        return out

    def infer(self, x: Array) -> Array:
        """Return x normalised with the running averages."""
        scale = self.gamma.value / np.sqrt(self.variance.value + x.dtype.type(self.EPSILON))
        y: Array = x * scale
        y += self.beta.value - self.mean.value * scale
        return y

    def arguments(self) -> dict[str, Any]:
        """Return the number of units."""
        return {"n": self.n}
