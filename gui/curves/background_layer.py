"""Curves that seldom change, painted as part of the view's background, which Qt caches as a pixmap."""

import pyqtgraph as pg
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsView


class BackgroundLayer:
    """Curves in the cached background of a plot's view (pyqtgraph's views cache it); the scene does not paint them.

    Without it, twenty overlaid runs took as long to paint as the live one, several times a second.
    """

    def __init__(self, view: QGraphicsView, box: "pg.ViewBox") -> None:
        self._view, self._box = view, box
        self._items: list[pg.PlotDataItem] = []
        box.sigTransformChanged.connect(self._on_transform)

    def add(self, item: "pg.PlotDataItem") -> None:
        """Move a curve of the plot to this layer."""
        item.setOpacity(0)
        self._items.append(item)
        self.refresh()

    def remove(self, item: "pg.PlotDataItem") -> None:
        """Remove a curve from this layer."""
        self._items.remove(item)
        self.refresh()

    def refresh(self) -> None:
        """Invalidate the cached background, because a curve has changed."""
        self._view.resetCachedContent()

    def _on_transform(self) -> None:
        if self._items:
            self.refresh()

    def paint(self, painter: QPainter) -> None:
        """Paint the curves with the painter of the view's background."""
        to_view = painter.transform()
        painter.save()
        painter.setClipRect(self._box.sceneBoundingRect())
        for item in sorted(self._items, key=pg.PlotDataItem.zValue):
            if item.isVisible():
                painter.setTransform(item.curve.sceneTransform() * to_view)
                item.curve.paint(painter, None, None)
        painter.restore()
