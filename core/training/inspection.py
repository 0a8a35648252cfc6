"""Inspection: norms, dead units and pictures of a network's weights, as small records.

They are computed in the thread that trains the network.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.digits import SIZE
from core.nn.layers import Array, Linear, ReLU
from core.nn.network import Network


@dataclass(frozen=True)
class Inspection:
    """The state of a network at an evaluation.

    Attributes
    ----------
    confusion : ten rows of ten counts
        Of the validation digits, [label][predicted].
    weight_norms, grad_norms : tuple of float
        Euclidean norms of each Linear layer's weights, and of the last step's loss gradient with respect to them.
    dead : tuple of float
        For each ReLU layer, the share of units whose output is 0 for all of the digits.
    """

    confusion: tuple[tuple[int, ...], ...]
    weight_norms: tuple[float, ...]
    grad_norms: tuple[float, ...]
    dead: tuple[float, ...]


def weight_norms(network: Network) -> tuple[float, ...]:
    """Return the Euclidean norm of each Linear layer's weights."""
    return tuple(_norm(layer.weight.value) for layer in network.layers if isinstance(layer, Linear))


def grad_norms(network: Network) -> tuple[float, ...]:
    """Return the Euclidean norm of each Linear layer's gradient; call it before the optimizer overwrites that."""
    return tuple(_norm(layer.weight.grad) for layer in network.layers if isinstance(layer, Linear))


def _norm(values: Array) -> float:
    flat = values.reshape(-1)
    return math.sqrt(float(flat @ flat))


def dead_shares(network: Network, images: Array) -> tuple[float, ...]:
    """Return, for each ReLU layer, the share of units that are 0 for all of the images (N, n_in); 0 where N is 0."""
    shares = []
    for layer in network.layers:
        images = layer.infer(images)
        if isinstance(layer, ReLU):
            shares.append(float((images.max(axis=0) <= 0).mean()) if len(images) else 0.0)
    return tuple(shares)


def tiles(weights: Array, n_columns: int, n_rows: int) -> NDArray[np.float32]:
    """Return the weights of the first units of a layer with 28 × 28 inputs as a page of pictures.

    Parameters
    ----------
    weights : (784, units)
        The weights of a network's first layer.
    n_columns, n_rows
        The page has at most so many pictures side by side and below each other.

    Returns
    -------
    (29 rows - 1, 29 columns - 1) float32
        In [-1, 1]: each picture is divided by its own largest absolute weight. NaN between the pictures.
    """
    units = min(weights.shape[1], n_columns * n_rows)
    n_rows = -(-units // n_columns)
    pictures = weights[:, :units].T.astype(np.float32)
    with np.errstate(all="ignore"):  # the weights of a network in training may be infinite or NaN
        pictures /= np.maximum(np.abs(pictures).max(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    page = np.full((n_rows * n_columns, SIZE + 1, SIZE + 1), np.nan, np.float32)
    page[:units, :SIZE, :SIZE] = pictures.reshape(-1, SIZE, SIZE)
    rows = page.reshape(n_rows, n_columns, SIZE + 1, SIZE + 1).swapaxes(1, 2)
    return rows.reshape(n_rows * (SIZE + 1), -1)[:-1, :-1]
