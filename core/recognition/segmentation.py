"""Segmentation: splits a drawing into its digits, line by line, from left to right.

Bounding boxes and distances assign most strokes to a digit. For the doubtful strokes a network decides: of all
segmentations, the one whose parts look most like digits is chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.recognition import emphasis, grouping, layout
from core.recognition.grouping import Cluster

Costs = Callable[[Sequence[Drawing]], NDArray[np.float32]]
"""Returns for N drawings the negative log-probability (N,), in nats, that each is a digit."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Pieces = tuple[int, ...]
"""Indexes of strokes, or of other pieces of ink, ascending."""
PieceCosts = Callable[[Sequence[Pieces]], NDArray[np.float32]]
"""Returns for N groups of pieces the negative log-probability (N,), in nats, that each is a digit."""

Span = tuple[int, int]
"""Neighbouring clusters: index of the first, and index after the last."""
Bonds = NDArray[np.float64]

DOUBT = 3.0
"""Bonds closer to 0 than this, in nats, are doubtful: in 1 of 200 single pen digits."""
MAX_CANDIDATES = 20
"""Limit for the drawings passed to the network; further doubtful bonds are decided without it."""
MAX_COST = 20.0
"""Costs are limited to ± this: no network is more certain."""
MAX_CLUSTERS = 4
"""Limit for the doubtful clusters in one digit."""


@dataclass(frozen=True, eq=False)
class Part:
    """One digit of a drawing, or a symbol.

    Attributes
    ----------
    strokes
        Indexes of its strokes in the whole drawing, ascending.
    drawing
        These strokes.
    box
        Left, top, right, bottom, in the drawing's unit.
    line
        The number of its line, from the top, from 0.
    is_symbol
        Whether it is too small for a digit beside the digits of its line: a comma, point, apostrophe or degree ring;
        or emphasises digits: a ring or a box around them, a line under them.
    """

    strokes: Pieces
    drawing: Drawing
    box: Box
    line: int = 0
    is_symbol: bool = False


def segment(drawing: Drawing, costs: Costs | None = None) -> tuple[Part, ...]:
    """Return the digits of a drawing, line by line, from left to right.

    Every stroke belongs to one part, except stray dots, which are left out. A part need not be a digit: a dash between
    two digits is a part, and so is a comma, which is marked as a symbol, like a ring, a box or an underline.

    Parameters
    ----------
    costs
        Called at most once, for doubtful strokes only; None decides them by boxes and distances too.
    """
    emphasised = emphasis.found([stroke[:, :2] for stroke in drawing.strokes])
    if not emphasised:
        return _segment(drawing, costs)
    marks = {mark for mark, _ in emphasised}
    kept = [at for at in range(len(drawing.strokes)) if at not in marks]
    parts = _segment(_select(drawing, tuple(kept)), costs)
    named = [replace(part, strokes=tuple(kept[at] for at in part.strokes)) for part in parts]
    for mark, others in emphasised:
        at, line = _place(named, others, is_first=_is_around(drawing.strokes[mark], drawing.strokes[others[0]]))
        named.insert(at, replace(_part(drawing, (mark,), line), is_symbol=True))
    return tuple(named)


def _segment(drawing: Drawing, costs: Costs | None) -> tuple[Part, ...]:
    """Return the parts of a drawing without rings, boxes and underlines."""
    clusters = grouping.group(drawing, 0.0 if costs is None else DOUBT)
    if costs is None:
        groups = [cluster.strokes for cluster in clusters]
    else:
        groups = least_cost_groups(clusters, lambda some: costs([_select(drawing, strokes) for strokes in some]))
    line_of = {stroke: cluster.line for cluster in clusters for stroke in cluster.strokes}
    parts = [_part(drawing, strokes, line_of[strokes[0]]) for strokes in groups]
    symbols = are_symbols([part.box for part in parts], [part.line for part in parts]).tolist()
    return tuple(replace(part, is_symbol=is_symbol) for part, is_symbol in zip(parts, symbols, strict=True))


def _place(parts: Sequence[Part], others: Pieces, *, is_first: bool) -> tuple[int, int]:
    """Return the index among parts of a mark for other strokes, before or after these, and its line."""
    own = [at for at, part in enumerate(parts) if set(part.strokes) & set(others)]
    if not own:  # only dots that were left out
        return len(parts), parts[-1].line if parts else 0
    at = own[0] if is_first else own[-1] + 1
    return at, parts[own[0 if is_first else -1]].line


def _is_around(stroke: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether a stroke begins above another, as a ring does and a line under it does not."""
    return float(stroke[:, 1].min()) < float(other[:, 1].min())


def are_symbols(boxes: Sequence[Box], lines: Sequence[int]) -> NDArray[np.bool_]:
    """Return which of the parts (N,) are symbols by their size beside the digits of their own line.

    ``lines`` has the number of each part's line.
    """
    found = np.zeros(len(boxes), bool)
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    for line in set(lines):
        members = np.flatnonzero(np.asarray(lines) == line)
        found[members] = layout.are_symbols(corners[members])
    return found


def _part(drawing: Drawing, strokes: Pieces, line: int) -> Part:
    selected = _select(drawing, strokes)
    points = np.concatenate([stroke[:, :2] for stroke in selected.strokes])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Part(strokes, selected, (left, top, right, bottom), line)


def _select(drawing: Drawing, strokes: tuple[int, ...]) -> Drawing:
    """Return the strokes of a drawing with these indexes."""
    return Drawing(tuple(drawing.strokes[stroke] for stroke in strokes))


def least_cost_groups(clusters: list[Cluster], costs: PieceCosts) -> list[Pieces]:
    """Return the pieces of each digit, left to right, with the doubtful bonds decided by ``costs``.

    ``costs`` is called at most once. The clusters are those of ``grouping`` with the threshold ``DOUBT``.
    """
    bonds = _doubtful_bonds(np.array([cluster.bond for cluster in clusters]))
    pieces = {span: _pieces(clusters, span) for span in spans(bonds)}
    uncertain = [span for span in pieces if _is_uncertain(bonds, span)]
    span_costs = dict.fromkeys(pieces, 0.0)
    if uncertain:
        found = costs([pieces[span] for span in uncertain])
        found = np.nan_to_num(found, nan=0.0).clip(-MAX_COST, MAX_COST)  # the network may be in training
        span_costs.update(zip(uncertain, found.tolist(), strict=True))
    return [pieces[span] for span in cheapest_spans(span_costs, bonds)]


def _pieces(clusters: list[Cluster], span: Span) -> Pieces:
    """Return the pieces of the clusters in a span, ascending."""
    return tuple(sorted(stroke for cluster in clusters[slice(*span)] for stroke in cluster.strokes))


def _is_uncertain(bonds: Bonds, span: Span) -> bool:
    """Return whether a bond within the span, or at one of its ends, is doubtful."""
    return bool(np.isfinite(bonds[max(span[0] - 1, 0) : span[1]]).any())


def _doubtful_bonds(bonds: Bonds) -> Bonds:
    """Return the bonds (N,) with inf or -inf for decided ones; at most ``MAX_CANDIDATES`` spans stay uncertain."""
    doubtful = [index for index in np.abs(bonds).argsort() if abs(bonds[index]) < DOUBT]
    for n in range(min(len(doubtful), MAX_CANDIDATES // 2), -1, -1):
        decided = np.copysign(np.inf, bonds)
        decided[doubtful[:n]] = bonds[doubtful[:n]]
        if sum(_is_uncertain(decided, span) for span in spans(decided)) <= MAX_CANDIDATES:
            break
    return decided


def spans(bonds: Bonds) -> list[Span]:
    """Return the spans of clusters that may be one digit, ordered by start and then by stop.

    ``bonds`` (N,) has the log-odds between each cluster and the next; inf and -inf are decided.
    """
    found = []
    for start in range(len(bonds)):
        if start and bonds[start - 1] == np.inf:
            continue
        for stop in range(start + 1, len(bonds) + 1):
            within = bonds[start : stop - 1]
            if (within == -np.inf).any() or np.isfinite(within).sum() >= MAX_CLUSTERS:
                break
            if bonds[stop - 1] != np.inf:
                found.append((start, stop))
    return found


def cheapest_spans(costs: dict[Span, float], bonds: Bonds) -> list[Span]:
    """Return the spans that cover all clusters at the least total cost, the cost of the bonds (N,) included.

    By dynamic programming; ``costs`` has the spans in the order of ``spans``.
    """
    # A bond is a log-odds: these are the negative log-probabilities of one digit and of two.
    cost_joined, cost_separate = np.logaddexp(0, -bonds), np.logaddexp(0, bonds)
    best: list[tuple[float, list[Span]]] = [(0.0, []), *((np.inf, []) for _ in bonds)]
    for (start, stop), cost in costs.items():
        before, chosen = best[start]
        total = before + cost + cost_joined[start : stop - 1].sum() + cost_separate[stop - 1]
        if total < best[stop][0]:
            best[stop] = (total, [*chosen, (start, stop)])
    return best[-1][1]
