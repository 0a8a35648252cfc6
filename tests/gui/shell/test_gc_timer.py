"""Garbage is collected in the GUI thread only."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject


class Cyclic(QObject):
    """A QObject in a reference cycle, which only the garbage collector can delete."""

    def __init__(self):
        super().__init__()
        self.itself = self


class Plain:
    """The same without Qt."""

    def __init__(self):
        self.itself = self


def collecting_threads(cyclic, kept):
    """Drop a cycle, and let another thread allocate enough objects, added to ``kept``, that a collection is due.

    Returns a list, to which the thread that deletes the cycle is appended, and the other thread.
    """
    collected_in = []
    weakref.finalize(cyclic(), lambda: collected_in.append(threading.get_ident()))
    thread = threading.Thread(target=lambda: kept.extend([] for _ in range(100_000)))
    thread.start()
    thread.join()
    return collected_in, thread.ident


def test_a_cycle_is_collected_in_the_gui_thread(qtbot):
    kept = []
    collected_in, _ = collecting_threads(Cyclic, kept)
    assert not collected_in
    qtbot.waitUntil(lambda: bool(collected_in))
    assert collected_in == [threading.get_ident()]


def test_automatic_collection_runs_in_any_thread():
    gc.enable()
    collected_in, thread = collecting_threads(Plain, [])
    gc.disable()
    assert collected_in == [thread]
