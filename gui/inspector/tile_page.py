"""A page of pictures of a first layer's weights, blue to orange; one of them can be pointed at."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.digits import SIZE
from core.training import inspection
from gui.inspector.tile_grid import PITCH, TileGrid
from gui.style import theme
from gui.style.colormaps import ramp
from gui.style.placeholder import paint_placeholder

_ENLARGED = 5  # logical pixels a weight, of the tile that is pointed at
_MIDDLE = 127  # where no weight is in the colour table; 254 is the largest, 255 the gap


class TilePage(QWidget):
    """As many tiles as find room, from one unit on; further pages by ``turn``.

    Attributes
    ----------
    weights : (784, units) or None
        What is shown.
    first : int
        The first unit on the page, from 0.
    pointed : int or None
        The unit that the mouse is over, or that the arrow keys have come to.
    """

    changed = Signal()
    """Another page is shown, or another unit is pointed at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights: NDArray[np.floating[Any]] | None = None
        self.first = 0
        self.pointed: int | None = None
        self._image: QImage | None = None  # made when it is painted: a page that is hidden costs nothing
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        theme.notifier.changed.connect(self._repaint)

    def set_weights(self, weights: NDArray[np.floating[Any]] | None) -> None:
        """Show weights; of as many units as before, the same page. Silent."""
        if weights is None or self.weights is None or weights.shape != self.weights.shape:
            self.first, self.pointed = 0, None
        self.weights = weights
        self._repaint()

    @property
    def n_units(self) -> int:
        """The number of units, on all pages."""
        return 0 if self.weights is None else self.weights.shape[1]

    @property
    def last(self) -> int:
        """The first unit that is not on the page any more."""
        return min(self.first + self.grid().n_tiles, self.n_units)

    def grid(self) -> TileGrid:
        """Return how the tiles lie."""
        return TileGrid.fit(self.n_units, self.size(), self.devicePixelRatioF())

    def turn(self, pages: int) -> None:
        """Go some pages on, or back."""
        self._show_page_of(max(0, min(self.first + pages * self.grid().n_tiles, self.n_units - 1)))

    def _show_page_of(self, unit: int) -> None:
        self.first = unit - unit % self.grid().n_tiles
        self.pointed = None
        self._repaint()
        self.changed.emit()

    # -- painting -------------------------------------------------------------------------------------------------

    def _paint_tiles(self, weights: NDArray[np.floating[Any]], grid: TileGrid) -> QImage:
        """Return the page, one pixel a weight, in the scheme's colours."""
        colours = theme.colours()
        page = inspection.tiles(weights[:, self.first : self.last], grid.n_columns, grid.n_rows)
        page *= _MIDDLE
        page += _MIDDLE + 0.5
        levels = np.nan_to_num(page, copy=False, nan=255).astype(np.uint8)
        height, width = levels.shape
        image = QImage(levels.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
        scale = ramp(colours.negative, colours.paper, colours.positive, n=2 * _MIDDLE + 1)
        image.setColorTable([*scale, colours.window.rgb()])
        return image.convertToFormat(QImage.Format.Format_RGB32)  # which has pixels of its own: foreign ones dangle

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles, and a frame around the one that is pointed at."""
        if self.weights is None:
            paint_placeholder(
                self, self.tr("What the units of the first layer look for appears here while a network learns.")
            )
            return
        painter, grid = QPainter(self), self.grid()
        if self._image is None:
            self._image = self._paint_tiles(self.weights, grid)
        painter.drawImage(grid.page(self._image.width(), self._image.height()), self._image)
        if self.pointed is not None:
            self._paint_pointed(painter, grid, self._image, self.pointed - self.first)

    def _paint_pointed(self, painter: QPainter, grid: TileGrid, image: QImage, place: int) -> None:
        """Frame a tile; beside a small one, show it larger."""
        tile = grid.tile(place)
        painter.setPen(QPen(theme.colours().text, 2))
        painter.drawRect(tile)
        side = SIZE * round(_ENLARGED * grid.ratio) / grid.ratio
        if tile.width() >= side / 2:
            return
        row, column = divmod(place, grid.n_columns)
        left = tile.right() + theme.SPACING
        if left + side > self.width():
            left = tile.left() - theme.SPACING - side
        top = max(1.0, min(tile.center().y() - side / 2, self.height() - side - 1))
        large = QRectF(round(left * grid.ratio) / grid.ratio, round(top * grid.ratio) / grid.ratio, side, side)
        painter.drawImage(large, image, QRectF(column * PITCH, row * PITCH, SIZE, SIZE))
        painter.drawRect(large)

    def _repaint(self) -> None:
        self._image = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        self._show_page_of(self.first)

    def event(self, event: QEvent) -> bool:
        """Share the room out anew on a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._show_page_of(self.first)
        return super().event(event)

    # -- what the user does ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the unit under the mouse."""
        place = self.grid().place(event.position())
        unit = None if place is None else self.first + place
        self._point_at(unit if unit is not None and unit < self.n_units else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from unit to unit, and from page to page."""
        key, here = Qt.Key, self.pointed
        steps = {
            key.Key_Left.value: -1,
            key.Key_Right.value: 1,
            key.Key_Up.value: -self.grid().n_columns,
            key.Key_Down.value: self.grid().n_columns,
        }
        if event.key() in (key.Key_PageUp, key.Key_PageDown):
            self.turn(1 if event.key() == key.Key_PageDown else -1)
        elif event.key() in (key.Key_Home, key.Key_End):
            self._go_to(0 if event.key() == key.Key_Home else self.n_units - 1)
        elif event.key() in steps:
            self._go_to(self.first if here is None else here + steps[event.key()])
        else:
            super().keyPressEvent(event)

    def _go_to(self, unit: int) -> None:
        """Point at a unit, on whichever page it is."""
        if 0 <= unit < self.n_units:
            if not self.first <= unit < self.last:
                self._show_page_of(unit)
            self._point_at(unit)

    def _point_at(self, unit: int | None) -> None:
        if unit != self.pointed:
            self.pointed = unit
            self.update()
            self.changed.emit()
