"""What is done with a network whose own place cannot be written: it is saved in another one, never thrown away."""

import contextlib
import dataclasses
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.errors import ModelError
from core.recognition import modelfile
from core.recognition.modelfile import Model


def save(model: Model, stem: str) -> Path:
    """Save a network, in full precision, in the working folder, or among the temporary files; return its file.

    Parameters
    ----------
    stem
        What the file is called before its ending; a number follows where there is such a file.

    Raises
    ------
    ModelError
        It can be saved in neither; why, for the first.
    """
    model = dataclasses.replace(model, precision="float32")  # half precision may be what has failed
    refusals = []
    for folder in _folders():
        path = unused(folder, stem)
        try:
            modelfile.save(model, path)
        except ModelError as error:
            refusals.append(error)
        else:
            return path
    raise refusals[0] if refusals else ModelError("there is no folder that can be written")


def _folders() -> Iterator[Path]:
    with contextlib.suppress(OSError):  # it was deleted
        yield Path.cwd()
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir())


def unused(folder: Path, stem: str) -> Path:
    """Return the path of a model file that does not exist yet."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / f"{name}{modelfile.SUFFIX}").exists())
