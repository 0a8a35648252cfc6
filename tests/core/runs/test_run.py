"""A run on disk: what is known of it, its curves, and how it differs from others."""

import dataclasses
import json

import pytest

from core.errors import ConfigError, RunError
from core.runs import run as runs
from core.runs.run import Run, Status
from core.training.config import TrainConfig


@pytest.fixture
def run(tmp_path):
    facts = {"settings": dataclasses.asdict(TrainConfig()), "data": "mnist", "versions": runs.versions()}
    run = Run(tmp_path / "a run", "quick", status=Status.FINISHED, **facts)
    run.folder.mkdir()
    run.save()
    return run


def test_what_is_known_of_a_run_comes_back(run):
    changes = {"status": Status.STOPPED, "scores": {"test_accuracy": 0.98}, "best_validation": 0.97, "n_steps": 100}
    run = dataclasses.replace(run, threads=2, **changes)
    run.save()
    found = Run.load(run.folder)
    assert found.config() == TrainConfig()
    assert found == dataclasses.replace(run, settings=found.settings)
    assert found.test_accuracy == 0.98
    assert found.versions["numpy"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 7),
        ("settings", []),
        ("seconds", "x"),
        ("seconds", True),
        ("status", "lost"),
        ("scores", {"test_accuracy": "much"}),
        ("best_validation", []),
        ("step", 1.5),
    ],
)
def test_facts_of_the_wrong_kind_are_refused(run, name, value):
    path = run.folder / runs.INFO
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        Run.load(run.folder)


def test_settings_of_another_program_are_told_when_they_are_asked_for(run):
    with pytest.raises(ConfigError, match="warp_speed"):
        dataclasses.replace(run, settings={"warp_speed": 9}).config()


def test_curves_that_are_missing_or_damaged(run):
    with pytest.raises(RunError, match="cannot be read"):
        run.history()
    (run.folder / runs.CURVE).write_bytes(b"nonsense")
    with pytest.raises(RunError, match=r"curve\.safetensors is not a curve of a run"):
        run.history()


def test_which_settings_differ(run):
    other = dataclasses.replace(run, settings=dict(run.settings) | {"learning_rate": 0.3}, data="synthetic")
    assert runs.differing([run, other]) == {"learning_rate": [0.1, 0.3], "data": ["mnist", "synthetic"]}
    assert runs.differing([run, run]) == {}
