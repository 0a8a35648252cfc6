"""Annotations of a plot: thin vertical lines with a label, such as the evaluation of the best weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget

from core.messages import tr
from core.training.history import History
from gui.curves.plot import faint
from gui.style import theme

_FONT = 0.85
_ROWS = 2
_GAP = 4.0  # px between a line and its label
_PAPER_ALPHA = 190


@dataclass(frozen=True)
class Annotation:
    """A vertical line at ``x`` with a label; an empty text leaves the line alone."""

    x: float
    text: str
    colour: QColor
    dashed: bool = False


class Annotations(pg.UIGraphicsItem):
    """The annotations of a plot: lines of its full height; a label that would overlap an earlier one is left out.

    The labels are at the top, or at the bottom if the curves are at the top.
    """

    def __init__(self, *, at_bottom: bool = False) -> None:
        super().__init__()
        self._at_bottom = at_bottom
        self._annotations: tuple[Annotation, ...] = ()

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """The annotations shown."""
        return self._annotations

    def set_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Show these annotations, the most important ones first."""
        if tuple(annotations) != self._annotations:
            self._annotations = tuple(annotations)
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint lines and labels in pixel coordinates."""
        transform = painter.worldTransform()
        bounds = transform.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setFont(theme.scaled_font(QApplication.font(), _FONT))
        metrics, taken = QFontMetricsF(painter.font()), list[QRectF]()
        for annotation in self._annotations:
            x = round(transform.map(QPointF(annotation.x, 0)).x()) + 0.5
            if not bounds.left() <= x <= bounds.right() + 1:
                continue
            style = Qt.PenStyle.DashLine if annotation.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(annotation.colour, 1, style))
            painter.drawLine(QPointF(x, bounds.top()), QPointF(x, bounds.bottom()))
            if not annotation.text:
                continue
            size = QSizeF(metrics.horizontalAdvance(annotation.text) + _GAP, metrics.height())
            rect = label_rect(size, x, bounds, taken, at_bottom=self._at_bottom)
            if rect is not None:
                taken.append(rect)
                painter.fillRect(rect, faint(theme.colours().paper, _PAPER_ALPHA))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, annotation.text)
        painter.restore()


def label_rect(size: QSizeF, x: float, bounds: QRectF, taken: Sequence[QRectF], *, at_bottom: bool) -> QRectF | None:
    """Return a free rectangle for a label beside the line at ``x``, in the rows at one end of ``bounds``, or None.

    ``taken`` are the rectangles of other labels; all values are in pixels.
    """
    for row in range(_ROWS):
        y = bounds.bottom() - (row + 1) * size.height() if at_bottom else bounds.top() + row * size.height()
        for left in (x + _GAP / 2, x - _GAP / 2 - size.width()):
            rect = QRectF(QPointF(left, y), size)
            if bounds.contains(rect) and not any(rect.intersects(other) for other in taken):
                return rect
    return None


def annotations_of(history: History, axis: str) -> list[Annotation]:
    """Return the annotations of a run: the evaluation of its best weights, and each change of the rate by the user."""
    colours = theme.colours()
    annotations = []
    if (best := history.best) is not None:
        samples = history.evaluations["samples"][best : best + 1]
        text = tr(
            "best {accuracy:.2%} · epoch {epoch:.4g}",
            accuracy=history.evaluations["validation_accuracy"][best],
            epoch=history.along(samples, "epochs")[0],
        )
        annotations.append(Annotation(float(history.along(samples, axis)[0]), text, colours.validation))
    positions = history.along(np.array([samples for samples, _ in history.marks]), axis)
    for x, (_, rate) in zip(positions, history.marks, strict=True):
        annotations.append(Annotation(float(x), tr("rate {rate:.3g}", rate=rate), colours.rate, dashed=True))
    return annotations
