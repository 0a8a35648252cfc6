"""Mouse events on the window's pad, and the time until their prediction is painted."""

import itertools
import threading
import time
from collections import deque

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from stage import Stage

from gui.main_window import MainWindow

_INTERVAL_S = 1 / 120
_POINTS = 90  # per stroke


class Pen(QObject):
    """Draws digits on the pad from a thread of its own, whatever the window is doing.

    ``waited`` are the milliseconds from each event until its answer is shown: read, and painted where it has changed.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window, self._pad = window, window.pad_panel.pad
        # Runs when the answer's painting is done, as the program's own timer does.
        self._shown = QTimer(self, singleShot=True, interval=0)
        self._shown.timeout.connect(self._on_shown)
        self.waited: list[float] = []
        self._sent: deque[float] = deque()
        self._handled: list[float] = []  # by the pad, and not read yet
        self._read: list[float] = []  # and not painted yet
        self._positions = self._stroke()
        self._is_over = threading.Event()

    def draw(self, stage: Stage, seconds: float) -> None:
        """Draw for some seconds."""
        thread = threading.Thread(target=self._draw)
        self._pad.installEventFilter(self)
        self._window.recognition.predicted.connect(self._on_read)
        thread.start()
        stage.play(seconds)
        self._is_over.set()
        thread.join()
        stage.play(0.1)
        self._pad.removeEventFilter(self)
        self._window.recognition.predicted.disconnect(self._on_read)
        self._pad.clear()

    def _stroke(self) -> list[QPointF]:
        """Return the positions of a stroke like a 3 on the pad."""
        sheet = self._pad.sheet_rect()
        halves = np.linspace(0, 2, _POINTS)
        x = 0.5 + 0.15 * np.sin(np.pi * np.mod(halves, 1.0))
        return [
            QPointF(sheet.x() + sheet.width() * across, sheet.y() + sheet.height() * (0.2 + 0.3 * down))
            for across, down in zip(x.tolist(), halves.tolist(), strict=True)
        ]

    def _draw(self) -> None:
        """Send the events, in the pen's thread."""
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (_POINTS - 1)]
        for kind, position in itertools.cycle(zip(kinds, self._positions, strict=True)):
            if self._is_over.wait(_INTERVAL_S):
                break
            if kind is QEvent.Type.MouseButtonPress:
                self._send(QEvent.Type.MouseButtonRelease, position)
                self._send(QEvent.Type.User, position)
            self._sent.append(time.perf_counter())
            self._send(kind, position)

    def _send(self, kind: QEvent.Type, position: QPointF) -> None:
        if kind is QEvent.Type.User:
            QCoreApplication.postEvent(self._pad, QEvent(kind))
            return
        button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        is_release = kind is QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind, position, position, none if kind is QEvent.Type.MouseMove else button,
            none if is_release else button, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QCoreApplication.postEvent(self._pad, event)

    def _on_read(self) -> None:
        self._read += self._handled
        self._handled.clear()
        self._shown.start()

    def _on_shown(self) -> None:
        now = time.perf_counter()
        self.waited.extend(1000 * (now - sent) for sent in self._read)
        self._read.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when the pad handles an event; clear the pad between two strokes."""
        if event.type() == QEvent.Type.User:
            self._pad.clear()
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove) and self._sent:
            self._handled.append(self._sent.popleft())
        return False
