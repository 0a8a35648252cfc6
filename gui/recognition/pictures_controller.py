"""Reads several files one after the other, lists them with their answers, and writes the list to a file."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from core.digits import Verdict
from core.errors import DigitpadError, DrawingError
from core.files import atomic
from core.recognition.file_reading import FileReading, csv_text, read_file
from core.recognition.recognizer import Recognizer
from gui.recognition.active_model import ActiveModel
from gui.recognition.answer import REJECTED
from gui.recognition.pictures_dialog import PicturesDialog, reduced
from gui.recognition.reading_thread import ReadingThread
from gui.shell.job_thread import Failed, Tick
from gui.style.images import image_of
from gui.style.message import Message, Severity

MAX_FILES = 500
"""The most files that are listed."""


class PicturesController(QObject):
    """Fills the dialog as files are read off the GUI thread, each by the network that answers when it is begun.

    The button to stop, or closing the dialog, ends the reading; the files that were read by then stay listed.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    fileChosen = Signal(object)
    """The user wants a file on the pad: its pathlib.Path."""
    ended = Signal()
    """All files are listed, or as many as were read before the user ended it."""

    def __init__(self, active_model: ActiveModel, window: QWidget) -> None:
        super().__init__(window)
        self._active_model, self._window = active_model, window
        self.dialog = PicturesDialog(window)
        self.dialog.rowChosen.connect(self._on_row)
        self.dialog.exportRequested.connect(self._choose_path)
        self.dialog.stop_button.clicked.connect(self.stop)
        self.dialog.finished.connect(self.stop)
        self._files: Sequence[Path] = ()
        self._pending: deque[Path] = deque()
        self.readings: list[FileReading] = []
        self._reading = ReadingThread(self)
        self._reading.ended.connect(self._on_read)

    def show(self, files: Sequence[Path]) -> None:
        """List files, instead of those listed before."""
        self._files, self._pending = files, deque(files[:MAX_FILES])
        self.readings = []
        self.dialog.begin()
        self._show_progress()
        self.dialog.show()
        self.dialog.raise_()
        self._read_next()

    def stop(self) -> None:
        """Read no further file."""
        if not self._pending:
            return
        self._pending.clear()
        self._reading.forget()
        self._show_progress()
        self.ended.emit()

    def shut_down(self) -> None:
        """Read no further file, and return when no thread is left."""
        self._pending.clear()
        self._reading.shut_down()

    def export(self, path: Path) -> None:
        """Write the list as comma-separated values, as ``digitpad-lab predict --csv`` prints them, and report it."""
        message = Message(self.tr("Saved as {path}.").format(path=path), Severity.GOOD)
        try:
            if problem := atomic.problem(path):
                raise DrawingError(problem)
            atomic.write(path, csv_text(self.readings).encode(errors="backslashreplace"), DrawingError)
        except DigitpadError as error:
            message = Message(str(error), Severity.BAD)
        self.dialog.set_progress(message.text, is_complete=True)  # the dialog may hide the window's message bar
        self.messageReady.emit(message)

    def _read_next(self) -> None:
        recognizer = self._active_model.frozen()
        if recognizer is None:
            self._pending.clear()
            self.dialog.set_progress(self.tr("There is no network that could read them."), is_complete=False)
            self.ended.emit()
            return
        self._reading.read(partial(_read, recognizer, self._pending[0]))

    def _on_read(self, result: tuple[FileReading, QImage] | Failed) -> None:
        path = self._pending.popleft()
        if isinstance(result, Failed):
            result = FileReading(path, error=f"{path}: {result.reason}"), QImage()
        reading, thumbnail = result
        self.readings.append(reading)
        probability = "" if reading.probability is None else f"{reading.probability:.1%}".replace("%", " %")
        self.dialog.add_row(thumbnail, path.name, str(path), _answer(reading), probability, self._remark(reading))
        self._show_progress()
        if self._pending:
            self._read_next()
        else:
            self.ended.emit()

    def _remark(self, reading: FileReading) -> str:
        """Return the error without the file's name, or what is doubtful."""
        if reading.error:
            return reading.error.removeprefix(str(reading.path)).lstrip(": ")
        if reading.verdict is Verdict.NOT_A_DIGIT:
            return self.tr("not a digit")
        if reading.verdict is Verdict.TWO_CANDIDATES and len(reading.predictions) == 1:
            first, second = reading.predictions[0].candidates
            return self.tr("{first} or {second}").format(first=first, second=second)
        return self.tr("not sure") if reading.verdict is Verdict.TWO_CANDIDATES else ""

    def _show_progress(self) -> None:
        n, n_listed, total = len(self.readings), min(len(self._files), MAX_FILES), len(self._files)
        if self._pending:
            text = self.tr("{n} of {total} files are read…").format(n=n, total=n_listed)
        elif n < n_listed:
            text = self.tr("Stopped: {n} of {total} files are listed.").format(n=n, total=total)
        elif n < total:
            text = self.tr("The first {n} of {total} files are listed.").format(n=n, total=total)
        else:
            text = self.tr("{n} files. Double-click one to put it on the pad.").format(n=n)
        self.dialog.set_progress(text, is_complete=bool(self.readings) and not self._pending)
        self.dialog.set_reading(bool(self._pending))

    def _on_row(self, row: int) -> None:
        self.fileChosen.emit(self.readings[row].path)

    def _choose_path(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self.dialog, self.tr("Export the answers"), "", self.tr("Comma-separated values (*.csv)")
        )
        if name:
            path = Path(name)
            self.export(path if path.suffix else path.with_name(f"{path.name}.csv"))


def _answer(reading: FileReading) -> str:
    """Return the number, with "?" for each part that is no digit."""
    rejected = Verdict.NOT_A_DIGIT
    return "".join(REJECTED if each.verdict is rejected else str(each.digit) for each in reading.predictions)


def _read(recognizer: Recognizer, path: Path, tick: Tick) -> tuple[FileReading, QImage]:
    """Read a file (off the GUI thread); return its answer without its pixels, and a picture of it, or a null one."""
    reading = read_file(recognizer, path)
    pixels = reading.pixels
    picture = QImage() if pixels is None or not pixels.size else reduced(image_of(pixels))
    return replace(reading, pixels=None), picture
