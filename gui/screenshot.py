"""Pictures of the window for the README: a drawn digit and a short run, without a screen, settings or traces."""

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from core import atomic
from core.ink import Drawing
from core.training import Progress
from gui import theme
from gui.main_window import MainWindow
from gui.worker import Outcome

_TWO = (
    (18, 30), (21, 22), (28, 15), (38, 11), (50, 10), (61, 14), (68, 22), (69, 32), (64, 43), (55, 54), (44, 66),
    (33, 77), (22, 88), (35, 86), (50, 86), (64, 88), (78, 87),
)  # fmt: skip


def take(app: QApplication, path: Path, *, dark: bool, state: str) -> int:
    """Save a PNG of the window and return an exit code; ``state`` is empty, recognised or training."""
    if refusal := atomic.refusal(path):
        return _fail(refusal)
    theme.apply(app, dark)
    window = MainWindow()
    window.show()
    window.add_curves()
    try:
        error = "" if state == "empty" else _fill(window, stop_early=state == "training")
        app.processEvents()
        if error:
            return _fail(error)
        if not window.grab().save(str(path), "PNG"):
            return _fail(f"{path} cannot be written")
    finally:
        window.session.shut_down()
        window.deleteLater()
    return 0


def _fail(sentence: str) -> int:
    print(f"digitpad: {sentence}", file=sys.stderr)
    return 2


def _fill(window: MainWindow, *, stop_early: bool) -> str:
    """Draw a digit and run a short training, to its end or to its middle; return why that failed, if it did."""
    window.pad_panel.pad.set_drawing(Drawing.from_points([_TWO]), fit=True)
    window.reader.answer()
    loop = QEventLoop()
    outcomes: list[Outcome] = []
    window.session.concluded.connect(outcomes.append)
    window.session.concluded.connect(loop.quit)

    def look(records: tuple[Progress, ...]) -> None:
        if stop_early and records[-1].step > 0.6 * records[-1].n_steps:
            loop.quit()

    window.session.progressed.connect(look)
    QTimer.singleShot(120_000, loop.quit)  # a run that hangs must not hang the command
    window.start()
    loop.exec()
    window.curves.flush()
    return outcomes[0].error if outcomes else ""
