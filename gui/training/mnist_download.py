"""The way to MNIST: a download, or a copy from a folder, one at a time, off the GUI thread."""

import threading
import traceback
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from core.data import mnist
from core.errors import DigitpadError
from gui.shell.error_reporting import log
from gui.style.message import Message, Severity


class _CancelledError(Exception):
    pass


class _Fetch(QThread):
    """Downloads MNIST, or copies it from a folder, off the GUI thread.

    ``ended`` carries the error, or nothing, and the details where it was a fault of the program.
    """

    progressed = Signal(int, int)
    ended = Signal(str, str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End the download with the next piece that arrives; what came so far is thrown away."""
        self._cancelled.set()

    def run(self) -> None:
        """Do it (off the GUI thread)."""
        error = details = ""
        try:
            if self._folder is None:
                mnist.download(self._report)
            else:
                mnist.take_over(self._folder)
        except _CancelledError:
            pass
        except DigitpadError as known:
            error = str(known)
        except Exception as fault:
            error = f"MNIST could not be fetched, by a fault of the program: {fault!r}"
            details = traceback.format_exc()
            log.error("%s", details)
        self.ended.emit(error, details)

    def _report(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.progressed.emit(done, total)


class MnistDownload(QObject):
    """Fetches MNIST when the user asks; ``ended`` carries a Message on how that went."""

    progressed = Signal(int, int)
    """Bytes so far and in all; both 0 while nobody knows."""
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch: _Fetch | None = None

    @property
    def is_busy(self) -> bool:
        """Whether MNIST is on its way."""
        return self._fetch is not None

    def download(self) -> None:
        """Fetch MNIST from its mirrors."""
        self._begin(None)

    def take_from(self, folder: Path) -> None:
        """Copy MNIST from a folder of the user's."""
        self._begin(folder)

    def cancel(self) -> None:
        """End what is under way."""
        if self._fetch is not None:
            self._fetch.cancel()

    def shut_down(self) -> None:
        """End what is under way, and return when its thread has ended."""
        if self._fetch is not None:
            self._fetch.cancel()
            self._fetch.wait()

    def _begin(self, folder: Path | None) -> None:
        if self._fetch is not None:
            return
        self._fetch = _Fetch(folder, self)
        self._fetch.progressed.connect(self.progressed)
        self._fetch.ended.connect(self._on_ended)
        self.progressed.emit(0, 0)
        self._fetch.start()

    def _on_ended(self, error: str, details: str) -> None:
        fetch, self._fetch = self._fetch, None
        if fetch is None:
            return
        fetch.wait()
        fetch.deleteLater()
        if error:
            self.ended.emit(Message(error, Severity.BAD, details))
        elif mnist.folder() is None:
            self.ended.emit(Message(self.tr("The download was cancelled; nothing of it was kept."), Severity.INFO))
        else:
            self.ended.emit(Message(self.tr("MNIST is here."), Severity.GOOD))
