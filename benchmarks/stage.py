"""The real window under test: training runs with and without it, and a timer that records its lateness."""

import dataclasses
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core import threads
from core.data import sources
from core.training import loop as training
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.recipes import RECIPES
from gui import app as program
from gui.main_window import SIZE, MainWindow
from gui.shell import gc_timer
from gui.shell.preferences import Preferences
from gui.style import theme
from gui.training.events import Progressed, RunEvent
from gui.training.session import RunState

INTERVAL_S = 0.016
"""Interval of the timer: Qt counts whole milliseconds, and 60 Hz are 16.7 ms."""


class Stage:
    """The application and its window, shown, with everything it loads after its first frame."""

    def __init__(self) -> None:
        self.app: QApplication = program.create_application()
        theme.apply(self.app)
        self.window = MainWindow(Preferences())
        self.window.resize(SIZE)  # on each platform the same
        self.window.show()
        self.window.add_curves()
        self.play(0.5)
        gc_timer.freeze_current_objects()

    def play(self, seconds: float) -> None:
        """Process events for some seconds."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], bool], timeout_s: float = 120.0) -> None:
        """Process events until a condition holds; raise TimeoutError if it does not in time."""
        end = time.perf_counter() + timeout_s
        while not condition():
            if time.perf_counter() > end:
                raise TimeoutError(f"the condition does not hold after {timeout_s:g} s")
            self.play(0.01)

    def start(self, config: TrainConfig, n_threads: int) -> None:
        """Start a run with the panel's button; return when it is running."""
        panel = self.window.workbench.lab.panel
        panel.set_data(sources.default())
        panel.form.set_config(config)
        panel.form.threads.setValue(n_threads)
        panel.controls.start_button.click()
        self.wait(lambda: self.window.workbench.session.state is RunState.RUNNING)

    def end(self) -> None:
        """Cancel the run, if there is one; return when its thread has ended."""
        self.window.workbench.session.cancel()
        self.wait(lambda: self.window.workbench.session.is_settled)

    def rate(self, seconds: float) -> float:
        """Process events for some seconds; return the run's digits per second."""
        seen: list[tuple[float, int]] = []

        def record(event: RunEvent) -> None:
            if isinstance(event, Progressed):
                seen.append((time.perf_counter(), event.records[-1].samples))

        self.window.workbench.session.happened.connect(record)
        self.play(seconds)
        self.window.workbench.session.happened.disconnect(record)
        (began, first), (ended, last) = seen[0], seen[-1]
        return (last - first) / (ended - began)

    def close(self) -> None:
        """Cancel the run and close the window."""
        self.end()
        self.window.close()


def config(n_epochs: int) -> TrainConfig:
    """Return the settings of the runs: 784-256-128-10, in batches of 128."""
    return dataclasses.replace(RECIPES["quick"].config, hidden=(256, 128), epochs=n_epochs)


def rate_alone(seconds: float, n_threads: int) -> float:
    """Return digits per second of the same run without a window."""
    settings = config(1000)
    with threads.limited(n_threads):
        experiment = Experiment.prepare("quick", settings, sources.default(), n_threads)
        records = training.fit(experiment.state, experiment.splits, settings)
        first = next(records).samples
        began = time.perf_counter()
        for record in records:
            if (passed := time.perf_counter() - began) >= seconds:
                return (record.samples - first) / passed
    raise RuntimeError("the run has ended before the measurement")


class Ticks(QObject):
    """A timer of 60 Hz; ``late`` holds the milliseconds by which each tick was late."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(round(1000 * INTERVAL_S))
        self._due = time.perf_counter() + INTERVAL_S

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(1000 * max(now - self._due, 0.0))
        self._due += INTERVAL_S
        if self._due < now:  # like Qt: a timer that is late by more than its interval skips the missed ticks
            self._due = now + INTERVAL_S

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.stop()
