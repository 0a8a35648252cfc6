"""Corrupted digits: overlapping, side by side, struck out, ringed, framed, mirrored or rotated.

Each starts as a synthetic digit. Each kind of corruption applies only to digits that do not become another digit by it.
"""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from core.preprocessing.ink import Drawing
from core.synthetic import synthetic, templates
from core.synthetic.lines import Strokes, corners, distance, moved
from core.synthetic.mixtures import mixed, written

Addition = tuple[tuple[tuple[float, float], ...], ...]
"""Strokes of points (x, y); the digit's bounding box goes from 0 to 1."""

_BROAD = (0, 2, 3, 4, 5, 6, 7, 8, 9)  # a 1 beside or over another digit may look like a bar of it
_STURDY = (2, 3, 4, 5, 6, 8, 9)  # a 0 with a slash and a 7 with a bar are digits
_TURNS = (
    # digits that are not digits when turned (a mirrored 2 looks like a 5, a 7 on its side like a 7), and the matrix
    ((3, 9), ((-1, 0), (0, 1))),
    ((2, 3), ((0, 1), (-1, 0))),
    ((3,), ((0, -1), (1, 0))),
    ((4,), ((-1, 0), (0, -1))),
)
MIN_DISTANCE = 0.08
"""In digit heights: of two overlapping digits that are nearer, one hides the other."""
_CHOICE = 3  # digits to try as an overlay, until one does not hide the other

_RING = tuple((0.5 + 0.78 * np.sin(turn), 0.5 - 0.72 * np.cos(turn)) for turn in np.linspace(0, 6.4, 17))
MARKS: tuple[Addition, ...] = (
    (((-0.2, 1.0), (1.2, 0.0)),),
    (((-0.2, 0.7), (1.2, 0.5)), ((-0.2, 0.45), (1.2, 0.25))),
    (((-0.1, 0.0), (1.1, 1.0)), ((-0.1, 1.0), (1.1, 0.0))),
    (((-0.2, 0.3), (1.2, 0.2), (-0.2, 0.5), (1.2, 0.4), (-0.2, 0.7), (1.2, 0.6)),),
    (_RING,),
    (((-0.25, -0.2), (1.25, -0.2), (1.25, 1.2), (-0.25, 1.2), (-0.25, -0.2)),),
    (((-0.2, 1.2), (1.2, 1.2)), ((-0.2, 1.4), (1.2, 1.4))),
)
"""Struck out once and twice, crossed out, scribbled out, ringed, framed, underlined twice."""


def digits(n: int, rng: np.random.Generator, allowed: Collection[int] = range(10)) -> list[Drawing]:
    """Return n digits before their corruption."""
    chosen = [template for template in templates.digits() if template.digit in allowed]
    return written(chosen, n, rng, synthetic.VARIATION)


def overlaps(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n pairs of overlapping digits; neither digit hides the other."""
    first, *others = (digits(n, rng, _BROAD) for _ in range(1 + _CHOICE))
    rows = zip(first, *others, strict=True)
    return [Drawing(one.strokes + overlay(one.strokes, choice, rng)) for one, *choice in rows]


def overlay(strokes: Strokes, choice: Sequence[Drawing], rng: np.random.Generator) -> Strokes:
    """Return the first digit of the choice, slightly moved, that neither hides strokes nor is hidden; else the last."""
    for other in choice:
        shift = rng.normal(0, 0.15, 2) + rng.choice((-1, 1), 2) * [0.1, 0.05]
        over = moved(other.strokes, shift, rng.uniform(0.75, 1.25))
        if distance(strokes, over) > MIN_DISTANCE:
            break
    return over


def neighbours(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings of digits close to each other: two or three, or one and a piece of another."""
    rows = zip(digits(n, rng, _BROAD), digits(n, rng), digits(n, rng), strict=True)
    return [Drawing(beside(one.strokes, others, rng)) for one, *others in rows]


def beside(strokes: Strokes, others: Sequence[Drawing], rng: np.random.Generator) -> Strokes:
    """Return strokes with one or all of the other digits, or a piece of one, to their right."""
    kind = rng.choice(("one", "all", "piece"), p=(0.55, 0.2, 0.25))
    for other in others if kind == "all" else others[:1]:
        added = _piece(other.strokes, rng) if kind == "piece" else other.strokes
        gap = corners(strokes)[1][0] - corners(added)[0][0] + rng.uniform(-0.02, 0.15)
        strokes += moved(added, (gap, rng.normal(0, 0.08)))
    return strokes


def _piece(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Return the beginning or the end of a digit's longest stroke: 45 to 75 % of it."""
    stroke = max(strokes, key=len)
    kept = max(2, round(len(stroke) * rng.uniform(0.45, 0.75)))
    return (stroke[:kept] if rng.random() < 0.5 else stroke[-kept:],)


def marked(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n digits that are struck out, crossed out, ringed, framed or underlined twice."""
    marks = [MARKS[mark] for mark in rng.integers(len(MARKS), size=n)]
    pairs = zip(digits(n, rng, _STURDY), marks, strict=True)
    return [Drawing(digit.strokes + mark_around(digit.strokes, mark, rng)) for digit, mark in pairs]


def mark_around(strokes: Strokes, mark: Addition, rng: np.random.Generator) -> Strokes:
    """Return the strokes of a mark around other strokes, slightly irregular."""
    low, high = corners(strokes)
    size = np.maximum(high - low, 0.4)  # not too narrow around a 1
    made = []
    for points in mark:
        wobble = rng.normal(0, 0.06, (len(points), 2))
        made.append(np.column_stack([np.array(points) + wobble, np.ones(len(points))]).astype(np.float32))
    return moved(tuple(made), (low + high - size) / 2, size)


def turned(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n digits that are mirrored, on their side or upside down, and no longer a digit."""
    return mixed([partial(turned_by, *turn) for turn in _TURNS], [1] * len(_TURNS), n, rng)


def turned_by(
    allowed: Collection[int], matrix: Sequence[Sequence[float]], n: int, rng: np.random.Generator
) -> list[Drawing]:
    """Return n of the allowed digits, transformed by a matrix (2, 2)."""
    turn = np.eye(3, dtype=np.float32)
    turn[:2, :2] = matrix
    return [Drawing(tuple(stroke @ turn for stroke in digit.strokes)) for digit in digits(n, rng, allowed)]
