"""The choice of a recipe and of a data source: only the user's choices are signalled."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.training import recipes
from gui.training.choices import TrainingChoices

QUICK = recipes.RECIPES["quick"]


@pytest.fixture
def choices(qtbot):
    choices = TrainingChoices()
    qtbot.addWidget(choices)
    choices.show()
    return choices


def test_a_recipe_is_set_silently_and_its_title_shown(qtbot, choices):
    with qtbot.assertNotEmitted(choices.recipeChosen):
        assert choices.set_recipe("deep")
    assert choices.recipe is recipes.RECIPES["deep"]
    assert choices.title_label.text() == choices.recipe.title


def test_an_unknown_recipe_is_ignored(choices):
    choices.set_recipe("deep")
    assert not choices.set_recipe("warp")
    assert choices.recipe.name == "deep"


def test_a_recipe_replaces_one_of_the_same_name(choices):
    n = choices.recipe_box.count()
    other = dataclasses.replace(QUICK, title="another")
    choices.add_recipe(other)
    choices.set_recipe("quick")
    assert choices.recipe is other
    assert choices.recipe_box.count() == n


def test_the_users_choice_is_signalled_and_sets_the_recipes_data_source(qtbot, choices):
    choices.add_recipe(dataclasses.replace(QUICK, name="last", data="synthetic:600"))
    choices.set_data("mnist")
    with qtbot.waitSignal(choices.recipeChosen):
        QTest.keyClick(choices.recipe_box, Qt.Key.Key_End)
    assert (choices.recipe.name, choices.data) == ("last", "synthetic:600")


def test_a_data_source_that_is_missing_is_added_once(choices):
    for _ in range(2):
        choices.set_data("pen:/some/pen.unipen")
        assert choices.data == "pen:/some/pen.unipen"
    assert choices.data_box.count() == 4


def test_closed_choices_can_be_read_and_set_by_the_program(choices):
    choices.set_open(False)
    assert not choices.recipe_box.isEnabled()
    assert not choices.pen_file_button.isEnabled()
    assert choices.title_label.isEnabled()
    choices.set_data("synthetic")
    assert choices.data == "synthetic"
