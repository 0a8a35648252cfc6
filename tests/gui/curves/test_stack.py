"""The layout of the three panes in windows of different heights."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from gui.curves.pane import Pane
from gui.curves.plot import Plot
from gui.curves.stack import Stack


@pytest.fixture
def frame(qtbot):
    frame = QWidget()
    qtbot.addWidget(frame)
    return frame


@pytest.fixture
def panes():
    return [Pane(name, Plot(name), "") for name in ("Loss", "Accuracy", "Rate")]


@pytest.fixture
def stack(qtbot, frame, panes):
    stack = Stack(*panes, frame)
    with qtbot.waitExposed(frame):
        frame.show()
    return stack


@pytest.fixture
def geometries(stack, panes):
    """Return a function that resizes the stack, and returns the geometries of its panes."""

    def resize(width, height):
        stack.resize(width, height)
        QApplication.processEvents()
        return [pane.geometry() for pane in panes]

    return resize


def numbered(pane):
    return pane.plot.getPlotItem().getAxis("bottom").style["showValues"]


def test_in_a_high_window_they_are_one_below_the_other(geometries, panes):
    loss, accuracy, rate = geometries(540, 480)
    assert loss.bottom() < accuracy.top()
    assert accuracy.bottom() < rate.top()
    assert loss.width() == accuracy.width() == rate.width()
    assert rate.height() < accuracy.height() < loss.height()
    assert [numbered(pane) for pane in panes] == [False, False, True]


def test_in_a_low_window_the_rate_is_beside_the_accuracy(geometries, panes):
    loss, accuracy, rate = geometries(540, 300)
    assert loss.bottom() < accuracy.top() == rate.top()
    assert accuracy.right() < rate.left()
    assert loss.width() > accuracy.width() > rate.width()
    assert all(numbered(pane) for pane in panes)


@pytest.mark.parametrize("size", [(540, 480), (540, 401), (540, 399), (540, 260), None])
def test_panes_do_not_overlap(stack, geometries, size):
    least = stack.minimumSizeHint()
    found = geometries(*(size or (least.width() + 100, least.height())))
    for i, one in enumerate(found):
        assert stack.rect().contains(one)
        assert not any(one.intersects(other) for other in found[i + 1 :])
        assert one.height() >= 64


def test_all_plots_have_one_axis_with_its_unit(stack, geometries, panes):
    geometries(540, 480)
    stack.set_x_axis("seconds", 600.0)
    ends = [pane.plot.viewRange()[0][1] for pane in panes]
    assert ends == pytest.approx([600] * 3, rel=0.03)
    axis = panes[2].plot.getPlotItem().getAxis("bottom")
    assert axis.labelText == "minutes of training"
    assert axis.tickStrings([300], axis.scale, 300) == ["5"]
