"""Sources of training and test digits, by name.

``mnist``; ``synthetic``, digits drawn by the program (``synthetic:N`` for N of them); ``pen:FILE``, a UNIPEN pen
file, and ``pen:FILE@1-24,30``, these writers of it; ``idx:FOLDER``, IDX files named like MNIST's or EMNIST's;
``csv:FILE``, a table with a label and 784 values a row; ``images:FOLDER``, pictures in folders 0 to 9; ``A+B``, two
sources joined; ``3*A``, a source shown three times in each epoch; ``turn*A``, a source whose images are turned, or
mended in another way (``core.data.mends``). Examples of non-digits: ``nondigits:N``, drawn by the program, and
``omniglot:ZIP``, characters of Omniglot's stroke files, or ``omniglot:ZIP@Korean,Balinese`` these alphabets.

``thinned*A`` is a source of strokes with every second, third, fourth or sixth point, joined by curves as on the pad;
``soft*A`` shows at most 4,000 images of a source, at random, as they are read from pictures of about 8 × 8 pixels
(``core.data.degradation``). ``3*thinned*A`` is thinned differently each of the three times.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.data import mnist, source_names
from core.data.dataset import concatenate
from core.data.source_names import MENDABLE as MENDABLE
from core.data.source_names import Part as Part
from core.data.source_names import mended as mended
from core.data.source_names import parts as parts
from core.data.source_names import uses_mnist as uses_mnist
from core.data.source_names import with_mends as with_mends
from core.errors import DataError, MendableError
from core.files import bounded

if TYPE_CHECKING:
    from core.data.source_loaders import Source


def load(name: str, *, for_test: bool = False, tick: Callable[[], object] = bool) -> "Source":
    """Load a source by its name.

    Parameters
    ----------
    for_test
        Read only what ``evaluation`` needs: a source's own test part, if it has one, and nothing to train on.
    tick
        Called time and again while a long file is read; an exception that it raises ends that.

    Raises
    ------
    MendableError
        A mend is missing without which the source holds no digits; ``mended`` is the name with it.
    DataError
        The name is invalid, or the files are missing or damaged.
    """
    from core.data import source_loaders  # with the readers of all kinds, which names alone do not need

    loaded = []
    for part in parts(name):
        try:
            loaded.append(source_loaders.load(part, source_loaders.Reading(for_test, tick)))
        except MendableError as error:
            error.mended = mended(name, part.text, error.mend)
            raise
    if len(loaded) == 1:
        return loaded[0]
    return source_loaders.Source(
        name=name,
        train=concatenate([source.train for source in loaded]),
        test=concatenate([source.test for source in loaded]),
        evaluation=concatenate([source.evaluation for source in loaded]),
        everything=concatenate([source.everything for source in loaded]),
        drawings=tuple(drawing for source in loaded for drawing in source.drawings)
        if all(source.drawings for source in loaded)
        else (),
        credits=tuple(dict.fromkeys(credit for source in loaded for credit in source.credits)),
        parts=tuple(loaded),
    )


def missing(name: str) -> Path | None:
    """Return the first file or folder of a source's name that is not there; None where all are."""
    for part in parts(name):
        if part.kind in (*source_names.MENDABLE, *source_names.WITH_STROKES):
            path, without_selection = (
                source_names.located(part.argument),
                source_names.located(part.argument.rpartition("@")[0] or part.argument),
            )
            if not bounded.exists(path) and not bounded.exists(without_selection) and not _is_set(path):
                return path
    return None


def _is_set(path: Path) -> bool:
    """Return whether a path that does not exist names a set of IDX files in a folder."""
    from core.data import idx_folder

    try:
        return bool(idx_folder.find(path).files)
    except DataError:
        return False


def default() -> str:
    """Return the name of the default source: ``mnist`` where it is present, else ``synthetic``."""
    return "mnist" if mnist.folder() else "synthetic"
