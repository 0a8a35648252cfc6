"""Calibration: from a network's outputs to probabilities that mean what they say, and to "this is not a digit".

A temperature divides the logits (Guo et al., 2017). Whether something is a digit at all is judged apart from which one:
by a score, and a threshold that all but a few real digits pass.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES
from core.nn.losses import log_softmax, softmax

Array = NDArray[np.floating[Any]]

ACCEPTED = 0.98
"""The share of real digits that a fitted threshold lets pass."""
MIN_DIGITS = 100
"""Fewer say nothing of the rarest two in a hundred: nothing is fitted on them."""
N_BINS = 15
TEMPERATURES = (0.05, 20.0)


@dataclass(frozen=True)
class Calibration:
    """What was fitted on digits that the network had not learned from.

    Attributes
    ----------
    temperature : float
        What the logits are divided by.
    threshold : float or None
        The score below which a drawing is not a digit; None refuses nothing.
    """

    temperature: float = 1.0
    threshold: float | None = None

    @classmethod
    def fit(cls, logits: Array, labels: NDArray[np.integer[Any]], accepted: float = ACCEPTED) -> "Calibration":
        """Fit both on the logits (N, 10 or 11) of digits with labels (N,); what cannot be fitted stays as it is."""
        if len(logits) < MIN_DIGITS or not np.isfinite(logits).all():
            return cls()
        return cls(temperature(logits, labels), float(np.quantile(scores(logits), 1 - accepted)))

    def probabilities(self, logits: Array) -> Array:
        """Return the probabilities (N, 10) of the ten digits, given that it is one of them."""
        return softmax(logits[:, :N_CLASSES] / logits.dtype.type(self.temperature))

    def accepts(self, logits: Array) -> NDArray[np.bool_]:
        """Return which of N drawings may be a digit."""
        if self.threshold is None:
            return np.ones(len(logits), dtype=bool)
        accepted: NDArray[np.bool_] = scores(logits) >= self.threshold
        return accepted


def scores(logits: Array) -> Array:
    """Return how much each of N images looks like a digit, from logits (N, 10 or 11); larger is more.

    With an eleventh output, "not a digit", it is the logarithm of the odds against that one. Without, it is the free
    energy log Σ exp z (Liu et al., 2020), which is large for what resembles a digit that was learned.
    """
    digits = logits[:, :N_CLASSES]
    top = digits.max(axis=1)
    energy: Array = top + np.log(np.exp(digits - top[:, np.newaxis]).sum(axis=1))
    return energy - logits[:, N_CLASSES] if logits.shape[1] > N_CLASSES else energy


def temperature(logits: Array, labels: NDArray[np.integer[Any]]) -> float:
    """Return the temperature that makes the mean cross-entropy of logits (N, 10 or 11) for labels (N,) smallest.

    By golden section (Kiefer, 1953) over its logarithm: the loss has one minimum.
    """
    digits = logits[:, :N_CLASSES].astype(np.float64)
    rows = np.arange(len(labels))

    def loss(log_t: float) -> float:
        return -float(log_softmax(digits / math.exp(log_t))[rows, labels].mean())

    ratio = (math.sqrt(5) - 1) / 2
    low, high = map(math.log, TEMPERATURES)
    while high - low > 1e-3:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def calibration_error(probabilities: Array, correct: NDArray[np.bool_]) -> float:
    """Return the expected calibration error of top probabilities (N,) (Naeini et al., 2015), in 15 equal bins.

    The mean, over the answers, of the distance between their bin's share of right answers and its mean probability.
    """
    if not len(probabilities):
        return 0.0
    bins = np.minimum((probabilities * N_BINS).astype(np.intp), N_BINS - 1)
    surplus = np.bincount(bins, weights=probabilities.astype(np.float64) - correct, minlength=N_BINS)
    return float(np.abs(surplus).sum() / len(probabilities))


def area_under_roc(digits: Array, others: Array) -> float:
    """Return the probability that a digit's score (N,) is above another drawing's (M,), ties counting half."""
    if not len(digits) or not len(others):
        return math.nan
    ordered = np.sort(others)
    below = np.searchsorted(ordered, digits, side="left") + np.searchsorted(ordered, digits, side="right")
    return float(below.mean() / (2 * len(others)))


def wilson(correct: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % interval of a share ``correct / n`` (Wilson, 1927); (0, 1) where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    share, spread = correct / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)
