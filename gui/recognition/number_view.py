"""A number, digit by digit: each with a bar for its probability.

A click or the arrow keys select one digit, whose bars are shown. Dragging, or Shift with the arrow keys, marks several
for copying.
"""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.digits import Verdict
from gui.recognition.answer import Answer
from gui.recognition.digit_view import copy_keys, digit_font
from gui.recognition.probability_bars import paint_bar
from gui.style import theme

_SMALLEST = 18  # px: a narrower cell is not legible; an ellipsis stands for digits that do not fit
_WIDEST = 64
_TALL = 1.15  # largest height of a digit, as a share of its cell's width
_MAX_ROWS = 2
_BAR = 4.0
_PAD = 2.5  # px around the content of a cell


class NumberView(QWidget):
    """Cells in one row, in two for many digits or two lines; if there are more, only those around the selected one."""

    digitSelected = Signal(int)
    """The user has selected a digit, counted from the left, from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = Answer()
        self._anchor: int | None = None  # the digit at which marking began
        self._marked = range(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(
            self.tr("Each digit and its probability. Select one to see its bars; {keys} copies the number").format(
                keys=copy_keys()
            )
        )
        self.setAccessibleName(self.tr("The number's digits"))

    def set_answer(self, answer: Answer) -> None:
        """Show an answer's digits; the marked ones stay marked while the number stays the same. Silent."""
        if answer.number != self._answer.number:
            self._anchor, self._marked = None, range(0)
        self._answer = answer
        self.setAccessibleDescription(
            self.tr("{number}. Digit {index} of {count} is selected; the arrow keys select another").format(
                number=answer.number, index=answer.selected + 1, count=len(answer)
            )
        )
        self.update()

    def text(self) -> str:
        """Return the marked digits, or the whole number if fewer than two are marked."""
        return "".join(map(self._answer.character, self._marked)) if len(self._marked) > 1 else self._answer.number

    def mark_all(self) -> None:
        """Mark all digits for copying."""
        self._marked = range(len(self._answer))
        self.update()

    def _mark_to(self, index: int) -> None:
        """Select a digit, and mark those from the anchor to it."""
        anchor = self._answer.selected if self._anchor is None else self._anchor
        self._anchor, self._marked = anchor, range(min(anchor, index), max(anchor, index) + 1)
        self._select(index)
        self.update()

    def _mark_none(self, anchor: int | None = None) -> None:
        self._anchor, self._marked = anchor, range(0)
        self.update()

    # -- cells --------------------------------------------------------------------------------------------------

    def cells(self) -> dict[int, QRectF]:
        """Return the rectangles of the visible digits, by index."""
        n = len(self._answer)
        per_row = max(1, self.width() // _SMALLEST)
        n_rows = 1 if n <= per_row else _MAX_ROWS
        shown = min(n, n_rows * per_row)
        per_row = max(1, -(-shown // n_rows))
        rows = self._answer.rows()
        if len(rows) == _MAX_ROWS and max(map(len, rows)) <= max(1, self.width() // _SMALLEST):
            return self._line_cells(rows)
        first = min(max(self._answer.selected - shown // 2, 0), n - shown)
        width = min(self.width() / per_row, _WIDEST)
        height = min(self.height() / n_rows, _TALL * width + _BAR + 4 * _PAD)
        left, top = (self.width() - per_row * width) / 2, self.height() - n_rows * height  # the words are below
        return {
            first + cell: QRectF(left + cell % per_row * width, top + cell // per_row * height, width, height)
            for cell in range(shown)
        }

    def _line_cells(self, rows: tuple[range, ...]) -> dict[int, QRectF]:
        """Return the rectangles of all parts, a row for each line of the writing."""
        width = min(self.width() / max(map(len, rows)), _WIDEST)
        height = min(self.height() / len(rows), _TALL * width + _BAR + 4 * _PAD)
        top = self.height() - len(rows) * height
        return {
            index: QRectF((self.width() - len(row) * width) / 2 + at * width, top + number * height, width, height)
            for number, row in enumerate(rows)
            for at, index in enumerate(row)
        }

    def _is_cut(self, index: int, cells: dict[int, QRectF]) -> bool:
        """Return whether a cell shows an ellipsis for digits that do not fit."""
        return (index == min(cells) and index > 0) or (index == max(cells) and index < len(self._answer) - 1)

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cells = self.cells()
        for index, cell in cells.items():
            if self._is_cut(index, cells):
                painter.setFont(self.font())
                painter.setPen(theme.colours().muted)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "…")
            else:
                self._paint_cell(painter, cell, index)

    def _paint_cell(self, painter: QPainter, cell: QRectF, index: int) -> None:
        colours = theme.colours()
        text = self._answer.character(index)
        is_selected = index == self._answer.selected
        is_rejected = self._answer.verdict(index) is Verdict.NOT_A_DIGIT
        inner = cell.adjusted(_PAD, 0, -_PAD, 0)
        font = digit_font(self.font(), self._digit_height(inner))
        metrics = QFontMetricsF(font)
        tall = metrics.capHeight() + _BAR + 3 * _PAD
        block = QRectF(cell.x() + 1, cell.center().y() - tall / 2 - _PAD, cell.width() - 2, tall + 2 * _PAD)
        if index in self._marked and not is_selected:
            painter.fillRect(block.adjusted(-1, 1, 1, -1), colours.accent_soft)
        if is_selected:
            painter.setPen(QPen(colours.accent, 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent_soft)
            painter.drawRoundedRect(block.adjusted(1, 1, -1, -1), 5, 5)
        painter.setFont(font)
        painter.setPen(colours.muted if is_rejected else colours.text)
        left = cell.center().x() - metrics.horizontalAdvance(text) / 2
        painter.drawText(QPointF(left, block.top() + 2 * _PAD + metrics.capHeight()), text)
        bar = QRectF(inner.x(), block.bottom() - 2 * _PAD - _BAR, inner.width(), _BAR)
        paint_bar(painter, bar, self._share(index), self._bar_colour(index))

    def _digit_height(self, rect: QRectF) -> float:
        """Return the largest height of a digit that leaves space for bar and margins."""
        width = QFontMetricsF(digit_font(self.font(), 100)).horizontalAdvance("0")
        return max(4.0, min(rect.height() - _BAR - 4 * _PAD, 100 * rect.width() / width))

    def _share(self, index: int) -> float:
        """Return the digit's probability; 0 for a rejected part."""
        is_rejected = self._answer.verdict(index) is Verdict.NOT_A_DIGIT
        return 0.0 if is_rejected else float(self._answer.predictions[index].probabilities.max())

    def _bar_colour(self, index: int) -> QColor:
        colours = theme.colours()
        if self._answer.verdict(index) is Verdict.TWO_CANDIDATES:
            return colours.warn
        return colours.accent if index == self._answer.selected else colours.muted

    # -- user input ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the clicked digit."""
        index = self._index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._mark_to(index)
            else:
                self._mark_none(index)
                self._select(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the digits from the one that was pressed to this one."""
        index = self._index_at(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor is not None and index is not None:
            self._mark_to(index)

    def _index_at(self, position: QPointF) -> int | None:
        return next((index for index, cell in self.cells().items() if cell.contains(position)), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select another digit; with Shift, mark those in between for copying."""
        last, selected = len(self._answer) - 1, self._answer.selected
        key = Qt.Key
        aims = {
            key.Key_Left.value: max(selected - 1, 0),
            key.Key_Right.value: min(selected + 1, last),
            key.Key_Home.value: 0,
            key.Key_End.value: last,
        }
        if event.key() not in aims:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._mark_to(aims[event.key()])
        else:
            self._mark_none()
            self._select(aims[event.key()])

    def _select(self, index: int) -> None:
        if index != self._answer.selected:
            self.digitSelected.emit(index)
