"""The program's recipes and the user's."""

import dataclasses
import re
from pathlib import Path

import pytest

from core import messages
from core.errors import ConfigError
from core.files import paths
from core.training import recipes
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

MAKEFILE = Path(__file__).parents[3] / "Makefile"


def test_each_recipe_is_found_by_its_name():
    for name, recipe in recipes.RECIPES.items():
        assert recipes.named(name) is recipe
        assert recipe.name == name
        assert recipe.title
        assert "\n" not in recipe.title
        assert isinstance(recipe.config, TrainConfig)
    assert recipes.DEFAULT == "quick"
    assert recipes.DEFAULT in recipes.RECIPES


def test_an_unknown_name():
    with pytest.raises(ConfigError, match=r'no recipe "quik"; there are quick, .*report-baseline'):
        recipes.named("quik")


def test_the_settings_of_the_reports_baseline():
    config = recipes.named("report-baseline").config
    assert config.hidden == (256, 128)
    assert (config.initializer, config.optimizer, config.schedule) == ("normal", "sgd", "constant")
    assert (config.momentum, config.nesterov, config.weight_decay, config.dropout) == (0, False, 0, 0)
    assert not config.batch_norm
    assert not config.class_weights


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("report-he", {"initializer": "he_normal"}),
        ("report-weighted", {"class_weights": True}),
        ("report-decay", {"schedule": "step_decay"}),
        ("report-l2", {"weight_decay": 1e-5}),
        ("report-scaled", {"input_scale": 1 / 255}),
    ],
)
def test_each_experiment_of_the_report_is_one_change_against_its_baseline(name, change):
    assert recipes.named(name).config == dataclasses.replace(recipes.named("report-baseline").config, **change)


def test_the_reports_decay_and_best():
    decay, best = recipes.named("report-decay").config, recipes.named("report-best").config
    assert (decay.decay_factor, decay.decay_steps) == (0.9, 10_000)
    assert (best.initializer, best.batch_size, best.epochs, best.learning_rate) == ("he_normal", 32, 200, 3e-3)
    assert (best.weight_decay, best.schedule, best.decay_factor, best.decay_steps) == (1e-5, "step_decay", 0.9, 50_000)
    assert recipes.named("report-best-scaled").config.input_scale == 1 / 255


def test_quick_is_he_and_one_cycle():
    config = recipes.named("quick").config
    assert (config.initializer, config.schedule) == ("he_normal", "one_cycle")
    assert config.input_scale == 1 / 255


def test_a_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipes.named("quick").name = "slow"


def test_a_recipes_test_source_applies_only_to_its_own_data():
    recipe = recipes.named("shipped")
    assert recipe.test_for(recipe.data) == "mnist"
    assert recipe.test_for("synthetic") is None
    assert recipes.named("quick").test_for("mnist") is None


def test_the_makefile_refines_the_shipped_network_as_the_recipes_say():
    shipped, refined = recipes.named("shipped"), recipes.REFINED
    config = refined.config
    assert dataclasses.replace(config, epochs=40, learning_rate=3e-3, deformation=1.0) == shipped.config
    text = MAKEFILE.read_text().replace("\\\n  ", "")
    asked = f"--epochs {config.epochs} --learning-rate {config.learning_rate} --deformation {config.deformation} "
    assert asked in text
    variables = dict(re.findall(r"^(\w+) :?= (.*)$", text, re.MULTILINE)) | {"1": recipes.PEN_FILE}
    for name, recipe in (("FIRST", shipped), ("THEN", refined)):
        data = variables[name]
        while "$(" in data:
            data = re.sub(r"\$\((\w+)\)", lambda match: variables[match[1]], data)
        assert data == recipe.data


def test_titles_are_translated_but_those_of_files_are_not_templates():
    mine = Recipe("mine", "At 50 % {of the rate}", TrainConfig())
    try:
        messages.set_translator(str.upper)
        assert recipes.title_of(recipes.named("synthetic")) == "SYNTHETIC DIGITS ONLY: NO DATA NEEDED"
        assert recipes.title_of(mine) == mine.title
    finally:
        messages.set_translator(str)


# The user's recipes


@pytest.fixture
def folder():
    """The folder of the user's recipes."""
    paths.recipes().mkdir()
    return paths.recipes()


def test_a_file_in_the_users_folder_is_a_recipe(folder):
    (folder / "mine.toml").write_text('title = "Mine"\n[settings]\nepochs = 3')
    assert recipes.named("mine").config == TrainConfig(epochs=3)
    found, mistakes = recipes.available()
    assert list(found) == [*recipes.RECIPES, "mine"]
    assert found["mine"] == recipes.named("mine")
    assert mistakes == []
    with pytest.raises(ConfigError, match=r'no recipe "mines"; there are quick, .*, mine'):
        recipes.named("mines")


def test_a_file_elsewhere_is_a_recipe_by_its_path(tmp_path):
    (tmp_path / "shared.toml").write_text('title = "Shared"\nbased_on = "deep"')
    assert recipes.named(str(tmp_path / "shared.toml")).config == recipes.named("deep").config
    with pytest.raises(ConfigError, match="cannot be read"):
        recipes.named(str(tmp_path / "none.toml"))


def test_an_invalid_file_is_reported_and_the_others_are_read(folder):
    (folder / "broken.toml").write_text("title =")
    (folder / "quick.toml").write_text('title = "Another quick"')
    (folder / "sound.toml").write_text('title = "Sound"')
    found, mistakes = recipes.available()
    assert list(found) == [*recipes.RECIPES, "sound"]
    assert found["quick"] is recipes.RECIPES["quick"]
    assert [mistake.split(".toml")[0] for mistake in mistakes] == [str(folder / "broken"), str(folder / "quick")]
    with pytest.raises(ConfigError, match=r"broken\.toml is not TOML"):
        recipes.named("broken")


def test_without_a_folder_there_are_the_programs_recipes():
    assert recipes.available() == (recipes.RECIPES, [])


def test_saving_creates_the_folder():
    path = recipes.save(dataclasses.replace(recipes.named("quick"), name="mine"))
    assert path == paths.recipes() / "mine.toml"
    assert recipes.named("mine").config == recipes.named("quick").config


def test_a_name_must_not_be_a_path():
    with pytest.raises(ConfigError, match="at most 60 letters"):
        recipes.save(dataclasses.replace(recipes.named("quick"), name="../mine"))
    assert not paths.recipes().exists()


def test_a_folder_that_cannot_be_created(home):
    paths.recipes().write_text("a file")
    with pytest.raises(ConfigError, match="cannot be made"):
        recipes.save(dataclasses.replace(recipes.named("quick"), name="mine"))
