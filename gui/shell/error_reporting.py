"""Faults of the program: written to a rotating log, and told to the user once, in the window."""

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

_AGAIN_S = 10.0
"""A fault that comes again within this time is one that repeats, as at each tick of a timer."""
_MAX_PLACES = 100  # that are remembered


class _Repetition(NamedTuple):
    n: int
    last: float


class ErrorReporter(QObject):
    """Catches what no one else did, from any thread, and passes it to the window's own thread.

    ``reported`` carries a sentence and the traceback. A fault that repeats is told and written once, and then only
    counted: else it would push all that came before out of the log, and show its message again as soon as it is hidden.
    """

    reported = Signal(str, str)
    _caught = Signal(str, str)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock, self._lock = clock, threading.Lock()
        self._repetitions: dict[object, _Repetition] = {}
        self._caught.connect(self.reported, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the hook for uncaught exceptions; Ctrl-C still ends the program."""
        sys.excepthook = self.catch

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an exception and report it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        n = self._count(kind, trace)
        if n > 1:
            if n in (10, 100, 1000) or n % 10_000 == 0:
                log.error("%s: %s (the same fault as before, for the %dth time)", kind.__name__, error, n)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("%s", details)
        self._caught.emit(str(error) or kind.__name__, details)

    def _count(self, kind: type[BaseException], trace: TracebackType | None) -> int:
        """Return how many times a fault has come from the same place by now, without a pause between."""
        where = tuple((frame.f_code, line) for frame, line in traceback.walk_tb(trace))
        now = self._clock()
        with self._lock:
            before = self._repetitions.get((kind, where))
            n = before.n + 1 if before and now - before.last < _AGAIN_S else 1
            if len(self._repetitions) >= _MAX_PLACES:
                self._repetitions.clear()
            self._repetitions[kind, where] = _Repetition(n, now)
        return n


def start_log() -> None:
    """Write the log to the program's folder of logs; without one (a full disk, say) the program runs without it."""
    log.setLevel(logging.INFO)
    try:
        paths.logs().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(paths.logs() / "digitpad.log", maxBytes=2**20, backupCount=3, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
