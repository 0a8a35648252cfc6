"""The curves of a run that is laid beside the live one: its outline, which costs little to paint."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.training.curve import thinned
from core.training.history import History
from gui.curves.plot import Plot, faint
from gui.curves.run_lines import EVALUATED, MANY, RunLines, evaluated, few

_ALPHA = 110  # of the smoothed batches
_POINTS = 100  # of them: 250 of each of twenty runs took 3 ms more


@dataclass(frozen=True)
class Overlay:
    """A kept run, drawn beside the live one. Its lines stay for as long as its history is the same object."""

    name: str
    colour: QColor
    history: History


class OverlayLines(RunLines):
    """Validation, the training sample, and the smoothed batches, faint.

    They are drawn once, and again only when the axes are others.
    """

    def __init__(self, plot: Plot, quantity: str, overlay: Overlay) -> None:
        super().__init__(plot, quantity)
        self.overlay = overlay
        self.items = {
            "batches": (plot.line(depth=-12, free=True),),
            "training": (plot.line(depth=-11, free=True),),
            "validation": (plot.line(depth=-10, free=True),),
        }
        self._lengths = dict.fromkeys(EVALUATED, 0)
        for (item,) in self.items.values():
            plot.backdrop.add(item)

    def draw(self, axis: str) -> None:
        """Draw it all."""
        history = self.overlay.history
        samples, values = few(self.curve(history).smoothed, _POINTS)
        (item,) = self.items["batches"]
        self._draw(item, history.along(samples, axis), values)
        for kind in EVALUATED:
            x, y = thinned(*evaluated(history, kind, self._quantity, axis))
            (item,) = self.items[kind]
            self._draw(item, x, y)
            self._lengths[kind] = len(x)
        self._set_pens()

    def recolour(self, overlay: Overlay) -> None:
        """Take another name and colour for the same curves."""
        self.overlay = overlay
        self._set_pens()

    def _set_pens(self) -> None:
        colour, pen = self.overlay.colour, self._plot.pen
        (item,) = self.items["batches"]
        item.setPen(pen(faint(colour, _ALPHA)))
        for kind in EVALUATED:
            (item,) = self.items[kind]
            item.setPen(pen(colour, *_style(kind, self._lengths[kind])))
        self._plot.backdrop.renew()

    def show(self, kind: str, shown: bool) -> None:
        """Show the curves of a kind, or hide them."""
        super().show(kind, shown)
        self._plot.backdrop.renew()

    def set_antialiased(self, smooth: bool) -> None:
        """Paint the wide curve finely, or quickly."""
        (item,) = self.items["validation"]
        if item.opts["antialias"] != smooth:
            item.opts["antialias"] = smooth
            item.updateItems()
            self._plot.backdrop.renew()

    def remove(self) -> None:
        """Take the curves out of the plot."""
        for items in self.items.values():
            for item in items:
                self._plot.backdrop.remove(item)
                self._plot.removeItem(item)


def _style(kind: str, n: int) -> tuple[float, Qt.PenStyle]:
    """Return width and style of an overlay's evaluations: validation solid, training dashed; many of them thin."""
    if kind == "training":
        return 1.0, Qt.PenStyle.SolidLine if n > MANY else Qt.PenStyle.DashLine
    return 1.0 if n > MANY else 2.0, Qt.PenStyle.SolidLine
