"""Pen files in UNIPEN text: digits as strokes, each with its label and its writer.

``.SEGMENT DIGIT 0 ? "8"`` begins a digit, ``.COMMENT 8 12 224`` names its writer (12), ``.PEN_DOWN`` and ``.PEN_UP``
bracket a stroke, the lines between are ``x y``, y upwards (Guyon et al., 1994; digits of Alpaydin and Alimoglu, UCI).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from core import bounded
from core.errors import DataError, DrawingError
from core.ink import Drawing

MAX_BYTES = 256 * 2**20
_SEGMENT = re.compile(r'\.SEGMENT\s+DIGIT\s.*"(\d)"')
_COMMENT = re.compile(r"\.COMMENT\s+\d\s+(\d{1,9})\s+\d+\s*$")


@dataclass
class PenDigit:
    """One digit of a pen file: who wrote it (0 if that is not said), what, and how (y downwards)."""

    label: int
    writer: int = 0
    strokes: list[list[tuple[float, float]]] = field(default_factory=list)

    @property
    def drawing(self) -> Drawing:
        """The strokes as a drawing, in tablet units."""
        return Drawing.from_points(self.strokes)


def read(path: Path, writers: Collection[int] | None = None) -> list[PenDigit]:
    """Return the digits of a pen file, in its order; only those of ``writers``, if given.

    Raises
    ------
    DataError
        The file cannot be read, is not UNIPEN, or has a line that makes no sense; file and line are named.
    """
    content = bounded.read(path, MAX_BYTES, DataError)
    digits = _parse(content.decode("ascii", errors="replace"), str(path))
    if not digits:
        raise DataError(f"{path} is not a UNIPEN file of digits: it has no line .SEGMENT DIGIT")
    if writers is None:
        return digits
    chosen = [digit for digit in digits if digit.writer in writers]
    if not chosen:
        present = sorted({digit.writer for digit in digits})
        raise DataError(f"{path} has no digits of these writers; its writers are {present[0]} to {present[-1]}")
    return chosen


def _parse(text: str, name: str) -> list[PenDigit]:
    digits: list[PenDigit] = []
    stroke: list[tuple[float, float]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("."):
            point = line.split()
            if not point:
                continue
            if stroke is None:
                raise DataError(f"{name}, line {number}: {line.strip()[:40]!r} stands outside a stroke")
            try:
                x, y = map(float, point)
            except ValueError:
                raise DataError(f"{name}, line {number}: {line.strip()[:40]!r} is not a point x y") from None
            stroke.append((x, -y))
        elif line.startswith(".PEN_DOWN"):
            if not digits:
                raise DataError(f"{name}, line {number}: a stroke begins before the first .SEGMENT DIGIT")
            stroke = []
            digits[-1].strokes.append(stroke)
        elif line.startswith(".PEN_UP"):
            stroke = None
        elif line.startswith(".SEGMENT DIGIT"):
            match = _SEGMENT.match(line)
            if match is None:
                raise DataError(f"{name}, line {number}: {line.strip()[:40]!r} does not say which digit it is")
            if stroke is not None:
                raise DataError(f"{name}, line {number}: a digit begins within a stroke")
            digits.append(PenDigit(int(match[1])))
        elif digits and (match := _COMMENT.match(line)):
            digits[-1].writer = int(match[1])
    if stroke is not None:
        raise DataError(f"{name} is damaged: it ends within a stroke")
    return _checked(digits, name)


def _checked(digits: list[PenDigit], name: str) -> list[PenDigit]:
    for number, digit in enumerate(digits, start=1):
        try:
            empty = not digit.drawing
        except DrawingError as error:
            raise DataError(f"{name}, digit {number}: {error}") from None
        if empty:
            raise DataError(f"{name} is damaged: its digit number {number} has no points")
    return digits
