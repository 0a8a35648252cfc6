"""The pad's document and its history, without a widget."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gui.pad.pad_document import HISTORY_STEPS, Content, PadDocument
from gui.pad.stroke import UNIT, Stroke

WIDTH = 0.02


@pytest.fixture
def document():
    return PadDocument()


def stroke(document, *positions):
    document.begin_stroke(*positions[0], 1.0)
    for position in positions[1:]:
        document.stroke.append(*position, 1.0)
    document.end()


def starts(document):
    return [tuple(points[0, :2].tolist()) for points in document.drawing().strokes]


def picture(width=80, height=80):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x808080)
    return image


def test_a_new_document_is_blank_and_has_no_history(document):
    assert document.is_blank()
    assert not document.can_undo()
    assert not document.can_redo()
    assert not document.undo()
    assert not document.redo()


def test_each_stroke_is_a_step(document):
    stroke(document, (1, 1), (2, 2))
    stroke(document, (5, 5))
    assert starts(document) == [(1, 1), (5, 5)]
    assert document.undo()
    assert starts(document) == [(1, 1)]
    assert document.redo()
    assert starts(document) == [(1, 1), (5, 5)]
    assert not document.can_redo()


def test_after_a_new_step_nothing_can_be_redone(document):
    stroke(document, (1, 1))
    document.undo()
    stroke(document, (5, 5))
    assert not document.can_redo()


def test_the_history_is_bounded(document):
    for i in range(HISTORY_STEPS + 5):
        stroke(document, (i, 0))
    n_steps = 0
    while document.undo():
        n_steps += 1
    assert n_steps == HISTORY_STEPS
    assert len(starts(document)) == 5


def test_the_stroke_in_progress_is_in_the_drawing_and_can_be_undone_but_nothing_redone(document):
    stroke(document, (1, 1))
    document.undo()
    document.begin_stroke(5, 5, 1.0)
    assert starts(document) == [(5, 5)]
    assert not document.is_blank()
    assert document.can_undo()
    assert not document.redo()
    assert document.undo()
    assert document.is_blank()
    assert not document.can_undo()
    assert document.can_redo()


def test_content_that_looks_the_same_is_no_step(document):
    assert not document.replace(Content())
    points = np.float32([[1, 2, 3]])
    assert document.replace(Content((Stroke(points),)))
    assert not document.replace(Content((Stroke(points),)))
    assert document.replace(Content(picture=picture()))
    assert not document.replace(Content(picture=picture()))


def test_other_content_ends_the_stroke_in_progress(document):
    document.begin_stroke(5, 5, 1.0)
    document.replace(Content())
    assert document.is_blank()
    document.undo()
    assert starts(document) == [(5, 5)]


@pytest.mark.parametrize("keep", [True, False])
def test_a_stroke_replaces_a_picture_as_one_step(document, keep):
    shown = picture()
    document.replace(Content(picture=shown))
    document.begin_stroke(5, 5, 1.0)
    assert document.content.picture is None
    if keep:
        document.end()
        document.undo()
    else:
        assert document.cancel()
    assert document.content.picture is shown


def test_erasing_is_one_step_however_many_strokes_it_removes(document):
    for y in (100, 200, 300, 400):
        stroke(document, (0, y), (900, y))
    document.begin_erasing()
    assert document.erase((500, 50), (500, 210), WIDTH)
    assert document.erase((500, 210), (500, 310), WIDTH)
    assert not document.erase((500, 310), (500, 340), WIDTH)
    document.end()
    assert starts(document) == [(0, 400)]
    document.undo()
    assert len(starts(document)) == 4


def test_erasing_nothing_is_no_step(document):
    stroke(document, (100, 100))
    document.undo()
    document.begin_erasing()
    assert not document.erase((500, 500), (600, 600), WIDTH)
    assert document.can_undo()
    document.end()
    assert not document.can_undo()
    assert document.can_redo()


def test_erasing_can_be_cancelled(document):
    stroke(document, (100, 100))
    document.begin_erasing()
    assert not document.cancel()
    document.begin_erasing()
    document.erase((100, 100), (100, 100), WIDTH)
    assert document.is_blank()
    assert document.cancel()
    assert starts(document) == [(100, 100)]


@pytest.mark.parametrize(("pen_width", "touched"), [(0.02, False), (0.08, True)])
def test_the_eraser_touches_the_painted_width_of_a_stroke(document, pen_width, touched):
    stroke(document, (0, 100), (900, 100))
    document.begin_erasing()
    assert document.erase((500, 140), (500, 140), pen_width) is touched


def test_a_picture_is_centred_and_erased_inside_its_rectangle(document):
    wide = Content(picture=picture(200, 100))
    assert wide.picture_rect().getRect() == (0, UNIT / 4, UNIT, UNIT / 2)
    document.replace(wide)
    document.begin_erasing()
    assert not document.erase((500, 100), (500, 200), WIDTH)
    assert document.erase((500, 200), (500, 300), WIDTH)
    assert document.is_blank()


def test_taking_back_a_gesture_of_a_full_history_loses_no_step():
    document = PadDocument()
    for x in range(HISTORY_STEPS + 1):
        document.begin_stroke(x, 0, 1)
        document.end()
    assert document.take_back(1)
    steps = 0
    while document.undo():
        steps += 1
    assert steps == HISTORY_STEPS
    assert document.is_blank()


def test_a_gesture_in_progress_is_not_taken_back():
    document = PadDocument()
    document.begin_stroke(1, 1, 1)
    document.end()
    document.begin_stroke(2, 2, 1)
    assert not document.take_back(1)
    document.end()
    assert len(document.content.strokes) == 2
    assert document.take_back(5)
    assert document.is_blank()
    assert not document.take_back(1)
