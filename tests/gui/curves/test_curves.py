"""The curves as a whole: the live run, overlaid runs, axes, legend and crosshair, used by mouse and keyboard."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from core.training.history import Axis, History
from core.training.loop import Progress
from gui.curves.crosshair import Crosshair
from gui.curves.curves import Curves
from gui.curves.overlay_lines import Overlay
from gui.curves.readout import Readout
from gui.shell.menus import toggle
from gui.style import theme
from gui.style.palettes import DARK

AXIS = Axis(3200, 100)


@pytest.fixture
def curves(qtbot):
    frame = QWidget()  # the widget is part of a window
    curves = Curves(frame)
    qtbot.addWidget(frame)
    frame.resize(560, 480)
    curves.resize(560, 480)
    with qtbot.waitExposed(frame):
        frame.show()
    yield curves
    theme.apply(QApplication.instance(), dark=False)


def record(step, loss=1.0, validation=None):
    evaluation = (None,) * 4 if validation is None else (validation, 0.6, validation / 2, 0.8)
    return Progress(step, 100, 1, 32 * step, loss, 0.5, 0.1, *evaluation)


def add(curves, records, seconds):
    """Add records to the history, as its owner does."""
    curves.history.add(records, seconds)
    curves.redraw_soon()


def mark(curves, samples, rate):
    curves.history.mark(samples, rate)
    curves.redraw_soon()


def overlay(history, name="another", colour=0):
    return Overlay(name, theme.run_colours()[colour], history)


def hover(plot, x, y=30):
    """Move the mouse to an x of a plot, in two steps."""
    position = QPoint(plot.position_of(x), y)
    QTest.mouseMove(plot.viewport(), position - QPoint(3, 0))
    QTest.mouseMove(plot.viewport(), position)


@pytest.fixture
def readout(curves):
    return curves.findChild(Readout)


@pytest.fixture
def crosshair(curves):
    return curves.findChild(Crosshair)


def cells(readout):
    return {row.label: row.cells for row in readout.rows}


# -- the live run ------------------------------------------------------------------------------------------------------


def test_records_are_painted_within_a_moment(qtbot, curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1, 2.0), record(2, 1.0)], 0.1)
    raw = curves.loss.live.raw
    qtbot.waitUntil(lambda: raw.yData is not None and len(raw.yData) == 2)
    np.testing.assert_allclose(raw.xData, [0.01, 0.02])
    np.testing.assert_array_equal(raw.yData, [2, 1])


def test_records_are_painted_one_plot_after_the_other_while_more_arrive(qtbot, curves, monkeypatch):
    drawn, parts = [], (curves.loss, curves.accuracy, curves.rate)
    for part, draw in zip(parts, ("draw_batches", "draw_batches", "draw_live"), strict=True):
        kept = getattr(part, draw)
        monkeypatch.setattr(part, draw, lambda *args, part=part, kept=kept: (drawn.append(part), kept(*args)))
    curves.begin(History(AXIS), 1)
    drawn.clear()
    for step in range(1, 8):
        add(curves, [record(step)], step / 100)
        before = len(drawn)
        qtbot.waitUntil(lambda before=before: len(drawn) > before)
        assert len(drawn) == before + 1
    assert drawn == [*parts, *parts, parts[0]]


def test_no_plot_stays_suspended(qtbot, curves):
    (timer,) = curves.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    plots = curves.loss.plot, curves.accuracy.plot, curves.rate
    curves.begin(History(AXIS), 1)
    add(curves, [record(1)], 0.01)
    qtbot.waitUntil(lambda: not curves.loss.plot.viewport().updatesEnabled())  # in the middle of a repaint
    curves.begin(History(AXIS), 1)
    assert all(plot.viewport().updatesEnabled() for plot in plots)
    add(curves, [record(1)], 0.01)
    qtbot.waitUntil(lambda: not timer.isActive())
    assert all(plot.viewport().updatesEnabled() for plot in plots)


def test_a_million_records_are_drawn_as_two_thousand_points(curves):
    curves.begin(History(AXIS), 1)
    for start in range(0, 50_000, 1000):
        add(
            curves,
            [record(start + i + 1, math.sin(i), validation=0.5 if i % 10 == 0 else None) for i in range(1000)],
            start / 1000,
        )
    curves.flush()
    for pane in (curves.loss, curves.accuracy):
        for items in pane.live.items.values():
            for item in items:
                assert item is pane.live.changes or 0 < len(item.yData) <= 2000
    assert 0 < len(curves.rate.live.yData) <= 2000


def test_validation_and_the_training_sample_are_curves_of_their_own(curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1), record(2, validation=0.7), record(3), record(4, validation=0.5)], 1.0)
    curves.flush()
    np.testing.assert_array_equal(curves.loss.live.validation.yData, [0.7, 0.5])
    np.testing.assert_array_equal(curves.loss.live.training.yData, [0.35, 0.25])
    np.testing.assert_allclose(curves.accuracy.live.validation.yData, [60, 60])
    np.testing.assert_allclose(curves.accuracy.live.training.yData, [80, 80])
    assert curves.loss.entries["validation"].text() == "validation 0.5000"
    assert curves.loss.entries["training"].text() == "training 0.2500"
    assert curves.accuracy.entries["training"].text() == "training 80.00%"


def test_a_new_run_begins_with_empty_plots(curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1, validation=0.5)], 0.1)
    mark(curves, 32, 0.05)
    curves.flush()
    curves.begin(History(AXIS), 1)
    assert len(curves.history.loss) == 0
    assert not curves.loss.plot.hint.isVisible()
    assert not len(curves.loss.live.values())
    assert curves.loss.live.annotations.annotations == curves.rate.annotations.annotations == ()
    assert curves.loss.entries["validation"].text() == "validation"


def test_a_resumed_run_begins_with_its_history(curves, make_history):
    history = make_history(2)
    curves.begin(history, 3)
    assert len(curves.loss.live.validation.yData) == 2
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(3, abs=0.1)
    add(curves, [record(201, validation=0.1)], 3.0)
    curves.flush()
    assert history.n_evaluations == 3
    assert len(curves.loss.live.validation.yData) == 3


def test_the_best_evaluation_is_marked_in_both_plots(curves, make_history):
    curves.begin(make_history(3, best=2), 3)
    np.testing.assert_allclose(curves.loss.live.best.xData, [2])
    np.testing.assert_allclose(curves.accuracy.live.best.yData, [97])
    for pane in (curves.loss, curves.accuracy):
        assert [(each.x, each.text) for each in pane.live.annotations.annotations] == [(2, "best 97.00% · epoch 2")]


def test_a_change_of_the_rate_is_marked_on_all_plots(curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(step, 2.0) for step in range(1, 60)], 1.0)
    mark(curves, 32 * 50, 0.025)
    curves.flush()
    np.testing.assert_allclose(curves.loss.live.changes.xData, [0.5])
    np.testing.assert_allclose(curves.loss.live.changes.yData, [2])
    (annotation,) = curves.loss.live.annotations.annotations
    assert (annotation.x, annotation.text, annotation.dashed) == (0.5, "rate 0.025", True)
    assert [each.x for each in curves.rate.annotations.annotations] == [0.5]
    curves.grab()


def test_a_mark_is_painted_within_a_moment(qtbot, curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1), record(2)], 1.0)
    curves.flush()
    mark(curves, 64, 0.05)
    qtbot.waitUntil(lambda: len(curves.rate.annotations.annotations) == 1)


def test_zero_and_nan_are_drawn_on_a_logarithmic_axis(qtbot, curves):
    curves.begin(History(AXIS), 1)
    curves.set_log(True)
    add(curves, [record(1, 0.0), record(2, math.nan), record(3, 1.0, validation=0.0)], 0.1)
    add(curves, [record(4, math.inf, validation=math.nan)], 0.2)
    curves.flush()
    curves.grab()  # a warning from a paint event would be an error here
    for item in (curves.loss.live.raw, curves.loss.live.validation, curves.loss.live.best):
        assert np.isfinite(item.getData()[1]).all()
        assert len(item.getData()[1])
    curves.set_log(False)
    np.testing.assert_array_equal(curves.loss.live.raw.yData, [0, 1])


def test_dark_colours_reach_the_plots(curves):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1, validation=0.5)], 0.1)
    mark(curves, 32, 0.05)
    curves.flush()
    theme.apply(QApplication.instance(), dark=True)
    live = curves.loss.live
    assert live.smooth.opts["pen"].color() == DARK.batches
    assert live.training.opts["pen"].color() == DARK.training
    assert live.validation.opts["pen"].color() == DARK.validation
    assert curves.rate.live.opts["pen"].color() == DARK.rate
    assert [each.colour for each in live.annotations.annotations] == [DARK.validation, DARK.rate]
    assert curves.loss.plot.backgroundBrush().color() == DARK.paper


# -- axes --------------------------------------------------------------------------------------------------------------


def test_all_plots_show_the_same_epochs_with_a_linear_and_a_logarithmic_loss(curves):
    curves.begin(History(AXIS), 7)
    add(curves, [record(1, 2.0), record(2, 1.0)], 0.1)
    for log in (False, True, False):
        curves.set_log(log)
        curves.flush()
        loss = curves.loss.plot.viewRange()[0]
        assert loss == pytest.approx(curves.accuracy.plot.viewRange()[0])
        assert loss == pytest.approx(curves.rate.viewRange()[0])
        assert loss[1] == pytest.approx(7, abs=0.2)


def test_smoothing_is_shorter_if_an_epoch_is_short(curves):
    curves.begin(History(Axis(1000, 10)), 3)
    assert curves.history.loss.time_constant == 40
    curves.begin(History(Axis(54_000, 10)), 3)
    assert curves.history.loss.time_constant == 2000


def test_a_switch_and_its_action_agree(curves):
    action = toggle("&Logarithmic loss", "", "On a logarithmic axis", curves)
    action.toggled.connect(curves.set_log)
    curves.add_switch(action)
    (box,) = [box for box in curves.findChildren(QWidget) if box.accessibleName() == "Logarithmic loss"]
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert action.isChecked()
    assert curves.loss.plot.is_log
    action.setChecked(False)
    assert not box.isChecked()


def test_the_user_chooses_an_axis(qtbot, curves, make_history):
    curves.begin(make_history(2, seconds_per_epoch=30), 2)
    box = curves.findChild(QComboBox)
    box.setFocus()
    with qtbot.waitSignal(curves.axisChosen) as chosen:
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert chosen.args == ["steps"]
    np.testing.assert_allclose(curves.loss.live.validation.xData, [100, 200])
    with qtbot.waitSignal(curves.axisChosen) as chosen:
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert chosen.args == ["seconds"]
    np.testing.assert_allclose(curves.loss.live.validation.xData, [30, 60])
    assert "seconds" in curves.rate.getPlotItem().getAxis("bottom").labelText


def test_set_axis_is_silent_and_ignores_unknown_values(qtbot, curves, make_history):
    curves.begin(make_history(2), 2)
    with qtbot.assertNotEmitted(curves.axisChosen):
        for axis in ("steps", "steps", "parsecs"):
            curves.set_axis(axis)
    assert curves.findChild(QComboBox).currentText() == "steps"
    np.testing.assert_allclose(curves.loss.live.best.xData, [200])


# -- overlaid runs -----------------------------------------------------------------------------------------------------


def test_runs_are_overlaid_with_each_other_and_with_the_live_one(curves, make_history):
    curves.begin(History(AXIS), 2)
    add(curves, [record(1)], 0.1)
    two = [overlay(make_history(2), "a"), overlay(make_history(4), "b", 1)]
    curves.set_overlays(two)
    curves.flush()
    for pane in (curves.loss, curves.accuracy):
        assert [len(lines.items["validation"][0].yData) for lines in pane.overlays] == [2, 4]
        for run, lines in zip(two, pane.overlays, strict=True):
            assert lines.items["validation"][0].opts["pen"].color() == run.colour
    assert [len(rate.item.yData) for rate in curves.rate.overlaid.values()] == [200, 250]
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(4, abs=0.1)  # the longest is shown to its end
    curves.set_overlays([])
    assert curves.loss.overlays == []
    assert curves.rate.overlaid == {}
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(2, abs=0.1)


def test_an_overlay_that_is_shown_already_is_not_drawn_again(curves, make_history):
    one, other = make_history(2), make_history(2)
    curves.set_overlays([overlay(one, "a")])
    lines, rate = curves.loss.overlays[0], curves.rate.overlaid[id(one)]
    drawn = []
    for item in (*lines.items["validation"], rate.item):
        item.sigPlotChanged.connect(drawn.append)
    curves.set_overlays([overlay(other, "b"), overlay(one, "a")])
    assert curves.loss.overlays[1] is lines
    assert curves.rate.overlaid[id(one)] is rate
    n_items = len(curves.loss.plot.getPlotItem().items)
    curves.set_overlays([overlay(other, "b"), overlay(one, "renamed", 1)])
    assert len(curves.loss.plot.getPlotItem().items) == n_items
    assert not drawn
    for item in (*lines.items["validation"], rate.item):
        assert item.opts["pen"].color() == theme.run_colours()[1]


def test_a_live_run_does_not_redraw_the_overlays(curves, make_history):
    curves.begin(History(AXIS), 2)
    curves.set_overlays([overlay(make_history(2))])
    item = curves.loss.overlays[0].items["validation"][0]
    drawn = []
    item.sigPlotChanged.connect(drawn.append)
    add(curves, [record(1, validation=0.5)], 0.1)
    curves.flush()
    assert not drawn
    curves.set_axis("steps")
    assert len(drawn) == 1


def test_overlays_stay_when_a_run_begins(curves, make_history):
    curves.set_overlays([overlay(make_history(2))])
    curves.begin(History(AXIS), 2)
    assert len(curves.loss.overlays) == 1


def test_the_hint_is_visible_while_there_is_no_run(curves, make_history):
    assert curves.loss.plot.hint.isVisible()
    curves.set_overlays([overlay(make_history(2))])
    assert not curves.loss.plot.hint.isVisible()
    curves.set_overlays([])
    assert curves.loss.plot.hint.isVisible()
    curves.begin(History(AXIS), 2)
    assert not curves.loss.plot.hint.isVisible()


def test_overlays_follow_the_axes(curves, make_history):
    curves.set_overlays([overlay(make_history(2, seconds_per_epoch=30))])
    item = curves.loss.overlays[0].items["validation"][0]
    curves.set_axis("seconds")
    np.testing.assert_allclose(item.xData, [30, 60])
    plain = item.getData()[1]
    curves.set_log(True)
    np.testing.assert_allclose(item.getData()[1], np.log10(plain))
    theme.apply(QApplication.instance(), dark=True)
    curves.grab()


# -- the legend --------------------------------------------------------------------------------------------------------


def test_a_click_hides_a_curve_and_a_second_one_shows_it(curves, make_history):
    curves.begin(make_history(2), 2)
    curves.set_overlays([overlay(make_history(2))])
    entry, live = curves.loss.entries["validation"], curves.loss.live
    QTest.mouseClick(entry, Qt.MouseButton.LeftButton)
    for item in (live.validation, live.best, live.gap, curves.loss.overlays[0].items["validation"][0]):
        assert not item.isVisible()
    assert live.training.isVisible()
    assert curves.accuracy.live.validation.isVisible()
    QTest.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert live.validation.isVisible()
    assert live.gap.isVisible()


def test_hidden_curves_stay_hidden(curves, make_history):
    entry = curves.loss.entries["batches"]
    entry.setFocus()
    QTest.keyClick(entry, Qt.Key.Key_Space)
    curves.begin(History(AXIS), 2)
    add(curves, [record(1)], 0.1)
    curves.set_overlays([overlay(make_history(2))])
    curves.flush()
    assert not curves.loss.live.raw.isVisible()
    assert not curves.loss.live.smooth.isVisible()
    assert not curves.loss.overlays[0].items["batches"][0].isVisible()


# -- the crosshair -----------------------------------------------------------------------------------------------------


def test_the_readout_shows_the_values_at_the_mouse(qtbot, curves, readout, crosshair, make_history):
    curves.begin(make_history(3, best=2), 3)
    curves.set_overlays([overlay(make_history(3, best=1), "another run")])
    hover(curves.loss.plot, 2)
    qtbot.waitUntil(readout.isVisible)
    found = cells(readout)
    assert found["validation"] == ("0.2500", "97.00%")
    assert found["another run"][1] == "90.00%"
    assert any(label.startswith("epoch 2.0") for label in found)
    assert any("rate 0.1" in label and "epoch 2" in label for label in found)
    for line, plot in zip(crosshair.overlays, (curves.loss.plot, curves.accuracy.plot, curves.rate), strict=True):
        assert line.isVisible()
        assert line.position == pytest.approx(plot.position_of(2), abs=2)
    QApplication.sendEvent(curves.loss.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert not readout.isVisible()
    assert not any(line.isVisible() for line in crosshair.overlays)


def test_hidden_curves_are_not_in_the_readout(qtbot, curves, readout, make_history):
    curves.begin(make_history(3), 3)
    for pane in (curves.loss, curves.accuracy):
        QTest.mouseClick(pane.entries["training"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(curves.loss.entries["batches"], Qt.MouseButton.LeftButton)
    hover(curves.accuracy.plot, 1.5)
    qtbot.waitUntil(readout.isVisible)
    assert "training" not in cells(readout)
    assert cells(readout)["batches"] == ("", "50.00%")


def test_a_curve_that_is_hidden_by_the_keyboard_leaves_the_readout(qtbot, curves, readout, make_history):
    curves.begin(make_history(3), 3)
    hover(curves.rate, 2)
    qtbot.waitUntil(readout.isVisible)
    for pane in (curves.loss, curves.accuracy):
        assert "training" in cells(readout)
        QTest.keyClick(pane.entries["training"], Qt.Key.Key_Space)
    assert "training" not in cells(readout)


def test_there_is_no_readout_without_values(qtbot, curves, readout, crosshair):
    curves.begin(History(AXIS), 3)
    hover(curves.loss.plot, 2)
    qtbot.waitUntil(lambda: crosshair.is_shown)
    assert not readout.isVisible()


def test_new_records_reach_the_readout_while_the_mouse_rests(qtbot, curves, readout):
    curves.begin(History(AXIS), 1)
    add(curves, [record(1), record(50, validation=0.8), record(100)], 0.1)
    curves.flush()
    hover(curves.loss.plot, 1)
    qtbot.waitUntil(readout.isVisible)
    assert cells(readout)["validation"] == ("0.8000", "60.00%")
    add(curves, [record(101, validation=0.3)], 0.2)
    curves.flush()
    assert cells(readout)["validation"] == ("0.3000", "60.00%")
