"""The marks on a number: a thin box and a small label for each digit, painted over the ink and never part of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from core.digits import Verdict
from gui.pad.stroke import UNIT
from gui.style import theme

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a digit's points, in canvas units."""

_CLEARANCE = 3.0  # px between the ink and its box
_CORNER = 4.0
_OTHERS_OPACITY = 0.6
_LABEL_OPACITY = 0.85  # a label may lie on another digit's ink


@dataclass(frozen=True)
class Mark:
    """A digit's box, its recognised character, and how prominent it is."""

    box: Box
    label: str
    verdict: Verdict
    is_selected: bool


def paint(painter: QPainter, sheet: QRectF, marks: Iterable[Mark], pen_width: float, font: QFont) -> None:
    """Paint marks on a sheet, in the widget's coordinates; the selected mark is on top.

    ``pen_width`` is the width of the ink, as a share of the sheet's side: the boxes keep clear of the ink.
    """
    small = theme.scaled_font(font, 0.9, QFont.Weight.DemiBold)
    for mark in sorted(marks, key=lambda mark: mark.is_selected):
        frame = _frame(sheet, mark, pen_width)
        colour = mark_colour(mark)
        is_rejected = mark.verdict is Verdict.NOT_A_DIGIT
        line = QColor(colour)
        line.setAlphaF(1.0 if mark.is_selected else _OTHERS_OPACITY)
        painter.setPen(QPen(line, 1, Qt.PenStyle.DashLine if is_rejected else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, _CORNER, _CORNER)
        _paint_label(painter, _label_rect(sheet, frame, mark, small), mark.label, colour, small)


def area(sheet: QRectF, marks: Iterable[Mark], pen_width: float, font: QFont) -> QRectF:
    """Return the bounding rectangle of the painted marks in the widget; empty without marks."""
    small = theme.scaled_font(font, 0.9, QFont.Weight.DemiBold)
    result = QRectF()
    for mark in marks:
        frame = _frame(sheet, mark, pen_width)
        result |= frame | _label_rect(sheet, frame, mark, small)
    return result.adjusted(-1, -1, 1, 1) if not result.isEmpty() else result


def mark_colour(mark: Mark) -> QColor:
    """Return a mark's colour: the accent colour for the selected digit, a quiet one for the others."""
    colours = theme.colours()
    if mark.is_selected:
        return colours.accent
    return colours.warn if mark.verdict is Verdict.TWO_CANDIDATES else colours.muted


def _frame(sheet: QRectF, mark: Mark, pen_width: float) -> QRectF:
    """Return a box around the ink, within the sheet; its lines are sharp, as they run through pixel centres."""
    scale = sheet.width() / UNIT
    left, top, right, bottom = (value * scale for value in mark.box)
    reach = pen_width * sheet.width() / 2 + _CLEARANCE
    ink = QRectF(QPointF(left, top), QPointF(right, bottom)).translated(sheet.topLeft())
    frame = ink.adjusted(-reach, -reach, reach, reach) & sheet.adjusted(3, 3, -3, -3)
    corners = (QPointF(round(p.x()) + 0.5, round(p.y()) + 0.5) for p in (frame.topLeft(), frame.bottomRight()))
    return QRectF(*corners)


def _label_rect(sheet: QRectF, frame: QRectF, mark: Mark, font: QFont) -> QRectF:
    """Return the label's rectangle: above the box; else, where there is no space, below it; else inside it."""
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(mark.label) + 6, metrics.height()
    if frame.top() - height >= sheet.top() + 2:
        top = frame.top() - height
    elif frame.bottom() + height <= sheet.bottom() - 2:
        top = frame.bottom()
    else:
        top = frame.top()
    return QRectF(frame.left(), top, width, height)


def _paint_label(painter: QPainter, rect: QRectF, text: str, colour: QColor, font: QFont) -> None:
    background = QColor(theme.colours().paper)
    background.setAlphaF(_LABEL_OPACITY)
    painter.fillRect(rect.adjusted(1, 1, -1, -1), background)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
