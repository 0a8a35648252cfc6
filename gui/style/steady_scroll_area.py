"""A scroll area that comes to rest although its content's least size depends on its size."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QScrollArea

_MAX_DEPTH = 4


class SteadyScrollArea(QScrollArea):
    """Does not answer its content's resizing for ever.

    A content that is arranged by its height may need another height then. Qt gives it each in turn, from within the
    last change, until the stack overflows.
    """

    _depth = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Qt adapt to the content's size, but only a few times from within."""
        if event.type() != QEvent.Type.Resize or watched is not self.widget():
            return super().eventFilter(watched, event)
        if self._depth >= _MAX_DEPTH:
            return False
        self._depth += 1
        try:
            return super().eventFilter(watched, event)
        finally:
            self._depth -= 1
