"""The run recorder: a stored run can be killed at any time and resumes bit for bit."""

import dataclasses
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from core.errors import RunError
from core.files import locks
from core.runs import checkpoint
from core.runs import run as runs
from core.runs.run import Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.threads import limited
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

CONFIG = TrainConfig(hidden=(12,), batch_size=16, epochs=4, momentum=0.9, dropout=0.2, deformation=0.5, batch_norm=True)
DATA = "synthetic:120"


def prepared(config=CONFIG):
    return Experiment.prepare("quick", config, DATA, 1)


def followed(recorder, stop=None):
    """Train a run to its end or for ``stop`` batches; return its records."""
    experiment = recorder.experiment
    records = []
    with limited(1):
        for record in recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
            records.append(record)
            if len(records) == stop:
                break
    return records


def weights(experiment):
    return experiment.state.network.parameters.tobytes() + experiment.state.network.statistics.tobytes()


class Clock:
    """A clock that advances by a second at each call."""

    def __init__(self):
        self.time = 0.0

    def __call__(self):
        self.time += 1
        return self.time


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("stop", [1, 6, 7, 13, 27])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(store, stop, optimizer):
    config = dataclasses.replace(CONFIG, optimizer=optimizer, schedule="one_cycle")
    with RunRecorder.begin(prepared(config), None) as recorder:
        whole = followed(recorder)
        wanted = weights(recorder.experiment)
    with RunRecorder.begin(prepared(config), store) as recorder:
        first = followed(recorder, stop)
        recorder.write()
    (run,) = store.runs()
    assert run.status is Status.INTERRUPTED
    assert run.step == stop
    with RunRecorder.resume(run) as recorder:
        rest = followed(recorder)
        assert [*first, *rest] == whole
        assert weights(recorder.experiment) == wanted
        assert recorder.history.n_evaluations == 4


def test_a_changed_learning_rate_is_resumed(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder, 3)
        recorder.change_rate(0.5)
        recorder.write()
    (run,) = store.runs()
    with RunRecorder.resume(run) as recorder:
        assert recorder.history.marks == [(48.0, CONFIG.learning_rate / 2)]
        assert {record.learning_rate for record in followed(recorder)} == {CONFIG.learning_rate / 2}


KILLED = """
import os, signal, sys
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
sys.path.insert(0, "tests/core/runs")
import test_run_recorder as module
from pathlib import Path
run = RunRecorder.begin(module.prepared(), RunStore(Path(sys.argv[1])), clock=module.Clock())
experiment = run.experiment
for record in run.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
    if record.step == 21:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_killed_process_leaves_a_run_that_can_be_resumed(store, pytestconfig):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.folder)],
        cwd=pytestconfig.rootpath,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert killed.returncode == -signal.SIGKILL
    run = store.last_interrupted()
    assert 0 < run.step < 21  # with this clock the state is written every few batches
    with RunRecorder.begin(prepared(), None) as recorder:
        followed(recorder)
        wanted = weights(recorder.experiment)
    with RunRecorder.resume(run) as recorder:
        followed(recorder)
        assert weights(recorder.experiment) == wanted


def test_a_run_that_was_killed_before_its_first_checkpoint_starts_again(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder, 2)
    with RunRecorder.resume(store.last_interrupted()) as recorder:
        assert recorder.experiment.state.step == 0
        assert len(followed(recorder)) == 28


def test_the_state_is_written_every_few_seconds_and_time_counts_training_only(store, monkeypatch):
    written = []
    save = checkpoint.save
    monkeypatch.setattr(checkpoint, "save", lambda *rest: (written.append(rest[1].state.step), save(*rest)))
    with RunRecorder.begin(prepared(), store, clock=Clock()) as recorder:
        followed(recorder)
    assert recorder.seconds == 29  # the clock is read twice per record and advances by a second each time
    assert written == [4, 8, 12, 16, 20, 24, 28]


def test_a_running_run_can_neither_be_resumed_nor_deleted(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        (run,) = store.runs()
        assert run.status is Status.RUNNING
        with pytest.raises(RunError, match="goes on already"):
            RunRecorder.resume(run)
        with pytest.raises(RunError, match="goes on"):
            store.delete(run)
        assert recorder.run.id == run.id


def test_a_run_that_has_ended_meanwhile_cannot_be_resumed(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder, 3)
        recorder.write()
    stale = store.last_interrupted()
    with RunRecorder.resume(stale) as recorder:
        followed(recorder)
        recorder.write()
        recorder.end(Status.FINISHED, recorder.experiment.conclude()[0])
    with pytest.raises(RunError, match="the run is finished by now"):
        RunRecorder.resume(stale)
    assert not locks.is_held(stale.folder)


def test_the_end_of_a_run_is_stored(store):
    with RunRecorder.begin(prepared(), store, name="mine") as recorder:
        followed(recorder)
        recorder.write()
        model, scores = recorder.experiment.conclude()
        recorder.end(Status.FINISHED, model)
    (run,) = store.runs()
    assert (run.status, run.name, run.step, run.n_steps) == (Status.FINISHED, "mine", 28, 28)
    assert run.test_accuracy == scores.test.accuracy
    assert run.best_validation == recorder.experiment.state.best.validation_accuracy
    assert run.config() == CONFIG
    np.testing.assert_array_equal(run.model().network.parameters, model.network.parameters)
    assert run.history().evaluations["step"].tolist() == [7, 14, 21, 28]


def test_a_failing_write_does_not_end_the_run(store, monkeypatch):
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder, 5)
        recorder.write()

        def full(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        followed(recorder, 5)
        recorder.write()
        assert "No space left on device" in recorder.failure
        monkeypatch.undo()
    (run,) = store.runs()
    assert (run.status, run.step) == (Status.INTERRUPTED, 5)  # the earlier state is unchanged
    assert len(followed(RunRecorder.resume(run))) == 23


def test_a_run_begins_with_the_state_of_another(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder)
        recorder.write()
        ended = recorder.experiment.state
    more = prepared(dataclasses.replace(CONFIG, epochs=1, seed=5))
    checkpoint.begin_from(recorder.run.folder / runs.STATE, more)
    np.testing.assert_array_equal(more.state.network.parameters, ended.network.parameters)
    np.testing.assert_array_equal(more.state.optimizer.velocity, ended.optimizer.velocity)
    assert (more.state.step, more.state.best.step) == (0, 0)
    np.testing.assert_array_equal(more.state.best.snapshot.parameters, ended.network.parameters)


def test_the_state_of_another_network_is_an_error(store):
    with RunRecorder.begin(prepared(), store) as recorder:
        recorder.write()
    other = prepared(dataclasses.replace(CONFIG, hidden=(13,)))
    with pytest.raises(RunError, match="is of a network with hidden layers 12, not 13"):
        checkpoint.begin_from(recorder.run.folder / runs.STATE, other)


# Invalid states


@pytest.fixture
def left(store):
    """A run that was left after ten batches."""
    with RunRecorder.begin(prepared(), store) as recorder:
        followed(recorder, 10)
        recorder.write()
    return store.last_interrupted()


def test_other_settings_are_an_error(left):
    settings = dict(left.settings) | {"learning_rate": 0.3}
    with pytest.raises(RunError, match="other settings"):
        RunRecorder.resume(dataclasses.replace(left, settings=settings))


def test_other_data_are_an_error(left):
    with pytest.raises(RunError, match="the data have changed"):
        RunRecorder.resume(dataclasses.replace(left, data="synthetic:130"))
    with RunRecorder.resume(left):  # the run can still be resumed
        pass


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_state_is_rejected(left, part):
    path = left.folder / runs.STATE
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(RunError, match=str(path)):
        RunRecorder.resume(left)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generators": []}, "damaged"),
        ({"generators": [{}, {}]}, "damaged"),
        ({"loader": {"epoch": 1, "position": 999}}, "the position in the saved order"),
        ({"loader": {"epoch": -1, "position": 1}}, "the position in the saved order"),
        ({"best": None}, "damaged"),
        ({"seconds": "many"}, "damaged"),
        ({"seconds": -1}, '"seconds" is invalid'),
        ({"rate_factor": -1.0}, '"rate_factor" is invalid'),
        ({"losses": [None, 2.4]}, "its losses are missing"),
        ({"epoch": -3}, '"epoch" is invalid'),
        ({"format": 2}, "newer kind"),
        ({"format": None}, "makes no sense"),
        ({"settings": 7}, '"settings" is invalid'),
        ({"settings": CONFIG.as_dict() | {"momentum": 0.1}}, "other settings"),
    ],
)
def test_an_inconsistent_state_is_rejected(left, change, message):
    path = left.folder / runs.STATE
    content = checkpoint.tensorfile.parse(path.read_bytes(), checkpoint._KIND, {"format": 1})
    checkpoint.tensorfile.save(path, checkpoint._KIND, content.tensors(), content.facts | change)
    with pytest.raises(RunError, match=message):
        RunRecorder.resume(left)


def test_a_setting_that_an_older_version_lacks_has_its_default(left):
    path, info = left.folder / runs.STATE, left.folder / runs.INFO
    content = checkpoint.tensorfile.parse(path.read_bytes(), checkpoint._KIND, {"format": 1})
    older = {name: value for name, value in CONFIG.as_dict().items() if name != "nesterov"}
    checkpoint.tensorfile.save(path, checkpoint._KIND, content.tensors(), content.facts | {"settings": older})
    info.write_text(json.dumps(json.loads(info.read_text()) | {"settings": older}))
    with RunRecorder.resume(Run.load(left.folder)) as recorder:
        assert recorder.experiment.state.step == left.step
        assert recorder.experiment.config == CONFIG


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("parameters", lambda vector: vector[:-1]),
        ("parameters", lambda vector: vector * np.nan),
        ("statistics", lambda vector: vector.astype(np.float64)),
        ("permutation", lambda vector: vector + 1),
        ("permutation", lambda vector: vector[:-1]),
        ("optimizer.velocity", lambda vector: vector[:3]),
        ("history.axis", lambda vector: vector * 0),
    ],
)
def test_invalid_vectors_are_rejected(left, name, change):
    path = left.folder / runs.STATE
    content = checkpoint.tensorfile.parse(path.read_bytes(), checkpoint._KIND, {"format": 1})
    tensors = content.tensors()
    checkpoint.tensorfile.save(path, checkpoint._KIND, tensors | {name: change(tensors[name])}, content.facts)
    with pytest.raises(RunError, match=f"{path} is damaged, or of another network"):
        RunRecorder.resume(left)
    assert isinstance(left, Run)
