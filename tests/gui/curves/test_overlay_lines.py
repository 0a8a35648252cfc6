"""The curves of an overlaid run: their style, and that they are cheap to paint."""

import numpy as np
from PySide6.QtCore import Qt

from gui.curves.overlay_lines import Overlay, OverlayLines
from gui.curves.run_lines import downsampled
from gui.style import theme


def test_an_overlay_has_a_solid_a_dashed_and_a_faint_line_of_its_colour(plot, evaluated_often):
    colour = theme.run_colours()[3]
    lines = OverlayLines(plot, "loss", Overlay("run", colour, evaluated_often(50)))
    lines.draw("epochs")
    pens = {kind: items[0].opts["pen"] for kind, items in lines.items.items()}
    assert pens["validation"].style() == Qt.PenStyle.SolidLine
    assert pens["training"].style() == Qt.PenStyle.DashLine
    assert pens["batches"].color().alpha() < 200
    assert {pen.color().rgb() for pen in pens.values()} == {colour.rgb()}


def test_an_overlay_of_a_long_run_is_cheap(plot, evaluated_often):
    lines = OverlayLines(plot, "loss", Overlay("run", theme.run_colours()[0], evaluated_often(5000)))
    lines.draw("epochs")
    for kind, limit in (("batches", 100), ("training", 2000), ("validation", 2000)):
        (item,) = lines.items[kind]
        assert 0 < len(item.yData) <= limit
        assert item.opts["pen"].widthF() == 1  # wide noisy lines, and dashes, are slow
        assert item.opts["pen"].style() == Qt.PenStyle.SolidLine
    n_items = len(plot.getPlotItem().items)
    lines.remove()
    assert len(plot.getPlotItem().items) == n_items - 3


def test_downsampling_keeps_the_first_and_the_last_point():
    x = np.arange(1000.0)
    chosen, values = downsampled((x, x**2))
    assert len(chosen) == 250
    assert chosen[[0, -1]].tolist() == [0, 999]
    np.testing.assert_array_equal(values, chosen**2)
    assert len(downsampled((x[:3], x[:3]))[0]) == 3
    assert len(downsampled((x[:0], x[:0]))[0]) == 0
