"""The real window on a stage: runs in it and without it, a timer that says how late it is, and a pen that draws."""

import dataclasses
import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core import threads, training
from core.config import TrainConfig
from core.data import sources
from core.experiment import Experiment
from core.recipes import RECIPES
from gui import app as program
from gui import theme
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.training_session import RunState

INTERVAL_S = 0.016
"""Of the timer: Qt counts whole milliseconds, and 60 Hz are 16.7."""
_PEN_INTERVAL_S = 1 / 120
_POINTS = 90  # of a stroke


class Stage:
    """The application and its window, shown, with all that it brings in after its first frame."""

    def __init__(self) -> None:
        self.app: QApplication = program._application()
        theme.apply(self.app)
        self.window = MainWindow(Preferences())
        self.window.show()
        self.window.add_curves()
        self.play(0.5)

    def play(self, seconds: float) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def wait(self, is_so: Callable[[], bool], patience_s: float = 120.0) -> None:
        """Let the window live until something is so; raise TimeoutError where it does not come."""
        end = time.perf_counter() + patience_s
        while not is_so():
            if time.perf_counter() > end:
                raise TimeoutError("what was waited for did not come")
            self.play(0.01)

    def start(self, config: TrainConfig, n_threads: int) -> None:
        """Begin a run by the panel's own button, and return when it goes on."""
        panel = self.window.training_panel
        panel.set_data(sources.default())
        panel.form.set_config(config)
        panel.form.threads.setValue(n_threads)
        panel.controls.start_button.click()
        self.wait(lambda: self.window.session.state is RunState.RUNNING)

    def end(self) -> None:
        """End the run, if there is one, and return when its thread has ended."""
        self.window.session.cancel()
        self.wait(lambda: not self.window.session._retired)

    def rate(self, seconds: float) -> float:
        """Return how many digits a second the run learns from meanwhile."""
        seen: list[tuple[float, int]] = []

        def note(records: tuple[training.Progress, ...]) -> None:
            seen.append((time.perf_counter(), records[-1].samples))

        self.window.session.progressed.connect(note)
        self.play(seconds)
        self.window.session.progressed.disconnect(note)
        (began, first), (ended, last) = seen[0], seen[-1]
        return (last - first) / (ended - began)

    def close(self) -> None:
        """End all."""
        self.end()
        self.window.close()


def config(n_epochs: int) -> TrainConfig:
    """Return the settings of the runs: 784-256-128-10, in batches of 128."""
    return dataclasses.replace(RECIPES["quick"].config, hidden=(256, 128), epochs=n_epochs)


def rate_alone(seconds: float, n_threads: int) -> float:
    """Return how many digits a second the same run learns from without a window."""
    settings = config(1000)
    with threads.limited(n_threads):
        experiment = Experiment.prepare("quick", settings, sources.default(), n_threads)
        records = training.fit(experiment.state, experiment.splits, settings)
        first = next(records).samples
        began = time.perf_counter()
        for record in records:
            if (passed := time.perf_counter() - began) >= seconds:
                return (record.samples - first) / passed
    raise RuntimeError("the run has ended too early")


class Ticks(QObject):
    """A timer of 60 Hz that notes how late it is, in milliseconds."""

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
        if self._due < now:  # as Qt does: a timer that was late by more than its interval leaves out what it missed
            self._due = now + INTERVAL_S

    def stop(self) -> None:
        """Note no more."""
        self._timer.stop()


class Pen(QObject):
    """Draws digits on the pad, from a thread of its own as a hand would, whatever the window is doing meanwhile.

    ``waited`` are the milliseconds from each event to the end of the painting of the bars that show its answer.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window, self._pad = window, window.pad_panel.pad
        self._bars = window.pad_panel.prediction_view.bars
        self.waited: list[float] = []
        self._sent: deque[float] = deque()
        self._handled: list[float] = []
        self._places = self._stroke()
        self._is_over = threading.Event()

    def draw(self, stage: Stage, seconds: float) -> None:
        """Draw for so long."""
        thread = threading.Thread(target=self._draw)
        for watched in (self._pad, self._bars):
            watched.installEventFilter(self)
        thread.start()
        stage.play(seconds)
        self._is_over.set()
        thread.join()
        stage.play(0.1)
        for watched in (self._pad, self._bars):
            watched.removeEventFilter(self)
        self._pad.clear()

    def _stroke(self) -> list[QPointF]:
        """Return the places of a stroke like a 3, on the pad."""
        sheet = self._pad._sheet()
        turns = np.linspace(0, 2, _POINTS)
        x = 0.5 + 0.15 * np.sin(np.pi * np.mod(turns, 1.0))
        return [
            QPointF(sheet.x() + sheet.width() * across, sheet.y() + sheet.height() * (0.2 + 0.3 * down))
            for across, down in zip(x.tolist(), turns.tolist(), strict=True)
        ]

    def _draw(self) -> None:
        """Send the events (in the pen's thread)."""
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (_POINTS - 1)]
        for kind, place in itertools.cycle(zip(kinds, self._places, strict=True)):
            if self._is_over.wait(_PEN_INTERVAL_S):
                break
            if kind is QEvent.Type.MouseButtonPress:
                self._send(QEvent.Type.MouseButtonRelease, place)
                self._send(QEvent.Type.User, place)
            self._sent.append(time.perf_counter())
            self._send(kind, place)

    def _send(self, kind: QEvent.Type, place: QPointF) -> None:
        if kind is QEvent.Type.User:
            QCoreApplication.postEvent(self._pad, QEvent(kind))
            return
        button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        is_release = kind is QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind, place, place, none if kind is QEvent.Type.MouseMove else button,
            none if is_release else button, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QCoreApplication.postEvent(self._pad, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what the pad is given, and what the bars paint; between two strokes, empty the pad."""
        if watched is self._bars:
            if event.type() != QEvent.Type.Paint:
                return False
            self._bars.event(event)
            now = time.perf_counter()
            self.waited.extend(1000 * (now - sent) for sent in self._handled)
            self._handled.clear()
            return True
        if event.type() == QEvent.Type.User:
            self._pad.clear()
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove) and self._sent:
            self._handled.append(self._sent.popleft())
        return False


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of the values, in per cent, do not exceed; NaN of none."""
    return float(np.percentile(values, share)) if values else math.nan
