"""The signals that ask a command to end early: SIGINT (Ctrl-C), SIGTERM (kill) and SIGHUP (a closed terminal)."""

import contextlib
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def noted() -> Iterator[threading.Event]:
    """Let the signals set an event: an exception in the middle of a batch would leave an inconsistent state."""
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            leave_terminal()
        asked.set()

    with _handled(note):
        yield asked


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """Ignore the signals, also a second Ctrl-C: the result is tested and saved first, which takes a second."""
    with _handled(signal.SIG_IGN):
        yield


def numbers() -> list[signal.Signals]:
    """Return the signals to handle. An ignored signal stays ignored: nohup lets a command outlive its terminal."""
    if sys.platform == "win32":
        return [signal.SIGINT]
    others = (signal.SIGTERM, signal.SIGHUP)
    return [signal.SIGINT, *(number for number in others if signal.getsignal(number) is not signal.SIG_IGN)]


def leave_terminal() -> None:
    """Redirect standard output and error to nowhere if they are a terminal: writing to a closed terminal fails."""
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):  # the descriptor is closed
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, descriptor)
                os.close(nowhere)


@contextlib.contextmanager
def _handled(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> Iterator[None]:
    """Install a handler for the signals within the block; only the main thread can do so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers()}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
