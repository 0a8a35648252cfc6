"""Geometry of batches of lines, and of the strokes of one drawing.

Lines are arrays (n, S, 2), one line for each of n drawings, in digit heights, y downwards. Strokes are those of a
``core.preprocessing.ink.Drawing``: (x, y, pressure). Nothing is changed in place.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.synthetic.templates import Floats

Strokes = tuple[NDArray[np.float32], ...]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def middle(lines: Floats) -> Floats:
    """Return the middles (n, 1, 2) of the bounding boxes of lines (n, S, 2)."""
    centre: Floats = (lines.min(axis=1, keepdims=True) + lines.max(axis=1, keepdims=True)) / 2
    return centre


def fitted(lines: Floats) -> Floats:
    """Return lines (n, S, 2) scaled to a longer side of 1, with (0, 0) in the middle."""
    extent = np.ptp(lines, axis=1).max(axis=1)[:, np.newaxis, np.newaxis]
    scaled: Floats = ((lines - middle(lines)) / np.maximum(extent, 1e-6)).astype(np.float32)
    return scaled


def widened(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) with the narrow ones widened: a narrow symbol looks like a 1."""
    width, height = np.moveaxis(np.ptp(lines, axis=1), 1, 0)
    wanted = rng.uniform(0.45, 1, len(lines)) * height
    factor = np.where(width < 0.45 * height, wanted / np.maximum(width, 0.02), 1)
    wide: Floats = lines * np.stack([factor, np.ones_like(factor)], axis=1)[:, np.newaxis].astype(np.float32)
    return wide


def rotated(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) rotated about (0, 0), each by a random angle."""
    angle = rng.uniform(0, 2 * np.pi, len(lines))
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Floats = lines @ np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2)
    return turned.astype(np.float32)


def spanned(lines: Floats, start: Floats, stop: Floats) -> Floats:
    """Return lines (n, S, 2) rotated and scaled, by 2.5 at most, to run from one point (n, 1, 2) to another."""
    z, begin, end = (points[:, :, 0] + 1j * points[:, :, 1] for points in (lines, start, stop))
    chord = z[:, -1:] - z[:, :1]
    factor = (end - begin) / np.where(np.abs(chord) < 0.1, 1, chord)  # a ring's ends have no direction
    factor /= np.maximum(np.abs(factor) / 2.5, 1)
    z = begin + (z - z[:, :1]) * factor
    return np.stack([z.real, z.imag], axis=2)


def point_on(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return a point (n, 1, 2) of each of the lines (n, S, 2): an end, the middle, or a random one."""
    n, samples, _ = lines.shape
    indices = np.array([0, samples - 1, samples // 2, 0])[rng.integers(4, size=n)]
    indices = np.where(rng.random(n) < 0.25, rng.integers(samples, size=n), indices)
    return lines[np.arange(n), indices][:, np.newaxis]


def corners(strokes: Strokes) -> tuple[Floats, Floats]:
    """Return the upper left and the lower right corner (2,) of the bounding box of strokes."""
    points = np.concatenate(strokes)[:, :2]
    return points.min(axis=0), points.max(axis=0)


def moved(strokes: Strokes, shift: Sequence[float] | Floats, scale: float | Floats = 1) -> Strokes:
    """Return strokes scaled about (0, 0), then shifted; ``scale`` is one factor, or one each for x and y."""
    factors, terms = np.ones(3, np.float32), np.zeros(3, np.float32)
    factors[:2], terms[:2] = scale, shift
    return tuple(stroke * factors + terms for stroke in strokes)


def boxed(strokes: Strokes, box: Box) -> Strokes:
    """Return strokes stretched to fill a box; flat strokes stay flat."""
    low, high = corners(strokes)
    corner, size = np.array(box[:2]), np.subtract(box[2:], box[:2])
    scale = size / np.maximum(high - low, 0.3 * (high - low).max() + 1e-3)
    return moved(strokes, corner + size / 2 - (low + high) / 2 * scale, scale)


def distance(some: Strokes, others: Strokes) -> float:
    """Return the mean distance from the points of one to the nearest points of the other: the smaller of both ways."""
    distances = np.concatenate(some)[:, np.newaxis, :2] - np.concatenate(others)[:, :2]
    squares = (distances**2).sum(axis=2)
    return float(min(np.sqrt(squares.min(axis=axis)).mean() for axis in (0, 1)))
