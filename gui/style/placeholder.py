"""The hint in an empty view: what will be here, and when."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from gui.style import theme


def paint_placeholder(widget: QWidget, text: str) -> None:
    """Write a sentence in the middle of a widget; for its paint event."""
    painter = QPainter(widget)
    painter.setPen(theme.colours().muted)
    room = QRectF(widget.rect()).adjusted(theme.MARGIN, 0, -theme.MARGIN, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
    painter.end()
