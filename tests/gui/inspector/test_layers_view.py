"""The layers of a run: names, values, and lines on one scale."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from core.training.curve import MAX_BUCKETS
from core.training.inspection import Inspection
from gui.inspector.layers_view import LayersView
from gui.inspector.sparkline import Sparkline
from gui.style import theme
from gui.style.palettes import DARK, LIGHT

TITLES = ("Dead units", "Weight norm", "Gradient norm")


@pytest.fixture
def view(show_widget):
    return show_widget(LayersView(), 520, 400)


def inspected(dead=(0.012, 0.5), weights=(24.04, 17.01, 6.71), grads=(0.48, 0.00029, 0.23)):
    return Inspection((), weights, grads, dead)


def table(view):
    """The texts of the table, row by row."""
    grid = view.findChild(QScrollArea).widget().layout()
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
    return [[float(line.heights[-1]) for line in sparklines(view, title)] for title in TITLES]


def sparklines(view, title):
    """The lines of a column, from the first layer to the last."""
    return [line for line in view.findChildren(Sparkline) if line.accessibleName().startswith(title)]


def hint(view):
    return view.findChild(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)


def test_each_layer_has_name_and_values(view):
    view.begin((784, 256, 128, 10))
    view.add(1000, inspected(dead=(0.012, 0.25)))
    assert table(view)[1:] == [
        ["hidden 1 (256)", "1.2%", "24", "0.48"],
        ["hidden 2 (128)", "25.0%", "17", "0.00029"],
        ["output (10)", "–", "6.71", "0.23"],
    ]
    view.add(2000, inspected(dead=(0.012, 0.0)))
    assert table(view)[2][1] == "0.0%"


def test_without_sizes_layers_are_numbered(view):
    view.add(1000, inspected())
    assert [row[0] for row in table(view)[1:]] == ["hidden 1", "hidden 2", "output"]


def test_a_network_without_hidden_layers(view):
    view.begin((784, 10))
    view.add(1000, inspected(dead=(), weights=(3.0,), grads=(0.1,)))
    assert table(view)[1] == ["output (10)", "–", "3", "0.1"]


def test_many_dead_units_are_highlighted_in_both_colour_schemes(view):
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


def test_values_that_are_not_finite_are_valid(view):
    view.add(1000, inspected(grads=(0.0, math.inf, math.nan)))
    assert [row[3] for row in table(view)[1:3]] == ["0", "–"]
    view.add(2000, inspected())
    view.grab()


def test_memory_and_lines_are_bounded_in_a_long_run(view):
    view.begin((784, 16, 10))
    for step in range(MAX_BUCKETS + 10):
        view.add(step, inspected(dead=(0.1,), weights=(1.0 + step, 2.0), grads=(0.1, 0.2)))
    assert len(view._rows[0][1].curve) <= MAX_BUCKETS
    heights = sparklines(view, "Weight norm")[0].heights
    assert len(heights) <= 100
    assert (np.diff(heights) > 0).all()


def test_values_that_come_while_it_is_hidden_are_shown_later(view):
    view.add(1000, inspected(weights=(1.0, 2.0, 3.0)))
    view.hide()
    view.add(2000, inspected(weights=(4.0, 5.0, 6.0)))
    view.show()
    assert [row[2] for row in table(view)[1:]] == ["4", "5", "6"]


def test_another_run_replaces_the_table(view):
    view.begin((784, 256, 128, 10))
    view.add(1000, inspected())
    view.begin((784, 64, 10))
    assert not view.findChild(QScrollArea).isVisible()
    view.add(1000, inspected(dead=(0.0,), weights=(5.0, 2.0), grads=(0.1, 0.1)))
    assert [row[0] for row in table(view)[1:]] == ["hidden 1 (64)", "output (10)"]
    assert [len(line.heights) for line in view.findChildren(Sparkline)] == [1] * 5


def test_the_empty_state(view):
    assert hint(view).isVisible()
    view.add(1000, inspected())
    assert not hint(view).isVisible()
    view.clear()
    view.clear()
    assert hint(view).isVisible()
    theme.notifier.changed.emit()


def test_tips_explain_the_quantities(view):
    view.add(1000, inspected())
    tips = " ".join(label.toolTip() for label in view.findChild(QScrollArea).widget().findChildren(QLabel))
    for word in ("output is 0 for every digit", "weight decay", "vanishing", "exploding"):
        assert word in tips
    assert all(line.accessibleName() and line.toolTip() for line in view.findChildren(Sparkline))
