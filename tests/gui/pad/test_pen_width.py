"""The automatic width of the pen: it follows the height of the writing, and is a matter of the screen only."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.preprocessing.ink import Drawing
from gui.pad.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS, Pad, Tool
from gui.pad.pen_width import automatic_width
from gui.pad.stroke import UNIT, Stroke

SIDE = 500
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pad(show_widget):
    return show_widget(Pad(), SIDE, SIDE)


def draw(pad, *positions, lift=True):
    """Draw a stroke in steps of a few pixels; return the width after each sample."""
    widths = []
    QTest.mousePress(pad, LEFT, pos=QPoint(*positions[0]))
    for start, end in pairwise(positions):
        for i in range(1, 31):
            QTest.mouseMove(pad, QPoint(*start) + (QPoint(*end) - QPoint(*start)) * (i / 30))
            widths.append(pad.pen_width())
    if lift:
        QTest.mouseRelease(pad, LEFT, pos=QPoint(*positions[-1]))
    return np.array(widths)


def grey(image):
    """The grey levels of an image (H, W)."""
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(int)


def ink_across(pad, y):
    """The width of the ink in one row of pixels."""
    return int((grey(pad.grab().toImage())[y] < 128).sum())


def test_the_width_grows_with_the_height_between_limits():
    heights = np.linspace(0, 1, 200)
    widths = np.array([automatic_width(height) for height in heights])
    assert (np.diff(widths) >= 0).all()
    np.testing.assert_allclose(widths[heights >= 0.5], DEFAULT_PEN_WIDTH)
    assert widths[0] == pytest.approx(0.012, rel=0.04)
    inner = (heights > 0.12) & (heights < 0.49)
    np.testing.assert_allclose(widths[inner], 0.11 * heights[inner], rtol=0.035)
    assert len(set(widths)) < 40


@pytest.mark.parametrize("lift", [False, True])
@pytest.mark.parametrize("height", [50, 100, 400])
def test_small_writing_has_a_thin_line(pad, height, lift):
    draw(pad, (250, 50), (250, 50 + height), lift=lift)
    width = min(0.11 * height, SIDE * DEFAULT_PEN_WIDTH)
    assert ink_across(pad, 50 + height // 2) == pytest.approx(width, abs=1)


def test_the_line_never_jumps_while_it_is_drawn_nor_when_the_pen_is_lifted(pad):
    widths = draw(pad, (100, 100), (150, 100), (110, 400), lift=False) * SIDE
    before = ink_across(pad, 250)
    QTest.mouseRelease(pad, LEFT, pos=QPoint(110, 400))
    assert abs(ink_across(pad, 250) - before) <= 1
    assert (np.diff(widths) >= 0).all()
    assert np.diff(widths).max() < 2.5
    assert widths[-1] == SIDE * DEFAULT_PEN_WIDTH


def test_each_change_of_width_leaves_no_traces_on_the_screen(pad):
    def on_screen():
        return pad.screen().grabWindow(pad.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)

    QTest.mousePress(pad, LEFT, pos=QPoint(10, 10))
    for x, y in ((14, 40), (90, 60), (95, 160), (30, 240), (200, 300), (490, 320), (250, 495)):
        QTest.mouseMove(pad, QPoint(x, y))
        QApplication.processEvents()
        shown = pad.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        assert on_screen() == shown
        pad.changeEvent(QEvent(QEvent.Type.PaletteChange))  # everything is painted anew
        assert np.abs(grey(pad.grab().toImage()) - grey(shown)).max() < 64  # the same line, in fewer pieces
    QTest.mouseRelease(pad, LEFT, pos=QPoint(250, 495))


def test_a_comma_or_an_underline_has_the_pen_of_the_digits(pad):
    draw(pad, (100, 100), (100, 160))
    width = pad.pen_width()
    draw(pad, (150, 160), (148, 170))
    assert pad.pen_width() == width
    draw(pad, (60, 200), (460, 200))
    assert pad.pen_width() <= 1.4 * width


def test_strokes_are_not_changed_and_undo_brings_their_width_back(pad):
    draw(pad, (100, 100), (100, 150))
    thin, first = pad.pen_width(), pad.drawing()
    kept = [stroke.copy() for stroke in first.strokes]
    draw(pad, (300, 50), (300, 450))
    assert pad.pen_width() == DEFAULT_PEN_WIDTH
    pad.undo()
    assert pad.pen_width() == thin
    pad.redo()
    assert pad.pen_width() == DEFAULT_PEN_WIDTH
    for before, after in zip(kept, first.strokes, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(pad.drawing().strokes[0], kept[0])
    pad.set_tool(Tool.ERASER)
    draw(pad, (250, 250), (350, 250))
    assert pad.pen_width() == thin
    pad.clear()
    assert pad.pen_width() == DEFAULT_PEN_WIDTH


def test_a_chosen_width_stays(pad):
    pad.set_pen_width(PEN_WIDTHS[3])
    assert set(draw(pad, (100, 100), (100, 150))) == {PEN_WIDTHS[3]}
    pad.set_pen_width(None)
    assert pad.pen_width() < PEN_WIDTHS[0]
    assert pad.chosen_pen_width() is None


def test_a_cancelled_stroke_leaves_the_width_as_it_was(pad):
    draw(pad, (100, 100), (100, 150))
    width = pad.pen_width()
    draw(pad, (300, 50), (300, 450), lift=False)
    pad.undo()
    assert pad.pen_width() == width


def test_a_drawing_from_elsewhere_has_its_width_at_once(pad):
    pad.set_drawing(Drawing.from_points([[(100, 100), (100, 200)]]))
    assert pad.pen_width() == automatic_width(0.1)
    pad.set_drawing(Drawing.from_points([[(0, 0), (0, 1)]]), fit=True)
    assert pad.pen_width() == DEFAULT_PEN_WIDTH


def test_the_height_of_a_growing_stroke_is_that_of_a_whole_one():
    points = np.random.default_rng(1).uniform(0, UNIT, (50, 3)).astype(np.float32)
    growing, heights = Stroke(), []
    assert growing.writing_height() == 0
    for x, y, pressure in points.tolist():
        growing.append(x, y, pressure)
        heights.append(growing.writing_height())
    assert heights == sorted(heights)
    assert heights[-1] == Stroke(points).writing_height() == pytest.approx(np.ptp(points[:, 1]))
