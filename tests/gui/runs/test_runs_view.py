"""The run shelf in the window: runs side by side, overlaid, compared, renamed, exported, deleted and brought back."""

import csv
import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit
from waiting import happens

from core.files import paths
from core.recognition.modelfile import load
from core.runs import run as runs
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import recipes
from core.training.config import TrainConfig
from core.training.history import History
from gui.recognition.active_model import ModelChoice
from gui.style import theme
from gui.training.events import Moved, Progressed, StorageChanged

SMALL = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=0.1)


def row_of(window, name):
    model = window.workbench.lab.runs_view.view.model()
    return next(row for row in range(model.rowCount()) if model.index(row, 0).data() == name)


def cell(window, name, column=0):
    """Return the middle of a cell in the view's own pixels."""
    view = window.workbench.lab.runs_view.view
    return view.visualRect(view.model().index(row_of(window, name), column)).center()


def click(window, name, modifier=Qt.KeyboardModifier.NoModifier, column=1):
    viewport = window.workbench.lab.runs_view.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, modifier, cell(window, name, column))


def tick(window, name):
    """Click on the box at the beginning of a run's row."""
    view = window.workbench.lab.runs_view.view
    rect = view.visualRect(view.model().index(row_of(window, name), 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 10, rect.center().y()))


def act(window, name):
    window.workbench.lab.runs_view.actions_by_name[name].trigger()


def detail(window):
    return window.workbench.lab.runs_view._detail.text()


def names(window):
    model = window.workbench.lab.runs_view.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def undo(window):
    (button,) = window.workbench.lab.message_bar.offer_buttons
    assert button.text() == "Undo"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def kept():
    """Two runs on the shelf that were made elsewhere, and have ended."""

    def make(name, **facts):
        run = RunStore().begin(
            name=name, recipe="quick", settings=SMALL.as_dict(), data="synthetic:600", parameters=12_730
        )
        run = dataclasses.replace(run, status=Status.FINISHED, **facts)
        run.save()
        return run

    return make


@pytest.fixture
def view(window):
    """The window with its list of runs in front."""
    window.workbench.lab.tabs.setCurrentWidget(window.workbench.lab.runs_view)
    return window.workbench.lab.runs_view


def test_an_empty_shelf_says_what_it_is_for(window, view):
    assert view._empty.isVisible()
    assert not any(action.isEnabled() for action in view.actions_by_name.values())


def test_a_walk_through_the_shelf(qtbot, window, small_run, conclude, tmp_path):
    """Run twice, overlay, differ, reload, export, rename, delete, undo."""
    small_run(config=SMALL)
    conclude()
    small_run(config=dataclasses.replace(SMALL, learning_rate=0.2, seed=7))
    second = conclude()
    window.workbench.lab.tabs.setCurrentWidget(window.workbench.lab.runs_view)
    assert names(window) == ["quick 2", "quick"]

    click(window, "quick")
    click(window, "quick 2", Qt.KeyboardModifier.ControlModifier)
    assert "learning rate: 0.2 | 0.1" in detail(window)
    assert "seed: 7 | 0" in detail(window)
    assert "epochs" not in detail(window)

    tick(window, "quick")
    tick(window, "quick 2")
    overlays = window.workbench.lab.curves.loss.overlays
    assert len(overlays) == 2
    tick(window, "quick 2")
    assert len(window.workbench.lab.curves.loss.overlays) == 1

    click(window, "quick")
    window.active_model.choose(ModelChoice.SHIPPED)
    act(window, "load")
    assert window.active_model.choice is ModelChoice.OWN
    first = RunStore().find("quick")
    np.testing.assert_array_equal(window.active_model.recognizer.network.parameters, first.model().network.parameters)

    for suffix in (".csv", ".png", ".svg", ".safetensors"):
        window.workbench.lab.runs.export(first, tmp_path / f"out{suffix}")
        assert "Saved" in window.workbench.lab.message_bar.text
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1.0", "2.0"]
    assert float(rows[-1]["validation_accuracy"]) == first.history().evaluations["validation_accuracy"][-1]
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "out.svg").read_bytes()
    np.testing.assert_array_equal(
        load(tmp_path / "out.safetensors").network.parameters, first.model().network.parameters
    )

    act(window, "delete")
    assert names(window) == ["quick 2"]
    assert "“quick” was deleted." in window.workbench.lab.message_bar.text
    undo(window)
    assert names(window) == ["quick 2", "quick"]
    assert RunStore().find("quick").model().scores == first.model().scores
    assert second.model is not None


def test_a_run_is_renamed_where_it_stands(qtbot, window, view, kept):
    kept("one")
    window.workbench.lab.runs.refresh()
    view = view.view
    click(window, "one", column=1)  # wherever in its row
    act(window, "rename")
    editor = view.findChild(QLineEdit)
    QTest.keyClicks(editor, "the best")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["the best"])
    assert RunStore().find("the best").recipe == "quick"


@pytest.fixture
def editor(window, view, kept):
    """Where the name of the only run is being typed."""
    kept("one")
    window.workbench.lab.runs.refresh()
    click(window, "one")
    act(window, "rename")
    return view.view.findChild(QLineEdit)


def test_a_name_can_be_typed_to_its_end_while_the_list_changes(qtbot, window, editor, kept):
    QTest.keyClicks(editor, "the b")
    kept("two")
    window.workbench.lab.runs.refresh()
    assert names(window) == ["one"]
    QTest.keyClicks(editor, "est")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sorted(names(window)) == ["the best", "two"])


def test_a_list_that_waited_is_shown_where_the_name_stays(qtbot, window, editor, kept):
    kept("two")
    window.workbench.lab.runs.refresh()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sorted(names(window)) == ["one", "two"])


def button(view, name):
    return next(button for button in view._buttons if button.defaultAction() is view.actions_by_name[name])


def test_a_name_that_is_being_typed_is_given_before_anything_else_is_done(qtbot, window, view, editor, kept):
    QTest.keyClicks(editor, "the best")
    kept("two")
    window.workbench.lab.runs.refresh()
    QTest.mouseClick(button(view, "delete"), Qt.MouseButton.LeftButton)  # which takes no focus from the editor
    qtbot.waitUntil(lambda: names(window) == ["two"])
    assert "“the best” was deleted." in window.workbench.lab.message_bar.text
    undo(window)
    assert sorted(names(window)) == ["the best", "two"]


def test_to_rename_once_more_leaves_what_is_being_typed(qtbot, window, view, editor):
    QTest.keyClicks(editor, "the b")
    QTest.mouseClick(button(view, "rename"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(editor, "est")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["the best"])


def test_a_note_is_kept_and_shown(window, view, kept, monkeypatch):
    kept("one")
    window.workbench.lab.runs.refresh()
    monkeypatch.setattr(QInputDialog, "getMultiLineText", lambda *a: ("more dropout next time", True))
    click(window, "one")
    act(window, "note")
    click(window, "one")
    assert "more dropout next time" in detail(window)
    assert RunStore().find("one").note == "more dropout next time"


def test_a_recipe_whose_settings_were_changed_is_marked(window, view):
    as_it_is = dataclasses.replace(recipes.named("quick").config, seed=7).as_dict()
    for settings in (as_it_is, as_it_is | {"epochs": 3}):
        RunStore().begin(name="one", recipe="quick", settings=settings)
    window.workbench.lab.runs.refresh()
    model = view.view.model()
    assert {model.index(row, 0).data(): model.index(row, 1).data() for row in range(2)} == {
        "one": "quick",
        "one 2": "quick *",
    }


def test_columns_sort_by_number_not_by_letter(window, view, kept):
    for name, seconds in (("a", 9.0), ("b", 100.0), ("c", 20.0)):
        kept(name, seconds=seconds)
    window.workbench.lab.runs.refresh()
    view.view.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    assert names(window) == ["a", "c", "b"]


def test_names_sort_by_the_numbers_in_them_and_not_by_case(window, view, kept, home):
    for name in ("quick 10", "Quick 2", "quick", "adam 3", "quick 9", "rate 0.1", "rate 0.05"):
        kept(name)
    (home / "runs" / "odd").mkdir()
    window.workbench.lab.runs.refresh()
    view.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert names(window) == ["adam 3", "odd", "quick", "Quick 2", "quick 9", "quick 10", "rate 0.05", "rate 0.1"]


def test_settings_are_taken_over_into_the_panel(window, view, kept):
    kept("one")
    window.workbench.lab.runs.refresh()
    window.workbench.lab.panel.form.editor("epochs").setValue(77)
    click(window, "one")
    act(window, "settings")
    assert window.workbench.lab.panel.config() == SMALL
    assert window.workbench.lab.panel.data == "synthetic:600"
    assert window.workbench.lab.panel.fold_button.isChecked()


def test_settings_of_another_program_are_a_sentence(window, view, kept):
    run = dataclasses.replace(kept("one"), settings={"warp_speed": 9})
    run.save()
    window.workbench.lab.runs.refresh()
    click(window, "one")
    act(window, "settings")
    assert "warp_speed" in window.workbench.lab.message_bar.text


def test_a_run_goes_on_from_where_another_has_ended(window, small_run, conclude):
    small_run(config=SMALL)
    conclude()
    window.workbench.lab.tabs.setCurrentWidget(window.workbench.lab.runs_view)
    click(window, "quick")
    act(window, "continue")
    assert conclude().run.parent == RunStore().find("quick").id


def test_a_broken_folder_is_shown_as_one_and_can_be_deleted(window, view, home):
    (home / "runs" / "odd").mkdir(parents=True)
    window.workbench.lab.runs.refresh()
    click(window, "odd", column=0)
    assert "cannot be read" in detail(window)
    enabled = {name for name, action in view.actions_by_name.items() if action.isEnabled()}
    assert enabled == {"delete"}
    act(window, "delete")
    assert names(window) == []


def test_deleting_and_renaming_have_their_usual_keys(view):
    assert view.actions_by_name["delete"].shortcut() == QKeySequence("Del")
    assert view.actions_by_name["rename"].shortcut() == QKeySequence("F2")


def test_a_run_that_goes_on_cannot_be_deleted(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=3000))
    window.workbench.lab.tabs.setCurrentWidget(window.workbench.lab.runs_view)
    click(window, "quick")
    act(window, "delete")
    assert "goes on" in window.workbench.lab.message_bar.text
    assert names(window) == ["quick"]
    window.workbench.lab.panel.controls.cancel_button.click()


def test_a_cancelled_run_does_not_stay_in_the_list(qtbot, window, view, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=TrainConfig(hidden=(16,), epochs=5000, batch_size=50))
    window.workbench.lab.tabs.setCurrentWidget(view)
    assert view.table.rowCount() == 1
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert view.table.rowCount() == 0


def test_a_cancelled_run_comes_back_and_goes_on_where_it_stood(qtbot, window, view, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    window.workbench.lab.tabs.setCurrentWidget(view)
    RunStore().label(view.table.entry(0), name="the long one")
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        window.workbench.lab.panel.controls.cancel_button.click()
    assert window.workbench.lab.panel.progress._status.text() == "The run was cancelled."
    assert window.workbench.lab.message_bar.text == "“the long one” was cancelled."
    undo(window)
    assert names(window) == ["the long one"]
    assert "in the list of runs" in window.workbench.lab.panel.progress._status.text()
    assert [offer.text() for offer in window.workbench.lab.message_bar.offer_buttons] == ["Go on with it"]
    (run,) = discarded.args[0]
    assert RunStore().last_interrupted().step == run.step > 0
    click(window, "the long one")
    with happens(qtbot, window.workbench.session, Progressed) as goes_on:
        act(window, "resume")
    assert goes_on.args[0][0].step == run.step + 1
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    undo(window)  # one that was taken up, too
    assert names(window) == ["the long one"]


@pytest.fixture
def elsewhere(qtbot, window, small_run, tmp_path):
    """Another shelf, on which a run that goes on is kept by now."""
    view = RunStore(tmp_path / "another place")
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    with happens(qtbot, window.workbench.session, Moved):
        window.workbench.session.keep_in(view)
    return view


def test_a_run_that_was_kept_elsewhere_and_is_cancelled_comes_back_there(qtbot, window, view, elsewhere):
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert RunStore().runs() == elsewhere.runs() == []
    undo(window)
    assert names(window) == ["quick"]  # what there was of it before it was moved
    run = elsewhere.last_interrupted()
    assert run.step > 0
    assert window.workbench.lab.message_bar.text == f"The run is kept in {run.folder} again."


def test_where_nothing_was_kept_of_a_cancelled_run_there_is_no_undo(qtbot, window, small_run):
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("no folder")
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        window.workbench.session.cancel()
    assert discarded.args == [[]]
    assert window.workbench.lab.message_bar.text == "The run has ended; nothing of it was kept."
    assert not window.workbench.lab.message_bar.offer_buttons


def test_words_without_a_space_do_not_make_the_window_wider(window, view, kept):
    kept("a" * 300, note="b" * 500, error="c" * 300)
    kept("d" * 300, data="e" * 300)
    window.workbench.lab.runs.refresh()
    before = window.minimumSizeHint().width()
    view.view.selectRow(0)
    assert window.minimumSizeHint().width() == before
    view.view.selectAll()
    assert f"{'d' * 39}… | {'a' * 39}…" in detail(window)
    assert window.minimumSizeHint().width() == before


def test_why_there_is_no_run_to_list_is_said(window, view):
    assert view._empty.text().startswith("Each run is kept here")
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("no folder")
    window.workbench.lab.runs.refresh()
    assert view._empty.text() == f"{paths.runs()} cannot be listed: Not a directory."
    paths.runs().unlink()
    window.workbench.lab.runs.refresh()
    assert view._empty.text().startswith("Each run is kept here")


def test_what_a_cancelled_run_elsewhere_leaves_is_not_kept_for_ever(qtbot, window, elsewhere, monkeypatch):
    monkeypatch.setattr("gui.training.worker.TRASH_AGE_S", 0.0)
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert not list((elsewhere.folder / ".trash").iterdir())


def test_what_cannot_be_brought_back_is_a_sentence(window, view, kept):
    kept("one")
    window.workbench.lab.runs.refresh()
    click(window, "one")
    act(window, "delete")
    RunStore().empty_trash()
    undo(window)
    assert "cannot be brought back" in window.workbench.lab.message_bar.text


def test_a_network_that_is_damaged_is_a_sentence_and_changes_nothing(window, view, kept):
    run = kept("one", scores={"test_accuracy": 0.9})
    (run.folder / runs.MODEL).write_bytes(b"nonsense")
    window.workbench.lab.runs.refresh()
    click(window, "one")
    act(window, "load")
    assert "is not a model" in window.workbench.lab.message_bar.text
    assert window.active_model.choice is ModelChoice.SHIPPED


@pytest.mark.parametrize("name", ["x.txt", "none/x.csv", "x"])
def test_a_place_where_nothing_can_be_exported_is_a_sentence(window, view, kept, tmp_path, name):
    window.workbench.lab.runs.export(kept("one"), tmp_path / name)
    assert window.workbench.lab.message_bar.text
    assert not (tmp_path / name).exists()


def test_ticks_outlive_a_new_list(window, view, kept):
    kept("one")
    kept("two")
    window.workbench.lab.runs.refresh()
    tick(window, "one")
    kept("three")
    window.workbench.lab.runs.refresh()
    assert [run.name for run, _ in view.overlaid()] == ["one"]
    colour = view.overlaid()[0][1]
    tick(window, "two")
    assert len({colour.name() for _, colour in view.overlaid()}) == 2
    tick(window, "one")
    assert [run.name for run, _ in view.overlaid()] == ["two"]
    tick(window, "three")
    assert view.overlaid()[1][1] == colour  # it is free again


def test_the_curves_of_a_deleted_run_go_and_come_back_with_it(window, view, kept):
    run = kept("one")
    run.save_history(History())
    kept("two").save_history(History())
    window.workbench.lab.runs.refresh()
    tick(window, "one")
    tick(window, "two")
    colours = {entry.name: colour.name() for entry, colour in view.overlaid()}
    click(window, "one")
    act(window, "delete")
    assert len(window.workbench.lab.curves.loss.overlays) == 1
    undo(window)
    assert len(window.workbench.lab.curves.loss.overlays) == 2
    assert {entry.name: colour.name() for entry, colour in view.overlaid()} == colours


def test_a_damaged_curve_is_told_once(window, view, kept):
    run = kept("one")
    (run.folder / runs.CURVE).write_bytes(b"nonsense")
    window.workbench.lab.runs.refresh()
    tick(window, "one")
    assert "is not a curve" in window.workbench.lab.message_bar.text
    window.workbench.lab.message_bar.clear()
    theme.apply(QApplication.instance(), dark=True)
    assert window.workbench.lab.message_bar.text == ""
    theme.apply(QApplication.instance(), dark=False)
