"""Curves in a plot's background: they look like others, but are painted only when something has changed."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gui.curves.background_layer import BackgroundLayer


@pytest.fixture
def curve(plot):
    curve = plot.line()
    curve.setData(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    curve.setPen(plot.pen(QColor("#ff0000")))
    plot.set_x_end(1.0)
    plot.setYRange(0, 1)
    return curve


def red(plot):
    """Return the positions of red pixels in a plot."""
    image = plot.grab().toImage()
    positions = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {(x, y) for x, y in positions if image.pixelColor(x, y).red() > 200 > 2 * image.pixelColor(x, y).green()}


def test_a_curve_looks_the_same_in_the_background(plot, curve):
    before = red(plot)
    plot.background_layer.add(curve)
    assert len(before) > 50
    assert red(plot) == before


def test_it_follows_the_axes_the_size_and_visibility(plot, curve):
    plot.background_layer.add(curve)
    before = red(plot)
    plot.setYRange(0, 2)
    assert red(plot) not in (set(), before)
    plot.resize(300, 150)
    assert red(plot)
    curve.setVisible(False)
    plot.background_layer.refresh()
    assert not red(plot)
    curve.setVisible(True)
    plot.background_layer.remove(curve)
    plot.removeItem(curve)
    assert not red(plot)


def test_it_is_painted_once(plot, curve, monkeypatch):
    painted, kept = [], BackgroundLayer.paint
    monkeypatch.setattr(BackgroundLayer, "paint", lambda *args: painted.append(1) or kept(*args))
    plot.background_layer.add(curve)
    plot.grab()
    n = len(painted)
    for _ in range(3):
        plot.grab()
    assert n == len(painted) <= 2
