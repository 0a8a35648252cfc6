"""digitpad: opens the window, or renders a picture of it."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import core
from core.arguments import Parser
from gui import display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

STATES = (
    *("recognised", "number", "unsure", "refused", "training", "empty"),
    *("runs", "overlaid", "network", "answers"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and return its exit code: 2 where none can be opened."""
    options = _options(arguments)
    # Before NumPy is there: reading a drawing takes a millisecond, and threads that spin for each other, beside
    # anything else that runs, make 30 of it. A run in training says by itself how many it takes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if options.screenshot is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_LOGGING_RULES"] = "*=false"  # what a window lacks without a screen is no news here
        if options.scale != 1:
            os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    if problem := display.problem():
        print(f"digitpad: {problem}", file=sys.stderr)
        return 2
    try:
        spare_sources()
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as error:
        print(
            f"digitpad: Qt cannot be loaded ({error}); the README names the system libraries it needs", file=sys.stderr
        )
        return 2
    app = _application()
    if options.screenshot is not None:
        from gui.screenshot import take

        return take(app, options.screenshot, dark=options.dark, state=options.state)
    return _open_window(app)


def spare_sources() -> None:
    """Keep PySide6 from reading the source of each module that is imported from now on.

    It looks for its own name in them, to know where its optional features might be wanted; here they are not. Python
    keeps all that was read: 14 MiB, and 20 ms until the first frame. Where the private function is gone, all is as it
    was.
    """
    from PySide6 import QtCore  # noqa: F401

    features = vars(sys.modules["shibokensupport.feature"]) if "shibokensupport.feature" in sys.modules else {}
    if "_mod_uses_pyside" in features:
        features["_mod_uses_pyside"] = lambda module: True


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(prog="digitpad", description="Draw a digit and have it recognised; watch a neural network learn.")
    parser.add_argument("--version", action="version", version=f"digitpad {core.__version__}")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the window as PNG, and exit")
    parser.add_argument("--dark", action="store_true", help="with --screenshot: in dark colours")
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="X", help="with --screenshot: pixels a point, such as 2"
    )
    parser.add_argument("--state", choices=STATES, default=STATES[0], help="with --screenshot: what the window shows")
    return parser.parse_args(arguments)


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.5 <= scale <= 4:
        raise argparse.ArgumentTypeError(f"a scale goes from 0.5 to 4, not {text}")
    return scale


def _application() -> "QApplication":
    """Make the application and tell the system who it is."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    from gui import theme

    os.environ[theme.STYLE_VARIABLE] = theme.STYLE
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would wait for the event loop to end
    app = QApplication(sys.argv[:1])
    # After the application exists: the X11 plugin sets it anew, and would merge the pen's moves while the GUI is busy.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    app.setApplicationName("digitpad")
    app.setApplicationDisplayName("digitpad")
    app.setApplicationVersion(core.__version__)
    app.setDesktopFileName("digitpad")
    return app


def _open_window(app: "QApplication") -> int:
    from gui.main_window import MainWindow
    from gui.preferences import Preferences

    gc.disable()  # what is made now stays; to look for what does not takes 7 ms until the first frame
    window = MainWindow(Preferences(), in_steps=True)
    window.begun.connect(partial(_settle, app, window))
    window.show()
    return app.exec()


def _settle(app: "QApplication", window: "MainWindow") -> None:
    """Do what the first frame does not wait for."""
    from gui import theme
    from gui.faults import FaultReporter, start_log

    gc.enable()
    app.setWindowIcon(theme.app_icon())
    start_log()
    faults = FaultReporter(app)
    faults.install()
    faults.reported.connect(window.report_fault)


if __name__ == "__main__":
    sys.exit(main())
