"""The pane of one quantity: its y axis, and its legend."""

import numpy as np
import pytest

from core.training.history import Axis, History
from core.training.loop import Progress
from gui.curves.overlay_lines import Overlay
from gui.curves.quantity_pane import QuantityPane
from gui.curves.run_lines import KINDS
from gui.style import theme


@pytest.fixture(params=["loss", "accuracy"])
def pane(qtbot, request):
    pane = QuantityPane(request.param, f"<b>{request.param}</b>", request.param, "what it is")
    qtbot.addWidget(pane)
    pane.apply_theme()
    pane.resize(500, 250)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def draw(pane, history):
    pane.draw_batches(history, "epochs")
    pane.draw_evaluations(history, "epochs", ())
    pane.show_values(history)
    pane.fit()
    pane.grab()  # an automatic range is found when it is painted


def test_an_empty_pane_has_an_axis_and_no_values(pane):
    draw(pane, History())
    assert pane.plot.viewRange()[1][1] == pytest.approx(2.5 if pane.quantity == "loss" else 100, rel=0.1)
    assert [entry.text() for entry in pane.entries.values()] == ["batches", "training", "validation"]


def test_the_y_axis_shows_the_whole_loss_and_the_evaluated_accuracy(pane, make_history):
    draw(pane, make_history(3))
    low, high = pane.plot.viewRange()[1]
    if pane.quantity == "loss":
        assert low < 0.0625
        assert high > 0.5
    else:
        assert 80 < low < 90  # the batches are at 50
        assert 99 < high < 103


def test_before_an_evaluation_the_y_axis_shows_the_whole_accuracy(pane):
    history = History(Axis(3200, 100))
    history.add([Progress(step, 200, 1, 32 * step, 0.5, 0.5, 0.1) for step in range(1, 201)], 1.0)
    draw(pane, history)
    low, high = pane.plot.viewRange()[1]
    middle = 50 if pane.quantity == "accuracy" else 0.5
    assert low <= middle <= high


def test_the_first_of_many_evaluations_do_not_flatten_the_accuracy(pane):
    history, n = History(Axis(100, 10)), 500
    accuracies = 0.98 - 0.9 * np.exp(-np.arange(n) / 5)
    history.add([Progress(i, n, 1, 10 * i + 10, 1.0, 0.5, 0.1, 0.3, a, 0.2, a) for i, a in enumerate(accuracies)], 1.0)
    draw(pane, history)
    if pane.quantity == "accuracy":
        assert pane.plot.viewRange()[1][0] > 85


def test_hidden_curves_do_not_stretch_the_axis(pane, make_history):
    draw(pane, make_history(3))
    pane.set_overlays([Overlay("short", theme.run_colours()[0], make_history(1))], "epochs")
    pane.grab()
    before = pane.plot.viewRange()[1]
    for kind in ("validation", "batches"):
        pane.entries[kind].click()
    pane.grab()
    after = pane.plot.viewRange()[1]
    assert after[1] - after[0] < before[1] - before[0]
    pane.entries["training"].click()
    pane.grab()
    assert [kind for _, kind in pane.shown()] == []


def test_each_entry_describes_its_curve(pane):
    assert tuple(pane.entries) == KINDS
    tips = {entry.toolTip() for entry in pane.entries.values()}
    assert len(tips) == 3
    for kind, entry in pane.entries.items():
        assert entry.accessibleName() == f"{pane.quantity}: {kind}"
        assert "Click" in entry.toolTip()
