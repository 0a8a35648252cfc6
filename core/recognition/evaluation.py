"""Evaluation of a model: its predictions for many digits, each processed as on the pad, and their metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES, SIZE
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.recognition import calibration
from core.recognition.recognizer import Recognizer
from core.recognition.segmentation import segment

_BLOCK = 1000  # images in one pass through the network


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's predictions for N digits.

    Attributes
    ----------
    labels : (N,) int64
        The true labels, or ``NOT_A_DIGIT``.
    logits : (N, 10 or 11) float32
        The network's outputs.
    probabilities : (N, 10) float32
        Calibrated probabilities of the ten digits.
    scores : (N,) float32
        Larger for what looks more like a digit (``calibration.scores``).
    accepted : (N,) bool
        Whether the score passes the threshold.
    split : (N,) bool
        Whether a drawing was segmented into several digits; its prediction then counts as wrong.
    """

    labels: NDArray[np.int64]
    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    scores: NDArray[np.float32]
    accepted: NDArray[np.bool_]
    split: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_correct(self) -> NDArray[np.bool_]:
        """Whether each prediction is correct (N,), accepted or not."""
        is_correct: NDArray[np.bool_] = (self.probabilities.argmax(axis=1) == self.labels) & ~self.split
        return is_correct

    @property
    def correct(self) -> int:
        """The number of correct predictions."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """The share of correct predictions; 0 where there are none."""
        return self.correct / len(self) if len(self) else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy (Wilson)."""
        return calibration.wilson(self.correct, len(self))

    @property
    def rejected(self) -> int:
        """The number of rejected drawings."""
        return int((~self.accepted).sum())

    @property
    def accuracy_accepted(self) -> float:
        """The share of correct predictions among the accepted ones; 0 where none is accepted."""
        return float(self.is_correct[self.accepted].mean()) if self.accepted.any() else 0.0

    @property
    def calibration_error(self) -> float:
        """The expected calibration error of the top probability."""
        return calibration.calibration_error(self.probabilities.max(axis=1, initial=0), self.is_correct)

    @property
    def loss(self) -> float:
        """The mean cross-entropy of the calibrated probabilities over the digits; 0 where there are none."""
        digits = np.flatnonzero(self.labels < N_CLASSES)
        p = self.probabilities[digits, self.labels[digits]].astype(np.float64)
        return float(-np.log(np.maximum(p, np.finfo(np.float32).tiny)).mean()) if len(p) else 0.0

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts [label, prediction] (10, 10) over the digits."""
        digits = self.labels < N_CLASSES
        pairs = self.labels[digits] * N_CLASSES + self.probabilities[digits].argmax(axis=1)
        counts: NDArray[np.int64] = np.bincount(pairs, minlength=N_CLASSES**2).reshape(N_CLASSES, N_CLASSES)
        return counts


def of_images(recognizer: Recognizer, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> Predictions:
    """Return the predictions for images (N, 28, 28) or (N, 784) in MNIST's geometry."""
    blocks = [recognizer.logits(images[start : start + _BLOCK]) for start in range(0, len(images), _BLOCK)]
    logits = np.concatenate(blocks) if blocks else np.empty((0, N_CLASSES), np.float32)
    with np.errstate(all="ignore"):
        probabilities = recognizer.calibration.probabilities(logits)
        scores = calibration.scores(logits)
    accepted = recognizer.calibration.accepts(logits) & calibration.show_ink(images)
    split = np.zeros(len(labels), dtype=bool)
    return Predictions(labels, logits, probabilities, scores, accepted, split)


def of_pictures(recognizer: Recognizer, greys: Iterable[NDArray[np.uint8]], labels: NDArray[np.int64]) -> Predictions:
    """Return the predictions for pictures of one digit each; an empty one gives an empty image."""
    empty = np.zeros((SIZE, SIZE), np.uint8)
    images = [empty if image is None else image for image in map(picture.read, greys)]
    return of_images(recognizer, np.array(images, np.uint8).reshape(-1, SIZE, SIZE), labels)


def of_drawings(recognizer: Recognizer, drawings: Sequence[Drawing], labels: NDArray[np.int64]) -> Predictions:
    """Return the predictions for drawings, each segmented and rendered as on the pad.

    A drawing segmented into several digits is accepted if all of them are; its score is the smallest of theirs.
    """
    segmented = [segment(drawing, recognizer.costs) for drawing in drawings]
    digits = [parts[0].drawing if len(parts) == 1 else whole for parts, whole in zip(segmented, drawings, strict=True)]
    predictions = of_images(recognizer, ink.render_all(digits), labels)
    for row, parts in enumerate(segmented):
        if len(parts) > 1:
            images = ink.render_all([part.drawing for part in parts])
            of_parts = of_images(recognizer, images, np.repeat(labels[row], len(parts)))
            predictions.split[row] = True
            predictions.scores[row], predictions.accepted[row] = of_parts.scores.min(), of_parts.accepted.all()
    return predictions
