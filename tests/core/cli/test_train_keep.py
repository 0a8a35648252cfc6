"""digitpad-lab train with --keep, --resume and --from."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from core.files import locks
from core.recognition import modelfile
from core.runs import run as runs
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.training import loop
from core.training.training_state import TrainingState

DATA = "synthetic:200"
QUICK = ("--data", DATA, "--epochs", "2", "--batch-size", "20", "--hidden", "8", "--threads", "1")


def interrupted_after(n, monkeypatch):
    """Raise SIGINT in the middle of the n-th batch: between its forward pass and the update of the weights."""
    watch, losses = TrainingState.watch, []

    def interrupted(state, loss):
        losses.append(loss)
        if len(losses) == n:
            signal.raise_signal(signal.SIGINT)
        return watch(state, loss)

    monkeypatch.setattr(TrainingState, "watch", interrupted)


def weights(run):
    return run.model().network.parameters.tobytes()


def test_with_out_the_model_is_also_saved_there(lab, here):
    assert lab("train", "--keep", "--out", "m.safetensors", *QUICK)[0] == 0
    (run,) = RunStore().runs()
    assert modelfile.load(here / "m.safetensors").network.parameters.tobytes() == weights(run)


def test_without_keep_no_run_is_kept(lab):
    assert lab("train", *QUICK)[0] == 0
    assert RunStore().runs() == []


@pytest.mark.parametrize("n", [1, 9, 13])
@pytest.mark.parametrize("named", [True, False])
def test_a_resumed_run_ends_like_an_uninterrupted_one(lab, monkeypatch, n, named):
    assert lab("train", "--keep", *QUICK)[0] == 0
    (whole,) = RunStore().runs()
    with monkeypatch.context() as patch:
        interrupted_after(n, patch)
        code, out, err = lab("train", "--keep", *QUICK)
    run = RunStore().last_interrupted()
    assert (code, out) == (130, "")
    assert f"--resume {run.id}" in err
    assert "interrupted" in lab("runs")[1]
    assert lab("train", "--resume", *([run.id] if named else []))[0] == 0
    run = RunStore().find(run.id)
    assert run.status is Status.FINISHED
    assert weights(run) == weights(whole)
    assert (run.step, run.scores) == (whole.step, whole.scores)


def test_mistakes_in_resume(lab):
    assert lab("train", "--resume")[::2] == (2, "digitpad-lab: there is no run that was interrupted\n")
    assert 'no run "x"' in lab("train", "--resume", "x")[2]
    assert 'no run ""' in lab("train", "--resume", "")[2]
    lab("train", "--keep", *QUICK)
    assert "only one that was interrupted can go on" in lab("train", "--resume", "quick")[2]
    assert "--epochs does not go with --resume" in lab("train", "--resume", "quick", "--epochs", "3")[2]
    assert "--from does not go with --resume" in lab("train", "--resume", "quick", "--from", "quick")[2]


def test_a_run_that_another_process_has_resumed(lab, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_after(3, patch)
        lab("train", "--keep", *QUICK)
    run = RunStore().last_interrupted()
    lock = locks.hold(run.folder)
    code, _, err = lab("train", "--resume", run.id)
    lock.release()
    assert code == 2
    assert "is running: only one that was interrupted can go on" in err


def test_from_starts_where_a_run_ended(lab):
    lab("train", "--keep", *QUICK)
    (first,) = RunStore().runs()
    code, _, _ = lab("train", "--keep", "--from", first.id, "--epochs", "1", "--learning-rate", "0", "--threads", "1")
    assert code == 0
    (second,) = [run for run in RunStore().runs() if run.id != first.id]
    assert second.parent == first.id
    assert second.settings["hidden"] == [8]
    assert second.data == DATA
    np.testing.assert_array_equal(  # a rate of 0 changes nothing
        second.model().network.parameters, first.model().network.parameters
    )


def test_from_rejects_another_network(lab):
    lab("train", "--keep", *QUICK)
    code, _, err = lab("train", "--from", "quick", "--hidden", "9", "--out", "m.safetensors")
    assert code == 2
    assert "is of a network with hidden layers 8, not 9" in err
    code, _, err = lab("train", "--from", "quick", "--recipe", "deep", "--out", "m.safetensors")
    assert code == 2
    assert "--recipe does not go with --from" in err


def test_from_starts_with_the_weights_of_a_model_file(lab):
    lab("train", *QUICK, "--out", "first.safetensors")
    code, _, err = lab(
        "train", *QUICK, "--from", "first.safetensors", "--learning-rate", "0", "--out", "second.safetensors"
    )
    assert (code, err) == (0, "")
    first, second = (modelfile.load(Path(f"{name}.safetensors")) for name in ("first", "second"))
    np.testing.assert_array_equal(second.network.parameters, first.network.parameters)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--from", "first.safetensors", "--hidden", "9"), "the model's network is 784-8-10, not 784-9-10"),
        (("--from", "first.safetensors", "--recipe", "accurate"), "or of other layers"),
        (("--from", "first.safetensors", "--recipe", "report-baseline"), "the model's pixels are multiplied by"),
        (("--from", "missing.safetensors"), "missing.safetensors"),
        (("--from", "empty.safetensors"), "empty.safetensors"),
    ],
)
def test_from_rejects_a_model_of_another_network_or_none(lab, options, reason):
    lab("train", *QUICK, "--out", "first.safetensors")
    Path("empty.safetensors").write_bytes(b"")
    code, _, err = lab("train", *QUICK, *options, "--out", "second.safetensors")
    assert code == 2
    assert reason in err
    assert not Path("second.safetensors").exists()


def test_a_diverged_run_is_kept(lab):
    code, _, err = lab("train", "--keep", *QUICK, "--learning-rate", "1000")
    assert code == 2
    assert "the run diverged" in err
    (run,) = RunStore().runs()
    assert run.status is Status.DIVERGED
    assert "the run diverged" in run.error
    assert "Try" not in run.error  # the window names the settings differently
    assert run.history() is not None


def test_a_store_that_cannot_be_written_is_reported_before_training(lab, home, here, capsys, monkeypatch):
    (home / "runs").write_text("a file")
    fit, warnings = loop.fit, []

    def listening(*arguments):
        warnings.append(capsys.readouterr().err)
        yield from fit(*arguments)

    monkeypatch.setattr(loop, "fit", listening)
    code, _, err = lab("train", "--keep", *QUICK)
    assert code == 2
    assert warnings[0].startswith("digitpad-lab: the run goes on, but cannot be kept at present: ")
    assert "cannot be made" in warnings[0]
    assert err.endswith(f"The network is saved as {here / 'model.safetensors'}\n")
    assert modelfile.load(here / "model.safetensors").recipe == "quick"


def test_a_store_that_cannot_be_written_does_not_affect_out(lab, home, tmp_path):
    (home / "runs").write_text("a file")
    code, _, err = lab("train", "--keep", *QUICK, "--out", tmp_path / "here.safetensors")
    assert code == 2
    assert "could not be kept" in err
    assert modelfile.load(tmp_path / "here.safetensors").recipe == "quick"


def test_a_full_disk_at_the_end(lab, monkeypatch):
    replace = os.replace

    def full(source, target):
        if Path(target).name == runs.MODEL:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    code, _, err = lab("train", "--keep", *QUICK)
    assert code == 2
    assert "could not be kept" in err
    assert "No space left" in err
    assert RunStore().last_interrupted().step == 18  # the run can be resumed
