"""The layout of the three panes: one below the other, or in low windows the last two side by side."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from gui.curves import x_axis
from gui.curves.pane import Pane
from gui.style import theme

_TALL = 400  # px: below this height, the rate is beside the accuracy, not below it
_LOW = 260  # px: below this height, the x axes have no unit
_RATE_HEIGHT = 84  # px, of its plot
_MAX = 16_777_215  # Qt's QWIDGETSIZE_MAX


class Stack(QWidget):
    """Loss, accuracy and rate, with a common x axis."""

    def __init__(self, loss: Pane, accuracy: Pane, rate: Pane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss, self._accuracy, self._rate = loss, accuracy, rate
        self._plots = (loss.plot, accuracy.plot, rate.plot)
        self._axis, self._end = x_axis.AXES[0], 1.0
        self._numbered: tuple[str, float, bool] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, theme.MARGIN)
        self._grid.setSpacing(theme.SPACING // 2)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see minimumSizeHint
        self._arrange(tall=True)

    def set_x_axis(self, axis: str, end: float) -> None:
        """Show all plots from 0 to ``end``, in epochs, steps or seconds."""
        self._axis, self._end = axis, end
        for plot in self._plots:
            plot.set_x_end(end)
        self._number()

    def minimumSizeHint(self) -> QSize:
        """Return the size of two rows."""
        margins, rows = self._grid.contentsMargins(), self._loss.minimumSizeHint() + self._accuracy.minimumSizeHint()
        return QSize(
            self._loss.minimumSizeHint().width() + margins.left() + margins.right(),
            rows.height() + self._grid.spacing() + margins.top() + margins.bottom(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the panes for the new size."""
        super().resizeEvent(event)
        if (tall := self.height() >= _TALL) != self._is_tall:
            self._arrange(tall=tall)
        self._number()

    def _arrange(self, *, tall: bool) -> None:
        self._is_tall = tall
        self._grid.addWidget(self._loss, 0, 0, 1, 1 if tall else 2)
        self._grid.addWidget(self._accuracy, 1, 0)
        self._grid.addWidget(self._rate, 2 if tall else 1, 0 if tall else 1)
        for row, stretch in enumerate((3, 2, 0)):
            self._grid.setRowStretch(row, stretch)
        for column, stretch in enumerate((0, 0) if tall else (2, 1)):
            self._grid.setColumnStretch(column, stretch)
        self._rate.plot.setMinimumHeight(_RATE_HEIGHT if tall else self._accuracy.plot.minimumHeight())
        self._rate.plot.setMaximumHeight(_RATE_HEIGHT if tall else _MAX)

    def _number(self) -> None:
        """Show numbers and unit below the lowest plots; the plots above share them if they are as wide."""
        label, scale = x_axis.unit(self._axis, self._end)
        if self.height() < _LOW:
            label = ""
        if (label, scale, self._is_tall) == self._numbered:
            return
        self._numbered = label, scale, self._is_tall
        for plot in self._plots:
            is_low = plot is self._rate.plot or not self._is_tall
            plot.set_numbers(scale, shown=is_low)
            plot.set_unit(label if is_low and plot is not self._loss.plot else "")
