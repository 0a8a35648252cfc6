"""Recipes: named configurations."""

import dataclasses

import pytest

from core import recipes
from core.config import TrainConfig
from core.errors import ConfigError


def test_each_recipe_is_found_by_its_name():
    for name, recipe in recipes.RECIPES.items():
        assert recipes.named(name) is recipe
        assert recipe.name == name
        assert recipe.title
        assert "\n" not in recipe.title
        assert isinstance(recipe.config, TrainConfig)
    assert recipes.DEFAULT == "quick"
    assert recipes.DEFAULT in recipes.RECIPES


def test_a_name_that_is_none():
    with pytest.raises(ConfigError, match=r'no recipe "quik"; there are quick, .*report-baseline'):
        recipes.named("quik")


def test_report_baseline_is_as_it_began():
    config = recipes.named("report-baseline").config
    assert config.hidden == (256, 128)
    assert (config.initializer, config.optimizer, config.schedule) == ("normal", "sgd", "constant")
    assert (config.momentum, config.nesterov, config.weight_decay, config.dropout) == (0, False, 0, 0)
    assert not config.batch_norm
    assert not config.class_weights


def test_quick_is_he_and_one_cycle():
    config = recipes.named("quick").config
    assert (config.initializer, config.schedule) == ("he_normal", "one_cycle")
    assert config.input_scale == 1 / 255


def test_a_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipes.named("quick").name = "slow"


def test_a_recipe_is_tested_on_its_own_source_with_its_own_data_alone():
    recipe = recipes.named("shipped")
    assert recipe.test_for(recipe.data) == "mnist"
    assert recipe.test_for("synthetic") is None
    assert recipes.named("quick").test_for("mnist") is None
