"""Reads what is to be shown on a pad, and hands it over when the pen is up."""

from PySide6.QtCore import QObject, QTimer, Signal

from gui.pad.pad import Pad
from gui.recognition.reading_thread import ReadingThread
from gui.shell.job_thread import Job

PATIENCE_MS = 300
"""A file or picture that is read for longer is named meanwhile."""


class Opening(QObject):
    """Runs the newest job; its result waits while the pen is down, so that no stroke is cut off."""

    arrived = Signal(object, str)
    """The result of the job, or ``Failed``, and the name of what was read."""
    lasts = Signal(str)
    """The job takes long: the name of what is read."""

    def __init__(self, pad: Pad, parent: QObject) -> None:
        super().__init__(parent)
        self._pad = pad
        self._reading = ReadingThread(self)
        self._reading.ended.connect(self._on_read)
        self._name = ""
        self._waiting: object = None  # what was read while the pen is down
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience)
        pad.penLifted.connect(self._hand_over)

    @property
    def is_busy(self) -> bool:
        """Whether ``arrived`` is to follow."""
        return self._reading.is_busy or self._waiting is not None

    def read(self, job: Job, name: str) -> None:
        """Run a job; ``arrived`` follows, unless ``read`` or ``forget`` is called before."""
        self.forget()
        self._name = name
        self._reading.read(job)
        self._patience.start()

    def forget(self) -> None:
        """Hand over nothing: something else is shown instead."""
        self._reading.forget()
        self._patience.stop()
        self._waiting = None

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.forget()
        self._reading.shut_down()

    def _on_patience(self) -> None:
        self.lasts.emit(self._name)

    def _on_read(self, result: object) -> None:
        self._waiting = result
        if not self._pad.is_pen_down():
            self._hand_over()

    def _hand_over(self) -> None:
        result = self._waiting
        if result is not None:
            self._patience.stop()
            self._waiting = None
            self.arrived.emit(result, self._name)
