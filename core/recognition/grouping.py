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
from core.recognition import layout, links
from core.recognition.links import Link

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
_SYMBOL = 0.36  # what is smaller in both directions may be a symbol by its place: the second strokes of 4s have 0.37
_UNDER, _UNDER_SIZE = 0.7, 0.32  # so low and so small, it may be one even under a part of a digit
_UNLIKELY = 3.0  # nats: what may be a symbol by its place is rarely a piece of a broken digit
_FULL = 0.5  # a piece of at least this height is a digit, or most of one
_LOW, _FOOT, _HIGH = 0.55, 0.85, 0.5  # commas: top and bottom below these; degree rings: bottom above this; of a digit
_BESIDE, _SEPARATE = 0.03, 0.06  # ... with at least this gap in x, and this distance, to all digits
_FLAT = 2.0  # width over height from which a piece at the foot is the serif of a 1
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
    if len(lines) > 1:
        line_of = np.empty(len(boxes), np.intp)
        for number, members in enumerate(lines):
            line_of[members] = number
        height = np.float32(line_height(boxes))  # as if the lines were parts of the same digits
        found = links.find(boxes / height, _samples([stroke / height for stroke in strokes]))
        positive = [link for link in found if link.odds > 0]
        crossing = [link.odds for link in positive if line_of[link.one] != line_of[link.other]]
        is_chain = len(positive) >= len(boxes) - 1
        # One link between lines may be by chance, unless it is certain or all strokes are linked.
        if len(crossing) >= min(map(len, lines)) or (crossing and (is_chain or max(crossing) == links.CERTAIN)):
            return [np.arange(len(boxes))]
    return lines


def _group_strokes(boxes: Floats, strokes: list[Floats], threshold: float) -> list[Cluster]:
    """Return the clusters of the strokes of one line, in any unit."""
    height = np.float32(line_height(boxes))
    if height < _SMALLEST:
        return _whole(len(boxes))
    boxes, samples = boxes / height, _samples([stroke / height for stroke in strokes])
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
    symbols = _symbols(boxes, points)
    found = [
        replace(link, odds=link.odds - _UNLIKELY) if {link.one, link.other} & {*symbols.tolist()} else link
        for link in found
    ]
    main, small, dots = (np.setdiff1d(some, symbols) for some in (main, small, dots))
    distances = _distances(boxes, points)
    joined, odds = _join(boxes[main], distances[np.ix_(main, main)], threshold)
    owner = np.full(n, -1)
    owner[main] = main[joined]
    owner[symbols] = symbols
    _assign_small(small, main, boxes, distances, owner)
    _assign_dots(dots, boxes, distances, owner)
    bond = np.full((n, n), -np.inf, np.float32)
    bond[np.ix_(main, main)] = odds
    return _ordered(owner, main, boxes, bond, found)


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


def _symbols(boxes: Floats, points: list[Floats]) -> Indexes:
    """Return the indexes of pieces that are symbols by size and place: small, apart from all digits, low or high.

    A comma or point is at the foot of the digits, an apostrophe or degree ring at their top and beside them. Where a
    link says that one may be a piece of a broken digit, a network decides.
    """
    extents = boxes[:, 2:] - boxes[:, :2]
    tall = np.flatnonzero(extents[:, 1] >= _FULL)
    candidates = np.flatnonzero(extents.max(axis=1) < _SYMBOL)
    symbols = []
    for piece in candidates if tall.size else []:
        gaps = _gaps(boxes[piece], boxes[tall])
        digit = boxes[tall[gaps.argmin()]]
        top, bottom = (boxes[piece, [1, 3]] - digit[1]) / (digit[3] - digit[1])
        is_low, is_high = top > _LOW and bottom > _FOOT, bottom < _HIGH
        if not (is_low or is_high):
            continue
        is_beside = gaps.min() > _BESIDE
        is_dot, is_flat = extents[piece].max() < _DOT, extents[piece, 0] > _FLAT * extents[piece, 1]
        may_be = is_beside and not (is_dot and is_high)
        is_mark = top > _UNDER and extents[piece].max() < _UNDER_SIZE and not is_dot and not is_flat
        if (may_be or is_mark) and _nearest(points[piece], [points[at] for at in tall]) > _SEPARATE:
            symbols.append(piece)
    return np.array(symbols, np.intp)


def _nearest(ink: Floats, others: list[Floats]) -> float:
    """Return the distance from points (m, 2) to the nearest of several sets of points."""
    squares = [((ink[:, np.newaxis] - points) ** 2).sum(axis=2).min() for points in others]
    return float(np.sqrt(min(squares)))


def _samples(strokes: Sequence[Floats]) -> list[Floats]:
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
