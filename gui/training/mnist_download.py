"""Gets MNIST, from its mirrors or from a folder, one at a time and off the GUI thread."""

import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from core.data import mnist
from core.errors import DigitpadError
from core.messages import tr
from gui.shell.error_reporting import log
from gui.style.message import Message, Severity


class _CancelledError(Exception):
    pass


class _Fetch(QThread):
    """Downloads MNIST, or copies it from a folder.

    Attributes
    ----------
    error, details : str
        Why it failed, and the traceback if that was a fault of the program; set when the thread has finished.
    """

    def __init__(self, folder: Path | None, report: Callable[[int, int], object], parent: QObject) -> None:
        super().__init__(parent)
        self._folder, self._report = folder, report
        self._cancelled = threading.Event()
        self.error = self.details = ""

    def cancel(self) -> None:
        """End the download at the next chunk; what has arrived is deleted."""
        self._cancelled.set()

    def run(self) -> None:
        """Download or copy (off the GUI thread)."""
        try:
            if self._folder is None:
                mnist.download(self._on_chunk)
            else:
                mnist.take_over(self._folder)
        except _CancelledError:
            pass
        except DigitpadError as known:
            self.error = str(known)
        except Exception as fault:
            self.error = tr("MNIST could not be fetched, by a fault of the program: {error!r}", error=fault)
            self.details = traceback.format_exc()
            log.error("%s", self.details)

    def _on_chunk(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self._report(done, total)


class MnistDownload(QObject):
    """Gets MNIST on request."""

    progressed = Signal(int, int)
    """Bytes so far and in all; both 0 while unknown."""
    ended = Signal(object)
    """The end of a download, or of a copy: a ``Message`` with its result."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch: _Fetch | None = None

    @property
    def is_busy(self) -> bool:
        """Whether MNIST is being downloaded or copied."""
        return self._fetch is not None

    def download(self) -> None:
        """Download MNIST from its mirrors."""
        self._start(None)

    def take_from(self, folder: Path) -> None:
        """Copy MNIST from a folder of the user."""
        self._start(folder)

    def cancel(self) -> None:
        """Cancel the download."""
        if self._fetch is not None:
            self._fetch.cancel()

    def shut_down(self) -> None:
        """Cancel the download, and return when its thread has ended."""
        if self._fetch is not None:
            self._fetch.cancel()
            self._fetch.wait()

    def _start(self, folder: Path | None) -> None:
        if self._fetch is not None:
            return
        # Emitted in the thread of the fetch, and therefore queued for receivers in the GUI thread.
        self._fetch = _Fetch(folder, self.progressed.emit, self)
        self._fetch.finished.connect(self._on_finished)
        self.progressed.emit(0, 0)
        self._fetch.start()

    def _on_finished(self) -> None:
        fetch, self._fetch = self._fetch, None
        if fetch is None:
            return
        fetch.wait()
        fetch.deleteLater()
        self.ended.emit(self._result(fetch))

    def _result(self, fetch: _Fetch) -> Message:
        if fetch.error:
            return Message(fetch.error, Severity.BAD, fetch.details)
        if mnist.folder() is None:
            return Message(self.tr("The download was cancelled; nothing of it was kept."), Severity.INFO)
        return Message(self.tr("MNIST is here."), Severity.GOOD)
