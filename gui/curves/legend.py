"""An entry of a legend: a curve's line, name and last value; a click hides or shows the curve."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.style import theme

_LINE = 14  # px, length of the line sample
_GAP = 4
_PADDING = 4
_POINT = 3.0  # radius


class LegendEntry(QAbstractButton):
    """A caption that mouse and keyboard switch on and off; in little room it leaves out its value.

    Parameters
    ----------
    name
        The name of the curve.
    widest
        The widest value: its width is reserved, so that the layout does not move while values change.
    symbol
        Symbol of the points: "o", "d", or "" for a line without points.
    """

    def __init__(self, name: str, widest: str, symbol: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._widest, self._symbol = name, widest, symbol
        self._value = ""
        self._colour = QColor()
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so a click shows no focus frame
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_value(self, value: str) -> None:
        """Show a value beside the name; an empty string is no value yet."""
        if value != self._value:
            self._value = value
            self.setText(f"{self._name} {value}".strip())
            self.setAccessibleDescription(value)

    def set_colour(self, colour: QColor) -> None:
        """Set the colour of the line."""
        self._colour = colour
        self.update()

    # -- size ----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the size for line, name and value."""
        return self._size(f"{self._name} {self._widest}")

    def minimumSizeHint(self) -> QSize:
        """Return the size for the line alone."""
        return self._size("")

    def _size(self, text: str) -> QSize:
        metrics = self.fontMetrics()
        return QSize(_LINE + _GAP + metrics.horizontalAdvance(text) + 2 * _PADDING + 2, metrics.height() + 4)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line sample, and name and value, the name, or nothing, as it fits; pale if switched off."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(colours.accent, 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover if self.underMouse() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        self._paint_line(painter, self._colour if self.isChecked() else colours.track)
        rect = self.rect().adjusted(_PADDING + _LINE + _GAP, 0, -_PADDING, 0)
        metrics = self.fontMetrics()
        fitting = (text for text in (self.text(), self._name) if metrics.horizontalAdvance(text) <= rect.width())
        text = next(fitting, "")
        painter.setPen(colours.text if self.isChecked() else colours.muted)
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_line(self, painter: QPainter, colour: QColor) -> None:
        y, middle = self.height() / 2, _PADDING + _LINE / 2
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(_PADDING, y), QPointF(_PADDING + _LINE, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        centre = QPointF(middle, y)
        if self._symbol == "o":
            painter.drawEllipse(centre, _POINT, _POINT)
        elif self._symbol == "d":
            r = _POINT * 1.3
            painter.drawPolygon([centre + QPointF(*corner) for corner in ((-r, 0), (0, -r), (r, 0), (0, r))])
