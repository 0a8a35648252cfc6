"""Responsiveness of the window during a training: timer, pen, and the training's loss of throughput."""

import dataclasses
import math
import statistics
import time

import numpy as np
from goals import goal, percentile
from pen import Pen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from stage import Stage, Ticks, config, rate_alone

from core import threads
from core.data import sources
from core.preprocessing.ink import Drawing
from core.runs.run import Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training.experiment import Experiment
from core.training.history import Axis, History
from core.training.loop import Progress
from gui.recognition.active_model import ModelChoice

_ROUNDS = 5
_MILLION = 1_000_000


@dataclasses.dataclass(frozen=True)
class Floors:
    """What the window must reach beside a run; a slow machine is held to its own figures without one."""

    timer_ms: float
    pen_ms: float
    throughput: float
    live_views: float
    """The throughput while the network in training answers the pad and is inspected too."""

    @classmethod
    def of(cls, stage: Stage, name: str, n_cores: int, seconds: float) -> "Floors":
        """Measure timer and pen of a window without a run, and return the floors for so many cores."""
        ticks = Ticks()
        stage.play(seconds)
        ticks.stop()
        pen = Pen(stage.window)
        pen.draw(stage, seconds)
        timer, reading = percentile(ticks.late, 99), statistics.median(pen.waited)
        print(f"{name}: without a run the timer is {timer:.2f} ms late at p99; a sample is read and painted in "
              f"{reading:.1f} ms")  # fmt: skip
        timer_ms, pen_ms, share, live_views = {1: (16.0, 33.0, 0.6, 0.58), 2: (5.0, 12.0, 0.85, 0.83)}[n_cores]
        return cls(max(timer_ms, 4 * timer), max(pen_ms, 5 * reading), share, live_views)


def smoothness(platform: str, seconds: float, n_cores: int = 2) -> None:
    """Measure timer, pen and throughput, and timer and pen again after a million records beside 20 runs."""
    n_threads = threads.default(window=True)
    stage = Stage()
    floors = Floors.of(stage, platform, n_cores, min(seconds, 5.0))
    part = min(seconds / 4, 4.0)
    rate = throughput(stage, platform, n_threads, part, floors.throughput)
    lab = stage.window.workbench.lab
    for view, page in (("curves", lab.tabs.widget(0)), ("network", lab.inspector_view)):
        throughput(stage, f"{platform}-live-{view}", n_threads, part, floors.live_views, page)
    stage.window.pad_panel.pad.clear()
    stage.window.active_model.choose(ModelChoice.SHIPPED)
    rows = len(Experiment.prepare("quick", config(1), sources.default(), 1).splits.train)
    n_epochs = math.ceil(1.3 * (seconds + 20) * rate / rows)
    stage.start(config(n_epochs), n_threads)
    stage.play(1)
    timer_and_pen(stage, platform, seconds, floors)
    stage.end()
    lab.training.resume(long_run(RunStore()))
    stage.wait(lambda: stage.window.workbench.session.live.seconds > 1e5)
    overlay(stage, RunStore(), 20)
    timer_and_pen(stage, f"{platform}-long", seconds, floors)
    stage.close()


def timer_and_pen(stage: Stage, name: str, seconds: float, floors: Floors) -> None:
    """Measure how late the timer is, and then how long the bars take to follow the pen."""
    ticks = Ticks()
    stage.play(seconds)
    ticks.stop()
    print(f"{name}: of {len(ticks.late):,} ticks the latest was {max(ticks.late):.1f} ms late, "
          f"the middle one {statistics.median(ticks.late):.2f} ms")  # fmt: skip
    goal(f"{name}-timer-p99", percentile(ticks.late, 99), floors.timer_ms, unit=" ms", at_most=True)
    goal(f"{name}-timer-p99.9", percentile(ticks.late, 99.9), 5 * floors.timer_ms, unit=" ms", at_most=True)
    pen = Pen(stage.window)
    pen.draw(stage, min(seconds, 10.0))
    print(f"{name}: of {len(pen.waited):,} pen events the slowest took {max(pen.waited):.1f} ms to be answered, "
          f"the middle one {statistics.median(pen.waited):.2f} ms")  # fmt: skip
    goal(f"{name}-pen-p99", percentile(pen.waited, 99), floors.pen_ms, unit=" ms", at_most=True)


def throughput(
    stage: Stage, name: str, n_threads: int, seconds: float, floor: float, live_page: QWidget | None = None
) -> float:
    """Compare the run with the same without a window, in turn, and return the latter's digits a second.

    With ``live_page``, that page is shown, and the network in training answers a drawing on the pad.
    """
    alone, ratios = [], []
    for _ in range(_ROUNDS):
        alone.append(rate_alone(seconds, n_threads))
        stage.start(config(1000), n_threads)
        stage.play(0.5)
        if live_page is not None:
            _show_live(stage, live_page)
        ratios.append(stage.rate(seconds) / alone[-1])
        stage.end()
    print(f"{name}: {statistics.median(alone):,.0f} digits a second without a window, {n_threads} threads; "
          f"beside one {min(ratios):.2f} to {max(ratios):.2f} of that")  # fmt: skip
    goal(f"{name}-throughput", statistics.median(ratios), floor)
    return max(alone)


def _show_live(stage: Stage, page: QWidget) -> None:
    """Draw a digit, let the network in training answer it, and show a page about it."""
    pad = stage.window.pad_panel.pad
    pad.set_drawing(Drawing.from_points([np.array([[0.0, 0.0], [300.0, 0.0], [100.0, 500.0]])]), fit=True)
    stage.window.active_model.choose(ModelChoice.TRAINING)
    stage.window.workbench.lab.tabs.setCurrentWidget(page)
    stage.play(0.3)


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
