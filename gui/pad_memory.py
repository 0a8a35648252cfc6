"""What is drawn on the pad, from one time to the next: kept in a file a moment after each change."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from core import atomic
from core.errors import DrawingError
from core.ink import Drawing
from gui.faults import log
from gui.pad import Pad

_REST_MS = 1000  # after the last change: not while somebody draws


class PadMemory(QObject):
    """Keeps the strokes on a pad in a file of ink JSON, also those that a picture has taken the place of.

    The picture itself is not kept: it has a file of its own already, or is a digit of the test set.
    """

    def __init__(self, pad: Pad, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pad, self._path = pad, path
        self._kept = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.keep)
        pad.historyChanged.connect(self._timer.start)

    def restore(self) -> None:
        """Bring back what was drawn the last time, if the pad is still blank, and read it."""
        if not self._path.is_file() or not self._pad.is_blank():
            return
        try:
            drawing = Drawing.load(self._path)
        except DrawingError as error:
            log.warning("what was on the pad cannot be read: %s", error)
            return
        if drawing:
            self._kept = drawing.to_json()
            self._pad.set_drawing(drawing)
            self._pad.changed.emit()

    def keep(self) -> None:
        """Write down what is drawn, unless that is done; where nothing can be written, drawing goes on."""
        if self._pad.is_pen_down():
            self._timer.start()
            return
        drawing = self._pad.own_drawing()
        if drawing is None:
            return
        text = drawing.to_json()
        if text == (self._kept or Drawing().to_json()):
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(self._path, text.encode())
        except OSError as error:
            log.warning("what is on the pad cannot be kept: %s", error)
        else:
            self._kept = text
