"""The probabilities of the ten digits as bars."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.style import theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

N_DIGITS = 10
_CALM = 0.45  # opacity of the bars of a rejected drawing


class ProbabilityBars(QWidget):
    """Ten rows of digit, bar and percentage, at fixed positions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] | None = None
        self._is_calm = False

    def set_probabilities(self, probabilities: "NDArray[np.floating] | None", *, calm: bool = False) -> None:
        """Show probabilities (10,); None shows empty bars, and ``calm`` highlights no winner."""
        if probabilities is not None and probabilities.shape != (N_DIGITS,):
            raise ValueError(f"{N_DIGITS} probabilities were expected, not an array {probabilities.shape}")
        before = self._rows()
        self._shares = None if probabilities is None else tuple(map(_share, probabilities.tolist()))
        self._is_calm = calm
        top, height = self._row_geometry()
        for digit, (old, new) in enumerate(zip(before, self._rows(), strict=True)):
            if old != new:
                self.update(QRectF(0, top + digit * height, self.width(), height).toAlignedRect())

    def _rows(self) -> list[tuple[int | None, bool, bool]]:
        """Return what each row shows: its share, to half a pixel, whether it wins, and whether it is calm."""
        shares, resolution = self._shares, 2 * max(self.width(), 100)
        if shares is None:
            return [(None, False, self._is_calm)] * N_DIGITS
        winner = shares.index(max(shares))
        return [(round(share * resolution), digit == winner, self._is_calm) for digit, share in enumerate(shares)]

    def _row_geometry(self) -> tuple[float, float]:
        """Return the top of the first row and the height of each."""
        height = min(self.height() / N_DIGITS, 26.0)
        return (self.height() - N_DIGITS * height) / 2, height

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, vertically centred."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        top, height = self._row_geometry()
        font = QFont(self.font())
        font.setPixelSize(max(9, min(round(height * 0.78), self.fontInfo().pixelSize())))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        label_width = metrics.horizontalAdvance("0") + theme.SPACING
        share_width = metrics.horizontalAdvance(self._percent(1.0) + " ")
        for digit in range(N_DIGITS):
            row = QRectF(rect.x(), top + digit * height, rect.width(), height)
            if row.intersects(QRectF(event.rect())):
                self._paint_row(painter, row, digit, label_width, share_width)

    def _paint_row(self, painter: QPainter, rect: QRectF, digit: int, label_width: float, share_width: float) -> None:
        colours = theme.colours()
        share = None if self._shares is None else self._shares[digit]
        is_winner = self._shares is not None and not self._is_calm and digit == self._shares.index(max(self._shares))
        painter.setPen(colours.text if is_winner else colours.muted)
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, str(digit))
        if share is not None:
            painter.drawText(rect, middle | right, self._percent(share))
        thickness = max(5.0, min(rect.height() * 0.5, 11.0))
        bar = QRectF(0, 0, rect.width() - label_width - share_width - theme.SPACING / 2, thickness)
        bar.moveTo(rect.x() + label_width, rect.center().y() - thickness / 2)
        paint_bar(painter, bar, share or 0.0, colours.accent if is_winner else self._other_colour())

    def _other_colour(self) -> QColor:
        colour = QColor(theme.colours().muted)
        if self._is_calm:
            colour.setAlphaF(_CALM)
        return colour

    def _percent(self, share: float) -> str:
        return self.tr("{percent}%").format(percent=round(share * 100))


def _share(probability: float) -> float:
    return min(max(probability, 0.0), 1.0) if math.isfinite(probability) else 0.0


def paint_bar(painter: QPainter, bar: QRectF, share: float, colour: QColor) -> None:
    """Paint a track with round ends, filled from the left to a share of its length."""
    track, filled = QPainterPath(), QPainterPath()
    track.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    painter.fillPath(track, theme.colours().track)
    filled.addRect(QRectF(bar.topLeft(), QSizeF(bar.width() * share, bar.height())))
    painter.fillPath(track.intersected(filled), colour)
