"""The plot of the learning rate: linear, or logarithmic by itself."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from core.nn import schedules
from core.training.history import Axis, History
from core.training.loop import Progress
from gui.curves.overlay_lines import Overlay
from gui.curves.rate_plot import RatePlot

N = 400


@pytest.fixture
def plot(qtbot):
    plot = RatePlot("Learning rate")
    qtbot.addWidget(plot)
    plot.resize(400, 84)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def history(schedule):
    history = History(Axis(100, 10))
    history.add([Progress(i + 1, N, 1, 10 * (i + 1), 1.0, 0.5, schedule(i)) for i in range(N)], 1.0)
    return history


@pytest.mark.parametrize(
    ("schedule", "is_log"),
    [
        (schedules.constant(0.1), False),
        (schedules.constant(0.0), False),
        (schedules.cosine(0.1, n_steps=N), False),
        (schedules.one_cycle(0.1, n_steps=N, warmup=0.3), False),
        (schedules.step_decay(0.1, factor=0.1, every=N // 4), True),
    ],
    ids=["constant", "zero", "cosine", "one-cycle", "steps"],
)
def test_only_a_rate_that_falls_by_decades_is_logarithmic(plot, schedule, is_log):
    plot.draw_live(history(schedule), "epochs")
    assert plot.is_log is is_log
    x, y = plot.live.getData()
    rates = np.array([schedule(i) for i in range(N)])
    np.testing.assert_allclose(y, np.log10(rates) if is_log else rates)
    np.testing.assert_allclose(x[[0, -1]], [0.1, 40])
    plot.grab()  # an automatic range is found when it is painted
    low, high = plot.viewRange()[1]
    assert low < y.min()
    assert y.max() < high


def test_the_rates_of_overlaid_runs_are_drawn_in_their_colours(plot):
    plot.draw_live(history(schedules.constant(0.1)), "epochs")
    steps = history(schedules.step_decay(0.5, factor=0.1, every=N // 4))
    red = QColor("#ff0000")
    plot.set_overlays([Overlay("steps", red, steps)], "epochs")
    assert plot.is_log
    (rate,) = plot.overlaid.values()
    assert rate.item.opts["pen"].color() == red
    assert rate.item.getData()[1].max() == pytest.approx(np.log10(0.5))
    np.testing.assert_allclose(plot.live.getData()[1], -1)
    plot.set_overlays([], "epochs")
    assert not plot.is_log
    np.testing.assert_allclose(plot.live.getData()[1], 0.1)
    assert plot.overlaid == {}


def test_an_empty_plot_has_axes(plot):
    plot.draw_live(History(), "epochs")
    plot.grab()
    assert plot.viewRange()[1][1] > 1
