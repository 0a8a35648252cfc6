"""The layout of tiles of 28 × 28 weights on a page: as large as all of them fit, each weight in whole pixels."""

import math
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QPointF, QRectF, QSize

from core.digits import SIZE

PITCH = SIZE + 1
"""The distance from tile to tile, in weights: one of them is the gap."""
MAX_TILES = 320
"""The most tiles on a page, so that an update takes about 1 ms; with more units, the tiles are larger."""
_LARGEST = 8  # logical pixels a weight: limits the tiles of a layer with few units


@dataclass(frozen=True)
class TileGrid:
    """Rows of tiles, centred on a page.

    Attributes
    ----------
    n_columns, n_rows : int
        The most tiles in a row, and in a column.
    scale : int
        The device pixels for a weight, in both directions.
    ratio : float
        Device pixels per logical pixel.
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
    def fit(cls, n: int, size: QSize, ratio: float) -> Self:
        """Return the grid with the largest tiles that lets n tiles fit, or else a page of small ones."""
        width, height = int(size.width() * ratio), int(size.height() * ratio)
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
        """The number of tiles on a page."""
        return self.n_columns * self.n_rows

    def tile_rect(self, index: int) -> QRectF:
        """Return the rectangle of a tile, in logical pixels."""
        row, column = divmod(index, self.n_columns)
        x, y = (start + n * PITCH * self.scale for start, n in ((self.left, column), (self.top, row)))
        side = SIZE * self.scale / self.ratio
        return QRectF(x / self.ratio, y / self.ratio, side, side)

    def page_rect(self, width: int, height: int) -> QRectF:
        """Return the rectangle of a page of width × height weights, in logical pixels."""
        pixel = self.scale / self.ratio
        return QRectF(self.left / self.ratio, self.top / self.ratio, width * pixel, height * pixel)

    def tile_at(self, position: QPointF) -> int | None:
        """Return the index of the tile at a position in logical pixels, its gap included; None if there is none."""
        column, row = (
            math.floor((at * self.ratio - start) / (PITCH * self.scale))
            for at, start in ((position.x(), self.left), (position.y(), self.top))
        )
        is_inside = 0 <= column < self.n_columns and 0 <= row < self.n_rows
        return row * self.n_columns + column if is_inside else None


def _scale(n: int, width: int, height: int, ratio: float) -> int:
    """Return the device pixels for a weight; at least about one logical pixel."""
    smallest = max(1, round(ratio))
    scales = range(smallest, max(smallest, int(_LARGEST * ratio)) + 1)
    capacities = {scale: math.prod(_counts(scale, width, height)) for scale in scales}
    if n <= MAX_TILES:
        return max((scale for scale in scales if capacities[scale] >= n), default=smallest)
    return min((scale for scale in scales if capacities[scale] <= MAX_TILES), default=smallest)


def _counts(scale: int, width: int, height: int) -> tuple[int, int]:
    """Return how many columns and rows of tiles fit; the last one needs no gap."""
    return (width + scale) // (PITCH * scale), (height + scale) // (PITCH * scale)
