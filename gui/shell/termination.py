"""Turn SIGINT, SIGTERM and SIGHUP into a Qt signal."""

import os
import signal
import sys

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from core.cli import termination


class TerminationSignals(QObject):
    """Emits ``asked`` at the first of these signals; a second SIGINT (Ctrl-C) ends the process at once.

    A second SIGTERM or SIGHUP is ignored: when a terminal is closed or a session ends, it comes twice, from the system
    and from the shell, and must not cut short what the first one started.

    Python's handlers do not run while Qt's event loop waits. The loop is woken by a byte that Python's C handler writes
    to a pipe. Windows has only Ctrl-C, and no such pipe: there the process ends at once.
    """

    asked = Signal(int)
    """The program is to end: the signal's number."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if sys.platform == "win32":
            return
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)
        self._numbers = termination.numbers()
        for number in self._numbers:
            signal.signal(number, lambda number, frame: None)  # without a handler, Python writes no byte
        signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._pipe[0], QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_byte)

    def _on_byte(self) -> None:
        numbers = [number for number in os.read(self._pipe[0], 64) if number in self._numbers]
        if numbers:
            self.end()
            if numbers[0] != signal.SIGINT:
                termination.leave_terminal()
            self.asked.emit(numbers[0])

    def end(self) -> None:
        """Restore the default for SIGINT, ignore the others, and close the pipe."""
        if sys.platform == "win32" or not self._notifier.isEnabled():
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number in self._numbers:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGINT else signal.SIG_IGN)
        for end in self._pipe:
            os.close(end)
