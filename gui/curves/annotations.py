"""Notes on a plot: thin vertical lines with a word beside them, such as where the best weights are from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget

from core.training.history import History
from gui.curves.plot import faint
from gui.style import theme

_FONT = 0.85
_ROWS = 2
_GAP = 4.0  # px between a line and its word
_PAPER_ALPHA = 190


@dataclass(frozen=True)
class Annotation:
    """A line at an x, and a word for it (none, for a line alone)."""

    x: float
    text: str
    colour: QColor
    dashed: bool = False


class Annotations(pg.UIGraphicsItem):
    """The notes of one plot, in its whole height; words that would lie on another one are left out, the later first.

    They stand at the top, or at the bottom where the curves are at the top.
    """

    def __init__(self, *, at_bottom: bool = False) -> None:
        super().__init__()
        self._at_bottom = at_bottom
        self._notes: tuple[Annotation, ...] = ()

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """What is noted."""
        return self._notes

    def set_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Show these, the more important ones first."""
        if tuple(annotations) != self._notes:
            self._notes = tuple(annotations)
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint lines and words, in pixels."""
        transform = painter.worldTransform()
        room = transform.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setFont(theme.scaled_font(QApplication.font(), _FONT))
        taken: list[QRectF] = []
        for note in self._notes:
            x = round(transform.map(QPointF(note.x, 0)).x()) + 0.5
            if not room.left() <= x <= room.right() + 1:
                continue
            style = Qt.PenStyle.DashLine if note.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(note.colour, 1, style))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            place = self._place(note.text, x, room, QFontMetricsF(painter.font()), taken)
            if place is not None:
                taken.append(place)
                painter.fillRect(place, faint(theme.colours().paper, _PAPER_ALPHA))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, note.text)
        painter.restore()

    def _place(self, text: str, x: float, room: QRectF, metrics: QFontMetricsF, taken: list[QRectF]) -> QRectF | None:
        """Return where a word has room beside its line, if anywhere."""
        if not text:
            return None
        width, height = metrics.horizontalAdvance(text) + _GAP, metrics.height()
        for row in range(_ROWS):
            y = room.bottom() - (row + 1) * height if self._at_bottom else room.top() + row * height
            for left in (x + _GAP / 2, x - _GAP / 2 - width):
                place = QRectF(left, y, width, height)
                if room.contains(place) and not any(place.intersects(other) for other in taken):
                    return place
        return None


def annotations_of(history: History, axis: str) -> list[Annotation]:
    """Return what is to be noted of a run: where its best weights are from, and where somebody has changed the rate."""
    colours = theme.colours()
    annotations = []
    if (best := history.best) is not None:
        samples = history.evaluations["samples"][best : best + 1]
        text = _tr("best {0:.2%} · epoch {1:.4g}").format(
            history.evaluations["validation_accuracy"][best], history.along(samples, "epochs")[0]
        )
        annotations.append(Annotation(float(history.along(samples, axis)[0]), text, colours.validation))
    places = history.along(np.array([samples for samples, _ in history.marks]), axis)
    for x, (_, rate) in zip(places, history.marks, strict=True):
        annotations.append(Annotation(float(x), _tr("rate {0:.3g}").format(rate), colours.rate, dashed=True))
    return annotations


def _tr(text: str) -> str:
    return QCoreApplication.translate("Notes", text)
