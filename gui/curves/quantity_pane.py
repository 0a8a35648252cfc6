"""The pane of one quantity, loss or accuracy: the live run, those beside it, and a legend that hides their curves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.training.history import History
from gui.curves.annotations import Annotation
from gui.curves.legend import LegendEntry
from gui.curves.live_lines import LiveLines
from gui.curves.overlay_lines import Overlay, OverlayLines
from gui.curves.pane import Pane
from gui.curves.plot import Plot
from gui.curves.run_lines import EVALUATED, FORMS, KINDS, SYMBOLS, values_of
from gui.style import theme

_FEW = 6  # runs; of more, lines without anti-aliasing save a third of each repaint
_CLIMB = 0.05  # of very many evaluations, the first ones are of a network that still knows nothing
_EMPTY = {"loss": 2.5, "accuracy": 100.0}  # where the y axis ends before there is anything


class QuantityPane(Pane):
    """Plot and legend of a quantity that was measured of batches, of training digits, and of validation digits."""

    legendChanged = Signal()
    """The user has hidden curves, or shown them again."""

    def __init__(self, quantity: str, title: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(title, Plot(name), tip, parent)
        self.quantity = quantity
        self.live = LiveLines(self.plot, quantity)
        self.overlays: list[OverlayLines] = []
        # For the y axis, two points stand for all overlays: to look at each, at each repaint, took 4 ms of twenty.
        self._ends = self.plot.line()
        self._ends.setPen(None)
        self._spans: list[tuple[float, float]] = []
        self.entries: dict[str, LegendEntry] = {}
        texts = self._texts()
        for kind in KINDS:
            text, what = texts[kind]
            entry = LegendEntry(text, FORMS[quantity].format(0.9999), SYMBOLS[kind])
            entry.setAccessibleName(f"{name}: {text}")
            entry.setToolTip(f"{what}.\n{self.tr('Click to hide it, or to show it again.')}")
            entry.toggled.connect(self._on_legend)
            self.entries[kind] = entry
            self.add_right(entry)

    # -- drawing -------------------------------------------------------------------------------------------------------

    def draw_batches(self, history: History, axis: str) -> None:
        """Draw what grows with each batch."""
        self.live.draw_batches(history, axis)

    def draw_evaluations(self, history: History, axis: str, notes: Sequence[Annotation]) -> None:
        """Draw what an evaluation or a change of the rate has brought."""
        self.live.draw_evaluations(history, axis)
        self.live.notes.set_annotations(notes)

    def set_overlays(self, overlays: Sequence[Overlay], axis: str) -> None:
        """Draw these runs beside the live one, and no others; curves that are there already are not drawn again."""
        before, self.overlays = {id(lines.overlay.history): lines for lines in self.overlays}, []
        for overlay in overlays:
            lines = before.pop(id(overlay.history), None)
            if lines is None:
                lines = OverlayLines(self.plot, self.quantity, overlay)
                lines.draw(axis)
            elif lines.overlay != overlay:
                lines.recolour(overlay)
            self.overlays.append(lines)
        for lines in before.values():
            lines.remove()
        for lines in self.overlays:
            lines.set_antialiased(len(overlays) <= _FEW)
        self._follow_legend()

    def draw_overlays(self, axis: str) -> None:
        """Draw the runs beside the live one again: the axes have changed."""
        for lines in self.overlays:
            lines.draw(axis)
        self._measure_overlays()

    def _measure_overlays(self) -> None:
        """Note how far the overlays that are shown go."""
        self._spans = [_span(values) for lines in self.overlays for values in lines.evaluations() if len(values)]
        values = np.concatenate([np.zeros(0), *(lines.values() for lines in self.overlays)])
        ends = np.array([values.min(), values.max()]) if len(values) else values
        self.plot.draw(self._ends, 0 * ends, ends)

    def fit(self, *, anew: bool = False) -> None:
        """Let the y axis show what there is; of the accuracy what was evaluated, as soon as something was.

        Beside the first batches' ten per cent, a gap of one per cent would be none.
        """
        spans = [*self._spans, *(_span(values) for values in self.live.evaluations() if len(values))]
        if self.quantity == "accuracy" and spans:
            low, high = min(low for low, _ in spans), max(high for _, high in spans)
            span = max(high - low, 1.0)
            self.plot.set_y(low - 0.3 * span, min(high + 0.2 * span, 100 + 0.05 * span))
        else:
            values = np.concatenate([self.live.values(), values_of(self._ends)])
            known = values[np.isfinite(values)]
            high = known.max() if len(known) else _EMPTY[self.quantity]
            low = known.min() if self.plot.is_log and len(known) else 0.0
            self.plot.show_y(low, high, anew=anew)

    # -- legend --------------------------------------------------------------------------------------------------------

    def shown(self) -> list[tuple[str, str]]:
        """Return what the legend shows: the quantity and each kind of its curves."""
        return [(self.quantity, kind) for kind, entry in self.entries.items() if entry.isChecked()]

    def show_values(self, history: History) -> None:
        """Show the last values in the legend."""
        found = history.evaluations
        columns = {kind: found[f"{kind}_{self.quantity}"] for kind in EVALUATED}
        columns["batches"] = self.live.curve(history).smoothed[1]
        for kind, entry in self.entries.items():
            known = columns[kind][np.isfinite(columns[kind])]
            entry.set_value(FORMS[self.quantity].format(known[-1]) if len(known) else "")

    def dress(self) -> None:
        """Take over the colours of the scheme."""
        self.plot.dress()
        self.live.dress()
        for kind, entry in self.entries.items():
            entry.set_colour(getattr(theme.colours(), kind))

    def _on_legend(self) -> None:
        self._follow_legend()
        self.legendChanged.emit()

    def _follow_legend(self) -> None:
        for lines in (self.live, *self.overlays):
            for kind, entry in self.entries.items():
                lines.show(kind, entry.isChecked())
        self._measure_overlays()
        self.fit(anew=True)

    def _texts(self) -> dict[str, tuple[str, str]]:
        """Return what each kind of curve is called, and what it is."""
        return {
            "batches": (
                self.tr("batches"),
                self.tr(
                    "Of each batch, before its step: deformed digits, by a network with dropout. Faint, and smoothed"
                ),
            ),
            "training": (
                self.tr("training"),
                self.tr("Of a fixed sample of the training digits, measured as validation is, by the same weights"),
            ),
            "validation": (
                self.tr("validation"),
                self.tr("Of digits that are not trained on. The shaded gap is what was learned by heart"),
            ),
        }


def _span(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return where evaluations lie, without the first ones of very many."""
    return float(np.quantile(values, _CLIMB, method="lower")), float(values.max())
