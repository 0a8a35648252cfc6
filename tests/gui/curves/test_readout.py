"""The readout: its rows, and its position."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gui.curves.overlay_lines import Overlay
from gui.curves.readout import Readout
from gui.curves.run_lines import KINDS
from gui.style import theme

VALUES = {
    **{("loss", kind): 0.1 * number for number, kind in enumerate(KINDS, 1)},
    **{("accuracy", kind): 0.9 + 0.01 * number for number, kind in enumerate(KINDS, 1)},
    ("rate", ""): 0.05,
    ("epoch", ""): 3.0,
}
ALL = [(quantity, kind) for quantity in ("loss", "accuracy") for kind in KINDS]


@pytest.fixture
def readout(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(500, 300)
    with qtbot.waitExposed(parent):
        parent.show()
    return Readout(parent)


def overlays(make_history, n):
    return [(Overlay(f"run {i}", theme.run_colours()[i % 10], make_history(1)), VALUES) for i in range(n)]


def test_each_kind_has_a_row_of_loss_and_accuracy(readout):
    readout.set_values("epoch 3.02", VALUES, [], ALL)
    assert [(row.label, row.cells) for row in readout.rows] == [
        ("epoch 3.02", ("loss", "accuracy")),
        ("batches", ("0.1000", "91.00%")),
        ("training", ("0.2000", "92.00%")),
        ("validation", ("0.3000", "93.00%")),
        ("rate 0.05 · evaluated at epoch 3", ()),
    ]


def test_an_overlaid_run_shows_the_first_of_its_visible_curves(readout, make_history):
    readout.set_values("x", {}, overlays(make_history, 1), ALL)
    assert readout.rows[1].label == "run 0"
    assert readout.rows[1].cells == ("0.3000", "93.00%")
    readout.set_values("x", {}, overlays(make_history, 1), [("loss", "batches"), ("accuracy", "training")])
    assert readout.rows[1].cells == ("0.1000", "92.00%")
    readout.set_values("x", {}, overlays(make_history, 1), [])
    assert [row.label for row in readout.rows] == ["x"]


def test_runs_that_do_not_fit_are_counted(readout, make_history):
    readout.set_values("x", VALUES, overlays(make_history, 20), ALL)
    assert readout.height() <= readout.parentWidget().height()
    more = next(row.label for row in readout.rows if row.label.startswith("…"))
    n_shown = sum(row.label.startswith("run ") for row in readout.rows)
    assert more == f"… and {20 - n_shown} more"
    assert readout.rows[-1].label.startswith("rate")


def test_long_names_are_cut(readout, make_history):
    run = Overlay("a very long name that somebody has given to a run", theme.run_colours()[0], make_history(1))
    readout.set_values("x", {}, [(run, VALUES)], ALL)
    assert len(readout.rows[1].label) < 30
    assert readout.rows[1].label.endswith("…")


@pytest.mark.parametrize("position", [QPoint(0, 0), QPoint(240, 20), QPoint(260, 20), QPoint(499, 299)])
def test_it_is_beside_the_crosshair_and_within_the_window(readout, position):
    readout.set_values("epoch 3.02", VALUES, [], ALL)
    readout.show_beside(position)
    assert readout.isVisible()
    assert readout.parentWidget().rect().contains(readout.geometry())
    assert not readout.geometry().contains(position)
    readout.grab()
