"""Uncaught exceptions: written to a rotating log, and reported to the user once, in the window."""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

from core.files import paths

log = logging.getLogger("digitpad")

_REPEAT_S = 10.0
"""An error that recurs within this time is a repetition, such as one at each tick of a timer."""
_MAX_LOCATIONS = 100  # that are counted


class _Repetition(NamedTuple):
    n: int
    last: float


class ErrorReporter(QObject):
    """Catches uncaught exceptions from any thread and reports them in its own thread.

    ``reported`` carries a sentence and the traceback. A repeated error is logged and reported once, and then only
    counted: else it would push everything before it out of the log, and reopen its message each time the user hides it.
    """

    reported = Signal(str, str)
    _caught = Signal(str, str)  # emitted in any thread; ``reported`` follows it in this object's thread, queued

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock, self._lock = clock, threading.Lock()
        self._repetitions: dict[object, _Repetition] = {}
        self._caught.connect(self.reported, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become ``sys.excepthook``; Ctrl-C still ends the program."""
        sys.excepthook = self.catch

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log and report an exception (in any thread)."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        n = self._count(kind, trace)
        if n > 1:
            if n in (10, 100, 1000) or n % 10_000 == 0:
                log.error("%s: %s (the same error as before, for the %dth time)", kind.__name__, error, n)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("%s", details)
        self._caught.emit(str(error) or kind.__name__, details)

    def _count(self, kind: type[BaseException], trace: TracebackType | None) -> int:
        """Return how often this error has come from the same location, without a pause between repetitions."""
        location = tuple((frame.f_code, line) for frame, line in traceback.walk_tb(trace))
        now = self._clock()
        with self._lock:
            before = self._repetitions.get((kind, location))
            n = before.n + 1 if before and now - before.last < _REPEAT_S else 1
            if len(self._repetitions) >= _MAX_LOCATIONS:
                self._repetitions.clear()
            self._repetitions[kind, location] = _Repetition(n, now)
        return n


def start_log() -> None:
    """Write the log to the program's log folder; if that fails (a full disk, say), the program runs without a log."""
    log.setLevel(logging.INFO)
    try:
        paths.logs().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(paths.logs() / "digitpad.log", maxBytes=2**20, backupCount=3, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
