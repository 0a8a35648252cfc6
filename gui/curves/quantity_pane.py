"""The pane of one quantity, loss or accuracy: the live run, the overlaid runs, and a legend that hides curves."""

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
from gui.curves.run_lines import EVALUATED, FORMATS, KINDS, SYMBOLS, values_of
from gui.style import theme

_FEW = 6  # overlaid runs; with more, lines without anti-aliasing save a third of each repaint
_CLIMB = 0.05  # the share of the lowest evaluations that the y axis may leave out: those of an untrained network
_EMPTY = {"loss": 2.5, "accuracy": 100.0}  # the end of the y axis of an empty plot


class QuantityPane(Pane):
    """Plot and legend of a quantity measured on batches, on training digits and on validation digits."""

    legendChanged = Signal()
    """The user has hidden or shown curves."""

    def __init__(self, quantity: str, title: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(title, Plot(name), tip, parent)
        self.quantity = quantity
        self.live = LiveLines(self.plot, quantity)
        self.overlays: list[OverlayLines] = []
        # Two points hold the range of all overlays for the y axis: reading twenty at each repaint took 4 ms.
        self._ends = self.plot.line()
        self._ends.setPen(None)
        self._spans: list[tuple[float, float]] = []
        self.entries: dict[str, LegendEntry] = {}
        texts = self._texts()
        for kind in KINDS:
            text, description = texts[kind]
            entry = LegendEntry(text, FORMATS[quantity].format(0.9999), SYMBOLS[kind])
            entry.setAccessibleName(f"{name}: {text}")
            entry.setToolTip(self.tr("{description}.\nClick to hide or show it.").format(description=description))
            entry.toggled.connect(self._on_legend)
            self.entries[kind] = entry
            self.add_right(entry)

    # -- drawing -------------------------------------------------------------------------------------------------------

    def draw_batches(self, history: History, axis: str) -> None:
        """Draw the batches of the live run."""
        self.live.draw_batches(history, axis)

    def draw_evaluations(self, history: History, axis: str, annotations: Sequence[Annotation]) -> None:
        """Draw evaluations, changes of the rate and annotations of the live run."""
        self.live.draw_evaluations(history, axis)
        self.live.annotations.set_annotations(annotations)

    def set_overlays(self, overlays: Sequence[Overlay], axis: str) -> None:
        """Overlay these runs, and no others; curves that are shown already are not drawn again."""
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
        self._apply_legend()

    def draw_overlays(self, axis: str) -> None:
        """Draw the overlaid runs again, on other axes."""
        for lines in self.overlays:
            lines.draw(axis)
        self._measure_overlays()

    def _measure_overlays(self) -> None:
        """Record the range of the overlays' visible curves."""
        self._spans = [_span(values) for lines in self.overlays for values in lines.evaluations() if len(values)]
        values = np.concatenate([np.zeros(0), *(lines.values() for lines in self.overlays)])
        ends = np.array([values.min(), values.max()]) if len(values) else values
        self.plot.draw(self._ends, 0 * ends, ends)

    def fit(self, *, force: bool = False) -> None:
        """Fit the y axis to the visible curves; for the accuracy, to the evaluations as soon as there are any.

        On an axis that starts at the first batches' 10 %, a gap of 1 % would not be visible.
        """
        spans = [*self._spans, *(_span(values) for values in self.live.evaluations() if len(values))]
        if self.quantity == "accuracy" and spans:
            low, high = min(low for low, _ in spans), max(high for _, high in spans)
            span = max(high - low, 1.0)
            self.plot.set_y(low - 0.3 * span, min(high + 0.2 * span, 100 + 0.05 * span))
        else:
            values = np.concatenate([self.live.values(), values_of(self._ends)])
            finite = values[np.isfinite(values)]
            high = finite.max() if len(finite) else _EMPTY[self.quantity]
            low = finite.min() if self.plot.is_log and len(finite) else 0.0
            self.plot.fit_y(low, high, force=force)

    # -- legend --------------------------------------------------------------------------------------------------------

    def shown(self) -> list[tuple[str, str]]:
        """Return the visible curves by quantity and kind, such as ("loss", "training")."""
        return [(self.quantity, kind) for kind, entry in self.entries.items() if entry.isChecked()]

    def show_values(self, history: History) -> None:
        """Show the last values in the legend."""
        evaluations = history.evaluations
        columns = {kind: evaluations[f"{kind}_{self.quantity}"] for kind in EVALUATED}
        columns["batches"] = self.live.curve(history).smoothed[1]
        for kind, entry in self.entries.items():
            finite = columns[kind][np.isfinite(columns[kind])]
            entry.set_value(FORMATS[self.quantity].format(finite[-1]) if len(finite) else "")

    def apply_theme(self) -> None:
        """Apply the current colour scheme."""
        self.plot.apply_theme()
        self.live.apply_theme()
        for kind, entry in self.entries.items():
            entry.set_colour(getattr(theme.colours(), kind))

    def _on_legend(self) -> None:
        self._apply_legend()
        self.legendChanged.emit()

    def _apply_legend(self) -> None:
        for lines in (self.live, *self.overlays):
            for kind, entry in self.entries.items():
                lines.show(kind, entry.isChecked())
        self._measure_overlays()
        self.fit(force=True)

    def _texts(self) -> dict[str, tuple[str, str]]:
        """Return the name and the description of each kind of curve."""
        return {
            "batches": (
                self.tr("batches"),
                self.tr("Each batch before its step: augmented digits, with dropout. Faint, and smoothed"),
            ),
            "training": (
                self.tr("training"),
                self.tr("A fixed sample of the training digits, evaluated like validation, with the same weights"),
            ),
            "validation": (
                self.tr("validation"),
                self.tr("Digits that are not trained on. The shaded gap shows overfitting"),
            ),
        }


def _span(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of evaluations, without the lowest twentieth."""
    return float(np.quantile(values, _CLIMB, method="lower")), float(values.max())
