"""Symbols that are not digits: hand-typed shapes (``assets/shapes.json``), random symbols, and compounds of two.

A random symbol is a few strokes that turn, join and cross as in writing. All symbols with the same number of strokes
are made at once, as lines (n, S, 2).
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.synthetic import synthetic, templates
from core.synthetic.lines import Box, boxed, fitted, middle, point_on, spanned, widened
from core.synthetic.mixtures import mixed, written
from core.synthetic.templates import Floats

_STROKES = (0.22, 0.18, 0.25, 0.2, 0.1, 0.05)  # shares of the random symbols with 1, 2, 3 ... strokes
_SAMPLES = 18  # points of a stroke of a random symbol
_TURNS = (0.35, 1.6, 2.8, 5.9)  # radians: a bow, a corner, a hook, a loop
LAYOUTS: tuple[tuple[Box, Box], ...] = (
    ((0, 0, 0.46, 1), (0.54, 0, 1, 1)),
    ((0, 0, 0.35, 1), (0.42, 0, 1, 1)),
    ((0, 0, 0.6, 1), (0.66, 0, 1, 1)),
    ((0, 0, 1, 0.46), (0, 0.54, 1, 1)),
    ((0, 0, 1, 0.33), (0, 0.42, 1, 1)),
    ((0, 0, 1, 0.62), (0, 0.7, 1, 1)),
    ((0, 0, 1, 1), (0.27, 0.27, 0.77, 0.77)),
    ((0, 0, 0.65, 0.65), (0.4, 0.3, 1, 1)),
)
"""The boxes of the two symbols of a compound."""


def shapes(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n hand-typed shapes: letters of many scripts, symbols, small pictures."""
    return written(templates.shapes(), n, rng)


def symbols(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n symbols of one to six random strokes."""
    return mixed([partial(_symbols_of, k + 1) for k in range(len(_STROKES))], _STROKES, n, rng)


def compounds(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n pairs of symbols, typed or random: side by side, one above the other, one inside the other."""
    first, second = (mixed((shapes, symbols), (0.4, 0.6), n, rng) for _ in range(2))
    layouts = [LAYOUTS[layout] for layout in rng.integers(len(LAYOUTS), size=n)]
    pairs = zip(first, second, layouts, strict=True)
    return [Drawing(boxed(one.strokes, boxes[0]) + boxed(other.strokes, boxes[1])) for one, other, boxes in pairs]


def _symbols_of(k: int, n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n symbols of k strokes; each stroke is related to the earlier ones."""
    strokes = [_stroke(n, rng) if k > 1 else _lone_stroke(n, rng)]
    for _ in range(k - 1):
        strokes.append(_further_stroke(np.stack(strokes), rng))
    made = fitted(np.concatenate(strokes, axis=1))
    return synthetic.distort(widened(made, rng), np.arange(1, k) * _SAMPLES, rng)


def _stroke(n: int, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2) that turn up to three times."""
    return turning(rng.choice(4, n, p=(0.36, 0.33, 0.2, 0.11)), _SAMPLES, rng)


def _lone_stroke(n: int, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2) that turn two to seven times: with fewer turns, many would be digits."""
    return turning(rng.choice((2, 3, 3, 4, 5, 6, 7), n), 2 * _SAMPLES, rng)


def turning(count: NDArray[np.intp], samples: int, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) of size 1 with ``count`` (n,) turns each, sharp or gradual."""
    n = len(count)
    turned = _turned_by(count, (np.arange(samples - 1) + 0.5) / (samples - 1), rng)
    towards = rng.choice((0, 0.5, 0.5, 0.25, 0.75, 1), (n, 1)) * np.pi + rng.normal(0, 0.1, (n, 1))
    headings = towards + turned
    steps = np.stack([np.cos(headings), np.sin(headings)], axis=2)
    return fitted(np.concatenate([np.zeros((n, 1, 2)), np.cumsum(steps, axis=1)], axis=1))


def _turned_by(count: NDArray[np.intp], along: Floats, rng: np.random.Generator) -> Floats:
    """Return the total turn (n, S) of lines, in radians, at the shares ``along`` (S,) of their length."""
    n, most = len(count), int(count.max(initial=1))
    count, index = count[:, np.newaxis, np.newaxis], np.arange(most)[:, np.newaxis]
    kind = rng.choice(len(_TURNS), (n, most, 1), p=(0.2, 0.36, 0.22, 0.22))
    angles = np.take(_TURNS, kind) * rng.normal(1, 0.15, kind.shape) * rng.choice((-1, 1), kind.shape)
    angles *= index < count
    gradual = (rng.random(kind.shape) < 0.5) | (kind == len(_TURNS) - 1)  # a sharp loop would be a corner
    lengths = np.where(gradual, rng.uniform(0.3, 1.1, kind.shape) / count.clip(1), 0.01)
    # A long turn is in the middle: an end of the line would cut it off.
    centres = np.where(lengths > 0.7, 0.5, (index + rng.uniform(0.2, 0.8, kind.shape)) / count.clip(1))
    turned: Floats = (angles * ((along - centres) / lengths + 0.5).clip(0, 1)).sum(axis=1)
    return turned


def _further_stroke(others: Floats, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2) related to others (k, n, S, 2): joined, spanning, a copy, or free."""
    k, n = others.shape[:2]
    first = rng.integers(k, size=n)
    host = others[first, np.arange(n)]
    second = others[(first + rng.integers(1, max(k, 2), n)) % k, np.arange(n)]
    dots = rng.random((n, 1, 1)) < (0.08 if k > 1 else 0)
    size = np.where(dots, 0.04, rng.uniform(0.4, 1.1, (n, 1, 1)))
    fresh = _stroke(n, rng) * size
    joined = fresh + point_on(host, rng) - point_on(fresh, rng) + rng.normal(0, 0.03, (n, 1, 2))
    spanning = spanned(fresh, point_on(host, rng), point_on(second, rng))
    copy = _copy_beside(host, rng)
    free = fresh - middle(fresh) + middle(host) + rng.normal(0, 0.45, (n, 1, 2))
    how = rng.choice(4, (n, 1, 1), p=(0.5, 0.2, 0.18, 0.12) if k > 1 else (0.65, 0, 0.2, 0.15))
    return np.choose(how, [joined, spanning, copy, free])


def _copy_beside(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return copies of lines (n, S, 2), resized, some flipped: beside upright ones, above or below flat ones."""
    n = len(lines)
    width, height = np.split(np.ptp(lines, axis=1, keepdims=True), 2, axis=2)
    distance = rng.uniform(0.2, 0.8, (n, 1, 1)) * rng.choice((-1, 1), (n, 1, 1))
    aside = np.where(width <= height, [1, 0], [0, 1]) * distance
    flips = rng.choice((-1, 1, 1), (n, 1, 2)) * rng.uniform(0.6, 1.1, (n, 1, 1))
    copies: Floats = (lines - middle(lines)) * flips + middle(lines) + aside
    return copies
