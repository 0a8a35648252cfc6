"""Digits to learn from, by name.

``mnist``; ``synthetic``, digits drawn by the program (``synthetic:N`` for N of them); ``pen:FILE``, a UNIPEN pen
file, and ``pen:FILE@1-24,30``, those writers of it; ``idx:FOLDER``, four IDX files named like MNIST's; ``A+B``, two
sources joined.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import bounded, ink, places
from core.data import idx, mnist, unipen
from core.data.dataset import Dataset, concatenate
from core.errors import DataError

N_SYNTHETIC = 20_000
MAX_SYNTHETIC = 1_000_000
HELD_OUT = 0.1
"""The share held out as test part where a source brings none."""

_PEN_CREDIT = "Pen-Based Recognition of Handwritten Digits, Alpaydin, Alimoglu, UCI (CC BY 4.0)"
_PEN_NAMES = {"pen-train.unipen", "pendigits-orig.tra"}
# A plus before something else than a source belongs to a file's name.
_JOIN = re.compile(r"\+\s*(?=(?:pen|idx):|(?:mnist|synthetic(?::[^+/\\]*)?)\s*(?:\+|$))")
_FORMS = "mnist, synthetic, synthetic:N, pen:FILE, pen:FILE@WRITERS, idx:FOLDER, or several joined by +"


@dataclass(frozen=True, eq=False)
class Source:
    """A named set of digits.

    Attributes
    ----------
    train, test : Dataset
        What training may see, and what it may not.
    evaluation : Dataset
        What a model that learned elsewhere is tested on: the test part that the source brings (MNIST), else all of it.
    credits : tuple of str
        Whom to name when a model that learned from it is passed on.
    """

    name: str
    train: Dataset
    test: Dataset
    evaluation: Dataset
    credits: tuple[str, ...] = ()


def load(name: str) -> Source:
    """Load a source by its name; raise DataError where there is no such source, or its files are missing or wrong."""
    sources = [_load_part(part.strip()) for part in _JOIN.split(name)]
    if len(sources) == 1:
        return sources[0]
    return Source(
        name=name,
        train=concatenate([source.train for source in sources]),
        test=concatenate([source.test for source in sources]),
        evaluation=concatenate([source.evaluation for source in sources]),
        credits=tuple(dict.fromkeys(credit for source in sources for credit in source.credits)),
    )


def uses_mnist(name: str) -> bool:
    """Return whether a source is MNIST, or has it as a part."""
    return "mnist" in [part.strip() for part in _JOIN.split(name)]


def default() -> str:
    """Return the source that is used where none is named: ``mnist`` where it is present, else ``synthetic``."""
    return "mnist" if mnist.folder() else "synthetic"


def _load_part(name: str) -> Source:
    kind, colon, argument = name.partition(":")
    loader = _LOADERS.get(kind)
    if loader is None or bool(colon) != bool(argument) or (argument and kind == "mnist") or name in ("pen", "idx"):
        raise DataError(f'there is no data source "{name}"; a source is {_FORMS}')
    return loader(name, argument)


def _load_mnist(name: str, argument: str) -> Source:
    train, test = mnist.load()
    return Source(name, train, test, evaluation=test, credits=(mnist.CREDIT,))


def _load_synthetic(name: str, argument: str) -> Source:
    from core.data import synthetic

    if argument and not (re.fullmatch(r"[0-9]{1,9}", argument) and 10 <= int(argument) <= MAX_SYNTHETIC):
        raise DataError(f'"{name}": the number of synthetic digits goes from 10 to {MAX_SYNTHETIC:,}')
    images, labels = synthetic.draw(int(argument or N_SYNTHETIC), np.random.default_rng(0))
    return _without_test_part(name, Dataset.of(images, labels))


def _load_pen(name: str, argument: str) -> Source:
    match = None if bounded.exists(_located(argument)) else re.fullmatch(r"(.+)@([0-9,-]+)", argument)
    path = _located(match[1] if match else argument)
    digits = unipen.read(path, _writers(match[2], name) if match else None)
    images = ink.render_all([digit.drawing for digit in digits])
    dataset = Dataset.of(
        images, np.array([digit.label for digit in digits]), np.array([digit.writer for digit in digits])
    )
    return _without_test_part(name, dataset, (_PEN_CREDIT,) if path.name in _PEN_NAMES else ())


def _load_idx(name: str, argument: str) -> Source:
    where = _located(argument)
    train, test = (_idx_pair(where, prefix) for prefix in ("train", "t10k"))
    return Source(name, train, test, evaluation=test)


def _idx_pair(where: Path, prefix: str) -> Dataset:
    paths = [where / f"{prefix}-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1")]
    images_path, labels_path = (path if bounded.exists(path) else path.with_name(f"{path.name}.gz") for path in paths)
    images, labels = idx.read(images_path), idx.read(labels_path)
    idx.check_pair(images, labels, str(images_path), str(labels_path))
    return Dataset.of(images, labels)


_LOADERS: dict[str, Callable[[str, str], Source]] = {
    "mnist": _load_mnist,
    "synthetic": _load_synthetic,
    "pen": _load_pen,
    "idx": _load_idx,
}


def _without_test_part(name: str, dataset: Dataset, credits: Sequence[str] = ()) -> Source:
    """Hold out a tenth as test part: by writer where several are known, else by rows that are always the same."""
    if len(np.unique(dataset.writers)) > 1:
        train, test = dataset.split_by_writer(HELD_OUT)
    else:
        train, test = dataset.split(HELD_OUT, np.random.default_rng(0))
    return Source(name, train, test, evaluation=dataset, credits=tuple(credits))


def _located(name: str) -> Path:
    """Return the path that a source names: a relative one is looked for below ``$DIGITPAD_DATA`` first."""
    path = places.expanded(name)
    data = places.data()
    if data is not None and not path.is_absolute() and bounded.exists(data / path):
        return data / path
    return path


def _writers(text: str, name: str) -> set[int]:
    """Return the numbers that ``1-24,30`` means."""
    chosen: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise DataError(f'"{name}": writers are named like 25-30 or 1,2,7')
        chosen.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return chosen
