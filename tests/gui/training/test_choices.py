"""What to run and on which digits: what the user chooses is told, what the program sets is not."""

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


def test_a_recipe_is_set_silently_and_told_with_its_title(qtbot, choices):
    with qtbot.assertNotEmitted(choices.recipeChosen):
        assert choices.set_recipe("deep")
    assert choices.recipe is recipes.RECIPES["deep"]
    assert choices._title.text() == choices.recipe.title


def test_an_unknown_recipe_is_passed_over(choices):
    choices.set_recipe("deep")
    assert not choices.set_recipe("warp")
    assert choices.recipe.name == "deep"


def test_a_recipe_of_the_same_name_takes_the_place(choices):
    n = choices._recipe.count()
    other = dataclasses.replace(QUICK, title="another")
    choices.add_recipe(other)
    choices.set_recipe("quick")
    assert choices.recipe is other
    assert choices._recipe.count() == n


def test_the_user_s_choice_brings_its_digits_and_is_told(qtbot, choices):
    choices.add_recipe(dataclasses.replace(QUICK, name="last", data="synthetic:600"))
    choices.set_data("mnist")
    with qtbot.waitSignal(choices.recipeChosen):
        QTest.keyClick(choices._recipe, Qt.Key.Key_End)
    assert (choices.recipe.name, choices.data) == ("last", "synthetic:600")


def test_digits_that_are_not_in_the_list_come_into_it_once(choices):
    for _ in range(2):
        choices.set_data("pen:/some/pen.unipen")
        assert choices.data == "pen:/some/pen.unipen"
    assert choices._data.count() == 4


def test_closed_it_can_still_be_read(choices):
    choices.set_open(False)
    assert not choices._recipe.isEnabled()
    assert choices._title.isEnabled()
    choices.set_data("synthetic")
    assert choices.data == "synthetic"
