"""How pictures of 28 × 28 weights lie on a page: as large as all of them find room, each weight in whole pixels."""

import math
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QPointF, QRectF, QSize

from core.digits import SIZE

PITCH = SIZE + 1
"""From tile to tile, in weights: one for the gap."""
MAX_TILES = 320
"""On a page, which bounds what an update costs, some 1 ms; of more units the pictures are rather larger."""
_LARGEST = 8  # logical pixels a weight: of few units no picture becomes a poster


@dataclass(frozen=True)
class TileGrid:
    """Rows of tiles in the middle of a room.

    Attributes
    ----------
    n_columns, n_rows : int
        How many tiles there are at most.
    scale : int
        The device pixels that a weight takes in either direction.
    ratio : float
        Device pixels a logical one.
    left, top : int
        The first tile's corner, in device pixels.
    """

    n_columns: int
    n_rows: int
    scale: int
    ratio: float
    left: int
    top: int

    @classmethod
    def fit(cls, n: int, room: QSize, ratio: float) -> Self:
        """Return the grid of the largest tiles of which n find room, or else a page of small ones."""
        width, height = int(room.width() * ratio), int(room.height() * ratio)
        scale = _scale(n, width, height, ratio)
        n_columns, n_rows = _counts(scale, width, height)
        n_columns = max(1, min(n_columns, n))
        n_rows = max(1, min(n_rows, -(-n // n_columns)))
        left, top = (
            max(0, side + scale - count * PITCH * scale) // 2 for side, count in ((width, n_columns), (height, n_rows))
        )
        return cls(n_columns, n_rows, scale, ratio, left, top)

    @property
    def n_tiles(self) -> int:
        """How many tiles a page has."""
        return self.n_columns * self.n_rows

    def tile(self, place: int) -> QRectF:
        """Return where a tile lies, in logical pixels."""
        row, column = divmod(place, self.n_columns)
        x, y = (start + n * PITCH * self.scale for start, n in ((self.left, column), (self.top, row)))
        side = SIZE * self.scale / self.ratio
        return QRectF(x / self.ratio, y / self.ratio, side, side)

    def page(self, width: int, height: int) -> QRectF:
        """Return where a page of so many weights lies, in logical pixels."""
        pixel = self.scale / self.ratio
        return QRectF(self.left / self.ratio, self.top / self.ratio, width * pixel, height * pixel)

    def place(self, position: QPointF) -> int | None:
        """Return which tile is at a position in logical pixels, its gap included; None where there is none."""
        column, row = (
            math.floor((at * self.ratio - start) / (PITCH * self.scale))
            for at, start in ((position.x(), self.left), (position.y(), self.top))
        )
        is_inside = 0 <= column < self.n_columns and 0 <= row < self.n_rows
        return row * self.n_columns + column if is_inside else None


def _scale(n: int, width: int, height: int, ratio: float) -> int:
    """Return how many device pixels a weight takes; the fewest are one logical pixel, or nearly."""
    smallest = max(1, round(ratio))
    scales = range(smallest, max(smallest, int(_LARGEST * ratio)) + 1)
    rooms = {scale: math.prod(_counts(scale, width, height)) for scale in scales}
    if n <= MAX_TILES:
        return max((scale for scale in scales if rooms[scale] >= n), default=smallest)
    return min((scale for scale in scales if rooms[scale] <= MAX_TILES), default=smallest)


def _counts(scale: int, width: int, height: int) -> tuple[int, int]:
    """Return how many columns and rows of tiles find room; the last one needs no gap."""
    return (width + scale) // (PITCH * scale), (height + scale) // (PITCH * scale)
