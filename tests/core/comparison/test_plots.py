"""Plots of training curves."""

import sys

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from core.comparison import plots
from core.comparison.plots import Line
from core.errors import DigitpadError

EMPTY = {"step": [], "value": []}


def test_an_svg_and_a_png_are_written(tmp_path, result):
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


def test_runs_that_diverged_at_once_have_a_label_but_no_line(tmp_path, result):
    curves = dict.fromkeys(("loss", "accuracy", "validation_loss", "validation_accuracy"), EMPTY)
    diverged = result(0.1, curves=curves, diverged="it diverged")
    assert len(plots.draw([Line("none", [diverged]), Line("both", [diverged, result(0.9)])], tmp_path / "x")) == 2


def test_more_recipes_than_the_plot_shows(tmp_path, result):
    lines = [Line(f"recipe {n}", [result(0.9)]) for n in range(20)]
    assert plots.draw(lines, tmp_path / "x")[0].exists()


def test_mean_and_band_are_of_the_seeds_that_reached_a_step(tmp_path, result, monkeypatch):
    drawn = {"plot": [], "fill_between": []}
    for name, calls in drawn.items():
        monkeypatch.setattr(Axes, name, lambda axes, *data, _calls=calls, **look: _calls.append(data))
    monkeypatch.setattr(Figure, "legend", lambda figure, *entries, **look: None)
    long, short = {"step": [0.0, 10.0, 20.0], "value": [4.0, 2.0, 1.0]}, {"step": [0.0, 10.0], "value": [2.0, 4.0]}
    runs = [result(0.9, curves={"loss": loss, "validation_accuracy": EMPTY}) for loss in (short, long, EMPTY)]
    plots.draw([Line("a", runs)], tmp_path / "x")
    steps, mean = drawn["plot"][0]
    assert (steps.tolist(), mean.tolist()) == ([0, 10, 20], [3, 3, 1])
    _, low, high = drawn["fill_between"][0]
    assert (low.tolist(), high.tolist()) == ([2, 2, 1], [4, 4, 1])


def test_an_unwritable_folder(tmp_path, result):
    with pytest.raises(DigitpadError, match=r"none/x\.svg cannot be written"):
        plots.draw([Line("a", [result(0.9)])], tmp_path / "none" / "x")


def test_without_the_extra(tmp_path, result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[report\]"'):
        plots.draw([Line("a", [result(0.9)])], tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
