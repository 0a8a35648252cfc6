"""Nothing but "Get MNIST", and a Dask address that was typed, uses the network: all else works without sockets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
# Every Python that starts in this environment imports it, the processes of a comparison too.
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
    """Run a command of digitpad-lab where no socket can be made; return its exit code, its output, and who tried."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(FORBID)
    log = tmp_path / "tried"
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
        tried = log.read_text() if log.exists() else ""
        return done.returncode, done.stdout + done.stderr, tried

    return run


def test_everything_else_works_without_a_network(offline, tmp_path):
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
        code, said, tried = offline(*arguments)
        assert (code, tried) == (0, ""), said
    hooked = (tmp_path / "tried.hooked").read_text().split()
    assert len(set(hooked)) >= 11 + 2  # each command, and each process of the comparison


def test_that_an_attempt_would_be_seen(offline):
    code, said, tried = offline("data", "get", "mnist")
    assert code == 2
    assert "could not be downloaded" in said or "cannot be stored" in said
    assert "socket." in tried
