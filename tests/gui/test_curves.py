import math

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.training import Progress
from gui import theme
from gui.curves import Curves


@pytest.fixture
def curves(qtbot):
    curves = Curves()
    qtbot.addWidget(curves)
    curves.resize(500, 400)
    with qtbot.waitExposed(curves):
        curves.show()
    yield curves
    theme.apply(QApplication.instance(), dark=False)


def record(step, loss=1.0, validation=None):
    return Progress(step, 100, 1, 32 * step, loss, 0.5, 0.1, validation, None if validation is None else 0.6)


def test_records_are_painted_within_a_moment(qtbot, curves):
    curves.begin(3200, 1)
    curves.add([record(1, 2.0), record(2, 1.0)])
    qtbot.waitUntil(lambda: curves._raw.yData is not None and len(curves._raw.yData) == 2)
    np.testing.assert_allclose(curves._raw.xData, [0.01, 0.02])
    np.testing.assert_array_equal(curves._raw.yData, [2, 1])


def test_a_million_records_are_drawn_as_two_thousand_points(curves):
    curves.begin(3200, 1)
    for start in range(0, 50_000, 1000):
        curves.add([record(start + i + 1, math.sin(i)) for i in range(1000)])
    curves.flush()
    for item in (curves._raw, curves._smooth, curves._train_accuracy):
        assert 0 < len(item.yData) <= 2000


def test_validation_is_a_curve_of_its_own(curves):
    curves.begin(3200, 1)
    curves.add([record(1), record(2, validation=0.7), record(3), record(4, validation=0.5)])
    curves.flush()
    np.testing.assert_array_equal(curves._validation.yData, [0.7, 0.5])
    np.testing.assert_allclose(curves._validation_accuracy.yData, [60, 60])
    assert "0.5000" in curves._captions["validation"].text()


def test_a_new_run_begins_with_empty_plots(curves):
    curves.begin(3200, 1)
    curves.add([record(1)])
    curves.begin(3200, 1)
    assert len(curves.training_loss) == 0
    assert not curves._hint.isVisible()
    curves.clear()
    assert curves._hint.isVisible()


def test_zero_and_nan_do_not_trouble_the_logarithmic_axis(qtbot, curves):
    curves.begin(3200, 1)
    curves.set_log(True)
    curves.add([record(1, 0.0), record(2, math.nan), record(3, 1.0)])
    curves.flush()
    curves.grab()  # a warning from a paint event would be an error here
    assert np.isfinite(curves._raw.getData()[1]).all()
    curves.set_log(False)
    np.testing.assert_array_equal(curves._raw.yData, [0, 1])


def test_dark_colours_reach_the_plots(curves):
    theme.apply(QApplication.instance(), dark=True)
    assert curves._smooth.opts["pen"].color() == theme.DARK.training
    assert curves._loss.backgroundBrush().color() == theme.DARK.paper


def test_both_plots_show_the_same_epochs_on_either_axis(curves):
    curves.begin(3200, 7)
    curves.add([record(1, 2.0), record(2, 1.0)])
    for log in (False, True, False):
        curves.set_log(log)
        curves.flush()
        loss, accuracy = curves._loss.viewRange()[0], curves._accuracy.viewRange()[0]
        assert loss == pytest.approx(accuracy)
        assert loss[1] == pytest.approx(7, abs=0.2)


def test_smoothing_is_quicker_where_an_epoch_is_short(curves):
    curves.begin(1000, 3)
    assert curves.training_loss.time_constant == 40
    curves.begin(54_000, 3)
    assert curves.training_loss.time_constant == 2000


def test_a_logarithmic_axis_names_one_two_and_five(curves):
    axis = curves._loss.getPlotItem().getAxis("left")
    values = np.log10([0.1, 0.2, 0.3, 0.5, 0.9, 1, 20])
    assert axis.logTickStrings(values, 1, None) == ["0.1", "0.2", "", "0.5", "", "1", "20"]
