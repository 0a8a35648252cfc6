"""A window that is opened and ended again: a process of its own, that imports nothing for the measuring's sake alone.

    python benchmarks/first_window.py PROGRAM BEGAN

PROGRAM is ``empty`` or ``digitpad``, BEGAN when the process was started, by the clock that all processes share. Says in
milliseconds since then when what was painted.
"""

import sys
import time


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
    _say("memory", _resident_mib())


def _resident_mib() -> float:
    import os
    from pathlib import Path

    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _digitpad(began: float) -> None:
    """Open the program as its command does, draw on the pad as soon as it is seen, and end with the first answer."""
    from gui import app

    app.hasten_imports()  # as it does before Qt comes in, which here is for what watches it
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
