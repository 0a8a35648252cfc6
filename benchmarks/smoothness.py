"""Responsiveness of the window during a training: timer, pen, and the training's loss of throughput."""

import dataclasses
import math
import statistics
import time

import numpy as np
from goals import goal, percentile
from pen import Pen
from PySide6.QtCore import Qt
from stage import Stage, Ticks, config, rate_alone

from core import threads
from core.data import sources
from core.runs.run import Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training.experiment import Experiment
from core.training.history import Axis, History
from core.training.loop import Progress

_ROUNDS = 5
_MILLION = 1_000_000


def smoothness(platform: str, seconds: float) -> None:
    """Measure timer, pen and throughput; then timer and pen after a million records, with 20 runs overlaid."""
    n_threads = threads.default(window=True)
    stage = Stage()
    rate = throughput(stage, platform, n_threads, min(seconds / 4, 4.0))
    rows = len(Experiment.prepare("quick", config(1), sources.default(), 1).splits.train)
    n_epochs = math.ceil(1.3 * (seconds + 20) * rate / rows)
    stage.start(config(n_epochs), n_threads)
    stage.play(1)
    timer_and_pen(stage, platform, seconds)
    stage.end()
    stage.window.workbench.lab.training.resume(long_run(RunStore()))
    stage.wait(lambda: stage.window.workbench.session.live.seconds > 1e5)
    overlay(stage, RunStore(), 20)
    timer_and_pen(stage, f"{platform}-long", seconds)
    stage.close()


def timer_and_pen(stage: Stage, name: str, seconds: float) -> None:
    """Measure how late the timer is, then the time from a pen event to its prediction in the bars."""
    ticks = Ticks()
    stage.play(seconds)
    ticks.stop()
    print(f"{name}: {len(ticks.late):,} timer ticks, median {statistics.median(ticks.late):.2f} ms late, "
          f"{max(ticks.late):.1f} ms at most")  # fmt: skip
    goal(f"{name}-timer-p99", percentile(ticks.late, 99), 5, unit=" ms", at_most=True)
    goal(f"{name}-timer-p99.9", percentile(ticks.late, 99.9), 25, unit=" ms", at_most=True)
    pen = Pen(stage.window)
    pen.draw(stage, min(seconds, 10.0))
    print(f"{name}: {len(pen.waited):,} pen events, median {statistics.median(pen.waited):.2f} ms to the prediction, "
          f"{max(pen.waited):.1f} ms at most")  # fmt: skip
    goal(f"{name}-pen-p99", percentile(pen.waited, 99), 12, unit=" ms", at_most=True)


def throughput(stage: Stage, name: str, n_threads: int, seconds: float) -> float:
    """Compare the speed of a run with and without the window, in turns; return the best digits/s without."""
    alone, ratios = [], []
    for _ in range(_ROUNDS):
        alone.append(rate_alone(seconds, n_threads))
        stage.start(config(1000), n_threads)
        stage.play(0.5)
        ratios.append(stage.rate(seconds) / alone[-1])
        stage.end()
    print(f"{name}: {statistics.median(alone):,.0f} digits a second without a window, {n_threads} threads; "
          f"with a window {min(ratios):.2f} to {max(ratios):.2f} of that")  # fmt: skip
    goal(f"{name}-throughput", statistics.median(ratios), 0.85)
    return max(alone)


def rule(platform: str, seconds: float) -> None:
    """Measure throughput and timer lateness with each number of threads: the basis of the default."""
    stage = Stage()
    for n_threads in range(1, threads.available() + 1):
        rates, late = [], []
        alone = [rate_alone(seconds, n_threads) for _ in range(_ROUNDS)]
        for _ in range(_ROUNDS):
            stage.start(config(1000), n_threads)
            stage.play(0.5)
            ticks = Ticks()
            rates.append(stage.rate(seconds))
            ticks.stop()
            late.append(percentile(ticks.late, 99))
            stage.end()
        print(f"{platform}: {n_threads} threads: {statistics.median(alone):,.0f} digits a second alone, "
              f"{statistics.median(rates):,.0f} with a window, timer {statistics.median(late):.1f} ms late "
              "at p99")  # fmt: skip
    defaults = {window: threads.default(window=window) for window in (False, True)}
    print(f"{platform}: the default: {defaults[False]} alone, {defaults[True]} with a window")
    stage.close()


def long_run(store: RunStore) -> Run:
    """Return a stored run that was interrupted after a million records, with a tenth of its epochs left."""
    per_epoch = -(-54_000 // 128)
    n_epochs = -(-_MILLION // per_epoch)
    experiment = Experiment.prepare(
        "quick", config(n_epochs * 11 // 10), sources.default(), threads.default(window=True)
    )
    state, recorder = experiment.state, RunRecorder.begin(experiment, store)
    per_epoch = len(state.loader)
    with recorder:
        for epoch in range(n_epochs):
            recorder.history.add(records(epoch, per_epoch, state.loader.n_rows), 100.0 * (epoch + 1))
        state.epoch, state.step, state.samples = n_epochs, n_epochs * per_epoch, n_epochs * state.loader.n_rows
        state.loader.epoch, state.first_loss, state.mean_loss = n_epochs, 2.3, 0.1
        recorder.seconds = 100.0 * n_epochs
        recorder.write()
    assert recorder.run is not None
    return dataclasses.replace(recorder.run, status=Status.INTERRUPTED)


def records(epoch: int, per_epoch: int, n_rows: int) -> list[Progress]:
    """Return plausible records of an epoch; the last one has an evaluation."""
    rng = np.random.default_rng(epoch)
    level = 0.02 + 2.3 / (1 + epoch)
    losses = (level * rng.lognormal(0, 0.5, per_epoch)).tolist()
    step = epoch * per_epoch
    found = [
        Progress(step + i + 1, 0, epoch + 1, step * n_rows // per_epoch + (i + 1) * n_rows // per_epoch, loss,
                 1 - min(loss / 3, 0.9), 0.1)
        for i, loss in enumerate(losses)
    ]  # fmt: skip
    evaluation = {"validation_loss": 0.08 + level / 2, "validation_accuracy": 0.98 - level / 10,
                  "training_loss": level, "training_accuracy": 1 - level / 10}  # fmt: skip
    return [*found[:-1], dataclasses.replace(found[-1], **evaluation)]


def overlay(stage: Stage, store: RunStore, n: int) -> None:
    """Store n finished runs of 50 epochs, and tick them in the list."""
    for _ in range(n):
        run = store.begin(name="quick", recipe="quick", settings=config(50).as_dict())
        history = History(Axis(54_000, 422))
        for epoch in range(50):
            history.add(records(epoch, 422, 54_000), epoch + 1.0)
        run.save_history(history)
        dataclasses.replace(run, status=Status.FINISHED).save()
    lab = stage.window.workbench.lab
    lab.runs.refresh()
    table = lab.runs_view.table
    blocked = table.blockSignals(True)
    for row in range(n):
        table.setData(table.index(row, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    table.blockSignals(blocked)
    began = time.perf_counter()
    table.ticksChanged.emit()
    print(f"{n} runs overlaid in {1000 * (time.perf_counter() - began):.0f} ms")
    stage.play(1)
