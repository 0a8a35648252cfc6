"""Coverage-guided fuzzing of the parsers written in Python."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris", reason="atheris has wheels for Linux on x86-64 only, and none for 3.15 yet")

GUIDED = Path(__file__).with_name("guided.py")
N = 10 * int(os.environ.get("DIGITPAD_FUZZ", "0")) or 2000
FAULTY = """
import guided
guided.TARGETS["faulty"] = lambda: guided.Target(lambda path: path.read_bytes().decode(), OSError, str, [b"a text"])
guided.main()
"""


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(GUIDED.parent), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(
        [sys.executable, *command, str(N), str(folder)], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", ["idx", "unipen", "omniglot", "table", "ink", "run", "recipe", "model"])
def test_guided(name, tmp_path, tell):
    done = run(tmp_path, str(GUIDED), name)
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads((tmp_path / "outcomes.json").read_text())
    assert N - 200 <= counts["refused"] + counts["read"] <= N + 200
    assert counts["refused"]
    assert counts["read"]
    assert len(list((tmp_path / "corpus").iterdir())) > 4  # each new file reached new code
    tell(**counts)


def test_an_input_with_another_error_is_found(tmp_path):
    done = run(tmp_path, "-c", FAULTY, "faulty")
    assert done.returncode != 0
    assert "UnicodeDecodeError" in done.stdout + done.stderr
    (found,) = tmp_path.glob("crash-*")
    with pytest.raises(UnicodeDecodeError):
        found.read_bytes().decode()
