"""The live run's curves: the gap between them, and the style of few and of many evaluations."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from core.training.history import History
from gui.curves.live_lines import LiveLines


@pytest.fixture
def live(plot):
    lines = LiveLines(plot, "loss")
    lines.apply_theme()
    return lines


def draw(lines, history, axis="epochs"):
    lines.draw_batches(history, axis)
    lines.draw_evaluations(history, axis)


def test_the_gap_is_between_training_and_validation(live, evaluated_often):
    draw(live, evaluated_often(5))
    assert live.gap.path().contains(QPointF(3, 0.2))
    assert not live.gap.path().contains(QPointF(3, 0.35))
    assert not live.gap.path().contains(QPointF(3, 0.05))
    assert live.gap.brush().color().alpha() < 60


def test_the_gap_is_right_on_a_logarithmic_axis(plot, live, evaluated_often):
    plot.set_log(True)
    draw(live, evaluated_often(5))
    assert live.gap.path().contains(QPointF(3, np.log10(0.2)))
    assert not live.gap.path().contains(QPointF(3, np.log10(0.35)))


def test_the_gap_is_hidden_with_either_of_its_curves(live, evaluated_often):
    draw(live, evaluated_often(5))
    live.show("training", False)
    assert not live.gap.isVisible()
    live.show("training", True)
    assert live.gap.isVisible()


def test_an_empty_run_has_no_gap(live, evaluated_often):
    draw(live, evaluated_often(5))
    draw(live, History())
    assert live.gap.path().isEmpty()
    assert not len(live.values())


def test_few_evaluations_have_points_and_many_a_thin_line(live, evaluated_often):
    draw(live, evaluated_often(5))
    assert live.validation.opts["symbol"] == "d"
    assert live.training.opts["symbol"] == "o"
    assert live.validation.opts["pen"].widthF() > 1
    draw(live, evaluated_often(5000))
    assert live.validation.opts["symbol"] is None
    assert live.validation.opts["pen"].widthF() == 1
    assert len(live.validation.yData) <= 2000


def test_accuracy_is_in_per_cent(plot, evaluated_often):
    lines = LiveLines(plot, "accuracy")
    draw(lines, evaluated_often(2))
    np.testing.assert_allclose(lines.validation.yData, [90, 90])
    np.testing.assert_allclose(lines.best.yData, [90])
    np.testing.assert_allclose(lines.raw.yData, [50, 50])
