"""An entry of a legend: a curve's line, name and last value; a click hides the curve, or shows it again."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.style import theme

_LINE = 14  # px, the sample of the line
_GAP = 4
_PADDING = 4
_POINT = 3.0  # radius


class LegendEntry(QAbstractButton):
    """A caption that is switched on and off by mouse and keyboard; where room is scarce it leaves out its value.

    Parameters
    ----------
    name
        What the curve is called.
    widest
        A value as wide as any: room is kept for it, so that nothing moves while numbers change.
    symbol
        How single points are drawn: "o", "d", or "" for a line without.
    """

    def __init__(self, name: str, widest: str, symbol: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._widest, self._symbol = name, widest, symbol
        self._value = ""
        self._colour = QColor()
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves no frame behind
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_value(self, value: str) -> None:
        """Show a value beside the name; an empty one is none yet."""
        if value != self._value:
            self._value = value
            self.setText(f"{self._name} {value}".strip())
            self.setAccessibleDescription(value)

    def set_colour(self, colour: QColor) -> None:
        """Show the line in this colour."""
        self._colour = colour
        self.update()

    # -- size ----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the room for line, name and value."""
        return self._size(f"{self._name} {self._widest}")

    def minimumSizeHint(self) -> QSize:
        """Return the room for the line and the first letters."""
        return self._size(self._name[:4] + "…")

    def _size(self, text: str) -> QSize:
        metrics = self.fontMetrics()
        return QSize(_LINE + _GAP + metrics.horizontalAdvance(text) + 2 * _PADDING + 2, metrics.height() + 4)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sample of the line and as much of the text as there is room for; pale if it is switched off."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(colours.accent, 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover if self.underMouse() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        self._paint_line(painter, self._colour if self.isChecked() else colours.track)
        room = self.rect().adjusted(_PADDING + _LINE + _GAP, 0, -_PADDING, 0)
        metrics = self.fontMetrics()
        text = self.text() if metrics.horizontalAdvance(self.text()) <= room.width() else self._name
        painter.setPen(colours.text if self.isChecked() else colours.muted)
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

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
