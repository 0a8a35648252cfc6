"""The prediction: digit, candidates, rejection or number in large, the certainty in words, and the ten bars."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.digits import Verdict
from gui.recognition.answer import Answer
from gui.recognition.digit_view import DigitView
from gui.recognition.number_view import NumberView
from gui.recognition.probability_bars import ProbabilityBars
from gui.style import theme

if TYPE_CHECKING:
    from core.recognition.recognizer import Prediction


class PredictionView(QWidget):
    """Digit and words on the left, bars on the right; nothing moves when the answer changes.

    ``accessibleName`` is the whole answer in one line. Where the digit or the number has the focus, the keys for
    copying copy it, and those for selecting all mark the whole number; they do not reach the pad.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = Answer()
        self._shown: tuple[str, QColor, str, bool] | None = (
            None  # words, their colour, caption, whether there is a digit
        )
        self._words_rect = QRectF()
        self.digit_view = DigitView(self)
        self.number_view = NumberView(self)
        self.bars = ProbabilityBars(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(196, 144)
        self.setToolTip(self.tr("The probability of each digit, as the network predicts it"))
        self.set_answer(self._answer)

    def set_answer(self, answer: Answer) -> None:
        """Show an answer; an empty one shows the empty state. Silent."""
        self._answer = answer
        is_number = len(answer) > 1
        prediction = answer.prediction
        self.bars.set_probabilities(
            None if prediction is None else prediction.probabilities, calm=self._verdict() is Verdict.NOT_A_DIGIT
        )
        self.digit_view.set_answer(answer)
        self.number_view.set_answer(answer)
        self.digit_view.setVisible(not is_number)
        self.number_view.setVisible(is_number)
        self._describe()
        shown = (*self._words(), self._caption(), len(answer) > 0)
        if shown != self._shown:
            self._shown = shown
            self.update(self._text_rect().toAlignedRect())

    def copy(self) -> None:
        """Copy the number, or the marked part of it, as text; without one, leave the clipboard as it is."""
        if len(self._answer):
            QGuiApplication.clipboard().setText(self.number_view.text())

    def event(self, event: QEvent) -> bool:
        """Keep the keys for copying from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_for_copying(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the number, or mark all of it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.number_view.mark_all()
        else:
            super().keyPressEvent(event)

    def _text_rect(self) -> QRectF:
        """Return the rectangle of words and caption: the rest is painted by the parts."""
        rect = self._words_rect
        return QRectF(0, rect.y(), rect.width(), self.height() - rect.y())

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(320, 180)

    # -- painting -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the parts out: the digit leaves space for the words and two lines of caption."""
        super().resizeEvent(event)
        rect = self.rect()
        column = round(min(max(rect.width() * 0.44, 84.0), 240.0))
        line_height = QFontMetricsF(self.font()).height()
        words_height = 1.3 * line_height
        below = theme.SPACING + words_height + 2 * line_height
        height = round(max(16.0, min(rect.height() - below - 4, column * 0.8, 160.0)))
        top = round(max(0.0, (rect.height() - below - height) / 2))
        digit = QRect(0, top, column, height)
        self.digit_view.setGeometry(digit)
        self.number_view.setGeometry(digit)
        self._words_rect = QRectF(0, digit.bottom() + 1 + theme.SPACING, column, words_height)
        self.bars.setGeometry(rect.adjusted(column + theme.MARGIN, 0, 0, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, and the caption below."""
        colours = theme.colours()
        painter = QPainter(self)
        text, colour = self._words()
        painter.setPen(colour)
        self._paint_line(painter, self._words_rect, text, is_strong=len(self._answer) > 0)
        painter.setFont(theme.scaled_font(self.font(), 0.9))
        painter.setPen(colours.muted)
        rect = self._words_rect
        caption = QRectF(rect.x(), rect.bottom(), rect.width(), self.height() - rect.bottom())
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(caption, flags, self._caption())

    def _paint_line(self, painter: QPainter, rect: QRectF, text: str, *, is_strong: bool) -> None:
        """Paint one line, smaller if it does not fit: a translation may be longer."""
        font = theme.scaled_font(self.font(), 1.1, QFont.Weight.DemiBold) if is_strong else self.font()
        needed = QFontMetricsF(font).horizontalAdvance(text)
        font = theme.scaled_font(font, max(0.75, min(1.0, rect.width() / max(needed, 1.0))), font.weight())
        painter.setFont(font)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 1)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)

    # -- words --------------------------------------------------------------------------------------------------

    def _verdict(self) -> Verdict | None:
        return self._answer.verdict(self._answer.selected) if len(self._answer) else None

    def _words(self) -> tuple[str, QColor]:
        """Return the words for the selected digit, and their colour."""
        colours = theme.colours()
        prediction, verdict = self._answer.prediction, self._verdict()
        if prediction is None:
            return self.tr("No digit yet"), colours.muted
        if verdict is Verdict.NOT_A_DIGIT:
            text = self.tr("A symbol, left out") if prediction.is_symbol else self.tr("Not a digit")
            return text, colours.muted
        if verdict is Verdict.TWO_CANDIDATES:
            return self._two_candidates(prediction), colours.warn
        return self._certainty(float(prediction.probabilities.max()))

    def _two_candidates(self, prediction: "Prediction") -> str:
        first, second = prediction.candidates
        if prediction.probabilities.max() >= 0.5:
            return self.tr("{first} or {second}?").format(first=first, second=second)
        return self.tr("A guess: {first} or {second}?").format(first=first, second=second)

    def _certainty(self, best: float) -> tuple[str, QColor]:
        colours = theme.colours()
        if best >= 0.95:
            return self.tr("Very sure"), colours.good
        if best >= 0.8:
            return self.tr("Fairly sure"), colours.good
        if best >= 0.5:
            return self.tr("Not sure"), colours.warn
        return self.tr("A guess"), colours.bad

    def _caption(self) -> str:
        answer = self._answer
        if len(answer) < 2:
            return answer.caption
        digits = [index for index in range(len(answer)) if not answer.is_symbol(index)]
        position = self.tr("Digit {index} of {count}")
        shown = []
        if answer.selected in digits:
            shown.append(position.format(index=digits.index(answer.selected) + 1, count=len(digits)))
        if answer.n_symbols:
            shown.append(self._left_out())
        return ". ".join(shown)

    def _left_out(self) -> str:
        """Return how many symbols the number is without."""
        n = self._answer.n_symbols
        return self.tr("1 symbol left out") if n == 1 else self.tr("{n} symbols left out").format(n=n)

    def _describe(self) -> None:
        """Describe the answer to assistive technology: "7, 98 percent", or "2026. Digit 4 of 4: 6, 99 percent"."""
        name = self._summary()
        if len(self._answer) > 1:
            name = self.tr("{number}. {part}: {summary}").format(
                number=self._answer.number, part=self._caption(), summary=name
            )
        self.setAccessibleName(name)
        self.setAccessibleDescription(". ".join(filter(None, (self._words()[0], self._caption()))))

    def _summary(self) -> str:
        """Return the prediction for the selected digit, in one line."""
        prediction, verdict = self._answer.prediction, self._verdict()
        if prediction is None:
            return self.tr("No answer yet")
        if verdict is Verdict.NOT_A_DIGIT:
            return self.tr("A symbol, left out") if prediction.is_symbol else self.tr("Not a digit")
        first, second = prediction.candidates
        percents = [round(float(prediction.probabilities[digit]) * 100) for digit in (first, second)]
        if verdict is Verdict.TWO_CANDIDATES:
            return self.tr("{first} or {second}, {percent} and {other} percent").format(
                first=first, second=second, percent=percents[0], other=percents[1]
            )
        return self.tr("{digit}, {percent} percent").format(digit=first, percent=percents[0])


def _is_for_copying(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.SelectAll)
