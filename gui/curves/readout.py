"""The readout: a small table over the plots with the values at the crosshair."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.curves.overlay_lines import Overlay
from gui.curves.run_lines import FORMATS, KINDS
from gui.curves.run_values import Values
from gui.style import theme

_BESIDE = 12  # px from the crosshair
_DOT = 4.0  # px, radius
_MAX_LETTERS = 24  # of a run's name


@dataclass(frozen=True)
class ReadoutRow:
    """A row of the table: a label, optionally after a coloured dot, and the values of loss and accuracy."""

    label: str
    cells: tuple[str, ...] = ()
    colour: QColor | None = None


class Readout(QWidget):
    """A table of loss and accuracy: of the live run for each kind of curve, of an overlaid run for the first one shown.

    It is painted, not a label with rich text: twenty rows of that take 8 ms at each move of the mouse.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._names = dict(zip(KINDS, (self.tr("batches"), self.tr("training"), self.tr("validation")), strict=True))
        self.rows: list[ReadoutRow] = []
        self._cell_width = 0  # px
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_values(
        self, title: str, live: Values, overlaid: Sequence[tuple[Overlay, Values]], shown: Collection[tuple[str, str]]
    ) -> None:
        """Show values of the curves in ``shown`` (quantity and kind); if there are too many runs, count the rest."""
        rows = [self._row(self._names[kind], getattr(theme.colours(), kind), live, [kind], shown) for kind in KINDS]
        rows += [self._row(_short(run.name), run.colour, values, KINDS[::-1], shown) for run, values in overlaid]
        rows = [ReadoutRow(title, (self.tr("loss"), self.tr("accuracy"))), *(row for row in rows if any(row.cells))]
        footer = self._footer(live)
        n_fitting = self._parent.height() // self.fontMetrics().height() - len(footer) - 1
        if len(rows) > n_fitting:
            text = self.tr("… and {count} more").format(count=len(rows) - n_fitting + 1)
            rows[n_fitting - 1 :] = [ReadoutRow(text)]
        self.rows = rows + footer
        self._fit()
        self.update()

    def show_beside(self, position: QPoint) -> None:
        """Show the table to the right or left of a position in its parent, whichever has more room."""
        parent = self._parent
        is_left = position.x() > parent.width() / 2
        x = position.x() - _BESIDE - self.width() if is_left else position.x() + _BESIDE
        y = min(position.y(), parent.height() - self.height())
        self.move(max(0, min(x, parent.width() - self.width())), max(0, y))
        self.show()
        self.raise_()

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _row(
        self, name: str, colour: QColor, values: Values, kinds: Sequence[str], shown: Collection[tuple[str, str]]
    ) -> ReadoutRow:
        """Return a row with the value of the first kind that is shown, for each quantity."""
        cells = []
        for quantity, template in FORMATS.items():
            first = next((kind for kind in kinds if (quantity, kind) in shown), "")
            value = values.get((quantity, first))
            cells.append("" if value is None else template.format(value))
        return ReadoutRow(name, tuple(cells), colour)

    def _footer(self, live: Values) -> list[ReadoutRow]:
        parts = []
        if ("rate", "") in live:
            parts.append(self.tr("rate {rate:.3g}").format(rate=live["rate", ""]))
        if ("epoch", "") in live:
            parts.append(self.tr("evaluated at epoch {epoch:.4g}").format(epoch=live["epoch", ""]))
        return [ReadoutRow(" · ".join(parts))] if parts else []

    # -- painting ------------------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Resize the widget to its rows."""
        advance = self.fontMetrics().horizontalAdvance
        self._cell_width = max(advance(cell) for row in self.rows for cell in row.cells) + 2 * theme.SPACING
        widths = [
            advance(row.label) + (3 * _DOT + len(FORMATS) * self._cell_width if row.cells else 0) for row in self.rows
        ]
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
        rect = QRectF(theme.SPACING, theme.SPACING / 2, self.width() - 2 * theme.SPACING, self.fontMetrics().height())
        for row in self.rows:
            self._paint_row(painter, rect, row)
            rect.translate(0, rect.height())

    def _paint_row(self, painter: QPainter, rect: QRectF, row: ReadoutRow) -> None:
        colours = theme.colours()
        label_rect = rect
        if row.colour is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.colour)
            painter.drawEllipse(QPointF(rect.left() + _DOT, rect.center().y()), _DOT, _DOT)
            label_rect = rect.adjusted(3 * _DOT, 0, 0, 0)
        painter.setPen(colours.text if row.cells else colours.muted)
        painter.drawText(label_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.label)
        for number, cell in enumerate(reversed(row.cells)):
            cell_rect = rect.adjusted(0, 0, -number * self._cell_width, 0)
            painter.drawText(cell_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, cell)


def _short(name: str) -> str:
    return name if len(name) <= _MAX_LETTERS else name[: _MAX_LETTERS - 1] + "…"
