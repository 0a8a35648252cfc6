"""digitpad-lab train ended early: Ctrl-C, SIGTERM, a closed terminal."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest
from commands import OUT, QUICK, strict

from core.recognition import modelfile
from core.training import loop
from core.training.experiment import Experiment

# A Python that controls its terminal, so that closing the terminal ends it.
ON_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_sigterm_and_sighup_act_like_ctrl_c(lab, data, here, monkeypatch, name):
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        interrupted_after(monkeypatch, 3, number)
        assert lab("train", "--data", data, *QUICK)[0] == 130
        assert signal.getsignal(number) is signal.SIG_DFL
        assert modelfile.load(here / OUT)
    finally:
        signal.signal(number, before)


def test_an_ignored_sighup_stays_ignored(lab, data, here, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        interrupted_after(monkeypatch, 3, signal.SIGHUP)
        assert lab("train", "--data", data, *QUICK)[0] == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def interrupted_after(monkeypatch, n_records, number=signal.SIGINT):
    """Raise a signal after this many batches."""
    fit = loop.fit

    def interrupting(*arguments):
        for record in fit(*arguments):
            yield record
            if record.step == n_records:
                signal.raise_signal(number)

    monkeypatch.setattr(loop, "fit", interrupting)


def test_ctrl_c_saves_the_best_weights_so_far(lab, data, here, monkeypatch):
    interrupted_after(monkeypatch, 20)
    code, out, err = lab("train", "--data", data, *QUICK, "--json")
    report = strict(out)
    assert (code, err) == (130, "")
    assert report["interrupted"] is True
    assert modelfile.load(here / OUT).scores["test_accuracy"] == report["test_accuracy"] > 0.5


def test_ctrl_c_prints_how_to_resume_a_kept_run(lab, data, home, monkeypatch):
    interrupted_after(monkeypatch, 20)
    code, out, err = lab("train", "--data", data, *QUICK, "--keep", "--json")
    report = strict(out)
    assert code == 130
    assert report["interrupted"] is True
    assert f"--resume {report['run']}" in err


def test_ctrl_c_before_the_first_evaluation_saves_the_weights(lab, data, here, monkeypatch):
    interrupted_after(monkeypatch, 13)
    assert lab("train", "--data", data, *QUICK)[0] == 130
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.3


@pytest.fixture
def interruptible():
    """Handle SIGINT: a shell makes background processes ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_the_result_is_tested_and_saved_is_ignored(lab, data, here, monkeypatch):
    conclude = Experiment.conclude

    def interrupted(experiment):
        signal.raise_signal(signal.SIGINT)
        return conclude(experiment)

    monkeypatch.setattr(Experiment, "conclude", interrupted)
    assert lab("train", "--data", data, *QUICK)[0] == 0
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_before_training(lab, data, here, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Experiment, "prepare", interrupt)
    assert lab("train", "--data", data) == (130, "", "digitpad-lab: interrupted\n")
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal, to see when the training has begun")
def test_ctrl_c_in_mid_run_on_a_terminal(data, here):
    import pty
    import termios

    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(stderr, (24, 120))
    arguments = ("train", "--data", data, *QUICK[2:], "--epochs", "10000", "--json")
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli.main", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        # A shell makes background processes ignore SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(stderr)
    output = b""
    with contextlib.suppress(OSError):  # a terminal without a process cannot be read
        while chunk := os.read(terminal, 4096):
            if b"validation=" in output + chunk and b"validation=" not in output:
                process.send_signal(signal.SIGINT)
            output += chunk
    os.close(terminal)
    out, _ = process.communicate()
    report = strict(out)
    assert process.returncode == 130
    assert report["interrupted"] is True
    assert b"digits" in output
    assert b"Traceback" not in output
    assert modelfile.load(here / OUT).scores["test_accuracy"] == report["test_accuracy"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
def test_a_terminal_that_is_closed_in_mid_run(data, here):
    import pty
    import termios

    arguments = ("train", "--data", data, *QUICK[2:], "--epochs", "10000")
    terminal, theirs = pty.openpty()  # and no pty.fork(): a process of tests has threads, and may not be forked
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, "-m", "core.cli.main", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    termios.tcsetwinsize(terminal, (24, 120))
    output = b""
    while b"validation=" not in output:
        output += os.read(terminal, 4096)
    os.close(terminal)
    assert process.wait() == 130
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0
