"""Mends for digits that are stored in another way than MNIST's: turned, inverted, in other values or with other labels.

A mend is a factor of a source's name, as in ``turn*idx:FOLDER``: a kept run and its resumption mend alike. Values are
scaled first, then inverted, then the images are turned, the factor next to the source first.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.digits import N_CLASSES, SIZE
from core.errors import DataError, MendableError
from core.messages import tr

TURNS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "turn": lambda images: images.transpose(0, 2, 1),
    "left": lambda images: np.rot90(images, 1, (1, 2)),
    "right": lambda images: np.rot90(images, -1, (1, 2)),
    "over": lambda images: images[:, ::-1, ::-1],
    "mirror": lambda images: images[:, :, ::-1],
}
"""Images (N, 28, 28) turned: transposed as EMNIST's need it, by a quarter to the left or right, by a half, mirrored."""
INVERT, SCALE, TEN, SHIFT = "invert", "scale", "ten", "shift"  # not shown
NAMES = (*TURNS, INVERT, SCALE, TEN, SHIFT)
"""``ten`` reads the label 10 as 0, ``shift`` reads each label as one less."""
_TOPS = (1, 3, 7, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255)  # largest values of the usual ranges
_N_JUDGED = 1000
_BLOCK = 1000


class LabelsError(MendableError):
    """The labels are 1 to 10, which can mean two things; ``images`` (N, 28, 28) and ``labels`` (N,) show which."""

    def __init__(self, message: str, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        super().__init__(message, TEN)
        self.images, self.labels = images, labels


def dataset(images: NDArray[Any], labels: NDArray[Any], names: Sequence[str], where: str) -> Dataset:
    """Return the digits of a file, mended.

    Parameters
    ----------
    images : (N, 28, 28) uint8 or floats
        As they are stored.
    labels : (N,) integers
        As they are stored.
    where
        Stands for the file in errors.

    Raises
    ------
    MendableError
        A mend is missing without which these are no digits.
    DataError
        A label is none of a digit.
    """
    mended = turned(_values(images, names, where), [name for name in names if name in TURNS])
    return Dataset.of(np.ascontiguousarray(mended), _labels(labels, mended, names, where))


def turned(images: NDArray[np.uint8], names: Sequence[str]) -> NDArray[np.uint8]:
    """Return images (N, 28, 28) turned, the last name first."""
    for name in reversed(names):
        images = TURNS[name](images)
    return images


def relabelled(labels: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    """Return labels (N,) in which 10 is 0 (``ten``), or each is one less (``shift``)."""
    return np.where(labels == N_CLASSES, 0, labels) if name == TEN else (labels - 1) % N_CLASSES


def top_of(values: NDArray[Any]) -> int:
    """Return the end of the range that values from 0 on are in: 1, 15, 16, 255 and the like."""
    largest = float(values.max(initial=0))
    return next((top for top in _TOPS if largest <= top), 255)


def _values(images: NDArray[Any], names: Sequence[str], where: str) -> NDArray[np.uint8]:
    """Return images as bytes, scaled and inverted where that is wanted."""
    lowest, highest = (float(limit) for limit in (images.min(initial=0), images.max(initial=0)))
    if SCALE in names:
        images = _scaled(images, lowest, highest)
    elif lowest < 0 or highest > 255:
        text = tr(
            "{name} holds the values {low:g} to {high:g}; those of a digit are 0 to 255",
            name=where,
            low=lowest,
            high=highest,
        )
        raise MendableError(text, SCALE)
    as_bytes = images if images.dtype == np.uint8 else np.rint(images).astype(np.uint8)
    return ~as_bytes if INVERT in names else as_bytes


def _scaled(images: NDArray[Any], lowest: float, highest: float) -> NDArray[np.uint8]:
    """Return images in the range 0 to 255: what begins at 0 is multiplied, what begins below is stretched."""
    low, high = min(lowest, 0.0), float(top_of(images)) if 0 <= lowest <= highest <= 255 else highest
    scaled = np.empty(images.shape, np.uint8)
    for start in range(0, len(images), _BLOCK):  # in float32, all at once would take four times the memory
        block = images[start : start + _BLOCK].astype(np.float32)
        block = (block - np.float32(low)) * np.float32(255 / (high - low))
        scaled[start : start + _BLOCK] = np.rint(block).clip(0, 255)
    return scaled


def _labels(labels: NDArray[Any], images: NDArray[np.uint8], names: Sequence[str], where: str) -> NDArray[np.int64]:
    """Return labels from 0 to 9, mended where that is wanted."""
    found = labels.astype(np.int64)
    for name in names:
        if name in (TEN, SHIFT):
            if len(found) and not 0 <= found.min() <= found.max() <= N_CLASSES:
                break  # no mend helps
            found = relabelled(found, name)
    if not len(found) or 0 <= found.min() <= found.max() < N_CLASSES:
        return found
    if found.min() >= 1 and found.max() == N_CLASSES:
        text = tr("{name} holds the labels 1 to 10; digits are 0 to 9", name=where)
        rows = np.linspace(0, len(found) - 1, min(len(found), _N_JUDGED)).astype(np.intp)
        raise LabelsError(text, images[rows].reshape(-1, SIZE, SIZE), found[rows])
    wrong = found[(found < 0) | (found >= N_CLASSES)][0]
    raise DataError(tr("{name} holds the label {label}; digits are 0 to 9", name=where, label=wrong))
