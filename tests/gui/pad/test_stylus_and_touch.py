"""A stylus beside fingers and a resting hand, and the styluses of different tablets, under real events."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.preprocessing.ink import Drawing
from gui.pad import pen_input
from gui.pad.pad import Pad, Tool

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
T_PRESS, T_MOVE, T_RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
POSITION, PRESSURE = QInputDevice.Capability.Position, QInputDevice.Capability.Pressure
PALM = (320, 360)


class Clock:
    """The clock of the pad: it stands still until a test moves it."""

    def __init__(self):
        self.s = 1000.0

    def __call__(self):
        return self.s


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pen_input, "monotonic", clock)
    return clock


@pytest.fixture
def pad(show_widget, clock):
    return show_widget(Pad(), 400, 400)


@pytest.fixture(scope="module")
def screen():
    return QTest.createTouchDevice()


def stylus(capabilities=POSITION | PRESSURE, number=7):
    kind, device = QPointingDevice.PointerType.Pen, QInputDevice.DeviceType.Stylus
    return QPointingDevice("stylus", number, device, kind, capabilities, 1, 3, "", QPointingDeviceUniqueId())


def send(pad, device, kind, at, pressure, button=NONE, buttons=NONE):
    position = QPointF(*at)
    where, plain = QPointF(pad.mapToGlobal(position)), Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(kind, device, position, where, pressure, 0, 0, 0, 0, 0, plain, button, buttons)
    QApplication.sendEvent(pad, event)
    assert event.isAccepted()


def hover(pad, at=(50, 50), device=None):
    send(pad, device or stylus(), T_MOVE, at, 0.0)


def write(pad, *positions, device=None):
    """Draw one stroke with a stylus."""
    device = device or stylus()
    send(pad, device, T_PRESS, positions[0], 0.5, LEFT, LEFT)
    for position in positions[1:]:
        send(pad, device, T_MOVE, position, 0.5, NONE, LEFT)
    send(pad, device, T_RELEASE, positions[-1], 0.0, LEFT, NONE)


class Hand:
    """The touches of one hand, by their numbers."""

    def __init__(self, pad, screen):
        self.pad, self.screen = pad, screen

    def _send(self, what, at, number, others):
        event = QTest.touchEvent(self.pad, self.screen)
        for other in others:
            event.stationary(other)
        getattr(event, what)(number, QPoint(*at), self.pad).commit()

    def press(self, at=PALM, number=0, others=()):
        self._send("press", at, number, others)

    def move(self, at, number=0, others=()):
        self._send("move", at, number, others)

    def release(self, at=PALM, number=0, others=()):
        self._send("release", at, number, others)

    def tap(self, at=PALM, number=0):
        self.press(at, number)
        self.release(at, number)


@pytest.fixture
def hand(pad, screen):
    yield Hand(pad, screen)
    QApplication.sendEvent(pad, QTouchEvent(QEvent.Type.TouchCancel, screen))


def xs(pad):
    """The x coordinates of the strokes, in pixels."""
    return [(stroke[:, 0] / 2.5).round(1).tolist() for stroke in pad.drawing().strokes]


# -- a resting hand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arrives", [hover, lambda pad: write(pad, (50, 50), (60, 90))], ids=["near", "pressed"])
@pytest.mark.parametrize("moves", [0, 5])
def test_the_mark_of_a_palm_goes_when_a_stylus_comes(pad, hand, arrives, moves):
    hand.press()
    for i in range(moves):
        hand.move((320 + i, 360 - i))
    assert len(pad.drawing().strokes) == 1
    arrives(pad)
    hand.move((300, 300))
    hand.release((300, 300))
    assert all(stroke[0, 0] < 200 for stroke in pad.drawing().strokes)
    while pad.can_undo():
        pad.undo()
        assert pad.is_blank()


def test_a_stylus_draws_while_the_palm_rests_and_undo_knows_its_strokes_alone(pad, hand):
    hand.press()
    write(pad, (50, 50), (60, 90))
    hand.move((322, 361))
    write(pad, (100, 50), (110, 90))
    hand.release((322, 361))
    assert xs(pad) == [[50, 60], [100, 110]]
    pad.undo()
    assert xs(pad) == [[50, 60]]
    pad.undo()
    assert pad.is_blank()
    assert not pad.can_undo()


@pytest.mark.parametrize("taps", [1, 3])
def test_touches_that_the_system_ends_as_the_stylus_comes_go_too(pad, hand, clock, taps):
    pad.set_drawing(Drawing.from_points([[(100, 100), (900, 900)]]))
    pad.clear()
    pad.undo()
    for _ in range(taps):
        hand.tap()
        clock.s += 0.1
    assert len(pad.drawing().strokes) == 1 + taps
    assert not pad.can_redo()
    hover(pad)
    assert len(pad.drawing().strokes) == 1
    assert pad.can_redo()
    pad.redo()
    assert pad.is_blank()
    pad.undo()
    pad.undo()
    assert not pad.can_undo()


def test_a_digit_drawn_with_a_finger_before_stays(pad, hand, clock):
    hand.tap((100, 100))
    clock.s += pen_input.PALM_S + 0.1
    hand.tap()
    hover(pad)
    assert xs(pad) == [[100]]
    hover(pad)
    assert xs(pad) == [[100]]


def test_only_touches_are_taken_back(pad, hand):
    hand.tap((100, 100))
    QTest.mouseClick(pad, LEFT, pos=QPoint(200, 200))
    hover(pad)
    assert xs(pad) == [[100], [200]]


@pytest.mark.parametrize("act", [Pad.clear, Pad.undo, lambda pad: pad.set_drawing(Drawing.from_points([[(1, 1)]]))])
def test_what_happened_after_a_touch_stays(pad, hand, act):
    hand.tap((100, 100))
    act(pad)
    before = pad.drawing().n_points
    hover(pad)
    assert pad.drawing().n_points == before


def test_a_palm_that_comes_after_the_stylus_draws_nothing(pad, hand, clock):
    hover(pad)
    hand.press()
    hand.move((330, 350))
    write(pad, (50, 50), (60, 90))
    clock.s += 60  # the palm rests for long: it stays a palm
    hand.move((340, 340))
    hand.release((340, 340))
    assert xs(pad) == [[50, 60]]
    hand.tap((200, 200))  # the stylus lies on the table
    assert xs(pad) == [[50, 60], [200]]


def test_a_palm_during_a_stroke_of_the_stylus_changes_nothing(pad, hand):
    device = stylus()
    send(pad, device, T_PRESS, (50, 50), 0.5, LEFT, LEFT)
    hand.press()
    send(pad, device, T_MOVE, (60, 60), 0.5, NONE, LEFT)
    hand.release()
    send(pad, device, T_RELEASE, (60, 60), 0.0, LEFT, NONE)
    assert xs(pad) == [[50, 60]]


def test_a_palm_that_replaced_a_picture_or_erased_gives_it_back(pad, hand):
    picture = QImage(28, 28, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    pad.show_picture(picture)
    hand.press()
    assert pad.picture() is None
    hover(pad)
    assert pad.picture() == picture
    hand.release()
    pad.set_drawing(Drawing.from_points([[(800, 900)]]))
    pad.set_tool(Tool.ERASER)
    pen_input.monotonic.s += 1
    hand.press()
    assert pad.is_blank()
    hover(pad)
    assert len(pad.drawing().strokes) == 1


def test_what_a_stylus_takes_back_is_told(pad, hand):
    hand.tap()
    told = []
    pad.changed.connect(lambda: told.append("changed"))
    pad.historyChanged.connect(lambda: told.append("history"))
    hover(pad)
    hover(pad)
    assert told == ["history", "changed"]


def test_of_two_fingers_the_first_draws(pad, hand):
    hand.press((100, 100))
    hand.press((300, 300), 1, others=[0])
    hand.move((310, 310), 1, others=[0])
    hand.release((100, 100), 0, others=[1])
    hand.move((320, 310), 1)
    hand.release((320, 310), 1)
    assert xs(pad) == [[100]]
    hand.press((200, 100))
    hand.release((200, 100))
    assert xs(pad) == [[100], [200]]


# -- styluses of different tablets --------------------------------------------------------------------------------


def test_a_pen_without_pressure_draws_at_full_width(pad):
    device = stylus(POSITION)
    send(pad, device, T_PRESS, (50, 50), 0.0, LEFT, LEFT)
    send(pad, device, T_MOVE, (60, 60), 0.0, NONE, LEFT)
    send(pad, device, T_RELEASE, (60, 60), 0.0, LEFT, NONE)
    (stroke,) = pad.drawing().strokes
    assert stroke[:, 2].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("capabilities", "pressure"), [(POSITION | PRESSURE, 0.4), (POSITION | PRESSURE, 0.0), (POSITION, 0.0)]
)
def test_moves_that_name_no_button_draw_until_the_release(pad, capabilities, pressure):
    device = stylus(capabilities)
    for left in (50, 250):
        send(pad, device, T_PRESS, (left, 50), pressure, LEFT, LEFT)
        for x in (10, 20, 30):
            send(pad, device, T_MOVE, (left + x, 60), pressure)
        send(pad, device, T_RELEASE, (left + 30, 60), 0.0, LEFT, NONE)
        send(pad, device, T_MOVE, (left + 90, 90), 0.0)
    assert xs(pad) == [[50, 60, 70, 80], [250, 260, 270, 280]]


def test_a_tip_without_pressure_any_more_is_up_although_its_release_was_lost(pad):
    device = stylus()
    send(pad, device, T_PRESS, (50, 50), 0.4, LEFT, LEFT)
    send(pad, device, T_MOVE, (60, 60), 0.4)
    send(pad, device, T_MOVE, (90, 90), 0.0)
    assert not pad.is_pen_down()
    assert xs(pad) == [[50, 60]]


def test_a_pen_without_pressure_that_names_the_button_is_up_when_it_does_not(pad):
    device, other = stylus(POSITION), stylus(POSITION, number=8)
    send(pad, device, T_PRESS, (50, 50), 0.0, LEFT, LEFT)
    send(pad, device, T_MOVE, (60, 60), 0.0, NONE, LEFT)
    send(pad, device, T_MOVE, (90, 90), 0.0)
    assert not pad.is_pen_down()
    send(pad, device, T_PRESS, (150, 50), 0.0, LEFT, LEFT)
    send(pad, device, T_MOVE, (190, 90), 0.0)
    assert not pad.is_pen_down()
    send(pad, other, T_PRESS, (250, 50), 0.0, LEFT, LEFT)
    send(pad, other, T_MOVE, (260, 60), 0.0)
    assert pad.is_pen_down()
    assert xs(pad) == [[50, 60], [150], [250, 260]]


def test_a_mouse_that_names_no_button_has_lost_its_release(pad):
    plain = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(pad, LEFT, pos=QPoint(100, 100))
    position = QPointF(150, 150)
    where = QPointF(pad.mapToGlobal(position))
    QApplication.sendEvent(pad, QMouseEvent(QEvent.Type.MouseMove, position, where, NONE, NONE, plain))
    assert not pad.is_pen_down()
    assert xs(pad) == [[100]]


@pytest.mark.parametrize("device", [stylus(), stylus(POSITION)], ids=["pressure", "no pressure"])
def test_a_side_button_alone_does_not_draw(pad, device):
    send(pad, device, T_PRESS, (100, 100), 0.5, RIGHT, RIGHT)
    send(pad, device, T_MOVE, (120, 100), 0.5, NONE, RIGHT)
    send(pad, device, T_RELEASE, (120, 100), 0.0, RIGHT, NONE)
    assert pad.is_blank()
    assert not pad.can_undo()


BOTH = LEFT | RIGHT
SIDE_BUTTON = {
    "named beside the tip": (
        (T_PRESS, 60, RIGHT, BOTH), (T_MOVE, 70, NONE, BOTH), (T_RELEASE, 70, RIGHT, LEFT), (T_MOVE, 80, NONE, LEFT)
    ),
    "named instead of the tip": (
        (T_PRESS, 60, LEFT, RIGHT), (T_MOVE, 70, NONE, RIGHT), (T_RELEASE, 70, LEFT, LEFT), (T_MOVE, 80, NONE, LEFT)
    ),
    "without the tip": (
        (T_PRESS, 60, RIGHT, RIGHT), (T_MOVE, 70, NONE, RIGHT), (T_RELEASE, 70, RIGHT, NONE), (T_MOVE, 80, NONE, NONE)
    ),
}  # fmt: skip


@pytest.mark.parametrize("events", SIDE_BUTTON.values(), ids=SIDE_BUTTON)
def test_a_side_button_during_a_stroke_changes_nothing(pad, events):
    device = stylus()
    send(pad, device, T_PRESS, (50, 50), 0.5, LEFT, LEFT)
    for kind, x, button, buttons in events:
        send(pad, device, kind, (x, 50), 0.5, button, buttons)
    assert pad.is_pen_down()
    send(pad, device, T_RELEASE, (80, 50), 0.0, LEFT, NONE)
    assert not pad.is_pen_down()
    (points,) = xs(pad)
    np.testing.assert_allclose(points, [50, 70, 80])


def test_a_tip_that_rises_with_the_side_button_down_ends_the_stroke(pad):
    device = stylus()
    send(pad, device, T_PRESS, (50, 50), 0.5, LEFT, LEFT)
    send(pad, device, T_PRESS, (60, 50), 0.5, LEFT, RIGHT)
    send(pad, device, T_RELEASE, (60, 50), 0.0, RIGHT, NONE)
    assert not pad.is_pen_down()
    assert len(pad.drawing().strokes) == 1
