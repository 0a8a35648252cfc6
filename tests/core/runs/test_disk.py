"""Full disks, unwritable paths, deleted folders: a message, and earlier files stay unchanged."""

import errno
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.recognition import modelfile, rescue
from core.runs import run as runs
from core.runs import run_recorder
from core.runs.run import Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

CONFIG = TrainConfig(hidden=(8,), batch_size=16, epochs=3)
SMALL = ("--data", "synthetic:120", "--hidden", "8", "--epochs", "2", "--batch-size", "16")


@pytest.fixture(autouse=True)
def checkpoint_after_each_batch(monkeypatch):
    """Write the state after each batch, so that a failure occurs at once instead of after some seconds."""
    monkeypatch.setattr(run_recorder, "CHECKPOINT_INTERVAL_S", 0.0)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def home_store(home):
    return RunStore(home / "runs")


def begun(store):
    return RunRecorder.begin(Experiment.prepare("quick", CONFIG, "synthetic:120", 1), store)


def records(run_recorder):
    experiment = run_recorder.experiment
    return run_recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG))


def full(*arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# A full disk


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_full_disk_is_reported_at_once_and_training_continues(store, monkeypatch, call):
    with begun(store) as run_recorder:
        following = records(run_recorder)
        next(following)
        run_recorder.write()
        assert run_recorder.news() is None
        before = contents(store.folder)
        with monkeypatch.context() as patch:
            patch.setattr(os, call, full)
            next(following)
            step = run_recorder.experiment.state.step
            assert "No space left on device" in run_recorder.news()
            assert run_recorder.news() is None  # reported once
        assert contents(store.folder) == before
        next(following)
        assert run_recorder.experiment.state.step == step + 1
        assert run_recorder.news() == ""
    assert store.last_interrupted().step == step + 1


LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from core.data import idx
from core.errors import DigitpadError
from core.recognition import modelfile
from core.training import recipefile, recipes
from core.recognition.recognizer import shipped_model
import numpy, safetensors.numpy, tomli_w
folder = Path(sys.argv[1])
model, recipe = shipped_model(), recipes.RECIPES["quick"]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
for write in (
    lambda: modelfile.save(model, folder / "model"),
    lambda: recipefile.save(recipe, folder / "mine.toml", recipes.RECIPES),
    lambda: idx.write(folder / "images", numpy.zeros((9, 28, 28), numpy.uint8)),
):
    try:
        write()
        sys.exit("it was written")
    except (DigitpadError, OSError) as error:
        assert "File too large" in str(error), error
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_write_that_fails_half_way_leaves_the_earlier_file(tmp_path):
    for name in ("model", "images"):
        (tmp_path / name).write_bytes(b"earlier")
    subprocess.run([sys.executable, "-c", LIMITED, tmp_path], check=True, timeout=60)
    assert contents(tmp_path) == {tmp_path / name: b"earlier" for name in ("model", "images")}


# A folder that is deleted


def test_a_run_whose_folder_is_deleted_continues_and_can_be_stored_elsewhere(store, tmp_path):
    with begun(store) as run_recorder:
        following = records(run_recorder)
        next(following)
        shutil.rmtree(store.folder)
        next(following)
        assert "there is no folder" in run_recorder.news()
        elsewhere = RunStore(tmp_path / "another folder")
        run_recorder.keep_in(elsewhere)
        assert run_recorder.news() == ""
        (found,) = elsewhere.runs()
        assert (found.status, found.step) == (Status.RUNNING, 2)
        for _ in following:
            pass
        model, _ = run_recorder.experiment.conclude()
        run_recorder.end(Status.FINISHED, model)
    (run,) = elsewhere.runs()
    assert (run.status, run.step, run.history().n_evaluations) == (Status.FINISHED, 21, 3)
    np.testing.assert_array_equal(run.model().network.parameters, model.network.parameters)


def test_the_original_of_a_moved_run_stays_as_interrupted(store, tmp_path):
    with begun(store) as run_recorder:
        next(records(run_recorder))
        run_recorder.write()
        store.label(run_recorder.run, name="a later name")
        run_recorder.keep_in(RunStore(tmp_path / "other"))
        assert run_recorder.run.name == "a later name"
        assert store.last_interrupted().step == 1


def test_a_run_in_memory_can_be_stored_later(tmp_path):
    with RunRecorder.begin(Experiment.prepare("quick", CONFIG, "synthetic:120", 1), None) as run_recorder:
        next(records(run_recorder))
        run_recorder.keep_in(RunStore(tmp_path / "after all"))
        assert RunStore(tmp_path / "after all").runs()[0].step == 1


def test_a_run_that_is_stored_later_keeps_its_parent(tmp_path):
    with RunRecorder.begin(
        Experiment.prepare("quick", CONFIG, "synthetic:120", 1), None, parent="another"
    ) as run_recorder:
        run_recorder.keep_in(RunStore(tmp_path / "after all"))
        assert run_recorder.run.parent == "another"


def test_a_move_that_fails_at_once_changes_nothing(store, tmp_path):
    (tmp_path / "file").write_text("x")
    with begun(store) as run_recorder:
        next(records(run_recorder))
        run = run_recorder.run
        with pytest.raises(RunError, match="cannot be made"):
            run_recorder.keep_in(RunStore(tmp_path / "file"))
        assert run_recorder.run == run
        run_recorder.write()
        assert run_recorder.failure == ""


def test_a_move_that_fails_half_way_leaves_the_run_in_its_store(store, tmp_path, monkeypatch):
    with begun(store) as run_recorder:
        next(records(run_recorder))
        run = run_recorder.run
        with monkeypatch.context() as patch:
            patch.setattr(modelfile.tensorfile.atomic, "problem", lambda path: "the disk is full")
            with pytest.raises(RunError, match="the disk is full"):
                run_recorder.keep_in(RunStore(tmp_path / "other"))
        assert RunStore(tmp_path / "other").runs() == []
        assert (run_recorder.run, run_recorder.failure) == (run, "")
        run_recorder.write()
        assert store.runs()[0].status is Status.RUNNING


def delete_during_run(monkeypatch, *folders, at_step, then=lambda: None):
    """Delete folders at a step of the next run."""
    fit = loop.fit

    def fit_and_delete(state, *rest):
        for record in fit(state, *rest):
            if record.step == at_step:
                for folder in folders:
                    shutil.rmtree(folder)
                then()
            yield record

    monkeypatch.setattr(loop, "fit", fit_and_delete)


def diverge_during_run(monkeypatch):
    """Let the next run diverge after its ninth step, when it has best weights."""
    monkeypatch.setattr(loop, "is_sound", lambda network, evaluation: network.parameters[0] != 0)
    step = loop._step

    def diverge(state, *rest, **more):
        if state.step == 9:
            state.network.parameters[:] = np.nan
        return step(state, *rest, **more)

    monkeypatch.setattr(loop, "_step", diverge)


@pytest.fixture
def working_folder(tmp_path, monkeypatch):
    """The working folder of the commands."""
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def gone(tmp_path):
    """A folder that a test deletes."""
    folder = tmp_path / "gone"
    folder.mkdir()
    return folder


def test_the_command_reports_the_loss_at_once_and_saves_the_network_in_the_working_folder(
    lab, home, working_folder, monkeypatch
):
    delete_during_run(monkeypatch, home / "runs", at_step=3)
    code, out, err = lab("train", "--keep", *SMALL)
    assert (code, out) == (2, "")
    first, last = err.splitlines()
    assert first.startswith("digitpad-lab: the run goes on, but cannot be kept at present: there is no folder")
    assert "could not be kept" in last
    (saved,) = working_folder.glob("*.safetensors")
    assert last.endswith(f"The network is saved as {saved}")
    assert modelfile.load(saved).recipe == "quick"


def test_the_weights_of_a_run_that_diverges_are_saved_too(lab, home, working_folder, monkeypatch):
    delete_during_run(monkeypatch, home / "runs", at_step=8)
    diverge_during_run(monkeypatch)
    code, _, err = lab("train", "--keep", *SMALL)
    (saved,) = working_folder.glob("*.safetensors")
    assert code == 2
    assert err.splitlines()[-1].endswith(f" The weights are saved as {saved}.")


@pytest.mark.parametrize("end", ["its own", "Ctrl-C", "divergence"])
def test_a_network_whose_folder_was_deleted_is_saved_in_the_working_folder(lab, working_folder, gone, monkeypatch, end):
    interrupt = functools.partial(signal.raise_signal, signal.SIGINT)
    delete_during_run(monkeypatch, gone, at_step=8, then=interrupt if end == "Ctrl-C" else int)
    if end == "divergence":
        diverge_during_run(monkeypatch)
    (working_folder / "mine.safetensors").write_text("the user's file")
    code, out, err = lab("train", *SMALL, "--out", gone / "mine.safetensors")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"here is no folder {gone}" in err
    saved = working_folder / "mine-2.safetensors"
    assert f"saved as {saved}" in err
    assert modelfile.load(saved).recipe == "quick"
    assert (working_folder / "mine.safetensors").read_text() == "the user's file"


@pytest.mark.parametrize("option", ["--keep", "--resume"])
def test_a_network_in_the_run_store_is_not_saved_again(lab, home_store, working_folder, gone, monkeypatch, option):
    start = ("--keep", *SMALL)
    if option == "--resume":
        with RunRecorder.begin(Experiment.prepare("quick", CONFIG, "synthetic:120", 1), home_store):
            pass
        start = ("--resume",)
    delete_during_run(monkeypatch, gone, at_step=8)
    code, _, err = lab("train", *start, "--out", gone / "mine.safetensors")
    (run,) = home_store.runs()
    assert (code, run.status) == (2, Status.FINISHED)
    assert err.splitlines()[-1].endswith(f"The network is saved as {run.folder / runs.MODEL}")
    assert run.model().recipe == "quick"
    assert not list(working_folder.iterdir())


@pytest.mark.parametrize("option", ["--keep", "--resume"])
@pytest.mark.parametrize("is_lost", [False, True])
def test_a_stored_run_that_is_interrupted_can_be_resumed_with_out_too(
    lab, home_store, working_folder, gone, monkeypatch, option, is_lost
):
    start = ("--keep", *SMALL)
    if option == "--resume":
        with RunRecorder.begin(Experiment.prepare("quick", CONFIG, "synthetic:120", 1), home_store):
            pass
        start = ("--resume",)
    interrupt = functools.partial(signal.raise_signal, signal.SIGINT)
    delete_during_run(monkeypatch, *[gone] * is_lost, at_step=8, then=interrupt)
    out = gone / "mine.safetensors"
    code, _, err = lab("train", *start, "--out", out)
    run = home_store.last_interrupted()
    assert (code, run.step) == (2 if is_lost else 130, 8)
    assert err.endswith(f"go on with: digitpad-lab train --resume {run.id}\n")
    if is_lost:
        assert f"there is no folder {gone}. Nothing is lost" in err
    else:
        assert f"its network so far is saved as {out}" in err
        assert modelfile.load(out).recipe == "quick"
    assert not list(working_folder.iterdir())


@pytest.mark.parametrize("lost", ["file", "store", "both"])
def test_each_loss_is_reported(lab, home, working_folder, gone, monkeypatch, lost):
    folders = {"file": [gone], "store": [home / "runs"], "both": [gone, home / "runs"]}[lost]
    delete_during_run(monkeypatch, *folders, at_step=8)
    code, _, err = lab("train", "--keep", *SMALL, "--out", gone / "mine.safetensors")
    last = err.splitlines()[-1]
    assert code == 2
    assert (f"there is no folder {gone}" in last) is (lost != "store")
    assert ("the run could not be kept: there is no folder" in last) is (lost != "file")
    assert modelfile.load(Path(last.partition(" is saved as ")[2])).recipe == "quick"


# In its own process: without a working folder, even pytest's imports fail.
_WITHOUT_WORKING_FOLDER = """
import shutil, sys
from pathlib import Path
from core.cli import main
from core.training import loop

fit, here = loop.fit, Path.cwd()

def fit_and_delete(*arguments):
    for record in fit(*arguments):
        if record.step == 8:
            shutil.rmtree(here)
        yield record

loop.fit = fit_and_delete
sys.exit(main.main(["train", *sys.argv[1:]]))
"""


@pytest.fixture
def without_a_folder(gone):
    """Return a function that trains while its working folder is deleted, with a folder for temporary files."""

    def train(temporary):
        done = subprocess.run(
            [sys.executable, "-c", _WITHOUT_WORKING_FOLDER, *SMALL],
            cwd=gone,
            env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(Path(modelfile.__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert not gone.exists()
        return done.returncode, done.stderr

    return train


def test_without_a_working_folder_the_network_is_saved_among_the_temporary_files(without_a_folder, tmp_path):
    code, err = without_a_folder(tmp_path)
    assert code == 2
    assert err.endswith(f"The network is saved as {tmp_path / 'model.safetensors'}\n")
    assert modelfile.load(tmp_path / "model.safetensors")


@pytest.mark.parametrize("has_folder", [False, True])
def test_it_is_reported_if_the_network_can_be_saved_nowhere(lab, gone, working_folder, monkeypatch, has_folder):
    monkeypatch.setattr(rescue, "_folders", lambda: [gone] * has_folder)
    delete_during_run(monkeypatch, gone, at_step=8)
    code, _, err = lab("train", *SMALL, "--out", gone / "mine.safetensors")
    assert code == 2
    assert f"there is no folder {gone}; nor could the network be saved elsewhere: there is no folder " in err
    assert err.count("\n") == 1


def test_weights_beyond_half_precision_are_saved_in_full(lab, working_folder, monkeypatch):
    conclude = Experiment.conclude

    def with_a_huge_weight(experiment):
        model, scores = conclude(experiment)
        model.network.parameters[0] = 1e6
        return model, scores

    monkeypatch.setattr(Experiment, "conclude", with_a_huge_weight)
    code, _, err = lab("train", *SMALL, "--float16")
    assert code == 2
    assert "weights that float16 cannot hold" in err
    assert err.endswith(f"The network is saved as {working_folder / 'model.safetensors'}\n")
    assert modelfile.load(working_folder / "model.safetensors").network.parameters[0] == 1e6


# Unusual paths


@pytest.mark.parametrize("path", ["a file", "a very long name", "below a file"])
@pytest.mark.parametrize(
    "command",
    [
        ("runs",),
        ("recipes",),
        ("data", "list"),
        ("recipes", "--copy", "quick", "mine"),
        ("train", "--keep", *SMALL),
        ("train", "--resume"),
        ("data", "get", "mnist"),
    ],
)
def test_a_home_that_cannot_be_written(lab, tmp_path, tmp_path_factory, monkeypatch, path, command):
    from core.data import mnist

    monkeypatch.chdir(tmp_path_factory.mktemp("working folder"))  # an unsaved network is written there

    (tmp_path / "file").write_text("x")
    home = {"a file": "file", "a very long name": "x" * 300, "below a file": "file/below"}[path]
    monkeypatch.setenv("DIGITPAD_HOME", str(tmp_path / home))
    monkeypatch.setattr(mnist, "_fetch", lambda name, report: (b"", 0))
    code, _, err = lab(*command)
    fails = command not in [("recipes",), ("data", "list")]
    assert code == (2 if fails else 0)
    lines = err.splitlines()
    assert len(lines) == (2 if "--keep" in command else fails)  # training continues in memory, with a message first
    assert all(line.startswith("digitpad-lab: ") for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_home_with_non_ascii_letters_spaces_and_quotes(lab, tmp_path, monkeypatch):
    folder = tmp_path / "Ünïcödé ☃ 数字 'quoted'"
    monkeypatch.setenv("DIGITPAD_HOME", str(folder))
    code, out, _ = lab("train", "--keep", *SMALL, "--json")
    assert code == 0
    kept = Path(json.loads(out)["out"])
    assert kept.is_relative_to(folder)
    code, _, _ = lab("train", "--from", "quick", "--epochs", "1", "--out", folder / "ein Mödell.safetensors")
    assert code == 0
    assert modelfile.load(folder / "ein Mödell.safetensors").recipe == "quick"


def test_a_name_of_300_characters(store):
    name = "ñ" * 300
    with begun(store) as run_recorder:
        run_recorder.write()
        labelled = store.label(run_recorder.run, name=name, note=name)
    assert labelled.name == name[: runs.MAX_NAME]
    (run,) = store.runs()
    assert (run.name, run.note) == (name[: runs.MAX_NAME], name)
    assert isinstance(store.find(run.name), Run)
