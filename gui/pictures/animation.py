"""An animation: a digit is drawn and recognised, then a network learns, and meanwhile answers the same digit.

The mouse's events go to the widgets of the real window. The drawing is recorded in real time. Each frame of the run
shows an equal share of its steps, so that the animation takes as long on any computer.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.main_window import MainWindow
from gui.pad.stroke import UNIT, fitted
from gui.pictures import specimens, waiting
from gui.recognition.active_model import ModelChoice
from gui.training.events import Progressed, RunEvent, SnapshotTaken

FRAME_MS = 90
_METHOD = 4  # of 0 to 6: a fifth of the size that 0 gives, in 5 s; 6 takes minutes for 2 % less
_ARROW = ((0, 0), (0, 17), (4, 13.3), (6.8, 19.6), (9.6, 18.4), (6.8, 12.2), (12, 12))
"""The corners of the mouse pointer, in pixels from its tip."""


@dataclass(frozen=True)
class Script:
    """The number of frames of each part; the drawing has one for each point of its stroke."""

    blank: int = 7
    answered: int = 10
    to_start: int = 8
    run: int = 54
    end: int = 20


class _Mouse:
    """A mouse over a window; while its button is down, all events go to the widget that was pressed.

    Attributes
    ----------
    position : QPointF
        In the window's coordinates.
    """

    def __init__(self, window: QWidget) -> None:
        self.position = QPointF()
        self._window, self._widget, self._buttons = window, window, Qt.MouseButton.NoButton

    def move(self, position: QPointF) -> None:
        """Move to a position of the window."""
        self.position = position
        if self._buttons is Qt.MouseButton.NoButton:
            self._widget = self._window.childAt(position.toPoint()) or self._window
        self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton)

    def press(self) -> None:
        """Press the left button."""
        self._buttons = Qt.MouseButton.LeftButton
        self._send(QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)

    def release(self) -> None:
        """Release the left button."""
        self._buttons = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, Qt.MouseButton.LeftButton)

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton) -> None:
        widget = self._widget
        here, everywhere = widget.mapFrom(self._window, self.position), self._window.mapToGlobal(self.position)
        event = QMouseEvent(kind, here, everywhere, button, self._buttons, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(widget, event)


class _Recorder:
    """Takes frames of a window, with the mouse pointer, which is not part of it."""

    def __init__(self, window: QWidget, mouse: _Mouse) -> None:
        self._window, self._mouse = window, mouse
        self._frames: list[Image.Image] = []

    def take(self) -> None:
        """Take one frame now."""
        picture = self._window.grab()
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), 1.5))
        painter.setBrush(QColor("black"))
        painter.drawPolygon(QPolygonF([self._mouse.position + QPointF(*corner) for corner in _ARROW]))
        painter.end()
        image = picture.toImage().convertToFormat(QImage.Format.Format_RGBX8888)
        size = (image.width(), image.height())
        self._frames.append(Image.frombytes("RGBX", size, bytes(image.constBits())).convert("RGB"))

    def play(self, n_frames: int) -> None:
        """Take frames in real time."""
        for _ in range(n_frames):
            waiting.wait(FRAME_MS)
            self.take()

    def follow(self, way: Iterable[QPointF]) -> None:
        """Move the mouse along a way, a frame for each position."""
        for position in way:
            self._mouse.move(position)
            self.play(1)

    def webp(self) -> bytes:
        """Return all frames as an animation that repeats for ever, without losses: it is smaller than with them."""
        content, (first, *others) = io.BytesIO(), self._frames
        times: dict[str, Any] = {"duration": FRAME_MS, "loop": 0}
        first.save(content, "WEBP", save_all=True, append_images=others, lossless=True, method=_METHOD, **times)
        return content.getvalue()


def record(window: MainWindow, script: Script) -> bytes:
    """Return the animation as WebP; the window has an empty pad. Raise TrainingError if the run fails."""
    mouse = _Mouse(window)
    recorder = _Recorder(window, mouse)
    start = window.workbench.lab.panel.controls.start_button
    on_start = start.mapTo(window, QPointF(0.8 * start.width(), 0.6 * start.height()))
    first, *others = _stroke(window)
    mouse.move(first)
    recorder.play(script.blank)
    mouse.press()
    recorder.follow(others)
    mouse.release()
    recorder.play(script.answered)
    recorder.follow(_way(mouse.position, on_start, script.to_start))
    mouse.press()
    recorder.play(2)
    _record_run(window, mouse, recorder, script.run)
    recorder.play(script.end)
    return recorder.webp()


def _stroke(window: MainWindow) -> list[QPointF]:
    """Return the positions in the window of a stroke on the pad."""
    pad = window.pad_panel.pad
    sheet = pad.sheet_rect()
    (points,) = fitted(specimens.two().strokes)
    places = points[:, :2] * sheet.width() / UNIT
    return [pad.mapTo(window, sheet.topLeft() + QPointF(*place)) for place in places.tolist()]


def _way(start: QPointF, end: QPointF, n: int) -> Iterator[QPointF]:
    """Yield the positions of a straight way that begins and ends slowly."""
    for share in np.linspace(1 / n, 1, n).tolist():
        yield start + (end - start) * (3 - 2 * share) * share**2


def _record_run(window: MainWindow, mouse: _Mouse, recorder: _Recorder, n_frames: int) -> None:
    """Let go of the button *Start*, and record the run; the network in training answers as soon as it can."""
    n_taken, curves = 0, window.workbench.lab.curves

    def on_event(event: RunEvent) -> bool:
        nonlocal n_taken
        match event:
            case SnapshotTaken():
                window.active_model.choose(ModelChoice.TRAINING)
            case Progressed(records=[*_, last]) if last.step * n_frames > n_taken * last.n_steps:
                n_taken += 1
                if curves is not None:
                    curves.flush()
                recorder.take()
        return False

    waiting.train(window, mouse.release, on_event)
