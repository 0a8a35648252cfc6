"""The cells of a confusion matrix, between the digits of its rows and of its columns; one of them is looked at."""

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

_WIDEST = 1.5  # a cell's longer side, of its shorter one, at most
_RIGHT = 0.55  # how strong the colour of right answers becomes, for the errors to stand out
_FAINTEST = 0.12  # of a single error
_MANY = 0.05  # of a row: the errors whose colour is full, unless some are more; a good network shall look like one
_PAD = 3.0  # px between a count and the edge of its cell

Cell = tuple[int, int]
"""Label and answer."""


class ConfusionGrid(QWidget):
    """A row for what a digit is, a column for what it is read as.

    The mouse opens a cell, or the arrow keys and Enter; one that counts nothing has nothing to open.

    Attributes
    ----------
    counts : (10, 10) int64 or None
        [label, answer].
    focused : tuple of int
        The cell that the arrow keys have come to.
    """

    cellOpened = Signal(int, int)
    """The user wants to see the digits of a label that were given an answer."""
    looked = Signal()
    """The user looks at another cell."""

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

    def count(self, label: int, answer: int) -> int:
        """Return how many digits are behind a cell."""
        return 0 if self.counts is None else int(self.counts[label, answer])

    @property
    def looked_at(self) -> Cell | None:
        """The cell under the mouse, or else the one that has the focus."""
        if self.counts is None:
            return None
        return self._hovered or (self.focused if self.hasFocus() else None)

    # -- places ---------------------------------------------------------------------------------------------------

    def cell(self, label: int, answer: int) -> QRectF:
        """Return where a cell lies."""
        return _cell_in(self._grid(), label, answer)

    def _line(self) -> float:
        return math.ceil(QFontMetricsF(self.font()).height()) + 2

    def _grid(self) -> QRectF:
        """Return where the cells lie, each of whole pixels; before and above them is room for two lines."""
        beside = 2 * self._line()
        height, width = (max(8, int(side - beside - 1) // N_CLASSES) for side in (self.height(), self.width()))
        height, width = min(height, int(_WIDEST * width)), min(width, int(_WIDEST * height))
        left = (self.width() - beside - N_CLASSES * width) // 2 + beside
        return QRectF(left, beside, N_CLASSES * width, N_CLASSES * height)

    def _cell_at(self, position: QPointF) -> Cell | None:
        grid = self._grid()
        answer = math.floor((position.x() - grid.x()) / grid.width() * N_CLASSES)
        label = math.floor((position.y() - grid.y()) / grid.height() * N_CLASSES)
        is_inside = 0 <= label < N_CLASSES and 0 <= answer < N_CLASSES
        return (label, answer) if is_inside and self.counts is not None else None

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells and axes, and frames around the cells that the mouse and the keyboard are at."""
        if self.counts is None:
            paint_placeholder(self, self.tr("How digits are confused appears here at a run's first evaluation."))
            return
        painter = QPainter(self)
        self._paint_cells(painter, self.counts)
        self._paint_axes(painter)
        for cell, width in ((self._hovered, 1), (self.focused if self.hasFocus() else None, 2)):
            if cell is not None:
                painter.setPen(QPen(theme.colours().text, width, j=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(self.cell(*cell).adjusted(-0.5, -0.5, -0.5, -0.5))

    def _paint_cells(self, painter: QPainter, counts: NDArray[np.int64]) -> None:
        grid, grounds = self._grid(), _grounds(counts)
        painter.setFont(self._count_font(str(counts.max())))
        painter.fillRect(grid.adjusted(-1, -1, 0, 0), theme.colours().line)
        for label, row in enumerate(counts.tolist()):
            for answer, count in enumerate(row):
                cell, ground = _cell_in(grid, label, answer).adjusted(0, 0, -1, -1), grounds[label][answer]
                painter.fillRect(cell, ground)
                if count:
                    painter.setPen(legible_on(ground))
                    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))

    def _count_font(self, longest: str) -> QFont:
        """Return the widget's font, smaller where the longest count would not fit into a cell."""
        room, metrics = self.cell(0, 0).adjusted(_PAD, 0, -_PAD, 0), QFontMetricsF(self.font())
        fits = min(room.width() / metrics.horizontalAdvance(longest), room.height() / metrics.height())
        return theme.scaled_font(self.font(), max(0.5, min(1.0, fits)))

    def _paint_axes(self, painter: QPainter) -> None:
        grid, line, centre = self._grid(), self._line(), Qt.AlignmentFlag.AlignCenter
        painter.setFont(self.font())
        painter.setPen(theme.colours().text)
        for digit in range(N_CLASSES):
            column, row = self.cell(0, digit), self.cell(digit, 0)
            painter.drawText(QRectF(column.x(), line - 2, column.width(), line), centre, str(digit))
            painter.drawText(QRectF(grid.x() - line - 2, row.y(), line, row.height()), centre, str(digit))
        painter.setPen(theme.colours().muted)
        painter.drawText(QRectF(grid.x(), 0, grid.width(), line - 2), centre, self.tr("read as"))
        painter.translate(grid.x() - 2 * line, grid.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, grid.height(), line), centre, self.tr("is"))
        painter.resetTransform()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Look at the cell that has the focus."""
        super().focusInEvent(event)
        self.looked.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Look at it no more."""
        super().focusOutEvent(event)
        self.looked.emit()

    # -- what the user does ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look at the cell under the mouse."""
        self._hover(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Look at none."""
        self._hover(None)

    def _hover(self, cell: Cell | None) -> None:
        self._hovered = cell
        opens = cell is not None and self.count(*cell) > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        self._look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a cell."""
        self._pressed = self._cell_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if self._pressed is not None:
            self.focused = self._pressed
            self._look()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the cell that was pressed, if the mouse is still on it."""
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed == self._cell_at(event.position()):
            self._open(*pressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell; open one."""
        (label, answer), last, key = self.focused, N_CLASSES - 1, Qt.Key
        aims = {
            key.Key_Left.value: (label, max(answer - 1, 0)),
            key.Key_Right.value: (label, min(answer + 1, last)),
            key.Key_Up.value: (max(label - 1, 0), answer),
            key.Key_Down.value: (min(label + 1, last), answer),
            key.Key_Home.value: (label, 0),
            key.Key_End.value: (label, last),
        }
        if event.key() in aims:
            self.focused, self._hovered = aims[event.key()], None
            self._look()
        elif event.key() in (key.Key_Return, key.Key_Enter, key.Key_Space):
            self._open(label, answer)
        else:
            super().keyPressEvent(event)

    def _look(self) -> None:
        self.update()
        self.looked.emit()

    def _open(self, label: int, answer: int) -> None:
        if self.count(label, answer):
            self.cellOpened.emit(label, answer)


def _cell_in(grid: QRectF, label: int, answer: int) -> QRectF:
    width, height = grid.width() / N_CLASSES, grid.height() / N_CLASSES
    return QRectF(grid.x() + answer * width, grid.y() + label * height, width, height)


def _grounds(counts: NDArray[np.int64]) -> list[list[QColor]]:
    """Return the colours of the cells: right answers by their share of the row, errors beside the largest."""
    colours = theme.colours()
    errors = counts * (1 - np.eye(N_CLASSES, dtype=np.int64))
    full = max(float(errors.max()), _MANY * float(counts.sum()) / N_CLASSES, 1.0)
    strengths = np.sqrt(errors / full)  # by the root: one error beside fifty must still be seen
    strengths = np.where(errors > 0, _FAINTEST + (1 - _FAINTEST) * strengths, 0)
    right = _RIGHT * np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    grounds = [[mix(colours.paper, colours.positive, share) for share in row] for row in strengths.tolist()]
    for digit, share in enumerate(right.tolist()):
        grounds[digit][digit] = mix(colours.paper, colours.negative, share)
    return grounds
