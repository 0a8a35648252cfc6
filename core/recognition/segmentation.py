"""Segmentation: one drawing to the digits in it, from left to right.

Most strokes are clearly one digit's or another's. Only where boxes and distances leave it in doubt is a network asked:
of all ways to read those strokes, the one in which the pieces look most like digits is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.recognition import grouping
from core.recognition.grouping import Cluster

Costs = Callable[[Sequence[Drawing]], NDArray[np.float32]]
"""Returns for N drawings how little each looks like a digit, (N,), in nats: minus the logarithm of a probability."""

Span = tuple[int, int]
"""Neighbouring clusters: the first, and the one after the last."""
Bonds = NDArray[np.float64]

DOUBT = 3.0
"""Bonds nearer to 0 than this, in nats, are in doubt: of pen digits drawn alone, those of one in 200."""
MAX_CANDIDATES = 20
"""Drawings that the network is asked about at most; what would need more is decided without it."""
DEAREST = 20.0
"""Costs beyond it are taken as this: no network is surer than that."""
MAX_TOGETHER = 4
"""Clusters in doubt that are at most taken for one digit."""


@dataclass(frozen=True, eq=False)
class Part:
    """One digit of a drawing.

    Attributes
    ----------
    strokes
        Its strokes' numbers in the whole drawing, ascending.
    drawing
        These strokes.
    box
        Left, top, right, bottom, in the drawing's unit.
    """

    strokes: tuple[int, ...]
    drawing: Drawing
    box: tuple[float, float, float, float]


def segment(drawing: Drawing, costs: Costs | None = None) -> tuple[Part, ...]:
    """Return the digits of a drawing, from left to right.

    Every stroke is part of one digit, but for stray dots, which are left out. The parts need not be digits: a dash
    between two of them is a part of its own.

    Parameters
    ----------
    costs
        Asked once, and only where the strokes leave a doubt; without it, they decide alone.
    """
    if costs is None:
        groups = [cluster.strokes for cluster in grouping.group(drawing, 0.0)]
    else:
        groups = _read(drawing, grouping.group(drawing, DOUBT), costs)
    return tuple(_part(drawing, strokes) for strokes in groups)


def _part(drawing: Drawing, strokes: tuple[int, ...]) -> Part:
    chosen = _only(drawing, strokes)
    points = np.concatenate([stroke[:, :2] for stroke in chosen.strokes])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Part(strokes, chosen, (left, top, right, bottom))


def _only(drawing: Drawing, strokes: tuple[int, ...]) -> Drawing:
    """Return the strokes of a drawing that have these numbers."""
    return Drawing(tuple(drawing.strokes[stroke] for stroke in strokes))


def _read(drawing: Drawing, clusters: list[Cluster], costs: Costs) -> list[tuple[int, ...]]:
    """Return the strokes of each digit, where ``costs`` decides about the bonds in doubt."""
    bonds = _in_doubt(np.array([cluster.bond for cluster in clusters]))
    united = {span: _united(clusters, span) for span in _spans(bonds)}
    asked = [span for span in united if _open(bonds, span)]
    prices = dict.fromkeys(united, 0.0)
    if asked:
        answers = costs([_only(drawing, united[span]) for span in asked])
        answers = np.nan_to_num(answers, nan=0.0).clip(-DEAREST, DEAREST)  # it may be a network in training
        prices.update(zip(asked, answers.tolist(), strict=True))
    return [united[span] for span in _cheapest(prices, bonds)]


def _united(clusters: list[Cluster], span: Span) -> tuple[int, ...]:
    """Return the strokes of the clusters in a span, ascending."""
    return tuple(sorted(stroke for cluster in clusters[slice(*span)] for stroke in cluster.strokes))


def _open(bonds: Bonds, span: Span) -> bool:
    """Return whether a bond in this span, or at one of its ends, is in doubt."""
    return bool(np.isfinite(bonds[max(span[0] - 1, 0) : span[1]]).any())


def _in_doubt(bonds: Bonds) -> Bonds:
    """Return the bonds (N,), but inf or -inf for those not in doubt: as many are as there is room to ask about."""
    doubtful = [at for at in np.abs(bonds).argsort() if abs(bonds[at]) < DOUBT]
    for n in range(min(len(doubtful), MAX_CANDIDATES // 2), -1, -1):
        decided = np.copysign(np.inf, bonds)
        decided[doubtful[:n]] = bonds[doubtful[:n]]
        if sum(_open(decided, span) for span in _spans(decided)) <= MAX_CANDIDATES:
            break
    return decided


def _spans(bonds: Bonds) -> list[Span]:
    """Return the spans of clusters (start, stop) that may be one digit, those of equal start together, in order."""
    spans = []
    for start in range(len(bonds)):
        if start and bonds[start - 1] == np.inf:
            continue
        for stop in range(start + 1, len(bonds) + 1):
            within = bonds[start : stop - 1]
            if (within == -np.inf).any() or np.isfinite(within).sum() >= MAX_TOGETHER:
                break
            if bonds[stop - 1] != np.inf:
                spans.append((start, stop))
    return spans


def _cheapest(prices: dict[Span, float], bonds: Bonds) -> list[Span]:
    """Return the spans that cover all clusters at the least price, that of their bonds included."""
    # A bond is log-odds: these are minus the logarithms of the probabilities of one digit, and of two.
    to_join, to_part = np.logaddexp(0, -bonds), np.logaddexp(0, bonds)
    best: list[tuple[float, list[Span]]] = [(0.0, []), *((np.inf, []) for _ in bonds)]
    for (start, stop), price in prices.items():
        before, spans = best[start]
        total = before + price + to_join[start : stop - 1].sum() + to_part[stop - 1]
        if total < best[stop][0]:
            best[stop] = (total, [*spans, (start, stop)])
    return best[-1][1]
