"""A sheet for pen input: the events of a mouse, a finger or a stylus become one gesture at a time.

A stylus comes with a hand that rests on the screen. The touches of that hand, before and between the strokes, are not
meant: see ``PenInput``.
"""

import math
from enum import Enum, auto
from time import monotonic

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

PALM_S = 0.5
"""Touches are taken for the writing hand's if they end less than this time before a stylus comes near, or begin less
than this time after its last event: some systems end the touches of a palm as soon as the stylus is near, and a
stylus in the hand is never still."""


class _Source(Enum):
    """The device of a gesture. Until the gesture ends, the other devices are ignored, so that no point comes twice."""

    MOUSE = auto()
    TOUCH = auto()
    STYLUS = auto()


class PenInput(Sheet):
    """Calls ``_pen_…`` methods, which a subclass implements.

    Each ``_pen_down`` is followed by one ``_pen_up`` or ``_pen_cancelled``, even if the release event is lost.
    Positions are the widget's, with fractions; after ``_pen_down`` they may be outside the sheet.

    A stylus has priority over touch: when it comes near, the gesture of a touch is cancelled, and those that ended a
    moment before are taken back. Touches that begin while the stylus is near are ignored until they end.
    """

    penLifted = Signal()
    """A gesture of the pen or the eraser ended or was cancelled; the signals for its effect came before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: _Source | None = None  # of the gesture in progress
        self._finger = -1  # the id of the touch point that draws
        self._touches_ended: list[float] = []  # when, of the last gestures, if they all were of touches
        self._stylus_at = -math.inf  # when the stylus sent its last event
        self._tip = _Tip()
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)
        self.setTabletTracking(True)  # otherwise Qt withholds tablet moves without buttons

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

    def _pen_taken_back(self, count: int) -> None:
        """Remove the last ``count`` completed gestures, as if they had never been."""

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
        if source is not _Source.TOUCH:
            self._touches_ended.clear()
        self._pen_down(position, pressure, erase=erase)
        return True

    def _end_gesture(self) -> None:
        """Complete the gesture; without one, do nothing."""
        if self._source is not None:
            if self._source is _Source.TOUCH:
                self._touches_ended.append(monotonic())
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
        """Draw with the tip of a stylus, or erase with its eraser end; its side buttons do nothing.

        Always accepted: Qt sends an ignored tablet event again as a mouse event, and each point would come twice.
        """
        event.accept()
        self._take_touches_back()
        self._stylus_at = monotonic()
        pressure = event.pressure() if _has_pressure(event) else 1.0
        is_press = event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton
        if is_press and not self._continues(event):
            if self._source is _Source.STYLUS:
                self._end_gesture()  # its release was lost
            self._tip.press(event)
            is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self._begin(_Source.STYLUS, event.position(), pressure, erase=is_eraser)
        elif self._source is not _Source.STYLUS:
            self._pen_hovered(event.position())
        elif not self._tip.is_down(event):
            self._end_gesture()  # the release is no sample: its pressure is 0, and the tip is already up
        elif event.type() == QEvent.Type.TabletMove:
            self._pen_moved(event.position(), pressure)

    def _continues(self, event: QTabletEvent) -> bool:
        """Return whether a press is only that of a side button, which Windows reports instead of the tip's."""
        buttons, none = event.buttons(), Qt.MouseButton.NoButton
        return self._source is _Source.STYLUS and buttons != none and not buttons & Qt.MouseButton.LeftButton

    def _take_touches_back(self) -> None:
        """Undo what the writing hand has drawn: a stylus is near."""
        if self._source is _Source.TOUCH:
            self._cancel_gesture()
        since = monotonic() - PALM_S
        count = sum(ended >= since for ended in self._touches_ended)
        self._touches_ended.clear()
        if count:
            self._pen_taken_back(count)

    def _touch(self, event: QTouchEvent) -> None:
        """Draw with the first finger; ignore the others, and those of a hand that holds a stylus."""
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            if self._source is _Source.TOUCH:
                self._cancel_gesture()
            return
        for point in event.points():
            state = point.state()
            if state == QEventPoint.State.Pressed and self._source is None:
                if monotonic() - self._stylus_at >= PALM_S and self._begin(_Source.TOUCH, point.position()):
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


class _Tip:
    """Whether the tip of a stylus touches, between its press and its release.

    A move after a lost release must not draw. But some drivers name no button in moves, and some name the side button
    instead of the tip. So a tip is up if its pressure, which was above 0, is 0 again. If there was no pressure, it is
    up if a move without a button comes from a device that has named it in others.
    """

    def __init__(self) -> None:
        self._has_pressed = False  # a pressure above 0 since the press
        self._naming: set[int] = set()  # devices that name the button in moves

    def press(self, event: QTabletEvent) -> None:
        """Begin with a press."""
        self._has_pressed = _has_pressure(event) and event.pressure() > 0

    def is_down(self, event: QTabletEvent) -> bool:
        """Return whether the tip touches still, according to the next event of the stylus."""
        kind, buttons, device = event.type(), event.buttons(), event.pointingDevice().systemId()
        if buttons & Qt.MouseButton.LeftButton:
            if kind == QEvent.Type.TabletMove:
                self._naming.add(device)
            self._has_pressed |= _has_pressure(event) and event.pressure() > 0
            return True
        if kind == QEvent.Type.TabletRelease and event.button() == Qt.MouseButton.LeftButton:
            return False
        if _has_pressure(event) and (self._has_pressed or event.pressure() > 0):
            self._has_pressed = True
            return event.pressure() > 0
        return buttons != Qt.MouseButton.NoButton or device not in self._naming


def _has_pressure(event: QTabletEvent) -> bool:
    return event.pointingDevice().hasCapability(QInputDevice.Capability.Pressure)


def _is_stylus(event: QMouseEvent) -> bool:
    """Return whether Qt made a mouse event from a tablet event."""
    return event.pointingDevice().type() in (QInputDevice.DeviceType.Stylus, QInputDevice.DeviceType.Airbrush)
