"""Finds IDX files in a folder under the names in circulation: MNIST's, with dots, EMNIST's, with and without ``.gz``.

A folder may hold several sets, as EMNIST's does; ``idx:FOLDER/emnist-mnist`` names one of them.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import idx
from core.errors import DataError, reason_of
from core.files import bounded
from core.messages import tr

MAX_ENTRIES = 10_000
"""Of a folder that is searched."""
_PREFERRED = ("", "emnist-digits", "emnist-mnist")  # not shown
_USUAL = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("test", "images"): "t10k-images-idx3-ubyte",
    ("test", "labels"): "t10k-labels-idx1-ubyte",
}
_NAME = re.compile(
    r"(?:(?P<set>.+?)[-_.])?(?P<part>train|t10k|test)(?:ing)?[-_.](?P<kind>images?|labels?)"
    r"(?:[-_.](?:idx[13]?|u?byte))*(?P<packed>\.gz)?",
    re.IGNORECASE,
)


@dataclass
class IdxFolder:
    """The files of one set in a folder, by part (``train`` or ``test``) and kind (``images`` or ``labels``)."""

    path: Path
    files: dict[tuple[str, str], Path] = field(default_factory=dict)

    def has(self, part: str) -> bool:
        """Return whether a file of the part is there."""
        return any((part, kind) in self.files for kind in ("images", "labels"))

    def read(self, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Path]:
        """Return the images (N, 28, 28) and labels (N,) of a part, as they are stored, and the file of the labels.

        Raises
        ------
        DataError
            A file is missing or damaged, or they do not fit each other.
        """
        images, labels = (self._file(part, kind) for kind in ("images", "labels"))
        found = idx.read(images), idx.read(labels)
        idx.check_shapes(*found, str(images), str(labels))
        return *found, labels

    def _file(self, part: str, kind: str) -> Path:
        if (path := self.files.get((part, kind))) is None:
            usual = self.path / _USUAL[part, kind]
            raise DataError(tr("{path} cannot be read: No such file, nor one with a similar name", path=usual))
        return path


def find(path: Path) -> IdxFolder:
    """Return the files of a folder, of a set in it (``FOLDER/emnist-digits``), or beside one of its files.

    Raises
    ------
    DataError
        The folder cannot be read, has no such files, or those of several sets, none of which is chosen.
    """
    folder, wanted = path, None
    if not _is_folder(path) and _is_folder(path.parent):
        match = _NAME.fullmatch(path.name)
        folder, wanted = path.parent, _set_of(match) if match and bounded.exists(path) else path.name.lower()
    sets: dict[str, IdxFolder] = {}
    for file in _files(folder):
        if match := _NAME.fullmatch(file.name):
            part = "train" if match["part"].lower() == "train" else "test"
            kind = "images" if match["kind"].lower().startswith("image") else "labels"
            sets.setdefault(_set_of(match), IdxFolder(folder)).files.setdefault((part, kind), file)
    if wanted is not None and wanted not in sets:
        bounded.check_ordinary(path, DataError)  # says so where it is missing
        raise DataError(tr("{path} cannot be read as IDX: its name is not like train-images-idx3-ubyte", path=path))
    if not sets:
        text = tr("{path} holds no IDX files of digits, such as train-images-idx3-ubyte, plain or .gz", path=folder)
        raise DataError(text)
    return sets[wanted if wanted is not None else _chosen(sets, folder)]


def _set_of(match: re.Match[str]) -> str:
    return (match["set"] or "").lower()


def _chosen(sets: dict[str, IdxFolder], folder: Path) -> str:
    for name in _PREFERRED:
        if name in sets:
            return name
    if len(sets) > 1:
        names = ", ".join(sorted(sets)[:8])
        first = folder / min(sets)
        text = tr(
            "{path} holds several sets: {names}; name one, as in idx:{first}", path=folder, names=names, first=first
        )
        raise DataError(text)
    return next(iter(sets))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder, MNIST's own spelling first, plain before packed.

    A folder that is named like a file stands for the file of the same name within it, as some archives are unpacked.
    """
    bounded.check_ordinary(folder, DataError)
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for _, entry in zip(range(MAX_ENTRIES), entries, strict=False))
    except OSError as error:
        raise DataError(tr("{path} cannot be read: {reason}", path=folder, reason=reason_of(error))) from None
    files = []
    for name in names:
        path = folder / name
        if _NAME.fullmatch(name) and _is_folder(path):
            path = path / name
        if bounded.exists(path) and not _is_folder(path):
            files.append(path)
    return sorted(files, key=lambda file: (file.suffix == ".gz", "-idx" not in file.name, file.parent != folder))
