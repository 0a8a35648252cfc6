"""What asks the program to end in its user's stead: Ctrl-C in its terminal, a terminal that is closed, a plain kill."""

import os
import signal
import sys

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from core.cli import termination


class TerminationSignals(QObject):
    """Says the first time that the program is to end; a second Ctrl-C ends it at once.

    The others are not heard again: where a terminal is closed, or a session ends, they come twice, from the system and
    from the shell, and the second must not cut short what the first has begun.

    While Qt's loop runs, Python's handlers wait: what wakes the loop is a byte that Python's own, in C, writes into a
    pipe. Windows knows of none of this but Ctrl-C, and no pipes for it: there all ends at once.
    """

    asked = Signal(int)
    """The number of the signal."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if sys.platform == "win32":
            return
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)
        self._numbers = termination.numbers()
        for number in self._numbers:
            signal.signal(number, lambda number, frame: None)  # without one nothing is written
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
        """Listen no more."""
        if sys.platform == "win32" or not self._notifier.isEnabled():
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number in self._numbers:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGINT else signal.SIG_IGN)
        for end in self._pipe:
            os.close(end)
