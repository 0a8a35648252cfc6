"""The long forms of the tests that attack the program, and a report on them: ``make torture``, about 45 minutes.

With ``--minutes`` it takes about that long, and tries as much less. It ends with 1 where anything was lost.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import core

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "torture.txt"
TESTS = (
    "tests/fuzz",
    "tests/faults",
    "tests/monkey",
    "tests/core/runs/test_disk.py",
    "tests/core/training/test_odd_data.py",
    "tests/test_no_network.py",
    "tests/test_no_code_from_data.py",
)
WHOLE_MINUTES = 45  # on two cores, both of them taken
AMOUNTS = {
    "DIGITPAD_FUZZ": (20_000, 50),
    "DIGITPAD_KILLS": (100, 2),
    "DIGITPAD_DEEDS": (2000, 40),
    "DIGITPAD_MONKEY": (600, 20),
}
"""What is tried in the whole form, and the least.

Inputs a reader, kills, deeds of each process on one shelf, seconds of the monkey.
"""


def main() -> int:
    """Run the tests; write and print the report."""
    parser = argparse.ArgumentParser(description="attack the program for about 45 minutes, and report on it")
    parser.add_argument("--minutes", type=float, default=WHOLE_MINUTES, metavar="N")
    parser.add_argument("--report", type=Path, default=REPORT, metavar="FILE")
    options = parser.parse_args()
    amounts = {
        name: max(round(most * options.minutes / WHOLE_MINUTES), least) for name, (most, least) in AMOUNTS.items()
    }
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="digitpad-") as scratch:
        log = Path(scratch) / "tried.jsonl"
        log.touch()
        code, said = _run_tests(amounts, log)
        tried = [json.loads(line) for line in log.read_text().splitlines()]
    text = report(tried, amounts, said, (time.monotonic() - began) / 60)
    options.report.write_text(text, encoding="utf-8")
    print(text)
    return 1 if code or _total(tried, "losses") else 0


def _run_tests(amounts: dict[str, int], log: Path) -> tuple[int, str]:
    """Return pytest's exit code, and its last line, on all cores; what goes wrong is seen as it does."""
    environment = os.environ | {name: str(n) for name, n in amounts.items()} | {"DIGITPAD_TORTURE": str(log)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "load", "--timeout", "14400", *TESTS]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    return process.returncode, last


def report(tried: list[dict[str, Any]], amounts: dict[str, int], said: str, minutes: float) -> str:
    """Return the report: what was tried, all together and test by test."""
    inputs = _total(tried, "refused") + _total(tried, "read")
    faults = _total(tried, "kills") + _total(tried, "faults")
    now = datetime.datetime.now(datetime.UTC)
    lines = [
        f"digitpad {core.__version__}, {now:%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes",
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores",
        f"asked for: {amounts['DIGITPAD_FUZZ']:,} inputs a reader (ten times that where they are guided), "
        f"{amounts['DIGITPAD_KILLS']:,} kills of one run, "
        f"{amounts['DIGITPAD_DEEDS']:,} deeds of each process on one shelf, "
        f"{amounts['DIGITPAD_MONKEY']:,} s of the monkey",
        "",
        f"inputs tried:      {inputs:,} ({_total(tried, 'refused'):,} refused with a sentence, "
        f"{_total(tried, 'read'):,} read and used)",
        f"faults injected:   {faults:,}",
        f"deeds on a shelf:  {_total(tried, 'deeds'):,}",
        f"of the monkey:     {_total(tried, 'actions'):,} actions at the window, {_total(tried, 'runs'):,} runs",
        f"losses:            {_total(tried, 'losses') or 'none'}",
        f"the tests:         {said}",
        "",
    ]
    width = max((len(entry["what"]) for entry in tried), default=0)
    for entry in tried:
        counts = ", ".join(f"{name} {n:,}" for name, n in sorted(entry.items()) if name != "what")
        lines.append(f"{entry['what']:{width}}  {counts}")
    return "\n".join(lines) + "\n"


def _total(tried: list[dict[str, Any]], name: str) -> int:
    return sum(entry.get(name, 0) for entry in tried)


if __name__ == "__main__":
    sys.exit(main())
