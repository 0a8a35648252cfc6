"""Grouping: clusters the strokes of a line of digits into digits, by bounding boxes and distances.

The pieces may be the strokes of a drawing (``group``) or anything else with boxes and sample points, such as the
connected components of a picture (``group_pieces``). All lengths are in line heights, independent of the size of the
writing and the unit of the canvas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

MAX_STROKES = 64
"""A drawing with more strokes is treated as a scribble, and not segmented."""

# In line heights, except the last three. Measured on the 7,494 training digits of the pen data.
_FAR = 0.3  # strokes with a wider gap in x belong to different digits: the widest gap within a digit is 0.25
_SMALL = 0.35  # a stroke less high than this is a bar or a top stroke, part of a higher stroke ...
_SMALL_GAP = 0.08  # ... if the gap in x is at most this (for all but one of 1,271 such strokes it is at most 0.02) ...
_SMALL_WIDTH = 1.7  # ... and it is narrower than this (the widest of them has 1.54): else it is an underline
_DOT = 0.08  # a stroke less high and less wide than this is a dot, part of a digit ...
_DOT_GAP, _DOT_DISTANCE = 0.05, 0.25  # ... if gap in x and distance are at most these
_STEP = 0.05  # between the samples of a stroke for distances
_OVERLAP = 0.2  # strokes that overlap in x by more than this, and ...
_TOUCHING = 0.04  # ... have a smaller distance than this, are written over each other: they are not neighbours
_SMALLEST = 1e-30  # in the drawing's unit: a smaller drawing is a dot, whose scale factor would overflow
_MAX_SAMPLES = 200  # of one stroke
_CERTAIN = 8.0  # nats: if the bond is beyond ± this for every distance, the distance is not measured


@dataclass(frozen=True, eq=False)
class Cluster:
    """Strokes of one digit, or of a part of one.

    Attributes
    ----------
    strokes
        Their indexes, ascending.
    bond
        The log-odds, in nats, that the next cluster to the right belongs to the same digit; -inf where that is
        impossible.
    """

    strokes: tuple[int, ...]
    bond: float = -np.inf


def group(drawing: Drawing, threshold: float) -> list[Cluster]:
    """Join strokes, the strongest bond first, until no bond exceeds ``threshold``; return the clusters, left to right.

    Every stroke is in one cluster, except dots far from all digits, which are in none.
    """
    n = len(drawing.strokes)
    if n < 2 or n > MAX_STROKES:
        return _whole(n)
    points: Floats = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
    starts = np.cumsum([0] + [len(stroke) for stroke in drawing.strokes[:-1]])
    boxes: Floats = np.hstack([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)])
    height = line_height(boxes)
    if height < _SMALLEST:
        return _whole(n)
    return _group(boxes / np.float32(height), _samples(points / np.float32(height), starts), threshold)


def group_pieces(boxes: Floats, points: Sequence[Floats], threshold: float) -> list[Cluster]:
    """Join pieces of ink, as ``group`` joins strokes.

    Parameters
    ----------
    boxes : (N, 4)
        Left, top, right, bottom of each piece, in any unit.
    points : N arrays (m, 2)
        Points of each piece's ink in the same unit, at distances of at most 5 % of the line's height; at least one.
    """
    n = len(boxes)
    if n < 2 or n > MAX_STROKES:
        return _whole(n)
    height = line_height(boxes)
    if height < _SMALLEST:
        return _whole(n)
    scale = np.float32(height)
    return _group((boxes / scale).astype(np.float32), [(ink / scale).astype(np.float32) for ink in points], threshold)


def _whole(n: int) -> list[Cluster]:
    """Return one cluster of n pieces; none without pieces."""
    return [Cluster(tuple(range(n)))] if n else []


def _group(boxes: Floats, points: list[Floats], threshold: float) -> list[Cluster]:
    """Return the clusters of pieces with boxes (N, 4) and points, N arrays (m, 2), in line heights."""
    n = len(boxes)
    main, small, dots = _classify(boxes)
    if not main.size:  # only dots
        return _whole(n)
    distances = _distances(boxes, points)
    joined, odds = _join(boxes[main], distances[np.ix_(main, main)], threshold)
    owner = np.full(n, -1)
    owner[main] = main[joined]
    _assign_small(small, main, boxes, distances, owner)
    _assign_dots(dots, boxes, distances, owner)
    bond = np.full((n, n), -np.inf, np.float32)
    bond[np.ix_(main, main)] = odds
    return _ordered(owner, main, boxes, bond)


def bonds(boxes: Floats, others: Floats, distances: Floats) -> Floats:
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
    gaps = _gaps(boxes, others)
    odds = 9.6 - 10 * np.minimum(distances, _FAR) + 19 * (-gaps).clip(0) - 13 * shared_height**2 - 6.7 * extent[..., 0]
    odds = np.where((gaps < -_OVERLAP) & (distances < _TOUCHING), _CERTAIN, odds)
    odds = np.where(gaps > _FAR, -np.inf, odds)
    found: Floats = odds.astype(np.float32)
    return found


def _gaps(boxes: Floats, others: Floats) -> Floats:
    """Return the gaps in x between boxes (..., 4) and others (..., 4); negative where they overlap.

    A negative gap is the shift that separates the boxes: more than the overlap where one is inside the other.
    """
    gaps: Floats = np.maximum(boxes[..., 0] - others[..., 2], others[..., 0] - boxes[..., 2])
    return gaps


def line_height(boxes: Floats) -> float:
    """Return the height of a line of digits, in the unit of its boxes (N, 4): the median height of its columns.

    Columns less than half as high as the highest do not count. The median of the strokes' longer sides is the minimum:
    a bar may be drawn first.
    """
    columns: list[list[float]] = []
    for left, top, right, bottom in boxes[boxes[:, 0].argsort()].tolist():
        for column in columns:
            shared = min(right, column[2]) - max(left, column[0])
            if shared >= max(0.0, min(right - left, column[2] - column[0]) / 2):
                column[:] = [min(left, column[0]), min(top, column[1]), max(right, column[2]), max(bottom, column[3])]
                break
        else:
            columns.append([left, top, right, bottom])
    heights = np.array([bottom - top for _, top, _, bottom in columns])
    extents = np.sort((boxes[:, 2:] - boxes[:, :2]).max(axis=1))
    return max(float(np.median(heights[heights >= heights.max() / 2])), float(extents[len(extents) // 2]))


def _classify(boxes: Floats) -> tuple[Indexes, Indexes, Indexes]:
    """Return the indexes of main strokes, of small strokes and of dots."""
    widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
    dots = np.maximum(widths, heights) < _DOT
    small = (heights < _SMALL) & ~dots
    if (small | dots).all():  # only bars, as at the start of a digit
        small[:] = False
    return np.flatnonzero(~small & ~dots), np.flatnonzero(small), np.flatnonzero(dots)


def _samples(points: Floats, starts: Indexes) -> list[Floats]:
    """Return evenly spaced points (m, 2) along each of the strokes that begin at ``starts`` in points (P, 2).

    A fast pen leaves few points, a slow one hundreds.
    """
    lengths = np.hypot(*(points[1:] - points[:-1]).T)
    lengths[starts[1:] - 1] = 1  # any length: no samples are taken between strokes
    arc = np.concatenate([[0], lengths.cumsum(dtype=np.float64)])
    first, last = arc[starts], arc[np.append(starts[1:], len(points)) - 1]
    counts = np.minimum(np.ceil((last - first) / _STEP) + 1, _MAX_SAMPLES).astype(np.intp)
    ends = counts.cumsum()
    shares = (np.arange(ends[-1]) - np.repeat(ends - counts, counts)) / np.repeat(np.maximum(counts - 1, 1), counts)
    steps = np.repeat(first, counts) + shares * np.repeat(last - first, counts)
    samples = np.column_stack([np.interp(steps, arc, points[:, axis]) for axis in (0, 1)]).astype(np.float32)
    return np.split(samples, ends[:-1])


def _distances(boxes: Floats, samples: list[Floats]) -> Floats:
    """Return the distances (N, N) between strokes; those that cannot change a decision are left at ``_FAR``."""
    apart = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2]) - np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
    least = np.hypot(*apart.clip(0).transpose(2, 0, 1))
    found = np.full(least.shape, _FAR, np.float32)
    at_best, at_worst = (bonds(boxes[:, np.newaxis], boxes, distance) for distance in (least, found))
    for one, other in np.argwhere(np.triu((least < _FAR) & (at_best > -_CERTAIN) & (at_worst < _CERTAIN), 1)):
        (x, y), (u, v) = samples[one].T, samples[other].T
        nearest = np.sqrt(((x[:, np.newaxis] - u) ** 2 + (y[:, np.newaxis] - v) ** 2).min())
        found[one, other] = found[other, one] = nearest
    return found


def _join(boxes: Floats, distances: Floats, threshold: float) -> tuple[Indexes, Floats]:
    """Join main strokes (N), the strongest bond first; return the cluster of each (N,) and the remaining bonds (N, N).

    A cluster is named by its lowest index. Boxes and distances are overwritten.
    """
    n = len(boxes)
    owner = np.arange(n)
    odds = bonds(boxes[:, np.newaxis], boxes, distances)
    np.fill_diagonal(odds, -np.inf)
    while odds.max(initial=-np.inf) > threshold:
        one, other = sorted(divmod(int(odds.argmax()), n))
        owner[owner == other] = one
        boxes[one] = [*np.minimum(boxes[one, :2], boxes[other, :2]), *np.maximum(boxes[one, 2:], boxes[other, 2:])]
        distances[one] = distances[:, one] = np.minimum(distances[one], distances[other])
        alive = (owner == np.arange(n)) & (np.arange(n) != one)
        odds[other] = odds[:, other] = -np.inf
        odds[one] = odds[:, one] = np.where(alive, bonds(boxes[one], boxes, distances[one]), -np.inf)
    return owner, odds


def _assign_small(small: Indexes, main: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Assign each small stroke, in ``owner`` (N,), to the digit with the strongest bond, or to itself if none fits."""
    for stroke in small:
        odds = bonds(boxes[stroke], boxes[main], distances[stroke, main])
        odds[_gaps(boxes[stroke], boxes[main]) > _SMALL_GAP] = -np.inf
        fits = odds.max() > 0 and boxes[stroke, 2] - boxes[stroke, 0] < _SMALL_WIDTH
        owner[stroke] = owner[main[odds.argmax()]] if fits else stroke


def _assign_dots(dots: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Assign each dot, in ``owner`` (N,), to the closest digit, if one is close enough."""
    others = np.flatnonzero(owner >= 0)
    for stroke in dots:
        reach = np.where(_gaps(boxes[stroke], boxes[others]) > _DOT_GAP, np.inf, distances[stroke, others])
        if reach.min() <= _DOT_DISTANCE:
            owner[stroke] = owner[others[reach.argmin()]]


def _ordered(owner: Indexes, main: Indexes, boxes: Floats, bond: Floats) -> list[Cluster]:
    """Return the clusters from left to right, ordered by the middle of their main strokes.

    ``owner`` (N,) has for each stroke the index of its cluster's representative stroke, or -1; ``bond`` (N, N) has the
    log-odds between representatives.
    """
    middles = {}
    for head in np.unique(owner[owner >= 0]):
        members = main[owner[main] == head]
        extents = boxes[members if members.size else [head]]
        middles[int(head)] = float(extents[:, 0].min() + extents[:, 2].max())
    heads = sorted(middles, key=lambda head: middles[head])
    following = [float(bond[one, other]) for one, other in pairwise(heads)] + [-np.inf]
    return [
        Cluster(tuple(np.flatnonzero(owner == head).tolist()), to_next)
        for head, to_next in zip(heads, following, strict=True)
    ]
