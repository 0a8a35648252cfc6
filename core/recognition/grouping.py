"""Grouping: which strokes of a line of digits are one digit, as far as boxes and distances can tell.

All lengths are in heights of the line, so that neither the size of the writing nor the unit of the canvas matters.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

MAX_STROKES = 64
"""A drawing of more strokes is a scribble, and not taken apart."""

_FAR = 0.3  # further apart in x, strokes are of two digits: within one of 7,494 pen digits the widest gap is 0.25
_SMALL = 0.35  # a stroke less high is a bar or a hat, part of something higher ...
_SMALL_GAP = 0.08  # ... if that is this near in x (of 1,271 such pen strokes one is further away than 0.02),
_SMALL_WIDTH = 1.7  # and it is no wider (the widest of them has 1.54): else it underlines
_SPECK = 0.08  # a stroke neither higher nor wider is a dot, part of a digit ...
_SPECK_GAP, _SPECK_DISTANCE = 0.05, 0.25  # ... that is this near in x, and this near at all
_STEP = 0.05  # from point to point of a stroke where distances are measured
_MAX_SAMPLES = 200  # of one stroke
_CROSSED = 0.2  # that far into each other, and ...
_TOUCHING = 0.04  # ... with their ink this near, strokes are written over each other: they are not two neighbours
_SMALLEST = 1e-30  # any unit: what is smaller is a dot, for its scale would overflow
_SURE = 8.0  # nats: a bond that is stronger or weaker than this at any distance needs none measured


@dataclass(frozen=True, eq=False)
class Cluster:
    """Strokes that are taken for one digit, or for a part of one.

    Attributes
    ----------
    strokes
        Their numbers, ascending.
    bond
        The log-odds, in nats, that the next cluster to the right is part of the same digit; -inf where that is out
        of the question.
    """

    strokes: tuple[int, ...]
    bond: float = -np.inf


def group(drawing: Drawing, threshold: float) -> list[Cluster]:
    """Join strokes, the strongest bond first, until none is above ``threshold``; return the clusters, left to right.

    Every stroke is in one cluster, but for dots that are nowhere near a digit: those are in none.
    """
    n = len(drawing.strokes)
    whole = [Cluster(tuple(range(n)))] if n else []
    if n < 2 or n > MAX_STROKES:
        return whole
    points: Floats = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
    starts = np.cumsum([0] + [len(stroke) for stroke in drawing.strokes[:-1]])
    boxes = np.hstack([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)])
    height = _line_height(boxes)
    if height < _SMALLEST:
        return whole
    points /= np.float32(height)
    boxes /= np.float32(height)
    main, small, specks = _kinds(boxes)
    if not main.size:  # nothing but dots
        return whole
    distances = _distances(boxes, _samples(points, starts))
    bodies, odds = _join(boxes[main], distances[np.ix_(main, main)], threshold)
    owner = np.full(n, -1)
    owner[main] = main[bodies]
    _adopt(small, main, boxes, distances, owner)
    _adopt_specks(specks, boxes, distances, owner)
    bond = np.full((n, n), -np.inf, np.float32)
    bond[np.ix_(main, main)] = odds
    return _ordered(owner, main, boxes, bond)


def bonds(boxes: Floats, others: Floats, distances: Floats) -> Floats:
    """Return the log-odds (...) that strokes with the one boxes (..., 4) and with the others (..., 4) are one digit.

    A logistic regression on strokes of one digit and of two neighbours, of pen writers 1-24. Neighbours stand abreast,
    at one height, while the strokes of one digit take turns, as in a 4; their ink is near; one is in the other's
    columns; and the whole is not wide. Ink that is written over other ink is one with it, whatever that makes of both:
    of overlapping digits 92 in 100 are then refused, where 78 would be if such were taken for two.

    Parameters
    ----------
    distances : (...)
        Between the nearest points of their ink, in heights of the line, as the boxes (left, top, right, bottom) are.
    """
    extent = np.maximum(boxes[..., 2:], others[..., 2:]) - np.minimum(boxes[..., :2], others[..., :2])
    side_by_side = np.minimum(boxes[..., 3], others[..., 3]) - np.maximum(boxes[..., 1], others[..., 1])
    abreast = side_by_side.clip(0) / np.maximum(extent[..., 1], np.float32(1e-6))
    gaps = _gaps(boxes, others)
    odds = 9.6 - 10 * np.minimum(distances, _FAR) + 19 * (-gaps).clip(0) - 13 * abreast**2 - 6.7 * extent[..., 0]
    odds = np.where((gaps < -_CROSSED) & (distances < _TOUCHING), _SURE, odds)
    found: Floats = np.where(gaps > _FAR, -np.inf, odds).astype(np.float32)
    return found


def _gaps(boxes: Floats, others: Floats) -> Floats:
    """Return the gaps in x between boxes (..., 4) and others (..., 4); below 0, how far one would have to move.

    That is more than they overlap where one stands inside the other.
    """
    gaps: Floats = np.maximum(boxes[..., 0] - others[..., 2], others[..., 0] - boxes[..., 2])
    return gaps


def _line_height(boxes: Floats) -> float:
    """Return the height of a line of digits, in the drawing's unit: the median of its columns of strokes.

    Columns less than half as high as the highest do not count. Where little but a bar is drawn as yet, its width.
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


def _kinds(boxes: Floats) -> tuple[Indexes, Indexes, Indexes]:
    """Return the numbers of the strokes that stand for a digit, of those that are small, and of the dots."""
    widths, heights = (boxes[:, 2:] - boxes[:, :2]).T
    specks = np.maximum(widths, heights) < _SPECK
    small = (heights < _SMALL) & ~specks
    if (small | specks).all():  # bars alone, as of a digit that has just been begun
        small[:] = False
    return np.flatnonzero(~small & ~specks), np.flatnonzero(small), np.flatnonzero(specks)


def _samples(points: Floats, starts: Indexes) -> list[Floats]:
    """Return points (m, 2) at even steps along each of the strokes that begin at ``starts`` in points (P, 2).

    For a fast pen leaves few points, a slow one hundreds.
    """
    lengths = np.hypot(*(points[1:] - points[:-1]).T)
    lengths[starts[1:] - 1] = 1  # from one stroke to the next: nothing is drawn there, and no sample taken
    way = np.concatenate([[0], lengths.cumsum(dtype=np.float64)])
    first, last = way[starts], way[np.append(starts[1:], len(points)) - 1]
    counts = np.minimum(np.ceil((last - first) / _STEP) + 1, _MAX_SAMPLES).astype(np.intp)
    ends = counts.cumsum()
    shares = (np.arange(ends[-1]) - np.repeat(ends - counts, counts)) / np.repeat(np.maximum(counts - 1, 1), counts)
    steps = np.repeat(first, counts) + shares * np.repeat(last - first, counts)
    samples = np.column_stack([np.interp(steps, way, points[:, axis]) for axis in (0, 1)]).astype(np.float32)
    return np.split(samples, ends[:-1])


def _distances(boxes: Floats, samples: list[Floats]) -> Floats:
    """Return the distances (N, N) of the nearest points of strokes; those that decide nothing are left at ``_FAR``."""
    apart = np.maximum(boxes[:, np.newaxis, :2], boxes[:, :2]) - np.minimum(boxes[:, np.newaxis, 2:], boxes[:, 2:])
    least = np.hypot(*apart.clip(0).transpose(2, 0, 1))
    found = np.full(least.shape, _FAR, np.float32)
    at_best, at_worst = (bonds(boxes[:, np.newaxis], boxes, distance) for distance in (least, found))
    for one, other in np.argwhere(np.triu((least < _FAR) & (at_best > -_SURE) & (at_worst < _SURE), 1)):
        (x, y), (u, v) = samples[one].T, samples[other].T
        nearest = np.sqrt(((x[:, np.newaxis] - u) ** 2 + (y[:, np.newaxis] - v) ** 2).min())
        found[one, other] = found[other, one] = nearest
    return found


def _join(boxes: Floats, distances: Floats, threshold: float) -> tuple[Indexes, Floats]:
    """Join bodies (N), the strongest bond first; return who is joined to whom (N), and the bonds (N, N) that are left.

    A body that is joined carries the number of the one that it is joined to. Boxes and distances are overwritten.
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


def _adopt(small: Indexes, main: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Give each small stroke, in ``owner`` (N,), to the digit that it is bound to most, or to itself if to none."""
    for stroke in small:
        odds = bonds(boxes[stroke], boxes[main], distances[stroke, main])
        odds[_gaps(boxes[stroke], boxes[main]) > _SMALL_GAP] = -np.inf
        fits = odds.max() > 0 and boxes[stroke, 2] - boxes[stroke, 0] < _SMALL_WIDTH
        owner[stroke] = owner[main[odds.argmax()]] if fits else stroke


def _adopt_specks(specks: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Give each dot, in ``owner`` (N,), to the nearest digit, if one is near."""
    others = np.flatnonzero(owner >= 0)
    for stroke in specks:
        away = np.where(_gaps(boxes[stroke], boxes[others]) > _SPECK_GAP, np.inf, distances[stroke, others])
        if away.min() <= _SPECK_DISTANCE:
            owner[stroke] = owner[others[away.argmin()]]


def _ordered(owner: Indexes, main: Indexes, boxes: Floats, bond: Floats) -> list[Cluster]:
    """Return the clusters from left to right, by the middle of their main strokes.

    ``owner`` (N,) has for each stroke the number of that which stands for its cluster, or -1; ``bond`` (N, N) has the
    log-odds between those.
    """
    middles = {}
    for head in np.unique(owner[owner >= 0]):
        body = main[owner[main] == head]
        own = boxes[body if body.size else [head]]
        middles[int(head)] = float(own[:, 0].min() + own[:, 2].max())
    heads = sorted(middles, key=lambda head: middles[head])
    following = [float(bond[one, other]) for one, other in pairwise(heads)] + [-np.inf]
    return [
        Cluster(tuple(np.flatnonzero(owner == head).tolist()), to_next)
        for head, to_next in zip(heads, following, strict=True)
    ]
