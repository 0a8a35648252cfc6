"""The selected digit, in large: a digit; two candidates, the first one larger; or "?" in a frame for a rejection.

It takes the focus, so that the digit can be copied.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.digits import Verdict
from gui.recognition.answer import REJECTED, Answer
from gui.style import theme

_SECOND = 0.55  # height of the second candidate, as a share of the first's
_OR = 0.16  # height of the word between them
_OVERSHOOT = 0.03  # share of a digit's height by which round digits are taller, above and below
_ROUNDING_PX = 1  # Qt rounds the size of the font and the place of the text


class DigitView(QWidget):
    """Fills its rectangle; the parent shows the words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = Answer()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("Click here, and {keys} copies the digit").format(keys=copy_keys()))
        self.setAccessibleName(self.tr("The digit"))

    def set_answer(self, answer: Answer) -> None:
        """Show an answer's selected digit; nothing is painted where it looks as before."""
        before, self._answer = self._look(), answer
        if self._look() != before:
            self.setAccessibleDescription(answer.number)
            self.update()

    def _look(self) -> tuple[Verdict, tuple[int, int]] | None:
        """Return what the painting depends on."""
        prediction = self._answer.prediction
        return None if prediction is None else (self._answer.verdict(self._answer.selected), prediction.candidates)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the selected digit, according to its verdict."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self.hasFocus() and self._answer.prediction is not None:
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(colours.accent_soft)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        prediction = self._answer.prediction
        if prediction is None:
            self._paint_row(painter, rect, [(REJECTED, 1.0, colours.track)])
            return
        verdict = self._answer.verdict(self._answer.selected)
        if verdict is Verdict.NOT_A_DIGIT:
            self._paint_rejection(painter, rect)
        elif verdict is Verdict.TWO_CANDIDATES:
            first, second = map(str, prediction.candidates)
            row = [(first, 1.0, colours.text), (self.tr("or"), _OR, colours.muted), (second, _SECOND, colours.muted)]
            self._paint_row(painter, rect, row)
        else:
            self._paint_row(painter, rect, [(str(prediction.digit), 1.0, colours.text)])

    def _paint_row(self, painter: QPainter, rect: QRectF, texts: list[tuple[str, float, QColor]]) -> None:
        """Paint texts on one line, each at its share of the height; all smaller if they do not fit."""
        gap = 0.07
        full = digit_font(self.font(), 100)
        advance = QFontMetricsF(full).horizontalAdvance
        needed = sum(advance(text) * share for text, share, _ in texts) + 100 * gap * (len(texts) - 1)
        height = min((rect.height() - 2 * _ROUNDING_PX) / (1 + 2 * _OVERSHOOT), 100 * rect.width() / needed)
        left = rect.center().x() - needed * height / 200
        baseline = rect.center().y() + height / 2
        for text, share, colour in texts:
            font = digit_font(self.font(), height * share)
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(QPointF(left, baseline), text)
            left += QFontMetricsF(font).horizontalAdvance(text) + gap * height

    def _paint_rejection(self, painter: QPainter, rect: QRectF) -> None:
        """Paint a question mark in a dashed frame, like the frame of a rejected part on the pad."""
        side = min(rect.width(), rect.height()) * 0.72
        frame = QRectF(0, 0, side, side)
        frame.moveCenter(rect.center())
        painter.setPen(QPen(theme.colours().muted, 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        inner = side / 4
        self._paint_row(painter, frame.adjusted(inner, inner, -inner, -inner), [(REJECTED, 1.0, theme.colours().muted)])


def copy_keys() -> str:
    """Return the keys for copying, as the platform writes them."""
    return QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)


def digit_font(font: QFont, cap_height: float) -> QFont:
    """Return a bold font whose digits have a height of ``cap_height`` pixels."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    result.setPixelSize(100)
    result.setPixelSize(max(1, round(100 * cap_height / QFontMetricsF(result).capHeight())))
    return result
