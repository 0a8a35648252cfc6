"""A plot: its axes, the value of zero on a logarithmic one, and positions."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint

from gui.curves.plot import SMALLEST, faint
from gui.style.palettes import LIGHT


def test_a_logarithmic_axis_labels_one_two_and_five(plot):
    axis = plot.getPlotItem().getAxis("left")
    values = np.log10([0.1, 0.2, 0.3, 0.5, 0.9, 1, 20])
    assert axis.logTickStrings(values, 1, None) == ["0.1", "0.2", "", "0.5", "", "1", "20"]


def test_large_numbers_are_counted_in_thousands(plot):
    axis = plot.getPlotItem().getAxis("bottom")
    assert axis.tickStrings([0, 500, 1000, 12_500], 1, 500) == ["0", "500", "1k", "12.5k"]
    assert axis.tickStrings([0, 1_500_000], 1, 1_500_000) == ["0", "1.5M"]
    assert axis.tickStrings([60, 120], 1 / 60, 60) == ["1", "2"]
    assert axis.tickStrings([0, 0.5], 1, 0.5) == ["0", "0.5"]


def test_zero_becomes_the_smallest_value_on_a_logarithmic_axis(plot):
    item, x, y = plot.line(), np.array([1.0, 2.0]), np.array([0.0, 0.1])
    plot.set_log(True)
    plot.draw(item, x, y)
    np.testing.assert_allclose(item.getData()[1], np.log10([SMALLEST, 0.1]))
    plot.set_log(False)
    plot.draw(item, x, y)
    np.testing.assert_array_equal(item.getData()[1], y)


def test_the_x_axis_keeps_its_end_with_a_linear_and_a_logarithmic_y_axis(plot):
    for log in (False, True, True, False):
        plot.set_log(log)
        plot.set_x_end(7.0)
        start, end = plot.viewRange()[0]
        assert start == pytest.approx(0, abs=0.2)
        assert end == pytest.approx(7, abs=0.2)


def test_the_y_axis_stays_while_the_values_fit_and_fill_it(plot):
    plot.fit_y(0.0, 1.0)
    low, high = before = plot.viewRange()[1]
    assert -0.1 < low < 0
    assert 1 < high < 1.1
    plot.fit_y(0.0, 1.05)
    plot.fit_y(0.0, 0.9)
    assert plot.viewRange()[1] == before
    plot.fit_y(0.0, 0.9, force=True)
    assert plot.viewRange()[1][1] == pytest.approx(0.95, abs=0.02)
    plot.fit_y(0.0, 2.0)
    assert plot.viewRange()[1][1] == pytest.approx(2.1, abs=0.05)
    plot.fit_y(0.0, 0.5)
    assert plot.viewRange()[1][1] == pytest.approx(0.53, abs=0.02)


def test_the_y_axis_is_fitted_again_after_a_change_of_scale(plot):
    plot.fit_y(0.0, 1.0)
    plot.set_log(True)
    plot.fit_y(0.0, 1.0)
    low, high = plot.viewRange()[1]
    assert low == pytest.approx(np.log10(SMALLEST), abs=0.5)
    assert 0 < high < 1
    plot.set_log(False)
    plot.fit_y(3.0, 3.0)  # a single value
    low, high = plot.viewRange()[1]
    assert low < 3 < high


def test_changes_are_painted_once_updates_are_resumed(qtbot, plot):
    with qtbot.waitExposed(plot):
        plot.show()
    plot.grab()
    viewport, painted = plot.viewport(), []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                painted.append(event)
            return False

    watch = Watch()
    viewport.installEventFilter(watch)
    plot.suspend_updates()
    plot.draw(plot.line(), np.arange(3.0), np.arange(3.0))
    QCoreApplication.sendPostedEvents()
    QCoreApplication.processEvents()
    assert not painted
    plot.resume_updates()
    qtbot.waitUntil(lambda: bool(painted))


def test_a_plot_that_is_resized_while_updates_are_suspended_is_painted(plot):
    plot.show()
    plot.suspend_updates()
    plot.resize(plot.width() + 50, plot.height() + 50)
    assert plot.viewport().updatesEnabled()


def test_a_position_and_its_x_agree(plot):
    plot.set_x_end(10.0)
    plot.grab()
    for x in (0.0, 2.5, 10.0):
        assert plot.x_at(QPoint(plot.position_of(x), 50)) == pytest.approx(x, abs=0.05)
    assert plot.x_at(QPoint(5, 50)) is None  # over the numbers of the y axis


def test_thin_pens_have_a_width_of_one(plot):
    assert plot.pen(LIGHT.training).widthF() == 1
    assert plot.pen(LIGHT.training, 2).widthF() == 2 * plot.devicePixelRatioF()
    assert plot.pen(LIGHT.training, 2).isCosmetic()


def test_a_faint_colour_is_a_copy():
    assert faint(LIGHT.training, 10).alpha() == 10
    assert LIGHT.training.alpha() == 255


def test_the_hint_keeps_within_the_plot(plot):
    plot.hint.setText("Nothing here yet")
    plot.hint.show()
    plot.resize(300, 150)
    assert plot.rect().contains(plot.hint.geometry())
