"""Examination: a network's answer to each digit of a dataset, and the digits behind a cell of the confusion."""

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
from core.training.inspection import DOUBTFUL_TEST_DIGITS

NO_PREDICTION = -1
"""Stands for the answer to a row that is no digit, which the network was not asked about."""


@dataclass(frozen=True, eq=False)
class DatasetPredictions:
    """A network's answers to a dataset of N rows, in the dataset's order.

    Attributes
    ----------
    labels : (N,) int64
        What the rows are.
    answers : (N,) int64
        The likeliest digits; ``NO_ANSWER`` where a row is no digit.
    probabilities : (N,) float32
        Those of the answers, calibrated if a calibration was given; 0 where there is none.
    confusion : (10, 10) int64
        Counts [label, answer].
    doubtful : (N,) bool
        Whose label people doubt.
    """

    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    confusion: NDArray[np.int64]
    doubtful: NDArray[np.bool_]

    def rows(self, label: int, answer: int) -> NDArray[np.intp]:
        """Return the rows behind a cell, of errors the surest first, of right answers the least sure."""
        rows = np.flatnonzero((self.labels == label) & (self.answers == answer))
        order = np.argsort(self.probabilities[rows], kind="stable")
        return rows[order if label == answer else order[::-1]]


def predict_dataset(
    network: Network, input_scale: float, data: Dataset, calibrated: Calibration | None = None
) -> DatasetPredictions:
    """Return what a network answers to the digits of a dataset, all else left out.

    For 10,000 digits this takes some 100 ms: off the GUI thread, with a network that nobody writes to meanwhile.
    """
    rows, digits = np.flatnonzero(data.labels < N_CLASSES), data.digits
    found = evaluation.of_images(Recognizer(network, input_scale, calibrated), digits.images, digits.labels)
    known = np.nan_to_num(found.probabilities, nan=1 / N_CLASSES)  # a network in training may answer anything
    answers, probabilities = np.full(len(data), NO_PREDICTION), np.zeros(len(data), np.float32)
    answers[rows], probabilities[rows] = known.argmax(axis=1), known.max(axis=1)
    pairs = digits.labels * N_CLASSES + answers[rows]
    confusion = np.bincount(pairs, minlength=N_CLASSES**2).reshape(N_CLASSES, N_CLASSES)
    return DatasetPredictions(data.labels, answers, probabilities, confusion, doubtful(data))


def doubtful(data: Dataset) -> NDArray[np.bool_]:
    """Return whose label people doubt, (N,): known of MNIST's test part alone, where it begins the dataset."""
    found = np.zeros(len(data), dtype=bool)
    found[list(DOUBTFUL_TEST_DIGITS) if mnist.begins_with_test(data) else []] = True
    return found
