"""A sheet for pen input: the events of a mouse, a finger or a stylus become one gesture at a time."""

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
    """The device of a gesture. Until the gesture ends, the other devices are ignored, so that no point comes twice."""

    MOUSE = auto()
    TOUCH = auto()
    STYLUS = auto()


class PenInput(Sheet):
    """Calls ``_pen_…`` methods, which a subclass implements.

    Each ``_pen_down`` is followed by one ``_pen_up`` or ``_pen_cancelled``, even if the release event is lost.
    Positions are the widget's, with fractions; after ``_pen_down`` they may be outside the sheet.
    """

    penLifted = Signal()
    """A gesture of the pen or the eraser ended or was cancelled; the signals for its effect came before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: _Source | None = None  # of the gesture in progress
        self._finger = -1  # the id of the touch point that draws
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)

    # -- for subclasses -----------------------------------------------------------------------------------------

    def _pen_down(self, position: QPointF, pressure: float, *, erase: bool) -> None:
        """Begin a gesture on the sheet; ``erase`` if the stylus uses its eraser end."""
        raise NotImplementedError

    def _pen_moved(self, position: QPointF, pressure: float = 1.0) -> None:
        """Continue the gesture."""
        raise NotImplementedError

    def _pen_up(self) -> None:
        """Complete the gesture."""
        raise NotImplementedError

    def _pen_cancelled(self) -> None:
        """Revert the gesture."""
        raise NotImplementedError

    def _pen_hovered(self, position: QPointF) -> None:
        """React to the movement of a pen that is not down."""

    # -- one gesture --------------------------------------------------------------------------------------------

    def is_pen_down(self) -> bool:
        """Return whether a gesture is in progress."""
        return self._source is not None

    def _begin(self, source: _Source, position: QPointF, pressure: float = 1.0, *, erase: bool = False) -> bool:
        """Begin a gesture; return False if another is in progress or the press is outside the sheet."""
        if self._source is not None or not self.sheet_rect().contains(position):
            return False
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._source = source
        self._pen_down(position, pressure, erase=erase)
        return True

    def _end_gesture(self) -> None:
        """Complete the gesture; without one, do nothing."""
        if self._source is not None:
            self._source = None
            self._pen_up()
            self.penLifted.emit()

    def _cancel_gesture(self) -> None:
        """Cancel the gesture; without one, do nothing."""
        if self._source is not None:
            self._source = None
            self._pen_cancelled()
            self.penLifted.emit()

    # -- mouse, stylus, finger ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the left button; other buttons are ignored."""
        is_ours = event.button() == Qt.MouseButton.LeftButton and not _is_stylus(event)
        if not is_ours or not self._begin(_Source.MOUSE, event.position()):
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue the gesture; a move without the button means that its release was lost."""
        if self._source is None:
            self._pen_hovered(event.position())
        elif self._source is _Source.MOUSE:
            if event.buttons() & Qt.MouseButton.LeftButton:
                self._pen_moved(event.position())
            else:
                self._end_gesture()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture at the position of the release."""
        if self._source is _Source.MOUSE and event.button() == Qt.MouseButton.LeftButton:
            self._pen_moved(event.position())
            self._end_gesture()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a stylus, or erase with its eraser end.

        Always accepted: Qt sends an ignored tablet event again as a mouse event, and each point would come twice.
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
            self._end_gesture()  # the release is no sample: its pressure is 0, and the tip is already up

    def _touch(self, event: QTouchEvent) -> None:
        """Draw with the first finger; ignore the others."""
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

    # -- ends without a release ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Handle touches; end the gesture if the window is deactivated or blocked; repaint at another screen scale."""
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
        """Cancel the gesture with Esc."""
        if event.key() == Qt.Key.Key_Escape and self._source is not None:
            self._cancel_gesture()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End the gesture: another widget may get its release."""
        self._end_gesture()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """End the gesture: the sheet is no longer visible."""
        self._end_gesture()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """End the gesture when the sheet is disabled."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._end_gesture()


def _is_stylus(event: QMouseEvent) -> bool:
    """Return whether Qt made a mouse event from a tablet event."""
    return event.pointingDevice().type() in (QInputDevice.DeviceType.Stylus, QInputDevice.DeviceType.Airbrush)
