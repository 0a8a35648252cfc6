"""Annotations of a plot: which labels find room, and where."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor

from core.training.history import History
from gui.curves.annotations import Annotation, Annotations, annotations_of, label_rect

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")
BOUNDS, LABEL = QRectF(0, 0, 300, 100), QSizeF(60, 15)


@pytest.fixture
def plot(plot):
    plot.set_x_end(10.0)
    plot.setYRange(0, 1)
    return plot


def shown(plot, annotations):
    item = Annotations()
    plot.addItem(item, ignoreBounds=True)
    item.set_annotations(annotations)
    return plot.viewport().grab().toImage()


def columns(image, colour):
    """Return the columns in which two in five of the pixels have a colour."""
    pixels = np.array(
        [[image.pixelColor(x, y).rgb() == colour.rgb() for x in range(image.width())] for y in range(150)]
    )
    return np.flatnonzero(pixels.mean(axis=0) > 0.4).tolist()


def test_lines_have_the_height_of_the_plot(plot):
    image = shown(plot, [Annotation(2.0, "", RED), Annotation(7.0, "", BLUE, dashed=True)])
    assert columns(image, RED) == [pytest.approx(plot.position_of(2.0), abs=1)]
    assert columns(image, BLUE) == [pytest.approx(plot.position_of(7.0), abs=1)]


def test_annotations_outside_the_plot_are_not_painted(plot):
    assert columns(shown(plot, [Annotation(-5.0, "before", RED), Annotation(20.0, "after", RED)]), RED) == []


@pytest.mark.parametrize("at_bottom", [False, True])
def test_labels_do_not_overlap(at_bottom):
    taken = []
    for x in (100, 110, 120, 130, 140, 150):
        rect = label_rect(LABEL, x, BOUNDS, taken, at_bottom=at_bottom)
        if rect is not None:
            assert not any(rect.intersects(other) for other in taken)
            assert BOUNDS.contains(rect)
            taken.append(rect)
    assert 2 <= len(taken) < 6


def test_a_label_is_on_the_side_with_room():
    assert label_rect(LABEL, 20, BOUNDS, [], at_bottom=True).left() > 20
    rect = label_rect(LABEL, 290, BOUNDS, [], at_bottom=True)
    assert rect.right() < 290
    assert rect.bottom() == 100
    assert label_rect(LABEL, 20, BOUNDS, [], at_bottom=False).top() == 0
    assert label_rect(QSizeF(400, 15), 20, BOUNDS, [], at_bottom=False) is None


def test_the_best_evaluation_comes_first_then_each_change_of_the_rate(make_history):
    history = make_history(3, best=2)
    history.mark(4800, 0.05)
    history.mark(6400, 0.025)
    found = annotations_of(history, "steps")
    assert [(each.x, each.text) for each in found] == [
        (200, "best 97.00% · epoch 2"),
        (150, "rate 0.05"),
        (200, "rate 0.025"),
    ]
    assert [each.dashed for each in found] == [False, True, True]


def test_an_empty_history_has_no_annotations():
    assert annotations_of(History(), "seconds") == []
