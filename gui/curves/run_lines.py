"""The base of live and overlaid curves: kinds of curves, and their points from a history."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from core.training.curve import Curve
from core.training.history import History
from gui.curves.plot import Plot

EVALUATED = ("training", "validation")
KINDS = ("batches", *EVALUATED)
"""Batches in training mode; a sample of the training digits and the validation digits, both in inference mode."""
SYMBOLS: Mapping[str, str] = {"batches": "", "training": "o", "validation": "d"}
"""Symbol of the points of each kind."""
SCALES: Mapping[str, float] = {"loss": 1.0, "accuracy": 100.0}
"""The quantities that have all three kinds, and their factor in a plot: accuracy is plotted in per cent."""
FORMATS: Mapping[str, str] = {"loss": "{0:.4f}", "accuracy": "{0:.2%}"}
"""Format of a value of each quantity."""
MANY = 100
"""With more evaluations, curves are thin lines without points, which would be slow and overlap."""

_POINTS = 250  # of a smooth curve: Qt strokes a wide one of 1,000 points in 2 ms

Line = tuple[NDArray[np.float64], NDArray[np.float64]]


class RunLines:
    """The curves of one run in a plot: ``items`` by kind."""

    def __init__(self, plot: Plot, quantity: str) -> None:
        self._plot, self._quantity = plot, quantity
        self.items: dict[str, tuple[pg.PlotDataItem, ...]] = {}

    def curve(self, history: History) -> Curve:
        """Return the history's curve of the batches."""
        return batches(history, self._quantity)

    def show(self, kind: str, shown: bool) -> None:
        """Show or hide the curves of a kind."""
        for item in self.items[kind]:
            item.setVisible(shown)

    def evaluations(self) -> list[NDArray[np.float64]]:
        """Return the values of the visible curves of evaluations, on a linear scale."""
        items = [self.items[kind][0] for kind in EVALUATED]
        return [values_of(item) for item in items if item.isVisible()]

    def values(self) -> NDArray[np.float64]:
        """Return the values of all visible curves, on a linear scale."""
        shown = [item for items in self.items.values() for item in items if item.isVisible()]
        return np.concatenate([np.zeros(0), *map(values_of, shown)])

    def _draw(self, item: "pg.PlotDataItem", x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._plot.draw(item, x, y * SCALES[self._quantity])


def values_of(item: "pg.PlotDataItem") -> NDArray[np.float64]:
    """Return the values of a plotted curve, on a linear scale."""
    values: NDArray[np.float64] | None = item.getOriginalDataset()[1]
    return np.zeros(0) if values is None else values


def batches(history: History, quantity: str) -> Curve:
    """Return the curve of a run's batches."""
    curve: Curve = getattr(history, quantity)
    return curve


def evaluated(history: History, kind: str, quantity: str, axis: str) -> Line:
    """Return positions and values of a run's evaluations, without values that are not finite."""
    evaluations = history.evaluations
    values = evaluations[f"{kind}_{quantity}"]
    finite = np.isfinite(values)
    return history.along(evaluations["samples"][finite], axis), values[finite]


def downsampled(line: Line, n: int = _POINTS) -> Line:
    """Return at most n evenly chosen points of a smooth line, with its first and last ones."""
    x, y = line
    if len(x) <= n:
        return line
    chosen = np.linspace(0, len(x) - 1, n).astype(np.intp)
    return x[chosen], y[chosen]
