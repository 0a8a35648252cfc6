"""Reads Omniglot's stroke files: characters of many alphabets, drawn with a mouse, as examples of non-digits.

A zip has text files ``ROOT/ALPHABET/characterNN/FILE.txt``, one per drawing: ``START``, then lines ``x,y,t``, y upwards
(so negative), and ``BREAK`` at the end of each stroke (Lake, Salakhutdinov and Tenenbaum, 2015). It is read in memory,
within the limits below; nothing is written to disk.
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
from core.messages import tr
from core.preprocessing.ink import Drawing

MAX_FILE_BYTES = 64 * 2**20
"""Limit for the zip; Omniglot's largest has about 20 MiB."""
MAX_ENTRIES = 100_000
MAX_TOTAL_BYTES = 128 * 2**20
"""Limit for all drawings together, uncompressed."""
MAX_ENTRY_BYTES = 2**20
"""Limit for one drawing: 70 times the longest."""
PARTLY_DIGITS = ("Latin", "Greek")
"""Alphabets in which some letters look like digits (o, l, S, z, ...)."""

_NAME = re.compile(r"[^/]{1,80}/([^/]{1,80})/(character[0-9]{1,4})/[^/.][^/]{0,80}\.txt")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile decompresses the others without a limit
# What zipfile raises for damaged files; some damage is detected only while reading an entry.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, OverflowError)


@dataclass(frozen=True)
class Character:
    """One drawing of a character (such as ``character07``) of an alphabet, y downwards."""

    alphabet: str
    character: str
    drawing: Drawing


def read(path: Path, alphabets: Collection[str] | None = None) -> list[Character]:
    """Return the characters in a zip of Omniglot's strokes, in the order of the zip.

    Parameters
    ----------
    alphabets
        Names of the alphabets to read, upper or lower case; None for all except ``PARTLY_DIGITS``.

    Raises
    ------
    DataError
        The file cannot be read, is not a zip of Omniglot's strokes, is too large or has an invalid line; or it lacks
        one of the alphabets. The message names file and entry.
    """
    content = bounded.read(path, MAX_FILE_BYTES, DataError)
    if content.count(b"PK\1\2") > MAX_ENTRIES:  # before zipfile creates an object for each
        raise DataError(tr("{path} has more than {limit:,} entries: too many to be read", path=path, limit=MAX_ENTRIES))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [_character(archive, *entry, str(path)) for entry in _wanted(archive, alphabets, str(path))]
    except _DAMAGE as error:
        raise DataError(
            tr("{path} is not a zip file, or is damaged: {reason}", path=path, reason=str(error)[:100])
        ) from None


def _wanted(
    archive: zipfile.ZipFile, alphabets: Collection[str] | None, name: str
) -> list[tuple[zipfile.ZipInfo, str, str]]:
    """Return (entry, alphabet, character) of the drawings to read."""
    drawings = []
    for entry in archive.infolist():
        match = _NAME.fullmatch(entry.filename)
        if match and not entry.filename.startswith("__MACOSX/"):
            drawings.append((entry, match[1], match[2]))
    if not drawings:
        raise DataError(
            tr("{name} is not a zip of Omniglot's strokes: it has no ROOT/ALPHABET/characterNN/FILE.txt", name=name)
        )
    chosen = _chosen({alphabet for _, alphabet, _ in drawings}, alphabets, name)
    drawings = [drawing for drawing in drawings if drawing[1] in chosen]
    if sum(entry.file_size for entry, _, _ in drawings) > MAX_TOTAL_BYTES:
        raise DataError(
            tr(
                "{name} has more than {limit} MiB of drawings: too large to be read",
                name=name,
                limit=MAX_TOTAL_BYTES // 2**20,
            )
        )
    return drawings


def _chosen(present: set[str], alphabets: Collection[str] | None, name: str) -> set[str]:
    """Return the alphabets to read, as the zip spells them."""
    if alphabets is None:
        chosen = present - set(PARTLY_DIGITS)
        if not chosen:
            raise DataError(
                tr(
                    "{name} has only alphabets in which some letters look like digits: {alphabets}",
                    name=name,
                    alphabets=", ".join(sorted(present)),
                )
            )
        return chosen
    by_key = {_key(alphabet): alphabet for alphabet in present}
    unknown = [alphabet for alphabet in alphabets if _key(alphabet) not in by_key]
    if unknown:
        raise DataError(
            tr(
                '{name} has no alphabet "{unknown}"; it has {alphabets}',
                name=name,
                unknown=unknown[0],
                alphabets=", ".join(sorted(present)),
            )
        )
    return {by_key[_key(alphabet)] for alphabet in alphabets}


def _key(alphabet: str) -> str:
    """Return an alphabet's name for comparison, without case and underscores: the zip has ``Early_Aramaic``."""
    return alphabet.casefold().replace("_", " ")


def _character(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, alphabet: str, character: str, name: str) -> Character:
    name = f"{name}, {entry.filename}"
    if entry.file_size > MAX_ENTRY_BYTES:
        raise DataError(
            tr("{name} is larger than {limit} KiB: too large for a drawing", name=name, limit=MAX_ENTRY_BYTES // 2**10)
        )
    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
        raise DataError(tr("{name} is encrypted, or compressed by an unsupported method", name=name))
    try:
        with archive.open(entry) as file:
            # read() without a size would decompress everything, and only then cut it to the size in the zip's header.
            text = file.read(MAX_ENTRY_BYTES + 1).decode("ascii")
    except UnicodeDecodeError:
        raise DataError(tr("{name} is not a drawing of Omniglot: it is not text", name=name)) from None
    except _DAMAGE as error:
        raise DataError(tr("{name} is damaged: {reason}", name=name, reason=str(error)[:100])) from None
    return Character(alphabet, character, _drawing(text, name))


def _drawing(text: str, name: str) -> Drawing:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines or lines[0][1] != "START":
        raise DataError(tr("{name} is not a drawing of Omniglot: it does not begin with START", name=name))
    if lines[-1][1] != "BREAK":
        raise DataError(tr("{name} is damaged: it ends within a stroke", name=name))
    try:
        drawing = Drawing.from_points(_strokes(lines[1:], name))
    except DrawingError as error:
        raise DataError(tr("{name}: {reason}", name=name, reason=error)) from None
    if not drawing:
        raise DataError(tr("{name} is damaged: it has no points", name=name))
    return drawing


def _strokes(lines: list[tuple[int, str]], name: str) -> list[NDArray[np.float64]]:
    """Return the strokes (n, 2) of numbered lines ``x,y,t`` and ``BREAK``."""
    strokes: list[list[tuple[float, float]]] = [[]]
    for number, line in lines:
        if line == "BREAK":
            strokes.append([])  # the last one stays empty; ``Drawing.from_points`` drops it
            continue
        try:
            x, y, _ = map(float, line.split(","))
        except ValueError:
            raise DataError(
                tr("{name}, line {number}: {line!r} is not a point x,y,t", name=name, number=number, line=line[:40])
            ) from None
        strokes[-1].append((x, -y))
    return [np.array(stroke) for stroke in strokes]
