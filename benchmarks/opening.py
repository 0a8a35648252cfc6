"""Time to the window's first frame and to what comes after it, compared with an empty window of PySide6 and pyqtgraph.

Each is a process of ``first_window.py``. Both find cached bytecode of all imports in a temporary folder, as at the
second start or after an installation. With PYTHONDONTWRITEBYTECODE, Python compiles this program's modules at each
start, but not the libraries', whose bytecode was written at their installation: if the variable is set, this case is
measured too ("as set").
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from goals import goal

ROUNDS = 15
_CHILD = str(Path(__file__).with_name("first_window.py"))
_NO_BYTECODE, _BYTECODE_FOLDER = "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"


def opening(platform: str, n_rounds: int = ROUNDS) -> None:
    """Measure both windows in turns, and compare them."""
    with tempfile.TemporaryDirectory() as folder:
        cached = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        cached[_BYTECODE_FOLDER] = folder
        for program in ("empty", "digitpad"):
            _times(program, cached)
        _compare(platform, n_rounds, cached)
    if os.environ.get(_NO_BYTECODE):
        _compare(f"{platform}-as-set", n_rounds, dict(os.environ))


def _compare(name: str, n_rounds: int, environment: dict[str, str]) -> None:
    rounds = [(_times("empty", environment), _times("digitpad", environment)) for _ in range(n_rounds)]
    firsts = [ours["frame"] / empty["frame"] for empty, ours in rounds]
    answers, complete, stalls = (
        [ours[what] / empty["frame"] for empty, ours in rounds] for what in ("answer", "complete", "stall")
    )
    for what, times in (
        ("an empty window's frame after", [empty["frame"] for empty, _ in rounds]),
        *((f"the pad's {kind} after", [ours[kind] for _, ours in rounds]) for kind in ("frame", "stroke", "answer")),
        ("curves and laboratory after", [ours["complete"] for _, ours in rounds]),
        ("the longest stall took", [ours["stall"] for _, ours in rounds]),
    ):
        print(f"{name}: {what} {statistics.median(times):.0f} ms ({min(times):.0f} to {max(times):.0f})")
    print(f"{name}: ratios {min(firsts):.2f} to {max(firsts):.2f}, {min(answers):.2f} to {max(answers):.2f}")
    goal(f"{name}-first-frame", statistics.median(firsts), 0.5, at_most=True)
    goal(f"{name}-first-answer", statistics.median(answers), 1.3, at_most=True)
    goal(f"{name}-complete", statistics.median(complete), 1.5, at_most=True)
    goal(f"{name}-longest-stall", statistics.median(stalls), 0.35, at_most=True)


def empty_memory() -> float:
    """Return the memory of an empty window in MiB."""
    return _times("empty", dict(os.environ))["memory"]


def _times(program: str, environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, _CHILD, program, str(time.monotonic())]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout
    return {name: float(figure) for name, figure in (line.split() for line in output.splitlines())}
