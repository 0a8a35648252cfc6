"""Run the long forms of the fuzz, fault and monkey tests and write a report: ``make torture``, about 45 minutes.

``--minutes`` scales all amounts. The exit code is 1 if a test failed or anything was lost.
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
WHOLE_MINUTES = 45  # on two cores, both in use
AMOUNTS = {
    "DIGITPAD_FUZZ": (20_000, 50),
    "DIGITPAD_KILLS": (100, 2),
    "DIGITPAD_DEEDS": (2000, 40),
    "DIGITPAD_MONKEY": (600, 20),
}
"""Amounts of the whole form, and the minimum.

Inputs per parser, kills, operations of each process on one run store, seconds of the monkey.
"""


def main() -> int:
    """Run the tests; write and print the report; return the exit code."""
    parser = argparse.ArgumentParser(description="attack the program for about 45 minutes, and write a report")
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
        code, summary = _run_tests(amounts, log)
        tried = [json.loads(line) for line in log.read_text().splitlines()]
    text = report(tried, amounts, summary, (time.monotonic() - began) / 60)
    options.report.write_text(text, encoding="utf-8")
    print(text)
    return 1 if code or _total(tried, "losses") else 0


def _run_tests(amounts: dict[str, int], log: Path) -> tuple[int, str]:
    """Run the tests on all cores and print their output; return pytest's exit code and its last line."""
    environment = os.environ | {name: str(n) for name, n in amounts.items()} | {"DIGITPAD_TORTURE": str(log)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "load", "--timeout", "14400", *TESTS]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    return process.returncode, last


def report(tried: list[dict[str, Any]], amounts: dict[str, int], summary: str, minutes: float) -> str:
    """Return the report: the totals, and the counts of each test."""
    inputs = _total(tried, "refused") + _total(tried, "read")
    faults = _total(tried, "kills") + _total(tried, "faults")
    now = datetime.datetime.now(datetime.UTC)
    lines = [
        f"digitpad {core.__version__}, {now:%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes",
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores",
        f"amounts: {amounts['DIGITPAD_FUZZ']:,} inputs per parser (ten times that for guided ones), "
        f"{amounts['DIGITPAD_KILLS']:,} kills of one run, "
        f"{amounts['DIGITPAD_DEEDS']:,} operations of each process on one run store, "
        f"{amounts['DIGITPAD_MONKEY']:,} s of the monkey",
        "",
        f"inputs tried:      {inputs:,} ({_total(tried, 'refused'):,} rejected with a message, "
        f"{_total(tried, 'read'):,} read and used)",
        f"faults injected:   {faults:,}",
        f"store operations:  {_total(tried, 'operations'):,}",
        f"monkey:            {_total(tried, 'actions'):,} actions at the window, {_total(tried, 'runs'):,} runs",
        f"losses:            {_total(tried, 'losses') or 'none'}",
        f"tests:             {summary}",
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
