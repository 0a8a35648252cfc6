"""Faults of the program: written to a rotating log, and told to the user once, in the window."""

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from core import places

log = logging.getLogger("digitpad")


class FaultReporter(QObject):
    """Catches what no one else did, from any thread, and passes it to the window's own thread.

    ``reported`` carries a sentence and the traceback.
    """

    reported = Signal(str, str)
    _caught = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caught.connect(self.reported, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the hook for uncaught exceptions; Ctrl-C still ends the program."""
        sys.excepthook = self.catch

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an exception and report it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("%s", details)
        self._caught.emit(str(error) or kind.__name__, details)


def start_log() -> None:
    """Write the log to the program's folder of logs; without one (a full disk, say) the program runs without it."""
    log.setLevel(logging.INFO)
    try:
        places.logs().mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(places.logs() / "digitpad.log", maxBytes=2**20, backupCount=3, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
