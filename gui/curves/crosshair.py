"""The crosshair: a vertical line over several plots, at the mouse position in one of them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gui.curves.plot import Plot
from gui.style import theme

_INTERVAL_MS = 30  # a mouse reports up to a thousand moves a second; 33 are followed


class CrosshairOverlay(QWidget):
    """A widget over a plot that shows a picture of it, and a vertical line.

    Moving a line in the plot itself would repaint all its curves, which takes 4 ms for one run and 13 ms for twenty;
    here, two columns of the picture are repainted.
    """

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._picture = QPixmap()
        self.position = 0
        """Position of the line, in pixels from the left."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    def refresh(self) -> None:
        """Take a new picture of the plot, which has changed."""
        viewport = self._plot.viewport()
        self.setGeometry(viewport.geometry())
        self._picture = viewport.grab()
        self.update()

    def set_position(self, position: int) -> None:
        """Move the line to a position in pixels from the left."""
        for column in (self.position, position):
            self.update(QRect(column, 0, 1, self.height()))
        self.position = position

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns that have changed."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.drawPixmap(0, 0, self._picture)
        painter.fillRect(QRect(self.position, 0, 1, self.height()), theme.colours().muted)


class Crosshair(QObject):
    """Follows the mouse over the plots, and signals its x."""

    moved = Signal(object, float)
    """The plot below the mouse, and x in its data coordinates."""
    left = Signal()
    """The mouse is over no plot."""

    def __init__(self, plots: Sequence[Plot], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots = tuple(plots)
        self.overlays = [CrosshairOverlay(plot) for plot in plots]
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
        return any(not overlay.isHidden() for overlay in self.overlays)

    def refresh(self) -> None:
        """Show plots that have changed below the crosshair."""
        if self.is_shown:
            for overlay in self.overlays:
                overlay.refresh()
            self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Record the mouse position; pass each event on."""
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
        """Move to the mouse position."""
        x = None if self._plot is None else self._plot.x_at(self._mouse)
        if x is None or x < 0:
            self._hide()
            return
        if not self.is_shown:
            for overlay in self.overlays:
                overlay.refresh()
                overlay.show()
        for plot, overlay in zip(self._plots, self.overlays, strict=True):
            overlay.set_position(plot.position_of(x))
        self.moved.emit(self._plot, x)

    def _hide(self) -> None:
        if self.is_shown:
            for overlay in self.overlays:
                overlay.hide()
            self.left.emit()
