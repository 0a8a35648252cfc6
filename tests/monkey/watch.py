"""A watchdog thread: it records where the GUI thread is when the window does not respond."""

import sys
import threading
import traceback

TICK_S = 0.05


class Watch(threading.Thread):
    """Counts its own ticks since the window last responded.

    It does not use a clock: a pause of the whole process does not count.
    """

    def __init__(self, limit_s: float) -> None:
        super().__init__(daemon=True)
        self._limit_ticks, self._gui_thread = int(limit_s / TICK_S), threading.get_ident()
        self._stop_requested = threading.Event()
        self._ticks = 0
        self.longest_s = 0.0
        self.stack = ""
        """The stack of the GUI thread when the limit was reached; empty if it never was."""

    def responded(self) -> None:
        """Reset the count: the window has responded."""
        self.longest_s = max(self.longest_s, self._ticks * TICK_S)
        self._ticks = 0

    def run(self) -> None:
        """Count, in this thread."""
        while not self._stop_requested.wait(TICK_S):
            self._ticks += 1
            if self._ticks == self._limit_ticks:
                self.stack = "".join(traceback.format_stack(sys._current_frames()[self._gui_thread]))

    def stop(self) -> None:
        """Stop the thread and wait for it."""
        self._stop_requested.set()
        self.join()
