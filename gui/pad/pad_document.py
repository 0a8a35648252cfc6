"""The pad's document: its content, the gesture in progress, and the undo history; without widgets and signals.

Contents are never changed, only replaced, so that each step of the history is one reference.
"""

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage

from gui.pad.stroke import UNIT, Stroke

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

HISTORY_STEPS = 200
_TAKEN_BACK = 16  # gestures that can be taken back: a resting hand flickers
ERASER_RADIUS = 0.02
"""As a share of the canvas's side."""


@dataclass(frozen=True, eq=False)
class Content:
    """The content of the canvas: strokes, or a picture."""

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

    @cached_property
    def writing_height(self) -> float:
        """The height of the writing, in canvas units: that of its highest stroke; 0 without strokes."""
        return max((stroke.writing_height() for stroke in self.strokes), default=0.0)

    def picture_rect(self) -> QRectF:
        """Return the picture's rectangle in canvas units: the largest that fits, centred; empty without a picture."""
        if self.picture is None:
            return QRectF()
        size = QSizeF(self.picture.size()).scaled(UNIT, UNIT, Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((UNIT - size.width()) / 2, (UNIT - size.height()) / 2, size.width(), size.height())


class _Gesture(NamedTuple):
    """A completed gesture: the state before it, and the content after it."""

    before: Content
    undo: tuple[Content, ...]
    redo: tuple[Content, ...]
    after: Content


class PadDocument:
    """A content with its history.

    A gesture draws one stroke or erases. It begins with ``begin_…`` and ends with ``end``, which makes it one step of
    the history, or with ``cancel``. Positions are in canvas units.

    Attributes
    ----------
    content : Content
        The finished content; while erasing, the remaining strokes.
    stroke : Stroke or None
        The stroke in progress.
    """

    def __init__(self) -> None:
        self.content = Content()
        self.stroke: Stroke | None = None
        self._before: Content | None = None  # the content before the gesture in progress
        self._undo: deque[Content] = deque(maxlen=HISTORY_STEPS)
        self._redo: list[Content] = []
        self._gestures: deque[_Gesture] = deque(maxlen=_TAKEN_BACK)  # the last ones, for take_back

    def drawing(self) -> "Drawing":
        """Return the strokes, including the one in progress."""
        from core.preprocessing.ink import Drawing  # it imports NumPy, which the first frame does not wait for

        strokes = [stroke.points for stroke in self.content.strokes]
        if self.stroke is not None:
            strokes.append(self.stroke.points)
        return Drawing(tuple(strokes), UNIT)

    def own_drawings(self) -> "tuple[Drawing, Drawing] | None":
        """Return the finished strokes, and the last earlier ones some of which were removed; each may be empty.

        Strokes that the picture on the pad replaced count as present. None where the history no longer has them.
        """
        from core.preprocessing.ink import Drawing

        steps = [content.strokes for content in (self.content, *reversed(self._undo)) if content.picture is None]
        if not steps:
            return None
        present = set(map(id, steps[0]))
        before = next((strokes for strokes in steps if not present.issuperset(map(id, strokes))), ())
        drawn, replaced = (Drawing(tuple(stroke.points for stroke in strokes)) for strokes in (steps[0], before))
        return drawn, replaced

    def writing_height(self) -> float | None:
        """Return the height of the writing, with the stroke in progress, in canvas units; None without strokes."""
        if self.stroke is not None:
            return max(self.content.writing_height, self.stroke.writing_height())
        return self.content.writing_height if self.content.strokes else None

    def is_blank(self) -> bool:
        """Return whether there are neither strokes nor a picture."""
        return not self.content and self.stroke is None

    # -- history ------------------------------------------------------------------------------------------------

    def can_undo(self) -> bool:
        """Return whether there is a step to undo, or a gesture to cancel."""
        return self._before is not None or bool(self._undo)

    def can_redo(self) -> bool:
        """Return whether there is a step to redo; never during a gesture."""
        return self._before is None and bool(self._redo)

    def replace(self, content: Content) -> bool:
        """End the gesture and replace the content, as one step; return False if the new content looks the same."""
        self.end()
        if content.equals(self.content):
            return False
        self._step_to(content, self.content)
        return True

    def undo(self) -> bool:
        """Cancel the gesture in progress, or else undo the last step; return whether there was one."""
        if not self.can_undo():
            return False
        if self._before is not None:
            self.cancel()
        else:
            self._redo.append(self.content)
            self.content = self._undo.pop()
        return True

    def redo(self) -> bool:
        """Redo the step that was undone last; return whether there was one."""
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
        """Begin a stroke; a picture is removed."""
        self._before = self.content
        if self.content.picture is not None:
            self.content = Content()
        self.stroke = Stroke()
        self.stroke.append(x, y, pressure)

    def begin_erasing(self) -> None:
        """Begin to erase; nothing is removed yet."""
        self._before = self.content

    def erase(self, start: tuple[float, float], end: tuple[float, float], pen_width: float) -> bool:
        """Remove each stroke that the eraser touches on its way, and the picture if it ends there; return whether any.

        Strokes count with their painted width: ``pen_width`` is a share of the side.
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
        """Complete the gesture, as one step of the history; a gesture that changed nothing is no step."""
        before, stroke = self._before, self.stroke
        self._before = self.stroke = None
        if before is None:
            return
        undo, redo = tuple(self._undo), tuple(self._redo)
        if stroke is not None:
            self._step_to(Content((*self.content.strokes, stroke)), before)
        elif self.content is not before:
            self._step_to(self.content, before)
        self._gestures.append(_Gesture(before, undo, redo, self.content))

    def take_back(self, count: int) -> bool:
        """Remove the last completed gestures, as if they had never been, and return whether the content changes.

        Only gestures after which nothing else has happened are removed.
        """
        content = self.content
        while count and self._before is None and self._gestures and self._gestures[-1].after is self.content:
            gesture = self._gestures.pop()
            self.content = gesture.before
            self._undo = deque(gesture.undo, maxlen=HISTORY_STEPS)
            self._redo = list(gesture.redo)
            count -= 1
        return self.content is not content

    def cancel(self) -> bool:
        """Restore the content from before the gesture; return whether the gesture had changed anything."""
        if self._before is None:
            return False
        is_changed = self.stroke is not None or self.content is not self._before
        self.content = self._before
        self._before = self.stroke = None
        return is_changed
