"""Stroke templates of digits and other shapes: typed by hand in JSON files, and prepared for variation.

``assets/strokes.json`` has the digits, ``{"digit": 7, "name": "plain", "strokes": [[[x, y], [x, y, 1], ...], ...]}``,
and ``assets/shapes.json`` the other shapes, ``{"shape": "heart", "strokes": ...}``. A smooth curve runs through the
points of a stroke; a third number 1 makes the point a corner. x points to the right, y downwards; a digit is about 100
high.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES
from core.errors import DataError
from core.messages import tr

Floats = NDArray[np.floating[Any]]

NO_DIGIT = -1
"""The label of a template that is not a digit."""

_HEIGHT = 100  # of a digit in the file
_SAMPLE = 7.0  # file units between the points of the drawn line: 1.4 px in the image


@dataclass(frozen=True, eq=False)
class Template:
    """One way to write a digit or shape: ``curve @ points`` are the points of the drawn line, stroke after stroke.

    Attributes
    ----------
    digit : int
        0 to 9, or ``NO_DIGIT``.
    name : str
        The name of the variant, or of the shape.
    points : (C, 2)
        The points that the curves run through, in digit heights, (0, 0) in the middle.
    curve : (S, C)
        The splines, which are linear in their points.
    smoothing : (C, C)
        Turns white noise at the points into noise of the same variance, correlated between neighbours on a stroke.
    owner : (C,)
        The number of the stroke that each point belongs to.
    starts : (strokes - 1,)
        The indices in the drawn line at which the second and later strokes begin.
    """

    digit: int
    name: str
    points: Floats
    curve: Floats
    smoothing: Floats
    owner: NDArray[np.intp]
    starts: NDArray[np.intp]


@cache
def digits() -> tuple[Template, ...]:
    """Return the program's templates of digits, sorted by digit."""
    return parse((resources.files("assets") / "strokes.json").read_text("utf-8"))


@cache
def shapes() -> tuple[Template, ...]:
    """Return the program's templates of other shapes."""
    return parse_shapes((resources.files("assets") / "shapes.json").read_text("utf-8"))


def parse(text: str) -> tuple[Template, ...]:
    """Read templates of digits from JSON; return them sorted by digit.

    Raises
    ------
    DataError
        The text is not in the format above, or a digit has no template.
    """
    templates = _read(text, _digit)
    missing = set(range(N_CLASSES)) - {template.digit for template in templates}
    if missing:
        raise DataError(tr("the stroke templates are damaged: there is none for {digits}", digits=sorted(missing)))
    return tuple(sorted(templates, key=lambda template: template.digit))


def parse_shapes(text: str) -> tuple[Template, ...]:
    """Read templates of shapes from JSON, in their order; raise DataError if the text is not in the format above."""
    return tuple(_read(text, _shape))


def _read(text: str, make: Callable[[Any], Template]) -> list[Template]:
    try:
        return [make(entry) for entry in json.loads(text)["templates"]]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise DataError(tr("the stroke templates are damaged: {reason}", reason=error)) from None


def _digit(entry: Any) -> Template:
    digit, name, strokes = entry["digit"], entry["name"], entry["strokes"]
    if type(digit) is not int or digit not in range(N_CLASSES) or not isinstance(name, str) or not strokes:
        raise ValueError(f"{str(entry)[:60]} … is not a template")
    return _template(digit, name, strokes, f"{digit} {name!r}")


def _shape(entry: Any) -> Template:
    name, strokes = entry["shape"], entry["strokes"]
    if not isinstance(name, str) or not strokes:
        raise ValueError(f"{str(entry)[:60]} … is not a template")
    return _template(NO_DIGIT, name, strokes, repr(name))


def _template(digit: int, name: str, strokes: Any, what: str) -> Template:
    """Return the template of typed strokes; ``what`` is its name in errors."""
    parts = [_points(stroke, what) for stroke in strokes]
    curves = [_curve(points, corners) for points, corners in parts]
    sizes = [len(points) for points, _ in parts]
    points = np.concatenate([points for points, _ in parts]) / np.float32(_HEIGHT) - np.float32(0.5)
    starts = np.cumsum([len(curve) for curve in curves])[:-1]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return Template(digit, name, points, _blocks(curves), _blocks([_smoothing(size) for size in sizes]), owner, starts)


def _points(stroke: Any, what: str) -> tuple[Floats, list[int]]:
    """Return the points (C, 2) of a stroke and the indices of its corners."""
    if len(stroke) < 2 or any(len(point) not in (2, 3) or point[2:] not in ([], [1]) for point in stroke):
        raise ValueError(f"{what} has a stroke that is not a list of points [x, y] or [x, y, 1]")
    points = np.array([point[:2] for point in stroke], dtype=np.float32)
    if not np.isfinite(points).all() or not np.diff(points, axis=0).any(axis=1).all():
        raise ValueError(f"{what} has the same point twice in a row, or a coordinate that is not a number")
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

    Knots of Lee (1989), from the template: the spline stays linear in the points when they are moved later.
    """
    lengths = np.hypot(*np.diff(points, axis=0).T)
    steps = np.sqrt(lengths)[:, np.newaxis]
    unit = np.eye(len(points))
    slopes = np.diff(unit, axis=0) / steps
    inner = (slopes[:-1] * steps[1:] + slopes[1:] * steps[:-1]) / (steps[:-1] + steps[1:])
    if len(inner):  # a parabola at both ends keeps the curve round
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


def _smoothing(n: int) -> Floats:
    """Return the matrix (n, n) that correlates the noise of each of n consecutive points with its neighbours'."""
    index = np.arange(n)
    weights = np.exp(-((index[:, np.newaxis] - index) ** 2) / 2)
    smoothing: Floats = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    return smoothing.astype(np.float32)


def _blocks(matrices: Sequence[Floats]) -> Floats:
    """Return the block-diagonal matrix of matrices."""
    row, column = 0, 0
    whole = np.zeros(np.sum([matrix.shape for matrix in matrices], axis=0), np.float32)
    for matrix in matrices:
        height, width = matrix.shape
        whole[row : row + height, column : column + width] = matrix
        row, column = row + height, column + width
    return whole
