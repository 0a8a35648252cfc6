"""A sparkline: the course of a number in a line chart as small as a word (Tufte, 2006)."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.style import theme

_MAX_POINTS = 40  # painting time grows with the square of the points: 0.06 ms for 40, 0.5 ms for 120
_MARGIN = 3.0  # px, for the dot at the end


class Sparkline(QWidget):
    """A line with a dot at its end; neighbours may share its scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: NDArray[np.float64] = np.zeros(0)
        self.setMinimumSize(40, 20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_values(self, values: NDArray[np.float64], low: float, high: float) -> None:
        """Show values (n,), evenly spaced; ``low`` is at the bottom and ``high`` at the top."""
        n = min(len(values), _MAX_POINTS)
        starts = np.linspace(0, len(values), n + 1).astype(np.intp)
        means = np.add.reduceat(values, starts[:-1]) / np.diff(starts) if n else values
        self._heights = ((means - low) / max(high - low, 1e-12)).clip(0, 1)
        self.update()

    @property
    def heights(self) -> NDArray[np.float64]:
        """The heights of the line's points, from 0 at the bottom to 1 at the top."""
        return self._heights

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(80, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, and the dot at its end."""
        if not len(self._heights):
            return
        colour = theme.colours().training
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = np.linspace(_MARGIN, self.width() - _MARGIN, max(len(self._heights), 2))[-len(self._heights) :]
        y = self.height() - _MARGIN - self._heights * (self.height() - 2 * _MARGIN)
        points = list(map(QPointF, x.tolist(), y.tolist()))
        painter.setPen(QPen(colour, 1))
        painter.drawPolyline(points)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(points[-1], 2, 2)
