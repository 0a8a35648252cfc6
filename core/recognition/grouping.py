"""Grouping: clusters the strokes of lines of digits into digits, by bounding boxes, distances and links.

The pieces may be the strokes of a drawing (``group``) or anything else with boxes and sample points, such as the
connected components of a picture (``group_pieces``). All lengths are in line heights, independent of the size of the
writing and the unit of the canvas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.recognition import bonds, layout, links, symbols
from core.recognition.links import Link

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

MAX_STROKES = 64
"""A drawing with more strokes is treated as a scribble, and not segmented."""

# In line heights. Measured on the 7,494 training digits of the pen data.
_SMALL = 0.35  # a stroke less high than this is a bar or a top stroke, part of a higher stroke ...
_SMALL_GAP = 0.08  # ... if the gap in x is at most this (for all but one of 1,271 such strokes it is at most 0.02) ...
_SMALL_WIDTH = 1.7  # ... and it is narrower than this (the widest of them has 1.54): else it is an underline
_DOT_GAP, _DOT_DISTANCE = 0.05, 0.25  # a dot is part of a digit if gap in x and distance are at most these
_UNLIKELY = 3.0  # nats: what may be a symbol by its place is rarely a piece of a broken digit
_BROKEN_HEIGHT = 2.0  # the height of a digit that is broken into three parts or more, in heights of these
_SMALLEST = 1e-30  # in the drawing's unit: a smaller drawing is a dot, whose scale factor would overflow


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
    line
        The number of its line, from the top, from 0.
    """

    strokes: tuple[int, ...]
    bond: float = -np.inf
    line: int = 0


def group(drawing: Drawing, threshold: float) -> list[Cluster]:
    """Join strokes, the strongest bond first, until no bond exceeds ``threshold``.

    Return the clusters line by line, from left to right. Every stroke is in one cluster, except dots far from all
    digits, which are in none.
    """
    n = len(drawing.strokes)
    if n < 2 or n > MAX_STROKES:
        return _whole(n)
    strokes = [stroke[:, :2] for stroke in drawing.strokes]
    boxes: Floats = np.array([[*stroke.min(axis=0), *stroke.max(axis=0)] for stroke in strokes], np.float32)
    clusters: list[Cluster] = []
    for number, members in enumerate(_lines(boxes, strokes)):
        found = _group_strokes(boxes[members], [strokes[at] for at in members], threshold)
        clusters += _numbered(found, members, number)
    return clusters


def group_pieces(boxes: Floats, points: Sequence[Floats], threshold: float) -> list[Cluster]:
    """Join pieces of ink, as ``group`` joins strokes, but without links, which only strokes have.

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
    clusters: list[Cluster] = []
    for number, members in enumerate(layout.lines(boxes)):
        scale = np.float32(max(line_height(boxes[members]), _SMALLEST))
        scaled = [(points[at] / scale).astype(np.float32) for at in members]
        clusters += _numbered(_group((boxes[members] / scale).astype(np.float32), scaled, threshold), members, number)
    return clusters


def _whole(n: int) -> list[Cluster]:
    """Return one cluster of n pieces; none without pieces."""
    return [Cluster(tuple(range(n)))] if n else []


def _numbered(clusters: list[Cluster], members: Indexes, line: int) -> list[Cluster]:
    """Return the clusters of a line that consists of the pieces ``members``, with the indexes of the whole page."""
    return [Cluster(tuple(members[list(cluster.strokes)].tolist()), cluster.bond, line) for cluster in clusters]


def _lines(boxes: Floats, strokes: list[Floats]) -> list[Indexes]:
    """Return the strokes of each line; one line if strokes go on in the next, like the halves of a broken 1."""
    lines = layout.lines(boxes)
    return [np.arange(len(boxes))] if len(lines) > 1 and _go_on(boxes, strokes, lines) else lines


def _go_on(boxes: Floats, strokes: list[Floats], lines: Sequence[Indexes]) -> bool:
    """Return whether the strokes of lines go on in the next lines: then they are parts of the same digits."""
    line_of = np.empty(len(boxes), np.intp)
    for number, members in enumerate(lines):
        line_of[members] = number
    height = np.float32(line_height(boxes))  # as if the lines were parts of the same digits
    if len(lines) > 2:  # a page is no digit: digits below each other may point at the next
        own = float(np.median([line_height(boxes[members]) for members in lines]))
        height = min(height, np.float32(_BROKEN_HEIGHT * own))
    found = links.find(boxes / height, links.samples([stroke / height for stroke in strokes]))
    positive = [link for link in found if link.odds > 0]
    crossing = [link for link in positive if line_of[link.one] != line_of[link.other]]
    if len(lines) > 2:
        crossed = {frozenset((int(line_of[link.one]), int(line_of[link.other]))) for link in crossing}
        return all(frozenset(pair) in crossed for pair in pairwise(range(len(lines))))
    # One link between two lines may be by chance, unless it is certain or all strokes are linked.
    is_chain = len(positive) >= len(boxes) - 1
    is_certain = any(link.odds == links.CERTAIN for link in crossing)
    return len(crossing) >= min(map(len, lines)) or (bool(crossing) and (is_chain or is_certain))


def _group_strokes(boxes: Floats, strokes: list[Floats], threshold: float) -> list[Cluster]:
    """Return the clusters of the strokes of one line, in any unit."""
    height = np.float32(line_height(boxes))
    if height < _SMALLEST:
        return _whole(len(boxes))
    boxes, samples = boxes / height, links.samples([stroke / height for stroke in strokes])
    found = links.find(boxes, samples)
    owner = _linked(len(boxes), found)
    heads = np.unique(owner)
    if len(heads) == len(boxes):
        return _group(boxes, samples, threshold, found)
    members = [np.flatnonzero(owner == head) for head in heads]
    boxes = np.array([[*boxes[some, :2].min(axis=0), *boxes[some, 2:].max(axis=0)] for some in members], np.float32)
    samples = [np.concatenate([samples[at] for at in some]) for some in members]
    index = np.searchsorted(heads, owner)
    found = [Link(int(index[link.one]), int(index[link.other]), link.odds) for link in found]
    clusters = _group(boxes, samples, threshold, [link for link in found if link.one != link.other])
    return [
        Cluster(tuple(sorted(int(at) for some in cluster.strokes for at in members[some])), cluster.bond)
        for cluster in clusters
    ]


def _linked(n: int, found: Sequence[Link]) -> Indexes:
    """Return for each of n pieces the lowest index of those that certain links join to it."""
    owner = np.arange(n)
    for link in found:
        if link.odds == links.CERTAIN:
            low, high = sorted((owner[link.one], owner[link.other]))
            owner[owner == high] = low
    return owner


def _group(boxes: Floats, points: list[Floats], threshold: float, found: Sequence[Link] = ()) -> list[Cluster]:
    """Return the clusters of the pieces of a line with boxes (N, 4) and points, N arrays (m, 2), in line heights."""
    n = len(boxes)
    main, small, dots = _classify(boxes)
    if not main.size:  # only dots
        return _whole(n)
    marks = symbols.by_place(boxes, points)
    found = [
        replace(link, odds=link.odds - _UNLIKELY) if {link.one, link.other} & {*marks.tolist()} else link
        for link in found
    ]
    main, small, dots = (np.setdiff1d(some, marks) for some in (main, small, dots))
    distances = bonds.between(boxes, points)
    joined, odds = _join(boxes[main], distances[np.ix_(main, main)], threshold)
    owner = np.full(n, -1)
    owner[main] = main[joined]
    owner[marks] = marks
    _assign_small(small, main, boxes, distances, owner)
    _assign_dots(dots, boxes, distances, owner)
    bond = np.full((n, n), -np.inf, np.float32)
    bond[np.ix_(main, main)] = odds
    return _ordered(owner, main, boxes, bond, found)


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
    dots = np.maximum(widths, heights) < symbols.DOT
    small = (heights < _SMALL) & ~dots
    if (small | dots).all():  # only bars, as at the start of a digit
        small[:] = False
    return np.flatnonzero(~small & ~dots), np.flatnonzero(small), np.flatnonzero(dots)


def _join(boxes: Floats, distances: Floats, threshold: float) -> tuple[Indexes, Floats]:
    """Join main strokes (N), the strongest bond first; return the cluster of each (N,) and the remaining bonds (N, N).

    A cluster is named by its lowest index. Boxes and distances are overwritten.
    """
    n = len(boxes)
    owner = np.arange(n)
    odds = bonds.log_odds(boxes[:, np.newaxis], boxes, distances)
    np.fill_diagonal(odds, -np.inf)
    while odds.max(initial=-np.inf) > threshold:
        one, other = sorted(divmod(int(odds.argmax()), n))
        owner[owner == other] = one
        boxes[one] = [*np.minimum(boxes[one, :2], boxes[other, :2]), *np.maximum(boxes[one, 2:], boxes[other, 2:])]
        distances[one] = distances[:, one] = np.minimum(distances[one], distances[other])
        alive = (owner == np.arange(n)) & (np.arange(n) != one)
        odds[other] = odds[:, other] = -np.inf
        odds[one] = odds[:, one] = np.where(alive, bonds.log_odds(boxes[one], boxes, distances[one]), -np.inf)
    return owner, odds


def _assign_small(small: Indexes, main: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Assign each small stroke, in ``owner`` (N,), to the digit with the strongest bond, or to itself if none fits."""
    for stroke in small:
        odds = bonds.log_odds(boxes[stroke], boxes[main], distances[stroke, main])
        odds[bonds.gaps(boxes[stroke], boxes[main]) > _SMALL_GAP] = -np.inf
        fits = odds.max() > 0 and boxes[stroke, 2] - boxes[stroke, 0] < _SMALL_WIDTH
        owner[stroke] = owner[main[odds.argmax()]] if fits else stroke


def _assign_dots(dots: Indexes, boxes: Floats, distances: Floats, owner: Indexes) -> None:
    """Assign each dot, in ``owner`` (N,), to the closest digit, if one is close enough."""
    others = np.flatnonzero(owner >= 0)
    for stroke in dots:
        reach = np.where(bonds.gaps(boxes[stroke], boxes[others]) > _DOT_GAP, np.inf, distances[stroke, others])
        if reach.min() <= _DOT_DISTANCE:
            owner[stroke] = owner[others[reach.argmin()]]


def _ordered(owner: Indexes, main: Indexes, boxes: Floats, bond: Floats, found: Sequence[Link]) -> list[Cluster]:
    """Return the clusters from left to right, ordered by the middle of their main strokes.

    ``owner`` (N,) has for each stroke the index of its cluster's representative stroke, or -1; ``bond`` (N, N) has the
    log-odds between representatives. Links are for a network to decide: they strengthen all bonds between their two
    clusters, so that what lies between them can be joined too.
    """
    middles = {}
    for head in np.unique(owner[owner >= 0]):
        members = main[owner[main] == head]
        extents = boxes[members if members.size else [head]]
        middles[int(head)] = float(extents[:, 0].min() + extents[:, 2].max())
    heads = sorted(middles, key=lambda head: middles[head])
    following = [float(bond[one, other]) for one, other in pairwise(heads)] + [-np.inf]
    for link in found:
        if min(owner[link.one], owner[link.other]) >= 0:
            first, last = sorted((heads.index(int(owner[link.one])), heads.index(int(owner[link.other]))))
            following[first:last] = [max(odds, link.odds) for odds in following[first:last]]
    return [
        Cluster(tuple(np.flatnonzero(owner == head).tolist()), to_next)
        for head, to_next in zip(heads, following, strict=True)
    ]
