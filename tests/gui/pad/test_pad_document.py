"""The sketch and its history, without a widget."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gui.pad.pad_document import HISTORY_STEPS, Content, PadDocument
from gui.pad.stroke import UNIT, Stroke

WIDTH = 0.02


@pytest.fixture
def sketch():
    return PadDocument()


def stroke(sketch, *places):
    sketch.begin_stroke(*places[0], 1.0)
    for place in places[1:]:
        sketch.stroke.append(*place, 1.0)
    sketch.end()


def starts(sketch):
    return [tuple(points[0, :2].tolist()) for points in sketch.drawing().strokes]


def picture(width=80, height=80):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x808080)
    return image


def test_a_new_sketch_is_blank_and_has_no_history(sketch):
    assert sketch.is_blank()
    assert not sketch.can_undo()
    assert not sketch.can_redo()
    assert not sketch.undo()
    assert not sketch.redo()


def test_each_stroke_is_a_step(sketch):
    stroke(sketch, (1, 1), (2, 2))
    stroke(sketch, (5, 5))
    assert starts(sketch) == [(1, 1), (5, 5)]
    assert sketch.undo()
    assert starts(sketch) == [(1, 1)]
    assert sketch.redo()
    assert starts(sketch) == [(1, 1), (5, 5)]
    assert not sketch.can_redo()


def test_a_new_step_ends_what_could_be_redone(sketch):
    stroke(sketch, (1, 1))
    sketch.undo()
    stroke(sketch, (5, 5))
    assert not sketch.can_redo()


def test_the_history_is_bounded(sketch):
    for i in range(HISTORY_STEPS + 5):
        stroke(sketch, (i, 0))
    n_steps = 0
    while sketch.undo():
        n_steps += 1
    assert n_steps == HISTORY_STEPS
    assert len(starts(sketch)) == 5


def test_the_stroke_in_progress_is_in_the_drawing_and_can_be_undone_but_nothing_redone(sketch):
    stroke(sketch, (1, 1))
    sketch.undo()
    sketch.begin_stroke(5, 5, 1.0)
    assert starts(sketch) == [(5, 5)]
    assert not sketch.is_blank()
    assert sketch.can_undo()
    assert not sketch.redo()
    assert sketch.undo()
    assert sketch.is_blank()
    assert not sketch.can_undo()
    assert sketch.can_redo()


def test_what_looks_the_same_is_no_step(sketch):
    assert not sketch.replace(Content())
    points = np.float32([[1, 2, 3]])
    assert sketch.replace(Content((Stroke(points),)))
    assert not sketch.replace(Content((Stroke(points),)))
    assert sketch.replace(Content(picture=picture()))
    assert not sketch.replace(Content(picture=picture()))


def test_other_content_ends_the_stroke_in_progress(sketch):
    sketch.begin_stroke(5, 5, 1.0)
    sketch.replace(Content())
    assert sketch.is_blank()
    sketch.undo()
    assert starts(sketch) == [(5, 5)]


@pytest.mark.parametrize("keep", [True, False])
def test_a_stroke_replaces_a_picture_as_one_step(sketch, keep):
    shown = picture()
    sketch.replace(Content(picture=shown))
    sketch.begin_stroke(5, 5, 1.0)
    assert sketch.content.picture is None
    if keep:
        sketch.end()
        sketch.undo()
    else:
        assert sketch.cancel()
    assert sketch.content.picture is shown


def test_erasing_is_one_step_however_much_goes(sketch):
    for y in (100, 200, 300, 400):
        stroke(sketch, (0, y), (900, y))
    sketch.begin_erasing()
    assert sketch.erase((500, 50), (500, 210), WIDTH)
    assert sketch.erase((500, 210), (500, 310), WIDTH)
    assert not sketch.erase((500, 310), (500, 340), WIDTH)
    sketch.end()
    assert starts(sketch) == [(0, 400)]
    sketch.undo()
    assert len(starts(sketch)) == 4


def test_erasing_nothing_is_no_step(sketch):
    stroke(sketch, (100, 100))
    sketch.undo()
    sketch.begin_erasing()
    assert not sketch.erase((500, 500), (600, 600), WIDTH)
    assert sketch.can_undo()
    sketch.end()
    assert not sketch.can_undo()
    assert sketch.can_redo()


def test_erasing_can_be_cancelled(sketch):
    stroke(sketch, (100, 100))
    sketch.begin_erasing()
    assert not sketch.cancel()
    sketch.begin_erasing()
    sketch.erase((100, 100), (100, 100), WIDTH)
    assert sketch.is_blank()
    assert sketch.cancel()
    assert starts(sketch) == [(100, 100)]


@pytest.mark.parametrize(("pen_width", "touched"), [(0.02, False), (0.08, True)])
def test_the_eraser_meets_a_stroke_as_wide_as_it_is_painted(sketch, pen_width, touched):
    stroke(sketch, (0, 100), (900, 100))
    sketch.begin_erasing()
    assert sketch.erase((500, 140), (500, 140), pen_width) is touched


def test_a_picture_lies_in_the_middle_and_is_erased_where_it_lies(sketch):
    wide = Content(picture=picture(200, 100))
    assert wide.picture_rect().getRect() == (0, UNIT / 4, UNIT, UNIT / 2)
    sketch.replace(wide)
    sketch.begin_erasing()
    assert not sketch.erase((500, 100), (500, 200), WIDTH)
    assert sketch.erase((500, 200), (500, 300), WIDTH)
    assert sketch.is_blank()
