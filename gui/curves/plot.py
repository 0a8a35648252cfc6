"""A plot in the colours of the theme: axes set by the program, no menu, no dragging; and pens of a width in pixels."""

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
"""The value of zero on a logarithmic axis, where zero would leave a gap."""
_PADDING = 0.015  # of the x axis, at either end
_MARGIN = 0.07  # of the values' span, at either end of a fitted y axis: below, a number must fit beside zero
_MIN_FILLED = 0.7  # of the y axis; if the values span less, it is fitted again


class Axis(pg.AxisItem):
    """An axis whose numbers do not overlap.

    A logarithmic axis labels 1, 2 and 5 of each decade; a linear one counts in thousands, "5k".
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
    """A plot with a faint horizontal grid, and without interaction.

    Its ``hint`` is a label in the middle of an empty plot.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={side: Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        self.is_log = False
        self._end = 0.0
        self._y: tuple[float, float] | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it takes no keys
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        item = self.getPlotItem()
        item.setContentsMargins(0, 4, 12, 0)
        item.showGrid(y=True, alpha=0.15)
        self.background_layer = BackgroundLayer(self, item.getViewBox())
        left, bottom = item.getAxis("left"), item.getAxis("bottom")
        for axis in (left, bottom):
            # Grid lines for the minor ticks cost 12 ms a repaint; for the major ones only, 3 ms.
            axis.setStyle(maxTickLevel=0, autoExpandTextSpace=False)
            axis.enableAutoSIPrefix(False)
            # Painted anew only where it has changed: numbers and grid are a third of a repaint.
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        left.setWidth(52)
        left.setTickDensity(0.7)
        bottom.setStyle(hideOverlappingLabels=False)  # otherwise the last epoch has no number
        self.setMinimumHeight(64)
        self.hint = QLabel(self.viewport())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()

    # -- curves --------------------------------------------------------------------------------------------------------

    def line(self, *, width: float = 1.0, z: int = 0, ignore_bounds: bool = False) -> "pg.PlotDataItem":
        """Return a new, empty curve.

        Parameters
        ----------
        width
            Wide curves are anti-aliased, and must be smooth: Qt strokes wide noisy ones 30 times as slowly.
        z
            Curves with a higher z are painted above those with a lower one.
        ignore_bounds
            Whether ``autoscale_y`` ignores the curve.
        """
        item = pg.PlotDataItem(antialias=width > 1)
        item.setZValue(z)
        self.addItem(item, ignoreBounds=ignore_bounds)
        return item

    def draw(self, item: "pg.PlotDataItem", x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Set the points of a curve; on a logarithmic axis zero becomes ``SMALLEST``."""
        item.setData(x, y.clip(SMALLEST, None) if self.is_log else y)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the background, and the curves in it."""
        super().drawBackground(painter, rect)
        if hasattr(self, "background_layer"):
            self.background_layer.paint(painter)

    # -- axes ----------------------------------------------------------------------------------------------------------

    def set_log(self, log: bool) -> None:
        """Make the y axis logarithmic or linear; the caller must then draw all curves again."""
        if log != self.is_log:
            x_range = self.viewRange()[0]
            self.is_log, self._y = log, None
            self.setLogMode(y=log)
            self.setXRange(*x_range, padding=0)  # the change of mode has reset the x axis to autoscaling

    def set_x_end(self, end: float) -> None:
        """Show the x axis from 0 to ``end``."""
        if end != self._end:
            self._end = end
            self.setXRange(0, end, padding=_PADDING)

    def set_y(self, low: float, high: float) -> None:
        """Show the y axis from ``low`` to ``high``."""
        self._y = None
        self.setYRange(low, high, padding=0)

    def fit_y(self, low: float, high: float, *, force: bool = False) -> None:
        """Fit the y axis to values from ``low`` to ``high``; unless forced, leave it while they fit and fill it.

        An axis that always moves is hard to read, and each move repaints the background.
        """
        if self.is_log:
            low, high = (math.log10(max(value, SMALLEST)) for value in (low, high))
        if self._y and not force:
            begin, end = self._y
            if begin <= low and high <= end and high - low >= _MIN_FILLED * (end - begin):
                return
        span = (high - low) or abs(high) or 1.0
        self._y = low - _MARGIN * span, high + _MARGIN * span
        self.setYRange(*self._y, padding=0)

    def autoscale_y(self) -> None:
        """Scale the y axis to all visible curves."""
        self.enableAutoRange(axis="y")
        self.getPlotItem().getViewBox().queueUpdateAutoRange()  # it does not notice a hidden curve by itself

    def set_numbers(self, scale: float, *, shown: bool) -> None:
        """Show or hide the numbers of the x axis, which are ``scale`` times x."""
        axis = self.getPlotItem().getAxis("bottom")
        axis.setScale(scale)
        axis.setStyle(showValues=shown)

    def set_unit(self, label: str) -> None:
        """Set the label below the x axis; an empty one takes no room."""
        axis = self.getPlotItem().getAxis("bottom")
        axis.setLabel(label)
        axis.showLabel(bool(label))

    def x_at(self, position: QPoint) -> float | None:
        """Return x at a position in the viewport; None outside the plot area."""
        scene, view = self.mapToScene(position), self.getPlotItem().getViewBox()
        if not view.sceneBoundingRect().contains(scene):
            return None
        return float(view.mapSceneToView(scene).x())

    def suspend_updates(self) -> None:
        """Paint no changes until updates are resumed."""
        self.viewport().setUpdatesEnabled(False)

    def resume_updates(self) -> None:
        """Paint the changes since updates were suspended."""
        self.viewport().setUpdatesEnabled(True)

    def position_of(self, x: float) -> int:
        """Return the position of x in the viewport, in pixels from the left."""
        scene = self.getPlotItem().getViewBox().mapViewToScene(QPointF(x, 0))
        return int(self.mapFromScene(scene).x())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle, and paint: while updates are suspended, what has grown would stay black."""
        super().resizeEvent(event)
        self.resume_updates()
        if hasattr(self, "hint"):  # pyqtgraph's constructor sends such an event
            self.hint.setGeometry(self.rect().adjusted(60, 0, -8, -20))

    # -- looks ---------------------------------------------------------------------------------------------------------

    def apply_theme(self) -> None:
        """Apply the current colour scheme."""
        colours = theme.colours()
        self.setBackground(colours.paper)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)

    def pen(self, colour: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """Return a pen with a width in logical pixels; up to 1, the thinnest pen there is, which is cheap."""
        pixels = width * self.devicePixelRatioF() if width > 1 else 1.0  # cosmetic pens count device pixels
        pen: QPen = pg.mkPen(colour, width=pixels, style=style, cosmetic=True)
        return pen


def faint(colour: QColor, alpha: int) -> QColor:
    """Return a copy of a colour with this alpha (0 to 255)."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
