"""The table model of runs: what its cells show, how it is sorted, and what it signals."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.runs.run import Broken, Run, Status
from gui.runs.run_table import SORT_ROLE, RunTable
from gui.style import theme

ROLE = Qt.ItemDataRole
FINISHED = Run(
    Path("/runs/2"), name="quick 2", recipe="quick", status=Status.FINISHED, created="2026-01-02T03:04:05+00:00",
    seconds=1234.56, parameters=12_730, best_validation=0.97125, scores={"test_accuracy": 0.9625}, note="a note",
)  # fmt: skip
DIVERGED = Run(Path("/runs/1"), name="quick", recipe="mine", status=Status.DIVERGED, error="it diverged")
BROKEN = Broken(Path("/runs/odd"), "/runs/odd/run.json cannot be read")
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


@pytest.fixture
def table(qapp):
    table = RunTable()
    table.set_runs([FINISHED, DIVERGED, BROKEN])
    return table


def row(table, number, role=ROLE.DisplayRole):
    return [table.data(table.index(number, column), role) for column in range(table.columnCount())]


def tick(table, number, state=CHECKED):
    return table.setData(table.index(number, 0), state, ROLE.CheckStateRole)


def test_the_cells_of_a_run(table):
    headers = [table.headerData(column, Qt.Orientation.Horizontal) for column in range(table.columnCount())]
    assert dict(zip(headers, row(table, 0), strict=True)) == {
        "Run": "quick 2",
        "Recipe": "quick *",
        "Status": "finished",
        "Validation": "97.12 %",
        "Test": "96.25 %",
        "Parameters": "12,730",
        "Seconds": "1,234.6",
        "Started": "2026-01-02 03:04",
    }
    assert row(table, 1)[:5] == ["quick", "mine", "diverged", "–", "–"]
    assert row(table, 2)[:4] == ["odd", "–", "broken", "–"]


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_text(qapp, status):
    table = RunTable()
    table.set_runs([Run(Path("/runs/1"), name="quick", status=status)])
    assert row(table, 0)[2] == status.value


def test_the_tooltips(table):
    assert row(table, 0, ROLE.ToolTipRole) == ["quick 2\na note"] * 8
    assert row(table, 1, ROLE.ToolTipRole) == ["quick\nit diverged"] * 8
    assert row(table, 2, ROLE.ToolTipRole) == [BROKEN.reason] * 8
    assert all(table.headerData(column, Qt.Orientation.Horizontal, ROLE.ToolTipRole) for column in range(8))


def test_problems_are_coloured(table):
    colours = [table.data(table.index(number, 2), ROLE.ForegroundRole) for number in range(3)]
    assert colours == [None, theme.colours().bad, theme.colours().bad]


def test_the_values_to_sort_by(table):
    assert row(table, 0, SORT_ROLE)[3:7] == [0.97125, 0.9625, 12_730, 1234.56]
    names = ["rate 0.1", "quick 10", "odd", "rate 0.05", "quick 2"]
    table.set_runs([Run(Path(f"/runs/{name}"), name=name) for name in names])
    keys = {name: table.data(table.index(number, 0), SORT_ROLE) for number, name in enumerate(names)}
    assert sorted(names, key=keys.get) == ["odd", "quick 2", "quick 10", "rate 0.05", "rate 0.1"]


def test_a_tick_is_signalled_and_gives_the_run_a_colour(qtbot, table):
    with qtbot.waitSignal(table.ticksChanged):
        assert tick(table, 0)
    ((run, colour),) = table.ticked_runs()
    assert (run, colour) == (FINISHED, theme.run_colours()[0])
    assert table.data(table.index(0, 0), ROLE.CheckStateRole) is CHECKED
    with qtbot.waitSignal(table.ticksChanged):
        tick(table, 0, UNCHECKED)
    assert table.ticked_runs() == []


def test_a_broken_folder_can_be_neither_ticked_nor_renamed(qtbot, table):
    with qtbot.assertNotEmitted(table.ticksChanged), qtbot.assertNotEmitted(table.renameRequested):
        assert not tick(table, 2)
        assert not table.setData(table.index(2, 0), "another")
    assert not table.flags(table.index(2, 0)) & (Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)


def test_a_new_list_is_signalled_only_if_a_ticked_run_appears_or_disappears(qtbot, table):
    tick(table, 0)
    with qtbot.assertNotEmitted(table.ticksChanged):
        table.set_runs([FINISHED])
    with qtbot.waitSignal(table.ticksChanged):
        table.set_runs([DIVERGED])
    with qtbot.waitSignal(table.ticksChanged):
        table.set_runs([FINISHED, DIVERGED])
    assert [run for run, _ in table.ticked_runs()] == [FINISHED]


def test_an_edited_name_is_requested_and_not_set(qtbot, table):
    with qtbot.waitSignal(table.renameRequested) as requested:
        table.setData(table.index(0, 0), "the best")
    assert requested.args == [FINISHED, "the best"]
    assert row(table, 0)[0] == "quick 2"
    with qtbot.assertNotEmitted(table.renameRequested):
        table.setData(table.index(0, 0), "quick 2")
        table.setData(table.index(0, 0), "  ")
