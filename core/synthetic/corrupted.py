"""Digits that are spoiled: over and beside each other, struck out, ringed or framed, in a mirror or on their head.

Each begins as a digit that the program draws; which of the ten depends on what is done to it, for the outcome must not
be a digit again.
"""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from core.preprocessing.ink import Drawing
from core.synthetic import synthetic, templates
from core.synthetic.lines import Strokes, apart, corners, moved
from core.synthetic.mixtures import mixed, written

Addition = tuple[tuple[tuple[float, float], ...], ...]
"""Strokes of points (x, y), typed for a digit's box from 0 to 1."""

_BROAD = (0, 2, 3, 4, 5, 6, 7, 8, 9)  # a 1 beside or over another digit may be a bar of that
_STURDY = (2, 3, 4, 5, 6, 8, 9)  # a 0 may be slashed, a 7 have a bar
_TURNED = (  # which digits are none when turned (a mirrored 2 is a 5 to many, a 7 on its side a 7), and by which matrix
    ((3, 9), ((-1, 0), (0, 1))),
    ((2, 3), ((0, 1), (-1, 0))),
    ((3,), ((0, -1), (1, 0))),
    ((4,), ((-1, 0), (0, -1))),
)
_APART = 0.08  # digit heights: nearer than this, of two digits over each other one hides the other
_CHOICE = 3  # digits to lay over another, until one does not hide it

_RING = tuple((0.5 + 0.78 * np.sin(turn), 0.5 - 0.72 * np.cos(turn)) for turn in np.linspace(0, 6.4, 17))
_MARKS: tuple[
    Addition, ...
] = (  # struck out once and twice, crossed out, scribbled out, ringed, framed, underlined twice
    (((-0.2, 1.0), (1.2, 0.0)),),
    (((-0.2, 0.7), (1.2, 0.5)), ((-0.2, 0.45), (1.2, 0.25))),
    (((-0.1, 0.0), (1.1, 1.0)), ((-0.1, 1.0), (1.1, 0.0))),
    (((-0.2, 0.3), (1.2, 0.2), (-0.2, 0.5), (1.2, 0.4), (-0.2, 0.7), (1.2, 0.6)),),
    (_RING,),
    (((-0.25, -0.2), (1.25, -0.2), (1.25, 1.2), (-0.25, 1.2), (-0.25, -0.2)),),
    (((-0.2, 1.2), (1.2, 1.2)), ((-0.2, 1.4), (1.2, 1.4))),
)


def digits(n: int, rng: np.random.Generator, allowed: Collection[int] = range(10)) -> list[Drawing]:
    """Return n digits, to be spoiled."""
    return written([way for way in templates.digits() if way.digit in allowed], n, rng, synthetic.VARIATION)


def overlaps(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n times two digits written over each other, neither of them hidden by the other."""
    first, *others = (digits(n, rng, _BROAD) for _ in range(1 + _CHOICE))
    rows = zip(first, *others, strict=True)
    return [Drawing(one.strokes + _laid_over(one.strokes, choice, rng)) for one, *choice in rows]


def _laid_over(strokes: Strokes, choice: Sequence[Drawing], rng: np.random.Generator) -> Strokes:
    """Return the first digit of the choice, moved a little, that neither hides strokes nor is hidden; else the last."""
    for other in choice:
        shift = rng.normal(0, 0.15, 2) + rng.choice((-1, 1), 2) * [0.1, 0.05]
        over = moved(other.strokes, shift, rng.uniform(0.75, 1.25))
        if apart(strokes, over) > _APART:
            break
    return over


def neighbours(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n times digits squeezed beside each other, two or three, or one and a piece of another."""
    rows = zip(digits(n, rng, _BROAD), digits(n, rng), digits(n, rng), strict=True)
    return [Drawing(_beside(one.strokes, others, rng)) for one, *others in rows]


def _beside(strokes: Strokes, others: Sequence[Drawing], rng: np.random.Generator) -> Strokes:
    """Return strokes with one or all of the others, or a piece of one, to their right."""
    kind = rng.choice(("one", "all", "piece"), p=(0.55, 0.2, 0.25))
    for other in others if kind == "all" else others[:1]:
        added = _piece(other.strokes, rng) if kind == "piece" else other.strokes
        gap = corners(strokes)[1][0] - corners(added)[0][0] + rng.uniform(-0.02, 0.15)
        strokes += moved(added, (gap, rng.normal(0, 0.08)))
    return strokes


def _piece(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Return the beginning or the end of a digit's longest stroke: half of it or more."""
    stroke = max(strokes, key=len)
    kept = max(2, round(len(stroke) * rng.uniform(0.45, 0.75)))
    return (stroke[:kept] if rng.random() < 0.5 else stroke[-kept:],)


def marked(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n digits that are struck out, crossed out, ringed, framed or underlined twice."""
    marks = [_MARKS[mark] for mark in rng.integers(len(_MARKS), size=n)]
    pairs = zip(digits(n, rng, _STURDY), marks, strict=True)
    return [Drawing(digit.strokes + _mark(mark, digit.strokes, rng)) for digit, mark in pairs]


def _mark(mark: Addition, strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Return the strokes of a mark, a little out of true, about other strokes."""
    low, high = corners(strokes)
    size = np.maximum(high - low, 0.4)  # a mark about a 1 is no narrower than about others
    made = []
    for points in mark:
        wobble = rng.normal(0, 0.06, (len(points), 2))
        made.append(np.column_stack([np.array(points) + wobble, np.ones(len(points))]).astype(np.float32))
    return moved(tuple(made), (low + high - size) / 2, size)


def turned(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n digits in a mirror, on their side or on their head, where that does not make a digit again."""
    return mixed([partial(_turned_by, *turn) for turn in _TURNED], [1] * len(_TURNED), n, rng)


def _turned_by(
    allowed: Collection[int], matrix: Sequence[Sequence[float]], n: int, rng: np.random.Generator
) -> list[Drawing]:
    turn = np.eye(3, dtype=np.float32)
    turn[:2, :2] = matrix
    return [Drawing(tuple(stroke @ turn for stroke in digit.strokes)) for digit in digits(n, rng, allowed)]
