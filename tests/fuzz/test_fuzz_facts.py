"""What says of runs, recipes, results and settings: run.json, label.json, TOML, and the settings of a training."""

import contextlib
import dataclasses
import json
from pathlib import Path

import pytest
import tomli_w
from hypothesis import assume, given
from mutations import DEEP, LESS_DEEP, grown, odd, text_of

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
    """Do with a run what the shelf and the command that lists runs do with one."""
    runs_command.line_of(run)
    json.dumps(run.as_dict(), allow_nan=False)
    with contextlib.suppress(ConfigError):
        run.config()
    runs.differing([run, dataclasses.replace(run, data="y")])


def load_run(path):
    return Run.load(path.parent)


@given(content=grown(RUN_TEXT, head=800))
def test_run_bytes(attack, content):
    run = attack(load_run, RunError, content, runs.INFO)
    assert run is None or use_run(run) is None


@given(tree=odd(RUN))
def test_run_values(attack, tree):
    run = attack(load_run, RunError, text_of(tree).encode(), runs.INFO)
    assert run is None or use_run(run) is None


def labelled(path):
    """Return the only run of a shelf, whose label is in this file; a damaged label costs the name and not the run."""
    (path.parent / runs.INFO).write_bytes(RUN_TEXT)
    (found,) = RunStore(path.parent.parent).runs()
    (path.parent / runs.INFO).unlink()
    assert not isinstance(found, Broken)
    if found.name == "a run":
        raise RunError("the label was refused")
    return found


@pytest.mark.parametrize("make", ["bytes", "values"])
def test_label(attack, tmp_path, make):
    attack.folder = tmp_path / "shelf" / "run"
    attack.folder.mkdir(parents=True)
    strategy = (
        grown(text_of(LABEL).encode(), head=60) if make == "bytes" else odd(LABEL).map(lambda t: text_of(t).encode())
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


@given(content=grown(tomli_w.dumps(TOML).encode(), head=80))
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
def test_kept_result_values(attack, tree):
    content = {"digest": job().digest, "job": job().as_dict(), "result": tree}
    text = text_of(content | {"sha256": result_cache._checksum(content)})

    def read(path):
        found = result_cache.load(path.parent, job())
        if found is None:
            raise RunError("it was refused")
        return found

    attack(read, RunError, text.encode(), result_cache.path(attack.folder, job()).name)
