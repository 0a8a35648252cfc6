"""Time to list a thousand runs and show them in the window's table, offscreen.

python benchmarks/run_store.py [--runs 1000]
"""

import argparse
import dataclasses
import os
import statistics
import tempfile
import time
from pathlib import Path

from goals import goal

from core.runs.run import Run, Status, versions
from core.runs.run_store import RunStore
from core.training.config import TrainConfig

ROUNDS = 5


def filled_store(folder: Path, n: int) -> RunStore:
    """Return a run store with n finished runs."""
    for number in range(n):
        run = Run(
            folder / f"{number:06d}",
            name=f"quick {number}",
            recipe="quick",
            settings=TrainConfig(seed=number).as_dict(),
            versions=versions(),
            created="2026-01-01T00:00:00+00:00",
            status=Status.FINISHED,
            best_validation=0.98,
            scores={"test_accuracy": 0.98},
        )
        run.folder.mkdir(parents=True)
        dataclasses.replace(run, note="a note " * (number % 20)).save()
    return RunStore(folder)


def main() -> None:
    """Measure the time, and print the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    n = parser.parse_args().runs
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from gui.runs.runs_view import RunsView

    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        store = filled_store(Path(folder), n)
        seconds = []
        for _ in range(ROUNDS):
            view = RunsView()
            view.resize(560, 500)
            began = time.perf_counter()
            view.show_runs(store.runs())
            view.show()
            app.processEvents()
            view.grab()
            seconds.append(time.perf_counter() - began)
            view.deleteLater()
    print(f"{n} runs, listed and painted: {', '.join(f'{each:.3f}' for each in seconds)} s")
    goal("shelf-seconds", statistics.median(seconds), 1.0, at_most=True)


if __name__ == "__main__":
    main()
