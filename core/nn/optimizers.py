"""Optimizers: SGD, AdamW. A step is one vectorised update of a network's flat vector.

An optimizer takes vectors, not a network. Weight decay applies to the first ``n_weights`` elements. A step may
overwrite the gradient.
"""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.nn.axpy import axpy

Array = NDArray[np.floating[Any]]


class Optimizer(ABC):
    """Turns gradients into steps.

    Attributes
    ----------
    memory
        The names of the vectors (P,) that it keeps between steps.
    """

    memory: tuple[str, ...] = ()

    def __init__(self, parameters: Array, n_weights: int, weight_decay: float = 0.0) -> None:
        self.parameters, self.n_weights, self.weight_decay = parameters, n_weights, weight_decay
        self.n_steps = 0
        self._scratch = np.empty_like(parameters)
        for name in self.memory:
            setattr(self, name, np.zeros_like(parameters))

    def penalty(self) -> float:
        """Return the term that weight decay adds to the loss."""
        return 0.0

    @abstractmethod
    def step(self, grad: Array, learning_rate: float) -> None:
        """Move the parameters (P,), in place, against the gradient (P,) of the mean loss."""


class SGD(Optimizer):
    """Stochastic gradient descent with momentum, plain or Nesterov's, and L2.

    L2 adds λ/2 · ‖w‖² to the loss and λ w to the gradient of the weights. Momentum as in Sutskever et al. (2013), with
    the rate outside the velocity: v ← μ v + g; w ← w - η v, or, for Nesterov, w ← w - η (g + μ v).
    """

    velocity: Array

    def __init__(
        self,
        parameters: Array,
        n_weights: int,
        weight_decay: float = 0.0,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        # Without momentum there is no velocity to keep, and one vector less to read.
        self.memory = ("velocity",) if momentum else ()
        super().__init__(parameters, n_weights, weight_decay)
        self.momentum, self.nesterov = momentum, nesterov

    def penalty(self) -> float:
        """Return λ/2 · ‖w‖²."""
        if not self.weight_decay:
            return 0.0
        weights = self.parameters[: self.n_weights]
        return 0.5 * self.weight_decay * float(weights @ weights)

    def step(self, grad: Array, learning_rate: float) -> None:
        """Move the parameters by one step of gradient descent."""
        if self.weight_decay:
            n = self.n_weights
            grad[:n] += np.multiply(self.parameters[:n], self.weight_decay, out=self._scratch[:n])
        direction = grad
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += grad
            if self.nesterov:
                grad += np.multiply(self.velocity, self.momentum, out=self._scratch)
            else:
                direction = self.velocity
        axpy(-learning_rate, direction, self.parameters, scratch=grad)
        self.n_steps += 1


class AdamW(Optimizer):
    """Adam with decoupled weight decay: w ← w - η (m̂ / (√v̂ + ε) + λ w) (Loshchilov and Hutter, 2019).

    The moments are kept as sums, not as means: m / (1 - β₁) and v / (1 - β₂), which saves two passes over the vectors.
    """

    memory = ("first_moment", "second_moment")
    first_moment: Array
    second_moment: Array
    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def step(self, grad: Array, learning_rate: float) -> None:
        """Move the parameters by one step of AdamW."""
        self.n_steps += 1
        if self.weight_decay:
            self.parameters[: self.n_weights] *= 1 - learning_rate * self.weight_decay
        m, v, scratch = self.first_moment, self.second_moment, self._scratch
        m *= self.BETA1
        m += grad
        v *= self.BETA2
        v += np.square(grad, out=grad)
        # m̂ / (√v̂ + ε), with the factors common to all parameters moved into the rate and ε.
        first = (1 - self.BETA1) / (1 - self.BETA1**self.n_steps)
        second = float(np.sqrt((1 - self.BETA2) / (1 - self.BETA2**self.n_steps)))
        np.sqrt(v, out=scratch)
        scratch += self.EPSILON / second
        np.divide(m, scratch, out=scratch)
        axpy(-learning_rate * first / second, scratch, self.parameters, scratch=scratch)
