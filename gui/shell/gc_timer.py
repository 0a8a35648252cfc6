"""Python's search for garbage, kept in the GUI's thread.

By itself Python searches in whatever thread has made the newest object, which is the one that trains, as a rule. What
it finds there may be a widget, such as a dialog that was closed and refers to itself in a circle: it would be deleted
in that thread, while Qt, which wants every object deleted in its own, may be busy with it. Nor is it safe wherever it
happens to set in within the GUI's thread: when the style changes, Qt walks through a copy of the list of all widgets,
and calls into Python meanwhile.
"""

import gc

from PySide6.QtCore import QCoreApplication, QTimer

_INTERVAL_MS = 1000


def install(app: QCoreApplication) -> QTimer:
    """Let garbage be searched for by a timer of the application's, and by nothing else."""
    gc.disable()
    timer = QTimer(app)
    timer.timeout.connect(_collect)
    timer.start(_INTERVAL_MS)
    return timer


def freeze_current_objects() -> None:
    """Search no more among what there is by now: a whole window, which stays, would take 36 ms."""
    gc.freeze()


def _collect() -> None:
    """Search in the oldest generation whose turn it is: Python's own rule."""
    due = [n for n, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most]
    if due:
        gc.collect(due[-1])
