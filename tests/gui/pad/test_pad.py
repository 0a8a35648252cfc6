"""The drawing pad under real mouse, tablet and touch events."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl, qVersion
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.preprocessing.ink import Drawing
from gui.pad.pad import HISTORY_STEPS, PEN_WIDTHS, UNIT, Pad, Tool
from gui.style import theme

SIDE = 400
QT_VERSION = tuple(int(part) for part in qVersion().split(".")[:2])
LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
T_PRESS, T_MOVE, T_RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease


@pytest.fixture
def pad(show_widget):
    return show_widget(Pad(), SIDE, SIDE)


class Count:
    """Counts the emissions of a signal."""

    def __init__(self, signal):
        self.n = 0
        signal.connect(self.add)

    def add(self, *_):
        self.n += 1


def stylus(kind=QPointingDevice.PointerType.Pen):
    capabilities = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    device = QInputDevice.DeviceType.Stylus
    return QPointingDevice("stylus", 7, device, kind, capabilities, 1, 3, "", QPointingDeviceUniqueId())


def mouse(pad, kind, at, button=LEFT, *, buttons=None, device=None):
    held = button if kind == PRESS else NONE
    if kind == MOVE:
        held, button = button, NONE
    position = QPointF(*at)
    arguments = [kind, position, QPointF(pad.mapToGlobal(position)), button, buttons if buttons is not None else held]
    event = QMouseEvent(*arguments, Qt.KeyboardModifier.NoModifier, *([device] if device else []))
    QApplication.sendEvent(pad, event)
    return event


def tablet(pad, device, kind, at, pressure, button=LEFT):
    """Send a tablet event and, if it is not accepted, the mouse event that Qt makes from it."""
    held = NONE if kind == T_RELEASE else button
    changed = NONE if kind == T_MOVE else button
    position, where = QPointF(*at), QPointF(pad.mapToGlobal(QPointF(*at)))
    modifiers = Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(kind, device, position, where, pressure, 0, 0, 0, 0, 0, modifiers, changed, held)
    event.ignore()
    QApplication.sendEvent(pad, event)
    if not event.isAccepted():
        echo = {T_PRESS: PRESS, T_MOVE: MOVE, T_RELEASE: RELEASE}[kind]
        mouse(pad, echo, at, button, device=device)
    return event


def draw(pad, *positions):
    mouse(pad, PRESS, positions[0])
    for position in positions[1:]:
        mouse(pad, MOVE, position)
    mouse(pad, RELEASE, positions[-1])


def pixels(pad):
    """The grey levels on the pad (H, W)."""
    image = pad.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(int)


def is_ink(pad, x, y):
    return bool(pixels(pad)[round(y), round(x)] < 128)


def press_key(pad, key):
    QApplication.sendEvent(pad, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


# -- strokes of the mouse -----------------------------------------------------------------------------------------


def test_a_new_pad_is_blank(pad):
    assert pad.is_blank()
    assert not pad.drawing()
    assert pad.picture() is None
    assert not pad.can_undo()
    assert not pad.can_redo()


def test_a_drag_gives_sub_pixel_points_in_canvas_units_one_a_sample(pad):
    changed, lifted = Count(pad.changed), Count(pad.penLifted)
    positions = [(100.25, 80.5), (101.75, 90.0), (120.0, 200.125)]
    draw(pad, *positions)
    (stroke,) = pad.drawing().strokes
    expected = np.column_stack([np.array(positions) * UNIT / SIDE, np.ones(3)])
    np.testing.assert_allclose(stroke, expected, rtol=1e-6)
    assert stroke.dtype == np.float32
    assert (changed.n, lifted.n) == (3, 1)


def test_the_stroke_in_progress_is_part_of_the_drawing_and_earlier_drawings_do_not_change(pad):
    draw(pad, (50, 50), (60, 60))
    mouse(pad, PRESS, (100, 100))
    for i in range(200):
        mouse(pad, MOVE, (100 + i, 100))
    early = pad.drawing()
    copy = early.strokes[1].copy()
    for i in range(200):
        mouse(pad, MOVE, (300, 100 + i))
    assert len(early.strokes[1]) == 200
    np.testing.assert_array_equal(early.strokes[1], copy)
    assert len(pad.drawing().strokes[1]) == 400


def test_finished_strokes_are_not_copied_for_each_sample(pad):
    draw(pad, (50, 50), (60, 60))
    mouse(pad, PRESS, (100, 100))
    assert np.shares_memory(pad.drawing().strokes[0], pad.drawing().strokes[0])


def test_a_press_without_a_move_is_a_dot(pad):
    draw(pad, (200, 100))
    (stroke,) = pad.drawing().strokes
    assert len(stroke) == 1
    assert is_ink(pad, 200, 100)
    assert not is_ink(pad, 200, 130)


@pytest.mark.parametrize("button", [RIGHT, Qt.MouseButton.MiddleButton])
def test_other_buttons_do_not_draw(pad, button):
    event = mouse(pad, PRESS, (200, 200), button)
    mouse(pad, MOVE, (250, 200), button)
    mouse(pad, RELEASE, (250, 200), button)
    assert pad.is_blank()
    assert not event.isAccepted()


def test_another_button_during_a_stroke_is_ignored(pad):
    mouse(pad, PRESS, (100, 100))
    mouse(pad, PRESS, (110, 100), RIGHT, buttons=LEFT | RIGHT)
    mouse(pad, RELEASE, (110, 100), RIGHT, buttons=LEFT)
    mouse(pad, MOVE, (120, 100))
    mouse(pad, RELEASE, (120, 100))
    (stroke,) = pad.drawing().strokes
    assert len(stroke) == 2


def test_outside_the_sheet_nothing_is_drawn(pad):
    pad.resize(SIDE + 200, SIDE)
    draw(pad, (40, 200), (60, 200))
    assert pad.is_blank()
    draw(pad, (300, 200), (310, 200))  # the sheet lies in the middle
    assert pad.drawing().strokes[0][0, :2].tolist() == [500, 500]


def test_a_stroke_that_leaves_the_sheet_continues_along_its_edge(pad):
    draw(pad, (200, 200), (900, 240), (200, -50), (200, 100))
    np.testing.assert_allclose(pad.drawing().strokes[0][:, :2], [[500, 500], [1000, 600], [500, 0], [500, 250]])


def test_a_fast_stroke_has_no_gaps(pad):
    mouse(pad, PRESS, (40, 40))
    pad.grab()
    mouse(pad, MOVE, (360, 200))
    pad.grab()
    mouse(pad, MOVE, (40, 360))
    in_progress = pixels(pad)
    mouse(pad, RELEASE, (40, 360))
    finished = pixels(pad)
    for image in (in_progress, finished):
        for share in np.linspace(0, 0.45, 40):  # the corner itself is rounded
            assert image[round(40 + share * 160), round(40 + share * 320)] < 128
            assert image[round(360 - share * 160), round(40 + share * 320)] < 128


def test_a_stroke_painted_in_segments_looks_like_one_painted_at_once(pad, qtbot):
    positions = [(200 + 120 * np.cos(a), 200 + 120 * np.sin(a)) for a in np.linspace(0, 5, 60)]
    mouse(pad, PRESS, positions[0])
    for position in positions[1:]:
        mouse(pad, MOVE, position)
        pad.grab()
    in_progress = pixels(pad)
    mouse(pad, RELEASE, positions[-1])
    other = Pad()
    qtbot.addWidget(other)
    other.resize(SIDE, SIDE)
    other.set_drawing(pad.drawing())
    np.testing.assert_array_equal(pixels(pad), pixels(other))
    # In progress the edges are somewhat fatter: segments painted one by one overlap there.
    assert np.abs(in_progress - pixels(pad)).mean() < 1
    assert ((in_progress < 128) ^ (pixels(pad) < 128)).mean() < 0.005


def test_after_each_sample_the_screen_shows_what_a_full_repaint_would(pad):
    def on_screen():
        return pad.screen().grabWindow(pad.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)

    QApplication.processEvents()
    mouse(pad, PRESS, (40, 40))
    for position in ((300, 60), (310, 65), (90, 330), (400, 400), (395, 20), (394, 21), (20, 200)):
        mouse(pad, MOVE, position)
        QApplication.processEvents()
        assert on_screen() == pad.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    mouse(pad, RELEASE, (20, 200))
    QApplication.processEvents()
    assert on_screen() == pad.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_a_resize_keeps_the_drawing_even_during_a_stroke(pad):
    draw(pad, (100, 100), (100, 300))
    mouse(pad, PRESS, (200, 100))
    mouse(pad, MOVE, (200, 300))
    before = pad.drawing()
    pad.resize(2 * SIDE, 2 * SIDE)
    for old, new in zip(before.strokes, pad.drawing().strokes, strict=True):
        np.testing.assert_array_equal(old, new)
    assert is_ink(pad, 200, 400)
    assert is_ink(pad, 400, 400)
    assert not is_ink(pad, 300, 400)
    mouse(pad, MOVE, (600, 600))
    np.testing.assert_allclose(pad.drawing().strokes[1][-1, :2], [750, 750])


# -- ends of a stroke without a release ---------------------------------------------------------------------------


def lose_focus(pad):
    QApplication.sendEvent(pad, QFocusEvent(QEvent.Type.FocusOut))


@pytest.mark.parametrize(
    "interrupt",
    [
        Pad.hide,
        lose_focus,
        lambda pad: pad.setEnabled(False),
        lambda pad: QApplication.sendEvent(pad, QEvent(QEvent.Type.WindowDeactivate)),
        lambda pad: mouse(pad, MOVE, (300, 300), NONE),
    ],
    ids=["hide", "focus", "disable", "window", "lost release"],
)
def test_an_interrupted_stroke_is_kept_and_ends(pad, interrupt):
    lifted = Count(pad.penLifted)
    mouse(pad, PRESS, (100, 100))
    mouse(pad, MOVE, (150, 150))
    interrupt(pad)
    assert lifted.n == 1
    assert pad.can_undo()
    mouse(pad, MOVE, (200, 200))
    mouse(pad, RELEASE, (200, 200))
    (stroke,) = pad.drawing().strokes
    assert len(stroke) == 2
    assert lifted.n == 1


def test_an_interruption_without_a_stroke_is_no_step(pad):
    pad.set_drawing(Drawing.from_points([[(100, 100), (900, 900)]]))
    history = Count(pad.historyChanged)
    lose_focus(pad)
    pad.hide()
    assert history.n == 0


@pytest.mark.parametrize("cancel", [lambda pad: press_key(pad, Qt.Key.Key_Escape), Pad.undo], ids=["Esc", "undo"])
def test_a_stroke_in_progress_can_be_cancelled(pad, cancel):
    draw(pad, (50, 50), (60, 60))
    changed, lifted = Count(pad.changed), Count(pad.penLifted)
    mouse(pad, PRESS, (100, 100))
    mouse(pad, MOVE, (150, 150))
    cancel(pad)
    mouse(pad, MOVE, (200, 200))
    mouse(pad, RELEASE, (200, 200))
    assert len(pad.drawing().strokes) == 1
    assert (changed.n, lifted.n) == (3, 1)
    assert not is_ink(pad, 125, 125)


@pytest.mark.parametrize("tool", Tool)
def test_during_a_gesture_only_the_gesture_can_be_undone_and_nothing_redone(pad, tool):
    draw(pad, (50, 50))
    pad.undo()
    steps = []
    pad.historyChanged.connect(lambda: steps.append((pad.can_undo(), pad.can_redo(), pad.is_blank())))
    pad.set_tool(tool)
    mouse(pad, PRESS, (100, 100))
    mouse(pad, MOVE, (150, 150))
    assert steps == [(True, False, tool is Tool.ERASER)]
    pad.redo()
    pad.undo()
    assert steps[1:] == [(False, True, True)]


def test_a_slot_may_put_something_else_on_the_pad_when_a_stroke_begins(pad):
    replacement = Drawing.from_points([[(1, 1), (2, 2)]])
    pad.historyChanged.connect(lambda: pad.set_drawing(replacement), Qt.ConnectionType.SingleShotConnection)
    lifted = Count(pad.penLifted)
    draw(pad, (100, 100), (150, 150))
    assert [stroke.tolist() for stroke in pad.drawing().strokes] == [[[1, 1, 1], [2, 2, 1]]]
    pad.undo()
    assert [stroke.tolist() for stroke in pad.drawing().strokes] == [[[250, 250, 1]]]
    assert lifted.n == 1


def test_the_pad_takes_escape_from_the_window_only_during_a_stroke(pad):
    def is_taken():
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(pad, event)
        return event.isAccepted()

    assert not is_taken()
    mouse(pad, PRESS, (100, 100))
    assert is_taken()


# -- history ------------------------------------------------------------------------------------------------------


def test_undo_redo_and_clear(pad):
    draw(pad, (50, 50), (60, 60))
    draw(pad, (150, 50), (160, 60))
    changed, history = Count(pad.changed), Count(pad.historyChanged)
    pad.clear()
    assert pad.is_blank()
    pad.undo()
    assert len(pad.drawing().strokes) == 2
    pad.undo()
    assert len(pad.drawing().strokes) == 1
    pad.redo()
    pad.redo()
    assert pad.is_blank()
    assert not pad.can_redo()
    assert (changed.n, history.n) == (5, 5)


def test_undo_redo_and_clear_of_nothing_are_silent(pad):
    changed, history = Count(pad.changed), Count(pad.historyChanged)
    pad.undo()
    pad.redo()
    pad.clear()
    assert (changed.n, history.n) == (0, 0)


def test_after_a_new_stroke_nothing_can_be_redone(pad):
    draw(pad, (50, 50))
    pad.undo()
    draw(pad, (90, 90))
    assert not pad.can_redo()


def test_clear_during_a_stroke_can_be_undone(pad):
    mouse(pad, PRESS, (100, 100))
    mouse(pad, MOVE, (150, 150))
    pad.clear()
    mouse(pad, MOVE, (200, 200))
    assert pad.is_blank()
    pad.undo()
    assert len(pad.drawing().strokes[0]) == 2


def test_the_history_is_bounded(pad):
    for _ in range(HISTORY_STEPS + 5):
        draw(pad, (50, 50))
    steps = 0
    while pad.can_undo():
        pad.undo()
        steps += 1
    assert steps == HISTORY_STEPS
    assert len(pad.drawing().strokes) == 5


# -- eraser -------------------------------------------------------------------------------------------------------


def three_lines(pad):
    for y in (100, 200, 300):
        draw(pad, (50, y), (350, y))


def test_the_eraser_removes_whole_strokes_that_it_touches_as_one_step(pad):
    three_lines(pad)
    changed = Count(pad.changed)
    pad.set_tool(Tool.ERASER)
    draw(pad, (200, 150), (200, 350))  # one sample across two lines, far from all their points
    (left,) = pad.drawing().strokes
    assert left[0, 1] == 250
    assert changed.n == 1
    assert not is_ink(pad, 60, 200)
    pad.undo()
    assert len(pad.drawing().strokes) == 3
    assert is_ink(pad, 60, 200)


def test_the_eraser_keeps_strokes_that_it_does_not_touch(pad):
    three_lines(pad)
    pad.undo()
    changed = Count(pad.changed)
    pad.set_tool(Tool.ERASER)
    draw(pad, (20, 150), (380, 150))
    assert changed.n == 0
    assert pad.can_redo()  # it was no step
    pad.undo()
    assert len(pad.drawing().strokes) == 1


def test_the_eraser_removes_a_dot_and_a_picture(pad):
    draw(pad, (200, 200))
    pad.set_tool(Tool.ERASER)
    draw(pad, (205, 200))
    assert pad.is_blank()
    pad.show_picture(QImage(28, 28, QImage.Format.Format_Grayscale8))
    draw(pad, (205, 200))
    assert pad.is_blank()
    pad.undo()
    assert pad.picture() is not None


# -- stylus -------------------------------------------------------------------------------------------------------


def test_a_stylus_gives_each_point_once_with_its_pressure(pad):
    device, changed = stylus(), Count(pad.changed)
    samples = ((T_PRESS, 100.5, 0.25), (T_MOVE, 120.25, 0.5), (T_MOVE, 140, 0.75), (T_RELEASE, 140, 0.0))
    for kind, x, pressure in samples:
        assert tablet(pad, device, kind, (x, 100), pressure).isAccepted()
    (stroke,) = pad.drawing().strokes
    expected = [[251.25, 250, 0.25], [300.625, 250, 0.5], [350, 250, 0.75]]
    np.testing.assert_allclose(stroke, expected, atol=1e-4)
    assert changed.n == 3


@pytest.mark.parametrize("device_of_echo", [None, "stylus"])
def test_mouse_events_made_from_stylus_events_change_nothing(pad, device_of_echo):
    device = stylus()
    echo = device if device_of_echo else None
    for t, m, x in ((T_PRESS, PRESS, 100), (T_MOVE, MOVE, 120), (T_RELEASE, RELEASE, 120)):
        tablet(pad, device, t, (x, 100), 0.5)
        mouse(pad, m, (x + 1, 101), device=echo)
    (stroke,) = pad.drawing().strokes
    assert stroke[:, 0].tolist() == [250, 300]


def test_a_late_mouse_event_of_the_stylus_draws_nothing(pad):
    device = stylus()
    for kind, x in ((T_PRESS, 100), (T_RELEASE, 100)):
        tablet(pad, device, kind, (x, 100), 0.5)
    for kind, x in ((PRESS, 100), (MOVE, 120), (RELEASE, 120)):
        mouse(pad, kind, (x, 100), device=device)
    assert [len(stroke) for stroke in pad.drawing().strokes] == [1]


def test_a_stylus_presses_harder_for_a_broader_line(pad):
    device = stylus()
    for y, pressure in ((100, 0.1), (300, 1.0)):
        tablet(pad, device, T_PRESS, (50, y), pressure)
        tablet(pad, device, T_MOVE, (350, y), pressure)
        tablet(pad, device, T_RELEASE, (350, y), 0)
    column = pixels(pad)[:, 200] < 128
    assert 0 < column[:200].sum() < column[200:].sum()


def test_the_other_end_of_the_stylus_erases(pad):
    three_lines(pad)
    device = stylus(QPointingDevice.PointerType.Eraser)
    tablet(pad, device, T_PRESS, (200, 150), 0.5)
    tablet(pad, device, T_MOVE, (200, 250), 0.5)
    tablet(pad, device, T_RELEASE, (200, 250), 0)
    assert [stroke[0, 1] for stroke in pad.drawing().strokes] == [250, 750]


def test_a_hovering_stylus_and_its_side_button_do_not_draw(pad):
    device = stylus()
    tablet(pad, device, T_MOVE, (100, 100), 0.0, NONE)
    tablet(pad, device, T_PRESS, (100, 100), 0.0, RIGHT)
    tablet(pad, device, T_MOVE, (150, 100), 0.0, RIGHT)
    tablet(pad, device, T_RELEASE, (150, 100), 0.0, RIGHT)
    assert pad.is_blank()


def test_a_stylus_whose_release_was_lost_can_draw_again(pad):
    device = stylus()
    tablet(pad, device, T_PRESS, (100, 100), 0.5)
    tablet(pad, device, T_PRESS, (200, 100), 0.5)
    tablet(pad, device, T_MOVE, (250, 100), 0.0, NONE)
    assert [len(stroke) for stroke in pad.drawing().strokes] == [1, 1]
    assert pad.can_undo()


# -- touch --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def screen():
    return QTest.createTouchDevice()


def test_a_finger_draws_and_a_second_one_is_ignored(pad, screen):
    at = QPointF.toPoint
    QTest.touchEvent(pad, screen).press(0, at(QPointF(100, 100)), pad).commit()
    QTest.touchEvent(pad, screen).stationary(0).press(1, at(QPointF(300, 300)), pad).commit()
    moved = QTest.touchEvent(pad, screen).move(0, at(QPointF(120, 100)), pad)
    moved.move(1, at(QPointF(310, 300)), pad).commit()
    QTest.touchEvent(pad, screen).stationary(0).release(1, at(QPointF(310, 300)), pad).commit()
    QTest.touchEvent(pad, screen).release(0, at(QPointF(140, 100)), pad).commit()
    (stroke,) = pad.drawing().strokes
    assert stroke.tolist() == [[250, 250, 1], [300, 250, 1], [350, 250, 1]]


def test_a_touch_that_the_system_cancels_leaves_no_trace(pad, screen):
    lifted = Count(pad.penLifted)
    QTest.touchEvent(pad, screen).press(0, QPointF(100, 100).toPoint(), pad).commit()
    assert not pad.is_blank()
    QApplication.sendEvent(pad, QTouchEvent(QEvent.Type.TouchCancel, screen))
    assert pad.is_blank()
    assert lifted.n == 1
    QTest.touchEvent(pad, screen).release(0, QPointF(100, 100).toPoint(), pad).commit()


# -- pictures and drawings from elsewhere -------------------------------------------------------------------------


def grey_picture(level=90, width=80, height=80):
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(level * 0x010101)
    return picture


def test_a_picture_is_shown_to_fit_and_the_first_stroke_repositions_it(pad):
    pad.show_picture(grey_picture(width=200, height=100))
    shown = pixels(pad)
    assert shown[200, 20] == shown[200, 380] == 90
    assert shown[50, 200] != 90
    assert not pad.drawing()
    mouse(pad, PRESS, (100, 100))
    assert pad.picture() is None
    mouse(pad, MOVE, (150, 100))
    mouse(pad, RELEASE, (150, 100))
    assert len(pad.drawing().strokes) == 1
    assert pixels(pad)[200, 380] != 90
    pad.undo()
    assert pad.picture() == grey_picture(width=200, height=100)
    assert not pad.drawing()


def test_a_cancelled_stroke_restores_the_picture(pad):
    pad.show_picture(grey_picture())
    mouse(pad, PRESS, (100, 100))
    press_key(pad, Qt.Key.Key_Escape)
    assert pad.picture() == grey_picture()


def test_the_picture_on_the_pad_is_a_copy(pad):
    picture = grey_picture(90)
    pad.show_picture(picture)
    picture.fill(0)
    assert pixels(pad)[200, 200] == 90


def test_setters_are_silent_and_may_be_called_twice(pad):
    drawing = Drawing.from_points([[(100, 100), (900, 900)]])
    signals = [Count(s) for s in (pad.changed, pad.penLifted)]
    for _ in range(2):
        pad.set_drawing(drawing)
        pad.set_tool(Tool.ERASER)
        pad.set_pen_width(PEN_WIDTHS[0])
    for _ in range(2):
        pad.show_picture(grey_picture())
    assert [count.n for count in signals] == [0, 0]
    pad.undo()
    np.testing.assert_array_equal(pad.drawing().strokes[0], drawing.strokes[0])
    pad.undo()
    assert pad.is_blank()
    assert not pad.can_undo()


def test_a_drawing_comes_back_unchanged(pad):
    draw(pad, (100.25, 80.5), (101.75, 90.0))
    draw(pad, (10, 10))
    before = pad.drawing()
    pad.clear()
    pad.set_drawing(before)
    for old, new in zip(before.strokes, pad.drawing().strokes, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_drawing_in_foreign_units_is_scaled_to_a_good_size(pad):
    pad.set_drawing(Drawing.from_points([[(-3, 7), (-3, 7.5)], [(-2.9, 7.2)]]), fit=True)
    points = np.concatenate(pad.drawing().strokes)[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    np.testing.assert_allclose((low + high) / 2, [500, 500], atol=0.1)
    np.testing.assert_allclose(high - low, [160, 800], rtol=1e-3)


def test_a_dot_in_foreign_units_is_centred(pad):
    pad.set_drawing(Drawing.from_points([[(7, 7)]]), fit=True)
    assert pad.drawing().strokes[0][0, :2].tolist() == [500, 500]


def drop(pad, data):
    actions, modifiers = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    position = QPointF(100, 100)
    # Qt 6.12 takes a QPointF and deprecates the QPoint that 6.11 asks for.
    enter = QDragEnterEvent(position if QT_VERSION >= (6, 12) else position.toPoint(), actions, data, LEFT, modifiers)
    enter.ignore()
    QApplication.sendEvent(pad, enter)
    if enter.isAccepted():
        QApplication.sendEvent(pad, QDropEvent(position, actions, data, LEFT, modifiers))
    return enter.isAccepted()


def test_a_dropped_picture_or_file_is_emitted(pad, tmp_path):
    dropped = []
    pad.pictureGiven.connect(dropped.append)
    data = QMimeData()
    data.setImageData(grey_picture())
    assert drop(pad, data)
    file = tmp_path / "sieben.png"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    assert drop(pad, data)
    other = tmp_path / "acht.png"
    remote = QUrl("https://example.org/7.png")
    data.setUrls([remote, QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(other))])
    assert drop(pad, data)
    assert dropped == [grey_picture(), file, (file, other)]
    assert isinstance(dropped[1], Path)
    assert pad.is_blank()


LINK = QUrl("https://example.org/7.png")


def text_data(text):
    data = QMimeData()
    data.setText(text)
    return data


def url_data(*urls):
    data = QMimeData()
    data.setUrls(urls)
    return data


@pytest.mark.parametrize("data", [url_data(LINK), url_data(LINK, LINK), text_data(f" {LINK.toString()}\n")])
def test_a_link_is_emitted_so_that_its_remedy_can_be_told(pad, data):
    dropped = []
    pad.pictureGiven.connect(dropped.append)
    assert drop(pad, data)
    assert dropped == [LINK]


def test_a_picture_with_its_link_as_browsers_give_it_is_a_picture(pad):
    dropped = []
    pad.pictureGiven.connect(dropped.append)
    data = url_data(LINK)
    data.setImageData(grey_picture())
    assert drop(pad, data)
    assert dropped == [grey_picture()]


def test_a_picture_is_not_decoded_while_it_is_dragged(pad):
    class Data(QMimeData):
        n_decoded = 0

        def retrieveData(self, kind, type_):
            Data.n_decoded += kind == "application/x-qt-image"
            return super().retrieveData(kind, type_)

    data = Data()
    data.setImageData(grey_picture())
    assert drop(pad, data)
    assert Data.n_decoded == 1


def test_the_address_of_a_file_as_text_is_that_file(pad, tmp_path):
    dropped = []
    pad.pictureGiven.connect(dropped.append)
    assert drop(pad, text_data(QUrl.fromLocalFile(str(tmp_path / "sieben 7.png")).toString()))
    assert dropped == [tmp_path / "sieben 7.png"]


@pytest.mark.parametrize(
    "data",
    [text_data("7"), text_data(""), text_data("see https://example.org"), url_data(QUrl("mailto:a@example.org"))],
)
def test_other_things_are_not_accepted(pad, data):
    assert not drop(pad, data)


# -- painting -----------------------------------------------------------------------------------------------------


def test_only_a_blank_sheet_shows_the_hint(pad):
    blank = pixels(pad)
    assert (blank[150:250] < 128).any()
    mouse(pad, PRESS, (20, 20))
    assert not (pixels(pad)[150:250] < 128).any()
    mouse(pad, RELEASE, (20, 20))
    assert not (pixels(pad)[150:250] < 128).any()
    pad.undo()
    np.testing.assert_array_equal(pixels(pad), blank)


def test_the_pen_width_changes_the_screen_and_not_the_drawing(pad):
    draw(pad, (50, 200), (350, 200))
    before = pad.drawing().strokes[0].copy()
    heights = []
    for share in PEN_WIDTHS:
        pad.set_pen_width(share)
        heights.append(int((pixels(pad)[:, 200] < 128).sum()))
    np.testing.assert_allclose(heights, np.array(PEN_WIDTHS) * SIDE, atol=1)
    np.testing.assert_array_equal(pad.drawing().strokes[0], before)


def test_paper_and_ink_follow_the_scheme(pad):
    draw(pad, (50, 200), (350, 200))
    for dark in (False, True):
        theme.apply(QApplication.instance(), dark=dark)
        image = pad.grab().toImage()
        assert image.pixelColor(200, 100) == theme.colours().paper
        assert image.pixelColor(200, 200) == theme.colours().ink


def test_the_keyboard_reaches_the_pad(pad):
    assert pad.focusPolicy() & Qt.FocusPolicy.TabFocus


SHARP = """
import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from core.preprocessing.ink import Drawing
from gui.pad.pad import Pad
app = QApplication([])
pad = Pad()
pad.resize(301, 301)
pad.set_drawing(Drawing.from_points([[(100, 100), (900, 437)]]))
image = pad.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
assert image.devicePixelRatio() == 2 and image.width() == 602, image.width()
rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(602, -1)[:, :602]
blocks = rows.reshape(301, 2, 301, 2).swapaxes(1, 2).reshape(-1, 4)
assert rows[300, 598] == 255 and rows[120 * 602 // 1000, 300] == 255, "the sheet is too small"
inside = blocks.reshape(301, 301, 4)[20:-20, 20:-20]
print(int((inside.min(axis=2) != inside.max(axis=2)).sum()))
"""


def test_on_a_high_density_screen_the_ink_uses_all_pixels():
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    run = subprocess.run([sys.executable, "-c", SHARP], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 100  # an enlarged image of half the pixels would have none
