"""The choice of a recipe and of a data source: only the user's choices are signalled."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.training import recipes
from gui.training.choices import AddedDigits, TrainingChoices

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
    assert not choices.add_button.isEnabled()
    assert choices.title_label.isEnabled()
    choices.set_data("synthetic")
    assert choices.data == "synthetic"


def test_added_digits_are_listed_by_name_and_count(choices, tmp_path):
    (tmp_path / "mine.csv").touch()
    choices.add_digits(AddedDigits(f"csv:{tmp_path / 'mine.csv'}", 1234))
    choices.set_data(f"csv:{tmp_path / 'mine.csv'}")
    assert choices.data_box.currentText() == "mine.csv: 1,234 digits"
    assert choices.is_added
    choices.add_digits(AddedDigits(f"turn*csv:{tmp_path / 'mine.csv'}", 1234))
    assert choices.data_box.itemText(4) == "mine.csv: 1,234 digits, mended"


def test_digits_whose_file_is_gone_stay_in_the_list_and_come_back(choices, tmp_path):
    path = tmp_path / "mine.csv"
    choices.add_digits(AddedDigits(f"csv:{path}", 3))
    assert choices.data_box.itemText(3) == "mine.csv: not found"
    path.touch()
    choices.look_for_added()
    assert choices.data_box.itemText(3) == "mine.csv: 3 digits"


def test_added_digits_are_removed_others_are_not(choices):
    choices.add_digits(AddedDigits("csv:mine.csv", 3))
    choices.set_data("csv:mine.csv")
    assert choices.remove_added("synthetic") is None
    assert choices.remove_added("csv:mine.csv") == AddedDigits("csv:mine.csv", 3)
    assert choices.data_box.count() == 3
    assert not choices.is_added


@pytest.mark.parametrize("digits", [AddedDigits("csv:/a b/c+d.csv", 3), AddedDigits("3*turn*idx:x/emnist", 70_000)])
def test_added_digits_as_a_line(digits):
    assert AddedDigits.from_text(digits.as_text()) == digits


@pytest.mark.parametrize(
    "text", ["", "3", "3 ", "x csv:a", "-3 csv:a", "3 csv:", "3 what*csv:a", "9999999999 csv:a", "² csv:a"]
)
def test_lines_that_are_no_added_digits(text):
    assert AddedDigits.from_text(text) is None
