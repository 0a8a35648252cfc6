"""Only "Get MNIST" and a Dask address use the network: everything else works without sockets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
# Every Python process in this environment imports it, including the processes of a comparison.
FORBID = """
import os, socket, sys
def forbid(event, arguments):
    inet = event == "socket.__new__" and arguments[1] not in (socket.AF_UNIX, -1)
    calls = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
    if inet or event in calls:
        with open(os.environ["FORBIDDEN"], "a") as file:
            print(event, arguments[1:], file=file)
        raise OSError("the network is forbidden")
sys.addaudithook(forbid)
with open(os.environ["FORBIDDEN"] + ".hooked", "a") as file:
    print(os.getpid(), file=file)
"""


@pytest.fixture
def offline(tmp_path):
    """Run a command without sockets; return its exit code, its output and the attempts to use one."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(FORBID)
    log = tmp_path / "attempts"
    environment = os.environ | {
        "PYTHONPATH": f"{tmp_path / 'hook'}{os.pathsep}{ROOT}",
        "FORBIDDEN": str(log),
        "DIGITPAD_HOME": str(tmp_path / "home"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment.pop("DIGITPAD_DATA", None)

    def run(*arguments):
        command = [sys.executable, "-m", "core.cli.main", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)
        attempts = log.read_text() if log.exists() else ""
        return done.returncode, done.stdout + done.stderr, attempts

    return run


def test_the_commands_work_without_a_network(offline, tmp_path):
    page = np.full((60, 60), 255, np.uint8)
    page[10:50, 28:33] = 0
    Image.fromarray(page).save(tmp_path / "one.png")
    (tmp_path / "one.json").write_text(json.dumps({"strokes": [[[10, 10], [10, 90]]]}))
    small = ("--data", "synthetic:120", "--epochs", "1")
    for arguments in (
        ("train", *small, "--hidden", "8", "--out", "m.safetensors"),
        ("train", *small, "--hidden", "8", "--keep"),
        ("train", "--from", "quick", "--epochs", "1", "--keep"),
        ("runs",),
        ("predict", "one.png", "one.json"),
        ("evaluate", "--model", "m.safetensors", "--data", "synthetic:50"),
        ("export", "m.safetensors", "m.onnx"),
        ("compare", "quick", "report-he", *small, "--seeds", "1", "--jobs", "2", "--out", "comparison"),
        ("recipes",),
        ("data", "list"),
        ("model", "show", "m.safetensors"),
    ):
        code, output, attempts = offline(*arguments)
        assert (code, attempts) == (0, ""), output
    hooked = (tmp_path / "attempts.hooked").read_text().split()
    assert len(set(hooked)) >= 11 + 2  # each command, and each process of the comparison


def test_an_attempt_is_noticed(offline):
    code, output, attempts = offline("data", "get", "mnist")
    assert code == 2
    assert "could not be downloaded" in output or "cannot be stored" in output
    assert "socket." in attempts
