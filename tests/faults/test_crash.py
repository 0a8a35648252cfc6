"""Processes killed at random moments and at each step of each kind of write: only the last seconds are lost."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import living
import pytest

from core.files import locks
from core.runs import run_recorder
from core.runs.run import Run, Status
from core.runs.run_store import RunStore
from core.threads import limited
from core.training import loop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no SIGKILL, and no fork")

HERE = Path(__file__).parent
N_KILLS = int(os.environ.get("DIGITPAD_KILLS", "0"))
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
MOST_LOST_S = 10.0


@pytest.mark.parametrize(
    ("scenario", "least"), [("run", 80), ("files", 40), ("download", 20)], ids=["run", "files", "download"]
)
def test_death_at_each_step_of_each_write(tmp_path, tell, scenario, least):
    found = died(scenario, tmp_path)
    tell(kills=found["deaths"], losses=len(found["losses"]))
    assert found["losses"] == []
    assert found["deaths"] >= least


def test_files_that_are_not_written_atomically_are_lost(tmp_path):
    assert died("naively", tmp_path)["losses"]


def died(scenario, folder):
    command = [sys.executable, HERE / "dying.py", scenario, folder]
    done = subprocess.run(command, capture_output=True, env=os.environ | ONE_THREAD, timeout=200)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return json.loads(done.stdout)


class Life:
    """A training process, and its steps with their times."""

    def __init__(self, folder, n_epochs, interval_s, data=living.DATA):
        command = [sys.executable, HERE / "living.py", str(folder), str(n_epochs), str(interval_s), data]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD)
        self.steps: deque[tuple[float, int]] = deque([(0.0, 0)], maxlen=1_000_000)
        self.is_done = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def listen(self, n_steps, seconds):
        """Wait until it has taken so many steps, for so many seconds at least, or is done."""
        began = len(self.steps)
        until = time.monotonic() + seconds
        for line in self.process.stdout:
            if line == "done\n":
                self.is_done = True
                break
            self.steps.append((time.monotonic(), int(line.split()[1])))
            if len(self.steps) - began > n_steps and time.monotonic() > until:
                break

    def kill(self):
        """Kill it; return the last step before the seconds that may be lost."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        at = time.monotonic()
        rest, _ = self.process.communicate(timeout=60)
        self.is_done |= "done" in rest
        return max(step for when, step in self.steps if when <= at - MOST_LOST_S or when == 0.0)


@pytest.mark.timeout(20 + 60 * max(N_KILLS, 4))
def test_a_run_that_is_killed_again_and_again(tmp_path, tell):
    """The long form uses the program's interval between checkpoints, to test the ten seconds."""
    n_kills = N_KILLS or 5
    interval_s = run_recorder.CHECKPOINT_INTERVAL_S if N_KILLS else 0.05
    data = "synthetic:6000" if N_KILLS else living.DATA  # more data: the run is longer than half an hour
    rng = random.Random(0)
    store, other = RunStore(tmp_path / "runs"), RunStore(tmp_path / "other")
    ended = finished(other)
    other.folder.rename(store.folder)
    before = {path: path.read_bytes() for path in (store.folder / ended.id).iterdir()}
    n_losses = 0
    for _ in range(n_kills):
        with Life(store.folder, 10_000, interval_s, data) as life:
            life.listen(rng.randrange(200), rng.uniform(8, 25) if N_KILLS else 0)
            resumed_at = life.steps[1][1]
            least = life.kill()
        assert not life.is_done
        (run, kept) = store.runs()
        assert {path: path.read_bytes() for path in (store.folder / kept.id).iterdir()} == before
        assert isinstance(run, Run)
        assert run.status is Status.INTERRUPTED
        assert not locks.is_held(run.folder)
        with run_recorder.RunRecorder.resume(run) as resumed:
            n_losses += resumed.experiment.state.step < max(least, resumed_at)
    tell(kills=n_kills, losses=n_losses)
    assert n_losses == 0


def finished(store):
    """Return a finished run."""
    with living.begun(1, store) as run_recorder, limited(1):
        experiment = run_recorder.experiment
        for _ in run_recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
            pass
        run_recorder.write()
        run_recorder.end(Status.FINISHED, experiment.conclude()[0])
    return run_recorder.run


def test_a_run_that_was_killed_ends_like_an_uninterrupted_one(tmp_path):
    n_epochs, rng = 12, random.Random(1)
    store = RunStore(tmp_path / "runs")
    for _ in range(3):
        with Life(store.folder, n_epochs, 0.02) as life:
            life.listen(rng.randrange(20, 120), 0)
            life.kill()
    with Life(store.folder, n_epochs, 0.02) as life:
        life.listen(10**9, 0)
        assert life.process.wait(timeout=60) == 0
    (run,) = store.runs()
    whole = finished_after(n_epochs)
    assert run.status is Status.FINISHED
    assert run.model().network.parameters.tobytes() == whole.parameters.tobytes()


def finished_after(n_epochs):
    with living.begun(n_epochs, None) as run_recorder, limited(1):
        experiment = run_recorder.experiment
        for _ in loop.fit(experiment.state, experiment.splits, experiment.config):
            pass
        return experiment.conclude()[0].network
