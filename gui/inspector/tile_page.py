"""A page of tiles with the weights of a first layer, from blue to orange."""

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

_ENLARGED = 5  # logical pixels a weight, in the enlarged current tile
_MIDDLE = 127  # weight 0 in the colour table; 254 is the largest weight, 255 the gap


class TilePage(QWidget):
    """As many tiles as fit, from one unit on; ``turn`` shows other pages.

    Attributes
    ----------
    weights : (784, units) or None
        The weights of the layer.
    first : int
        The first unit on the page, from 0.
    current : int or None
        The unit under the mouse, or the one that the arrow keys have selected.
    """

    changed = Signal()
    """Another page is shown, or another unit is the current one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights: NDArray[np.floating[Any]] | None = None
        self.first = 0
        self.current: int | None = None
        self._image: QImage | None = None  # made when it is painted: a hidden page costs nothing
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        theme.notifier.changed.connect(self._repaint)

    def set_weights(self, weights: NDArray[np.floating[Any]] | None) -> None:
        """Show weights; the page stays if the number of units does. Silent."""
        if weights is None or self.weights is None or weights.shape != self.weights.shape:
            self.first, self.current = 0, None
        self.weights = weights
        self._repaint()

    @property
    def n_units(self) -> int:
        """The number of units, on all pages."""
        return 0 if self.weights is None else self.weights.shape[1]

    @property
    def last(self) -> int:
        """The first unit after the page."""
        return min(self.first + self.grid().n_tiles, self.n_units)

    def grid(self) -> TileGrid:
        """Return the layout of the tiles."""
        return TileGrid.fit(self.n_units, self.size(), self.devicePixelRatioF())

    def turn(self, pages: int) -> None:
        """Go forward by a number of pages; back if it is negative."""
        self._show_page_of(max(0, min(self.first + pages * self.grid().n_tiles, self.n_units - 1)))

    def _show_page_of(self, unit: int) -> None:
        self.first = unit - unit % self.grid().n_tiles
        self.current = None
        self._repaint()
        self.changed.emit()

    # -- painting -------------------------------------------------------------------------------------------------

    def _paint_tiles(self, weights: NDArray[np.floating[Any]], grid: TileGrid) -> QImage:
        """Return the page as an image, one pixel a weight, in the colours of the scheme."""
        colours = theme.colours()
        page = inspection.tiles(weights[:, self.first : self.last], grid.n_columns, grid.n_rows)
        page *= _MIDDLE
        page += _MIDDLE + 0.5
        levels = np.nan_to_num(page, copy=False, nan=255).astype(np.uint8)
        height, width = levels.shape
        image = QImage(levels.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
        scale = ramp(colours.negative, colours.paper, colours.positive, n=2 * _MIDDLE + 1)
        image.setColorTable([*scale, colours.window.rgb()])
        return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy that owns its pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles, and a frame around the current one."""
        if self.weights is None:
            paint_placeholder(self, self.tr("The weights of the first layer appear here during a training run."))
            return
        painter, grid = QPainter(self), self.grid()
        if self._image is None:
            self._image = self._paint_tiles(self.weights, grid)
        painter.drawImage(grid.page_rect(self._image.width(), self._image.height()), self._image)
        if self.current is not None:
            self._paint_current(painter, grid, self._image, self.current - self.first)

    def _paint_current(self, painter: QPainter, grid: TileGrid, image: QImage, index: int) -> None:
        """Frame a tile; beside a small one, show an enlarged copy."""
        tile = grid.tile_rect(index)
        painter.setPen(QPen(theme.colours().text, 2))
        painter.drawRect(tile)
        side = SIZE * round(_ENLARGED * grid.ratio) / grid.ratio
        if tile.width() >= side / 2:
            return
        row, column = divmod(index, grid.n_columns)
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
        """Lay the tiles out again."""
        super().resizeEvent(event)
        self._show_page_of(self.first)

    def event(self, event: QEvent) -> bool:
        """Lay the tiles out again for a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._show_page_of(self.first)
        return super().event(event)

    # -- user input -----------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make the unit under the mouse the current one."""
        index = self.grid().tile_at(event.position())
        unit = None if index is None else self.first + index
        self._set_current(unit if unit is not None and unit < self.n_units else None)

    def leaveEvent(self, event: QEvent) -> None:
        """No unit is the current one."""
        self._set_current(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another unit or page."""
        key, here = Qt.Key, self.current
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
        """Make a unit the current one, and show its page."""
        if 0 <= unit < self.n_units:
            if not self.first <= unit < self.last:
                self._show_page_of(unit)
            self._set_current(unit)

    def _set_current(self, unit: int | None) -> None:
        if unit != self.current:
            self.current = unit
            self.update()
            self.changed.emit()
