"""Leaks: memory over millions of records, threads and objects over a thousand short runs."""

import gc
import os
import random
import shutil
import statistics
import threading
from pathlib import Path

from goals import goal
from PySide6.QtCore import QThread
from smoothness import records
from stage import Stage, config

from core import threads
from core.files import paths
from core.training.config import TrainConfig
from core.training.history import Axis, History
from gui.training.session import RunState

_MIB = 2**20
_SMALL = TrainConfig(hidden=(16,), epochs=40, batch_size=50, learning_rate=0.1)
_WARM_UP = 0.2  # share of the cycles; objects that are made once exist after it


def resident() -> float:
    """Return the resident memory of this process in MiB (Linux only)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MIB


def _n_threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def memory(platform: str, seconds: float, empty: float, n_millions: int = 5) -> None:
    """Measure the memory of a window during a run, and after millions of records.

    ``empty`` is the memory of an empty window in MiB.
    """
    stage = Stage()
    stage.start(config(1000), threads.default(window=True))
    seen = []
    for _ in range(20):  # long enough to fill the limited list of snapshots
        stage.play(seconds / 20)
        seen.append(resident())
    print(f"{platform}: {empty:.0f} MiB with an empty window, {statistics.median(seen):.0f} with a run")
    goal(f"{platform}-memory", max(seen) - empty, 140, unit=" MiB", at_most=True)
    stage.end()
    curves, per_epoch = stage.window.workbench.lab.curves, 1000
    history = History(Axis(128 * per_epoch, per_epoch))
    curves.begin(history, 1000 * n_millions)
    after = []
    for million in range(n_millions):
        for epoch in range(1000):
            new_records = records(1000 * million + epoch, per_epoch, 128 * per_epoch)
            history.add(new_records, 1.0)
            curves.redraw_soon()
            if epoch % 20 == 0:
                stage.app.processEvents()
        after.append(resident())
    print(f"{platform}: after each million of records {', '.join(f'{each:.0f}' for each in after)} MiB")
    goal(f"{platform}-memory-growth", after[-1] - after[0], 5, unit=" MiB", at_most=True)
    stage.close()


def cycles(platform: str, n: int) -> None:
    """Start, pause, resume, stop and cancel runs at random, and count the threads and memory that are left."""
    stage, rng = Stage(), random.Random(0)
    for number in range(n):
        if number == int(_WARM_UP * n):
            gc.collect()
            began, n_threads, n_objects = resident(), _n_threads(), len(gc.get_objects())
        cycle(stage, rng)
    gc.collect()
    left = _n_threads() - n_threads
    running = sum(thread.isRunning() for thread in stage.window.findChildren(QThread))
    print(f"{platform}: after {n:,} runs {threading.active_count()} Python threads, {running} of Qt; "
          f"{len(gc.get_objects()) - n_objects:+,} objects")  # fmt: skip
    goal(f"{platform}-cycles-threads", left + running, 0, at_most=True)
    goal(f"{platform}-cycles-growth", resident() - began, 5, unit=" MiB", at_most=True)
    stage.close()


def cycle(stage: Stage, rng: random.Random) -> None:
    """Start a run, pause and resume it at random, and wait for its end."""
    window = stage.window
    panel, session = window.workbench.lab.panel, window.workbench.session
    panel.set_data("synthetic:300")
    panel.form.set_config(_SMALL)
    panel.controls.start_button.click()
    for _ in range(rng.randrange(4)):
        stage.play(rng.choice((0.0, 0.002, 0.01)))
        session.toggle_pause()
    if rng.random() < 0.3:
        stage.wait(lambda: session.state is not RunState.PREPARING)
    rng.choice((session.stop, session.cancel))()
    stage.wait(lambda: session.is_settled)
    shutil.rmtree(paths.runs(), ignore_errors=True)  # listing a thousand runs takes longer than a run
