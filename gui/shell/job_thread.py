"""A thread for one job that would stop the window: it returns a result, or fails with a sentence."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread

from core.errors import DigitpadError
from core.messages import tr
from gui.shell.error_reporting import log

Tick = Callable[[], None]
"""What a job calls between its steps: it does not return if nobody wants the result any more."""
Job = Callable[[Tick], object]
"""A job holds no object of Qt's except images: what a thread is the last to use is deleted in that thread."""


@dataclass(frozen=True)
class Failed:
    """The reason why a job failed; ``details`` is the traceback of a fault in the program."""

    reason: str
    details: str = ""


class _CancelledError(Exception):
    pass


class JobThread(QThread):
    """Runs one job.

    Attributes
    ----------
    result
        What the job has returned, or ``Failed``; None before it has finished, and if it was cancelled.
    """

    def __init__(self, job: Job, parent: QObject) -> None:
        super().__init__(parent)
        self._job, self._cancelled = job, threading.Event()
        self.result: object = None

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """End the job after its present step."""
        self._cancelled.set()

    def run(self) -> None:
        """Run the job (off the GUI thread)."""
        try:
            self._tick()
            self.result = self._job(self._tick)
        except _CancelledError:
            pass
        except DigitpadError as error:
            self.result = Failed(str(error))
        except Exception as error:
            details = traceback.format_exc()
            log.error("%s", details)
            self.result = Failed(tr("A fault in the program: {error}", error=error), details)

    def _tick(self) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
