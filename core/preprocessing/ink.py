"""Ink: drawings as strokes, and their rendering to the 28×28 pixels of a network's input.

The image is rendered from the points with one pen width, never read from the screen: the prediction depends neither on
the user's pen, nor on the size of the canvas, nor on the position of the digit.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.digits import BOX, SIZE
from core.errors import DrawingError
from core.files import bounded
from core.messages import tr
from core.preprocessing import geometry

PEN_WIDTH = 2.4
"""Width of a rendered stroke, in pixels of the 28×28 image."""
MAX_POINTS = 100_000
MAX_STROKES = 10_000
MAX_FILE_BYTES = 8 * 2**20

_SPARSE = 2.0  # px: points farther apart are joined by a curve; a pen at its pace leaves nine of ten closer
_STRAIGHT = 7.0  # times that, most of the box: a longer side is straight
_CURVE_STEPS = 6  # pieces of the curve between two points
_SPACING = 0.25  # px: points at a smaller distance are indistinguishable in the image
_SMALLEST = 1e-30  # any unit: a smaller drawing is a dot, as its scale would overflow
_EXACT = 1e5  # any unit: farther out, float32 is too coarse, and the drawing is moved to the origin
_FAR = np.float32(1e6)
_BLOCK = 32  # drawings rendered together: more do not fit into the processor's cache


@dataclass(frozen=True)
class Drawing:
    """Strokes in the order in which they were drawn.

    Attributes
    ----------
    strokes : tuple of (n, 3) float32
        One row per point: x to the right, y *downwards*, both in the same arbitrary unit; pressure in [0, 1].
    side : float or None
        The side of the square canvas on which the strokes lie, in the same unit; None where it is unknown.
    """

    strokes: tuple[NDArray[np.float32], ...] = ()
    side: float | None = None

    @classmethod
    def from_points(cls, strokes: Iterable[ArrayLike]) -> Self:
        """Return a drawing of strokes of (x, y) or (x, y, pressure) points; strokes without points are left out.

        A drawing far from the origin is moved there.

        Raises
        ------
        DrawingError
            A stroke is not a list of points, a coordinate is not a finite number, or there are too many strokes or
            points.
        """
        checked, n_points = [], 0
        for number, stroke in enumerate(strokes, start=1):
            if number > MAX_STROKES:
                raise DrawingError(tr("the drawing has more than {maximum:,} strokes: too many", maximum=MAX_STROKES))
            try:
                points = np.asarray(stroke)
                if points.size and points.dtype.kind not in "iufO":  # NumPy would read numbers out of strings
                    raise ValueError
                points = points.astype(np.float64)
            except (TypeError, ValueError, OverflowError):
                raise DrawingError(_not_points(number)) from None
            if points.size == 0:
                continue
            if points.ndim != 2 or points.shape[1] not in (2, 3):
                raise DrawingError(_not_points(number))
            if not np.isfinite(points).all() or np.abs(points).max() > 1e9:
                raise DrawingError(
                    tr("stroke {number} has a coordinate that is not a number, or beyond a billion", number=number)
                )
            if points.shape[1] == 2:
                points = np.column_stack([points, np.ones(len(points))])
            points[:, 2] = points[:, 2].clip(0, 1)
            n_points += len(points)
            if n_points > MAX_POINTS:
                raise DrawingError(tr("the drawing has more than {maximum:,} points: too many", maximum=MAX_POINTS))
            checked.append(points)
        if checked and max(np.abs(points[:, :2]).max() for points in checked) > _EXACT:
            low = np.min([points.min(axis=0) for points in checked], axis=0)
            checked = [points - low * [1, 1, 0] for points in checked]
        return cls(tuple(np.ascontiguousarray(points, dtype=np.float32) for points in checked))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read ink JSON, ``{"strokes": [[[x, y], ...], ...]}``, y downwards, an optional third number the pressure.

        An optional ``"side"`` is that of the canvas; it is left out if the strokes do not lie on such a canvas.

        Raises
        ------
        DrawingError
            The text is not JSON, or not ink.
        """
        try:
            data: Any = json.loads(text)
        except RecursionError:
            raise DrawingError(tr("this is not ink JSON: its lists are nested too deeply")) from None
        except ValueError as error:
            raise DrawingError(tr("this is not ink JSON: {reason}", reason=error)) from None
        if not isinstance(data, dict) or not isinstance(data.get("strokes"), list):
            raise DrawingError(tr('this is not ink JSON: {{"strokes": [[[x, y], ...], ...]}} was expected'))
        drawing = cls.from_points(data["strokes"])
        return replace(drawing, side=_side(data.get("side"), drawing))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an ink JSON file; raise DrawingError, with its name, if it cannot be read."""
        text = bounded.read(path, MAX_FILE_BYTES, DrawingError)
        try:
            return cls.from_json(text)
        except DrawingError as error:
            raise DrawingError(f"{path}: {error}") from None

    def to_json(self) -> str:
        """Return the strokes as ink JSON, rounded to 0.001."""
        return json.dumps({"strokes": [np.round(stroke, 3).tolist() for stroke in self.strokes]})

    def to_exact_json(self) -> str:
        """Return the drawing as ink JSON with its side, in the fewest digits that give the same float32 values."""
        strokes = [stroke.astype(str).astype(np.float64).tolist() for stroke in self.strokes]
        return json.dumps({"strokes": strokes} if self.side is None else {"side": self.side, "strokes": strokes})

    @property
    def n_points(self) -> int:
        """Number of points in all strokes."""
        return sum(len(stroke) for stroke in self.strokes)

    def __bool__(self) -> bool:
        return bool(self.strokes)


def _side(side: object, drawing: Drawing) -> float | None:
    """Return the side of the canvas that a file names, or None if it cannot be the canvas of this drawing."""
    if isinstance(side, bool) or not isinstance(side, int | float) or not 0 < side <= _EXACT:
        return None
    fits = all(stroke[:, :2].min() >= 0 and stroke[:, :2].max() <= side for stroke in drawing.strokes)
    return float(side) if fits else None


def _not_points(number: int) -> str:
    return tr("stroke {number} is not a list of points [x, y]", number=number)


def render(drawing: Drawing) -> NDArray[np.uint8]:
    """Return the (28, 28) image of a drawing in MNIST's geometry; 0 is the background, 255 ink."""
    image: NDArray[np.uint8] = render_all([drawing])[0]
    return image


def render_all(
    drawings: Sequence[Drawing], pen_width: float | ArrayLike = PEN_WIDTH, *, curves: bool = True
) -> NDArray[np.uint8]:
    """Return the images (N, 28, 28) of N drawings in MNIST's geometry.

    Parameters
    ----------
    drawings
        A drawing with all points at one position gives a dot, one without strokes an empty image.
    pen_width
        Width of the strokes in pixels of the image: one for all, or one for each drawing (N,).
    curves
        Whether points that are far apart are joined by curves. Data to learn from are joined by straight lines, as they
        always were: a run that was interrupted goes on with the same images.
    """
    widths = np.broadcast_to(np.asarray(pen_width, dtype=np.float32), len(drawings))
    images = np.empty((len(drawings), SIZE, SIZE), np.uint8)
    for start in range(0, len(drawings), _BLOCK):
        block = slice(start, start + _BLOCK)
        pieces = [
            _fit(drawing, float(width), curves) for drawing, width in zip(drawings[block], widths[block], strict=True)
        ]
        owners = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
        images[block] = geometry.centred(coverage(np.concatenate(pieces), owners, widths[block]))
    return images


def _fit(drawing: Drawing, pen_width: float, curves: bool) -> NDArray[np.float32]:
    """Return the segments of a drawing, scaled so that its inked box, pen included, has a longer side of 20 px.

    Segments (S, 4) are x0, y0, x1, y1 in pixels; (0.5, 0.5) is the centre of the first pixel.
    """
    if not drawing:
        return np.empty((0, 4), np.float32)
    points = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
    lengths: Sequence[int] = [len(stroke) for stroke in drawing.strokes]
    extent = float((points.max(axis=0) - points.min(axis=0)).max())
    if curves and extent > _SMALLEST:
        points, lengths = curved(points, lengths, _SPARSE * extent / (BOX - pen_width))
    low, high = points.min(axis=0), points.max(axis=0)  # the curve leaves the box of the points
    extent = float((high - low).max())
    scale = (BOX - pen_width) / extent if extent > _SMALLEST else 0.0
    points = (points - (low + high) / 2) * np.float32(scale) + np.float32(BOX / 2)
    return segments(points, lengths)


def curved(
    points: NDArray[np.float32], lengths: Sequence[int], sparse: float
) -> tuple[NDArray[np.float32], Sequence[int]]:
    """Return strokes with points added on a curve where neighbours are farther apart than ``sparse``.

    The curve is a centripetal Catmull-Rom spline (Catmull and Rom, 1974; Yuksel et al., 2011, for its parameter)
    through the points of a stroke, with parabolas at its ends. Strokes of two points stay straight, dense strokes as
    they are.

    Parameters
    ----------
    points : (P, 2)
        The points of all strokes, one stroke after the other, in the unit of ``sparse``.
    lengths
        The number of points of each stroke.
    """
    steps = points[1:] - points[:-1]
    distances = np.hypot(steps[:, 0], steps[:, 1])
    is_far = (distances > sparse) & (distances <= _STRAIGHT * sparse)
    ends = np.cumsum(lengths)
    is_far[ends[:-1] - 1] = False  # from one stroke to the next
    if not is_far.any():
        return points, lengths
    # Each long side ends a run of points: a polygon with long sides is one on purpose.
    cuts = np.union1d(ends[:-1], np.flatnonzero(distances > _STRAIGHT * sparse) + 1)
    runs = np.split(points, cuts)
    curves = [
        _spline(run, sparse) if some.any() else run
        for run, some in zip(runs, np.split(np.append(is_far, False), cuts), strict=True)
    ]
    totals = np.cumsum([len(curve) for curve in curves])[np.searchsorted(np.append(cuts, ends[-1]), ends)]
    return np.concatenate(curves), np.diff(totals, prepend=0).tolist()


def _spline(points: NDArray[np.float32], sparse: float) -> NDArray[np.float32]:
    """Return a stroke (n, 2) with points added between neighbours farther apart than ``sparse``."""
    points = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
    if len(points) < 3:
        return points
    steps = points[1:] - points[:-1]
    distances = np.hypot(steps[:, 0], steps[:, 1])[:, np.newaxis]
    knots = np.sqrt(np.maximum(distances, np.float32(_SMALLEST)))  # centripetal: no loops, no cusps
    speeds = steps / knots
    tangents = np.empty_like(points)
    tangents[1:-1] = (knots[1:] * speeds[:-1] + knots[:-1] * speeds[1:]) / (knots[1:] + knots[:-1])
    tangents[[0, -1]] = 2 * speeds[[0, -1]] - tangents[[1, -2]]
    share = np.linspace(0, 1, _CURVE_STEPS, endpoint=False, dtype=np.float32)[:, np.newaxis, np.newaxis]
    rest = 1 - share
    curves = (
        rest**2 * (1 + 2 * share) * points[:-1]
        + share**2 * (3 - 2 * share) * points[1:]
        + share * rest * knots * (rest * tangents[:-1] - share * tangents[1:])
    )
    is_added = (distances[:, 0] > sparse)[:, np.newaxis] | (np.arange(_CURVE_STEPS) == 0)
    found: NDArray[np.float32] = np.concatenate([curves.transpose(1, 0, 2)[is_added], points[-1:]])
    return found


def segments(points: NDArray[np.float32], lengths: Sequence[int]) -> NDArray[np.float32]:
    """Return the segments (S, 4), as x0, y0, x1, y1, of strokes with the given numbers of points.

    Parameters
    ----------
    points : (P, 2)
        The points of all strokes, one stroke after the other, in pixels.
    """
    starts, stops = points[:-1], points[1:]
    # A stroke's last point is not joined to the next stroke's first: it is a segment of length 0, so that a stroke of
    # one point is a dot.
    is_last = np.zeros(len(points), dtype=bool)
    is_last[np.cumsum(lengths) - 1] = True
    stops = np.where(is_last[:-1, np.newaxis], starts, stops)
    pieces = np.concatenate([np.hstack([starts, stops]), np.hstack([points[-1:], points[-1:]])])
    return _thin(pieces, is_last)


def _thin(segments: NDArray[np.float32], is_last: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Join consecutive segments much shorter than a pixel: a slow pen leaves hundreds of them."""
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    step = np.floor(np.cumsum(lengths) / _SPACING)
    ends = np.append(step[1:] != step[:-1], True) | is_last | (lengths > _SPACING)
    ends[:-1] |= is_last[1:]  # the last segment of a stroke keeps its end
    starts = np.append(True, ends[:-1])
    return np.hstack([segments[starts, :2], segments[ends, 2:]])


def coverage(
    segments: NDArray[np.float32], owners: NDArray[np.intp], widths: NDArray[np.float32], side: int = BOX
) -> NDArray[np.float32]:
    """Return the ink (N, side, side) in [0, 1] of segments (S, 4); ``owners`` (S,) are the indices of their images.

    A pixel's ink is the share of its side that a stroke covers, from the distance of its centre to the nearest segment:
    exact for a straight edge, and without dark overlaps between segments. Only the pixels within reach of a segment are
    computed, for all images together.

    Parameters
    ----------
    widths : (N,)
        Width of each image's strokes, in pixels.
    """
    radius = widths / 2
    reach = radius[owners] + 0.5
    x0, y0, x1, y1 = segments.T
    left = np.floor(np.minimum(x0, x1) - reach).clip(0, side).astype(np.intp)
    top = np.floor(np.minimum(y0, y1) - reach).clip(0, side).astype(np.intp)
    width = np.ceil(np.maximum(x0, x1) + reach).clip(0, side).astype(np.intp) - left
    height = np.ceil(np.maximum(y0, y1) + reach).clip(0, side).astype(np.intp) - top
    counts = width * height
    total = int(counts.sum())
    segment = np.repeat(np.arange(len(segments)), counts)
    nth = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(nth, width[segment])
    row += top[segment]
    column += left[segment]

    along_x, along_y = x1 - x0, y1 - y0
    length2 = along_x**2 + along_y**2
    inverse = 1 / np.where(length2 > 0, length2, np.inf)
    dx = column.astype(np.float32) + np.float32(0.5) - x0[segment]
    dy = row.astype(np.float32) + np.float32(0.5) - y0[segment]
    share = ((dx * along_x[segment] + dy * along_y[segment]) * inverse[segment]).clip(0, 1)
    distance2 = (dx - share * along_x[segment]) ** 2 + (dy - share * along_y[segment]) ** 2

    nearest2 = np.full(len(widths) * side * side, _FAR, dtype=np.float32)
    np.minimum.at(nearest2, (owners[segment] * side + row) * side + column, distance2)
    nearest = np.sqrt(nearest2).reshape(-1, side, side)
    return (radius[:, np.newaxis, np.newaxis] + np.float32(0.5) - nearest).clip(0, 1)
