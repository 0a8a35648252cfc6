"""BackgroundLayer: curves that seldom change, painted as a part of the background, of which Qt keeps a picture."""

import pyqtgraph as pg
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsView


class BackgroundLayer:
    """The curves behind a plot, whose view keeps its background (pyqtgraph's do). The scene itself does not paint them.

    Twenty runs took as long to paint as the live one, several times a second.
    """

    def __init__(self, view: QGraphicsView, box: "pg.ViewBox") -> None:
        self._view, self._box = view, box
        self._items: list[pg.PlotDataItem] = []
        box.sigTransformChanged.connect(self._follow)

    def add(self, item: "pg.PlotDataItem") -> None:
        """Take a curve that is in the plot."""
        item.setOpacity(0)
        self._items.append(item)
        self.renew()

    def remove(self, item: "pg.PlotDataItem") -> None:
        """Forget a curve."""
        self._items.remove(item)
        self.renew()

    def renew(self) -> None:
        """Let the curves be painted anew at the next occasion: one of them has changed."""
        self._view.resetCachedContent()

    def _follow(self) -> None:
        """Follow the axes."""
        if self._items:
            self.renew()

    def paint(self, painter: QPainter) -> None:
        """Paint the curves; ``painter`` is that of the view's background."""
        to_view = painter.transform()
        painter.save()
        painter.setClipRect(self._box.sceneBoundingRect())
        for item in sorted(self._items, key=pg.PlotDataItem.zValue):
            if item.isVisible():
                painter.setTransform(item.curve.sceneTransform() * to_view)
                item.curve.paint(painter, None, None)
        painter.restore()
