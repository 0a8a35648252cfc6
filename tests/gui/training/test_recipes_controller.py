"""Recipes in the window: the user's are listed beside the program's, opened from files, and saved."""

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog

from core.files import paths
from core.training import recipes
from core.training.config import TrainConfig
from gui.main_window import MainWindow
from gui.shell.preferences import Preferences

WIDE = TrainConfig(hidden=(64,), epochs=3)


@pytest.fixture
def again(qtbot):
    """Return a function that opens another window."""

    def open_window():
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        return window

    return open_window


def test_settings_are_saved_as_a_recipe_and_listed_in_the_next_window(window, monkeypatch, again):
    window.workbench.lab.panel.form.set_config(WIDE)
    window.workbench.lab.panel.set_data("synthetic:600")
    monkeypatch.setattr(QInputDialog, "getText", lambda *a: (" wider ", True))
    window.workbench.menus.actions_by_name["save_recipe"].trigger()
    assert "wider.toml" in window.workbench.lab.message_bar.text
    assert window.workbench.lab.panel.recipe == "wider"
    assert recipes.named("wider").config == WIDE
    other = again()
    other.workbench.lab.panel.set_recipe("wider")
    assert other.workbench.lab.panel.config() == WIDE
    assert (other.workbench.lab.panel.recipe, recipes.named("wider").data) == ("wider", "synthetic:600")


@pytest.mark.parametrize("name", ["quick", "../x", "a/b"])
def test_an_invalid_name_is_reported(window, name, home):
    window.workbench.lab.recipes.save(name)
    assert window.workbench.lab.message_bar.text
    assert not list(home.rglob("*.toml"))


def test_a_recipe_from_a_file_is_chosen(window, monkeypatch, tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text('title = "Tiny"\nbased_on = "quick"\ndata = "synthetic:600"\n[settings]\nhidden = [4]\n')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    window.workbench.menus.actions_by_name["open_recipe"].trigger()
    panel = window.workbench.lab.panel
    assert (panel.recipe, panel.data, panel.config().hidden) == ("tiny", "synthetic:600", (4,))


@pytest.mark.parametrize("content", ["", "[settings", "[settings]\nwarp = 9\n", "[settings]\nepochs = -1\n"])
def test_an_invalid_file_changes_nothing(window, tmp_path, content):
    path = tmp_path / "odd.toml"
    path.write_text(content)
    before = window.workbench.lab.panel.recipe
    window.workbench.lab.recipes.open(path)
    assert str(path) in window.workbench.lab.message_bar.text
    assert window.workbench.lab.panel.recipe == before


def test_broken_recipes_of_the_user_are_reported_and_left_out(again):
    paths.recipes().mkdir(parents=True)
    (paths.recipes() / "bad.toml").write_text("[settings")
    (paths.recipes() / "worse.toml").write_text("settings]")
    (paths.recipes() / "good.toml").write_text('title = "Good"\n[settings]\nhidden = [5]\n')
    window = again()
    assert "bad.toml" in window.workbench.lab.message_bar.text
    assert "worse.toml" in window.workbench.lab.message_bar.text
    window.workbench.lab.panel.set_recipe("good")
    assert window.workbench.lab.panel.config().hidden == (5,)
