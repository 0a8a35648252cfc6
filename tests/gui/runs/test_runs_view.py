"""The list of runs in the window: runs are compared, overlaid, renamed, exported, deleted and restored."""

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
from core.recognition.modelfile import load, save
from core.runs import run as runs
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import recipes
from core.training.config import TrainConfig
from core.training.history import History
from gui.recognition.active_model import ModelChoice
from gui.recognition.unsaved import Unsaved
from gui.style import theme
from gui.training.events import Moved, Progressed, StorageChanged

SMALL = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=0.1)


def lab(window):
    """Return the right half of the window."""
    return window.workbench.lab


def row_of(window, name):
    model = lab(window).runs_view.view.model()
    return next(row for row in range(model.rowCount()) if model.index(row, 0).data() == name)


def cell(window, name, column=0):
    """Return the middle of a cell, in the view's pixels."""
    view = lab(window).runs_view.view
    return view.visualRect(view.model().index(row_of(window, name), column)).center()


def click(window, name, modifier=Qt.KeyboardModifier.NoModifier, column=1):
    viewport = lab(window).runs_view.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, modifier, cell(window, name, column))


def tick(window, name):
    """Click on the check box of a run."""
    view = lab(window).runs_view.view
    rect = view.visualRect(view.model().index(row_of(window, name), 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 10, rect.center().y()))


def act(window, name):
    lab(window).runs_view.actions_by_name[name].trigger()


def detail(window):
    return lab(window).runs_view.detail_label.text()


def names(window):
    model = lab(window).runs_view.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def undo(window):
    (button,) = lab(window).message_bar.offer_buttons
    assert button.text() == "Undo"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def kept():
    """Return a function that stores a run that has finished."""

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
    """The list of runs, in front."""
    lab(window).tabs.setCurrentWidget(lab(window).runs_view)
    return lab(window).runs_view


def test_an_empty_list_says_what_it_is_for(window, view):
    assert view.empty_label.isVisible()
    assert not any(action.isEnabled() for action in view.actions_by_name.values())


def test_a_walk_through_the_list(qtbot, window, small_run, conclude, tmp_path):
    """Run twice, compare, overlay, load, export, delete, undo."""
    small_run(config=SMALL)
    conclude()
    small_run(config=dataclasses.replace(SMALL, learning_rate=0.2, seed=7))
    second = conclude()
    lab(window).tabs.setCurrentWidget(lab(window).runs_view)
    assert names(window) == ["quick 2", "quick"]

    click(window, "quick")
    click(window, "quick 2", Qt.KeyboardModifier.ControlModifier)
    assert "learning rate: 0.2 | 0.1" in detail(window)
    assert "seed: 7 | 0" in detail(window)
    assert "epochs" not in detail(window)

    tick(window, "quick")
    tick(window, "quick 2")
    overlays = lab(window).curves.loss.overlays
    assert len(overlays) == 2
    tick(window, "quick 2")
    assert len(lab(window).curves.loss.overlays) == 1

    click(window, "quick")
    window.active_model.choose(ModelChoice.SHIPPED)
    act(window, "load")
    assert window.active_model.choice is ModelChoice.OWN
    first = RunStore().find("quick")
    np.testing.assert_array_equal(window.active_model.recognizer.network.parameters, first.model().network.parameters)

    for suffix in (".csv", ".png", ".svg", ".safetensors"):
        lab(window).runs.export(first, tmp_path / f"out{suffix}")
        assert "Saved" in lab(window).message_bar.text
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
    assert "“quick” was deleted." in lab(window).message_bar.text
    undo(window)
    assert names(window) == ["quick 2", "quick"]
    assert RunStore().find("quick").model().scores == first.model().scores
    assert second.model is not None


def test_a_run_is_renamed_in_its_row(qtbot, window, view, kept):
    kept("one")
    lab(window).runs.refresh()
    view = view.view
    click(window, "one", column=1)  # not on the name
    act(window, "rename")
    editor = view.findChild(QLineEdit)
    QTest.keyClicks(editor, "the best")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["the best"])
    assert RunStore().find("the best").recipe == "quick"


@pytest.fixture
def editor(window, view, kept):
    """The editor of the only run's name."""
    kept("one")
    lab(window).runs.refresh()
    click(window, "one")
    act(window, "rename")
    return view.view.findChild(QLineEdit)


def test_editing_a_name_goes_on_while_the_list_changes(qtbot, window, editor, kept):
    QTest.keyClicks(editor, "the b")
    kept("two")
    lab(window).runs.refresh()
    assert names(window) == ["one"]
    QTest.keyClicks(editor, "est")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sorted(names(window)) == ["the best", "two"])


def test_a_list_that_waited_is_shown_when_the_editing_is_cancelled(qtbot, window, editor, kept):
    kept("two")
    lab(window).runs.refresh()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sorted(names(window)) == ["one", "two"])


def button(view, name):
    return next(button for button in view.buttons if button.defaultAction() is view.actions_by_name[name])


def test_an_edited_name_is_accepted_before_another_action(qtbot, window, view, editor, kept):
    QTest.keyClicks(editor, "the best")
    kept("two")
    lab(window).runs.refresh()
    QTest.mouseClick(button(view, "delete"), Qt.MouseButton.LeftButton)  # this takes no focus from the editor
    qtbot.waitUntil(lambda: names(window) == ["two"])
    assert "“the best” was deleted." in lab(window).message_bar.text
    undo(window)
    assert sorted(names(window)) == ["the best", "two"]


def test_rename_during_editing_keeps_the_text(qtbot, window, view, editor):
    QTest.keyClicks(editor, "the b")
    QTest.mouseClick(button(view, "rename"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(editor, "est")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["the best"])


def test_a_note_is_stored_and_shown(window, view, kept, monkeypatch):
    kept("one")
    lab(window).runs.refresh()
    monkeypatch.setattr(QInputDialog, "getMultiLineText", lambda *a: ("more dropout next time", True))
    click(window, "one")
    act(window, "note")
    click(window, "one")
    assert "more dropout next time" in detail(window)
    assert RunStore().find("one").note == "more dropout next time"


def test_a_recipe_with_a_changed_setting_is_marked(window, view):
    unchanged = dataclasses.replace(recipes.named("quick").config, seed=7).as_dict()
    for settings in (unchanged, unchanged | {"epochs": 3}):
        RunStore().begin(name="one", recipe="quick", settings=settings)
    lab(window).runs.refresh()
    model = view.view.model()
    assert {model.index(row, 0).data(): model.index(row, 1).data() for row in range(2)} == {
        "one": "quick",
        "one 2": "quick *",
    }


def test_columns_of_numbers_are_sorted_by_value(window, view, kept):
    for name, seconds in (("a", 9.0), ("b", 100.0), ("c", 20.0)):
        kept(name, seconds=seconds)
    lab(window).runs.refresh()
    view.view.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    assert names(window) == ["a", "c", "b"]


def test_names_are_sorted_by_the_numbers_in_them_and_without_case(window, view, kept, home):
    for name in ("quick 10", "Quick 2", "quick", "adam 3", "quick 9", "rate 0.1", "rate 0.05"):
        kept(name)
    (home / "runs" / "odd").mkdir()
    lab(window).runs.refresh()
    view.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert names(window) == ["adam 3", "odd", "quick", "Quick 2", "quick 9", "quick 10", "rate 0.05", "rate 0.1"]


def test_settings_are_copied_into_the_panel(window, view, kept):
    kept("one")
    lab(window).runs.refresh()
    lab(window).panel.form.editor("epochs").setValue(77)
    click(window, "one")
    act(window, "settings")
    assert lab(window).panel.config() == SMALL
    assert lab(window).panel.data == "synthetic:600"
    assert lab(window).panel.fold_button.isChecked()


def test_unknown_settings_are_reported(window, view, kept):
    run = dataclasses.replace(kept("one"), settings={"warp_speed": 9})
    run.save()
    lab(window).runs.refresh()
    click(window, "one")
    act(window, "settings")
    assert "warp_speed" in lab(window).message_bar.text


def test_training_continues_from_a_finished_run(window, small_run, conclude):
    small_run(config=SMALL)
    conclude()
    lab(window).tabs.setCurrentWidget(lab(window).runs_view)
    click(window, "quick")
    act(window, "continue")
    assert conclude().run.parent == RunStore().find("quick").id


def test_a_broken_folder_is_listed_and_can_be_deleted(window, view, home):
    (home / "runs" / "odd").mkdir(parents=True)
    lab(window).runs.refresh()
    click(window, "odd", column=0)
    assert "cannot be read" in detail(window)
    enabled = {name for name, action in view.actions_by_name.items() if action.isEnabled()}
    assert enabled == {"delete"}
    act(window, "delete")
    assert names(window) == []


def test_delete_and_rename_have_their_usual_keys(view):
    assert view.actions_by_name["delete"].shortcut() == QKeySequence("Del")
    assert view.actions_by_name["rename"].shortcut() == QKeySequence("F2")


def test_a_run_that_goes_on_cannot_be_deleted(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=3000))
    lab(window).tabs.setCurrentWidget(lab(window).runs_view)
    click(window, "quick")
    act(window, "delete")
    assert "goes on" in lab(window).message_bar.text
    assert names(window) == ["quick"]
    lab(window).panel.controls.cancel_button.click()


def test_a_cancelled_run_leaves_the_list(qtbot, window, view, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=TrainConfig(hidden=(16,), epochs=5000, batch_size=50))
    lab(window).tabs.setCurrentWidget(view)
    assert view.table.rowCount() == 1
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert view.table.rowCount() == 0


def test_a_cancelled_run_is_restored_and_resumed(qtbot, window, view, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    lab(window).tabs.setCurrentWidget(view)
    RunStore().label(view.table.entry(0), name="the long one")
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        lab(window).panel.controls.cancel_button.click()
    assert lab(window).panel.progress.text == "The run was cancelled."
    assert lab(window).message_bar.text == "“the long one” was cancelled."
    undo(window)
    assert names(window) == ["the long one"]
    assert "in the list of runs" in lab(window).panel.progress.text
    assert [offer.text() for offer in lab(window).message_bar.offer_buttons] == ["Resume"]
    (run,) = discarded.args[0]
    assert RunStore().last_interrupted().step == run.step > 0
    click(window, "the long one")
    with happens(qtbot, window.workbench.session, Progressed) as goes_on:
        act(window, "resume")
    assert goes_on.args[0].records[0].step == run.step + 1
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    undo(window)  # also one that was resumed
    assert names(window) == ["the long one"]


@pytest.fixture
def elsewhere(qtbot, window, small_run, tmp_path):
    """Another store, in which the current run is kept."""
    store = RunStore(tmp_path / "another place")
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    with happens(qtbot, window.workbench.session, Moved):
        window.workbench.session.keep_in(store)
    return store


def test_a_cancelled_run_is_restored_in_the_store_that_it_was_moved_to(qtbot, window, view, elsewhere):
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert RunStore().runs() == elsewhere.runs() == []
    undo(window)
    assert names(window) == ["quick"]  # its state before the move
    run = elsewhere.last_interrupted()
    assert run.step > 0
    assert lab(window).message_bar.text == f"The run is in {run.folder} again."


def test_there_is_no_undo_for_a_cancelled_run_that_could_not_be_kept(qtbot, window, small_run):
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("no folder")
    with happens(qtbot, window.workbench.session, StorageChanged):
        small_run(config=dataclasses.replace(SMALL, epochs=5000))
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000) as discarded:
        window.workbench.session.cancel()
    assert discarded.args == [[]]
    assert lab(window).message_bar.text == "The run ended. Nothing of it was kept."
    assert not lab(window).message_bar.offer_buttons


def test_long_words_do_not_widen_the_window(window, view, kept):
    kept("a" * 300, note="b" * 500, error="c" * 300)
    kept("d" * 300, data="e" * 300)
    lab(window).runs.refresh()
    before = window.minimumSizeHint().width()
    view.view.selectRow(0)
    assert window.minimumSizeHint().width() == before
    view.view.selectAll()
    assert f"{'d' * 39}… | {'a' * 39}…" in detail(window)
    assert window.minimumSizeHint().width() == before


def test_a_store_that_cannot_be_listed_is_reported(window, view):
    assert view.empty_label.text().startswith("Every run is stored here")
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("no folder")
    lab(window).runs.refresh()
    assert view.empty_label.text() == f"{paths.runs()} cannot be listed: Not a directory."
    paths.runs().unlink()
    lab(window).runs.refresh()
    assert view.empty_label.text().startswith("Every run is stored here")


def test_the_trash_of_another_store_is_emptied(qtbot, window, elsewhere, monkeypatch):
    monkeypatch.setattr("core.runs.execution.TRASH_AGE_S", 0.0)
    with qtbot.waitSignal(window.workbench.session.discarded, timeout=60_000):
        window.workbench.session.cancel()
    assert not list((elsewhere.folder / ".trash").iterdir())


def test_a_run_that_cannot_be_restored_is_reported(window, view, kept):
    kept("one")
    lab(window).runs.refresh()
    click(window, "one")
    act(window, "delete")
    RunStore().empty_trash()
    undo(window)
    assert "cannot be restored" in lab(window).message_bar.text


def test_a_damaged_network_is_reported_and_changes_nothing(window, view, kept):
    run = kept("one", scores={"test_accuracy": 0.9})
    (run.folder / runs.MODEL).write_bytes(b"nonsense")
    lab(window).runs.refresh()
    click(window, "one")
    act(window, "load")
    assert "is not a model" in lab(window).message_bar.text
    assert window.active_model.choice is ModelChoice.SHIPPED


def test_an_unsaved_network_is_not_replaced_without_consent(window, view, kept, monkeypatch):
    run = kept("one", scores={"test_accuracy": 0.9})
    save(window.active_model.model, run.folder / runs.MODEL)
    lab(window).runs.refresh()
    window.workbench.models.note_unsaved()
    monkeypatch.setattr("gui.recognition.unsaved.ask_about_unsaved", lambda parent, name: Unsaved.STAY)
    click(window, "one")
    act(window, "load")
    assert window.active_model.choice is ModelChoice.SHIPPED
    assert lab(window).message_bar.text == ""
    monkeypatch.setattr("gui.recognition.unsaved.ask_about_unsaved", lambda parent, name: Unsaved.DISCARD)
    act(window, "load")
    assert window.active_model.choice is ModelChoice.OWN
    assert lab(window).message_bar.text == "“one” answers now."


@pytest.mark.parametrize("name", ["x.txt", "none/x.csv", "x"])
def test_an_export_that_fails_is_reported(window, view, kept, tmp_path, name):
    lab(window).runs.export(kept("one"), tmp_path / name)
    assert lab(window).message_bar.text
    assert not (tmp_path / name).exists()


def test_ticks_survive_a_new_list(window, view, kept):
    kept("one")
    kept("two")
    lab(window).runs.refresh()
    tick(window, "one")
    kept("three")
    lab(window).runs.refresh()
    assert [run.name for run, _ in view.table.ticked_runs()] == ["one"]
    colour = view.table.ticked_runs()[0][1]
    tick(window, "two")
    assert len({colour.name() for _, colour in view.table.ticked_runs()}) == 2
    tick(window, "one")
    assert [run.name for run, _ in view.table.ticked_runs()] == ["two"]
    tick(window, "three")
    assert view.table.ticked_runs()[1][1] == colour  # which is free again


def test_the_curves_of_a_deleted_run_disappear_and_return_with_it(window, view, kept):
    run = kept("one")
    run.save_history(History())
    kept("two").save_history(History())
    lab(window).runs.refresh()
    tick(window, "one")
    tick(window, "two")
    colours = {entry.name: colour.name() for entry, colour in view.table.ticked_runs()}
    click(window, "one")
    act(window, "delete")
    assert len(lab(window).curves.loss.overlays) == 1
    undo(window)
    assert len(lab(window).curves.loss.overlays) == 2
    assert {entry.name: colour.name() for entry, colour in view.table.ticked_runs()} == colours


def test_a_damaged_curve_is_reported_once(window, view, kept):
    run = kept("one")
    (run.folder / runs.CURVE).write_bytes(b"nonsense")
    lab(window).runs.refresh()
    tick(window, "one")
    assert "is not a curve" in lab(window).message_bar.text
    lab(window).message_bar.clear()
    theme.apply(QApplication.instance(), dark=True)
    assert lab(window).message_bar.text == ""
    theme.apply(QApplication.instance(), dark=False)
