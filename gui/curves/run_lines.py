"""What the curves of any run in a plot have in common: their kinds, and where their points are from."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from core.training.curve import Curve
from core.training.history import History
from gui.curves.plot import Plot

EVALUATED = ("training", "validation")
KINDS = ("batches", *EVALUATED)
"""The batches, in training mode; a sample of the training digits and the validation digits, both in inference mode."""
SYMBOLS: Mapping[str, str] = {"batches": "", "training": "o", "validation": "d"}
"""How single points of each kind are drawn."""
SCALES: Mapping[str, float] = {"loss": 1.0, "accuracy": 100.0}
"""The quantities that have all three kinds, and by what they are multiplied: accuracy is shown in per cent."""
FORMS: Mapping[str, str] = {"loss": "{0:.4f}", "accuracy": "{0:.2%}"}
"""How a value of each is written."""
MANY = 100
"""Evaluations of which no points are drawn, and only thin lines: others would be slow, and lie on one another."""

_POINTS = 250  # of a smooth curve: a wide one of 1,000 takes Qt's stroker 2 ms

Line = tuple[NDArray[np.float64], NDArray[np.float64]]


class RunLines:
    """What the curves of a run in a plot have in common: ``items`` of each kind."""

    def __init__(self, plot: Plot, quantity: str) -> None:
        self._plot, self._quantity = plot, quantity
        self.items: dict[str, tuple[pg.PlotDataItem, ...]] = {}

    def curve(self, history: History) -> Curve:
        """Return the curve of a run's batches."""
        return batches(history, self._quantity)

    def show(self, kind: str, shown: bool) -> None:
        """Show the curves of a kind, or hide them."""
        for item in self.items[kind]:
            item.setVisible(shown)

    def evaluations(self) -> list[NDArray[np.float64]]:
        """Return the values of the evaluations that are shown, as on a plain axis."""
        items = [self.items[kind][0] for kind in EVALUATED]
        return [values_of(item) for item in items if item.isVisible()]

    def values(self) -> NDArray[np.float64]:
        """Return the values of all curves that are shown, as on a plain axis."""
        shown = [item for items in self.items.values() for item in items if item.isVisible()]
        return np.concatenate([np.zeros(0), *map(values_of, shown)])

    def _draw(self, item: "pg.PlotDataItem", x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._plot.draw(item, x, y * SCALES[self._quantity])


def values_of(item: "pg.PlotDataItem") -> NDArray[np.float64]:
    """Return what a curve shows, as on a plain axis."""
    values: NDArray[np.float64] | None = item.getOriginalDataset()[1]
    return np.zeros(0) if values is None else values


def batches(history: History, quantity: str) -> Curve:
    """Return the curve of a run's batches."""
    curve: Curve = getattr(history, quantity)
    return curve


def evaluated(history: History, kind: str, quantity: str, axis: str) -> Line:
    """Return where a run was evaluated and what was found; what is not known is passed over."""
    found = history.evaluations
    values = found[f"{kind}_{quantity}"]
    known = np.isfinite(values)
    return history.along(found["samples"][known], axis), values[known]


def few(line: Line, n: int = _POINTS) -> Line:
    """Return a smooth line by at most n points, its last one among them."""
    x, y = line
    chosen = np.unique(np.linspace(0, max(len(x) - 1, 0), min(len(x), n)).astype(np.intp))
    return x[chosen], y[chosen]
