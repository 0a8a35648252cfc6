"""The cells of a confusion matrix, with the digits of its rows and columns."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.digits import N_CLASSES
from gui.style import theme
from gui.style.colormaps import legible_on, mix
from gui.style.placeholder import paint_placeholder

_WIDEST = 1.5  # largest ratio of a cell's sides
_CORRECT = 0.55  # strongest colour of correct predictions: the errors stand out
_FAINTEST = 0.12  # colour strength of a single error
_MANY = 0.05  # share of a row from which errors have the full colour: a good network keeps weak colours
_PAD = 3.0  # px between a count and the edges of its cell

Cell = tuple[int, int]
"""Label and prediction."""


class ConfusionGrid(QWidget):
    """A row for each label, a column for each prediction.

    The user opens a cell with the mouse, or with the arrow keys and Enter; a cell with a count of 0 does not open.

    Attributes
    ----------
    counts : (10, 10) int64 or None
        [label, prediction].
    focused : tuple of int
        The cell that the arrow keys have selected.
    """

    cellOpened = Signal(int, int)
    """The user wants to see the digits of a cell: label and prediction."""
    currentCellChanged = Signal()
    """The mouse or the keyboard focus is on another cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: NDArray[np.int64] | None = None
        self.focused: Cell = (0, 0)
        self._hovered: Cell | None = None
        self._pressed: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)

    def set_counts(self, counts: NDArray[np.int64] | None) -> None:
        """Show counts, or that there are none. Silent."""
        self.counts = counts
        if counts is None:
            self._hovered = self._pressed = None
        self.update()

    def count(self, label: int, predicted: int) -> int:
        """Return the number of digits behind a cell."""
        return 0 if self.counts is None else int(self.counts[label, predicted])

    @property
    def current_cell(self) -> Cell | None:
        """The cell under the mouse, or else the focused one; None without both."""
        if self.counts is None:
            return None
        return self._hovered or (self.focused if self.hasFocus() else None)

    # -- geometry -------------------------------------------------------------------------------------------------

    def cell_rect(self, label: int, predicted: int) -> QRectF:
        """Return the rectangle of a cell."""
        return _cell_rect(self._grid(), label, predicted)

    def _line(self) -> float:
        return math.ceil(QFontMetricsF(self.font()).height()) + 2

    def _grid(self) -> QRectF:
        """Return the rectangle of all cells, each of whole pixels; left of it and above it is space for two lines."""
        beside = 2 * self._line()
        height, width = (max(8, int(side - beside - 1) // N_CLASSES) for side in (self.height(), self.width()))
        height, width = min(height, int(_WIDEST * width)), min(width, int(_WIDEST * height))
        left = (self.width() - beside - N_CLASSES * width) // 2 + beside
        return QRectF(left, beside, N_CLASSES * width, N_CLASSES * height)

    def _cell_at(self, position: QPointF) -> Cell | None:
        grid = self._grid()
        predicted = math.floor((position.x() - grid.x()) / grid.width() * N_CLASSES)
        label = math.floor((position.y() - grid.y()) / grid.height() * N_CLASSES)
        is_inside = 0 <= label < N_CLASSES and 0 <= predicted < N_CLASSES
        return (label, predicted) if is_inside and self.counts is not None else None

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells and axes, and frames around the hovered and the focused cell."""
        if self.counts is None:
            paint_placeholder(self, self.tr("The confusion matrix appears here at a run's first evaluation."))
            return
        painter = QPainter(self)
        self._paint_cells(painter, self.counts)
        self._paint_axes(painter)
        for cell, width in ((self._hovered, 1), (self.focused if self.hasFocus() else None, 2)):
            if cell is not None:
                painter.setPen(QPen(theme.colours().text, width, j=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(self.cell_rect(*cell).adjusted(-0.5, -0.5, -0.5, -0.5))

    def _paint_cells(self, painter: QPainter, counts: NDArray[np.int64]) -> None:
        grid, colours = self._grid(), _cell_colours(counts)
        painter.setFont(self._count_font(str(counts.max())))
        painter.fillRect(grid.adjusted(-1, -1, 0, 0), theme.colours().line)
        for label, row in enumerate(counts.tolist()):
            for predicted, count in enumerate(row):
                cell, colour = _cell_rect(grid, label, predicted).adjusted(0, 0, -1, -1), colours[label][predicted]
                painter.fillRect(cell, colour)
                if count:
                    painter.setPen(legible_on(colour))
                    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))

    def _count_font(self, longest: str) -> QFont:
        """Return the widget's font, smaller if the longest count does not fit into a cell."""
        inner, metrics = self.cell_rect(0, 0).adjusted(_PAD, 0, -_PAD, 0), QFontMetricsF(self.font())
        fits = min(inner.width() / metrics.horizontalAdvance(longest), inner.height() / metrics.height())
        return theme.scaled_font(self.font(), max(0.5, min(1.0, fits)))

    def _paint_axes(self, painter: QPainter) -> None:
        grid, line, centre = self._grid(), self._line(), Qt.AlignmentFlag.AlignCenter
        painter.setFont(self.font())
        painter.setPen(theme.colours().text)
        for digit in range(N_CLASSES):
            column, row = self.cell_rect(0, digit), self.cell_rect(digit, 0)
            painter.drawText(QRectF(column.x(), line - 2, column.width(), line), centre, str(digit))
            painter.drawText(QRectF(grid.x() - line - 2, row.y(), line, row.height()), centre, str(digit))
        painter.setPen(theme.colours().muted)
        painter.drawText(QRectF(grid.x(), 0, grid.width(), line - 2), centre, self.tr("read as"))
        painter.translate(grid.x() - 2 * line, grid.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, grid.height(), line), centre, self.tr("label"))
        painter.resetTransform()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Make the focused cell the current one."""
        super().focusInEvent(event)
        self.currentCellChanged.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Update the current cell."""
        super().focusOutEvent(event)
        self.currentCellChanged.emit()

    # -- user input -----------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make the cell under the mouse the current one."""
        self._hover(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the hovered cell."""
        self._hover(None)

    def _hover(self, cell: Cell | None) -> None:
        self._hovered = cell
        opens = cell is not None and self.count(*cell) > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        self._update_current()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Focus the pressed cell."""
        self._pressed = self._cell_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if self._pressed is not None:
            self.focused = self._pressed
            self._update_current()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the pressed cell, if the mouse is still on it."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed == self._cell_at(event.position()):
            self._open(*pressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Focus another cell, or open the focused one."""
        (label, predicted), last, key = self.focused, N_CLASSES - 1, Qt.Key
        aims = {
            key.Key_Left.value: (label, max(predicted - 1, 0)),
            key.Key_Right.value: (label, min(predicted + 1, last)),
            key.Key_Up.value: (max(label - 1, 0), predicted),
            key.Key_Down.value: (min(label + 1, last), predicted),
            key.Key_Home.value: (label, 0),
            key.Key_End.value: (label, last),
        }
        if event.key() in aims:
            self.focused, self._hovered = aims[event.key()], None
            self._update_current()
        elif event.key() in (key.Key_Return, key.Key_Enter, key.Key_Space):
            self._open(label, predicted)
        else:
            super().keyPressEvent(event)

    def _update_current(self) -> None:
        self.update()
        self.currentCellChanged.emit()

    def _open(self, label: int, predicted: int) -> None:
        if self.count(label, predicted):
            self.cellOpened.emit(label, predicted)


def _cell_rect(grid: QRectF, label: int, predicted: int) -> QRectF:
    width, height = grid.width() / N_CLASSES, grid.height() / N_CLASSES
    return QRectF(grid.x() + predicted * width, grid.y() + label * height, width, height)


def _cell_colours(counts: NDArray[np.int64]) -> list[list[QColor]]:
    """Return the colours of the cells: correct ones by their share of the row, errors relative to the largest."""
    colours = theme.colours()
    errors = counts * (1 - np.eye(N_CLASSES, dtype=np.int64))
    full = max(float(errors.max()), _MANY * float(counts.sum()) / N_CLASSES, 1.0)
    strengths = np.sqrt(errors / full)  # the root keeps one error visible beside fifty
    strengths = np.where(errors > 0, _FAINTEST + (1 - _FAINTEST) * strengths, 0)
    correct = _CORRECT * np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    cells = [[mix(colours.paper, colours.positive, share) for share in row] for row in strengths.tolist()]
    for digit, share in enumerate(correct.tolist()):
        cells[digit][digit] = mix(colours.paper, colours.negative, share)
    return cells
