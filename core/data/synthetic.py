"""Digits that the program draws itself, from ways of writing typed by hand: a source without network and data files.

``assets/strokes.json`` has a list of templates, ``{"digit": 7, "name": "plain", "strokes": [[[x, y], [x, y, 1], ...],
...]}``. A smooth curve runs through a stroke's points; a third number 1 makes the point a corner. x runs to the right,
y downwards, and a digit is about 100 high. Each drawing is one template, varied; each image has a pen of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ink
from core.data.dataset import N_CLASSES
from core.errors import DataError

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Variation:
    """How far drawings stray from their template: standard deviations, lengths in digit heights.

    Chosen by the accuracy on real digits of a network that saw only these. A third more or less of any one of them
    moves it by some tenths of a per cent.
    """

    slant: float = 0.22  # shear: hands lean by up to 30° ...
    slant_mean: float = 0.08  # ... and to the right more often than to the left
    rotation: float = 0.10  # radians
    aspect: float = 0.24  # of the logarithm of width : height
    jitter: float = 0.052  # of the points of a template, neighbours together: the shape itself
    stroke_shift: float = 0.03  # of a stroke against the others: bars that miss, circles that part
    warp: float = 0.045  # height of each of two waves that bend the whole digit
    overshoot: float = 0.04  # of a stroke's ends, as a share of its length; 0.07 costs 0.7 %
    pen_median: float = 2.6  # px in the image
    pen_spread: float = 0.30  # of the logarithm of the pen's width
    pen_range: tuple[float, float] = (1.4, 5.5)  # px: a hairline, and a marker that fills the loops


VARIATION = Variation()
NO_VARIATION = Variation(0, 0, 0, 0, 0, 0, 0, 0)

_HEIGHT = 100  # of a digit in the file
_SAMPLE = 7.0  # file units, 1.4 px in the image, from one point of the drawn line to the next
_WAVE = 3.0  # radians per digit height: a wave's typical length is two digits, so that it bends and does not ripple


@dataclass(frozen=True, eq=False)
class Template:
    """A way of writing a digit: ``curve @ points`` are the points of the drawn line, all strokes one after the other.

    Attributes
    ----------
    points : (C, 2)
        What the curves run through, in digit heights, (0, 0) in the middle.
    curve : (S, C)
        The splines, which are linear in their points.
    bond : (C, C)
        Turns white noise at the points into noise of the same variance that neighbours on a stroke share.
    owner : (C,)
        The number of the stroke that each point belongs to.
    starts : (strokes - 1,)
        Where in the drawn line the second and later strokes begin.
    """

    digit: int
    name: str
    points: Floats
    curve: Floats
    bond: Floats
    owner: NDArray[np.intp]
    starts: NDArray[np.intp]


def draw(n: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images (n, 28, 28) of n digits in MNIST's geometry and their labels (n,), balanced and shuffled."""
    digits, labels = drawings(n, rng)
    widths = VARIATION.pen_median * np.exp(rng.normal(0, VARIATION.pen_spread, n))
    return ink.render_all(digits, widths.clip(*VARIATION.pen_range)), labels


def drawings(n: int, rng: np.random.Generator) -> tuple[list[ink.Drawing], NDArray[np.uint8]]:
    """Return n digits as strokes and their labels (n,), balanced to within one and shuffled."""
    labels = rng.permutation(np.arange(n) % N_CLASSES).astype(np.uint8)
    ways = templates()
    counts = np.bincount([way.digit for way in ways], minlength=N_CLASSES)
    first = np.cumsum(counts) - counts
    chosen = first[labels] + rng.integers(counts[labels])
    digits = np.empty(n, dtype=object)
    for number, way in enumerate(ways):
        where = np.flatnonzero(chosen == number)
        digits[where] = write(way, len(where), rng)
    return digits.tolist(), labels


def write(template: Template, n: int, rng: np.random.Generator, variation: Variation = VARIATION) -> list[ink.Drawing]:
    """Return n drawings of one template, each varied on its own."""
    jitter = template.bond @ _normal(rng, variation.jitter, n, len(template.points), 2)
    shift = _normal(rng, variation.stroke_shift, n, len(template.starts) + 1, 2)[:, template.owner]
    lines: Floats = template.curve @ (template.points + jitter + shift)
    strokes = [_overshoot(stroke, rng, variation) for stroke in np.split(lines, template.starts, axis=1)]
    lines = _affine(_warp(np.concatenate(strokes, axis=1), rng, variation), rng, variation)
    lines = np.concatenate([lines, np.ones_like(lines[:, :, :1])], axis=2)  # the third column is full pressure
    return [ink.Drawing(parts) for parts in zip(*np.split(lines, template.starts, axis=1), strict=True)]


def _normal(rng: np.random.Generator, deviation: float, *shape: int) -> Floats:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)


def _overshoot(stroke: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Let strokes (n, S, 2) begin and end a little early or late, straight on beyond their ends."""
    n, n_samples, _ = stroke.shape
    early, late = _normal(rng, 1, 2, n, 1).clip(-2, 2) * np.float32(variation.overshoot)
    share = np.linspace(0, 1, n_samples, dtype=np.float32)
    at: Floats = (share * (1 + early + late) - early) * (n_samples - 1)
    before = np.floor(at).clip(0, n_samples - 2).astype(np.intp)
    row = np.arange(n)[:, np.newaxis]
    start, stop = stroke[row, before], stroke[row, before + 1]
    beyond: Floats = (at - before).astype(np.float32)[:, :, np.newaxis] * (stop - start)
    return start + beyond


def _warp(lines: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Bend lines (n, S, 2) by two waves, which differ from digit to digit in direction, length and size."""
    n = len(lines)
    for _ in range(2):
        phase = rng.uniform(0, 2 * np.pi, (n, 1, 2)).astype(np.float32)
        size = _normal(rng, variation.warp, n, 1, 2)
        lines = lines + size * np.sin(lines @ _normal(rng, _WAVE, n, 2, 2) + phase)
    return lines


def _affine(lines: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Give each of the lines (n, S, 2) a proportion, then a slant, then a rotation."""
    width, lean, turn = _normal(rng, 1, 3, len(lines))
    width = np.exp(variation.aspect * width)
    lean = variation.slant_mean + variation.slant * lean
    cos, sin = np.cos(variation.rotation * turn), np.sin(variation.rotation * turn)
    # y points downwards, so what leans to the right has its shear negative.
    rows = [width * cos, width * sin, -lean * cos - sin, cos - lean * sin]
    turned: Floats = lines @ np.stack(rows, axis=1).reshape(-1, 2, 2)
    return turned


@cache
def templates() -> tuple[Template, ...]:
    """Return the program's templates, sorted by digit."""
    return parse((resources.files("assets") / "strokes.json").read_text("utf-8"))


def parse(text: str) -> tuple[Template, ...]:
    """Read templates from JSON; return them sorted by digit.

    Raises
    ------
    DataError
        The text is not of the format above, or there is a digit without a template.
    """
    try:
        ways = [_template(entry) for entry in json.loads(text)["templates"]]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise DataError(f"the stroke templates are damaged: {error}") from None
    missing = set(range(N_CLASSES)) - {way.digit for way in ways}
    if missing:
        raise DataError(f"the stroke templates are damaged: there is none for {sorted(missing)}")
    return tuple(sorted(ways, key=lambda way: way.digit))


def _template(entry: Any) -> Template:
    digit, name, strokes = entry["digit"], entry["name"], entry["strokes"]
    if type(digit) is not int or digit not in range(N_CLASSES) or not isinstance(name, str) or not strokes:
        raise ValueError(f"{str(entry)[:60]} … is not a template")
    parts = [_points(stroke, f"{digit} {name!r}") for stroke in strokes]
    curves = [_curve(points, corners) for points, corners in parts]
    sizes = [len(points) for points, _ in parts]
    points = np.concatenate([points for points, _ in parts]) / np.float32(_HEIGHT) - np.float32(0.5)
    starts = np.cumsum([len(curve) for curve in curves])[:-1]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return Template(digit, name, points, _blocks(curves), _blocks([_bond(size) for size in sizes]), owner, starts)


def _points(stroke: Any, template: str) -> tuple[Floats, list[int]]:
    """Return a stroke's points (C, 2) and which of them are corners."""
    if len(stroke) < 2 or any(len(point) not in (2, 3) or point[2:] not in ([], [1]) for point in stroke):
        raise ValueError(f"{template} has a stroke that is not a list of points [x, y] or [x, y, 1]")
    points = np.array([point[:2] for point in stroke], dtype=np.float32)
    if not np.isfinite(points).all() or not np.diff(points, axis=0).any(axis=1).all():
        raise ValueError(f"{template} has the same point twice running, or a coordinate that is not a number")
    return points, [i for i, point in enumerate(stroke) if len(point) == 3]


def _curve(points: Floats, corners: Sequence[int]) -> Floats:
    """Return the matrix (S, C) that gives the points of the drawn line: a spline from each corner to the next."""
    matrix = [np.eye(len(points), dtype=np.float32)[:1]]
    bounds = sorted({0, *corners, len(points) - 1})
    for start, stop in pairwise(bounds):
        spline = _spline(points[start : stop + 1])
        matrix.append(np.pad(spline, ((0, 0), (start, len(points) - 1 - stop))))
    return np.concatenate(matrix)


def _spline(points: Floats) -> Floats:
    """Return the matrix (S, C) of a centripetal Catmull-Rom spline through points (C, 2), its first point left out.

    Knots of Lee (1989), from the template: so the spline stays linear in the points when they are moved later.
    """
    lengths = np.hypot(*np.diff(points, axis=0).T)
    steps = np.sqrt(lengths)[:, np.newaxis]
    unit = np.eye(len(points))
    slopes = np.diff(unit, axis=0) / steps
    inner = (slopes[:-1] * steps[1:] + slopes[1:] * steps[:-1]) / (steps[:-1] + steps[1:])
    if len(inner):  # a parabola at either end, so that the curve stays round up to there
        tangents = np.concatenate([2 * slopes[:1] - inner[:1], inner, 2 * slopes[-1:] - inner[-1:]])
    else:
        tangents = np.concatenate([slopes, slopes])
    rows = []
    for i, length in enumerate(lengths):
        count = max(2, round(float(length) / _SAMPLE))
        t = np.arange(1, count + 1)[:, np.newaxis] / count
        ends = (1 + 2 * t) * (1 - t) ** 2 * unit[i] + t**2 * (3 - 2 * t) * unit[i + 1]
        rows.append(ends + steps[i] * (t * (1 - t) ** 2 * tangents[i] + t**2 * (t - 1) * tangents[i + 1]))
    return np.concatenate(rows).astype(np.float32)


def _bond(n: int) -> Floats:
    """Return the matrix (n, n) that lets each of n points in a row share its noise with its neighbours."""
    index = np.arange(n)
    weights = np.exp(-((index[:, np.newaxis] - index) ** 2) / 2)
    bond: Floats = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    return bond.astype(np.float32)


def _blocks(matrices: Sequence[Floats]) -> Floats:
    """Return the block-diagonal matrix of the given ones."""
    row, column = 0, 0
    whole = np.zeros(np.sum([matrix.shape for matrix in matrices], axis=0), np.float32)
    for matrix in matrices:
        height, width = matrix.shape
        whole[row : row + height, column : column + width] = matrix
        row, column = row + height, column + width
    return whole
