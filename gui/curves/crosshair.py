"""The crosshair: one vertical line over several plots, where the mouse is in one of them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gui.curves.plot import Plot
from gui.style import theme

_INTERVAL_MS = 30  # of a mouse that moves a thousand times a second, 33 moves are followed


class Glass(QWidget):
    """A picture of a plot that lies over it, with a vertical line.

    To move a line in the plot itself would paint all its curves again, 4 ms for one run and 13 for twenty; here two
    columns of the picture are.
    """

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._picture = QPixmap()
        self.place = 0
        """Where the line is, in pixels from the left."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    def renew(self) -> None:
        """Take another picture: the plot has changed."""
        viewport = self._plot.viewport()
        self.setGeometry(viewport.geometry())
        self._picture = viewport.grab()
        self.update()

    def set_place(self, place: int) -> None:
        """Move the line."""
        for column in (self.place, place):
            self.update(QRect(column, 0, 1, self.height()))
        self.place = place

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has changed."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.drawPixmap(0, 0, self._picture)
        painter.fillRect(QRect(self.place, 0, 1, self.height()), theme.colours().muted)


class Crosshair(QObject):
    """Follows the mouse, and tells whoever listens where it is."""

    moved = Signal(object, float)
    """The plot that the mouse is over, and x."""
    left = Signal()

    def __init__(self, plots: Sequence[Plot], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots = tuple(plots)
        self.glasses = [Glass(plot) for plot in plots]
        self._plot: Plot | None = None
        self._mouse = QPoint()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._follow)
        for plot in self._plots:
            plot.viewport().installEventFilter(self)

    @property
    def is_shown(self) -> bool:
        """Whether the mouse is over a plot."""
        return any(not glass.isHidden() for glass in self.glasses)

    def renew(self) -> None:
        """Go along with plots that have changed below it."""
        if self.is_shown:
            for glass in self.glasses:
                glass.renew()
            self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the mouse goes; the event goes on its way."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._plot = next((plot for plot in self._plots if plot.viewport() is watched), None)
            self._mouse = event.position().toPoint()
            if not self._timer.isActive():
                self._timer.start()
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Hide, QEvent.Type.Resize):
            self._plot = None
            self._timer.stop()
            self._hide()
        return False

    def _follow(self) -> None:
        """Go to where the mouse is."""
        x = None if self._plot is None else self._plot.x_at(self._mouse)
        if x is None or x < 0:
            self._hide()
            return
        if not self.is_shown:
            for glass in self.glasses:
                glass.renew()
                glass.show()
        for plot, glass in zip(self._plots, self.glasses, strict=True):
            glass.set_place(plot.place_of(x))
        self.moved.emit(self._plot, x)

    def _hide(self) -> None:
        if self.is_shown:
            for glass in self.glasses:
                glass.hide()
            self.left.emit()
