"""Omniglot's stroke files: characters of many alphabets, drawn with a mouse: no digits, to learn from and test with.

A zip has text files ``ROOT/ALPHABET/characterNN/FILE.txt``, one a drawing: ``START``, then lines ``x,y,t``, y upwards
(so negative), and ``BREAK`` at the end of each stroke (Lake, Salakhutdinov and Tenenbaum, 2015). It is read in memory:
nothing is unpacked, and no more than the limits below.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError, DrawingError
from core.files import bounded
from core.preprocessing.ink import Drawing

MAX_FILE_BYTES = 64 * 2**20
"""The largest zip that is read; Omniglot's largest has about 20 MiB."""
MAX_ENTRIES = 100_000
MAX_TOTAL_BYTES = 128 * 2**20
"""The most that all drawings together may have, uncompressed."""
MAX_ENTRY_BYTES = 2**20
"""The most that one drawing may have: 70 times the longest."""
PARTLY_DIGITS = ("Latin", "Greek")
"""Alphabets with letters that are a digit's shape (o, l, S, z, ...)."""

_NAME = re.compile(r"[^/]{1,80}/([^/]{1,80})/(character[0-9]{1,4})/[^/.][^/]{0,80}\.txt")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile inflates the others without a limit
# What zipfile raises on damaged bytes, beside its own BadZipFile: some are found only while reading an entry.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, OverflowError)


@dataclass(frozen=True)
class Character:
    """One drawing of a character: of which alphabet, which one (``character07``), and how (y downwards)."""

    alphabet: str
    character: str
    drawing: Drawing


def read(path: Path, alphabets: Collection[str] | None = None) -> list[Character]:
    """Return the characters of a zip of Omniglot's strokes, in its order.

    Parameters
    ----------
    alphabets
        Names of those wanted, in capital or small letters; None for all but ``PARTLY_DIGITS``.

    Raises
    ------
    DataError
        The file cannot be read, is no zip of Omniglot's strokes, is too large or has a line that makes no sense; or it
        lacks one of the alphabets. File and entry are named.
    """
    content = bounded.read(path, MAX_FILE_BYTES, DataError)
    if content.count(b"PK\1\2") > MAX_ENTRIES:  # before zipfile makes an object of each
        raise DataError(f"{path} has more than {MAX_ENTRIES:,} entries: too many to be read")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [_character(archive, *entry, str(path)) for entry in _wanted(archive, alphabets, str(path))]
    except _DAMAGE as error:
        raise DataError(f"{path} is not a zip file, or is damaged: {str(error)[:100]}") from None


def _wanted(
    archive: zipfile.ZipFile, alphabets: Collection[str] | None, name: str
) -> list[tuple[zipfile.ZipInfo, str, str]]:
    """Return (entry, alphabet, character) of the drawings wanted."""
    drawings = []
    for entry in archive.infolist():
        match = _NAME.fullmatch(entry.filename)
        if match and not entry.filename.startswith("__MACOSX/"):
            drawings.append((entry, match[1], match[2]))
    if not drawings:
        raise DataError(f"{name} is not a zip of Omniglot's strokes: it has no ROOT/ALPHABET/characterNN/FILE.txt")
    chosen = _chosen({alphabet for _, alphabet, _ in drawings}, alphabets, name)
    drawings = [drawing for drawing in drawings if drawing[1] in chosen]
    if sum(entry.file_size for entry, _, _ in drawings) > MAX_TOTAL_BYTES:
        raise DataError(f"{name} has more than {MAX_TOTAL_BYTES // 2**20} MiB of drawings: too large to be read")
    return drawings


def _chosen(present: set[str], alphabets: Collection[str] | None, name: str) -> set[str]:
    """Return the alphabets wanted of those present, as the zip spells them."""
    if alphabets is None:
        chosen = present - set(PARTLY_DIGITS)
        if not chosen:
            raise DataError(f"{name} has only {' and '.join(sorted(present))}, whose letters are partly digits")
        return chosen
    by_key = {_key(alphabet): alphabet for alphabet in present}
    unknown = [alphabet for alphabet in alphabets if _key(alphabet) not in by_key]
    if unknown:
        raise DataError(f'{name} has no alphabet "{unknown[0]}"; it has {", ".join(sorted(present))}')
    return {by_key[_key(alphabet)] for alphabet in alphabets}


def _key(alphabet: str) -> str:
    """Return what an alphabet is known by, however it is spelled: the zip has ``Early_Aramaic``."""
    return alphabet.casefold().replace("_", " ")


def _character(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, alphabet: str, character: str, name: str) -> Character:
    name = f"{name}, {entry.filename}"
    if entry.file_size > MAX_ENTRY_BYTES:
        raise DataError(f"{name} is larger than {MAX_ENTRY_BYTES // 2**10} KiB: too large for a drawing")
    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
        raise DataError(f"{name} is packed in a way that is not read: encrypted, or by an unusual method")
    try:
        with archive.open(entry) as file:
            # read() would inflate all that there is, and only then cut it to the size that the zip claims.
            text = file.read(MAX_ENTRY_BYTES + 1).decode("ascii")
    except UnicodeDecodeError:
        raise DataError(f"{name} is not a drawing, but something else than text") from None
    except _DAMAGE as error:
        raise DataError(f"{name} is damaged: {str(error)[:100]}") from None
    return Character(alphabet, character, _drawing(text, name))


def _drawing(text: str, name: str) -> Drawing:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines or lines[0][1] != "START":
        raise DataError(f"{name} is not a drawing of Omniglot: it does not begin with START")
    if lines[-1][1] != "BREAK":
        raise DataError(f"{name} is damaged: it ends within a stroke")
    try:
        drawing = Drawing.from_points(_strokes(lines[1:], name))
    except DrawingError as error:
        raise DataError(f"{name}: {error}") from None
    if not drawing:
        raise DataError(f"{name} is damaged: it has no points")
    return drawing


def _strokes(lines: list[tuple[int, str]], name: str) -> list[NDArray[np.float64]]:
    """Return the strokes (n, 2) of numbered lines ``x,y,t`` and ``BREAK``."""
    strokes: list[list[tuple[float, float]]] = [[]]
    for number, line in lines:
        if line == "BREAK":
            strokes.append([])  # the last one stays empty, and a drawing leaves those out
            continue
        try:
            x, y, _ = map(float, line.split(","))
        except ValueError:
            raise DataError(f"{name}, line {number}: {line[:40]!r} is not a point x,y,t") from None
        strokes[-1].append((x, -y))
    return [np.array(stroke) for stroke in strokes]
