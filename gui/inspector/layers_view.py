"""The layers of a network in training: dead units, norms of weights and of gradients, now and over the run."""

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

_MANY_DEAD = 0.5  # the share from which it is marked
_TALLEST = 48  # px, of a row, where there is room
_SMALLEST = 1e-12  # what a norm of 0 counts for on a logarithmic scale


class _Quantity(NamedTuple):
    """What is told of each layer, and how; the lines' scale goes at least as far as ``top``."""

    title: str
    tip: str
    form: str
    top: float = 0.0
    is_log: bool = False


@dataclass
class _Course:
    """One quantity of one layer: how it has gone, bounded however long the run is, and where it is shown."""

    value: QLabel
    line: Sparkline
    last: float = math.nan
    curve: Curve = field(default_factory=Curve)


class LayersView(QWidget):
    """A row for each layer, a column for each quantity: its value at the last evaluation, and how it has gone.

    The lines of a column have one scale, so that layers can be compared.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantities = self._make_quantities()
        self._sizes: tuple[int, ...] = ()
        self._courses: list[list[_Course | None]] = []
        self._hint = QLabel(self.tr("How each layer is doing appears here at a run's first evaluation."))
        self._table = QScrollArea()
        self.setAccessibleName(self.tr("Layers"))
        theme.notifier.changed.connect(self._show)
        self._lay_out()
        self.clear()

    def begin(self, sizes: Sequence[int]) -> None:
        """Make room for a run of a network of these widths, from input to output. Silent."""
        self.clear()
        self._sizes = tuple(sizes)

    def add(self, samples: int, inspection: Inspection) -> None:
        """Take what an evaluation after so many digits has found."""
        if len(inspection.weight_norms) != len(self._courses):
            self._make_rows(len(inspection.weight_norms))
        found = (inspection.dead, inspection.weight_norms, inspection.grad_norms)
        for layer, row in enumerate(self._courses):
            for course, values in zip(row, found, strict=True):
                if course is not None and layer < len(values):
                    course.last = values[layer]
                    course.curve.append(samples, values[layer])
        self._hint.hide()
        self._table.show()
        if self.isVisible():  # of ten layers, this takes 4 ms
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self._show()

    def clear(self) -> None:
        """Forget the run. Silent."""
        self._sizes, self._courses = (), []
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
        self._courses = []
        for layer in range(n):
            self._courses.append(self._make_row(grid, layer, n))
            grid.setRowStretch(layer + 1, 10)
        grid.setRowStretch(n + 1, 1)
        self._table.setWidget(content)

    def _make_row(self, grid: QGridLayout, layer: int, n: int) -> list[_Course | None]:
        name = self._name(layer, n)
        title = QLabel(name)
        title.setMaximumHeight(_TALLEST)
        grid.addWidget(title, layer + 1, 0)
        row: list[_Course | None] = []
        for column, quantity in enumerate(self._quantities):
            is_told = column > 0 or layer < n - 1  # the output's units cannot die: they have no ReLU
            row.append(_Course(QLabel(), Sparkline()) if is_told else None)
            value, line = (course.value, course.line) if (course := row[-1]) else (QLabel("–"), None)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("0.00e-00"))
            value.setMaximumHeight(_TALLEST)
            value.setToolTip(quantity.tip)
            grid.addWidget(value, layer + 1, 1 + 2 * column)
            if line is not None:
                line.setMaximumHeight(_TALLEST)
                line.setToolTip(quantity.tip)
                line.setAccessibleName(self.tr("{0} of {1} over the run").format(quantity.title, name))
                grid.addWidget(line, layer + 1, 2 + 2 * column)
        return row

    def _name(self, layer: int, n: int) -> str:
        name = self.tr("output") if layer == n - 1 else self.tr("hidden {0}").format(layer + 1)
        return f"{name} ({self._sizes[layer + 1]})" if len(self._sizes) == n + 1 else name

    def _show(self) -> None:
        """Write the values and draw the lines."""
        for column, quantity in enumerate(self._quantities):
            courses = [course for row in self._courses if (course := row[column]) is not None]
            lines = [course.curve.means[1] for course in courses]
            if quantity.is_log:
                lines = [np.log10(line.clip(_SMALLEST, None)) for line in lines]
            known = np.concatenate([*lines, np.zeros(0)])
            low = float(known.min()) if quantity.is_log and len(known) else 0.0
            high = float(known.max(initial=low if quantity.is_log else quantity.top))
            for course, line in zip(courses, lines, strict=True):
                course.line.set_values(line, low, high)
                course.value.setText(self._said(quantity, course.last))

    def _said(self, quantity: _Quantity, value: float) -> str:
        if not math.isfinite(value):
            return "–"
        text = quantity.form.format(value)
        is_alarming = quantity is self._quantities[0] and value >= _MANY_DEAD
        return f'<span style="color:{theme.colours().warn.name()}">{text}</span>' if is_alarming else text

    # -- parts ----------------------------------------------------------------------------------------------------

    def _make_quantities(self) -> tuple[_Quantity, ...]:
        return (
            _Quantity(
                self.tr("Dead units"),
                self.tr(
                    "A unit is dead when it answers 0 to every digit: no gradient passes through it, so it learns "
                    "nothing more. Many die when the learning rate is too large. Measured on 500 validation digits."
                ),
                "{0:.1%}",
                top=0.1,
            ),
            _Quantity(
                self.tr("Weight norm"),
                self.tr(
                    "The length (Euclidean norm) of all weights of the layer as one vector. It grows slowly while the "
                    "network learns; weight decay holds it down. When it shoots up, the learning rate is too large."
                ),
                "{0:.3g}",
            ),
            _Quantity(
                self.tr("Gradient norm"),
                self.tr(
                    "The length (Euclidean norm) of the loss's gradient for the layer's weights, in the last batch; "
                    "the lines are logarithmic. Far smaller in early layers than in late ones, gradients vanish, and "
                    "the early layers hardly learn; growing without end, they explode."
                ),
                "{0:.2g}",
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
