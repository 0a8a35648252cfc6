"""Compare two checkouts of this project: training speed, with and without the window, first frame, timer and pen.

    DIGITPAD_DATA=FOLDER python benchmarks/versions.py OLD NEW [--rounds 9] [--seconds 6] [--only WORD]

OLD and NEW are folders, each with a checkout; the Python of this script runs both. They take turns in each round, each
figure in a process of its own. Prints the medians of the rounds and the median of the ratios (NEW to OLD) within each
round, as the machine's speed changes between rounds. The parts import the benchmark modules of each checkout, so the
names that they use must exist in both.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_WINDOW = """
stage = Stage()
stage.start(config(1000), threads.default(window=True))
stage.play(1)
"""
PARTS = {
    "training, digits/s": "print(rate_alone({seconds}, 1))",
    "with the window, digits/s": _WINDOW + "print(stage.rate({seconds})); stage.close()",
    "timer late at p99, ms": _WINDOW
    + "ticks = Ticks(); stage.play({seconds}); ticks.stop(); print(np.quantile(ticks.late, 0.99)); stage.close()",
    "pen to answer at p99, ms": _WINDOW
    + "pen = Pen(stage.window); pen.draw(stage, {seconds}); print(np.quantile(pen.waited, 0.99)); stage.close()",
}
"""The code of each part; it prints one figure."""
_FIRST_FRAME = "first frame, ms"
_PRELUDE = """
import numpy as np
from gui.app import hasten_imports
hasten_imports()
from core import threads
from stage import Stage, Ticks, config, rate_alone
from pen import Pen
"""


def main() -> int:
    """Measure both checkouts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--only", metavar="WORD", default="", help="measure the figures whose names contain this")
    options = parser.parse_args()
    names = [name for name in (*PARTS, _FIRST_FRAME) if options.only in name]
    figures: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in names}
    with tempfile.TemporaryDirectory() as home:
        for number in range(options.rounds):
            folders = [(0, options.old), (1, options.new)]
            for which, folder in folders if number % 2 == 0 else folders[::-1]:
                environment = _environment(folder.resolve(), Path(home) / f"{which}")
                for name, pair in figures.items():
                    if name == _FIRST_FRAME:
                        pair[which].append(_first_frame(environment))
                    else:
                        code = _PRELUDE + PARTS[name].format(seconds=options.seconds)
                        pair[which].append(_measured(code, environment))
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    for name, pair in figures.items():
        old, new = map(statistics.median, pair)
        ratio = statistics.median(after / before for before, after in zip(*pair, strict=True))
        spread = ", ".join(f"{min(each):.4g} to {max(each):.4g}" for each in pair)
        print(f"{name:28} {old:12,.1f} {new:12,.1f}   ratio {ratio:.3f}   ({spread})")
    return 0


def _environment(folder: Path, home: Path) -> dict[str, str]:
    """Return the environment of a checkout: its modules, its own home and bytecode cache."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'benchmarks'}",
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "DIGITPAD_HOME": str(home / "profile"),
        "OPENBLAS_NUM_THREADS": "1",
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "QT_LOGGING_RULES": "*=false",
    }


def _measured(code: str, environment: dict[str, str]) -> float:
    command = [sys.executable, "-P", "-c", code]  # -P: do not import from the working folder
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=300)
    return float(done.stdout.split()[-1])


def _first_frame(environment: dict[str, str]) -> float:
    """Return the time to the pad's first paint event by the checkout's own benchmark: the median of five starts."""
    code = "from opening import _times; import os; print(_times('digitpad', dict(os.environ))['frame'])"
    return statistics.median(_measured(code, environment) for _ in range(5))


if __name__ == "__main__":
    sys.exit(main())
