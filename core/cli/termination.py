"""What asks a command to end before it is done: Ctrl-C, a plain kill, a terminal that is closed."""

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
    """Let them set an event: in the middle of a batch they would leave a state that is neither before nor after it."""
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            leave_terminal()
        asked.set()

    with _handled(note):
        yield asked


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """Let them wait, also a second one: what was learned is tested and saved first, which takes a second."""
    with _handled(signal.SIG_IGN):
        yield


def numbers() -> list[signal.Signals]:
    """Return what asks for an end here; what is ignored stays so: nohup lets a command outlive its terminal."""
    if sys.platform == "win32":
        return [signal.SIGINT]
    others = (signal.SIGTERM, signal.SIGHUP)
    return [signal.SIGINT, *(each for each in others if signal.getsignal(each) is not signal.SIG_IGN)]


def leave_terminal() -> None:
    """Print nowhere from now on where that was a terminal: once it has gone, whatever is printed fails."""
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):  # it was closed
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, descriptor)
                os.close(nowhere)


@contextlib.contextmanager
def _handled(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers()}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
