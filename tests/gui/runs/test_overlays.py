"""Overlaid runs in the window: each change reads and draws only the runs that it concerns."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.runs.run import Run
from core.runs.run_store import RunStore
from core.training.config import TrainConfig
from gui.curves.overlay_lines import OverlayLines
from gui.curves.rate_plot import RatePlot
from gui.main_window import MainWindow
from gui.shell.preferences import Preferences
from gui.style import theme

N_TICKED = 20


@pytest.fixture
def make_run(make_history):
    """Return a function that stores a run with a curve of three epochs."""

    def make(name):
        run = RunStore().begin(name=name, recipe="quick", settings=TrainConfig().as_dict(), data="synthetic:600")
        run.save_history(make_history(3))
        return run

    return make


@pytest.fixture
def lab(window, make_run):
    """The right half of the window, with 21 runs in the list, 20 of which are ticked."""
    for number in range(N_TICKED + 1):
        make_run(f"run {number}")
    lab = window.workbench.lab
    lab.tabs.setCurrentWidget(lab.runs_view)  # which lists them
    for number in range(N_TICKED):
        set_tick(lab, f"run {number}", Qt.CheckState.Checked)
    assert names(lab) == [f"run {number}" for number in range(N_TICKED)]
    return lab


def set_tick(lab, name, state):
    table = lab.runs_view.table
    row = next(row for row in range(table.rowCount()) if table.entry(row).name == name)
    assert table.setData(table.index(row, 0), state, Qt.ItemDataRole.CheckStateRole)


def click_box(lab, name):
    """Click on the check box of a run."""
    view = lab.runs_view.view
    row = next(row for row in range(view.model().rowCount()) if view.model().index(row, 0).data() == name)
    view.scrollTo(view.model().index(row, 0))
    rect = view.visualRect(view.model().index(row, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 10, rect.center().y()))


def names(lab):
    """Return the names of the runs that are overlaid in the plots."""
    panes = [[lines.overlay.name for lines in pane.overlays] for pane in (lab.curves.loss, lab.curves.accuracy)]
    assert panes[0] == panes[1]
    assert len(lab.curves.rate.overlaid) == len(panes[0])
    return panes[0]


class Counts:
    """Counts the histories that are read, the sets of lines and the rates that are drawn."""

    def __init__(self, monkeypatch):
        self.read, self.lines, self.rates = [], [], []
        history, draw, draw_rate = Run.history, OverlayLines.draw, RatePlot.draw

        def counted_history(run):
            self.read.append(run.name)
            return history(run)

        def counted_draw(lines, axis):
            self.lines.append(lines.overlay.name)
            draw(lines, axis)

        def counted_draw_rate(plot, item, x, y):
            if item is not plot.live:
                self.rates.append(item)
            draw_rate(plot, item, x, y)

        monkeypatch.setattr(Run, "history", counted_history)
        monkeypatch.setattr(OverlayLines, "draw", counted_draw)
        monkeypatch.setattr(RatePlot, "draw", counted_draw_rate)


@pytest.fixture
def counts(lab, monkeypatch):
    """What is read and drawn from now on."""
    return Counts(monkeypatch)


def rate_items(lab):
    return [rate.item for rate in lab.curves.rate.overlaid.values()]


def test_one_more_run_reads_one_history_and_draws_one_set_of_lines(lab, counts):
    lines, items = list(lab.curves.loss.overlays), rate_items(lab)
    click_box(lab, f"run {N_TICKED}")
    assert names(lab)[-1] == f"run {N_TICKED}"
    assert counts.read == [f"run {N_TICKED}"]
    assert counts.lines == [f"run {N_TICKED}"] * 2  # one in each pane of a quantity
    assert lab.curves.loss.overlays[:-1] == lines
    assert rate_items(lab)[:-1] == items
    assert counts.rates == [rate_items(lab)[-1]]


def test_a_run_that_is_unticked_reads_and_draws_nothing(lab, counts):
    lines, items = list(lab.curves.loss.overlays), rate_items(lab)
    click_box(lab, "run 7")
    assert names(lab) == [f"run {number}" for number in range(N_TICKED) if number != 7]
    assert (counts.read, counts.lines, counts.rates) == ([], [], [])
    assert lab.curves.loss.overlays == lines[:7] + lines[8:]
    assert rate_items(lab) == items[:7] + items[8:]
    assert lab.curves.rate.items().count(items[7]) == 0


def test_a_run_that_is_ticked_again_is_read_again(lab, counts):
    click_box(lab, "run 7")
    click_box(lab, "run 7")
    assert counts.read == ["run 7"]
    assert len(names(lab)) == N_TICKED


def test_a_change_of_colours_reads_nothing_and_changes_them(lab, counts):
    before = [lines.overlay.colour.name() for lines in lab.curves.loss.overlays]
    theme.apply(QApplication.instance(), dark=True)
    try:
        assert counts.read == []
        assert names(lab) == [f"run {number}" for number in range(N_TICKED)]
        assert all(
            lines.overlay.colour.name() != colour
            for lines, colour in zip(lab.curves.loss.overlays, before, strict=True)
        )
    finally:
        theme.apply(QApplication.instance(), dark=False)


def test_a_new_list_reads_and_draws_nothing(lab, counts, make_run):
    make_run("another")
    lab.runs.refresh()
    assert lab.runs_view.table.rowCount() == N_TICKED + 2
    assert (counts.read, counts.lines, counts.rates) == ([], [], [])


def test_a_curve_file_that_was_written_anew_is_read_and_drawn_again(lab, counts, make_history):
    RunStore().find("run 7").save_history(make_history(5))
    click_box(lab, f"run {N_TICKED}")
    assert counts.read == ["run 7", f"run {N_TICKED}"]
    assert counts.lines == ["run 7", f"run {N_TICKED}"] * 2
    assert len(counts.rates) == 2
    overlay = lab.curves.loss.overlays[7].overlay
    assert (overlay.name, overlay.history.n_evaluations) == ("run 7", 5)


def test_runs_that_are_ticked_before_there_are_plots_are_overlaid_later(qtbot, make_run):
    make_run("one")
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    lab = window.workbench.lab
    lab.runs.refresh()
    set_tick(lab, "one", Qt.CheckState.Checked)
    assert lab.curves is None
    window.add_curves()
    assert names(lab) == ["one"]
    window.close()
