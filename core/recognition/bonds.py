"""Bonds: the log-odds that strokes belong to one digit, by their bounding boxes and distances, in line heights."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_FAR = 0.3  # strokes with a wider gap in x belong to different digits: the widest gap within a digit is 0.25
_OVERLAP = 0.2  # strokes that overlap in x by more than this, and ...
_TOUCHING = 0.04  # ... have a smaller distance than this, are written over each other: they are not neighbours
_CERTAIN = 8.0  # nats: if the bond is beyond ± this for every distance, the distance is not measured


def log_odds(boxes: Floats, others: Floats, distances: Floats) -> Floats:
    """Return the log-odds (...) that strokes with boxes (..., 4) and strokes with boxes ``others`` belong to one digit.

    A logistic regression, fitted to pairs of strokes of one digit and of two neighbouring digits by pen writers 1-24.
    Features of one digit: a small distance, an overlap in x, little common height (as in a 4) and a small total width.
    Overlapping and touching strokes are always joined: 92 % of overlapping digits are then rejected, against 78 % if
    they were separated.

    Parameters
    ----------
    distances : (...)
        Between the closest points of their ink, in line heights, like the boxes (left, top, right, bottom).
    """
    extent = np.maximum(boxes[..., 2:], others[..., 2:]) - np.minimum(boxes[..., :2], others[..., :2])
    shared = np.minimum(boxes[..., 3], others[..., 3]) - np.maximum(boxes[..., 1], others[..., 1])
    shared_height = shared.clip(0) / np.maximum(extent[..., 1], np.float32(1e-6))
    apart = gaps(boxes, others)
    odds = 9.6 - 10 * np.minimum(distances, _FAR) + 19 * (-apart).clip(0) - 13 * shared_height**2 - 6.7 * extent[..., 0]
    odds = np.where((apart < -_OVERLAP) & (distances < _TOUCHING), _CERTAIN, odds)
    odds = np.where(apart > _FAR, -np.inf, odds)
    found: Floats = odds.astype(np.float32)
    return found


def gaps(boxes: Floats, others: Floats) -> Floats:
    """Return the gaps in x between boxes (..., 4) and others (..., 4); negative where they overlap.

    A negative gap is the shift that separates the boxes: more than the overlap where one is inside the other.
    """
    apart: Floats = np.maximum(boxes[..., 0] - others[..., 2], others[..., 0] - boxes[..., 2])
    return apart


def between(boxes: Floats, samples: list[Floats]) -> Floats:
    """Return the distances (N, N) between strokes; those that cannot change a decision are left at ``_FAR``."""
    apart = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2]) - np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
    least = np.hypot(*apart.clip(0).transpose(2, 0, 1))
    found = np.full(least.shape, _FAR, np.float32)
    at_best, at_worst = (log_odds(boxes[:, np.newaxis], boxes, distance) for distance in (least, found))
    for one, other in np.argwhere(np.triu((least < _FAR) & (at_best > -_CERTAIN) & (at_worst < _CERTAIN), 1)):
        (x, y), (u, v) = samples[one].T, samples[other].T
        nearest = np.sqrt(((x[:, np.newaxis] - u) ** 2 + (y[:, np.newaxis] - v) ** 2).min())
        found[one, other] = found[other, one] = nearest
    return found
