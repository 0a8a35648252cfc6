"""Metrics of a network on a dataset: accuracy, mean loss and confusion matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.digits import N_CLASSES, N_PIXELS
from core.nn.losses import log_softmax
from core.nn.network import Network


@dataclass(frozen=True)
class Evaluation:
    """Metrics on n digits: correct predictions, mean loss (cross-entropy), confusion[label, prediction] (10, 10)."""

    n: int
    correct: int
    loss: float
    confusion: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share of correct predictions; 0 for an empty dataset."""
        return self.correct / self.n if self.n else 0.0


def evaluate(
    network: Network,
    data: Dataset,
    input_scale: float,
    rows: NDArray[np.intp] | None = None,
    block: int = 500,
) -> Evaluation:
    """Evaluate a network on a dataset's digits, in inference mode, ``block`` images at a time.

    Rows that are not digits and the output for them are left out. ``rows`` selects digits, None for all; they are never
    copied all at once.
    """
    if rows is None and data.n_labels > N_CLASSES:
        rows = np.flatnonzero(data.labels < N_CLASSES)
    n = len(data) if rows is None else len(rows)
    confusion = np.zeros((N_CLASSES, N_CLASSES), np.int64)
    total = 0.0
    buffer = np.empty((min(block, n), N_PIXELS), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, n, block):
            part = slice(start, start + block) if rows is None else rows[start : start + block]
            labels = data.labels[part]
            images = np.multiply(data.images[part], np.float32(input_scale), out=buffer[: len(labels)])
            log_p = log_softmax(network.logits(images)[:, :N_CLASSES])
            total -= float(log_p[np.arange(len(labels)), labels].sum(dtype=np.float64))
            predictions = log_p.argmax(axis=1)
            confusion += np.bincount(labels * N_CLASSES + predictions, minlength=N_CLASSES**2).reshape(confusion.shape)
    return Evaluation(n, int(np.trace(confusion)), total / n if n else 0.0, confusion)
