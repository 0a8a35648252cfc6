"""digitpad: opens the window, or renders a picture of it."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import core
from gui.shell import display

if TYPE_CHECKING:
    import argparse

    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

_PIXMAP_CACHE_KIB = 2048


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and return its exit code: 2 where none can be opened."""
    picture = _picture(sys.argv[1:] if arguments is None else arguments)
    # Before NumPy is there: reading a drawing takes a millisecond, and threads that spin for each other, beside
    # anything else that runs, make 30 of it. A run in training says by itself how many it takes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if picture is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_LOGGING_RULES"] = "*=false"  # what a window lacks without a screen is no news here
        if picture.scale != 1:
            os.environ["QT_SCALE_FACTOR"] = str(picture.scale)
    if problem := display.problem():
        print(f"digitpad: {problem}", file=sys.stderr)
        return 2
    try:
        hasten_imports()
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as error:
        print(
            f"digitpad: Qt cannot be loaded ({error}); the README names the system libraries it needs", file=sys.stderr
        )
        return 2
    app = _application()
    if picture is not None:
        from gui.pictures.screenshot import take

        return take(app, picture.screenshot, dark=picture.dark, state=picture.state)
    return _open_window(app)


def _picture(arguments: Sequence[str]) -> "argparse.Namespace | None":
    """Return which picture is asked for, None for a window; to open that, nothing of the command line is needed."""
    if not arguments:
        return None
    from gui.shell.arguments import parsed

    options = parsed(arguments)
    return options if options.screenshot is not None else None


def hasten_imports() -> None:
    """Spare the imports that follow what the first frame need not wait for.

    No garbage is searched for among them (7 ms): ``collector.install`` sees to that when they are done. And PySide6 is
    kept from reading the source of each module. It looks for its own name in them, to know where its optional features
    might be wanted; here they are not. Python keeps all that was read: 14 MiB, and 20 ms. Where the private function is
    gone, all is as it was.
    """
    gc.disable()
    from PySide6 import QtCore  # noqa: F401

    features = vars(sys.modules["shibokensupport.feature"]) if "shibokensupport.feature" in sys.modules else {}
    if "_mod_uses_pyside" in features:
        features["_mod_uses_pyside"] = lambda module: True


def _application() -> "QApplication":
    """Make the application and tell the system who it is."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtGui import QPixmapCache
    from PySide6.QtWidgets import QApplication

    from gui.shell import gc_timer
    from gui.style import theme

    os.environ[theme.STYLE_VARIABLE] = theme.STYLE
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the event loop to end
    app = QApplication(sys.argv[:1])
    gc_timer.install(app)
    # Qt's style keeps a picture of each button that ever was, as each has a palette of its own: up to 10 MiB of them.
    QPixmapCache.setCacheLimit(_PIXMAP_CACHE_KIB)
    # After the application exists: the X11 plugin sets it anew, and would merge the pen's moves while the GUI is busy.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    app.setApplicationName("digitpad")
    app.setApplicationDisplayName("digitpad")
    app.setApplicationVersion(core.__version__)
    app.setDesktopFileName("digitpad")
    return app


def _open_window(app: "QApplication") -> int:
    from gui.main_window import MainWindow
    from gui.shell.preferences import Preferences

    window = MainWindow(Preferences(), in_steps=True)
    window.begun.connect(partial(_settle, app, window))
    window.show()
    return app.exec()


def _settle(app: "QApplication", window: "MainWindow") -> None:
    """Do what the first frame does not wait for."""
    from gui.shell import gc_timer
    from gui.shell.error_reporting import ErrorReporter, start_log
    from gui.shell.termination import TerminationSignals
    from gui.style import icons

    app.setWindowIcon(icons.app_icon())
    start_log()
    faults = ErrorReporter(app)
    faults.install()
    faults.reported.connect(window.report_fault)
    window.completed.connect(gc_timer.freeze_current_objects)
    TerminationSignals(app).asked.connect(window.end_by_signal)


if __name__ == "__main__":
    sys.exit(main())
