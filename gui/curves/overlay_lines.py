"""The curves of an overlaid run in one plot: fewer than the live run's, and cheap to paint."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.training.curve import thinned
from core.training.history import History
from gui.curves.plot import Plot, faint
from gui.curves.run_lines import EVALUATED, MANY, RunLines, downsampled, evaluated

_ALPHA = 110  # of the smoothed batches
_POINTS = 100  # of the smoothed batches: with 250 points, twenty runs took 3 ms more


@dataclass(frozen=True)
class Overlay:
    """A kept run to overlay. Its curves are drawn again only if its history is another object."""

    name: str
    colour: QColor
    history: History


class OverlayLines(RunLines):
    """Validation, the training sample and, faint, the smoothed batches.

    They are drawn once, and again only when the axes change.
    """

    def __init__(self, plot: Plot, quantity: str, overlay: Overlay) -> None:
        super().__init__(plot, quantity)
        self.overlay = overlay
        self.items = {
            "batches": (plot.line(z=-12, ignore_bounds=True),),
            "training": (plot.line(z=-11, ignore_bounds=True),),
            "validation": (plot.line(z=-10, ignore_bounds=True),),
        }
        self._lengths = dict.fromkeys(EVALUATED, 0)
        for (item,) in self.items.values():
            plot.background_layer.add(item)

    def draw(self, axis: str) -> None:
        """Draw all curves."""
        history = self.overlay.history
        samples, values = downsampled(self.curve(history).smoothed, _POINTS)
        (item,) = self.items["batches"]
        self._draw(item, history.along(samples, axis), values)
        for kind in EVALUATED:
            x, y = thinned(*evaluated(history, kind, self._quantity, axis))
            (item,) = self.items[kind]
            self._draw(item, x, y)
            self._lengths[kind] = len(x)
        self._set_pens()

    def recolour(self, overlay: Overlay) -> None:
        """Set another name and colour of the same curves."""
        self.overlay = overlay
        self._set_pens()

    def _set_pens(self) -> None:
        colour, pen = self.overlay.colour, self._plot.pen
        (item,) = self.items["batches"]
        item.setPen(pen(faint(colour, _ALPHA)))
        for kind in EVALUATED:
            (item,) = self.items[kind]
            item.setPen(pen(colour, *_style(kind, self._lengths[kind])))
        self._plot.background_layer.refresh()

    def show(self, kind: str, shown: bool) -> None:
        """Show or hide the curves of a kind."""
        super().show(kind, shown)
        self._plot.background_layer.refresh()

    def set_antialiased(self, smooth: bool) -> None:
        """Paint the wide curve with or without anti-aliasing, which is slow."""
        (item,) = self.items["validation"]
        if item.opts["antialias"] != smooth:
            item.opts["antialias"] = smooth
            item.updateItems()
            self._plot.background_layer.refresh()

    def remove(self) -> None:
        """Remove the curves from the plot."""
        for items in self.items.values():
            for item in items:
                self._plot.background_layer.remove(item)
                self._plot.removeItem(item)


def _style(kind: str, n: int) -> tuple[float, Qt.PenStyle]:
    """Return width and style for n evaluations: validation solid, training dashed; many evaluations thin and solid."""
    if kind == "training":
        return 1.0, Qt.PenStyle.SolidLine if n > MANY else Qt.PenStyle.DashLine
    return 1.0 if n > MANY else 2.0, Qt.PenStyle.SolidLine
