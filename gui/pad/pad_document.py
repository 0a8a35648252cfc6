"""Sketch: what stands on the pad, the gesture in progress, and the steps back and forth; no widget and no signals.

Contents are never changed, only replaced, so that each step of the history is one reference.
"""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage

from gui.pad.stroke import UNIT, Stroke

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

HISTORY_STEPS = 200
ERASER_RADIUS = 0.02
"""As a share of the canvas's side."""


@dataclass(frozen=True, eq=False)
class Content:
    """What stands on the canvas: strokes, or a picture."""

    strokes: tuple[Stroke, ...] = ()
    picture: QImage | None = None

    def __bool__(self) -> bool:
        return bool(self.strokes) or self.picture is not None

    def equals(self, other: "Content") -> bool:
        """Return whether both look the same."""
        return (
            self.picture == other.picture
            and len(self.strokes) == len(other.strokes)
            and all(a.equals(b) for a, b in zip(self.strokes, other.strokes, strict=True))
        )

    def picture_rect(self) -> QRectF:
        """Return the picture's place in canvas units: as large as it can be, in the middle; empty without one."""
        if self.picture is None:
            return QRectF()
        size = QSizeF(self.picture.size()).scaled(UNIT, UNIT, Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((UNIT - size.width()) / 2, (UNIT - size.height()) / 2, size.width(), size.height())


class PadDocument:
    """A content with its history.

    A gesture draws one stroke or erases. It begins with ``begin_…`` and comes to its ``end``, which makes it one step,
    or is cancelled. Places are in canvas units.

    Attributes
    ----------
    content : Content
        What is finished; while erasing, what is left.
    stroke : Stroke or None
        The stroke in progress.
    """

    def __init__(self) -> None:
        self.content = Content()
        self.stroke: Stroke | None = None
        self._before: Content | None = None  # what the gesture in progress has found
        self._undo: deque[Content] = deque(maxlen=HISTORY_STEPS)
        self._redo: list[Content] = []

    def drawing(self) -> "Drawing":
        """Return the strokes, the one in progress included."""
        from core.preprocessing.ink import Drawing  # it brings NumPy, which the first frame does not wait for

        strokes = [stroke.points for stroke in self.content.strokes]
        if self.stroke is not None:
            strokes.append(self.stroke.points)
        return Drawing(tuple(strokes))

    def own_drawings(self) -> "tuple[Drawing, Drawing] | None":
        """Return the finished strokes, and the last ones before them of which some are gone; each may be empty.

        Strokes that made way for a picture that is shown count as still there. None where they are no longer known.
        """
        from core.preprocessing.ink import Drawing

        steps = [content.strokes for content in (self.content, *reversed(self._undo)) if content.picture is None]
        if not steps:
            return None
        there = set(map(id, steps[0]))
        before = next((strokes for strokes in steps if not there.issuperset(map(id, strokes))), ())
        drawn, gone = (Drawing(tuple(stroke.points for stroke in strokes)) for strokes in (steps[0], before))
        return drawn, gone

    def is_blank(self) -> bool:
        """Return whether there is neither stroke nor picture."""
        return not self.content and self.stroke is None

    # -- history ------------------------------------------------------------------------------------------------

    def can_undo(self) -> bool:
        """Return whether there is a step to take back, or a gesture to cancel."""
        return self._before is not None or bool(self._undo)

    def can_redo(self) -> bool:
        """Return whether a step was taken back that can be done again; never in the middle of a gesture."""
        return self._before is None and bool(self._redo)

    def replace(self, content: Content) -> bool:
        """End the gesture and put other content in place, as a step; return False where it looks the same."""
        self.end()
        if content.equals(self.content):
            return False
        self._step_to(content, self.content)
        return True

    def undo(self) -> bool:
        """Take the last step back, or else the gesture in progress; return whether there was one."""
        if not self.can_undo():
            return False
        if self._before is not None:
            self.cancel()
        else:
            self._redo.append(self.content)
            self.content = self._undo.pop()
        return True

    def redo(self) -> bool:
        """Do the step again that was taken back last; return whether there was one."""
        if not self.can_redo():
            return False
        self._undo.append(self.content)
        self.content = self._redo.pop()
        return True

    def _step_to(self, content: Content, before: Content) -> None:
        self._undo.append(before)
        self._redo.clear()
        self.content = content

    # -- one gesture --------------------------------------------------------------------------------------------

    def begin_stroke(self, x: float, y: float, pressure: float) -> None:
        """Set the pen down; a picture makes way."""
        self._before = self.content
        if self.content.picture is not None:
            self.content = Content()
        self.stroke = Stroke()
        self.stroke.append(x, y, pressure)

    def begin_erasing(self) -> None:
        """Set the eraser down; it removes nothing yet."""
        self._before = self.content

    def erase(self, start: tuple[float, float], end: tuple[float, float], pen_width: float) -> bool:
        """Remove each stroke that the eraser touches on its way, and the picture at its end; return whether any.

        Strokes are as wide as they are painted: ``pen_width`` is a share of the side.
        """
        import numpy as np

        radius = ERASER_RADIUS * UNIT
        n_steps = 1 + int(np.hypot(end[0] - start[0], end[1] - start[1]) / radius)
        trail = np.linspace(start, end, n_steps + 1).astype(np.float32)
        reach = radius + pen_width * UNIT / 2
        strokes = tuple(stroke for stroke in self.content.strokes if not stroke.is_touched(trail, reach))
        touches_picture = self.content.picture_rect().contains(QPointF(*end))
        if len(strokes) == len(self.content.strokes) and not touches_picture:
            return False
        self.content = Content(strokes)
        return True

    def end(self) -> None:
        """Keep what the gesture has drawn or erased, as one step; one that has changed nothing is none."""
        before, stroke = self._before, self.stroke
        self._before = self.stroke = None
        if before is not None and stroke is not None:
            self._step_to(Content((*self.content.strokes, stroke)), before)
        elif before is not None and self.content is not before:
            self._step_to(self.content, before)

    def cancel(self) -> bool:
        """Leave everything as it was before the gesture; return whether it had changed anything."""
        if self._before is None:
            return False
        is_changed = self.stroke is not None or self.content is not self._before
        self.content = self._before
        self._before = self.stroke = None
        return is_changed
