"""The drawing pad: what the pen does on the sheet becomes strokes, in the canvas's own units, with undo and redo.

What is on the screen is for the eye: the network's image is rendered from ``Pad.drawing()``, whatever the size of the
canvas and the pen.
"""

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.pad import marks as pad_marks
from gui.pad.marks import Mark
from gui.pad.pad_document import ERASER_RADIUS, HISTORY_STEPS, Content, PadDocument
from gui.pad.painter import PadPainter, eraser_cursor, paint_placeholder
from gui.pad.pen_input import PenInput
from gui.pad.stroke import UNIT, Stroke, fitted
from gui.style import theme

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

__all__ = ["DEFAULT_PEN_WIDTH", "HISTORY_STEPS", "PEN_WIDTHS", "UNIT", "Pad", "Tool"]

PEN_WIDTHS = (0.02, 0.035, 0.055, 0.08)
"""The pen widths on offer, as shares of the canvas's side."""
DEFAULT_PEN_WIDTH = PEN_WIDTHS[2]


class Tool(Enum):
    """What a press on the canvas does."""

    PEN = auto()
    ERASER = auto()


class Pad(PenInput):
    """A square sheet to draw on, in the middle of the widget and as large as it allows.

    ``set_…`` and ``show_picture`` are silent, but for ``historyChanged``; what they replace can be brought back by
    ``undo``. ``strokeFinished`` follows each ``strokeStarted``, also where the stroke was cancelled.
    """

    changed = Signal()
    """The user changed the content; once a sample while a stroke is drawn."""
    strokeStarted = Signal()
    strokeFinished = Signal()
    historyChanged = Signal()
    """What can be undone or redone may have changed: at each step, and as a gesture begins and ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sketch = PadDocument()
        self._painter = PadPainter(self._sketch, DEFAULT_PEN_WIDTH)
        self._tool = Tool.PEN
        self._eraser_at = (0.0, 0.0)
        self._marks: tuple[Mark, ...] = ()

    # -- content and history ------------------------------------------------------------------------------------

    def drawing(self) -> "Drawing":
        """Return the strokes, the one in progress included; empty where there are none or a picture is shown."""
        return self._sketch.drawing()

    def own_drawings(self) -> "tuple[Drawing, Drawing] | None":
        """Return the finished strokes, and the last ones before them of which some are gone; each may be empty.

        Strokes that made way for a picture that is shown count as still there. None where they are no longer known.
        """
        return self._sketch.own_drawings()

    def is_blank(self) -> bool:
        """Return whether there is neither stroke nor picture."""
        return self._sketch.is_blank()

    def picture(self) -> QImage | None:
        """Return the picture that is shown, if one is."""
        return self._sketch.content.picture

    def set_drawing(self, drawing: "Drawing", *, fit: bool = False) -> None:
        """Show a drawing in the units of ``drawing()``; with ``fit``, one in any units, brought to a good size."""
        arrays = fitted(drawing.strokes) if fit else drawing.strokes
        self._replace(Content(tuple(Stroke(points) for points in arrays if len(points))))

    def show_picture(self, picture: QImage) -> None:
        """Show a picture in place of strokes; the next stroke replaces it."""
        self._replace(Content(picture=None if picture.isNull() else picture.copy()))

    def clear(self) -> None:
        """Empty the canvas, as a step that can be undone."""
        if self._replace(Content()):
            self.changed.emit()

    def can_undo(self) -> bool:
        """Return whether there is a step to take back, or a stroke in progress to cancel."""
        return self._sketch.can_undo()

    def can_redo(self) -> bool:
        """Return whether a step was taken back that can be done again; never in the middle of a stroke."""
        return self._sketch.can_redo()

    def undo(self) -> None:
        """Take the last step back; in the middle of a stroke, only that stroke."""
        if self.is_pen_down():
            self._cancel_gesture()
        elif self._sketch.undo():
            self._show_step()
            self.changed.emit()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        if self._sketch.redo():
            self._show_step()
            self.changed.emit()

    def _replace(self, content: Content) -> bool:
        self._end_gesture()
        is_new = self._sketch.replace(content)
        if is_new:
            self._show_step()
        return is_new

    def _show_step(self) -> None:
        self._repaint_all()
        self.historyChanged.emit()

    # -- tools --------------------------------------------------------------------------------------------------

    def tool(self) -> Tool:
        """Return the tool in hand."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Take the pen or the eraser; a stroke in progress goes on as it began."""
        self._tool = tool
        self._pen_hovered(QPointF(self.mapFromGlobal(QCursor.pos())))

    def pen_width(self) -> float:
        """Return the width of the strokes as a share of the canvas's side."""
        return self._painter.pen_width

    def set_pen_width(self, share: float) -> None:
        """Show all strokes at another width, a share of the side; what the network sees stays the same."""
        if share != self._painter.pen_width:
            self._painter.pen_width = share
            self._repaint_all()

    # -- the pen on the sheet -----------------------------------------------------------------------------------

    def _pen_down(self, position: QPointF, pressure: float, *, erase: bool) -> None:
        if erase or self._tool is Tool.ERASER:
            self._begin_erasing(position)
        else:
            self._begin_stroke(position, pressure)

    def _begin_stroke(self, position: QPointF, pressure: float) -> None:
        if self.picture() is not None:
            self._painter.forget()
        self._sketch.begin_stroke(*_on_sheet(self._place(position)), pressure)
        self.strokeStarted.emit()
        self.historyChanged.emit()
        if self.is_pen_down():  # otherwise whoever heard of the stroke has put something else on the pad
            self._show_newest_point()

    def _begin_erasing(self, position: QPointF) -> None:
        self._sketch.begin_erasing()
        self._eraser_at = self._place(position)
        self.historyChanged.emit()
        if self.is_pen_down():
            self._erase_to(position)

    def _pen_moved(self, position: QPointF, pressure: float = 1.0) -> None:
        """Go on with the gesture; beyond the sheet, along its edge."""
        stroke = self._sketch.stroke
        if stroke is None:
            self._erase_to(position)
        elif stroke.append(*_on_sheet(self._place(position)), pressure):
            self._show_newest_point()

    def _show_newest_point(self) -> None:
        stroke = self._sketch.stroke
        if stroke is None or (len(stroke) == 1 and not self._sketch.content):
            self.update()  # the hint goes, or the picture
        else:
            self.update(self._painter.tail_rect(self._sheet(), stroke).toAlignedRect())
        self.changed.emit()

    def _erase_to(self, position: QPointF) -> None:
        """Remove each stroke, or the picture, that the eraser touches on its way to ``position``."""
        start, self._eraser_at = self._eraser_at, self._place(position)
        if self._sketch.erase(start, self._eraser_at, self.pen_width()):
            self._repaint_all()
            self.changed.emit()

    def _pen_up(self) -> None:
        """Keep what was drawn or erased, as one step."""
        stroke = self._sketch.stroke
        self._sketch.end()
        if stroke is not None:
            self._painter.keep(stroke)
            self.update()
        self.historyChanged.emit()
        if stroke is not None:
            self.strokeFinished.emit()

    def _pen_cancelled(self) -> None:
        """Leave everything as it was before the gesture."""
        was_stroke = self._sketch.stroke is not None
        is_changed = self._sketch.cancel()
        self._show_step()
        if is_changed:
            self.changed.emit()
        if was_stroke:
            self.strokeFinished.emit()

    def _pen_hovered(self, position: QPointF) -> None:
        """Show by the cursor what a press would do."""
        if not self._sheet().contains(position):
            self.unsetCursor()
        elif self._tool is Tool.PEN:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(eraser_cursor(self._sheet().width() * ERASER_RADIUS, theme.colours().ink))

    # -- looks --------------------------------------------------------------------------------------------------

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show boxes over the ink: they are no part of it. Silent."""
        if marks != self._marks:
            changed = self._marks_area()
            self._marks = marks
            self.update((changed | self._marks_area()).toAlignedRect())

    def _marks_area(self) -> QRectF:
        return pad_marks.area(self._sheet(), self._marks, self.pen_width(), self.font())

    def _repaint_all(self) -> None:
        """Paint anew what is on the sheet, at the next occasion."""
        self._painter.forget()
        self.update()

    def _paint_sheet(self, painter: QPainter, sheet: QRectF) -> None:
        """Show what is on the sheet, or the hint."""
        self._painter.paint(painter, sheet, self._side_px())
        pad_marks.paint(painter, sheet, self._marks, self.pen_width(), self.font())
        if self.is_blank():
            text = self.tr("with the mouse, a finger or a pen,\nor drop a picture")
            paint_placeholder(painter, sheet, self.font(), self.tr("Draw a digit here"), text)


def _on_sheet(place: tuple[float, float]) -> tuple[float, float]:
    x, y = place
    return min(max(x, 0.0), UNIT), min(max(y, 0.0), UNIT)
