"""The plot of the learning rate: small, and logarithmic by itself where the rate goes down by decades."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from core.training.history import History
from gui.curves.annotations import Annotations
from gui.curves.overlay_lines import Overlay
from gui.curves.plot import Plot
from gui.curves.run_lines import Line, few
from gui.style import theme

# A rate that is below a 50th of its maximum for a quarter of the run goes down in steps; one that only ends near zero,
# as half a cosine does, is better seen on a plain axis.
_RATIO, _SHARE = 50.0, 0.25
_MARGIN = 0.2  # of the maximum, above and below: else the numbers there would be left out
_NOTHING: Line = (np.zeros(0), np.zeros(0))


class _OverlaidRate:
    """The rate of one run beside the live one: its item in the plot, and its points."""

    def __init__(self, overlay: Overlay, item: pg.PlotDataItem) -> None:
        self.history, self.item, self.line = overlay.history, item, _NOTHING

    def measure(self, axis: str) -> None:
        """Find its points along an axis."""
        samples, rates = few(self.history.learning_rate.means)
        self.line = self.history.along(samples, axis), rates


class RatePlot(Plot):
    """The rate of the live run, and thin those of the runs that are laid beside it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.live = self.line(width=2)
        self.others: dict[int, _OverlaidRate] = {}
        self.notes = Annotations()
        self.notes.setZValue(-1)
        self.addItem(self.notes, ignoreBounds=True)
        self._live = _NOTHING
        self._others_facts = False, 0.0

    def draw_live(self, history: History, axis: str) -> None:
        """Draw the live run's rate."""
        samples, rates = history.learning_rate.means
        self._live = history.along(samples, axis), rates
        if not self._fit():
            self.draw(self.live, *self._live)

    def set_overlays(self, overlays: Sequence[Overlay], axis: str) -> None:
        """Draw the rates of these runs beside it, and of no others; those already there are not drawn again."""
        before, self.others = self.others, {}
        new = []
        for overlay in overlays:
            known = before.pop(id(overlay.history), None)
            if known is None:
                known = _OverlaidRate(overlay, self.line(depth=-1))
                known.measure(axis)
                self.backdrop.add(known.item)
                new.append(known)
            known.item.setPen(self.pen(overlay.colour))
            self.others[id(overlay.history)] = known
        for gone in before.values():
            self.backdrop.remove(gone.item)
            self.removeItem(gone.item)
        if not self._fit_others():
            for known in new:
                self.draw(known.item, *known.line)
        self.backdrop.renew()

    def draw_overlays(self, axis: str) -> None:
        """Draw the rates beside it again: the axis has changed."""
        for known in self.others.values():
            known.measure(axis)
        if not self._fit_others():
            self._draw_others()

    def _fit_others(self) -> bool:
        """Fit the y axis to the runs beside the live one; return whether all was drawn anew."""
        logs, tops = zip(*map(_facts, (_NOTHING, *(known.line for known in self.others.values()))), strict=True)
        self._others_facts = any(logs), max(tops)
        return self._fit()

    def _draw_others(self) -> None:
        for known in self.others.values():
            self.draw(known.item, *known.line)
        self.backdrop.renew()

    def _fit(self) -> bool:
        """Choose the y axis; return whether that has changed its kind, and all is drawn anew."""
        logs, tops = zip(_facts(self._live), self._others_facts, strict=True)
        log, was_log = any(logs), self.is_log
        self.set_log(log)
        if log != was_log:
            self.draw(self.live, *self._live)
            self._draw_others()
        self._set_range(max(tops) or 1.0)
        return log != was_log

    def _set_range(self, top: float) -> None:
        """Let the y axis end a little above ``top``, with two or three numbers on it: there is no room for more."""
        left = self.getPlotItem().getAxis("left")
        if self.is_log:
            left.setTickSpacing()
            self.free_y()
        else:
            decade = 10.0 ** math.floor(math.log10(top))
            left.setTickSpacing(levels=[(next(n for n in (5, 2, 1) if n * decade <= top * 1.001) * decade, 0)])
            self.setYRange(-_MARGIN * top, (1 + _MARGIN) * top, padding=0)

    def dress(self) -> None:
        """Take over the colours of the scheme."""
        super().dress()
        self.live.setPen(self.pen(theme.colours().rate, 2))


def _facts(line: Line) -> tuple[bool, float]:
    """Return whether a run's rate asks for a logarithmic axis, and its maximum."""
    _, rates = line
    if not len(rates):
        return False, 0.0
    top = float(rates.max())
    return bool(np.quantile(rates, _SHARE) < top / _RATIO), top
