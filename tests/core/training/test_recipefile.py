"""Recipe files: reading, writing, and the messages for invalid ones."""

import dataclasses

import pytest

from core.errors import ConfigError
from core.training import recipefile
from core.training.config import TrainConfig
from core.training.recipefile import Recipe
from core.training.recipes import RECIPES

WIDE = """
title = "Twice as wide"
based_on = "quick"
data = "synthetic:500"

[settings]
hidden = [512, 256]
learning_rate = 0.05
"""


@pytest.fixture
def written(tmp_path):
    """Write a file called wide.toml."""

    def write(content):
        path = tmp_path / "wide.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_file_changes_the_recipe_that_it_is_based_on(written):
    recipe = recipefile.load(written(WIDE), RECIPES)
    config = dataclasses.replace(RECIPES["quick"].config, hidden=(512, 256), learning_rate=0.05)
    assert recipe == Recipe("wide", "Twice as wide", config, "synthetic:500")


def test_without_a_base_the_defaults_apply(written):
    assert recipefile.load(written('title = "Plain"'), RECIPES).config == TrainConfig()


@pytest.mark.parametrize("name", RECIPES)
def test_a_saved_recipe_can_be_read(tmp_path, name):
    recipe = dataclasses.replace(RECIPES[name], name="mine")
    recipefile.save(recipe, tmp_path / "mine.toml", RECIPES)
    assert recipefile.load(tmp_path / "mine.toml", RECIPES) == recipe


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title = ", ["not TOML"]),
        (b"title = '\xff'", ["not TOML"]),
        (f"title = 'x'\n[settings]\nepochs = {'9' * 5000}", ["not TOML"]),
        (f"title = {'[' * 20_000}", ["not TOML"]),
        ("based_on = 'quick'", ["a title is missing"]),
        ("title = 3", ["title is one line", "not 3"]),
        ('title = "a\\nb"', ["title is one line"]),
        ("title = ''", ["title is one line"]),
        (f"title = '{'x' * 201}'", ["title is one line of at most 200"]),
        ("title = 'x'\ndata = ['mnist']", ["data is one line"]),
        ("title = 'x'\nbased_on = 'quik'", ["quik", "there are quick"]),
        ("title = 'x'\nepochs = 3", ["no entry epochs", "settings"]),
        ("title = 'x'\nsettings = 3", ["settings is a table"]),
        ("title = 'x'\n[settings]\nepoch = 3", ["no setting epoch"]),
        ("title = 'x'\n[settings]\nepochs = 3.5", ["epochs is a whole number", "3.5"]),
        ("title = 'x'\n[settings]\nlearning_rate = nan", ["learning_rate is a number"]),
        ("title = 'x'\n[settings]\nhidden = 'wide'", ["hidden", "'wide'"]),
        ("title = 'x'\n[settings]\noptimizer = ['sgd']", ["optimizer is one of"]),
        ("title = 'x'\n[settings]\nbatch_norm = 1979-05-27", ["batch_norm is true or false"]),
    ],
)
def test_each_message_names_the_file_and_the_mistake(written, content, words):
    path = written(content)
    with pytest.raises(ConfigError) as caught:
        recipefile.load(path, RECIPES)
    for word in (str(path), *words):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_large_is_not_read(written):
    path = written(b"#" * (recipefile.MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=r"wide\.toml is larger than 64 KiB"):
        recipefile.load(path, RECIPES)


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read"):
        recipefile.load(tmp_path / "none.toml", RECIPES)


@pytest.mark.parametrize(("name", "words"), [("quick", "of its own"), ("my recipe", "letters"), (".x", "letters")])
def test_names_that_a_recipe_cannot_have(tmp_path, name, words):
    path = tmp_path / f"{name}.toml"
    recipe = dataclasses.replace(RECIPES["quick"], name=name)
    with pytest.raises(ConfigError, match=words):
        recipefile.save(recipe, path, RECIPES)
    assert not path.exists()
    path.write_text(WIDE)
    with pytest.raises(ConfigError, match=words):
        recipefile.load(path, RECIPES)


def test_an_existing_file_is_not_overwritten(written):
    path = written(WIDE)
    with pytest.raises(ConfigError, match="exists already"):
        recipefile.save(dataclasses.replace(RECIPES["quick"], name="wide"), path, RECIPES)
    assert path.read_text() == WIDE


def test_a_missing_folder(tmp_path):
    with pytest.raises(ConfigError, match="there is no folder"):
        recipefile.save(RECIPES["quick"], tmp_path / "none" / "mine.toml", RECIPES)


def test_a_long_entry_is_shortened_in_the_message(written):
    path = written(f"{'x' * 5000} = 1\n".encode())
    with pytest.raises(ConfigError, match="there is no entry xxx") as caught:
        recipefile.load(path, RECIPES)
    assert len(str(caught.value)) < len(str(path)) + 200
