"""The drawing pad: pen gestures on the sheet become strokes in canvas units, with undo and redo.

The painted strokes are for the user only: the network's image is rendered from ``Pad.drawing()``, which does not depend
on the size of the widget or the width of the pen.
"""

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.pad import marks as pad_marks
from gui.pad.drawing_data import drawing_on_clipboard
from gui.pad.marks import Mark
from gui.pad.pad_document import ERASER_RADIUS, HISTORY_STEPS, Content, PadDocument
from gui.pad.painter import PadPainter, eraser_cursor, paint_placeholder, strokes_image
from gui.pad.pen_input import PenInput
from gui.pad.pen_width import DEFAULT_PEN_WIDTH, PEN_WIDTHS, automatic_width
from gui.pad.stroke import UNIT, Stroke, fitted, scaled
from gui.style import theme

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

__all__ = ["DEFAULT_PEN_WIDTH", "HISTORY_STEPS", "PEN_WIDTHS", "UNIT", "Pad", "Tool"]


class Tool(Enum):
    """The tool that a press on the canvas uses."""

    PEN = auto()
    ERASER = auto()


class Pad(PenInput):
    """A square sheet to draw on, in the middle of the widget, as large as the widget allows.

    ``set_…`` and ``show_picture`` emit nothing but ``historyChanged``; ``undo`` restores the content that they replace.
    """

    changed = Signal()
    """The user changed the content; emitted at each sample while a stroke is drawn."""
    historyChanged = Signal()
    """The steps to undo or redo may have changed: at each step, and when a gesture begins or ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = PadDocument()
        self._painter = PadPainter(self._document, DEFAULT_PEN_WIDTH)
        self._chosen_width: float | None = None
        self._tool = Tool.PEN
        self._eraser_at = (0.0, 0.0)
        self._marks: tuple[Mark, ...] = ()

    # -- content and history ------------------------------------------------------------------------------------

    def drawing(self) -> "Drawing":
        """Return the strokes, including the one in progress; empty without strokes, or with a picture."""
        return self._document.drawing()

    def own_drawings(self) -> "tuple[Drawing, Drawing] | None":
        """Return the finished strokes, and the last earlier ones some of which were removed; each may be empty.

        Strokes that the picture on the pad replaced count as present. None where the history no longer has them.
        """
        return self._document.own_drawings()

    def image(self, side_px: int) -> QImage:
        """Return the strokes as an image, black on white."""
        return strokes_image(self._document.drawing(), self.pen_width(), side_px)

    def is_blank(self) -> bool:
        """Return whether the pad has neither strokes nor a picture."""
        return self._document.is_blank()

    def picture(self) -> QImage | None:
        """Return the picture on the pad, or None."""
        return self._document.content.picture

    def set_drawing(self, drawing: "Drawing", *, fit: bool = False) -> None:
        """Show a drawing in canvas units; with ``fit``, a drawing in any units, centred and scaled to a good size.

        With ``fit``, a drawing that names the side of its canvas lies here where it lay there.
        """
        if not fit or drawing.side == UNIT:
            arrays = drawing.strokes
        elif drawing.side is not None:
            arrays = scaled(drawing.strokes, UNIT / drawing.side)
        else:
            arrays = tuple(fitted(drawing.strokes))
        self._replace(Content(tuple(Stroke(points) for points in arrays if len(points))))

    def show_picture(self, picture: QImage) -> None:
        """Show a picture instead of strokes; the next stroke replaces it."""
        self._replace(Content(picture=None if picture.isNull() else picture.copy()))

    def paste(self) -> bool:
        """Show the drawing on the clipboard, or emit ``pictureGiven``; return False if there is nothing for the pad."""
        drawing = drawing_on_clipboard()
        if drawing is None:
            return super().paste()
        self.set_drawing(drawing, fit=True)
        self.changed.emit()
        return True

    def clear(self) -> None:
        """Empty the canvas; undo restores the content."""
        if self._replace(Content()):
            self.changed.emit()

    def can_undo(self) -> bool:
        """Return whether there is a step to undo, or a stroke in progress to cancel."""
        return self._document.can_undo()

    def can_redo(self) -> bool:
        """Return whether there is a step to redo; never during a gesture."""
        return self._document.can_redo()

    def undo(self) -> None:
        """Undo the last step; during a gesture, cancel that gesture only."""
        if self.is_pen_down():
            self._cancel_gesture()
        elif self._document.undo():
            self._show_step()
            self.changed.emit()

    def redo(self) -> None:
        """Redo the step that was undone last."""
        if self._document.redo():
            self._show_step()
            self.changed.emit()

    def _replace(self, content: Content) -> bool:
        self._end_gesture()
        is_new = self._document.replace(content)
        if is_new:
            self._show_step()
        return is_new

    def _show_step(self) -> None:
        self._fit_pen()
        self._repaint_all()
        self.historyChanged.emit()

    # -- tools --------------------------------------------------------------------------------------------------

    def tool(self) -> Tool:
        """Return the selected tool."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Select the pen or the eraser; a gesture in progress keeps its tool."""
        self._tool = tool
        self._pen_hovered(QPointF(self.mapFromGlobal(QCursor.pos())))

    def pen_width(self) -> float:
        """Return the painted width of the strokes, as a share of the canvas's side."""
        return self._painter.pen_width

    def chosen_pen_width(self) -> float | None:
        """Return the width that was set, or None while it follows the height of the writing."""
        return self._chosen_width

    def set_pen_width(self, share: float | None) -> None:
        """Paint all strokes with another width, a share of the side; None follows the height of the writing.

        The network's image stays the same.
        """
        self._chosen_width = share
        self._fit_pen()

    def _fit_pen(self) -> None:
        """Repaint all strokes if the width is another for the writing that is there now."""
        width = self._chosen_width
        if width is None:
            height = self._document.writing_height()
            width = DEFAULT_PEN_WIDTH if height is None else automatic_width(height / UNIT)
        if width == self._painter.pen_width:
            return
        area, sheet = self._painter.set_pen_width(width), self.sheet_rect()
        if area is None:
            self.update()
        else:
            scale = sheet.width() / UNIT
            shown = QRectF(area.topLeft() * scale, area.size() * scale).translated(sheet.topLeft())
            self.update(shown.toAlignedRect().adjusted(-1, -1, 1, 1))

    # -- gestures -----------------------------------------------------------------------------------------------

    def _pen_down(self, position: QPointF, pressure: float, *, erase: bool) -> None:
        if erase or self._tool is Tool.ERASER:
            self._begin_erasing(position)
        else:
            self._begin_stroke(position, pressure)

    def _begin_stroke(self, position: QPointF, pressure: float) -> None:
        if self.picture() is not None:
            self._painter.forget()
        self._document.begin_stroke(*_clamped(self._to_canvas(position)), pressure)
        self.historyChanged.emit()
        if self.is_pen_down():  # False if a slot put something else on the pad
            self._show_newest_point()

    def _begin_erasing(self, position: QPointF) -> None:
        self._document.begin_erasing()
        self._eraser_at = self._to_canvas(position)
        self.historyChanged.emit()
        if self.is_pen_down():
            self._erase_to(position)

    def _pen_moved(self, position: QPointF, pressure: float = 1.0) -> None:
        """Continue the gesture; outside the sheet, along its edge."""
        stroke = self._document.stroke
        if stroke is None:
            self._erase_to(position)
        elif stroke.append(*_clamped(self._to_canvas(position)), pressure):
            self._show_newest_point()

    def _show_newest_point(self) -> None:
        self._fit_pen()
        stroke = self._document.stroke
        if stroke is None or (len(stroke) == 1 and not self._document.content):
            self.update()  # the hint disappears, or the picture
        else:
            self.update(self._painter.tail_rect(self.sheet_rect(), stroke).toAlignedRect())
        self.changed.emit()

    def _erase_to(self, position: QPointF) -> None:
        """Remove each stroke, or the picture, that the eraser touches on the way to ``position``."""
        start, self._eraser_at = self._eraser_at, self._to_canvas(position)
        if self._document.erase(start, self._eraser_at, self.pen_width()):
            self._fit_pen()
            self._repaint_all()
            self.changed.emit()

    def _pen_up(self) -> None:
        """Add the gesture to the history, as one step."""
        stroke = self._document.stroke
        self._document.end()
        if stroke is not None:
            self._painter.keep(stroke)
            self.update()
        self.historyChanged.emit()

    def _pen_cancelled(self) -> None:
        """Restore the content from before the gesture."""
        is_changed = self._document.cancel()
        self._show_step()
        if is_changed:
            self.changed.emit()

    def _pen_taken_back(self, count: int) -> None:
        """Remove the last gestures from content and history."""
        if self._document.take_back(count):
            self._show_step()
            self.changed.emit()

    def _pen_hovered(self, position: QPointF) -> None:
        """Show the cursor of the selected tool."""
        if not self.sheet_rect().contains(position):
            self.unsetCursor()
        elif self._tool is Tool.PEN:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(eraser_cursor(self.sheet_rect().width() * ERASER_RADIUS, theme.colours().ink))

    # -- painting -----------------------------------------------------------------------------------------------

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The boxes over the ink."""
        return self._marks

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show boxes over the ink; they are not part of the drawing. Silent."""
        if marks != self._marks:
            before = self._marks_area()
            self._marks = marks
            self.update((before | self._marks_area()).toAlignedRect())

    def _marks_area(self) -> QRectF:
        return pad_marks.area(self.sheet_rect(), self._marks, self.pen_width(), self.font())

    def _repaint_all(self) -> None:
        """Schedule a repaint of the whole content."""
        self._painter.forget()
        self.update()

    def _paint_sheet(self, painter: QPainter, sheet: QRectF) -> None:
        """Paint the content, or the hint on a blank sheet."""
        self._painter.paint(painter, sheet, self._side_px())
        pad_marks.paint(painter, sheet, self._marks, self.pen_width(), self.font())
        if self.is_blank():
            text = self.tr("with the mouse, a finger or a pen,\nor drop a picture")
            paint_placeholder(painter, sheet, self.font(), self.tr("Draw a digit here"), text)


def _clamped(position: tuple[float, float]) -> tuple[float, float]:
    x, y = position
    return min(max(x, 0.0), UNIT), min(max(y, 0.0), UNIT)
