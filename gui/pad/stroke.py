"""Stroke: one growing line of the pen; and a function that fits foreign strokes to the canvas.

Drawing works before NumPy is imported: only the functions that return arrays import it.
"""

import math
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.preprocessing import pen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNIT = 1000.0
"""The side of the canvas in the units of a stroke's points."""

_FITTED = 0.8  # a drawing in foreign units fills this share of the side
_FLAT = 0.3 * UNIT  # a flat stroke says how high a digit is up to this length: the bar of a 7, no longer line
_MAX_POINTS = 50_000


class Stroke:
    """A growing sequence of points (n, 3): x, y in canvas units (the side is ``UNIT``), pressure in [0, 1]."""

    def __init__(self, points: "NDArray[np.float32] | None" = None) -> None:
        self._values = array("f", b"" if points is None else points.astype("float32").tobytes())
        self._points: NDArray[np.float32] | None = None
        self._box = (math.inf, math.inf, -math.inf, -math.inf)  # of the measured points
        self._n_measured = 0

    def __len__(self) -> int:
        return len(self._values) // 3

    def __repr__(self) -> str:
        return f"Stroke({len(self)} points)"

    def equals(self, other: "Stroke") -> bool:
        """Return whether both have the same points."""
        return self._values == other._values

    @property
    def points(self) -> "NDArray[np.float32]":
        """The points so far, read-only; a copy, because an exported array cannot grow."""
        if self._points is None or len(self._points) != len(self):
            import numpy as np

            self._points = np.frombuffer(self._values.tobytes(), np.float32).reshape(-1, 3)
        return self._points

    def tolist(self, first: int = 0) -> list[tuple[float, float, float]]:
        """Return the points from index ``first`` on; a negative index counts from the end."""
        values = self._values[3 * first :]
        return list(zip(values[::3], values[1::3], values[2::3], strict=True))

    def has_constant_pressure(self) -> bool:
        """Return whether the pressure is the same at all points."""
        pressures = self._values[2::3]
        return max(pressures) - min(pressures) < pen.SAME_PRESSURE

    def box(self) -> tuple[float, float, float, float]:
        """Return the left, top, right and bottom of a stroke that has points; each point is measured once."""
        if self._n_measured < len(self):
            new = self._values[3 * self._n_measured :]
            xs, ys = new[::3], new[1::3]
            left, top, right, bottom = self._box
            self._box = min(left, *xs), min(top, *ys), max(right, *xs), max(bottom, *ys)
            self._n_measured = len(self)
        return self._box

    def writing_height(self) -> float:
        """Return how high the writing is to which the stroke belongs, in canvas units: at least that of the stroke.

        A flat stroke counts with half its length, up to a limit: it may be the bar of a 7. More points never give less.
        """
        left, top, right, bottom = self.box()
        return max(bottom - top, min(right - left, _FLAT) / 2, 0.0)

    def append(self, x: float, y: float, pressure: float) -> bool:
        """Add a point; return False if the pen has not moved, or the stroke is full."""
        point = array("f", (x, y, pressure))
        if self._values and (len(self) >= _MAX_POINTS or self._values[-3:-1] == point[:2]):
            return False
        self._values += point
        return True

    def is_touched(self, trail: "NDArray[np.float32]", distance: float) -> bool:
        """Return whether a segment comes within ``distance`` of one of the positions ``trail`` (k, 2)."""
        import numpy as np

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


def fitted(strokes: "Sequence[NDArray[np.float32]]") -> "list[NDArray[np.float32]]":
    """Return strokes (n, 3) of any units, centred on the canvas and scaled to it; a dot stays a dot."""
    import numpy as np

    if not strokes:
        return []
    positions = np.concatenate([stroke[:, :2] for stroke in strokes])
    low, high = positions.min(axis=0), positions.max(axis=0)
    extent = float((high - low).max())
    scale = _FITTED * UNIT / extent if extent > 0 else 1.0
    move = UNIT / 2 - (low + high) / 2 * scale
    return [np.column_stack([stroke[:, :2] * scale + move, stroke[:, 2]]).astype(np.float32) for stroke in strokes]


def scaled(strokes: "Sequence[NDArray[np.float32]]", scale: float) -> "tuple[NDArray[np.float32], ...]":
    """Return strokes (n, 3) with their positions multiplied by ``scale``."""
    import numpy as np

    return tuple((stroke * [scale, scale, 1]).astype(np.float32) for stroke in strokes)
