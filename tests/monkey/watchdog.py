"""A watchdog in its own thread: it notes where the GUI thread is when it has not responded for too long."""

import sys
import threading
import traceback

TICK_S = 0.05


class Watchdog(threading.Thread):
    """Counts its own ticks since the last ``reset``.

    A clock would also count the time in which the whole process is halted.
    """

    def __init__(self, limit_s: float) -> None:
        super().__init__(daemon=True)
        self._limit, self._main = int(limit_s / TICK_S), threading.get_ident()
        self._ends = threading.Event()
        self._ticks = 0
        self.longest_s = 0.0
        self.stack = ""
        """The stack of the GUI thread when the limit was reached; empty if it never was."""

    def reset(self) -> None:
        """Start counting again: the GUI thread responds."""
        self.longest_s = max(self.longest_s, self._ticks * TICK_S)
        self._ticks = 0

    def run(self) -> None:
        """Count (off the GUI thread)."""
        while not self._ends.wait(TICK_S):
            self._ticks += 1
            if self._ticks == self._limit:
                self.stack = "".join(traceback.format_stack(sys._current_frames()[self._main]))

    def end(self) -> None:
        """End the thread, and return when it has ended."""
        self._ends.set()
        self.join()
