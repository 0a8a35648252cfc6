"""Fuzz tests of facts: run.json, label.json, recipes in TOML, training settings and cached results."""

import contextlib
import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
import tomli_w
from hypothesis import assume, given
from mutations import DEEP, LESS_DEEP, mutated, odd, text_of

from core.cli import runs as runs_command
from core.comparison import result_cache
from core.comparison.job import Job
from core.errors import ConfigError, RunError
from core.runs import run as runs
from core.runs.run import Broken, Run, Status
from core.runs.run_store import RunStore
from core.training import recipefile, recipes
from core.training.config import TrainConfig

RUN = Run(
    Path("x"),
    "a run",
    recipe="quick",
    settings=TrainConfig().as_dict(),
    data="mnist",
    threads=2,
    versions={"numpy": "2"},
    created="2026-01-01T00:00:00+00:00",
    status=Status.FINISHED,
    seconds=1.5,
    step=7,
    n_steps=7,
    parameters=10,
    best_step=7,
    best_validation=0.9,
    scores={"test_accuracy": 0.9, "test_loss": 0.1},
).as_dict()
RUN_TEXT = text_of(RUN).encode()
LABEL = {"name": "the best", "note": "of all"}


def use_run(run):
    """Use a run like the list of runs and the command that lists runs."""
    runs_command.line_of(run)
    json.dumps(run.as_dict(), allow_nan=False)
    with contextlib.suppress(ConfigError):
        run.config()
    runs.differing([run, dataclasses.replace(run, data="y")])


def load_run(path):
    return Run.load(path.parent)


@given(content=mutated(RUN_TEXT, head=800))
def test_run_bytes(attack, content):
    run = attack(load_run, RunError, content, runs.INFO)
    assert run is None or use_run(run) is None


@given(tree=odd(RUN))
def test_run_values(attack, tree):
    run = attack(load_run, RunError, text_of(tree).encode(), runs.INFO)
    assert run is None or use_run(run) is None


def labelled(path):
    """Return the only run of a store, with the label in this file; an invalid label costs its name, not the run."""
    (path.parent / runs.INFO).write_bytes(RUN_TEXT)
    (found,) = RunStore(path.parent.parent).runs()
    (path.parent / runs.INFO).unlink()
    assert not isinstance(found, Broken)
    if found.name == "a run":
        raise RunError("the label was rejected")
    return found


@pytest.mark.parametrize("make", ["bytes", "values"])
def test_label(attack, tmp_path, make):
    attack.folder = tmp_path / "runs" / "run"
    attack.folder.mkdir(parents=True)
    strategy = (
        mutated(text_of(LABEL).encode(), head=60) if make == "bytes" else odd(LABEL).map(lambda t: text_of(t).encode())
    )

    @given(content=strategy)
    def try_all(content):
        run = attack(labelled, RunError, content, runs.LABEL)
        assert run is None or use_run(run) is None

    try_all()


TOML = {
    "title": "Twice as wide",
    "based_on": "quick",
    "data": "mnist",
    "test": "mnist",
    "settings": {"hidden": [512, 256], "epochs": 3},
}


def load_recipe(path):
    return recipefile.load(path, recipes.RECIPES)


@given(content=mutated(tomli_w.dumps(TOML).encode(), head=80))
def test_recipe_bytes(attack, content):
    recipe = attack(load_recipe, ConfigError, content, "mine.toml")
    assert recipe is None or isinstance(recipe.config, TrainConfig)


@given(tree=odd(TOML))
def test_recipe_values(attack, tree):
    try:
        text = tomli_w.dumps(tree)
        content = (
            text.replace(f'"{DEEP}"', "[" * 3000 + "]" * 3000).replace(f'"{LESS_DEEP}"', "[" * 300 + "]" * 300).encode()
        )
    except (TypeError, AttributeError, UnicodeEncodeError):
        assume(False)
    recipe = attack(load_recipe, ConfigError, content, "mine.toml")
    assert recipe is None or isinstance(recipe.config, TrainConfig)


@given(tree=odd(TrainConfig().as_dict()))
def test_settings(attack, tree):
    config = attack(lambda path: TrainConfig.from_dict(tree), ConfigError, b"")
    assert config is None or TrainConfig.from_dict(config.as_dict()) == config


def job():
    return Job("quick", TrainConfig(), "mnist", None, 10, "f" * 64)


RESULT = {
    "scores": {"test_accuracy": 0.9},
    "diverged": None,
    "steps": 10,
    "curves": {"loss": {"step": [1.0], "value": [2.0]}},
}


@given(tree=odd(RESULT))
def test_cached_result_values(attack, tree):
    content = {"digest": job().digest, "job": job().as_dict(), "result": tree}
    checksum = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    text = text_of(content | {"sha256": checksum})

    def read(path):
        found = result_cache.load(path.parent, job())
        if found is None:
            raise RunError("the result was rejected")
        return found

    attack(read, RunError, text.encode(), result_cache.path(attack.folder, job()).name)
