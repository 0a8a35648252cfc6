"""Links: pairs of strokes that belong to one digit because of how they run, wherever their bounding boxes are.

A stroke that was gone over again, two arcs that meet at both ends, and a stroke that goes on where the one before broke
off. All lengths are in line heights.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CERTAIN = np.inf
"""The log-odds of strokes that are joined in any case."""

_AGAIN = 0.055  # sampled strokes closer than this run along each other: ones side by side are 0.1 and more apart
_AGAIN_SHARE = 0.6  # of the shorter stroke's samples, that run along the other: touching zeros share less than 0.3
_PROBES = 12
_MEETING = 0.16  # of the common box's longer side: the largest distance between the ends of two arcs ...
_NEARLY = 0.3  # ... or this, if the network agrees
_BULGE = 2.5  # ... which are at least this many times farther apart in between ...
_APART = 0.4  # ... and whose own ends are at least this far apart, in the same unit
_TOUCHING = 0.045  # a stroke that begins this close to where the one before ended goes on with it
_PRIOR, _DOUBTFUL = 1.5, 1.5  # nats: the network decides, which two digits taken for one rarely convince
_SURE = 3.0  # nats: more are certain, in 1 of 3,000 pairs of neighbouring digits
_BROKEN = 0.3  # the widest gap of a stroke that lost contact
_BEFORE = 0.12  # length at the end of a stroke that tells its direction
_STEP = 0.05  # between the samples of a stroke for distances
_MAX_SAMPLES = 200  # of one stroke


@dataclass(frozen=True)
class Link:
    """Log-odds, in nats, that the strokes with these two indexes belong to one digit."""

    one: int
    other: int
    odds: float


def samples(strokes: Sequence[Floats]) -> list[Floats]:
    """Return evenly spaced points (m, 2) along each stroke (n, 2), its ends included.

    A fast pen leaves few points, a slow one hundreds.
    """
    points: Floats = np.concatenate(strokes)
    starts = np.cumsum([0] + [len(stroke) for stroke in strokes[:-1]])
    lengths = np.hypot(*(points[1:] - points[:-1]).T)
    lengths[starts[1:] - 1] = 1  # any length: no samples are taken between strokes
    arc = np.concatenate([[0], lengths.cumsum(dtype=np.float64)])
    first, last = arc[starts], arc[np.append(starts[1:], len(points)) - 1]
    counts = np.minimum(np.ceil((last - first) / _STEP) + 1, _MAX_SAMPLES).astype(np.intp)
    ends = counts.cumsum()
    shares = (np.arange(ends[-1]) - np.repeat(ends - counts, counts)) / np.repeat(np.maximum(counts - 1, 1), counts)
    steps = np.repeat(first, counts) + shares * np.repeat(last - first, counts)
    evenly = np.column_stack([np.interp(steps, arc, points[:, axis]) for axis in (0, 1)]).astype(np.float32)
    return np.split(evenly, ends[:-1])


def find(boxes: Floats, samples: Sequence[Floats]) -> list[Link]:
    """Return the links between strokes with boxes (N, 4) and evenly spaced samples (m, 2), in the order of drawing."""
    found = []
    apart = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2]) - np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
    widest = apart.max(axis=2)
    for one, other in np.argwhere(np.triu(widest < _BROKEN, 1)).tolist():
        pair = boxes[[one, other]]
        again = widest[one, other] < _AGAIN and _is_again(pair, samples[one], samples[other])
        odds = CERTAIN if again else _two_arcs(pair, samples[one], samples[other])
        if odds > -np.inf:
            found.append(Link(one, other, odds))
    for one, other in pairwise(range(len(boxes))):
        odds = continuation(samples[one], samples[other])
        if odds > -np.inf:
            found.append(Link(one, other, odds))
    return found


def _is_again(boxes: Floats, one: Floats, other: Floats) -> bool:
    """Return whether most of one stroke runs along the other."""
    if (boxes[:, 2:] - boxes[:, :2]).max(axis=1).min() < _AGAIN:  # a dot
        return False
    shorter, longer = sorted((one, other), key=len)
    for step in (1 + len(shorter) // _PROBES, 1):  # few samples tell most pairs apart
        apart_x, apart_y = (shorter[::step, np.newaxis, axis] - longer[:, axis] for axis in (0, 1))
        if ((apart_x**2 + apart_y**2).min(axis=1) < _AGAIN**2).mean() < _AGAIN_SHARE - (step > 1) * 0.2:
            return False
    return True


def _two_arcs(boxes: Floats, one: Floats, other: Floats) -> float:
    """Return the log-odds that two strokes which meet at both ends, apart in between, are halves as of a 0 or an 8."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = boxes.tolist()
    size = max(max(right, other_right) - min(left, other_left), max(bottom, other_bottom) - min(top, other_top))
    if min(_length(one[0], one[-1]), _length(other[0], other[-1])) < _APART * size:
        return -np.inf
    meeting = min(
        max(_length(one[0], other[first]), _length(one[-1], other[last])) for first, last in ((0, -1), (-1, 0))
    )
    if meeting > _NEARLY * size:
        return -np.inf
    squares = ((one[:, np.newaxis] - other) ** 2).sum(axis=2)
    widest = float(np.sqrt(max(squares.min(axis=1).max(), squares.min(axis=0).max())))
    is_certain = meeting <= _MEETING * size and widest > _BULGE * max(meeting, 0.05 * size)
    return CERTAIN if is_certain else _DOUBTFUL if widest > 1.3 * meeting else -np.inf


def continuation(one: Floats, other: Floats) -> float:
    """Return the log-odds, in nats, that a stroke goes on where the one drawn before broke off; -inf where it is far.

    The pen lost contact: the gap is short, and both strokes run along it. A logistic regression, fitted to broken
    digits of pen writers 1-24 and to the neighbouring digits of numbers by them.
    """
    distance = _length(one[-1], other[0])
    if distance > _BROKEN:
        return -np.inf
    gap = other[0] - one[-1]
    if distance <= _TOUCHING:
        return CERTAIN
    before, after = _direction(one), -_direction(other[::-1])
    turns = _turn(before, gap) + _turn(gap, after)
    odds = 6.4 - 30 * distance - 3.7 * turns + 2.9 * _turn(before, after)
    return CERTAIN if odds > _SURE else min(odds + _PRIOR, _DOUBTFUL)


def _direction(stroke: Floats) -> Floats:
    """Return the vector (2,) along the end of a stroke."""
    distances = np.hypot(*(stroke - stroke[-1]).T)
    before = np.flatnonzero(distances >= _BEFORE)
    direction: Floats = stroke[-1] - stroke[before[-1] if before.size else 0]
    return direction


def _turn(one: Floats, other: Floats) -> float:
    """Return 1 - cos of the angle between two vectors (2,): 0 straight on, 2 back; 1 where one has no length."""
    lengths = float(np.hypot(*one) * np.hypot(*other))
    return 1 - float(one @ other) / lengths if lengths > 0 else 1.0


def _length(start: Floats, end: Floats) -> float:
    return math.dist(start.tolist(), end.tolist())
