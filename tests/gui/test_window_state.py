"""What the window remembers: settings, views, recent models, and the model of the last run."""

import dataclasses
import shutil

import numpy as np
import pytest
from PySide6.QtCore import QSize

from core.files import paths
from core.recognition import modelfile
from core.runs.run import Status
from core.runs.run_store import RunStore
from gui.main_window import MainWindow
from gui.pad.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS
from gui.recognition.active_model import ModelChoice
from gui.recognition.models_controller import N_RECENT
from gui.shell.preferences import Preferences


def panel(window):
    return window.workbench.lab.panel


def bar(window):
    return window.workbench.lab.message_bar


def test_settings_are_remembered(qtbot, window):
    panel(window).set_recipe("deep")
    panel(window).set_data("synthetic:500")
    panel(window).form.editor("epochs").setValue(77)
    panel(window).fold_button.click()
    window.workbench.menus.log_action.setChecked(True)
    window.pad_panel.tools.set_pen_width(PEN_WIDTHS[-1])
    window.resize(798, 700)  # the offscreen screen is 800 wide
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    assert panel(again).recipe == "deep"
    assert panel(again).data == "synthetic:500"
    assert panel(again).config() == panel(window).config()
    assert panel(again).config().epochs == 77
    assert panel(again).fold_button.isChecked()
    assert again.workbench.menus.log_action.isChecked()
    assert again.pad_panel.pad.pen_width() == PEN_WIDTHS[-1]
    assert again.size() == window.size() == QSize(798, 700)
    again.close()


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ("pen_width=0.055", None),  # earlier versions wrote the default without being asked
        ("pen_width=0.02", 0.02),
        ("pen_width=0.055\npen_chosen=true", 0.055),
        ("pen_width=0.02\npen_chosen=false", None),
        ("pen_width=wide\npen_chosen=maybe", None),
    ],
)
def test_a_chosen_pen_width_is_told_from_the_automatic_one(qtbot, settings, chosen):
    paths.settings().mkdir(parents=True, exist_ok=True)
    (paths.settings() / "digitpad.ini").write_text(f"[pad]\n{settings}\n")
    for _ in range(2):
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        assert window.pad_panel.pad.chosen_pen_width() == chosen
        assert window.pad_panel.tools.widths[chosen].isChecked()
        window.close()


def test_recent_models_are_in_the_menu(qtbot, window, tmp_path):
    files = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for path in files:
        modelfile.save(window.active_model.model, path)
        window.workbench.models.open(path)
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    again.workbench.menus.recent.aboutToShow.emit()
    actions = again.workbench.menus.recent.actions()
    assert [action.text() for action in actions] == ["c.safetensors", "b.safetensors", "a.safetensors"]
    assert actions[2].toolTip() == str(files[0])
    actions[2].trigger()
    assert again.active_model.choice is ModelChoice.OWN
    assert again.workbench.models.recent() == tuple(map(str, (files[0], files[2], files[1])))
    files[1].unlink()
    again.workbench.menus.recent.aboutToShow.emit()
    again.workbench.menus.recent.actions()[2].trigger()
    assert "cannot be read" in bar(again).text


def test_the_list_of_recent_models_is_limited(window):
    window.workbench.models.set_recent([f"/a/{number}.safetensors" for number in range(30)])
    assert len(window.workbench.models.recent()) == N_RECENT


def test_the_model_of_a_damaged_run_is_skipped(qtbot, window, small_run, conclude):
    small_run()
    model = conclude().model
    newer = RunStore().begin(name="newer", settings={})
    dataclasses.replace(newer, status=Status.FINISHED, scores={"test_accuracy": 1.0}).save()
    (newer.folder / "model.safetensors").write_bytes(b"damaged")
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    np.testing.assert_array_equal(again.active_model.own_model().network.parameters, model.network.parameters)
    assert again.active_model.own_name == window.active_model.own_name
    again.close()


def test_the_model_of_the_last_run_is_loaded(qtbot, window, small_run, conclude):
    small_run()
    model = conclude().model
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    np.testing.assert_array_equal(again.active_model.own_model().network.parameters, model.network.parameters)
    again.close()


@pytest.mark.parametrize("width", ["wide", "nan", "50", "-1", ""])
def test_damaged_settings_give_the_defaults(qtbot, width):
    paths.settings().mkdir(parents=True)
    content = (
        b"[training]\nsettings=[1, 2\ncustomise=perhaps\n[window]\ngeometry=\xff\xfe@nonsense(\n[pad]\npen_width="
        + width.encode()
    )
    (paths.settings() / "digitpad.ini").write_bytes(content)
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    assert window.pad_panel.pad.pen_width() == DEFAULT_PEN_WIDTH
    assert panel(window).recipe == "quick"
    window.close()


def test_the_window_closes_even_if_its_settings_cannot_be_written(qtbot, window):
    paths.settings().parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(paths.settings(), ignore_errors=True)
    paths.settings().write_text("a file where the folder should be")
    assert window.close()
