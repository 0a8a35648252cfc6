"""Marks on the pad: boxes around the ink, which never cover it and are not part of the drawing."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication

from core.digits import Verdict
from core.preprocessing.ink import Drawing
from gui.pad import marks as pad_marks
from gui.pad.marks import Mark
from gui.pad.pad import Pad
from gui.recognition.answer import Answer
from gui.style import theme

SIDE = 400
LINES = Drawing.from_points([[(200, 300), (200, 700)], [(700, 300), (700, 700)]])
BOXES = ((200, 300, 200, 700), (700, 300, 700, 700))


@pytest.fixture
def pad(show_widget):
    widget = show_widget(Pad(), SIDE, SIDE)
    widget.set_drawing(LINES)
    return widget


@pytest.fixture
def marks(make_prediction):
    """Return a function that makes the marks of two digits."""

    def make(selected=0, **second):
        return Answer((make_prediction(1), make_prediction(7, **second)), BOXES, selected).marks()

    return make


def pixels(pad):
    """The colours on the pad (H, W, 3)."""
    image = pad.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def box_of(changed):
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return columns[0], rows[0], columns[-1], rows[-1]


def is_colour(image, colour):
    return (image == np.array(colour.getRgb()[:3])).all(axis=2)


def test_boxes_surround_the_ink_and_do_not_cover_it(pad, marks):
    before = pixels(pad)
    ink = is_colour(before, theme.colours().ink)
    pad.set_marks(marks())
    changed = (pixels(pad) != before).any(axis=2)
    assert not (changed & ink).any()
    for half in (slice(0, SIDE // 2), slice(SIDE // 2, SIDE)):
        left, top, right, bottom = box_of(ink[:, half])
        outer = box_of(changed[:, half])
        assert outer[0] < left
        assert outer[1] < top
        assert outer[2] > right
        assert outer[3] > bottom


def test_the_selected_box_is_the_one_in_the_accent_colour(pad, marks):
    for selected in (0, 1):
        pad.set_marks(marks(selected))
        accent = is_colour(pixels(pad), theme.colours().accent).any(axis=0)
        halves = accent[: SIDE // 2].any(), accent[SIDE // 2 :].any()
        assert halves == (selected == 0, selected == 1)


def test_marks_disappear_without_a_trace(pad, marks):
    before = pixels(pad)
    pad.set_marks(marks())
    assert (pixels(pad) != before).any()
    pad.set_marks(())
    np.testing.assert_array_equal(pixels(pad), before)
    assert pad.picture() is None
    assert len(pad.drawing().strokes) == 2


def test_marks_are_silent(pad, marks, qtbot):
    with qtbot.assertNotEmitted(pad.changed), qtbot.assertNotEmitted(pad.historyChanged):
        pad.set_marks(marks())
        pad.set_marks(marks())


def test_a_change_repaints_the_old_and_the_new_marks(marks, show_widget, qtbot):
    """The screen shows the change, not only a picture that paints everything."""
    regions = []

    class Watched(Pad):
        def paintEvent(self, event):
            regions.append(QRectF(event.region().boundingRect()))
            super().paintEvent(event)

    watched = show_widget(Watched(), SIDE, SIDE)
    QApplication.processEvents()
    for new in (marks(), (marks()[1],), ()):
        old = watched.marks
        regions.clear()
        watched.set_marks(new)
        qtbot.waitUntil(lambda: bool(regions))
        painted = regions[0]
        for region in regions[1:]:
            painted |= region
        needed = QRectF()
        for mark in (*old, *new):
            needed |= pad_marks.area(QRectF(watched.rect()), [mark], watched.pen_width(), watched.font())
        assert painted.adjusted(-1, -1, 1, 1).contains(needed)


def test_the_three_verdicts_look_different(pad, marks):
    shown = []
    for more in ({}, {"share": 0.5, "others": {1: 0.45}}, {"is_digit": False}):
        pad.set_marks(marks(**more))
        shown.append(pixels(pad))
    assert all((a != b).any() for i, a in enumerate(shown) for b in shown[:i])


def test_a_single_digit_has_no_box(make_prediction):
    assert Answer((make_prediction(1),), BOXES[:1]).marks() == ()
    assert Answer((make_prediction(1),)).marks() == ()


@pytest.mark.parametrize("box", [(0, 0, 1000, 1000), (0, 0, 10, 10), (990, 990, 1000, 1000), (400, 0, 500, 1000)])
def test_box_and_label_stay_on_the_sheet(box):
    sheet = QRectF(50, 0, 300, 300)
    mark = Mark(box, "8", Verdict.DIGIT, is_selected=True)
    area = pad_marks.area(sheet, [mark], 0.055, QFont())
    assert sheet.adjusted(0, 0, 20, 0).contains(area)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_legible_on_paper(dark, show_widget):
    theme.apply(QApplication.instance(), dark=dark)

    def luminance(colour):
        parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    paper = luminance(theme.colours().paper)
    for selected in (True, False):
        for verdict in Verdict:
            colour = luminance(pad_marks.mark_colour(Mark(BOXES[0], "1", verdict, selected)))
            assert (max(colour, paper) + 0.05) / (min(colour, paper) + 0.05) >= 4.5
