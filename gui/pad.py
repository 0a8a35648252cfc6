"""The drawing pad: strokes of a mouse, finger or stylus, kept in the canvas's own units and painted as they grow.

Finished strokes live in one opaque image of device pixels, the stroke in progress in a copy of it to which each new
segment is added; only a change of size, scheme, pen width or content paints everything anew. What is on the screen is
for the eye: the network's image is rendered from ``Pad.drawing()``, whatever the size of canvas and pen.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEventPoint,
    QFocusEvent,
    QFont,
    QHideEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.ink import Drawing
from gui import theme

UNIT = 1000.0
"""The side of the canvas in the units of ``Pad.drawing()``."""
PEN_WIDTHS = (0.02, 0.035, 0.055, 0.08)
"""The pen widths on offer, as shares of the canvas's side."""
DEFAULT_PEN_WIDTH = PEN_WIDTHS[2]
HISTORY_STEPS = 200

_ERASER_RADIUS = 0.02  # share of the side
_FITTED = 0.8  # a drawing in foreign units fills this share of the side
_SMALL_PICTURE = 64  # px: below that, a picture is shown pixel by pixel rather than blurred
_THINNEST = 0.4  # a stylus without pressure draws at this share of the pen's width
_MAX_STROKE_POINTS = 50_000


class Tool(Enum):
    """What a press on the canvas does."""

    PEN = auto()
    ERASER = auto()


class _Source(Enum):
    """Where a gesture comes from; until it ends, the others are not listened to, so that no point comes twice."""

    MOUSE = auto()
    TOUCH = auto()
    STYLUS = auto()


class Stroke:
    """A growing row of points (n, 3): x, y in canvas units (the side is ``UNIT``), pressure in [0, 1].

    Points are only ever appended, so a view of them is a snapshot that costs nothing.
    """

    def __init__(self, points: NDArray[np.float32] | None = None) -> None:
        self._buffer = np.empty((64, 3), np.float32) if points is None else np.array(points, np.float32)
        self._n = 0 if points is None else len(points)

    def __len__(self) -> int:
        return self._n

    @property
    def points(self) -> NDArray[np.float32]:
        """The points so far, read-only."""
        view = self._buffer[: self._n]
        view.flags.writeable = False
        return view

    def append(self, x: float, y: float, pressure: float) -> bool:
        """Add a point; return False where the pen has not moved, or the stroke is full."""
        point = np.array((x, y, pressure), np.float32)
        if self._n and (self._n >= _MAX_STROKE_POINTS or bool((self._buffer[self._n - 1, :2] == point[:2]).all())):
            return False
        if self._n == len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty_like(self._buffer)])
        self._buffer[self._n] = point
        self._n += 1
        return True

    def is_touched(self, trail: NDArray[np.float32], distance: float) -> bool:
        """Return whether a segment comes within ``distance`` of the places ``trail`` (k, 2)."""
        points = self.points[:, :2]
        low, high = points.min(axis=0) - distance, points.max(axis=0) + distance
        near = trail[((trail >= low) & (trail <= high)).all(axis=1), np.newaxis]
        if not len(near):
            return False
        start, along = points, np.diff(points, axis=0, append=points[-1:])
        length2 = (along**2).sum(axis=1)
        share = ((near - start) * along).sum(axis=2) / np.where(length2 > 0, length2, 1)
        gap = near - start - share.clip(0, 1)[..., np.newaxis] * along
        return bool(((gap**2).sum(axis=2) <= distance**2).any())


@dataclass(frozen=True, eq=False)
class _Content:
    """What stands on the canvas: strokes, or a picture. Never changed, so that the history can share it."""

    strokes: tuple[Stroke, ...] = ()
    picture: QImage | None = None

    def __bool__(self) -> bool:
        return bool(self.strokes) or self.picture is not None

    def equals(self, other: "_Content") -> bool:
        """Return whether both look the same."""
        return (
            self.picture == other.picture
            and len(self.strokes) == len(other.strokes)
            and all(np.array_equal(a.points, b.points) for a, b in zip(self.strokes, other.strokes, strict=True))
        )


class Pad(QWidget):
    """A square sheet to draw on, in the middle of the widget and as large as it allows.

    ``set_…`` and ``show_picture`` are silent, but for ``historyChanged``; what they replace can be brought back by
    ``undo``. ``strokeFinished`` follows each ``strokeStarted``, also where the stroke was cancelled.
    """

    changed = Signal()
    """The user changed the content; once a sample while a stroke is drawn."""
    strokeStarted = Signal()
    strokeFinished = Signal()
    pictureDropped = Signal(object)
    """A QImage, or the pathlib.Path of a file."""
    historyChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = _Content()
        self._undo: deque[_Content] = deque(maxlen=HISTORY_STEPS)
        self._redo: list[_Content] = []
        self._tool = Tool.PEN
        self._pen_width = DEFAULT_PEN_WIDTH

        self._source: _Source | None = None  # of the gesture in progress
        self._stroke: Stroke | None = None  # the stroke in progress; None while erasing
        self._finger = -1  # the touch point that draws
        self._eraser_at: QPointF | None = None
        self._before_gesture = self._content

        self._base = QImage()  # all finished strokes, or the picture
        self._live = QImage()  # those and the stroke in progress, but for its last half segment
        self._n_live = 0  # points of the stroke in progress that are in _live
        self._is_drop_target = False
        self._shows_focus = False

        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setAccessibleDescription(self.tr("Draw a digit here with a mouse, a finger or a stylus."))

    # -- content ------------------------------------------------------------------------------------------------

    def drawing(self) -> Drawing:
        """Return the strokes, the one in progress included; empty where there are none or a picture is shown."""
        strokes = [stroke.points for stroke in self._content.strokes]
        if self._stroke is not None:
            strokes.append(self._stroke.points)
        return Drawing(tuple(strokes))

    def is_blank(self) -> bool:
        """Return whether there is neither stroke nor picture."""
        return not self._content and self._stroke is None

    def picture(self) -> QImage | None:
        """Return the picture that is shown, if one is."""
        return self._content.picture

    def set_drawing(self, drawing: Drawing, *, fit: bool = False) -> None:
        """Show a drawing in the units of ``drawing()``; with ``fit``, one in any units, brought to a good size."""
        arrays = _fitted(drawing.strokes) if fit else drawing.strokes
        self._replace(_Content(tuple(Stroke(points) for points in arrays if len(points))))

    def show_picture(self, picture: QImage) -> None:
        """Show a picture in place of strokes; the next stroke replaces it."""
        self._replace(_Content(picture=None if picture.isNull() else picture.copy()))

    def clear(self) -> None:
        """Empty the canvas, as a step that can be undone."""
        self._end_gesture()
        if self._content:
            self._commit(_Content())
            self.changed.emit()

    # -- history ------------------------------------------------------------------------------------------------

    def can_undo(self) -> bool:
        """Return whether there is a step to take back."""
        return bool(self._undo)

    def can_redo(self) -> bool:
        """Return whether a step was taken back that can be done again."""
        return bool(self._redo)

    def undo(self) -> None:
        """Take the last step back; in the middle of a stroke, only that stroke."""
        if self._source is not None:
            self._cancel_gesture()
        elif self._undo:
            self._redo.append(self._content)
            self._show(self._undo.pop())
            self.historyChanged.emit()
            self.changed.emit()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        if self._source is None and self._redo:
            self._undo.append(self._content)
            self._show(self._redo.pop())
            self.historyChanged.emit()
            self.changed.emit()

    def _replace(self, content: _Content) -> None:
        self._end_gesture()
        if not content.equals(self._content):
            self._commit(content)

    def _commit(self, content: _Content, before: _Content | None = None) -> None:
        """Show new content and remember what was there before it."""
        self._undo.append(self._content if before is None else before)
        self._redo.clear()
        self._show(content)
        self.historyChanged.emit()

    def _show(self, content: _Content) -> None:
        self._content = content
        self._repaint_all()

    # -- tools --------------------------------------------------------------------------------------------------

    def tool(self) -> Tool:
        """Return the tool in hand."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Take the pen or the eraser; a stroke in progress goes on as it began."""
        self._tool = tool
        self._update_cursor(QPointF(self.mapFromGlobal(QCursor.pos())))

    def pen_width(self) -> float:
        """Return the width of the strokes as a share of the canvas's side."""
        return self._pen_width

    def set_pen_width(self, share: float) -> None:
        """Show all strokes at another width, a share of the side; what the network sees stays the same."""
        if share != self._pen_width:
            self._pen_width = share
            self._repaint_all()

    # -- one gesture: press, moves, release ---------------------------------------------------------------------

    def _begin(self, source: _Source, position: QPointF, pressure: float = 1.0, *, erase: bool = False) -> bool:
        """Begin to draw or erase; return False where another gesture is under way or the press is off the sheet."""
        if self._source is not None or not self._sheet().contains(position):
            return False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._source = source
        self._before_gesture = self._content
        if erase or self._tool is Tool.ERASER:
            self._eraser_at = position
            self._erase_to(position)
            return True
        if self._content.picture is not None:
            self._show(_Content())
        self._stroke = Stroke()
        self.strokeStarted.emit()
        self._extend(position, pressure)
        return True

    def _extend(self, position: QPointF, pressure: float = 1.0) -> None:
        """Go on with the gesture; beyond the sheet, along its edge."""
        if self._source is None:  # whoever heard of the stroke has put something else on the pad
            return
        if self._stroke is None:
            self._erase_to(position)
            return
        sheet = self._sheet()
        x = min(max((position.x() - sheet.x()) / sheet.width(), 0.0), 1.0) * UNIT
        y = min(max((position.y() - sheet.y()) / sheet.height(), 0.0), 1.0) * UNIT
        if self._stroke.append(x, y, pressure):
            if len(self._stroke) == 1 and not self._content:
                self.update()  # the hint goes
            else:
                self.update(self._tail_rect().toAlignedRect())
            self.changed.emit()

    def _end_gesture(self) -> None:
        """Keep what was drawn or erased, as one step; without a gesture, do nothing."""
        if self._source is None:
            return
        stroke = self._stroke
        erased = stroke is None and self._content is not self._before_gesture
        self._source = self._stroke = self._eraser_at = None
        if stroke is not None:
            self._undo.append(self._before_gesture)
            self._redo.clear()
            self._content = _Content((*self._content.strokes, stroke))
            if not self._base.isNull():
                painter = self._painter(self._base)
                self._paint_stroke(painter, stroke)
                painter.end()
            self._live = QImage()
            self.update()
            self.historyChanged.emit()
            self.strokeFinished.emit()
        elif erased:
            self._commit(self._content, self._before_gesture)

    def _cancel_gesture(self) -> None:
        """Leave everything as it was before the gesture."""
        was_stroke = self._stroke is not None
        touched = was_stroke or self._content is not self._before_gesture
        self._source = self._stroke = self._eraser_at = None
        self._show(self._before_gesture)
        if touched:
            self.changed.emit()
        if was_stroke:
            self.strokeFinished.emit()

    def _erase_to(self, position: QPointF) -> None:
        """Remove each stroke, or the picture, that the eraser touches on its way to ``position``."""
        start = self._eraser_at or position
        self._eraser_at = position
        sheet = self._sheet()
        ends = np.array([(p.x() - sheet.x(), p.y() - sheet.y()) for p in (start, position)]) / sheet.width()
        n_steps = 1 + int(np.hypot(*(ends[1] - ends[0])) / _ERASER_RADIUS)
        trail = (np.linspace(ends[0], ends[1], n_steps + 1) * UNIT).astype(np.float32)
        reach = (_ERASER_RADIUS + self._pen_width / 2) * UNIT
        strokes = tuple(stroke for stroke in self._content.strokes if not stroke.is_touched(trail, reach))
        touches_picture = self._content.picture is not None and self._picture_rect().contains(position)
        if len(strokes) < len(self._content.strokes) or touches_picture:
            self._show(_Content(strokes))
            self.changed.emit()

    # -- events -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the left button; a second button neither draws nor disturbs."""
        is_ours = event.button() == Qt.MouseButton.LeftButton and not _is_stylus(event)
        if not is_ours or not self._begin(_Source.MOUSE, event.position()):
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on; a move without the button means that its release was lost."""
        if self._source is None:
            self._update_cursor(event.position())
        elif self._source is _Source.MOUSE:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self._extend(event.position())
            else:
                self._end_gesture()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke where the button was let go."""
        if self._source is _Source.MOUSE and event.button() == Qt.MouseButton.LeftButton:
            self._extend(event.position())
            self._end_gesture()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a stylus, or erase with its other end.

        Always accepted: an ignored tablet event comes again as a mouse event, and each point would be there twice.
        """
        event.accept()
        has_pressure = event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)
        pressure = event.pressure() if has_pressure else 1.0
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            if self._source is _Source.STYLUS:
                self._end_gesture()  # its release was lost
            is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(_Source.STYLUS, event.position(), pressure, erase=is_eraser)
        elif self._source is not _Source.STYLUS:
            self._update_cursor(event.position())
        elif kind == QEvent.Type.TabletMove and event.buttons() & Qt.MouseButton.LeftButton:
            self._extend(event.position(), pressure)
        elif kind == QEvent.Type.TabletMove or event.button() == Qt.MouseButton.LeftButton:
            self._end_gesture()  # not a sample: at the release the pressure is 0 and the tip has left

    def _touch(self, event: QTouchEvent) -> None:
        """Draw with the first finger; more fingers rest on the sheet."""
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            if self._source is _Source.TOUCH:
                self._cancel_gesture()
            return
        for point in event.points():
            state = point.state()
            if state == QEventPoint.State.Pressed and self._source is None:
                if self._begin(_Source.TOUCH, point.position()):
                    self._finger = point.id()
            elif self._source is _Source.TOUCH and point.id() == self._finger:
                if state == QEventPoint.State.Updated:
                    self._extend(point.position())
                elif state == QEventPoint.State.Released:
                    self._extend(point.position())
                    self._end_gesture()

    def event(self, event: QEvent) -> bool:
        """Hand on touches; end the gesture where the window is lost in the middle of it."""
        kind = event.type()
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._source is not None:
                event.accept()
                return True
        elif kind in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked):
            self._end_gesture()
        elif kind == QEvent.Type.DevicePixelRatioChange:
            self._repaint_all()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Cancel the stroke in progress with Esc."""
        if event.key() == Qt.Key.Key_Escape and self._source is not None:
            self._cancel_gesture()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End the gesture: its release may go elsewhere."""
        self._end_gesture()
        super().focusOutEvent(event)
        self._shows_focus = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame of focus to those who come by the keyboard; the others know where they are."""
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self._shows_focus = event.reason() in reasons
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """End the gesture: nobody sees it."""
        self._end_gesture()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the scheme; end the gesture of a pad that is switched off."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._repaint_all()
        elif event.type() == QEvent.Type.EnabledChange:
            self._end_gesture()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome pictures and local files."""
        if picture_in(event.mimeData()) is not None:
            self._is_drop_target = True
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the welcome back."""
        self._is_drop_target = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self._is_drop_target = False
        self.update()
        dropped = picture_in(event.mimeData())
        if dropped is not None:
            event.acceptProposedAction()
            self.pictureDropped.emit(dropped)

    # -- geometry and painting ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(400, 400)

    def _sheet(self) -> QRectF:
        """Return the sheet's square in the widget, on whole device pixels."""
        ratio = self.devicePixelRatioF()
        side = self._side_px()
        left = int((self.width() * ratio - side) / 2)
        top = int((self.height() * ratio - side) / 2)
        return QRectF(left / ratio, top / ratio, side / ratio, side / ratio)

    def _side_px(self) -> int:
        """Return the sheet's side in device pixels."""
        return max(1, int(min(self.width(), self.height()) * self.devicePixelRatioF()))

    def _repaint_all(self) -> None:
        self._base = QImage()
        self._live = QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the sheet, the last half segment of the stroke in progress, and the hint."""
        self._refresh_images()
        sheet = self._sheet()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(sheet, self._base if self._stroke is None else self._live)
        if self._stroke is not None:
            self._paint_tail(painter, sheet, self._stroke)
        elif not self._content:
            self._paint_hint(painter, sheet)
        self._paint_frame(painter, sheet)

    def _refresh_images(self) -> None:
        """Bring the stored images up to date: all anew after a change, otherwise the new segments only."""
        if self._base.width() != self._side_px():
            self._base = QImage(self._side_px(), self._side_px(), QImage.Format.Format_RGB32)
            self._base.fill(theme.colours().paper)
            painter = self._painter(self._base)
            self._paint_content(painter)
            painter.end()
            self._live = QImage()
        if self._stroke is None:
            return
        if self._live.isNull():
            self._live, self._n_live = self._base.copy(), 0
        painter = self._painter(self._live)
        points = self._stroke.points[max(0, self._n_live - 2) :].tolist()
        for i in range(min(self._n_live, 2), len(points)):
            self._paint_segment(painter, points[max(0, i - 2) : i + 1])
        painter.end()
        self._n_live = len(self._stroke)

    def _painter(self, image: QImage) -> QPainter:
        """Return a painter in canvas units."""
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(image.width() / UNIT, image.width() / UNIT)
        return painter

    def _pen(self, pressure: float) -> QPen:
        width = self._pen_width * UNIT * (_THINNEST + (1 - _THINNEST) * pressure)
        round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        return QPen(theme.colours().ink, width, Qt.PenStyle.SolidLine, round_cap, round_join)

    def _paint_content(self, painter: QPainter) -> None:
        picture = self._content.picture
        if picture is not None:
            is_small = max(picture.width(), picture.height()) < _SMALL_PICTURE
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_small)
            painter.drawImage(_fit_rect(picture.size(), QRectF(0, 0, UNIT, UNIT)), _shrunk(picture, self._side_px()))
        for stroke in self._content.strokes:
            self._paint_stroke(painter, stroke)

    def _paint_stroke(self, painter: QPainter, stroke: Stroke) -> None:
        """Paint a whole stroke; as one path where the pressure allows it, with clean edges."""
        points = stroke.points.tolist()
        if len(points) > 1 and np.ptp(stroke.points[:, 2]) < 0.01:
            path = QPainterPath(QPointF(*points[0][:2]))
            for before, point in pairwise(points):
                path.quadTo(QPointF(*before[:2]), _middle(before, point))
            path.lineTo(QPointF(*points[-1][:2]))
            painter.strokePath(path, self._pen(points[0][2]))
            return
        for i in range(len(points)):
            self._paint_segment(painter, points[max(0, i - 2) : i + 1])
        self._paint_line(painter, points[-2:])

    def _paint_segment(self, painter: QPainter, points: list[list[float]]) -> None:
        """Paint what the last of up to three points adds: a dot, or the curve between the two middles."""
        if len(points) == 1:
            self._paint_line(painter, points)
            return
        path = QPainterPath(_middle(points[0], points[-2]) if len(points) == 3 else QPointF(*points[0][:2]))
        path.quadTo(QPointF(*points[-2][:2]), _middle(points[-2], points[-1]))
        painter.strokePath(path, self._pen((points[-2][2] + points[-1][2]) / 2))

    def _paint_line(self, painter: QPainter, points: list[list[float]]) -> None:
        """Paint the last half of the line between two points; one point is a dot."""
        painter.setPen(self._pen(points[-1][2]))
        end = QPointF(*points[-1][:2])
        if len(points) == 1 or points[0] == points[-1]:
            painter.drawPoint(end)
        else:
            painter.drawLine(_middle(points[0], points[-1]), end)

    def _paint_tail(self, painter: QPainter, sheet: QRectF, stroke: Stroke) -> None:
        painter.save()
        painter.setClipRect(sheet)
        painter.translate(sheet.topLeft())
        painter.scale(sheet.width() / UNIT, sheet.width() / UNIT)
        self._paint_line(painter, stroke.points[-2:].tolist())
        painter.restore()

    def _tail_rect(self) -> QRectF:
        """Return the part of the widget that the newest point may have changed."""
        assert self._stroke is not None
        sheet = self._sheet()
        tail = self._stroke.points[-4:, :2] * (sheet.width() / UNIT)
        (left, top), (right, bottom) = tail.min(axis=0).tolist(), tail.max(axis=0).tolist()
        reach = self._pen_width * sheet.width() / 2 + 2
        box = QRectF(QPointF(left, top), QPointF(right, bottom)).translated(sheet.topLeft())
        return box.adjusted(-reach, -reach, reach, reach)

    def _picture_rect(self) -> QRectF:
        assert self._content.picture is not None
        return _fit_rect(self._content.picture.size(), self._sheet())

    def _paint_frame(self, painter: QPainter, sheet: QRectF) -> None:
        """Round the sheet's corners off and draw its edge."""
        colours = theme.colours()
        corners = QPainterPath()
        corners.addRect(sheet.adjusted(-1, -1, 1, 1))
        rounded = QPainterPath()
        rounded.addRoundedRect(sheet.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.fillPath(corners.subtracted(rounded), self.palette().window())
        is_marked = self._is_drop_target or self._shows_focus
        painter.setPen(QPen(colours.accent if is_marked else colours.line, 2 if self._is_drop_target else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(rounded)

    def _paint_hint(self, painter: QPainter, sheet: QRectF) -> None:
        title_font = theme.scaled_font(self.font(), 1.5, QFont.Weight.Medium)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        room = sheet.adjusted(theme.MARGIN, 0, -theme.MARGIN, 0)
        middle = sheet.center().y()
        painter.setFont(title_font)
        painter.setPen(theme.colours().text)
        upper = QRectF(room.x(), sheet.y(), room.width(), middle - sheet.y())
        painter.drawText(upper, centre | Qt.AlignmentFlag.AlignBottom, self.tr("Draw a digit here"))
        painter.setFont(self.font())
        painter.setPen(theme.colours().muted)
        lower = QRectF(room.x(), middle + theme.SPACING, room.width(), sheet.bottom() - middle - theme.SPACING)
        text = self.tr("with the mouse, a finger or a pen,\nor drop a picture")
        painter.drawText(lower, centre | Qt.AlignmentFlag.AlignTop, text)

    def _update_cursor(self, position: QPointF) -> None:
        if not self._sheet().contains(position):
            self.unsetCursor()
        elif self._tool is Tool.PEN:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(_eraser_cursor(self._sheet().width() * _ERASER_RADIUS, theme.colours().ink))


def _is_stylus(event: QMouseEvent) -> bool:
    """Return whether a mouse event is the echo of a tablet event."""
    return event.pointingDevice().type() in (QInputDevice.DeviceType.Stylus, QInputDevice.DeviceType.Airbrush)


def _middle(a: Sequence[float], b: Sequence[float]) -> QPointF:
    return QPointF((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _fit_rect(size: QSize, room: QRectF) -> QRectF:
    """Return the largest rectangle of a shape that fits into a room, in its middle."""
    scale = min(room.width() / max(1, size.width()), room.height() / max(1, size.height()))
    fitted = QRectF(0, 0, size.width() * scale, size.height() * scale)
    fitted.moveCenter(room.center())
    return fitted


def _shrunk(picture: QImage, side: int) -> QImage:
    """Return a picture no larger than the sheet: a painter's smooth transform skips pixels, ``scaled`` does not."""
    if max(picture.width(), picture.height()) <= side:
        return picture
    return picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _fitted(strokes: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Bring strokes of any units to the middle of the canvas; a dot stays a dot."""
    if not strokes:
        return []
    places = np.concatenate([stroke[:, :2] for stroke in strokes])
    low, high = places.min(axis=0), places.max(axis=0)
    extent = float((high - low).max())
    scale = _FITTED * UNIT / extent if extent > 0 else 1.0
    move = UNIT / 2 - (low + high) / 2 * scale
    return [np.column_stack([stroke[:, :2] * scale + move, stroke[:, 2]]).astype(np.float32) for stroke in strokes]


def picture_in(data: QMimeData) -> QImage | Path | None:
    """Return the local file or the picture that is dropped or pasted; of several files the first."""
    for url in data.urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    picture = data.imageData() if data.hasImage() else None
    return picture if isinstance(picture, QImage) and not picture.isNull() else None


def _eraser_cursor(radius: float, ink: QColor) -> QCursor:
    """Return a ring as large as the eraser."""
    side = 2 * max(4, round(radius)) + 3
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.2))
    painter.drawEllipse(QRectF(1, 1, side - 2, side - 2))
    painter.end()
    return QCursor(pixmap)
