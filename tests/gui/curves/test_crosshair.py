"""The crosshair: it follows the mouse at its own pace, and no curve is repainted for it."""

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.curves.crosshair import Crosshair
from gui.curves.plot import Plot


class CountedPlot(Plot):
    paints = 0

    def paintEvent(self, event):
        self.paints += 1
        super().paintEvent(event)


@pytest.fixture
def frame(qtbot):
    frame = QWidget()
    qtbot.addWidget(frame)
    return frame


@pytest.fixture
def plots(qtbot, frame):
    layout = QVBoxLayout(frame)
    plots = [CountedPlot("above"), CountedPlot("below")]
    for plot in plots:
        layout.addWidget(plot)
        plot.set_x_end(10.0)
        plot.setYRange(0, 1)
    frame.resize(500, 400)
    with qtbot.waitExposed(frame):
        frame.show()
    return plots


@pytest.fixture
def crosshair(plots):
    return Crosshair(plots, plots[0].window())


def move(plot, x, y=40):
    """Move the mouse in two steps: a move to its present position would have no effect."""
    for before in (1, 0):
        QTest.mouseMove(plot.viewport(), QPoint(plot.position_of(x), y - before))


def test_it_is_shown_in_all_plots_while_the_mouse_is_over_one(qtbot, plots, crosshair):
    with qtbot.waitSignal(crosshair.moved) as moved:
        move(plots[1], 4.0)
    assert moved.args[0] is plots[1]
    assert moved.args[1] == pytest.approx(4, abs=0.05)
    assert [overlay.position for overlay in crosshair.overlays] == pytest.approx(
        [plot.position_of(4.0) for plot in plots], abs=1
    )
    assert all(overlay.isVisible() for overlay in crosshair.overlays)


def test_many_moves_are_followed_by_few_steps(qtbot, plots, crosshair):
    steps = []
    crosshair.moved.connect(lambda plot, x: steps.append(x))
    for number in range(100):
        move(plots[0], number / 10)
    qtbot.waitUntil(lambda: bool(steps) and steps[-1] == pytest.approx(9.9, abs=0.1))
    assert len(steps) < 50


def test_no_curve_is_repainted_for_it(qtbot, plots, crosshair):
    with qtbot.waitSignal(crosshair.moved):
        move(plots[0], 1.0)
    QApplication.processEvents()
    before = [plot.paints for plot in plots]
    for x in (2.0, 3.0, 4.0):
        with qtbot.waitSignal(crosshair.moved):
            move(plots[0], x)
        QApplication.processEvents()
    assert [plot.paints for plot in plots] == before


def test_it_is_hidden_when_the_mouse_leaves(qtbot, plots, crosshair):
    with qtbot.waitSignal(crosshair.moved):
        move(plots[0], 1.0)
    with qtbot.waitSignal(crosshair.left):
        QApplication.sendEvent(plots[0].viewport(), QEvent(QEvent.Type.Leave))
    assert not crosshair.is_shown
    with qtbot.assertNotEmitted(crosshair.left):
        QApplication.sendEvent(plots[0].viewport(), QEvent(QEvent.Type.Leave))


def test_it_is_hidden_over_the_numbers_of_an_axis(qtbot, plots, crosshair):
    with qtbot.waitSignal(crosshair.moved):
        move(plots[0], 1.0)
    with qtbot.waitSignal(crosshair.left):
        QTest.mouseMove(plots[0].viewport(), QPoint(5, 40))


def test_it_shows_a_plot_that_has_changed_below_it(qtbot, plots, crosshair):
    with qtbot.waitSignal(crosshair.moved):
        move(plots[0], 5.0)
    plots[0].set_x_end(20.0)
    with qtbot.waitSignal(crosshair.moved) as moved:
        crosshair.refresh()
    assert moved.args[1] == pytest.approx(10, abs=0.2)
    assert plots[0].paints > 0
