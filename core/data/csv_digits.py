"""Reads digits from tables of text: a label and 784 values a row, the label first or last, with a header or without.

Values are separated by commas, semicolons or tabs; the file may be gzip-compressed. Kaggle's MNIST is such a table.
Values may be 0 to 255, or of another range, which ``core.data.mends`` scales.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import idx
from core.digits import N_CLASSES, N_PIXELS, SIZE
from core.errors import DataError, reason_of
from core.files import bounded
from core.messages import tr

MAX_BYTES = idx.MAX_BYTES
"""Of the text, uncompressed."""
MAX_LINE_BYTES = 2**16
MAX_LINES = 1_000_000
_N_COLUMNS = N_PIXELS + 1
_LARGEST = 60_000.0  # that a half-precision number holds
_ROWS = 100  # read at a time, 4 ms: the parser holds the interpreter's lock
_LABEL_NAMES = {"label", "labels", "class", "digit", "number", "target", "y"}  # not shown
_INDEX_NAMES = {"", "index", "id", "unnamed: 0"}  # not shown


def read(path: Path, tick: Callable[[], object] = bool) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the images (N, 28, 28), uint8 or float16 as they are stored, and the labels (N,) of a table.

    ``tick`` is called time and again; an exception that it raises ends the reading.

    Raises
    ------
    DataError
        The file cannot be read or is no such table. The message names the file, and the line.
    """
    table = _Table(path, tick)
    bounded.check_ordinary(path, DataError)
    try:
        with ExitStack() as stack:
            table.fill(_lines(path, stack))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(tr("{path} is damaged: its compressed content ends early or is wrong", path=path)) from None
    except OSError as error:
        raise DataError(tr("{path} cannot be read: {reason}", path=path, reason=reason_of(error))) from None
    return table.digits()


def _lines(path: Path, stack: ExitStack) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is not empty."""
    file = stack.enter_context(path.open("rb"))
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = stack.enter_context(gzip.GzipFile(fileobj=file)) if is_packed else file
    n_bytes, number = 0, 0
    while line := stream.readline(MAX_LINE_BYTES):
        n_bytes, number = n_bytes + len(line), number + 1
        if n_bytes > MAX_BYTES:
            raise DataError(tr("{path} is larger than {limit} MiB of text", path=path, limit=MAX_BYTES // 2**20))
        if number > MAX_LINES:
            raise DataError(tr("{path} has more than {limit:,} lines: too many to be read", path=path, limit=MAX_LINES))
        if len(line) == MAX_LINE_BYTES:
            raise DataError(tr("{path}, line {number}: the line is too long", path=path, number=number))
        if text := line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip("\r\n \0"):
            yield number, text


@dataclass
class _Table:
    """The rows read so far: (N, 785) values in blocks, bytes where all values of a block are."""

    path: Path
    tick: Callable[[], object]
    header: list[str] = field(default_factory=list)
    blocks: list[NDArray[Any]] = field(default_factory=list)
    separator: str = ","
    has_index: bool = False
    has_fractions: bool = False

    def fill(self, lines: Iterator[tuple[int, str]]) -> None:
        """Read all lines."""
        waiting: list[tuple[int, str]] = []
        first = next(lines, None)
        if first is None:
            raise DataError(tr("{path} is empty", path=self.path))
        self.separator = max(",;\t ", key=first[1].count)
        cells = [cell.strip().strip('"').lower() for cell in first[1].split(self.separator)]
        if self._is_header(cells):
            self.header, self.has_index = cells, len(cells) == _N_COLUMNS + 1 and cells[0] in _INDEX_NAMES
        else:
            waiting.append(first)
        for line in lines:
            waiting.append(line)
            if len(waiting) == _ROWS:
                self._add(waiting)
                waiting = []
        if waiting:
            self._add(waiting)
        if not self.blocks:
            raise DataError(tr("{path} has no rows below its header", path=self.path))

    def _is_header(self, cells: list[str]) -> bool:
        """Return whether the first line names the columns; counting them, as pandas does, is naming them too."""
        numbers = [_number(cell) for cell in cells]
        if None in numbers:
            return len(cells) > 1 and sum(number is None for number in numbers) * 2 >= len(cells) - N_PIXELS
        return numbers in ([float(i) for i in range(len(cells))], [float(i + 1) for i in range(len(cells))])

    def _add(self, lines: list[tuple[int, str]]) -> None:
        self.tick()
        values = self._parsed([text for _, text in lines])
        if values is None:  # read line by line, to name the first bad one
            values = np.concatenate([self._row(number, text) for number, text in lines])
        is_bytes = bool((values >= 0).all() and (values <= 255).all() and (values == np.rint(values)).all())
        self.blocks.append(values.astype(np.uint8 if is_bytes else np.float16))

    def _parsed(self, texts: list[str]) -> NDArray[np.float32] | None:
        """Return the rows of lines (N, 785); None where they are no such rows."""
        n_columns = _N_COLUMNS + self.has_index
        joined = [self._joined(text) for text in texts]
        if any(text.count(",") != n_columns - 1 for text in joined):
            return None
        values = None if self.has_fractions else _numbers(",".join(joined), np.int64)
        if values is None:
            values = _numbers(",".join(joined), np.float64)
            self.has_fractions = self.has_fractions or values is not None
        if values is None or values.size != len(texts) * n_columns:
            return None
        table = values.reshape(-1, n_columns)[:, int(self.has_index) :]
        return table.astype(np.float32) if ((table > -_LARGEST) & (table < _LARGEST)).all() else None

    def _joined(self, text: str) -> str:
        """Return a line with its cells joined by commas, without quotation marks."""
        text = text.replace('"', "")
        return ",".join(text.split()) if self.separator == " " else text.replace(self.separator, ",")

    def _row(self, number: int, text: str) -> NDArray[np.float32]:
        """Return the row (1, 785) of a line; raise DataError, which names the line, where it is none."""
        values = self._parsed([text])
        if values is not None:
            return values
        cells = text.split(self.separator if self.separator.strip() else None)
        n_values = len(cells) - self.has_index
        if n_values == N_PIXELS:
            problem = tr("there are 784 values and no label")
        elif n_values != _N_COLUMNS:
            problem = tr("there are {n:,} values; a row has a label and 784 values", n=n_values)
        else:
            wrong = next((cell for cell in cells if not _is_usable(_number(cell.strip().strip('"')))), text)
            problem = tr("{value!r} is not a value of a digit", value=wrong.strip()[:40])
        raise DataError(tr("{path}, line {number}: {problem}", path=self.path, number=number, problem=problem))

    def digits(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return images and labels."""
        first, last = (np.concatenate([block[:, column] for block in self.blocks]) for column in (0, -1))
        is_first = self._label_is_first(first, last)
        labels = (first if is_first else last).astype(np.float32)
        if not labels.any() and not _are_labels(other := (last if is_first else first).astype(np.float32)):
            labels = other  # of more classes than ten, beside pixels that are never inked
        if not _are_labels(labels):
            wrong = labels[(labels != np.rint(labels)) | (labels < 0) | (labels > 255)]
            value = float(wrong[0] if len(wrong) else labels.max())
            text = tr(
                "{path}: neither its first nor its last column holds labels from 0 to 9: there is a {value:g}",
                path=self.path,
                value=value,
            )
            raise DataError(text)
        pixels = slice(1, None) if is_first else slice(None, -1)
        kind = np.uint8 if all(block.dtype == np.uint8 for block in self.blocks) else np.float16
        images = np.empty((len(labels), N_PIXELS), kind)
        row = 0
        while self.blocks:
            block = self.blocks.pop(0)
            images[row : row + len(block)] = block[:, pixels]
            row += len(block)
        return images.reshape(-1, SIZE, SIZE), labels.astype(np.int64)

    def _label_is_first(self, first: NDArray[Any], last: NDArray[Any]) -> bool:
        """Return whether the labels are in the first column: by the header, else by the values.

        A pixel at the edge is hardly ever inked, and labels differ.
        """
        if self.header and (self.header[-1] in _LABEL_NAMES) != (self.header[int(self.has_index)] in _LABEL_NAMES):
            return self.header[-1] not in _LABEL_NAMES
        if _are_labels(first) != _are_labels(last):
            return _are_labels(first)
        n_first, n_last = len(np.unique(first)), len(np.unique(last))
        return n_first > n_last or (n_first == n_last and not (last.any() and not first.any()))


def _numbers(text: str, kind: type[np.number[Any]]) -> NDArray[Any] | None:
    """Return the numbers in a text, joined by commas; None where one is none. Whole ones are read twice as fast."""
    try:
        return np.fromstring(text, kind, sep=",")
    except (ValueError, DeprecationWarning):  # NumPy warns where later versions raise
        return None


def _are_labels(values: NDArray[Any]) -> bool:
    return bool((values == np.rint(values)).all() and values.min() >= 0 and values.max() <= N_CLASSES)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_usable(number: float | None) -> bool:
    return number is not None and abs(number) < _LARGEST
