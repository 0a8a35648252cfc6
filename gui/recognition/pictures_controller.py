"""Reads several files one after the other, lists them with their answers, and writes the list to a file."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from core.digits import Verdict
from core.errors import DigitpadError, DrawingError
from core.files import atomic
from core.recognition.file_reading import FileReading, csv_text, read_file
from gui.recognition.active_model import ActiveModel
from gui.recognition.answer import REJECTED
from gui.recognition.pictures_dialog import PicturesDialog
from gui.style.images import image_of
from gui.style.message import Message, Severity

MAX_FILES = 500
"""The most files that are listed."""


class PicturesController(QObject):
    """Fills the dialog with one file in each turn of the event loop, by the network that answers at that time.

    Closing the dialog ends the reading.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    fileChosen = Signal(object)
    """The user wants a file on the pad: its pathlib.Path."""
    ended = Signal()
    """All files are listed."""

    def __init__(self, active_model: ActiveModel, window: QWidget) -> None:
        super().__init__(window)
        self._active_model, self._window = active_model, window
        self.dialog = PicturesDialog(window)
        self.dialog.rowChosen.connect(self._on_row)
        self.dialog.exportRequested.connect(self._choose_path)
        self.dialog.finished.connect(self.stop)
        self._files: Sequence[Path] = ()
        self._pending: deque[Path] = deque()
        self.readings: list[FileReading] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._read_next)

    def show(self, files: Sequence[Path]) -> None:
        """List files, instead of those listed before."""
        self._files, self._pending = files, deque(files[:MAX_FILES])
        self.readings = []
        self.dialog.begin()
        self._show_progress()
        self.dialog.show()
        self.dialog.raise_()
        self._next.start()

    def stop(self) -> None:
        """Read no further file."""
        self._pending.clear()
        self._next.stop()

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
        if not self._pending:
            return
        recognizer = self._active_model.recognizer
        if recognizer is None:
            self.stop()
            self.dialog.set_progress(self.tr("There is no network that could read them."), is_complete=False)
            return
        path = self._pending.popleft()
        reading = read_file(recognizer, path)
        self.readings.append(replace(reading, pixels=None))  # the thumbnail is enough
        probability = "" if reading.probability is None else f"{reading.probability:.1%}".replace("%", " %")
        self.dialog.add_row(
            _picture(reading), path.name, str(path), _answer(reading), probability, self._remark(reading)
        )
        self._show_progress()
        if self._pending:
            self._next.start()
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
        n, n_listed = len(self.readings), min(len(self._files), MAX_FILES)
        if self._pending:
            text = self.tr("{n} of {total} files are read…").format(n=n, total=n_listed)
        elif len(self._files) > MAX_FILES:
            template = self.tr("The first {n} of {total} files are listed.")
            text = template.format(n=n, total=len(self._files))
        else:
            text = self.tr("{n} files. Double-click one to put it on the pad.").format(n=n)
        self.dialog.set_progress(text, is_complete=bool(self.readings) and not self._pending)

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


def _picture(reading: FileReading) -> QImage:
    """Return the picture, or what the network sees of a drawing, dark on light; a null image where there is neither."""
    if reading.pixels is not None:
        return image_of(reading.pixels)
    return image_of(255 - reading.predictions[0].image) if reading.predictions else QImage()
