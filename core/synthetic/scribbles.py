"""Scribbles: random walks, hatchings, coils, dashes and dots.

All but dashes and dots are made in batches, as lines (n, S, 2), and then bent and slanted like digits.
"""

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.synthetic import synthetic
from core.synthetic.lines import fitted, rotated
from core.synthetic.mixtures import VARIATION, in_batches
from core.synthetic.templates import Floats

_WHOLE = np.empty(0, np.intp)  # the cuts of lines of one stroke: none


def scribbles(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n random walks of a pen, erratic or in long loops, in one to three strokes."""
    return in_batches(rng.choice((40, 70, 110), n), lambda length, count: _scribbles(count, length, rng))


def _scribbles(n: int, length: int, rng: np.random.Generator) -> list[Drawing]:
    walks = synthetic.distort(_walks(n, length, rng), _WHOLE, rng)
    return [Drawing(tuple(np.split(walk.strokes[0], _cuts(length, rng)))) for walk in walks]


def _walks(n: int, length: int, rng: np.random.Generator) -> Floats:
    """Return walks (n, length, 2): the turning per step is noise, correlated over some steps."""
    memory = rng.choice((0.0, 0.6, 0.9), (n, 1))
    turning = rng.normal(0, 1, (n, length))
    for step in range(1, length):
        turning[:, step : step + 1] += memory * turning[:, step - 1 : step]
    turning *= rng.uniform(0.35, 1, (n, 1)) / turning.std(axis=1, keepdims=True)
    turning += rng.choice((0, 0, -1, 1), (n, 1)) * rng.uniform(0.2, 0.6, (n, 1))  # some walk in circles
    headings = rng.uniform(0, 2 * np.pi, (n, 1)) + np.cumsum(turning, axis=1)
    walk = np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=2), axis=1)
    straight = np.linspace(0, 1, length)[:, np.newaxis] * (walk[:, -1:] - walk[:, :1])
    return fitted(walk - rng.uniform(0.3, 1, (n, 1, 1)) * straight)  # pulled back towards their start


def _cuts(length: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the indices at which a line of ``length`` points is cut into one to three strokes."""
    return np.sort(rng.choice(np.arange(5, length - 5), rng.choice(3, p=(0.7, 0.2, 0.1)), replace=False))


def hatchings(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n areas, round or square, hatched densely or coarsely."""
    return in_batches(rng.choice((7, 10, 14, 20), n), lambda passes, count: _hatchings(count, passes, rng))


def _hatchings(n: int, passes: int, rng: np.random.Generator) -> list[Drawing]:
    at = np.broadcast_to(np.linspace(-0.95, 0.95, passes), (n, passes))
    roundness = rng.choice((0, 0.5, 0.5), (n, 1))  # the exponent: 0 makes a square, 0.5 a circle
    reach = (1 - at**2) ** roundness * (1 - np.abs(rng.normal(0, 0.15, at.shape)))
    across = reach * (-1) ** np.arange(passes)
    line = np.stack([at + rng.normal(0, 0.03, at.shape), across + rng.normal(0, 0.05, at.shape)], axis=2) / 2
    return synthetic.distort(rotated(line, rng), _WHOLE, rng, VARIATION)


def coils(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n coils: filled blots, springs, rosettes."""
    kind = rng.choice(3, (n, 1, 1), p=(0.5, 0.3, 0.2))  # in the order of the docstring
    time = np.linspace(0, 1, 90)[:, np.newaxis]
    angle = rng.uniform(3, 7, (n, 1, 1)) * 2 * np.pi * time
    centre = time * rng.normal(0, 1, (n, 1, 2)) * np.choose(kind, [0.2, 4, 0])
    petals = 1 + rng.uniform(0.5, 1, (n, 1, 1)) * np.sin(angle * rng.uniform(2.3, 3.7, (n, 1, 1)))
    radius = np.choose(kind, [time ** rng.uniform(0.5, 1, (n, 1, 1)), 1, petals])
    radius = radius * (1 + 0.1 * np.sin(time * rng.uniform(5, 25, (n, 1, 1))))
    squash = np.exp(rng.normal(0, 0.25, (n, 1, 2)))
    lines = centre + radius * np.sin(angle + np.array([0, np.pi / 2])) * squash
    return synthetic.distort(fitted(lines), _WHOLE, rng, VARIATION)


def dashes(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings of one to four nearly horizontal dashes: in a column, in a row, or scattered."""
    return [_dashes(int(rng.choice((1, 2, 3, 4), p=(0.4, 0.3, 0.2, 0.1))), rng) for _ in range(n)]


def _dashes(count: int, rng: np.random.Generator) -> Drawing:
    row = np.arange(count)[:, np.newaxis] * rng.uniform(0.15, 0.5)
    arranged = ([[0, 1]] * row, [[2.5, 0]] * row, rng.normal(0, 0.25, (count, 2)))[rng.integers(3)]
    middle = arranged + rng.normal(0, 0.04, (count, 2))
    length = rng.uniform(0.3, 1, (count, 1))
    lean = rng.normal(0, 0.12) + rng.normal(0, 0.06, count)
    half = np.stack([np.cos(lean), np.sin(lean)], axis=1) * length / 2
    bow = [[0, 1]] * rng.normal(0, 0.05, (count, 1)) * length
    return Drawing.from_points(np.stack([middle - half, middle + bow, middle + half], axis=1))


def dots(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings of one to six scattered dots or very short ticks."""
    counts = rng.integers(1, 7, n)
    ticks = np.where(counts > 1, 0.03, 0)  # a tick alone would fill the image
    made = []
    for k, tick in zip(counts, ticks, strict=True):
        made.append(Drawing.from_points(rng.normal(0, 0.5, (k, 1, 2)) + rng.normal(0, 1, (k, 3, 2)) * tick))
    return made
