"""A plot in the program's colours: a fixed x axis, a free or a set y axis, no menu; and pens of so many pixels."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from gui.curves.background_layer import BackgroundLayer
from gui.style import theme

SMALLEST = 1e-7
"""What zero becomes on a logarithmic axis, where it would leave a gap."""
_PADDING = 0.015  # of the x axis, on either side
_AROUND = 0.07  # of what the y axis shows, left free when it is set anew: below, a number must fit beside zero
_FULL = 0.7  # of an axis that stays as it is


class Axis(pg.AxisItem):
    """An axis whose numbers do not lie on one another.

    A logarithmic one names 1, 2 and 5 of each decade, where all nine would; a plain one counts in thousands, "5k".
    """

    def logTickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the labels of ticks at 10 ** values."""
        numbers = [10.0**value * scale for value in values]
        return [f"{number:g}" if f"{number:.0e}"[0] in "125" else "" for number in numbers]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the labels of ticks at ``values``."""
        if self.logMode or spacing * scale < 1:
            return list(super().tickStrings(values, scale, spacing))
        return [_in_thousands(value * scale) for value in values]


def _in_thousands(number: float) -> str:
    for factor, unit in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= factor:
            return f"{number / factor:.6g}{unit}"
    return f"{number:.0f}"


class Plot(pg.PlotWidget):
    """A plot with a faint horizontal grid; it is looked at, and there is nothing to drag in it.

    Its ``hint`` is a label for what is said in the middle of an empty plot.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={side: Axis(side) for side in ("left", "bottom")})
        self.is_log = False
        self._end = 0.0
        self._y: tuple[float, float] | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to do in it by keyboard
        self.setMenuEnabled(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        item = self.getPlotItem()
        item.setContentsMargins(0, 4, 12, 0)
        item.showGrid(y=True, alpha=0.15)
        self.backdrop = BackgroundLayer(self, item.getViewBox())
        left, bottom = item.getAxis("left"), item.getAxis("bottom")
        for axis in (left, bottom):
            # A grid line for each small tick costs 12 ms a repaint; for the large ones, 3.
            axis.setStyle(maxTickLevel=0, autoExpandTextSpace=False)
            axis.enableAutoSIPrefix(False)
        left.setWidth(52)
        left.setTickDensity(0.7)
        bottom.setStyle(hideOverlappingLabels=False)  # or the last epoch would go without its number
        self.setMinimumHeight(64)
        self.hint = QLabel(self.viewport())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def line(self, *, width: float = 1.0, depth: int = 0, free: bool = False) -> "pg.PlotDataItem":
        """Return a new, empty curve.

        Parameters
        ----------
        width
            Wide ones are painted with anti-aliasing, and must be smooth: Qt strokes wide noisy ones 30 times as slowly.
        depth
            Those of a higher depth lie above.
        free
            Whether the y axis passes it over.
        """
        item = pg.PlotDataItem(antialias=width > 1)
        item.setZValue(depth)
        self.addItem(item, ignoreBounds=free)
        return item

    def draw(self, item: "pg.PlotDataItem", x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Give a curve its points; on a logarithmic axis zeros are taken for very little."""
        item.setData(x, y.clip(SMALLEST, None) if self.is_log else y)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the paper, and what lies behind all else."""
        super().drawBackground(painter, rect)
        if hasattr(self, "backdrop"):
            self.backdrop.paint(painter)

    # -- axes ----------------------------------------------------------------------------------------------------------

    def set_log(self, log: bool) -> None:
        """Make the y axis a logarithmic one, or a plain one; what is drawn must then be drawn again."""
        if log != self.is_log:
            x_range = self.viewRange()[0]
            self.is_log, self._y = log, None
            self.setLogMode(y=log)
            self.setXRange(*x_range, padding=0)  # the change of mode has let the x axis loose

    def set_end(self, end: float) -> None:
        """Show the x axis from 0 to ``end``."""
        if end != self._end:
            self._end = end
            self.setXRange(0, end, padding=_PADDING)

    def set_y(self, low: float, high: float) -> None:
        """Show the y axis from ``low`` to ``high``."""
        self._y = None
        self.setYRange(low, high, padding=0)

    def show_y(self, low: float, high: float, *, anew: bool = False) -> None:
        """Let the y axis show these values; unless it is fitted anew, it stays as it is while they fit and fill it.

        One that always moves is hard to read, and all that lies behind the curves must then be painted again.
        """
        if self.is_log:
            low, high = (math.log10(max(value, SMALLEST)) for value in (low, high))
        if self._y and not anew:
            begin, end = self._y
            if begin <= low and high <= end and high - low >= _FULL * (end - begin):
                return
        span = (high - low) or abs(high) or 1.0
        self._y = low - _AROUND * span, high + _AROUND * span
        self.setYRange(*self._y, padding=0)

    def free_y(self) -> None:
        """Let the y axis show all curves that are shown."""
        self.enableAutoRange(axis="y")
        self.getPlotItem().getViewBox().queueUpdateAutoRange()  # that a curve was hidden is no news to it

    def set_numbers(self, scale: float, *, shown: bool) -> None:
        """Write numbers along the x axis, ``scale`` times x, or none."""
        axis = self.getPlotItem().getAxis("bottom")
        axis.setScale(scale)
        axis.setStyle(showValues=shown)

    def set_unit(self, label: str) -> None:
        """Write below the x axis what it counts; an empty word takes no room."""
        axis = self.getPlotItem().getAxis("bottom")
        axis.setLabel(label)
        axis.showLabel(bool(label))

    def x_at(self, place: QPoint) -> float | None:
        """Return the x of a place in the viewport, or None where there are no curves."""
        scene, view = self.mapToScene(place), self.getPlotItem().getViewBox()
        if not view.sceneBoundingRect().contains(scene):
            return None
        return float(view.mapSceneToView(scene).x())

    def hold(self) -> None:
        """Paint nothing of what changes until it is let go."""
        self.viewport().setUpdatesEnabled(False)

    def let_go(self) -> None:
        """Paint what has changed since it was held."""
        self.viewport().setUpdatesEnabled(True)

    def place_of(self, x: float) -> int:
        """Return where in the viewport, from its left, an x is."""
        scene = self.getPlotItem().getViewBox().mapViewToScene(QPointF(x, 0))
        return int(self.mapFromScene(scene).x())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle."""
        super().resizeEvent(event)
        if hasattr(self, "hint"):  # pyqtgraph's own initialiser sends one
            self.hint.setGeometry(self.rect().adjusted(60, 0, -8, -20))

    # -- looks ---------------------------------------------------------------------------------------------------------

    def dress(self) -> None:
        """Take over the colours of the scheme."""
        colours = theme.colours()
        self.setBackground(colours.paper)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)

    def pen(self, colour: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """Return a pen whose width is in logical pixels; one of 1 stays the thinnest there is, which is cheap."""
        pixels = width * self.devicePixelRatioF() if width > 1 else 1.0  # cosmetic pens count the screen's own
        pen: QPen = pg.mkPen(colour, width=pixels, style=style, cosmetic=True)
        return pen


def faint(colour: QColor, alpha: int) -> QColor:
    """Return a colour that lets through what is below it."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
