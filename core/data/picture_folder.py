"""Reads digits from a folder of pictures: its subfolders 0 to 9 hold the pictures of these digits.

A picture of 28 × 28 pixels is taken as it is, any other is read as a picture on the pad is
(``core.preprocessing.picture``). Folders named like ``train`` and ``test`` may stand above the ten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES, SIZE
from core.errors import DataError, DrawingError, reason_of
from core.files import bounded
from core.formats import foreign_file, picture_file
from core.messages import tr
from core.preprocessing import picture

MAX_PICTURES = 200_000
MAX_PIXELS = 2 * 10**9
"""Of all pictures together that are not 28 × 28: a minute's work."""
_PARTS = {"train": ("train", "training"), "test": ("test", "testing", "t10k")}


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images (N, 28, 28) with their labels (N,), and a sentence for each picture that was left out."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    left_out: tuple[str, ...] = ()


def parts(path: Path) -> dict[str, Path]:
    """Return the folders of the parts ``train`` and ``test``; the folder itself where it has no parts."""
    if _digit_folders(path):
        return {"train": path}
    names = {entry.lower(): entry for entry in _entries(path)}
    found = {
        part: path / names[name]
        for part, spellings in _PARTS.items()
        for name in reversed(spellings)
        if name in names and _digit_folders(path / names[name])
    }
    if not found:
        raise DataError(tr("{path} has no folders 0 to 9 with pictures of these digits", path=path))
    return found


def read(path: Path, tick: Callable[[], object] = bool) -> Pictures:
    """Return the digits in the subfolders 0 to 9 (or 1 to 10) of a folder.

    ``tick`` is called before each picture; an exception that it raises ends the reading.

    Raises
    ------
    DataError
        The folder or a subfolder cannot be read, no picture can be, or there are too many.
    """
    files = [(file, label) for label, folder in _digit_folders(path) for file in _pictures(folder)]
    if len(files) > MAX_PICTURES:
        text = tr(
            "{path} holds {n:,} pictures; at most {limit:,} are read", path=path, n=len(files), limit=MAX_PICTURES
        )
        raise DataError(text)
    images = np.empty((len(files), SIZE, SIZE), np.uint8)
    labels: list[int] = []
    left_out: list[str] = []
    n_pixels = 0
    for file, label in files:
        tick()
        try:
            pixels = picture_file.load(file)
            n_pixels += pixels.size if pixels.shape != (SIZE, SIZE) else 0
            image = pixels if pixels.shape == (SIZE, SIZE) else picture.read(pixels)
        except DrawingError as error:
            left_out.append(str(error))
            continue
        if n_pixels > MAX_PIXELS:
            text = tr("the pictures in {path} have more than {limit:,} pixels together", path=path, limit=MAX_PIXELS)
            raise DataError(text)
        if image is None:
            left_out.append(tr("{path} shows no digit", path=file))
            continue
        images[len(labels)] = image
        labels.append(label)
    if not labels:
        _raise_nothing(path, left_out)
    return Pictures(images[: len(labels)], np.array(labels, np.int64), tuple(left_out))


def _raise_nothing(path: Path, left_out: Sequence[str]) -> None:
    if left_out:
        raise DataError(tr("{path} holds no picture that can be read: {reason}", path=path, reason=left_out[0]))
    raise DataError(tr("{path} holds no pictures in its folders 0 to 9", path=path))


def _digit_folders(path: Path) -> list[tuple[int, Path]]:
    """Return labels and paths of the subfolders that are named by a number from 0 to 10."""
    numbers = {str(label): label for label in range(N_CLASSES + 1)}
    found = [(numbers[name], path / name) for name in _entries(path) if name in numbers]
    return sorted((label, folder) for label, folder in found if folder.is_dir())


def _pictures(folder: Path) -> list[Path]:
    """Return the files that are named like pictures, also like those for which ``picture_file`` has only a remedy."""
    suffixes = (*picture_file.SUFFIXES, *foreign_file.SUFFIXES)
    return [folder / name for name in _entries(folder) if name[0] != "." and Path(name).suffix.lower() in suffixes]


def _entries(path: Path) -> list[str]:
    """Return the names in a folder, sorted; raise DataError where it cannot be read."""
    bounded.check_ordinary(path, DataError)
    try:
        return sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        raise DataError(tr("{path} cannot be read: {reason}", path=path, reason=reason_of(error))) from None
