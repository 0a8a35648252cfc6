"""A sparkline: the right heights for any number of values."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui.inspector.sparkline import Sparkline
from gui.style import theme


@pytest.fixture
def line(show_widget):
    return show_widget(Sparkline(), 106, 26)


def rows(line):
    """The mean row of the ink, by column; NaN without ink."""
    image = line.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    ink = grey[0, 0] - grey[:, : image.width()].astype(float)
    with np.errstate(invalid="ignore"):
        return (ink * np.arange(len(ink))[:, np.newaxis]).sum(axis=0) / ink.sum(axis=0)


def test_low_is_at_the_bottom_and_high_at_the_top(line):
    line.set_values(np.linspace(2, 6, 30), 2, 6)
    found = rows(line)
    assert found[4] == pytest.approx(22.5, abs=1.5)
    assert found[50] == pytest.approx(12.5, abs=1.5)
    assert found[101] == pytest.approx(2.5, abs=1.5)
    line.set_values(np.linspace(2, 6, 30), 2, 10)  # a neighbour has higher values
    assert rows(line)[101] == pytest.approx(12.5, abs=1.5)


def test_ten_thousand_values_look_like_thirty(line):
    line.set_values(np.linspace(0, 1, 30), 0, 1)
    few = rows(line)[5:100]
    line.set_values(np.linspace(0, 1, 10_000), 0, 1)
    np.testing.assert_allclose(rows(line)[5:100], few, atol=1.5)


def test_one_value_is_a_dot_at_the_end_and_none_paints_nothing(line):
    line.set_values(np.array([0.5]), 0, 1)
    inked = np.flatnonzero(np.isfinite(rows(line)))
    assert inked.min() > 95
    line.set_values(np.zeros(0), 0, 0)
    assert np.isnan(rows(line)).all()


def test_a_constant_is_a_line_at_the_bottom(line):
    line.set_values(np.full(9, 3.0), 3.0, 3.0)
    np.testing.assert_allclose(rows(line)[5:95], 22.5, atol=1)


def test_it_follows_the_colour_scheme(line):
    line.set_values(np.full(9, 3.0), 0, 3.0)
    before = line.grab().toImage()
    theme.apply(QApplication.instance(), dark=True)
    assert line.grab().toImage() != before
