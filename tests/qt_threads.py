"""Let coverage see what Qt's threads run: by itself it traces Python's own threads only. ``make coverage`` loads it.

It must be loaded before the classes are made whose ``run`` it wraps: ``pytest -p tests.qt_threads``.
"""

import functools
import sys
import threading

from PySide6.QtCore import QThread


def _traced(run):
    @functools.wraps(run)
    def traced(thread):
        sys.settrace(threading.gettrace())
        run(thread)

    return traced


@classmethod
def _trace_run(cls, **arguments):
    super(QThread, cls).__init_subclass__(**arguments)
    if "run" in vars(cls):
        cls.run = _traced(cls.run)


QThread.__init_subclass__ = _trace_run
