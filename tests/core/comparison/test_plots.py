"""Plots of the training process."""

import sys

import numpy as np
import pytest
from PIL import Image

from core.comparison import plots
from core.comparison.plots import Line
from core.errors import DigitpadError

EMPTY = {"step": [], "value": []}


def test_an_svg_and_a_png_are_made(tmp_path, result):
    lines = [Line("a", [result(0.9), result(0.8)]), Line("b & c", [result(0.7)])]
    svg, png = plots.draw(lines, tmp_path / "training")
    assert (svg.name, png.name) == ("training.svg", "training.png")
    assert svg.read_text().startswith("<?xml")
    with Image.open(png) as image:
        assert image.width > 1000
        assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_the_same_runs_give_the_same_svg_without_a_date(tmp_path, result):
    svgs = [plots.draw([Line("a", [result(0.9)])], tmp_path / name)[0].read_bytes() for name in ("a", "b")]
    assert svgs[0] == svgs[1]
    assert b"<dc:date>" not in svgs[0]


def test_runs_that_diverged_at_once_are_a_name_without_a_line(tmp_path, result):
    curves = dict.fromkeys(("loss", "accuracy", "validation_loss", "validation_accuracy"), EMPTY)
    wild = result(0.1, curves=curves, diverged="it diverged")
    assert len(plots.draw([Line("wild", [wild]), Line("both", [wild, result(0.9)])], tmp_path / "x")) == 2


def test_more_recipes_than_can_be_told_apart(tmp_path, result):
    lines = [Line(f"recipe {n}", [result(0.9)]) for n in range(20)]
    assert plots.draw(lines, tmp_path / "x")[0].exists()


def test_runs_are_brought_to_the_steps_of_the_longest():
    long, short = {"step": [0.0, 10.0, 20.0], "value": [4.0, 2.0, 0.0]}, {"step": [0.0, 10.0], "value": [2.0, 4.0]}
    steps, values = plots._on_one_axis([short, long, EMPTY])
    assert steps.tolist() == [0, 10, 20]
    np.testing.assert_array_equal(values, [[2, 4, np.nan], [4, 2, 0]])


def test_where_nothing_can_be_written(tmp_path, result):
    with pytest.raises(DigitpadError, match=r"none/x\.svg cannot be written"):
        plots.draw([Line("a", [result(0.9)])], tmp_path / "none" / "x")


def test_without_the_extra(tmp_path, result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[report\]"'):
        plots.draw([Line("a", [result(0.9)])], tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
