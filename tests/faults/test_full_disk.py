"""A full disk: a small file system, in the long form of the tests, if one can be mounted."""

import os
import shutil
import subprocess
from pathlib import Path

import living
import pytest

from core.cli import main
from core.recognition import modelfile
from core.runs.run import Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

pytestmark = pytest.mark.skipif("DIGITPAD_TORTURE" not in os.environ, reason="part of the long form: make torture")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MiB."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", str(where)]
    if mount is None or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield where
    subprocess.run(["umount", str(where)], check=True)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_full_disk(small_disk, tmp_path, tell):
    store = RunStore(small_disk / "runs")
    with living.begun(1, store) as recorder:
        for _ in recorder.follow(loop.fit(recorder.experiment.state, recorder.experiment.splits, living.CONFIG)):
            break
        recorder.write()
        recorder.end(Status.STOPPED, recorder.experiment.conclude()[0])
    kept = recorder.run.folder
    before = contents(kept)
    config = TrainConfig(hidden=(2048,), epochs=1)
    with RunRecorder.begin(Experiment.prepare("quick", config, "synthetic:100", 1), store) as recorder:
        following = recorder.follow(loop.fit(recorder.experiment.state, recorder.experiment.splits, config))
        next(following)
        recorder.write()
        assert "No space left on device" in recorder.news()
        next(following)  # training goes on
        assert contents(kept) == before
        assert not list(small_disk.rglob("*.part"))
        recorder.keep_in(RunStore(tmp_path / "elsewhere"))
        assert recorder.failure == ""
    assert {run.status for run in store.runs()} == {Status.STOPPED, Status.INTERRUPTED}
    tell(faults=1, losses=0)


@pytest.mark.parametrize("keeps", [False, True])
def test_a_network_that_does_not_fit_on_the_disk(small_disk, tmp_path, monkeypatch, capsys, tell, keeps):
    folders = {"working": tmp_path / "working", "home": tmp_path / "home"}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.chdir(folders["working"])
    monkeypatch.setenv("DIGITPAD_HOME", str(folders["home"]))
    out = small_disk / "mine.safetensors"
    settings = ("--data", "synthetic:100", "--hidden", "2048", "--epochs", "1", *["--keep"] * keeps)
    assert main.main(["train", *settings, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"{out} cannot be written: No space left on device" in said
    saved = Path(said.strip().partition(" is saved as ")[2])
    assert modelfile.load(saved).network.sizes == (784, 2048, 10)
    assert saved.is_relative_to(folders["home" if keeps else "working"])
    assert not list(small_disk.iterdir())
    tell(faults=1, losses=0)
