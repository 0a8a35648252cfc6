"""Colormaps: interpolation between stops, and text that is legible on each shade."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.style import theme
from gui.style.colormaps import contrast, legible_on, mix, ramp


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def colours(request, qapp):
    theme.apply(qapp, dark=request.param)
    yield theme.colours()
    theme.apply(QApplication.instance(), dark=False)


def test_mixing():
    black, other = QColor(0, 0, 0), QColor(200, 100, 51)
    assert mix(black, other, 0) == black
    assert mix(black, other, 1) == other
    assert mix(black, other, 0.5).getRgb()[:3] == (100, 50, 26)


def test_a_ramp_goes_from_stop_to_stop():
    stops = [QColor("#ff0000"), QColor("#ffffff"), QColor("#0000ff")]
    table = ramp(*stops, n=255)
    assert len(table) == 255
    assert [table[0], table[127], table[254]] == [stop.rgb() for stop in stops]
    greens = np.array([QColor(level).green() for level in table])
    assert (np.diff(greens[:128]) > 0).all()
    assert (np.diff(greens[127:]) < 0).all()


def test_contrast_is_that_of_wcag():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


def test_ink_or_paper_is_legible_on_every_shade(colours):
    for end in (colours.negative, colours.positive):
        for share in np.linspace(0, 1, 21):
            background = mix(colours.paper, end, float(share))
            assert contrast(legible_on(background), background) >= 4


def test_the_ends_are_distinct_without_red_or_green_vision(colours):
    # Without red or green cones, colours differ in lightness and in blue against yellow.
    ends = [np.array(end.getRgb()[:3], float) for end in (colours.negative, colours.positive)]
    against_yellow = [end[2] - end[:2].mean() for end in ends]
    assert against_yellow[0] - against_yellow[1] > 120
