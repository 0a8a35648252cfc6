"""The thread that reads digits that are to be added: a table of 60,000 takes two seconds."""

import threading
import traceback
from pathlib import Path

from PySide6.QtCore import QObject, QThread

from core.data import detection, sources
from core.data.mends import LabelsError
from core.errors import DigitpadError, MendableError
from core.messages import tr
from core.training import data_check
from core.training.data_check import Finding
from gui.shell.error_reporting import log


class _CancelledError(Exception):
    pass


class Addition(QThread):
    """Reads a file or folder of the user, or a source by its name, counts its digits and checks them.

    Attributes
    ----------
    source : str
        The name of the source.
    n : int
        Its digits; 0 where it could not be read.
    findings : tuple of Finding
        What is odd about them.
    error, details : str
        Why it could not be read, and the traceback if that was a fault of the program.
    mended : str
        The name of the source with the mend that the error asks for.
    """

    def __init__(self, what: Path | str, parent: QObject) -> None:
        super().__init__(parent)
        self._what, self._cancelled = what, threading.Event()
        self.source = what if isinstance(what, str) else ""
        self.n, self.findings = 0, tuple[Finding, ...]()
        self.error = self.details = self.mended = ""

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the digits any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """End the reading soon."""
        self._cancelled.set()

    def run(self) -> None:
        """Read the digits (off the GUI thread)."""
        try:
            self._read()
        except _CancelledError:
            pass
        except LabelsError as error:
            self._keep(data_check.judged(error))
        except MendableError as error:
            self._keep(error)
        except DigitpadError as error:
            self.error = str(error)
        except Exception as fault:
            self.error = tr("The digits could not be read, by a fault of the program: {error!r}", error=fault)
            self.details = traceback.format_exc()
            log.error("%s", self.details)

    def _read(self) -> None:
        if isinstance(self._what, Path):
            self.source = detection.source_of(self._what)
        source = sources.load(self.source, tick=self._tick)
        self.findings = data_check.findings(source)
        self.n = len(source.train) + len(source.test)

    def _keep(self, error: MendableError) -> None:
        self.error, self.mended = error.fact, error.mended

    def _tick(self) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
