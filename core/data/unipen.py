"""Pen files in UNIPEN text: digits as strokes, each with its label and its writer.

``.SEGMENT DIGIT 0 ? "8"`` begins a digit, ``.COMMENT 8 12 224`` names its writer (12), ``.PEN_DOWN`` and ``.PEN_UP``
bracket a stroke, the lines between are ``x y``, y upwards (Guyon et al., 1994; digits of Alpaydin and Alimoglu, UCI).
"""

import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import DataError, DrawingError
from core.files import bounded
from core.preprocessing.ink import MAX_POINTS, MAX_STROKES, Drawing

MAX_BYTES = 64 * 2**20
_HEAD_BYTES = 2**16
_NO_TEXT = frozenset("\0\ufffd")  # what no ASCII text has
_DIGIT = ".SEGMENT DIGIT"
_SEGMENT = re.compile(r'\.SEGMENT\s+DIGIT\s.*"(\d)"')
_COMMENT = re.compile(r"\.COMMENT\s+\d\s+(\d{1,9})\s+\d+\s*$")

_Strokes = list[list[tuple[float, float]]]


@dataclass
class PenDigit:
    """One digit of a pen file: who wrote it (0 if that is not said), what, and how (y downwards, in tablet units)."""

    label: int
    writer: int = 0
    drawing: Drawing = field(default_factory=Drawing)


def read(path: Path, writers: Collection[int] | None = None) -> list[PenDigit]:
    """Return the digits of a pen file, in its order; only those of ``writers``, if given.

    Raises
    ------
    DataError
        The file cannot be read, is not UNIPEN, or has a line that makes no sense; file and line are named.
    """
    # Line by line, and each digit's points in an array as soon as it is complete: lists would take thirty times more.
    digits = _parse(_lines(bounded.read(path, MAX_BYTES, DataError)), str(path))
    if not digits:
        raise DataError(f"{path} is not a UNIPEN file of digits: it has no line .SEGMENT DIGIT")
    if writers is None:
        return digits
    chosen = [digit for digit in digits if digit.writer in writers]
    if not chosen:
        present = sorted({digit.writer for digit in digits})
        raise DataError(f"{path} has no digits of these writers; its writers are {present[0]} to {present[-1]}")
    return chosen


def check(path: Path) -> None:
    """Raise DataError, as ``read`` does, where a file begins as no pen file does; of a large one that takes 10 ms."""
    head = bounded.head(path, _HEAD_BYTES, DataError)
    if len(head) < _HEAD_BYTES or path.stat().st_size > MAX_BYTES:
        read(path)
        return
    lines = list(_lines(head))
    begins = [number for number, line in enumerate(lines) if line.startswith(_DIGIT)]
    _parse(lines[: begins[-1]] if begins else lines, str(path))  # the last digit may be cut off


def _lines(content: bytes) -> Iterable[str]:
    return io.TextIOWrapper(io.BytesIO(content), "ascii", errors="replace")


def _parse(lines: Iterable[str], name: str) -> list[PenDigit]:
    digits: list[PenDigit] = []
    strokes: _Strokes = []
    is_down, n_points = False, 0
    for number, line in enumerate(lines, start=1):
        if not line.startswith("."):
            if point := line.split():
                if not digits and not _NO_TEXT.isdisjoint(line):
                    raise DataError(f"{name} is not a UNIPEN file of digits: it is no text")
                if not is_down:
                    raise DataError(f"{name}, line {number}: {line.strip()[:40]!r} stands outside a stroke")
                strokes[-1].append(_point(point, f"{name}, line {number}: {line.strip()[:40]!r}"))
                n_points += 1
        elif line.startswith(".PEN_DOWN"):
            if not digits:
                raise DataError(f"{name}, line {number}: a stroke begins before the first .SEGMENT DIGIT")
            strokes.append([])
            is_down = True
        elif line.startswith(".PEN_UP"):
            is_down = False
        elif line.startswith(_DIGIT):
            match = _SEGMENT.match(line)
            if match is None:
                raise DataError(f"{name}, line {number}: {line.strip()[:40]!r} does not say which digit it is")
            if is_down:
                raise DataError(f"{name}, line {number}: a digit begins within a stroke")
            _complete(digits, strokes, name)
            digits.append(PenDigit(int(match[1])))
            strokes, n_points = [], 0
        elif digits and (match := _COMMENT.match(line)):
            digits[-1].writer = int(match[1])
        if n_points > MAX_POINTS or len(strokes) > MAX_STROKES:
            raise DataError(f"{name}, line {number}: a digit of more points or strokes than are read")
    if is_down:
        raise DataError(f"{name} is damaged: it ends within a stroke")
    _complete(digits, strokes, name)
    return digits


def _point(words: list[str], place: str) -> tuple[float, float]:
    try:
        x, y = map(float, words)
    except ValueError:
        raise DataError(f"{place} is not a point x y") from None
    return x, -y


def _complete(digits: list[PenDigit], strokes: _Strokes, name: str) -> None:
    """Give the last digit, if there is one, its strokes."""
    if not digits:
        return
    try:
        digits[-1].drawing = Drawing.from_points(strokes)
    except DrawingError as error:
        raise DataError(f"{name}, digit {len(digits)}: {error}") from None
    if not digits[-1].drawing:
        raise DataError(f"{name} is damaged: its digit number {len(digits)} has no points")
