"""Stroke: one line of the pen as it grows, and how strokes from elsewhere are brought to the canvas."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UNIT = 1000.0
"""The side of the canvas in the units of a stroke's points."""

_FITTED = 0.8  # a drawing in foreign units fills this share of the side
_MAX_POINTS = 50_000


class Stroke:
    """A growing row of points (n, 3): x, y in canvas units (the side is ``UNIT``), pressure in [0, 1].

    Points are only ever appended, so a view of them is a snapshot that costs nothing.
    """

    def __init__(self, points: NDArray[np.float32] | None = None) -> None:
        self._buffer = np.empty((64, 3), np.float32) if points is None else np.array(points, np.float32)
        self._n = 0 if points is None else len(points)

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        return f"Stroke({self._n} points)"

    @property
    def points(self) -> NDArray[np.float32]:
        """The points so far, read-only."""
        view = self._buffer[: self._n]
        view.flags.writeable = False
        return view

    def append(self, x: float, y: float, pressure: float) -> bool:
        """Add a point; return False where the pen has not moved, or the stroke is full."""
        point = np.array((x, y, pressure), np.float32)
        if self._n and (self._n >= _MAX_POINTS or bool((self._buffer[self._n - 1, :2] == point[:2]).all())):
            return False
        if self._n == len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty_like(self._buffer)])
        self._buffer[self._n] = point
        self._n += 1
        return True

    def is_touched(self, trail: NDArray[np.float32], distance: float) -> bool:
        """Return whether a segment comes within ``distance`` of the places ``trail`` (k, 2)."""
        points = self.points[:, :2]
        low, high = points.min(axis=0) - distance, points.max(axis=0) + distance
        near = trail[((trail >= low) & (trail <= high)).all(axis=1), np.newaxis]
        if not len(near):
            return False
        start, along = points, np.diff(points, axis=0, append=points[-1:])
        length2 = (along**2).sum(axis=1)
        share = ((near - start) * along).sum(axis=2) / np.where(length2 > 0, length2, 1)
        gap = near - start - share.clip(0, 1)[..., np.newaxis] * along
        return bool(((gap**2).sum(axis=2) <= distance**2).any())


def fitted(strokes: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Bring strokes (n, 3) of any units to the middle of the canvas; a dot stays a dot."""
    if not strokes:
        return []
    places = np.concatenate([stroke[:, :2] for stroke in strokes])
    low, high = places.min(axis=0), places.max(axis=0)
    extent = float((high - low).max())
    scale = _FITTED * UNIT / extent if extent > 0 else 1.0
    move = UNIT / 2 - (low + high) / 2 * scale
    return [np.column_stack([stroke[:, :2] * scale + move, stroke[:, 2]]).astype(np.float32) for stroke in strokes]
