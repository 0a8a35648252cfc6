"""Reads pen files in the UNIPEN text format: digits as strokes, each with a label and a writer.

``.SEGMENT DIGIT 0 ? "8"`` begins a digit, ``.COMMENT 8 12 224`` gives its writer (12), ``.PEN_DOWN`` and ``.PEN_UP``
enclose a stroke, the lines between are ``x y``, y upwards (Guyon et al., 1994; digits of Alpaydin and Alimoglu, UCI).
"""

import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import DataError, DrawingError
from core.files import bounded
from core.messages import tr
from core.preprocessing.ink import MAX_POINTS, MAX_STROKES, Drawing

MAX_BYTES = 64 * 2**20
HEAD_BYTES = 2**16
"""How much of a large file ``check`` parses."""
_NOT_ASCII = frozenset("\0\ufffd")
_DIGIT = ".SEGMENT DIGIT"  # not shown
_SEGMENT = re.compile(r'\.SEGMENT\s+DIGIT\s.*"(\d)"')
_COMMENT = re.compile(r"\.COMMENT\s+\d\s+(\d{1,9})\s+\d+\s*$")


@dataclass
class PenDigit:
    """One digit of a pen file: label, writer (0 if unknown) and strokes (y downwards, in tablet units)."""

    label: int
    writer: int = 0
    drawing: Drawing = field(default_factory=Drawing)


def read(path: Path, writers: Collection[int] | None = None) -> list[PenDigit]:
    """Return the digits of a pen file, in its order; only those of ``writers``, if given.

    Raises
    ------
    DataError
        The file cannot be read, is not UNIPEN, or has an invalid line. The message names file and line.
    """
    # Line by line; the points of each complete digit go into an array: lists would take 30 times the memory.
    digits = _Parser(str(path)).parse(_lines(bounded.read(path, MAX_BYTES, DataError)))
    if not digits:
        raise DataError(tr("{path} is not a UNIPEN file of digits: it has no line .SEGMENT DIGIT", path=path))
    if writers is None:
        return digits
    chosen = [digit for digit in digits if digit.writer in writers]
    if not chosen:
        present = sorted({digit.writer for digit in digits})
        raise DataError(
            tr(
                "{path} has no digits of these writers; its writers are {first} to {last}",
                path=path,
                first=present[0],
                last=present[-1],
            )
        )
    return chosen


def check(path: Path) -> None:
    """Raise DataError, like ``read``, if the beginning of a file is not that of a pen file; takes at most 10 ms."""
    head = bounded.head(path, HEAD_BYTES, DataError)
    if len(head) < HEAD_BYTES or path.stat().st_size > MAX_BYTES:
        read(path)
        return
    lines = list(_lines(head))
    starts = [number for number, line in enumerate(lines) if line.startswith(_DIGIT)]
    _Parser(str(path)).parse(lines[: starts[-1]] if starts else lines)  # the last digit may be incomplete


def _lines(content: bytes) -> Iterable[str]:
    return io.TextIOWrapper(io.BytesIO(content), "ascii", errors="replace")


class _Parser:
    """Reads lines in order; ``name`` stands for the file in errors."""

    def __init__(self, name: str) -> None:
        self._name, self._line_number = name, 0
        self._digits: list[PenDigit] = []
        self._strokes: list[list[tuple[float, float]]] = []
        self._n_points, self._is_down = 0, False

    def parse(self, lines: Iterable[str]) -> list[PenDigit]:
        """Return the digits in the lines of a whole file, or of its beginning."""
        for self._line_number, line in enumerate(lines, start=1):
            if not line.startswith("."):
                self._read_point(line)
            elif line.startswith(".PEN_DOWN"):
                self._begin_stroke()
            elif line.startswith(".PEN_UP"):
                self._is_down = False
            elif line.startswith(_DIGIT):
                self._begin_digit(line)
            elif self._digits and (match := _COMMENT.match(line)):
                self._digits[-1].writer = int(match[1])
            if self._n_points > MAX_POINTS or len(self._strokes) > MAX_STROKES:
                raise self._error(tr("the digit has more points or strokes than are read"))
        if self._is_down:
            raise DataError(tr("{name} is damaged: it ends within a stroke", name=self._name))
        self._complete_digit()
        return self._digits

    def _read_point(self, line: str) -> None:
        words = line.split()
        if not words:
            return
        if not self._digits and not _NOT_ASCII.isdisjoint(line):
            raise DataError(tr("{name} is not a UNIPEN file of digits: it is not text", name=self._name))
        if not self._is_down:
            raise self._error(tr("{line!r} is outside a stroke", line=line.strip()[:40]))
        try:
            x, y = map(float, words)
        except ValueError:
            raise self._error(tr("{line!r} is not a point x y", line=line.strip()[:40])) from None
        self._strokes[-1].append((x, -y))
        self._n_points += 1

    def _begin_stroke(self) -> None:
        if not self._digits:
            raise self._error(tr("a stroke begins before the first .SEGMENT DIGIT"))
        self._strokes.append([])
        self._is_down = True

    def _begin_digit(self, line: str) -> None:
        match = _SEGMENT.match(line)
        if match is None:
            raise self._error(tr("{line!r} does not say which digit it is", line=line.strip()[:40]))
        if self._is_down:
            raise self._error(tr("a digit begins within a stroke"))
        self._complete_digit()
        self._digits.append(PenDigit(int(match[1])))
        self._strokes, self._n_points = [], 0

    def _complete_digit(self) -> None:
        """Turn the strokes read so far into the drawing of the last digit, if there is one."""
        if not self._digits:
            return
        number = len(self._digits)
        try:
            drawing = Drawing.from_points(self._strokes)
        except DrawingError as error:
            raise DataError(
                tr("{name}, digit {number}: {reason}", name=self._name, number=number, reason=error)
            ) from None
        if not drawing:
            raise DataError(
                tr("{name} is damaged: its digit number {number} has no points", name=self._name, number=number)
            )
        self._digits[-1].drawing = drawing

    def _error(self, problem: str) -> DataError:
        return DataError(
            tr("{name}, line {number}: {problem}", name=self._name, number=self._line_number, problem=problem)
        )
