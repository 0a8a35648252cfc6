"""The plot of the learning rate: small, and logarithmic if the rate falls by decades."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from core.training.history import History
from gui.curves.annotations import Annotations
from gui.curves.overlay_lines import Overlay
from gui.curves.plot import Plot
from gui.curves.run_lines import Line, downsampled
from gui.style import theme

# A rate that is below a 50th of its maximum for a quarter of the run falls in steps; one that only ends near zero, like
# half a cosine, is clearer on a linear axis.
_RATIO, _SHARE = 50.0, 0.25
_MARGIN = 0.2  # of the maximum, at either end: otherwise the numbers there would be left out
_NOTHING: Line = (np.zeros(0), np.zeros(0))


class OverlaidRate:
    """The rate of an overlaid run: its item in the plot, and its points."""

    def __init__(self, overlay: Overlay, item: pg.PlotDataItem) -> None:
        self.history, self.item, self.line = overlay.history, item, _NOTHING

    def set_axis(self, axis: str) -> None:
        """Set the points along an axis."""
        samples, rates = downsampled(self.history.learning_rate.means)
        self.line = self.history.along(samples, axis), rates


class RatePlot(Plot):
    """The rate of the live run and, thin, those of the overlaid runs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.live = self.line(width=2)
        self.overlaid: dict[int, OverlaidRate] = {}
        self.annotations = Annotations()
        self.annotations.setZValue(-1)
        self.addItem(self.annotations, ignoreBounds=True)
        self._live = _NOTHING
        self._overlaid_scale = False, 0.0

    def draw_live(self, history: History, axis: str) -> None:
        """Draw the live run's rate."""
        samples, rates = history.learning_rate.means
        self._live = history.along(samples, axis), rates
        if not self._fit():
            self.draw(self.live, *self._live)

    def set_overlays(self, overlays: Sequence[Overlay], axis: str) -> None:
        """Draw the rates of these overlaid runs, and of no others; those shown already are not drawn again."""
        before, self.overlaid = self.overlaid, {}
        new = []
        for overlay in overlays:
            rate = before.pop(id(overlay.history), None)
            if rate is None:
                rate = OverlaidRate(overlay, self.line(z=-1))
                rate.set_axis(axis)
                self.background_layer.add(rate.item)
                new.append(rate)
            rate.item.setPen(self.pen(overlay.colour))
            self.overlaid[id(overlay.history)] = rate
        for rate in before.values():
            self.background_layer.remove(rate.item)
            self.removeItem(rate.item)
        if not self._fit_to_overlaid():
            for rate in new:
                self.draw(rate.item, *rate.line)
        self.background_layer.refresh()

    def draw_overlays(self, axis: str) -> None:
        """Draw the rates of the overlaid runs again, on another x axis."""
        for rate in self.overlaid.values():
            rate.set_axis(axis)
        if not self._fit_to_overlaid():
            self._redraw_overlaid()

    def _fit_to_overlaid(self) -> bool:
        """Fit the y axis after a change of the overlaid runs; return whether all rates were drawn again."""
        lines = [_NOTHING, *(rate.line for rate in self.overlaid.values())]
        logs, tops = zip(*map(_scale_of, lines), strict=True)
        self._overlaid_scale = any(logs), max(tops)
        return self._fit()

    def _redraw_overlaid(self) -> None:
        for rate in self.overlaid.values():
            self.draw(rate.item, *rate.line)
        self.background_layer.refresh()

    def _fit(self) -> bool:
        """Fit the y axis; return whether it became logarithmic or linear, in which case all rates were drawn again."""
        logs, tops = zip(_scale_of(self._live), self._overlaid_scale, strict=True)
        log, was_log = any(logs), self.is_log
        self.set_log(log)
        if log != was_log:
            self.draw(self.live, *self._live)
            self._redraw_overlaid()
        self._set_range(max(tops) or 1.0)
        return log != was_log

    def _set_range(self, top: float) -> None:
        """Set the y axis to end a little above ``top``, with two or three numbers: there is no room for more."""
        left = self.getPlotItem().getAxis("left")
        if self.is_log:
            left.setTickSpacing()
            self.autoscale_y()
        else:
            decade = 10.0 ** math.floor(math.log10(top))
            left.setTickSpacing(levels=[(next(n for n in (5, 2, 1) if n * decade <= top * 1.001) * decade, 0)])
            self.setYRange(-_MARGIN * top, (1 + _MARGIN) * top, padding=0)

    def apply_theme(self) -> None:
        """Apply the current colour scheme."""
        super().apply_theme()
        self.live.setPen(self.pen(theme.colours().rate, 2))


def _scale_of(line: Line) -> tuple[bool, float]:
    """Return whether a run's rate needs a logarithmic axis, and its maximum."""
    _, rates = line
    if not len(rates):
        return False, 0.0
    top = float(rates.max())
    return bool(np.quantile(rates, _SHARE) < top / _RATIO), top
