"""The readout: what the curves are at the crosshair, as a small table that lies over the plots."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.curves.overlay_lines import Overlay
from gui.curves.run_lines import FORMS, KINDS
from gui.curves.run_values import Values
from gui.style import theme

_BESIDE = 12  # px from the crosshair
_DOT = 4.0  # its radius
_LONGEST = 24  # letters of a run's name


@dataclass(frozen=True)
class ReadoutRow:
    """A line of the table: a word after a dot of a colour, or without one, and the values of loss and accuracy."""

    word: str
    cells: tuple[str, ...] = ()
    colour: QColor | None = None


class Readout(QWidget):
    """A table of names, losses and accuracies: of the live run each kind of curve, of one beside it the first shown.

    It is painted and not a label with a table in it: twenty rows of rich text take 8 ms, at each move of the mouse.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._names = dict(zip(KINDS, (self.tr("batches"), self.tr("training"), self.tr("validation")), strict=True))
        self.rows: list[ReadoutRow] = []
        self._cell = 0  # px, the width of one
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_values(
        self, place: str, live: Values, beside: Sequence[tuple[Overlay, Values]], shown: Collection[tuple[str, str]]
    ) -> None:
        """Show the values at a place, of those curves that are ``shown``; runs without room are counted."""
        rows = [self._row(self._names[kind], getattr(theme.colours(), kind), live, [kind], shown) for kind in KINDS]
        rows += [self._row(_short(run.name), run.colour, values, KINDS[::-1], shown) for run, values in beside]
        rows = [ReadoutRow(place, (self.tr("loss"), self.tr("accuracy"))), *(row for row in rows if any(row.cells))]
        foot = self._foot(live)
        room = self._parent.height() // self.fontMetrics().height() - len(foot) - 1
        if len(rows) > room:
            rows[room - 1 :] = [ReadoutRow(self.tr("… and {0} more").format(len(rows) - room + 1))]
        self.rows = rows + foot
        self._fit()
        self.update()

    def put(self, beside: QPoint) -> None:
        """Show it to the right or left of a place in its parent, whichever has more room."""
        parent = self._parent
        is_left = beside.x() > parent.width() / 2
        x = beside.x() - _BESIDE - self.width() if is_left else beside.x() + _BESIDE
        y = min(beside.y(), parent.height() - self.height())
        self.move(max(0, min(x, parent.width() - self.width())), max(0, y))
        self.show()
        self.raise_()

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _row(
        self, name: str, colour: QColor, values: Values, kinds: Sequence[str], shown: Collection[tuple[str, str]]
    ) -> ReadoutRow:
        """Return a row of the first of the kinds that is shown, quantity by quantity."""
        cells = []
        for quantity, form in FORMS.items():
            first = next((kind for kind in kinds if (quantity, kind) in shown), "")
            value = values.get((quantity, first))
            cells.append("" if value is None else form.format(value))
        return ReadoutRow(name, tuple(cells), colour)

    def _foot(self, live: Values) -> list[ReadoutRow]:
        parts = []
        if ("rate", "") in live:
            parts.append(self.tr("rate {0:.3g}").format(live["rate", ""]))
        if ("epoch", "") in live:
            parts.append(self.tr("evaluated at epoch {0:.4g}").format(live["epoch", ""]))
        return [ReadoutRow(" · ".join(parts))] if parts else []

    # -- painting ------------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Make room for all that is in the rows."""
        advance = self.fontMetrics().horizontalAdvance
        self._cell = max(advance(cell) for row in self.rows for cell in row.cells) + 2 * theme.SPACING
        widths = [advance(row.word) + (3 * _DOT + len(FORMS) * self._cell if row.cells else 0) for row in self.rows]
        height = len(self.rows) * self.fontMetrics().height() + theme.SPACING
        self.resize(round(max(widths)) + 2 * theme.SPACING, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the table in a thin frame."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.paper)
        painter.setPen(colours.line)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(theme.SPACING, theme.SPACING / 2, self.width() - 2 * theme.SPACING, self.fontMetrics().height())
        for row in self.rows:
            self._paint_row(painter, room, row)
            room.translate(0, room.height())

    def _paint_row(self, painter: QPainter, room: QRectF, row: ReadoutRow) -> None:
        colours = theme.colours()
        left = room
        if row.colour is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.colour)
            painter.drawEllipse(QPointF(room.left() + _DOT, room.center().y()), _DOT, _DOT)
            left = room.adjusted(3 * _DOT, 0, 0, 0)
        painter.setPen(colours.text if row.cells else colours.muted)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.word)
        for number, cell in enumerate(reversed(row.cells)):
            place = room.adjusted(0, 0, -number * self._cell, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, cell)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
