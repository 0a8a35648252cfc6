"""The answer: the digit in large, how sure the network is, and the probabilities of all ten digits as bars."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

N_DIGITS = 10


class PredictionView(QWidget):
    """One painted surface whose parts keep their places, whatever the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probabilities: tuple[float, ...] | None = None
        self._caption = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(196, 144)
        self.setToolTip(self.tr("How probable each digit is, in the network's opinion"))
        self._describe()

    def set_prediction(self, probabilities: NDArray[np.floating] | None, *, caption: str = "") -> None:
        """Show an answer.

        Parameters
        ----------
        probabilities : (10,) or None
            In [0, 1]; None shows the calm empty state.
        caption
            A short line below the digit, such as what else there is to say about the answer.
        """
        if probabilities is None:
            self._probabilities = None
        else:
            if probabilities.shape != (N_DIGITS,):
                raise ValueError(f"{N_DIGITS} probabilities were expected, not an array {probabilities.shape}")
            self._probabilities = tuple(np.nan_to_num(probabilities).clip(0, 1).tolist())
        self._caption = caption
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(320, 180)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the scheme and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the digit with its words on the left, the bars on the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        column = min(max(room.width() * 0.38, 84.0), 220.0)
        self._paint_answer(painter, QRectF(room.x(), room.y(), column, room.height()))
        self._paint_bars(painter, room.adjusted(column + theme.MARGIN, 0, 0, 0))

    def _winner(self) -> int | None:
        return None if self._probabilities is None else self._probabilities.index(max(self._probabilities))

    def _paint_answer(self, painter: QPainter, room: QRectF) -> None:
        """Paint the digit, and below it how sure, and the caption; room for two lines of it is always kept."""
        colours = theme.colours()
        winner = self._winner()
        line_height = QFontMetricsF(self.font()).height()
        words_height = 1.3 * line_height
        below = theme.SPACING + words_height + 2 * line_height
        digit_height = max(16.0, min(room.height() - below - 4, room.width() * 0.8, 160.0))
        baseline = room.y() + max(0.0, (room.height() - below - digit_height) / 2) + digit_height

        digit_font = QFont(self.font())
        digit_font.setWeight(QFont.Weight.DemiBold)
        digit_font.setPixelSize(100)
        digit_font.setPixelSize(round(100 * digit_height / QFontMetricsF(digit_font).capHeight()))
        digit = "?" if winner is None else str(winner)
        left = room.center().x() - QFontMetricsF(digit_font).horizontalAdvance(digit) / 2
        painter.setFont(digit_font)
        painter.setPen(colours.track if winner is None else colours.text)
        painter.drawText(QPointF(left, baseline), digit)

        words = QRectF(room.x(), baseline + theme.SPACING, room.width(), words_height)
        painter.setPen(colours.muted if winner is None else self._sureness()[1])
        self._paint_line(painter, words, self._words(), is_strong=winner is not None)
        painter.setFont(theme.scaled_font(self.font(), 0.9))
        painter.setPen(colours.muted)
        caption = QRectF(room.x(), words.bottom(), room.width(), room.bottom() - words.bottom())
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(caption, flags, self._caption)

    def _paint_line(self, painter: QPainter, room: QRectF, text: str, *, is_strong: bool) -> None:
        """Paint one line, smaller where it would not fit: another language may need more letters."""
        font = theme.scaled_font(self.font(), 1.1, QFont.Weight.DemiBold) if is_strong else self.font()
        needed = QFontMetricsF(font).horizontalAdvance(text)
        font = theme.scaled_font(font, max(0.75, min(1.0, room.width() / max(needed, 1.0))), font.weight())
        painter.setFont(font)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_bars(self, painter: QPainter, room: QRectF) -> None:
        """Paint ten rows: digit, bar, per cent."""
        row = min(room.height() / N_DIGITS, 26.0)
        font = QFont(self.font())
        font.setPixelSize(max(9, min(round(row * 0.78), self.fontInfo().pixelSize())))
        metrics = QFontMetricsF(font)
        label_width = metrics.horizontalAdvance("0") + theme.SPACING
        share_width = metrics.horizontalAdvance(self._percent(1.0) + " ")
        top = room.y() + (room.height() - N_DIGITS * row) / 2
        painter.setFont(font)
        for digit in range(N_DIGITS):
            line = QRectF(room.x(), top + digit * row, room.width(), row)
            self._paint_row(painter, line, digit, label_width, share_width)

    def _paint_row(self, painter: QPainter, room: QRectF, digit: int, label_width: float, share_width: float) -> None:
        colours = theme.colours()
        share = None if self._probabilities is None else self._probabilities[digit]
        is_winner = digit == self._winner()
        painter.setPen(colours.text if is_winner else colours.muted)
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, str(digit))
        if share is not None:
            painter.drawText(room, middle | right, self._percent(share))
        thickness = max(5.0, min(room.height() * 0.5, 11.0))
        bar = QRectF(0, 0, room.width() - label_width - share_width - theme.SPACING / 2, thickness)
        bar.moveTo(room.x() + label_width, room.center().y() - thickness / 2)
        self._paint_bar(painter, bar, share or 0.0, colours.accent if is_winner else colours.muted)

    def _paint_bar(self, painter: QPainter, bar: QRectF, share: float, colour: QColor) -> None:
        track, filled = QPainterPath(), QPainterPath()
        track.addRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        painter.fillPath(track, theme.colours().track)
        filled.addRect(QRectF(bar.topLeft(), QSizeF(bar.width() * share, bar.height())))
        painter.fillPath(track.intersected(filled), colour)

    def _percent(self, share: float) -> str:
        return self.tr("{percent}%").format(percent=round(share * 100))

    def _sureness(self) -> tuple[str, QColor]:
        """Return in words how sure the network is, and the words' colour."""
        colours = theme.colours()
        best = max(self._probabilities or (0.0,))
        if best >= 0.95:
            return self.tr("Very sure"), colours.good
        if best >= 0.8:
            return self.tr("Fairly sure"), colours.good
        if best >= 0.5:
            return self.tr("Not sure"), colours.warn
        return self.tr("A guess"), colours.bad

    def _words(self) -> str:
        return self.tr("No digit yet") if self._probabilities is None else self._sureness()[0]

    def _describe(self) -> None:
        """Tell assistive technology the answer, as "7, 98 percent"."""
        winner = self._winner()
        if winner is None or self._probabilities is None:
            name = self.tr("No answer yet")
        else:
            name = self.tr("{digit}, {percent} percent").format(
                digit=winner, percent=round(self._probabilities[winner] * 100)
            )
        self.setAccessibleName(name)
        self.setAccessibleDescription(". ".join(filter(None, (self._words(), self._caption))))
