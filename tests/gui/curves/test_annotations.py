"""Notes on a plot: which words find room, and where."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF

from core.training.history import History
from gui.curves.annotations import Annotation, Annotations, annotations_of

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


@pytest.fixture
def plot(plot):
    plot.set_end(10.0)
    plot.setYRange(0, 1)
    return plot


def shown(plot, notes):
    item = Annotations()
    plot.addItem(item, ignoreBounds=True)
    item.set_annotations(notes)
    return plot.viewport().grab().toImage()


def columns(image, colour):
    """Return the columns in which at least half of the pixels have a colour."""
    pixels = np.array(
        [[image.pixelColor(x, y).rgb() == colour.rgb() for x in range(image.width())] for y in range(150)]
    )
    return np.flatnonzero(pixels.mean(axis=0) > 0.4).tolist()


def test_lines_go_through_the_whole_plot_where_they_should(plot):
    image = shown(plot, [Annotation(2.0, "", RED), Annotation(7.0, "", BLUE, dashed=True)])
    assert columns(image, RED) == [pytest.approx(plot.place_of(2.0), abs=1)]
    assert columns(image, BLUE) == [pytest.approx(plot.place_of(7.0), abs=1)]


def test_what_is_beyond_the_plot_is_not_painted(plot):
    assert columns(shown(plot, [Annotation(-5.0, "before", RED), Annotation(20.0, "after", RED)]), RED) == []


def test_words_do_not_lie_on_each_other(plot):
    notes, room, taken = Annotations(), QRectF(0, 0, 300, 100), []
    metrics = QFontMetricsF(plot.font())
    for x in (100, 110, 120, 130, 140, 150):
        place = notes._place("rate 0.05", x, room, metrics, taken)
        if place is not None:
            assert not any(place.intersects(other) for other in taken)
            assert room.contains(place)
            taken.append(place)
    assert 2 <= len(taken) < 6


def test_a_word_stands_on_the_side_where_there_is_room(plot):
    notes, room, metrics = Annotations(at_bottom=True), QRectF(0, 0, 300, 100), QFontMetricsF(plot.font())
    assert notes._place("best 98.41%", 20, room, metrics, []).left() > 20
    place = notes._place("best 98.41%", 290, room, metrics, [])
    assert place.right() < 290
    assert place.bottom() == 100


def test_the_best_comes_first_and_each_change_of_rate_after_it(make_history):
    history = make_history(3, best=2)
    history.mark(4800, 0.05)
    history.mark(6400, 0.025)
    found = annotations_of(history, "steps")
    assert [(note.x, note.text) for note in found] == [
        (200, "best 97.00% · epoch 2"),
        (150, "rate 0.05"),
        (200, "rate 0.025"),
    ]
    assert [note.dashed for note in found] == [False, True, True]


def test_of_an_empty_history_there_is_nothing_to_note():
    assert annotations_of(History(), "seconds") == []
