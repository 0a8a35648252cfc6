"""Weight initializers: functions ``(rng, n_in, n_out) -> weights (n_in, n_out)``, with mean zero. Biases start at 0."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Initializer = Callable[["np.random.Generator", int, int], NDArray[np.float32]]


def normal(rng: "np.random.Generator", n_in: int, n_out: int, sigma: float = 0.1) -> NDArray[np.float32]:
    """Draw weights (n_in, n_out) from N(0, sigma²) at any width of the layer: activations grow with depth."""
    return (rng.standard_normal((n_in, n_out)) * sigma).astype(np.float32)


def he_normal(rng: "np.random.Generator", n_in: int, n_out: int) -> NDArray[np.float32]:
    """Draw weights (n_in, n_out) from N(0, 2 / n_in); a ReLU then keeps the variance (He et al., 2015, eq. 10)."""
    return normal(rng, n_in, n_out, sigma=float(np.sqrt(2 / n_in)))


def xavier(rng: "np.random.Generator", n_in: int, n_out: int) -> NDArray[np.float32]:
    """Draw weights (n_in, n_out) from N(0, 2 / (n_in + n_out)) (Glorot and Bengio, 2010, eq. 12)."""
    return normal(rng, n_in, n_out, sigma=float(np.sqrt(2 / (n_in + n_out))))
