"""How soon the window is there: beside an empty one that imports PySide6 and pyqtgraph, each in a process of its own.

    python benchmarks/opening.py PROGRAM BEGAN

is one such process: PROGRAM is ``empty`` or ``digitpad``, BEGAN when it was started, by the clock that all processes
share.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15


def opening(platform: str, n_rounds: int = ROUNDS) -> None:
    """Measure both in turn, and compare."""
    from goals import goal

    rounds = [(_times("empty"), _times("digitpad")) for _ in range(n_rounds)]
    firsts = [ours["frame"] / empty["frame"] for empty, ours in rounds]
    answers = [ours["answer"] / empty["frame"] for empty, ours in rounds]
    for name, times in (
        ("an empty window's frame", [empty["frame"] for empty, _ in rounds]),
        *((f"the pad's {kind}", [ours[kind] for _, ours in rounds]) for kind in ("frame", "stroke", "answer")),
    ):
        print(f"{platform}: {name} after {statistics.median(times):.0f} ms ({min(times):.0f} to {max(times):.0f})")
    print(f"{platform}: ratios {min(firsts):.2f} to {max(firsts):.2f}, {min(answers):.2f} to {max(answers):.2f}")
    goal(f"{platform}-first-frame", statistics.median(firsts), 0.5, at_most=True)
    goal(f"{platform}-first-answer", statistics.median(answers), 1.3, at_most=True)


def empty_memory() -> float:
    """Return the memory of an empty window, in MiB."""
    return _times("empty")["memory"]


def _times(program: str) -> dict[str, float]:
    began = time.monotonic()
    command = [sys.executable, __file__, program, str(began)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return {name: float(figure) for name, figure in (line.split() for line in output.splitlines())}


def _say(what: str, figure: float) -> None:
    print(what, figure, flush=True)


def _since(began: float) -> float:
    return 1000 * (time.monotonic() - began)


def _empty(began: float) -> None:
    """Open an empty window, and end when it has been painted."""
    import pyqtgraph  # noqa: F401
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: object) -> None:
            _say("frame", _since(began))
            QTimer.singleShot(200, app.quit)

    app = QApplication([])
    window = Window()
    window.resize(1120, 740)
    window.show()
    app.exec()
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc").exists() else 0
    _say("memory", pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def _digitpad(began: float) -> None:
    """Open the program as its command does, draw on the pad as soon as it is seen, and end with the first answer."""
    from gui import app

    app.spare_sources()  # as it does before Qt comes in, which here is for what watches it
    from first_moments import FirstMoments
    from PySide6.QtWidgets import QApplication

    kept = QApplication.exec

    def watched() -> int:
        moments = FirstMoments(lambda what: _say(what, _since(began)))
        code = kept()
        del moments
        return code

    QApplication.exec = staticmethod(watched)
    app.main([])


if __name__ == "__main__":
    {"empty": _empty, "digitpad": _digitpad}[sys.argv[1]](float(sys.argv[2]))
