"""Softmax cross-entropy, with class weights and label smoothing."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


def log_softmax(logits: Array) -> Array:
    """Return the log-probabilities (N, K) of logits (N, K): z - max z - log Σ exp(z - max z), which cannot overflow."""
    shifted: Array = logits - logits.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def softmax(logits: Array) -> Array:
    """Return the probabilities (N, K) of logits (N, K)."""
    return np.exp(log_softmax(logits))


def class_weights(labels: Labels, n_classes: int) -> NDArray[np.float32]:
    """Return the weights (K,) M / n_i of classes with n_i examples, M being the largest n_i: rare classes count more.

    A class without examples has weight 0.
    """
    counts = np.bincount(labels, minlength=n_classes)
    return np.where(counts > 0, counts.max() / np.maximum(counts, 1), 0).astype(np.float32)


class SoftmaxCrossEntropy:
    """The mean over the batch of w_y · (-Σ_k q_k log p_k), with p the softmax of the logits.

    Parameters
    ----------
    weights : (K,), optional
        The weight w of each class, by the label and not by the prediction. The mean divides by N, not by the sum of
        the weights.
    smoothing : float in [0, 1)
        The target q gives 1 - smoothing to the label and spreads the rest evenly over all K classes
        (Szegedy et al., 2016).
    """

    def __init__(self, weights: ArrayLike | None = None, smoothing: float = 0.0) -> None:
        if not 0 <= smoothing < 1:
            raise ValueError(f"label smoothing {smoothing} is not in [0, 1)")
        self.weights = None if weights is None else np.asarray(weights, dtype=np.float32)
        self.smoothing = smoothing

    def forward(self, logits: Array, labels: Labels) -> float:
        """Return the loss of logits (N, K) for labels (N,), a mean over the batch; keep what ``backward`` needs."""
        n, n_classes = logits.shape
        # Rows of ten are too short for vector instructions: the maxima are taken down columns, the sums by BLAS.
        z: Array = logits - logits.T.copy().max(axis=0)[:, np.newaxis]
        self._exp = np.exp(z)
        self._sums = self._exp @ np.ones(n_classes, z.dtype)
        # Flat indices of the labels: indexing with them is faster than with rows and columns.
        self._label_indices = np.arange(0, n * n_classes, n_classes)
        self._label_indices += labels
        self._class_weights = None if self.weights is None else self.weights[labels]
        losses = np.log(self._sums)
        if self.smoothing:
            losses -= self.smoothing * z.mean(axis=1)
        losses -= (1 - self.smoothing) * z.ravel()[self._label_indices]
        if self._class_weights is not None:
            losses *= self._class_weights
        return float(losses.mean())

    def backward(self) -> Array:
        """Return the gradient (N, K) of the mean loss with respect to the logits: w_y (p - q) / N.

        p are the probabilities, q the smoothed one-hot labels, w_y the weight of the label's class.

        Call it once after each ``forward``: the gradient overwrites what that kept.
        """
        grad, (n, n_classes) = self._exp, self._exp.shape
        grad /= self._sums[:, np.newaxis]
        grad.ravel()[self._label_indices] -= 1 - self.smoothing
        if self.smoothing:
            grad -= self.smoothing / n_classes
        if self._class_weights is None:
            grad /= n
        else:
            grad *= (self._class_weights / n)[:, np.newaxis].astype(grad.dtype)
        return grad
