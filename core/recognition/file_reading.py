"""Readings of files, of which one that cannot be read does not stop the others, and their table."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.digits import Verdict
from core.errors import DigitpadError, DrawingError
from core.formats import picture_file
from core.messages import tr
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Prediction, Recognizer, numbers_of

DRAWING_SUFFIX = ".json"
COLUMNS = ("file", "number", "judgement", "probability", "error")
"""The columns of the table, which other programs read."""


@dataclass(frozen=True, eq=False)
class FileReading:
    """The digits in a file, or the reason why there are none.

    Attributes
    ----------
    predictions
        One for each digit or symbol; empty with an error.
    lines
        The number of each one's line, as in ``Reading``.
    error
        A sentence that names the file, or "".
    pixels
        Those of a picture; for a drawing, its image (28, 28), dark on light; None where neither could be read.
    """

    path: Path
    predictions: tuple[Prediction, ...] = ()
    lines: tuple[int, ...] = ()
    error: str = ""
    pixels: NDArray[np.uint8] | None = None

    @property
    def number(self) -> str:
        """All numbers, separated by a space; empty with an error."""
        return " ".join(self.numbers)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The number in each line: its most probable digits, without symbols."""
        return numbers_of(self.predictions, self.lines)

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the verdicts on the digits; None with an error."""
        found = {prediction.verdict for prediction in self._digits}
        order = (Verdict.NOT_A_DIGIT, Verdict.TWO_CANDIDATES, Verdict.DIGIT)
        return next((verdict for verdict in order if verdict in found), None)

    @property
    def probability(self) -> float | None:
        """The probability of the least sure digit; None with an error."""
        return min((float(prediction.probabilities.max()) for prediction in self._digits), default=None)

    @property
    def _digits(self) -> tuple[Prediction, ...]:
        """The predictions without symbols; all of them where there are only symbols."""
        return tuple(each for each in self.predictions if not each.is_symbol) or self.predictions


def read_file(recognizer: Recognizer, path: Path) -> FileReading:
    """Read the digits in a picture, or in a drawing (ink JSON); raises nothing for a file that cannot be read."""
    pixels: NDArray[np.uint8] | None = None
    try:
        if path.suffix.lower() == DRAWING_SUFFIX:
            drawing = Drawing.load(path)
            pixels = 255 - ink.render(drawing) if drawing else None
            reading = recognizer.read(drawing)
        else:
            pixels = picture_file.load(path)
            reading = recognizer.read_picture(pixels)
        if reading is None:
            raise DrawingError(tr("{path}: nothing is drawn there", path=path))
    except DigitpadError as error:
        return FileReading(path, error=str(error), pixels=pixels)
    return FileReading(path, reading.predictions, reading.lines, pixels=pixels)


def csv_text(readings: Iterable[FileReading]) -> str:
    """Return readings as a table of comma-separated values, one file a row, with ``COLUMNS`` above."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for reading in readings:
        judgement = reading.verdict.value if reading.verdict is not None else ""
        probability = "" if reading.probability is None else f"{reading.probability:.6f}"
        writer.writerow([reading.path, reading.number, judgement, probability, reading.error])
    return text.getvalue()
