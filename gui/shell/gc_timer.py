"""Garbage collection by a timer of the GUI thread, instead of by Python's automatic one.

Python collects in the thread that allocates the newest object, usually the training thread. There it may delete a
widget, such as a closed dialog in a reference cycle, while Qt uses it: Qt requires each object to be deleted in its own
thread. Automatic collection is not safe in the GUI thread either: when the style changes, Qt iterates over a copy of
the list of all widgets, and calls into Python meanwhile.
"""

import gc

from PySide6.QtCore import QCoreApplication, QTimer

_INTERVAL_MS = 1000


def install(app: QCoreApplication) -> QTimer:
    """Disable automatic collection, and collect by a timer of the application."""
    gc.disable()
    timer = QTimer(app)
    timer.timeout.connect(_collect)
    timer.start(_INTERVAL_MS)
    return timer


def freeze_current_objects() -> None:
    """Freeze the objects alive now: scanning a whole window at each collection takes 36 ms."""
    gc.freeze()


def _collect() -> None:
    """Collect the oldest generation that is due by Python's own rule."""
    due = [n for n, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most]
    if due:
        gc.collect(due[-1])
