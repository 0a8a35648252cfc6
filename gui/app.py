"""The command ``digitpad``: opens the window, or saves a screenshot of it."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import core
from core.messages import tr
from gui.shell import display

if TYPE_CHECKING:
    import argparse

    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

_PIXMAP_CACHE_KIB = 4096  # times the screen's pixels for one of the logical ones


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or save a screenshot, and return the exit code: 2 if no window can be opened."""
    screenshot = _screenshot_options(sys.argv[1:] if arguments is None else arguments)
    # Before NumPy is imported. Recognising a drawing takes a millisecond with one thread; several threads, which wait
    # for each other in busy loops, take 30 ms beside another process. A run sets its own number of threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if screenshot is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_LOGGING_RULES"] = "*=false"  # Qt warns of what it lacks without a screen
        if screenshot.scale != 1:
            os.environ["QT_SCALE_FACTOR"] = str(screenshot.scale)
    if problem := display.problem():
        print(f"digitpad: {problem}", file=sys.stderr)
        return 2
    try:
        hasten_imports()
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as error:
        text = tr("Qt cannot be loaded ({reason}); the README names the system libraries it needs", reason=error)
        print(f"digitpad: {text}", file=sys.stderr)
        return 2
    app = create_application()
    if screenshot is not None:
        from gui.pictures.screenshot import take

        return take(app, screenshot.screenshot, dark=screenshot.dark, state=screenshot.state)
    return _open_window(app)


def _screenshot_options(arguments: Sequence[str]) -> "argparse.Namespace | None":
    """Return the options of a screenshot, or None to open the window."""
    if not arguments:  # and then the parser is not imported
        return None
    from gui.shell.arguments import parsed

    options = parsed(arguments)
    return options if options.screenshot is not None else None


def hasten_imports() -> None:
    """Make the imports that follow faster.

    Automatic garbage collection is disabled, which saves 7 ms; ``gc_timer.install`` replaces it later. PySide6 is kept
    from reading the source of each imported module, which saves 20 ms, and 14 MiB that Python would keep. It searches
    them for its own name to know where its optional features might be used; they are not used here. If PySide6's
    private function is missing, only the collection is disabled.
    """
    gc.disable()
    from PySide6 import QtCore  # noqa: F401

    features = vars(sys.modules["shibokensupport.feature"]) if "shibokensupport.feature" in sys.modules else {}
    if "_mod_uses_pyside" in features:
        features["_mod_uses_pyside"] = lambda module: True


def create_application() -> "QApplication":
    """Return the application, with its name and version set."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtGui import QPixmapCache
    from PySide6.QtWidgets import QApplication

    from gui.shell import gc_timer
    from gui.style import theme

    os.environ[theme.STYLE_VARIABLE] = theme.STYLE
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would run only after the event loop
    app = QApplication(sys.argv[:1])
    gc_timer.install(app)
    # Qt's style caches a picture of each button, since each has its own palette: up to 10 MiB by default. The plots'
    # axes have to find room too.
    QPixmapCache.setCacheLimit(round(_PIXMAP_CACHE_KIB * app.devicePixelRatio() ** 2))
    # After the application is created: the X11 plugin sets it, and Qt would merge pen events while the GUI is busy.
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
    window.begun.connect(partial(_complete, app, window))
    window.show()
    return app.exec()


def _complete(app: "QApplication", window: "MainWindow") -> None:
    """Set up what is not needed before the first frame: icon, log, error reporting, signals."""
    from gui.shell import gc_timer
    from gui.shell.error_reporting import ErrorReporter, start_log
    from gui.shell.termination import TerminationSignals
    from gui.style import icons

    app.setWindowIcon(icons.app_icon())
    start_log()
    reporter = ErrorReporter(app)
    reporter.install()
    reporter.reported.connect(window.report_fault)
    window.completed.connect(gc_timer.freeze_current_objects)
    TerminationSignals(app).asked.connect(window.end_by_signal)


if __name__ == "__main__":
    sys.exit(main())
