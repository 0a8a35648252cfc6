"""Saves a trained network elsewhere when its own path cannot be written, so that it is never lost."""

import contextlib
import dataclasses
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.errors import ModelError
from core.messages import tr
from core.recognition import modelfile
from core.recognition.modelfile import Model


def save(model: Model, stem: str) -> Path:
    """Save a network, in full precision, in the working folder or else in the folder for temporary files.

    Parameters
    ----------
    stem
        File name without extension; a number is appended if the file exists.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ModelError
        Both folders failed; the error is that of the first.
    """
    model = dataclasses.replace(model, precision="float32")  # half precision may be the reason for the rescue
    errors = []
    for folder in _folders():
        path = unused(folder, stem)
        try:
            modelfile.save(model, path)
        except ModelError as error:
            errors.append(error)
        else:
            return path
    raise errors[0] if errors else ModelError(tr("there is no folder that can be written"))


def _folders() -> Iterator[Path]:
    with contextlib.suppress(OSError):  # the working folder was deleted
        yield Path.cwd()
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir())


def unused(folder: Path, stem: str) -> Path:
    """Return the path of a new model file in a folder, with ``-2``, ``-3`` and so on after ``stem`` if needed."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / f"{name}{modelfile.SUFFIX}").exists())
