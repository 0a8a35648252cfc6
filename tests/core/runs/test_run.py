"""A run on disk: its facts, its curves, and the settings in which runs differ."""

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


def test_the_facts_of_a_run_survive_saving_and_loading(run):
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
def test_facts_of_a_wrong_type_are_rejected(run, name, value):
    path = run.folder / runs.INFO
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        Run.load(run.folder)


def test_unknown_settings_are_an_error_when_they_are_used(run):
    with pytest.raises(ConfigError, match="warp_speed"):
        dataclasses.replace(run, settings={"warp_speed": 9}).config()


def test_missing_and_damaged_curves_are_errors(run):
    with pytest.raises(RunError, match="cannot be read"):
        run.history()
    (run.folder / runs.CURVE).write_bytes(b"nonsense")
    with pytest.raises(RunError, match=r"curve\.safetensors is not a curve of a run"):
        run.history()


def test_differing_settings(run):
    other = dataclasses.replace(run, settings=dict(run.settings) | {"learning_rate": 0.3}, data="synthetic")
    assert runs.differing([run, other]) == {"learning_rate": [0.1, 0.3], "data": ["mnist", "synthetic"]}
    assert runs.differing([run, run]) == {}
