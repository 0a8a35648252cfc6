"""How the answer changed: bands as high as probabilities, above one another, snapshot by snapshot."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.inspector.answer_strip import AnswerStrip, _colours
from gui.style import theme

WIDTH, HEIGHT = 316, 100


@pytest.fixture
def strip(qtbot):
    widget = AnswerStrip()
    qtbot.addWidget(widget)
    widget.resize(WIDTH, HEIGHT)
    theme.apply(QApplication.instance(), dark=False)
    yield widget
    theme.apply(QApplication.instance(), dark=False)


def sure(*digits, share=1.0):
    """Snapshots that each answer a digit."""
    shares = np.full((len(digits), 10), (1 - share) / 9)
    shares[np.arange(len(digits)), digits] = share
    return shares


def column(strip, x):
    """The colours from top to bottom."""
    image = strip.grab(QRect(round(x), 0, 1, strip.height())).toImage()
    return [image.pixelColor(0, y) for y in range(image.height())]


def heights(strip, x):
    """How high each digit's band is."""
    found = column(strip, x)
    return [found.count(colour) for colour in _colours()]


@pytest.mark.parametrize("dark", [False, True])
def test_bands_are_as_high_as_probabilities_and_in_the_digits_order(strip, dark):
    theme.apply(QApplication.instance(), dark=dark)
    shares = np.array([0.5, 0, 0, 0.2, 0, 0, 0, 0.3, 0, 0])
    strip.set_answers(np.tile(shares, (4, 1)))
    found = column(strip, 40)
    assert heights(strip, 40) == pytest.approx((100 * shares).tolist(), abs=1.5)
    firsts = [found.index(_colours()[digit]) for digit in (0, 3, 7)]
    assert firsts == sorted(firsts)


def test_snapshots_lie_evenly_between_the_ends_of_the_span(strip):
    strip.set_span(8, 308)
    strip.set_answers(sure(1, 2, 3, 4))
    for digit, x in ((1, 8), (1, 56), (2, 60), (2, 157), (3, 160), (3, 256), (4, 260), (4, 308)):
        assert heights(strip, x)[digit] > 90, x


def test_all_ten_colours_differ():
    for dark in (False, True):
        theme.apply(QApplication.instance(), dark=dark)
        assert len({colour.name() for colour in _colours()}) == 10
    theme.apply(QApplication.instance(), dark=False)


def test_a_digit_is_written_on_its_band_where_there_is_room(strip):
    def inked():
        image = strip.grab(QRect(5, 0, WIDTH - 10, HEIGHT)).toImage().convertToFormat(QImage.Format.Format_RGB32)
        grounds = [colour.rgb() for colour in (*_colours(), theme.colours().window)]
        return int((~np.isin(np.frombuffer(bytes(image.constBits()), np.uint32), grounds)).sum())

    strip.set_answers(sure(1, 1, 1, share=0.9))
    assert inked() > 10
    strip.set_answers(sure(1, 1, 1, share=0.1))
    assert inked() == 0


def test_the_chosen_snapshot_is_marked(strip):
    strip.set_answers(sure(1, 1, 1))
    for index, x in ((0, 8), (1, 158), (2, 308)):
        strip.set_index(index)
        assert column(strip, x).count(theme.colours().text) == HEIGHT
    strip.set_index(-1)
    assert theme.colours().text not in column(strip, 158)


def test_what_is_not_known_is_left_blank(strip):
    shares = sure(1, 2, 3)
    shares[1] = np.nan
    strip.set_answers(shares)
    assert sum(heights(strip, 158)) == 0
    assert heights(strip, 20)[1] > 90
    empty = strip.grab().toImage()
    strip.set_answers(np.full((3, 10), np.nan))
    hint = strip.grab().toImage()
    assert hint != empty
    strip.set_answers(None)
    strip.set_answers(None)
    assert strip.grab().toImage() == hint


def test_one_snapshot(strip):
    strip.set_answers(sure(5))
    strip.set_index(0)
    strip.grab()
    assert heights(strip, 11)[5] > 90


def test_the_mouse_chooses_snapshots(strip):
    pressed = []
    strip.indexPressed.connect(pressed.append)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(100, 20))
    strip.set_answers(sure(1, 2, 3, 4))
    for x in (9, 70, 200, 310):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    QTest.mouseClick(strip, Qt.MouseButton.RightButton, pos=QPoint(9, 20))
    assert pressed == [0, 1, 2, 3]


def test_anything_else_is_an_error(strip):
    with pytest.raises(ValueError, match="10 probabilities"):
        strip.set_answers(np.zeros((3, 9)))
