"""Open a window and close it again, in a process that imports next to nothing for the measurement alone.

    python benchmarks/first_window.py PROGRAM BEGAN

PROGRAM is ``empty`` or ``digitpad``, BEGAN the ``time.monotonic()`` at which the process was started. Prints the
milliseconds from then to each moment, and the program's longest stall.
"""

import sys
import time


def _report(what: str, figure: float) -> None:
    print(what, figure, flush=True)


def _since(began: float) -> float:
    return 1000 * (time.monotonic() - began)


def _empty(began: float) -> None:
    """Open an empty window, and quit after its first paint event."""
    import pyqtgraph  # noqa: F401
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: object) -> None:
            _report("frame", _since(began))
            QTimer.singleShot(200, app.quit)

    app = QApplication([])
    window = Window()
    window.resize(1120, 740)
    window.show()
    app.exec()
    _report("memory", _resident_mib())


def _resident_mib() -> float:
    import os
    from pathlib import Path

    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc").exists() else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _digitpad(began: float) -> None:
    """Start the program as its command does, draw after the pad's first paint event, and quit when all is there."""
    from gui import app

    app.hasten_imports()  # the program does this before it imports Qt; first_moments imports Qt
    from first_moments import FirstMoments
    from PySide6.QtWidgets import QApplication

    original_exec = QApplication.exec

    def watched_exec() -> int:
        moments = FirstMoments(lambda what: _report(what, _since(began)), _report)
        code = original_exec()
        del moments
        return code

    QApplication.exec = staticmethod(watched_exec)
    app.main([])


if __name__ == "__main__":
    {"empty": _empty, "digitpad": _digitpad}[sys.argv[1]](float(sys.argv[2]))
