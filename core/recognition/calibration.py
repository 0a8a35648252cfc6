"""Calibration: calibrated probabilities from a network's outputs, and rejection of drawings that are not digits.

The logits are divided by a temperature (Guo et al., 2017). Rejection is separate from classification: a drawing is
rejected if its score is below a threshold, which 98 % of real digits pass.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES, N_PIXELS
from core.nn.losses import log_softmax, softmax

Array = NDArray[np.floating[Any]]

ACCEPTED = 0.98
"""The share of real digits that a fitted threshold accepts."""
MIN_DIGITS = 100
"""With fewer digits nothing is fitted: they say too little about the 2 % to be rejected."""
_BRIGHTEST = 128  # of 255: what has no brighter pixel is all but black
_LEAST_INK = 2.5  # mean grey level: with less an image is all but black
_GROUND, _LEAST_GROUND = 64, 0.25  # a darker pixel is background: with a smaller share of it an image is all but white
N_BINS = 15
TEMPERATURES = (0.05, 20.0)


@dataclass(frozen=True)
class Calibration:
    """Parameters fitted on digits that were not used for training.

    Attributes
    ----------
    temperature : float
        Divides the logits.
    threshold : float or None
        Drawings with a lower score are rejected; None rejects nothing.
    """

    temperature: float = 1.0
    threshold: float | None = None

    @classmethod
    def fit(cls, logits: Array, labels: NDArray[np.integer[Any]], accepted: float = ACCEPTED) -> "Calibration":
        """Fit both to the logits (N, 10 or 11) of digits with labels (N,); return the defaults if that fails."""
        if len(logits) < MIN_DIGITS or not np.isfinite(logits).all():
            return cls()
        return cls(temperature(logits, labels), float(np.quantile(scores(logits), 1 - accepted)))

    def probabilities(self, logits: Array) -> Array:
        """Return the probabilities (N, 10) of the ten digits, given that the image is a digit."""
        return softmax(logits[:, :N_CLASSES] / logits.dtype.type(self.temperature))

    def accepts(self, logits: Array) -> NDArray[np.bool_]:
        """Return whether each of N drawings is accepted as a digit."""
        if self.threshold is None:
            return np.ones(len(logits), dtype=bool)
        accepted: NDArray[np.bool_] = scores(logits) >= self.threshold
        return accepted


def show_ink(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return whether images (N, 28, 28) or (N, 784) show ink on a background: all but black or all but white do not.

    A network is certain of such images all the same: it has never seen any. Of MNIST's 70,000 digits the faintest has a
    brightest pixel of 254, the thinnest a mean of 6.5, the thickest a mean of 101.
    """
    flat = images.reshape(len(images), N_PIXELS)
    has_ground = (flat < _GROUND).mean(axis=1) >= _LEAST_GROUND
    has_ink = (flat.max(axis=1, initial=0) >= _BRIGHTEST) & (flat.mean(axis=1) >= _LEAST_INK)
    shown: NDArray[np.bool_] = has_ground & has_ink
    return shown


def scores(logits: Array) -> Array:
    """Return scores (N,) for logits (N, 10 or 11), larger for images that look more like a digit.

    With an eleventh output, "not a digit", the score is the log-odds against it; without, the negative free energy
    log Σ exp z (Liu et al., 2020), which is large for images similar to the training digits.
    """
    digits = logits[:, :N_CLASSES]
    top = digits.max(axis=1)
    energy: Array = top + np.log(np.exp(digits - top[:, np.newaxis]).sum(axis=1))
    return energy - logits[:, N_CLASSES] if logits.shape[1] > N_CLASSES else energy


def temperature(logits: Array, labels: NDArray[np.integer[Any]]) -> float:
    """Return the temperature that minimises the mean cross-entropy of logits (N, 10 or 11) for labels (N,).

    By golden-section search (Kiefer, 1953) over its logarithm: the loss has one minimum.
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

    The mean over the predictions of the difference between accuracy and mean probability in their bin.
    """
    if not len(probabilities):
        return 0.0
    bins = np.minimum((probabilities * N_BINS).astype(np.intp), N_BINS - 1)
    excess = np.bincount(bins, weights=probabilities.astype(np.float64) - correct, minlength=N_BINS)
    return float(np.abs(excess).sum() / len(probabilities))


def area_under_roc(digits: Array, others: Array) -> float:
    """Return the probability that the score of a digit (N,) exceeds that of a non-digit (M,); ties count half."""
    if not len(digits) or not len(others):
        return math.nan
    ordered = np.sort(others)
    below = np.searchsorted(ordered, digits, side="left") + np.searchsorted(ordered, digits, side="right")
    return float(below.mean() / (2 * len(others)))


def wilson(correct: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share ``correct / n`` (Wilson, 1927); (0, 1) where n is 0."""
    if n == 0:
        return 0.0, 1.0
    share, spread = correct / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)
