"""Evaluation: a model asked about many digits, each read as it would be on the pad, and what the answers are worth."""

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

_BLOCK = 1000  # images that the network is asked about together


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of N digits.

    Attributes
    ----------
    labels : (N,) int64
        What they are; ``NOT_A_DIGIT`` where they are none.
    logits : (N, 10 or 11) float32
        The network's outputs.
    probabilities : (N, 10) float32
        Of the ten digits, calibrated.
    scores : (N,) float32
        How much each looks like a digit.
    accepted : (N,) bool
        Which are taken for digits at all.
    split : (N,) bool
        Which drawings were taken for several digits: their answers are wrong, whatever they say.
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
    def right(self) -> NDArray[np.bool_]:
        """Which are read right, accepted or not (N,)."""
        right: NDArray[np.bool_] = (self.probabilities.argmax(axis=1) == self.labels) & ~self.split
        return right

    @property
    def correct(self) -> int:
        """The number of right answers."""
        return int(self.right.sum())

    @property
    def accuracy(self) -> float:
        """The share of right answers; 0 of none."""
        return self.correct / len(self) if len(self) else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's 95 % interval (Wilson)."""
        return calibration.wilson(self.correct, len(self))

    @property
    def rejected(self) -> int:
        """The number that are taken for no digit."""
        return int((~self.accepted).sum())

    @property
    def accuracy_accepted(self) -> float:
        """The share of right answers among those that are accepted; 0 where none is."""
        return float(self.right[self.accepted].mean()) if self.accepted.any() else 0.0

    @property
    def calibration_error(self) -> float:
        """The expected calibration error of the top probability."""
        return calibration.calibration_error(self.probabilities.max(axis=1, initial=0), self.right)

    @property
    def loss(self) -> float:
        """The mean cross-entropy of the calibrated probabilities; 0 of no digits."""
        digits = np.flatnonzero(self.labels < N_CLASSES)
        p = self.probabilities[digits, self.labels[digits]].astype(np.float64)
        return float(-np.log(np.maximum(p, np.finfo(np.float32).tiny)).mean()) if len(p) else 0.0

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts [label, answer] (10, 10), of the digits."""
        digits = self.labels < N_CLASSES
        pairs = self.labels[digits] * N_CLASSES + self.probabilities[digits].argmax(axis=1)
        counts: NDArray[np.int64] = np.bincount(pairs, minlength=N_CLASSES**2).reshape(N_CLASSES, N_CLASSES)
        return counts


def of_images(recognizer: Recognizer, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> Answers:
    """Return the answers to images (N, 28, 28) or (N, 784) in MNIST's geometry."""
    blocks = [recognizer.logits(images[start : start + _BLOCK]) for start in range(0, len(images), _BLOCK)]
    logits = np.concatenate(blocks) if blocks else np.empty((0, N_CLASSES), np.float32)
    with np.errstate(all="ignore"):
        probabilities = recognizer.calibration.probabilities(logits)
        scores = calibration.scores(logits)
    accepted, split = recognizer.calibration.accepts(logits), np.zeros(len(labels), dtype=bool)
    return Answers(labels, logits, probabilities, scores, accepted, split)


def of_pictures(recognizer: Recognizer, greys: Iterable[NDArray[np.uint8]], labels: NDArray[np.int64]) -> Answers:
    """Return the answers to pictures of one digit each, grey values (H, W); an empty one is read as an empty image."""
    empty = np.zeros((SIZE, SIZE), np.uint8)
    images = [empty if image is None else image for image in map(picture.read, greys)]
    return of_images(recognizer, np.array(images, np.uint8).reshape(-1, SIZE, SIZE), labels)


def of_drawings(recognizer: Recognizer, drawings: Sequence[Drawing], labels: NDArray[np.int64]) -> Answers:
    """Return the answers to drawings, each grouped into digits and rendered as it would be on the pad.

    One that was taken for several digits is accepted if all of them are, and its score is their smallest.
    """
    groups = [segment(drawing, recognizer.costs) for drawing in drawings]
    read = [parts[0].drawing if len(parts) == 1 else whole for parts, whole in zip(groups, drawings, strict=True)]
    answers = of_images(recognizer, ink.render_all(read), labels)
    for number, parts in enumerate(groups):
        if len(parts) > 1:
            images = ink.render_all([part.drawing for part in parts])
            pieces = of_images(recognizer, images, np.repeat(labels[number], len(parts)))
            answers.split[number] = True
            answers.scores[number], answers.accepted[number] = pieces.scores.min(), pieces.accepted.all()
    return answers
