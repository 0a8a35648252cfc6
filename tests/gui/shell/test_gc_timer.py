"""Garbage is searched for in the GUI's thread alone."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject


class Circle(QObject):
    """An object that only the search for garbage can find."""

    def __init__(self):
        super().__init__()
        self.itself = self


class Plain:
    """The same, without anything of Qt's."""

    def __init__(self):
        self.itself = self


def where_it_ends(made, kept):
    """Drop a circle, and let another thread make so many objects, added to ``kept``, that a search is due.

    Returns a list to which the thread is added in which the circle ends, and the other thread.
    """
    ended = []
    weakref.finalize(made(), lambda: ended.append(threading.get_ident()))
    thread = threading.Thread(target=lambda: kept.extend([] for _ in range(100_000)))
    thread.start()
    thread.join()
    return ended, thread.ident


def test_it_ends_in_the_guis_thread(qtbot):
    kept = []
    ended, _ = where_it_ends(Circle, kept)
    assert not ended
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [threading.get_ident()]


def test_by_itself_python_ends_it_in_any():
    gc.enable()
    ended, thread = where_it_ends(Plain, [])
    gc.disable()
    assert ended == [thread]
