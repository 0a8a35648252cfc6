"""The predictions for an image over the snapshots of a run: ten bands, whose heights are the probabilities."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.digits import N_CLASSES
from gui.style import theme
from gui.style.colormaps import legible_on
from gui.style.placeholder import paint_placeholder

_MARGIN = 8.0  # px on both sides of the snapshots, as long as no span is set


class AnswerStrip(QWidget):
    """Bands over evenly spaced snapshots; 0 is at the top and 9 at the bottom.

    Each band shows its digit where the band is highest, as ten colours are too many to distinguish.
    """

    indexPressed = Signal(int)
    """The user has pressed the mouse on a snapshot, or dragged it there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probabilities: NDArray[np.float64] = np.zeros((0, N_CLASSES))
        self._index = -1
        self._span: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 48)

    def set_probabilities(self, probabilities: NDArray[np.floating] | None) -> None:
        """Show probabilities (n, 10), one row a snapshot; a row of NaN is not known yet. Silent."""
        shown = np.zeros((0, N_CLASSES)) if probabilities is None else probabilities.astype(np.float64)
        if shown.ndim != 2 or shown.shape[1] != N_CLASSES:
            raise ValueError(f"{N_CLASSES} probabilities a snapshot were expected, not an array {shown.shape}")
        self._probabilities = shown
        self.update()

    def set_index(self, index: int) -> None:
        """Mark a snapshot; -1 marks none. Silent."""
        self._index = index
        self.update()

    @property
    def span(self) -> tuple[float, float]:
        """The positions of the first snapshot and the last, in pixels from the left."""
        return self._span or (_MARGIN, self.width() - _MARGIN)

    def set_span(self, first: float, last: float) -> None:
        """Set the positions of the first snapshot and the last, in pixels from the left: those of a slider."""
        self._span = (first, last)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(400, 100)

    # -- geometry -------------------------------------------------------------------------------------------------

    def _centres(self) -> NDArray[np.float64]:
        """Return the positions of the n snapshots (n,)."""
        return np.linspace(*self.span, max(len(self._probabilities), 1))

    def _edges(self) -> NDArray[np.float64]:
        """Return the edges of the columns (n + 1,), half-way between the snapshots."""
        centres, beyond = self._centres(), _MARGIN / 2
        return np.concatenate([[centres[0] - beyond], (centres[1:] + centres[:-1]) / 2, [centres[-1] + beyond]])

    def _tops(self) -> NDArray[np.float64]:
        """Return the edges of the bands (n, 11), in pixels from the top; 0 for an unknown row."""
        known = np.nan_to_num(self._probabilities)
        return np.pad(known.cumsum(axis=1), ((0, 0), (1, 0))) * self.height()

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bands, their digits, and a line at the chosen snapshot."""
        if not np.isfinite(self._probabilities).any():
            paint_placeholder(self, self.tr("The predictions for your drawing over the run appear here."))
            return
        painter = QPainter(self)
        edges, tops = self._edges(), self._tops()
        for digit, colour in enumerate(band_colours()):
            self._paint_band(painter, edges, tops[:, digit], tops[:, digit + 1], colour)
        for digit, colour in enumerate(band_colours()):
            self._paint_digit(painter, edges, tops[:, digit], tops[:, digit + 1], str(digit), legible_on(colour))
        if 0 <= self._index < len(self._probabilities):
            x = round(self._centres()[self._index])
            for pen in (QPen(theme.colours().paper, 4), QPen(theme.colours().text, 2)):
                painter.setPen(pen)
                painter.drawLine(x, 0, x, self.height())

    def _paint_band(
        self,
        painter: QPainter,
        edges: NDArray[np.float64],
        tops: NDArray[np.float64],
        bottoms: NDArray[np.float64],
        colour: QColor,
    ) -> None:
        for left, right, top, bottom in zip(edges[:-1], edges[1:], tops, bottoms, strict=True):
            if bottom - top >= 0.5:
                # A gap of one pixel between two bands; none between two snapshots.
                painter.fillRect(QRectF(left, top, right - left, max(bottom - top - 1, 0.5)), colour)

    def _paint_digit(
        self,
        painter: QPainter,
        edges: NDArray[np.float64],
        tops: NDArray[np.float64],
        bottoms: NDArray[np.float64],
        text: str,
        colour: QColor,
    ) -> None:
        """Paint a digit on its band, where the band is highest; of several such positions, at the last."""
        font = QFont(self.font())
        metrics = QFontMetricsF(font)
        heights = bottoms - tops
        column = len(heights) - 1 - int(heights[::-1].argmax())
        if heights[column] < metrics.capHeight() + 4:
            return
        painter.setFont(font)
        painter.setPen(colour)
        x = (edges[column] + edges[column + 1]) / 2 - metrics.horizontalAdvance(text) / 2
        x = min(max(x, edges[0] + 2), edges[-1] - metrics.horizontalAdvance(text) - 2 * _MARGIN)  # clear of the line
        painter.drawText(QPointF(x, (tops[column] + bottoms[column] + metrics.capHeight() - 1) / 2), text)

    # -- user input -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the snapshot under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose the snapshot under the mouse while the button is down."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._press(event.position().x())

    def _press(self, x: float) -> None:
        if len(self._probabilities):
            self.indexPressed.emit(int(np.searchsorted(self._edges()[1:-1], x)))


def band_colours() -> tuple[QColor, ...]:
    """Return the colour of each digit's band."""
    return theme.run_colours()
