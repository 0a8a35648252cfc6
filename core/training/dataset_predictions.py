"""A network's prediction for each digit of a dataset, and the digits in a cell of the confusion matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import mnist
from core.data.dataset import Dataset
from core.digits import N_CLASSES
from core.nn.network import Network
from core.recognition import evaluation
from core.recognition.calibration import Calibration
from core.recognition.recognizer import Recognizer

NO_PREDICTION = -1
"""Stands in for the prediction of a row that is not a digit: the network does not see these rows."""


@dataclass(frozen=True, eq=False)
class DatasetPredictions:
    """A network's predictions for a dataset of N rows, in the dataset's order.

    Attributes
    ----------
    labels : (N,) int64
        The labels of the rows.
    predicted : (N,) int64
        The most probable digits; ``NO_PREDICTION`` where a row is not a digit.
    probabilities : (N,) float32
        Those of the predicted digits, calibrated if a calibration was given; 0 where nothing is predicted.
    confusion : (10, 10) int64
        Counts [label, predicted].
    doubtful : (N,) bool
        True where people doubt the label.
    """

    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    confusion: NDArray[np.int64]
    doubtful: NDArray[np.bool_]

    def rows(self, label: int, predicted: int) -> NDArray[np.intp]:
        """Return the rows in a cell: errors by falling probability, correct predictions by rising probability."""
        rows = np.flatnonzero((self.labels == label) & (self.predicted == predicted))
        order = np.argsort(self.probabilities[rows], kind="stable")
        return rows[order if label == predicted else order[::-1]]


def predict_dataset(
    network: Network, input_scale: float, data: Dataset, calibrated: Calibration | None = None
) -> DatasetPredictions:
    """Return a network's predictions for the digits of a dataset, leaving out rows that are not digits.

    This takes about 100 ms for 10,000 digits: call it off the GUI thread, with a network that nothing else changes.
    """
    rows, digits = np.flatnonzero(data.labels < N_CLASSES), data.digits
    found = evaluation.of_images(Recognizer(network, input_scale, calibrated), digits.images, digits.labels)
    finite = np.nan_to_num(found.probabilities, nan=1 / N_CLASSES)  # a network in training may give NaN
    predicted, probabilities = np.full(len(data), NO_PREDICTION), np.zeros(len(data), np.float32)
    predicted[rows], probabilities[rows] = finite.argmax(axis=1), finite.max(axis=1)
    pairs = digits.labels * N_CLASSES + predicted[rows]
    confusion = np.bincount(pairs, minlength=N_CLASSES**2).reshape(N_CLASSES, N_CLASSES)
    return DatasetPredictions(data.labels, predicted, probabilities, confusion, doubtful(data))


def doubtful(data: Dataset) -> NDArray[np.bool_]:
    """Return a mask (N,) of the doubtful labels: known for MNIST's test part only, if the dataset starts with it."""
    found = np.zeros(len(data), dtype=bool)
    found[list(mnist.DOUBTFUL_TEST_DIGITS) if mnist.begins_with_test(data) else []] = True
    return found
