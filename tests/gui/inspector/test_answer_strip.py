"""The strip of predictions: bands with the height of the probabilities, snapshot by snapshot."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.inspector.answer_strip import AnswerStrip, band_colours
from gui.style import theme

WIDTH, HEIGHT = 316, 100


@pytest.fixture
def strip(show_widget):
    return show_widget(AnswerStrip(), WIDTH, HEIGHT)


def sure(*digits, share=1.0):
    """Probabilities of snapshots that each predict a digit."""
    shares = np.full((len(digits), 10), (1 - share) / 9)
    shares[np.arange(len(digits)), digits] = share
    return shares


def column(strip, x):
    """The colours from top to bottom."""
    image = strip.grab(QRect(round(x), 0, 1, strip.height())).toImage()
    return [image.pixelColor(0, y) for y in range(image.height())]


def heights(strip, x):
    """The height of each digit's band, in pixels."""
    found = column(strip, x)
    return [found.count(colour) for colour in band_colours()]


@pytest.mark.parametrize("dark", [False, True])
def test_bands_have_the_height_of_the_probabilities_and_the_order_of_the_digits(strip, dark):
    theme.apply(QApplication.instance(), dark=dark)
    shares = np.array([0.5, 0, 0, 0.2, 0, 0, 0, 0.3, 0, 0])
    strip.set_probabilities(np.tile(shares, (4, 1)))
    found = column(strip, 40)
    assert heights(strip, 40) == pytest.approx((100 * shares).tolist(), abs=1.5)
    firsts = [found.index(band_colours()[digit]) for digit in (0, 3, 7)]
    assert firsts == sorted(firsts)


def test_snapshots_are_evenly_spaced_over_the_span(strip):
    strip.set_span(8, 308)
    strip.set_probabilities(sure(1, 2, 3, 4))
    for digit, x in ((1, 8), (1, 56), (2, 60), (2, 157), (3, 160), (3, 256), (4, 260), (4, 308)):
        assert heights(strip, x)[digit] > 90, x


def test_all_ten_colours_differ():
    for dark in (False, True):
        theme.apply(QApplication.instance(), dark=dark)
        assert len({colour.name() for colour in band_colours()}) == 10
    theme.apply(QApplication.instance(), dark=False)


def test_a_band_that_is_high_enough_shows_its_digit(strip):
    def inked():
        image = strip.grab(QRect(5, 0, WIDTH - 10, HEIGHT)).toImage().convertToFormat(QImage.Format.Format_RGB32)
        backgrounds = [colour.rgb() for colour in (*band_colours(), theme.colours().window)]
        return int((~np.isin(np.frombuffer(bytes(image.constBits()), np.uint32), backgrounds)).sum())

    strip.set_probabilities(sure(1, 1, 1, share=0.9))
    assert inked() > 10
    strip.set_probabilities(sure(1, 1, 1, share=0.1))
    assert inked() == 0


def test_the_chosen_snapshot_is_marked(strip):
    strip.set_probabilities(sure(1, 1, 1))
    for index, x in ((0, 8), (1, 158), (2, 308)):
        strip.set_index(index)
        assert column(strip, x).count(theme.colours().text) == HEIGHT
    strip.set_index(-1)
    assert theme.colours().text not in column(strip, 158)


def test_unknown_predictions_are_blank(strip):
    shares = sure(1, 2, 3)
    shares[1] = np.nan
    strip.set_probabilities(shares)
    assert sum(heights(strip, 158)) == 0
    assert heights(strip, 20)[1] > 90
    empty = strip.grab().toImage()
    strip.set_probabilities(np.full((3, 10), np.nan))
    hint = strip.grab().toImage()
    assert hint != empty
    strip.set_probabilities(None)
    strip.set_probabilities(None)
    assert strip.grab().toImage() == hint


def test_a_single_snapshot(strip):
    strip.set_probabilities(sure(5))
    strip.set_index(0)
    strip.grab()
    assert heights(strip, 11)[5] > 90


def test_the_mouse_chooses_snapshots(strip):
    pressed = []
    strip.indexPressed.connect(pressed.append)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(100, 20))
    strip.set_probabilities(sure(1, 2, 3, 4))
    for x in (9, 70, 200, 310):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    QTest.mouseClick(strip, Qt.MouseButton.RightButton, pos=QPoint(9, 20))
    assert pressed == [0, 1, 2, 3]


def test_another_shape_is_an_error(strip):
    with pytest.raises(ValueError, match="10 probabilities"):
        strip.set_probabilities(np.zeros((3, 9)))
