"""The wheel in an empty environment: both commands run in another folder and find the files that ship."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command, **environment):
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=600,
        cwd=environment.pop("cwd", None), env={**os.environ, **environment},
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.timeout(600)
def test_the_wheel_works_in_an_empty_environment(tmp_path):
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("digitpad-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    commands = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(commands / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "seven.json").write_text('{"strokes": [[[10, 10], [60, 10], [30, 90]]]}')
    assert run(commands / "digitpad", "--version", cwd=elsewhere).startswith("digitpad ")
    assert run(commands / "digitpad-lab", "--version", cwd=elsewhere).startswith("digitpad-lab ")
    output = json.loads(run(commands / "digitpad-lab", "predict", "seven.json", "--json", cwd=elsewhere))
    assert output["results"][0]["digit"] == 7
    run(commands / "digitpad-lab", "train", "--data", "synthetic:300", "--epochs", "1", cwd=elsewhere)
    assert (elsewhere / "model.safetensors").exists()
    run(commands / "digitpad", "--screenshot", "window.png", "--state", "empty", cwd=elsewhere)
    assert (elsewhere / "window.png").stat().st_size > 10_000
