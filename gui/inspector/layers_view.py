"""The layers of a network in training: dead units, and norms of weights and gradients, now and over the run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.training.curve import Curve
from core.training.inspection import Inspection
from gui.inspector.sparkline import Sparkline
from gui.style import theme

_MANY_DEAD = 0.5  # share of dead units from which it is highlighted
_TALLEST = 48  # px: the largest height of a row
_SMALLEST = 1e-12  # stands for a norm of 0 on a logarithmic scale


class _Quantity(NamedTuple):
    """A quantity of each layer, and its format; the scale of its lines reaches at least up to ``top``."""

    title: str
    tip: str
    spec: str
    top: float = 0.0
    is_log: bool = False


@dataclass
class _Series:
    """One quantity of one layer over the run, in bounded memory, and the widgets that show it."""

    value: QLabel
    line: Sparkline
    last: float = math.nan
    curve: Curve = field(default_factory=Curve)


class LayersView(QWidget):
    """A row for each layer, a column for each quantity: its value at the last evaluation, and its course.

    The lines of a column have the same scale, so that layers can be compared.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantities = self._make_quantities()
        self._sizes: tuple[int, ...] = ()
        self._rows: list[list[_Series | None]] = []
        self._hint = QLabel(self.tr("The state of each layer appears here at a run's first evaluation."))
        self._table = QScrollArea()
        self.setAccessibleName(self.tr("Layers"))
        theme.notifier.changed.connect(self._show)
        self._lay_out()
        self.clear()

    def begin(self, sizes: Sequence[int]) -> None:
        """Prepare for a run of a network with layers of these sizes, from input to output. Silent."""
        self.clear()
        self._sizes = tuple(sizes)

    def add(self, samples: int, inspection: Inspection) -> None:
        """Add the inspection of an evaluation after ``samples`` digits."""
        if len(inspection.weight_norms) != len(self._rows):
            self._make_rows(len(inspection.weight_norms))
        found = (inspection.dead, inspection.weight_norms, inspection.grad_norms)
        for layer, row in enumerate(self._rows):
            for series, values in zip(row, found, strict=True):
                if series is not None and layer < len(values):
                    series.last = values[layer]
                    series.curve.append(samples, values[layer])
        self._hint.hide()
        self._table.show()
        if self.isVisible():  # it takes 4 ms for ten layers
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the values that were added while the view was hidden."""
        super().showEvent(event)
        self._show()

    def clear(self) -> None:
        """Forget the run. Silent."""
        self._sizes, self._rows = (), []
        self._table.hide()
        self._hint.show()

    # -- rows -----------------------------------------------------------------------------------------------------

    def _make_rows(self, n: int) -> None:
        """Build the table for n layers, the last of which is the output."""
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, theme.SPACING, 0)
        grid.setHorizontalSpacing(theme.SPACING)
        for column, quantity in enumerate(self._quantities):
            title = QLabel(f"<b>{quantity.title}</b>")
            title.setToolTip(quantity.tip)
            grid.addWidget(title, 0, 1 + 2 * column, 1, 2)
            grid.setColumnStretch(2 + 2 * column, 1)
        self._rows = []
        for layer in range(n):
            self._rows.append(self._make_row(grid, layer, n))
            grid.setRowStretch(layer + 1, 10)
        grid.setRowStretch(n + 1, 1)
        self._table.setWidget(content)

    def _make_row(self, grid: QGridLayout, layer: int, n: int) -> list[_Series | None]:
        name = self._name(layer, n)
        title = QLabel(name)
        title.setMaximumHeight(_TALLEST)
        grid.addWidget(title, layer + 1, 0)
        row: list[_Series | None] = []
        for column, quantity in enumerate(self._quantities):
            has_value = column > 0 or layer < n - 1  # output units cannot die: they have no ReLU
            row.append(_Series(QLabel(), Sparkline()) if has_value else None)
            value, line = (series.value, series.line) if (series := row[-1]) else (QLabel("–"), None)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("0.00e-00"))
            value.setMaximumHeight(_TALLEST)
            value.setToolTip(quantity.tip)
            grid.addWidget(value, layer + 1, 1 + 2 * column)
            if line is not None:
                line.setMaximumHeight(_TALLEST)
                line.setToolTip(quantity.tip)
                form = self.tr("{quantity} of {layer} over the run")
                line.setAccessibleName(form.format(quantity=quantity.title, layer=name))
                grid.addWidget(line, layer + 1, 2 + 2 * column)
        return row

    def _name(self, layer: int, n: int) -> str:
        if len(self._sizes) == n + 1:
            form = self.tr("output ({size})") if layer == n - 1 else self.tr("hidden {number} ({size})")
            return form.format(number=layer + 1, size=self._sizes[layer + 1])
        form = self.tr("output") if layer == n - 1 else self.tr("hidden {number}")
        return form.format(number=layer + 1)

    def _show(self) -> None:
        """Update the values and the lines."""
        for column, quantity in enumerate(self._quantities):
            column_series = [series for row in self._rows if (series := row[column]) is not None]
            lines = [series.curve.means[1] for series in column_series]
            if quantity.is_log:
                lines = [np.log10(line.clip(_SMALLEST, None)) for line in lines]
            known = np.concatenate([*lines, np.zeros(0)])
            low = float(known.min()) if quantity.is_log and len(known) else 0.0
            high = float(known.max(initial=low if quantity.is_log else quantity.top))
            for series, line in zip(column_series, lines, strict=True):
                series.line.set_values(line, low, high)
                series.value.setText(self._text(quantity, series.last))

    def _text(self, quantity: _Quantity, value: float) -> str:
        if not math.isfinite(value):
            return "–"
        text = format(value, quantity.spec)
        is_alarming = quantity is self._quantities[0] and value >= _MANY_DEAD
        if not is_alarming:
            return text
        return f'<span style="color:{theme.colours().warn.name()}">{text}</span>'  # not shown

    # -- parts ----------------------------------------------------------------------------------------------------

    def _make_quantities(self) -> tuple[_Quantity, ...]:
        return (
            _Quantity(
                self.tr("Dead units"),
                self.tr(
                    "A unit is dead if its output is 0 for every digit: no gradient passes through it, so it no longer "
                    "learns. Many units die if the learning rate is too large. Measured on 500 validation digits."
                ),
                ".1%",
                top=0.1,
            ),
            _Quantity(
                self.tr("Weight norm"),
                self.tr(
                    "The Euclidean norm of all weights of the layer as one vector. It grows slowly during training; "
                    "weight decay limits it. If it rises steeply, the learning rate is too large."
                ),
                ".3g",
            ),
            _Quantity(
                self.tr("Gradient norm"),
                self.tr(
                    "The Euclidean norm of the loss's gradient with respect to the layer's weights, in the last batch; "
                    "the lines are logarithmic. Norms far smaller in early layers than in late ones are a sign of "
                    "vanishing gradients: the early layers hardly learn. Norms that keep growing are a sign of "
                    "exploding gradients."
                ),
                ".2g",
                is_log=True,
            ),
        )

    def _lay_out(self) -> None:
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._table.setWidgetResizable(True)
        self._table.setFrameShape(QFrame.Shape.NoFrame)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._table, 1)
