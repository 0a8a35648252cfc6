"""A sheet for pens: a mouse, a finger or a stylus, whose events become one gesture at a time."""

from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QEventPoint,
    QFocusEvent,
    QHideEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from gui.pad.sheet import Sheet


class _Source(Enum):
    """Where a gesture comes from; until it ends, the others are not listened to, so that no point comes twice."""

    MOUSE = auto()
    TOUCH = auto()
    STYLUS = auto()


class PenInput(Sheet):
    """Says what the pen does in methods for a subclass, ``_pen_…``.

    Each ``_pen_down`` is followed by one ``_pen_up`` or ``_pen_cancelled``, also where the release is lost. Positions
    are the widget's, with fractions; they may leave the sheet on the way.
    """

    penLifted = Signal()
    """A gesture, of pen or eraser, has ended or was called off; its effect has been told before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: _Source | None = None  # of the gesture in progress
        self._finger = -1  # the touch point that draws
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)

    # -- what a subclass makes of it ----------------------------------------------------------------------------

    def _pen_down(self, position: QPointF, pressure: float, *, erase: bool) -> None:
        """Begin a gesture on the sheet; ``erase`` where the stylus is held by its other end."""
        raise NotImplementedError

    def _pen_moved(self, position: QPointF, pressure: float = 1.0) -> None:
        """Go on with the gesture."""
        raise NotImplementedError

    def _pen_up(self) -> None:
        """Keep what the gesture did."""
        raise NotImplementedError

    def _pen_cancelled(self) -> None:
        """Take back what the gesture did."""
        raise NotImplementedError

    def _pen_hovered(self, position: QPointF) -> None:
        """Follow a pen that is not down."""

    # -- one gesture --------------------------------------------------------------------------------------------

    def is_pen_down(self) -> bool:
        """Return whether a gesture is under way."""
        return self._source is not None

    def _begin(self, source: _Source, position: QPointF, pressure: float = 1.0, *, erase: bool = False) -> bool:
        """Begin a gesture; return False where another one is under way or the press is off the sheet."""
        if self._source is not None or not self._sheet().contains(position):
            return False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._source = source
        self._pen_down(position, pressure, erase=erase)
        return True

    def _end_gesture(self) -> None:
        """Lift the pen; without a gesture, do nothing."""
        if self._source is not None:
            self._source = None
            self._pen_up()
            self.penLifted.emit()

    def _cancel_gesture(self) -> None:
        """Call the gesture off; without one, do nothing."""
        if self._source is not None:
            self._source = None
            self._pen_cancelled()
            self.penLifted.emit()

    # -- mouse, stylus, finger ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the left button; a second button neither draws nor disturbs."""
        is_ours = event.button() == Qt.MouseButton.LeftButton and not _is_stylus(event)
        if not is_ours or not self._begin(_Source.MOUSE, event.position()):
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on; a move without the button means that its release was lost."""
        if self._source is None:
            self._pen_hovered(event.position())
        elif self._source is _Source.MOUSE:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self._pen_moved(event.position())
            else:
                self._end_gesture()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke where the button was let go."""
        if self._source is _Source.MOUSE and event.button() == Qt.MouseButton.LeftButton:
            self._pen_moved(event.position())
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
            self._pen_hovered(event.position())
        elif kind == QEvent.Type.TabletMove and event.buttons() & Qt.MouseButton.LeftButton:
            self._pen_moved(event.position(), pressure)
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
                    self._pen_moved(point.position())
                elif state == QEventPoint.State.Released:
                    self._pen_moved(point.position())
                    self._end_gesture()

    # -- ends that are no release -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Hand on touches; end the gesture where the window is lost in the middle of it; follow the screen's scale."""
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

    def hideEvent(self, event: QHideEvent) -> None:
        """End the gesture: nobody sees it."""
        self._end_gesture()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """End the gesture of a sheet that is switched off."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._end_gesture()


def _is_stylus(event: QMouseEvent) -> bool:
    """Return whether a mouse event is the echo of a tablet event."""
    return event.pointingDevice().type() in (QInputDevice.DeviceType.Stylus, QInputDevice.DeviceType.Airbrush)
