"""The curves as a whole: what is drawn of a run and of those beside it, by the mouse and the keyboard of a user."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from core.training.history import Axis
from core.training.loop import Progress
from gui.curves.curves import Curves, Overlay
from gui.shell.menus import toggle
from gui.style import theme
from gui.style.palettes import DARK

AXIS = Axis(3200, 100)


@pytest.fixture
def curves(qtbot):
    frame = QWidget()  # the widget is a part of a window
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


def overlay(history, name="another", colour=0):
    return Overlay(name, theme.run_colours()[colour], history)


def hover(plot, x, y=30):
    """Move the mouse, in two steps as a hand does, to an x of a plot."""
    place = QPoint(plot.place_of(x), y)
    QTest.mouseMove(plot.viewport(), place - QPoint(3, 0))
    QTest.mouseMove(plot.viewport(), place)


def words(curves):
    return {row.word: row.cells for row in curves._readout.rows}


# -- the live run ------------------------------------------------------------------------------------------------------


def test_records_are_painted_within_a_moment(qtbot, curves):
    curves.begin(AXIS, 1)
    curves.add([record(1, 2.0), record(2, 1.0)], 0.1)
    raw = curves.loss.live.raw
    qtbot.waitUntil(lambda: raw.yData is not None and len(raw.yData) == 2)
    np.testing.assert_allclose(raw.xData, [0.01, 0.02])
    np.testing.assert_array_equal(raw.yData, [2, 1])


def test_records_are_painted_one_plot_after_the_other_also_while_more_are_coming(qtbot, curves, monkeypatch):
    drawn, parts = [], (curves.loss, curves.accuracy, curves.rate)
    for part, draw in zip(parts, ("draw_batches", "draw_batches", "draw_live"), strict=True):
        kept = getattr(part, draw)
        monkeypatch.setattr(part, draw, lambda *args, part=part, kept=kept: (drawn.append(part), kept(*args)))
    curves.begin(AXIS, 1)
    drawn.clear()
    for step in range(1, 8):
        curves.add([record(step)], step / 100)
        before = len(drawn)
        qtbot.waitUntil(lambda before=before: len(drawn) > before)
        assert len(drawn) == before + 1
    assert drawn == [*parts, *parts, parts[0]]


def test_no_plot_stays_held(qtbot, curves):
    plots = curves.loss.plot, curves.accuracy.plot, curves.rate
    curves.begin(AXIS, 1)
    curves.add([record(1)], 0.01)
    qtbot.waitUntil(lambda: not curves.loss.plot.viewport().updatesEnabled())  # in the midst of a repaint
    curves.begin(AXIS, 1)
    assert all(plot.viewport().updatesEnabled() for plot in plots)
    curves.add([record(1)], 0.01)
    qtbot.waitUntil(lambda: not curves._timer.isActive())
    assert all(plot.viewport().updatesEnabled() for plot in plots)


def test_a_million_records_are_drawn_as_two_thousand_points(curves):
    curves.begin(AXIS, 1)
    for start in range(0, 50_000, 1000):
        curves.add(
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
    curves.begin(AXIS, 1)
    curves.add([record(1), record(2, validation=0.7), record(3), record(4, validation=0.5)], 1.0)
    curves.flush()
    np.testing.assert_array_equal(curves.loss.live.validation.yData, [0.7, 0.5])
    np.testing.assert_array_equal(curves.loss.live.training.yData, [0.35, 0.25])
    np.testing.assert_allclose(curves.accuracy.live.validation.yData, [60, 60])
    np.testing.assert_allclose(curves.accuracy.live.training.yData, [80, 80])
    assert curves.loss.entries["validation"].text() == "validation 0.5000"
    assert curves.loss.entries["training"].text() == "training 0.2500"
    assert curves.accuracy.entries["training"].text() == "training 80.00%"


def test_a_new_run_begins_with_empty_plots(curves):
    curves.begin(AXIS, 1)
    curves.add([record(1, validation=0.5)], 0.1)
    curves.mark(32, 0.05)
    curves.flush()
    curves.begin(AXIS, 1)
    assert len(curves.history.loss) == 0
    assert not curves.loss.plot.hint.isVisible()
    assert not len(curves.loss.live.values())
    assert curves.loss.live.notes.notes == curves.rate.notes.notes == ()
    assert curves.loss.entries["validation"].text() == "validation"
    curves.clear()
    assert curves.loss.plot.hint.isVisible()


def test_a_run_that_goes_on_begins_with_its_history(curves, make_history):
    history = make_history(2)
    curves.begin(AXIS, 3, history)
    assert len(curves.loss.live.validation.yData) == 2
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(3, abs=0.1)
    curves.add([record(201, validation=0.1)], 3.0)
    curves.flush()
    assert history.n_evaluations == 3
    assert len(curves.loss.live.validation.yData) == 3


def test_the_best_evaluation_is_marked_in_both_plots(curves, make_history):
    curves.begin(AXIS, 3, make_history(3, best=2))
    np.testing.assert_allclose(curves.loss.live.best.xData, [2])
    np.testing.assert_allclose(curves.accuracy.live.best.yData, [97])
    for pane in (curves.loss, curves.accuracy):
        assert [(note.x, note.text) for note in pane.live.notes.notes] == [(2, "best 97.00% · epoch 2")]


def test_a_change_of_the_rate_is_marked_on_all_plots(curves):
    curves.begin(AXIS, 1)
    curves.add([record(step, 2.0) for step in range(1, 60)], 1.0)
    curves.mark(32 * 50, 0.025)
    curves.flush()
    np.testing.assert_allclose(curves.loss.live.changes.xData, [0.5])
    np.testing.assert_allclose(curves.loss.live.changes.yData, [2])
    (note,) = curves.loss.live.notes.notes
    assert (note.x, note.text, note.dashed) == (0.5, "rate 0.025", True)
    assert [note.x for note in curves.rate.notes.notes] == [0.5]
    curves.grab()


def test_a_mark_is_painted_within_a_moment(qtbot, curves):
    curves.begin(AXIS, 1)
    curves.add([record(1), record(2)], 1.0)
    curves.flush()
    curves.mark(64, 0.05)
    qtbot.waitUntil(lambda: len(curves.rate.notes.notes) == 1)


def test_zero_and_nan_do_not_trouble_the_logarithmic_axis(qtbot, curves):
    curves.begin(AXIS, 1)
    curves.set_log(True)
    curves.add([record(1, 0.0), record(2, math.nan), record(3, 1.0, validation=0.0)], 0.1)
    curves.add([record(4, math.inf, validation=math.nan)], 0.2)
    curves.flush()
    curves.grab()  # a warning from a paint event would be an error here
    for item in (curves.loss.live.raw, curves.loss.live.validation, curves.loss.live.best):
        assert np.isfinite(item.getData()[1]).all()
        assert len(item.getData()[1])
    curves.set_log(False)
    np.testing.assert_array_equal(curves.loss.live.raw.yData, [0, 1])


def test_dark_colours_reach_the_plots(curves):
    curves.begin(AXIS, 1)
    curves.add([record(1, validation=0.5)], 0.1)
    curves.mark(32, 0.05)
    curves.flush()
    theme.apply(QApplication.instance(), dark=True)
    live = curves.loss.live
    assert live.smooth.opts["pen"].color() == DARK.batches
    assert live.training.opts["pen"].color() == DARK.training
    assert live.validation.opts["pen"].color() == DARK.validation
    assert curves.rate.live.opts["pen"].color() == DARK.rate
    assert [note.colour for note in live.notes.notes] == [DARK.validation, DARK.rate]
    assert curves.loss.plot.backgroundBrush().color() == DARK.paper


# -- axes --------------------------------------------------------------------------------------------------------------


def test_all_plots_show_the_same_epochs_on_either_axis(curves):
    curves.begin(AXIS, 7)
    curves.add([record(1, 2.0), record(2, 1.0)], 0.1)
    for log in (False, True, False):
        curves.set_log(log)
        curves.flush()
        loss = curves.loss.plot.viewRange()[0]
        assert loss == pytest.approx(curves.accuracy.plot.viewRange()[0])
        assert loss == pytest.approx(curves.rate.viewRange()[0])
        assert loss[1] == pytest.approx(7, abs=0.2)


def test_smoothing_is_quicker_where_an_epoch_is_short(curves):
    curves.begin(Axis(1000, 10), 3)
    assert curves.history.loss.time_constant == 40
    curves.begin(Axis(54_000, 10), 3)
    assert curves.history.loss.time_constant == 2000


def test_a_switch_and_its_action_are_one(curves):
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
    curves.begin(AXIS, 2, make_history(2, seconds_per_epoch=30))
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


def test_set_axis_is_silent_and_passes_over_what_it_does_not_know(qtbot, curves, make_history):
    curves.begin(AXIS, 2, make_history(2))
    with qtbot.assertNotEmitted(curves.axisChosen):
        for axis in ("steps", "steps", "parsecs"):
            curves.set_axis(axis)
    assert curves.findChild(QComboBox).currentText() == "steps"
    np.testing.assert_allclose(curves.loss.live.best.xData, [200])


# -- runs beside the live one ------------------------------------------------------------------------------------------


def test_runs_are_laid_over_each_other_and_over_the_live_one(curves, make_history):
    curves.begin(AXIS, 2)
    curves.add([record(1)], 0.1)
    two = [overlay(make_history(2), "a"), overlay(make_history(4), "b", 1)]
    curves.set_overlays(two)
    curves.flush()
    for pane in (curves.loss, curves.accuracy):
        assert [len(lines.items["validation"][0].yData) for _, lines in pane.overlays] == [2, 4]
        for run, lines in pane.overlays:
            assert lines.items["validation"][0].opts["pen"].color() == run.colour
    assert [len(item.yData) for item in curves.rate.others] == [200, 250]
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(4, abs=0.1)  # the longest is seen to its end
    curves.set_overlays([])
    assert curves.loss.overlays == []
    assert curves.rate.others == []
    assert curves.loss.plot.viewRange()[0][1] == pytest.approx(2, abs=0.1)


def test_what_is_there_already_is_not_drawn_again(curves, make_history):
    one, other = overlay(make_history(2), "a"), overlay(make_history(2), "b")
    curves.set_overlays([one])
    lines = curves.loss.overlays[0][1]
    curves.set_overlays([other, one])
    assert curves.loss.overlays[1][1] is lines
    n_items = len(curves.loss.plot.getPlotItem().items)
    curves.set_overlays([other, one])
    assert len(curves.loss.plot.getPlotItem().items) == n_items


def test_a_live_run_does_not_touch_those_beside_it(curves, make_history):
    curves.begin(AXIS, 2)
    curves.set_overlays([overlay(make_history(2))])
    item = curves.loss.overlays[0][1].items["validation"][0]
    drawn = []
    item.sigPlotChanged.connect(drawn.append)
    curves.add([record(1, validation=0.5)], 0.1)
    curves.flush()
    assert not drawn
    curves.set_axis("steps")
    assert len(drawn) == 1


def test_overlays_stay_when_the_run_goes(curves, make_history):
    curves.set_overlays([overlay(make_history(2))])
    assert not curves.loss.plot.hint.isVisible()
    curves.clear()
    assert len(curves.loss.overlays) == 1
    assert not curves.loss.plot.hint.isVisible()
    curves.set_overlays([])
    assert curves.loss.plot.hint.isVisible()


def test_overlays_go_along_with_the_axes(curves, make_history):
    curves.set_overlays([overlay(make_history(2, seconds_per_epoch=30))])
    item = curves.loss.overlays[0][1].items["validation"][0]
    curves.set_axis("seconds")
    np.testing.assert_allclose(item.xData, [30, 60])
    plain = item.getData()[1]
    curves.set_log(True)
    np.testing.assert_allclose(item.getData()[1], np.log10(plain))
    theme.apply(QApplication.instance(), dark=True)
    curves.grab()


# -- the legend --------------------------------------------------------------------------------------------------------


def test_a_click_hides_a_curve_and_a_second_one_shows_it(curves, make_history):
    curves.begin(AXIS, 2, make_history(2))
    curves.set_overlays([overlay(make_history(2))])
    entry, live = curves.loss.entries["validation"], curves.loss.live
    QTest.mouseClick(entry, Qt.MouseButton.LeftButton)
    for item in (live.validation, live.best, live.gap, curves.loss.overlays[0][1].items["validation"][0]):
        assert not item.isVisible()
    assert live.training.isVisible()
    assert curves.accuracy.live.validation.isVisible()
    QTest.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert live.validation.isVisible()
    assert live.gap.isVisible()


def test_what_is_hidden_stays_hidden(curves, make_history):
    entry = curves.loss.entries["batches"]
    entry.setFocus()
    QTest.keyClick(entry, Qt.Key.Key_Space)
    curves.clear()
    curves.begin(AXIS, 2)
    curves.add([record(1)], 0.1)
    curves.set_overlays([overlay(make_history(2))])
    curves.flush()
    assert not curves.loss.live.raw.isVisible()
    assert not curves.loss.live.smooth.isVisible()
    assert not curves.loss.overlays[0][1].items["batches"][0].isVisible()


# -- the crosshair -----------------------------------------------------------------------------------------------------


def test_the_mouse_reads_the_curves(qtbot, curves, make_history):
    curves.begin(AXIS, 3, make_history(3, best=2))
    curves.set_overlays([overlay(make_history(3, best=1), "another run")])
    hover(curves.loss.plot, 2)
    qtbot.waitUntil(curves._readout.isVisible)
    found = words(curves)
    assert found["validation"] == ("0.2500", "97.00%")
    assert found["another run"][1] == "90.00%"
    assert any(word.startswith("epoch 2.0") for word in found)
    assert any("rate 0.1" in word and "epoch 2" in word for word in found)
    for glass, plot in zip(
        curves._crosshair.glasses, (curves.loss.plot, curves.accuracy.plot, curves.rate), strict=True
    ):
        assert glass.isVisible()
        assert glass.place == pytest.approx(plot.place_of(2), abs=2)
    QApplication.sendEvent(curves.loss.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert not curves._readout.isVisible()
    assert not any(glass.isVisible() for glass in curves._crosshair.glasses)


def test_hidden_curves_are_not_read(qtbot, curves, make_history):
    curves.begin(AXIS, 3, make_history(3))
    for pane in (curves.loss, curves.accuracy):
        QTest.mouseClick(pane.entries["training"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(curves.loss.entries["batches"], Qt.MouseButton.LeftButton)
    hover(curves.accuracy.plot, 1.5)
    qtbot.waitUntil(curves._readout.isVisible)
    assert "training" not in words(curves)
    assert words(curves)["batches"] == ("", "50.00%")


def test_a_curve_that_is_hidden_by_the_keyboard_leaves_the_readout(qtbot, curves, make_history):
    curves.begin(AXIS, 3, make_history(3))
    hover(curves.rate, 2)
    qtbot.waitUntil(curves._readout.isVisible)
    for pane in (curves.loss, curves.accuracy):
        assert "training" in words(curves)
        QTest.keyClick(pane.entries["training"], Qt.Key.Key_Space)
    assert "training" not in words(curves)


def test_where_there_is_nothing_there_is_nothing_to_read(qtbot, curves):
    curves.begin(AXIS, 3)
    hover(curves.loss.plot, 2)
    qtbot.waitUntil(lambda: curves._crosshair.is_shown)
    assert not curves._readout.isVisible()


def test_news_reach_the_readout_under_a_mouse_at_rest(qtbot, curves):
    curves.begin(AXIS, 1)
    curves.add([record(1), record(50, validation=0.8), record(100)], 0.1)
    curves.flush()
    hover(curves.loss.plot, 1)
    qtbot.waitUntil(curves._readout.isVisible)
    assert words(curves)["validation"] == ("0.8000", "60.00%")
    curves.add([record(101, validation=0.3)], 0.2)
    curves.flush()
    assert words(curves)["validation"] == ("0.3000", "60.00%")
