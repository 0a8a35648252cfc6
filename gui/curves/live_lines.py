"""The curves of the live run in one plot."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.training.curve import thinned
from core.training.history import History
from gui.curves.annotations import Annotations
from gui.curves.plot import Plot, faint
from gui.curves.run_lines import EVALUATED, MANY, SYMBOLS, RunLines, downsampled, evaluated, values_of
from gui.style import theme

_RAW_ALPHA = {"loss": 55, "accuracy": 20}  # accuracy over a few digits takes few values: a band, not a line
_GAP_ALPHA = 46


class LiveLines(RunLines):
    """Batches, raw and smoothed; evaluations, their gap and the best one; changes of the rate."""

    def __init__(self, plot: Plot, quantity: str) -> None:
        super().__init__(plot, quantity)
        self.raw, self.smooth = plot.line(z=-20), plot.line(width=2, z=2)
        self.training, self.validation = plot.line(width=2, z=4), plot.line(width=2, z=5)
        self.changes, self.best = plot.line(z=3, ignore_bounds=True), plot.line(z=6, ignore_bounds=True)
        self.items = {
            "batches": (self.raw, self.smooth, self.changes),
            "training": (self.training,),
            "validation": (self.validation, self.best),
        }
        self.gap = QGraphicsPathItem()
        self.gap.setPen(QPen(Qt.PenStyle.NoPen))
        self.annotations = Annotations(at_bottom=quantity == "accuracy")
        for item, z in ((self.gap, 0), (self.annotations, -1)):
            item.setZValue(z)
            plot.addItem(item, ignoreBounds=True)

    def draw_batches(self, history: History, axis: str) -> None:
        """Draw the batches."""
        curve = self.curve(history)
        for item, (samples, values) in ((self.raw, curve.raw), (self.smooth, downsampled(curve.smoothed))):
            self._draw(item, history.along(samples, axis), values)

    def draw_evaluations(self, history: History, axis: str) -> None:
        """Draw evaluations and changes of the rate."""
        for kind in EVALUATED:
            x, y = thinned(*evaluated(history, kind, self._quantity, axis))
            self._draw(self.items[kind][0], x, y)
            self._style_evaluations(kind, len(x))
        self._draw_gap()
        self._draw_best(history, axis)
        self._draw_changes(history, axis)

    def _draw_gap(self) -> None:
        """Fill the area between the two curves of evaluations, as drawn."""
        sides = [item.getData() for item in (self.training, self.validation)]
        if any(x is None for x, _ in sides):
            self.gap.setPath(QPainterPath())
        else:
            (x, y), (back_x, back_y) = sides
            outline = np.append(x, back_x[::-1]), np.append(y, back_y[::-1])
            self.gap.setPath(pg.arrayToQPath(*outline))

    def _draw_best(self, history: History, axis: str) -> None:
        """Draw a ring around the best evaluation, whose weights are kept."""
        evaluations, best = history.evaluations, history.best
        chosen = slice(0, 0) if best is None else slice(best, best + 1)
        values = evaluations[f"validation_{self._quantity}"][chosen]
        self._draw(self.best, history.along(evaluations["samples"][chosen], axis), values)

    def _draw_changes(self, history: History, axis: str) -> None:
        """Draw a triangle on the smoothed curve at each change of the rate by the user."""
        samples, values = self.curve(history).smoothed
        changed = np.array([at for at, _ in history.marks if len(samples)])
        heights = np.interp(changed, samples, values) if len(changed) else changed
        self._draw(self.changes, history.along(changed, axis), heights)

    def show(self, kind: str, shown: bool) -> None:
        """Show or hide the curves of a kind; the gap is visible while both its curves are."""
        super().show(kind, shown)
        self.gap.setVisible(self.training.isVisible() and self.validation.isVisible())

    def apply_theme(self) -> None:
        """Apply the current colour scheme."""
        colours, pen = theme.colours(), self._plot.pen
        self.raw.setPen(pen(faint(colours.batches, _RAW_ALPHA[self._quantity])))
        self.smooth.setPen(pen(colours.batches, 1.5))
        for kind in EVALUATED:
            self._style_evaluations(kind, len(values_of(self.items[kind][0])))
        self.gap.setBrush(faint(colours.validation, _GAP_ALPHA))
        self._style_points(self.changes, "t", 10, colours.rate, colours.paper)
        self._style_points(self.best, "o", 13, None, colours.validation)

    def _style_evaluations(self, kind: str, n: int) -> None:
        item, colour = self.items[kind][0], getattr(theme.colours(), kind)
        item.setPen(self._plot.pen(colour, 1 if n > MANY else 2))
        item.setSymbol(None if n > MANY else SYMBOLS[kind])
        item.setSymbolSize(7)
        item.setSymbolBrush(colour)
        item.setSymbolPen(None)

    def _style_points(self, item: "pg.PlotDataItem", symbol: str, size: int, brush: QColor | None, pen: QColor) -> None:
        item.setPen(None)
        item.setSymbol(symbol)
        item.setSymbolSize(size)
        item.setSymbolBrush(brush)
        item.setSymbolPen(self._plot.pen(pen, 1 if brush else 2))
