"""A watch in a thread of its own: it says how long the window has been deaf, and where it was then."""

import sys
import threading
import traceback

TICK_S = 0.05


class Watch(threading.Thread):
    """Counts ticks since the window was last heard of.

    Its own ticks, and not a clock's: while the whole process is halted, nothing is anybody's fault.
    """

    def __init__(self, limit_s: float) -> None:
        super().__init__(daemon=True)
        self._limit, self._main = int(limit_s / TICK_S), threading.get_ident()
        self._ends = threading.Event()
        self._ticks = 0
        self.longest_s = 0.0
        self.seen = ""
        """Where the window was when it had been deaf for too long; empty if it never was."""

    def heard(self) -> None:
        """Begin anew: the window has answered."""
        self.longest_s = max(self.longest_s, self._ticks * TICK_S)
        self._ticks = 0

    def run(self) -> None:
        """Count, off the GUI thread."""
        while not self._ends.wait(TICK_S):
            self._ticks += 1
            if self._ticks == self._limit:
                self.seen = "".join(traceback.format_stack(sys._current_frames()[self._main]))

    def end(self) -> None:
        """Return when the thread has ended."""
        self._ends.set()
        self.join()
