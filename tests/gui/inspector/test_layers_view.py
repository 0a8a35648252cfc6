"""The layers of a run: named, told with their values, compared by their lines."""

import math

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel

from core.training.curve import MAX_BUCKETS
from core.training.inspection import Inspection
from gui.inspector.layers_view import LayersView
from gui.inspector.sparkline import Sparkline
from gui.style import theme
from gui.style.palettes import DARK, LIGHT


@pytest.fixture
def view(qtbot):
    widget = LayersView()
    qtbot.addWidget(widget)
    widget.resize(520, 400)
    theme.apply(QApplication.instance(), dark=False)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    theme.apply(QApplication.instance(), dark=False)


def inspected(dead=(0.012, 0.5), weights=(24.04, 17.01, 6.71), grads=(0.48, 0.00029, 0.23)):
    return Inspection((), weights, grads, dead)


def table(view):
    """The texts of the table, row by row."""
    grid = view._table.widget().layout()
    rows = []
    for row in range(grid.rowCount()):
        items = [grid.itemAtPosition(row, column) for column in range(grid.columnCount())]
        widgets = [item.widget() for item in items if item is not None]
        texts = [widget.text() for widget in widgets if isinstance(widget, QLabel)]
        if texts:
            rows.append(list(dict.fromkeys(texts)))
    return rows


def lines(view):
    """The heights of the lines' last points, by column."""
    return [[float(c.line._heights[-1]) for row in view._courses if (c := row[column])] for column in range(3)]


def test_each_layer_is_named_and_told(view):
    view.begin((784, 256, 128, 10))
    view.add(1000, inspected(dead=(0.012, 0.25)))
    assert table(view)[1:] == [
        ["hidden 1 (256)", "1.2%", "24", "0.48"],
        ["hidden 2 (128)", "25.0%", "17", "0.00029"],
        ["output (10)", "–", "6.71", "0.23"],
    ]
    view.add(2000, inspected(dead=(0.012, 0.0)))
    assert table(view)[2][1] == "0.0%"


def test_without_widths_layers_are_numbered(view):
    view.add(1000, inspected())
    assert [row[0] for row in table(view)[1:]] == ["hidden 1", "hidden 2", "output"]


def test_a_network_without_hidden_layers(view):
    view.begin((784, 10))
    view.add(1000, inspected(dead=(), weights=(3.0,), grads=(0.1,)))
    assert table(view)[1] == ["output (10)", "–", "3", "0.1"]


def test_many_dead_units_are_marked_in_either_scheme(view):
    view.add(1000, inspected(dead=(0.49, 0.5)))
    assert table(view)[1][1] == "49.0%"
    assert LIGHT.warn.name() in table(view)[2][1]
    theme.apply(QApplication.instance(), dark=True)
    assert DARK.warn.name() in table(view)[2][1]


def test_the_lines_of_a_column_have_one_scale(view):
    view.add(1000, inspected(dead=(0.2, 0.4), weights=(10.0, 5.0, 2.5), grads=(1e-5, 1e-3, 1e-1)))
    dead, weights, grads = lines(view)
    assert dead == pytest.approx([0.5, 1.0])
    assert weights == pytest.approx([1.0, 0.5, 0.25])
    assert grads == pytest.approx([0.0, 0.5, 1.0])  # logarithmic


def test_a_few_dead_units_do_not_look_like_many(view):
    view.add(1000, inspected(dead=(0.01, 0.0)))
    assert lines(view)[0] == pytest.approx([0.1, 0.0])


def test_values_that_are_no_numbers_are_no_fault(view):
    view.add(1000, inspected(grads=(0.0, math.inf, math.nan)))
    assert [row[3] for row in table(view)[1:3]] == ["0", "–"]
    view.add(2000, inspected())
    view.grab()


def test_however_long_the_run_memory_and_lines_are_bounded(view):
    view.begin((784, 16, 10))
    for step in range(MAX_BUCKETS + 10):
        view.add(step, inspected(dead=(0.1,), weights=(1.0 + step, 2.0), grads=(0.1, 0.2)))
    course = view._courses[0][1]
    assert len(course.curve) <= MAX_BUCKETS
    assert len(course.line._heights) <= 100
    assert (np.diff(course.line._heights) > 0).all()


def test_what_comes_while_nobody_looks_is_shown_when_somebody_does(view):
    view.add(1000, inspected(weights=(1.0, 2.0, 3.0)))
    view.hide()
    view.add(2000, inspected(weights=(4.0, 5.0, 6.0)))
    view.show()
    assert [row[2] for row in table(view)[1:]] == ["4", "5", "6"]


def test_another_run_begins_anew(view):
    view.begin((784, 256, 128, 10))
    view.add(1000, inspected())
    view.begin((784, 64, 10))
    assert not view._table.isVisible()
    view.add(1000, inspected(dead=(0.0,), weights=(5.0, 2.0), grads=(0.1, 0.1)))
    assert [row[0] for row in table(view)[1:]] == ["hidden 1 (64)", "output (10)"]
    assert [len(course.curve) for course in view._courses[0]] == [1, 1, 1]


def test_none_yet(view):
    assert view._hint.isVisible()
    view.add(1000, inspected())
    assert not view._hint.isVisible()
    view.clear()
    view.clear()
    assert view._hint.isVisible()
    theme.notifier.changed.emit()


def test_what_it_means_is_told(view):
    view.add(1000, inspected())
    tips = " ".join(label.toolTip() for label in view._table.widget().findChildren(QLabel))
    for word in ("answers 0 to every digit", "weight decay", "vanish", "explode"):
        assert word in tips
    assert all(line.accessibleName() and line.toolTip() for line in view.findChildren(Sparkline))
