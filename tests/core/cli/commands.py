"""What the tests of the commands share."""

import json
import os
import subprocess
import sys

import numpy as np

QUICK = ("--epochs", "2", "--batch-size", "20", "--hidden", "16", "--learning-rate", "0.03", "--threads", "1")
SEVEN = [[[20, 20], [80, 20], [45, 100]], [[30, 60], [70, 60]]]
"""The strokes of a seven."""
OUT = "model.safetensors"
"""The default of ``--out``."""


def digits(n, seed):
    """Return n easy images (n, 28, 28), ten patterns with noise, and their labels (n,)."""
    patterns = np.random.default_rng(99).integers(0, 200, (10, 28, 28))
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=n).astype(np.uint8)
    return (patterns[labels] + rng.integers(0, 56, (n, 28, 28))).astype(np.uint8), labels


def strict(text):
    """Parse one line with one JSON object; fail at NaN and Infinity, which are not JSON."""

    def reject(constant):
        raise AssertionError(f"{constant} is not JSON")

    assert text.endswith("\n")
    assert text.count("\n") == 1
    value = json.loads(text, parse_constant=reject)
    assert isinstance(value, dict)
    return value


def assert_mistake(result, *words):
    """Assert exit code 2, one sentence with these words on standard error, and no other output."""
    code, out, err = result
    assert code == 2
    assert out == ""
    assert err.startswith("digitpad-lab")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in words:
        assert str(word) in err


def run_command(*arguments, env=None, **options):
    """Run a command in a process of its own."""
    options = {"stdout": subprocess.PIPE} | options
    return subprocess.run(
        [sys.executable, "-m", "core.cli.main", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": ""} | (env or {}),
        **options,
    )
