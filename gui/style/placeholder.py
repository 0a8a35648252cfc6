"""The hint in an empty view: what it will show, and when."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from gui.style import theme


def paint_placeholder(widget: QWidget, text: str) -> None:
    """Paint a sentence in the middle of a widget; call this from its paint event."""
    painter = QPainter(widget)
    painter.setPen(theme.colours().muted)
    rect = QRectF(widget.rect()).adjusted(theme.MARGIN, 0, -theme.MARGIN, 0)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
    painter.end()
