"""A field for a number: alike in every language, with keys to step, and never turning a number into another one."""

import math
import re

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox

from core.errors import ConfigError
from core.messages import tr
from gui.style import theme

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+")
_LONGEST = 300  # characters of a number; Python limits the digits of whole numbers too
_POINTS = str.maketrans({",": ".", "\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{MINUS SIGN}": "-"})
_SHOWN = 40  # characters of a text that is quoted
_WIDTH = 9  # digits


class NumberBox(QAbstractSpinBox):
    """A number within a range, written with Latin digits and a decimal point.

    A comma is taken for the decimal point; a whole number takes neither. A text that is no number of the range stays as
    it is, in a red frame, and ``value`` raises.

    Parameters
    ----------
    low, high
        The range, inclusive.
    whole
        Whether the number is a whole one.
    step
        By which the keys change it; None for a tenth of its power of ten, or 1 for a whole number.
    """

    valueChanged = Signal(float)
    """Another number is in the field; with ``keyboardTracking`` also while it is being typed."""
    problemChanged = Signal(str)
    """What is wrong with the text, as a sentence; empty if nothing is."""

    def __init__(self, low: float, high: float, *, whole: bool = False, step: float | None = None) -> None:
        super().__init__()
        self._size: QSize | None = None
        self._low, self._high, self._is_whole, self._step = low, high, whole, step
        self._typed = self._kept = self._told = min(max(0.0, low), high)
        self._problem = ""
        self._tip: str | None = None
        edit = self.lineEdit()
        edit.setText(self.textFromValue(self._kept))
        edit.textChanged.connect(self._on_text)
        self.editingFinished.connect(self._on_finished)

    def minimum(self) -> float:
        """Return the smallest number."""
        return self._low

    def maximum(self) -> float:
        """Return the largest number."""
        return self._high

    def setMaximum(self, high: float) -> None:
        """Set the largest number."""
        self._high = high
        self._on_text()

    def value(self) -> float:
        """Return the number, an int if it is a whole one; raise ConfigError if there is none within the range."""
        if problem := self.problem():
            raise ConfigError(problem)
        return self.last()

    def last(self) -> float:
        """Return the number, or where the text is none of the range the one that was there before it was edited."""
        number = self._kept if self._problem else self._typed
        return int(number) if self._is_whole else float(number)

    def setValue(self, value: float) -> None:
        """Show a number; one that is out of the range is brought into it."""
        self.lineEdit().setText(self.textFromValue(min(max(value, self._low), self._high)))
        self._keep()

    def problem(self) -> str:
        """Return what is wrong with the text, as a sentence; nothing if it is a number of the range."""
        text = self.lineEdit().text().strip()
        number = self._parsed(text)
        if number is not None and self._low <= number <= self._high:
            return ""
        facts = {"label": self.accessibleName() or tr("This"), "low": self._limit(self._low)}
        facts |= {"high": self._limit(self._high), "text": text[:_SHOWN]}
        if not text:
            return tr("{label} is missing: a number from {low} to {high}", **facts)
        if not self._is_whole:
            return tr("{label} is a number from {low} to {high}, not {text}", **facts)
        if number is None and any(mark in text for mark in ".,"):
            return tr("{label} is a whole number from {low} to {high}, without point or comma, not {text}", **facts)
        return tr("{label} is a whole number from {low} to {high}, not {text}", **facts)

    def textFromValue(self, value: float) -> str:
        """Return the shortest text that is read as the same number."""
        return str(int(value)) if self._is_whole else repr(float(value)).removesuffix(".0")

    # -- typing --------------------------------------------------------------------------------------------------------

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed: what is no number of the range is marked, not dropped."""
        number = self._parsed(text.strip())
        inside = number is not None and self._low <= number <= self._high
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def _parsed(self, text: str) -> float | None:
        """Return the number of a text; None if it is none."""
        if self._is_whole:
            is_number = _WHOLE.fullmatch(text.translate({0x2212: "-"})) and len(text) <= _LONGEST
            return int(text.translate({0x2212: "-"})) if is_number else None
        text = text.translate(_POINTS)
        return float(text) if _NUMBER.fullmatch(text) and len(text) <= _LONGEST else None

    def _limit(self, value: float) -> str:
        return f"{value:,.0f}" if value >= 10 else f"{value:g}"

    def _on_text(self) -> None:
        problem = self.problem()
        if not problem:
            number = self._parsed(self.lineEdit().text().strip())
            assert number is not None
            self._typed = number
        if problem != self._problem:
            self._problem = problem
            self._mark()
            self.problemChanged.emit(problem)
        if not problem and self.keyboardTracking():
            self._tell()

    def _on_finished(self) -> None:
        """Write the number as numbers are written here; any other text stays."""
        if not self._problem:
            self.lineEdit().setText(self.textFromValue(self._typed))
            self._keep()

    def _keep(self) -> None:
        self._kept = self._typed
        self._tell()

    def _tell(self) -> None:
        if self._typed != self._told:
            self._told = self._typed
            self.valueChanged.emit(self._typed)

    # -- looks ---------------------------------------------------------------------------------------------------------

    def _mark(self) -> None:
        """Show the frame, and the sentence as the tooltip and to assistive technology."""
        if self._tip is None:
            self._tip = self.toolTip()
        self.setToolTip(self._problem or self._tip)
        self.setAccessibleDescription(self._problem)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a red frame around what is no number of the range."""
        super().paintEvent(event)
        if self._problem:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colours().bad, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)

    def sizeHint(self) -> QSize:
        """Return the size for some digits, computed once for a font: a layout asks ten times."""
        if self._size is None:
            self._size = super().sizeHint() + QSize(_WIDTH * self.fontMetrics().horizontalAdvance("0"), 0)
        return self._size

    def changeEvent(self, event: QEvent) -> None:
        """Have the size computed again with another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._size = None

    def minimumSizeHint(self) -> QSize:
        """Return the same size."""
        return self.sizeHint()

    # -- steps ---------------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the field lies in: it would change a number by accident."""
        event.ignore()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Return in which directions there are numbers."""
        flag = QAbstractSpinBox.StepEnabledFlag
        up = flag.StepUpEnabled if self.last() < self._high else flag.StepNone
        down = flag.StepDownEnabled if self.last() > self._low else flag.StepNone
        return up | down

    def stepBy(self, steps: int) -> None:
        """Step from the last number of the range, up or down."""
        value = self.last()
        for _ in range(abs(steps)):
            value = self._stepped(value, 1 if steps > 0 else -1)
        self.setValue(value)
        self.selectAll()

    def _stepped(self, value: float, sign: int) -> float:
        if self._is_whole:
            return value + sign
        if self._step is not None:
            return round(value + sign * self._step, 10)
        size = abs(value)
        if size == 0:
            return sign * 0.01 * min(self._high, 1.0)
        power = math.floor(math.log10(size * (1 + 1e-9)))
        if sign * value < 0 and size <= 10.0**power * (1 + 1e-9):  # from 0.1 down by 0.001: it has two digits again
            power -= 1
        return round(value + sign * 10.0 ** (power - 1), 1 - power)
