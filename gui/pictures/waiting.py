"""Waiting while the window works: for a moment, or through a training run."""

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

from core.errors import TrainingError
from core.messages import tr
from core.runs.records import RunOutcome
from gui.main_window import MainWindow
from gui.training.events import RunEvent

_LIMIT_S = 300  # a run that hangs must not hang the command


def wait(milliseconds: int) -> None:
    """Process events for this long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()


def train(window: MainWindow, start: Callable[[], object], is_enough: Callable[[RunEvent], bool]) -> None:
    """Call ``start`` and return at the end of the run, or at the first event that is enough.

    Raises
    ------
    TrainingError
        The run failed, or takes too long.
    """
    loop, session = QEventLoop(), window.workbench.session
    outcomes: list[RunOutcome] = []

    def on_event(event: RunEvent) -> None:
        if is_enough(event):
            loop.exit(1)

    def on_concluded(outcome: RunOutcome) -> None:
        outcomes.append(outcome)
        loop.exit(1)

    session.happened.connect(on_event)
    session.concluded.connect(on_concluded)
    QTimer.singleShot(1000 * _LIMIT_S, loop, loop.quit)
    start()
    is_in_time = loop.exec() == 1
    session.happened.disconnect(on_event)
    session.concluded.disconnect(on_concluded)
    if outcomes and outcomes[0].error:
        raise TrainingError(outcomes[0].error)
    if not is_in_time:
        raise TrainingError(tr("the run for the picture takes longer than {seconds} s", seconds=_LIMIT_S))
    if window.workbench.lab.curves is not None:
        window.workbench.lab.curves.flush()
