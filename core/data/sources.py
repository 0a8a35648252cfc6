"""Sources of training and test digits, by name.

``mnist``; ``synthetic``, digits drawn by the program (``synthetic:N`` for N of them); ``pen:FILE``, a UNIPEN pen
file, and ``pen:FILE@1-24,30``, these writers of it; ``idx:FOLDER``, four IDX files named like MNIST's; ``A+B``, two
sources joined; ``3*A``, a source shown three times in each epoch. Examples of non-digits: ``nondigits:N``, drawn by the
program, and ``omniglot:ZIP``, characters of Omniglot's stroke files, or ``omniglot:ZIP@Korean,Balinese`` these
alphabets.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data import augment, idx, mnist, unipen
from core.data.dataset import Dataset, concatenate
from core.digits import NOT_A_DIGIT
from core.errors import DataError
from core.files import bounded, paths
from core.messages import tr
from core.preprocessing import ink
from core.preprocessing.ink import Drawing

N_SYNTHETIC = 20_000
MAX_SYNTHETIC = 1_000_000
HELD_OUT = 0.1
"""The share held out as test part where a source has none."""

PEN_CREDIT = "Pen-Based Recognition of Handwritten Digits, Alpaydin, Alimoglu, UCI (CC BY 4.0)"  # not shown
OMNIGLOT_CREDIT = "Omniglot, Lake, Salakhutdinov, Tenenbaum (MIT)"  # not shown
_PEN_NAMES = {"pen-train.unipen", "pendigits-orig.tra"}
# A plus that is not followed by a source is part of a file name.
_JOIN = re.compile(
    r"\+\s*(?=(?:[0-9]{1,2}\*)?(?:(?:pen|idx|omniglot):|(?:mnist|(?:synthetic|nondigits)(?::[^+/\\]*)?)\s*(?:\+|$)))"
)
_TIMES = re.compile(r"^([1-9][0-9]?)\*")
_ANY_TIMES = re.compile(r"^-?[0-9.]+\*")


@dataclass(frozen=True, eq=False)
class Source:
    """A named set of digits.

    Attributes
    ----------
    train, test : Dataset
        For training, and held out from it.
    evaluation : Dataset
        For testing a model trained on other data: the source's own test part if it has one (MNIST), else all rows.
    everything : Dataset
        For training when the test uses another source: all rows except the source's own test part.
    credits : tuple of str
        Credits to be given with a model trained on the source.
    drawings : tuple of Drawing
        ``evaluation`` as strokes, if they are known; else empty.
    """

    name: str
    train: Dataset
    test: Dataset
    evaluation: Dataset
    everything: Dataset
    credits: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    def tested_on(self, other: "Source") -> "Source":
        """Return the source with nothing held out, and another source as its test part."""
        return replace(self, train=self.everything, test=other.evaluation)


def load(name: str) -> Source:
    """Load a source by its name; raise DataError where the name is invalid, or the files are missing or damaged."""
    sources = [_load_part(part.strip()) for part in _JOIN.split(name)]
    if len(sources) == 1:
        return sources[0]
    return Source(
        name=name,
        train=concatenate([source.train for source in sources]),
        test=concatenate([source.test for source in sources]),
        evaluation=concatenate([source.evaluation for source in sources]),
        everything=concatenate([source.everything for source in sources]),
        drawings=tuple(drawing for source in sources for drawing in source.drawings)
        if all(source.drawings for source in sources)
        else (),
        credits=tuple(dict.fromkeys(credit for source in sources for credit in source.credits)),
    )


def uses_mnist(name: str) -> bool:
    """Return whether a source is MNIST or includes it."""
    return "mnist" in [_TIMES.sub("", part.strip()) for part in _JOIN.split(name)]


def default() -> str:
    """Return the name of the default source: ``mnist`` where it is present, else ``synthetic``."""
    return "mnist" if mnist.folder() else "synthetic"


def _load_part(name: str) -> Source:
    match = _TIMES.match(name)
    if match is None:
        if wrong := _ANY_TIMES.match(name):
            raise DataError(tr('"{times}": an epoch shows a source from 1 to 99 times', times=wrong[0]))
        return _load_named(name)
    source = _load_named(name[match.end() :])
    times = int(match[1])
    return replace(source, name=name, train=source.train.repeated(times), everything=source.everything.repeated(times))


def _load_named(name: str) -> Source:
    kind, colon, argument = name.partition(":")
    loader = _LOADERS.get(kind)
    takes_none, needs_one = kind == "mnist", kind in ("pen", "idx", "omniglot")
    if loader is None or bool(colon) != bool(argument) or (argument and takes_none) or (needs_one and not argument):
        raise DataError(
            tr(
                'there is no data source "{name}"; a source is mnist, synthetic, synthetic:N, pen:FILE, '
                "pen:FILE@WRITERS, idx:FOLDER, nondigits:N, omniglot:ZIP, omniglot:ZIP@ALPHABETS, several joined by +, "
                "or 3*A for a source shown three times in each epoch",
                name=name,
            )
        )
    return loader(name, argument)


def _load_mnist(name: str, argument: str) -> Source:
    train, test = mnist.load()
    return Source(name, train, test, evaluation=test, everything=train, credits=(mnist.CREDIT,))


def _load_synthetic(name: str, argument: str) -> Source:
    from core.synthetic import synthetic

    images, labels = synthetic.draw(_count(name, argument), np.random.default_rng(0))
    return _without_test_part(name, Dataset.of(images, labels))


def _load_nondigits(name: str, argument: str) -> Source:
    from core.synthetic import nondigits

    images = nondigits.draw(_count(name, argument), np.random.default_rng(0))
    return _without_test_part(name, Dataset.of(images, np.full(len(images), NOT_A_DIGIT)))


def _count(name: str, argument: str) -> int:
    """Return the number of drawings to generate."""
    if argument and not (re.fullmatch(r"[0-9]{1,9}", argument) and 10 <= int(argument) <= MAX_SYNTHETIC):
        raise DataError(
            tr('"{name}": the number of drawings must be from 10 to {limit:,}', name=name, limit=MAX_SYNTHETIC)
        )
    return int(argument or N_SYNTHETIC)


def _load_pen(name: str, argument: str) -> Source:
    match = None if bounded.exists(_located(argument)) else re.fullmatch(r"(.+)@([0-9,-]+)", argument)
    path = _located(match[1] if match else argument)
    digits = unipen.read(path, _writers(match[2], name) if match else None)
    drawings = [digit.drawing for digit in digits]
    labels, writers = (np.array([getattr(digit, what) for digit in digits]) for what in ("label", "writer"))
    dataset = Dataset.of(ink.render_all(drawings), labels, writers)
    source = _without_test_part(name, dataset, (PEN_CREDIT,) if path.name in _PEN_NAMES else (), drawings)
    # Learned with few points in part, tested as they were written.
    few = ink.render_all(augment.thinned(drawings, np.random.default_rng(0)))
    learned = _without_test_part(name, Dataset.of(few, labels, writers))
    return replace(source, train=learned.train, everything=learned.everything)


def _load_omniglot(name: str, argument: str) -> Source:
    from core.data import omniglot

    is_whole = "@" not in argument or bounded.exists(_located(argument))
    path, _, alphabets = (argument, "", "") if is_whole else argument.rpartition("@")
    characters = omniglot.read(_located(path), [part.strip() for part in alphabets.split(",")] if alphabets else None)
    drawings = [character.drawing for character in characters]
    dataset = Dataset.of(ink.render_all(drawings), np.full(len(drawings), NOT_A_DIGIT))
    return _without_test_part(name, dataset, (OMNIGLOT_CREDIT,), drawings)


def _load_idx(name: str, argument: str) -> Source:
    where = _located(argument)
    train, test = (_idx_pair(where, prefix) for prefix in ("train", "t10k"))
    return Source(name, train, test, evaluation=test, everything=train)


def _idx_pair(where: Path, prefix: str) -> Dataset:
    plain = [where / f"{prefix}-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1")]
    images_path, labels_path = (path if bounded.exists(path) else path.with_name(f"{path.name}.gz") for path in plain)
    images, labels = idx.read(images_path), idx.read(labels_path)
    idx.check_pair(images, labels, str(images_path), str(labels_path))
    return Dataset.of(images, labels)


_LOADERS: dict[str, Callable[[str, str], Source]] = {
    "mnist": _load_mnist,
    "synthetic": _load_synthetic,
    "pen": _load_pen,
    "idx": _load_idx,
    "nondigits": _load_nondigits,
    "omniglot": _load_omniglot,
}


def _without_test_part(
    name: str, dataset: Dataset, credits: Sequence[str] = (), drawings: Sequence[Drawing] = ()
) -> Source:
    """Hold out a tenth as test part: by writer if several are known, else random rows, always the same."""
    if len(np.unique(dataset.writers)) > 1:
        train, test = dataset.split_by_writer(HELD_OUT)
    else:
        train, test = dataset.split(HELD_OUT, np.random.default_rng(0))
    return Source(name, train, test, dataset, everything=dataset, credits=tuple(credits), drawings=tuple(drawings))


def _located(name: str) -> Path:
    """Return the path of a source's file; a relative one is looked up in ``$DIGITPAD_DATA`` first."""
    path = paths.expanded(name)
    data = paths.data()
    if data is not None and not path.is_absolute() and bounded.exists(data / path):
        return data / path
    return path


def _writers(text: str, name: str) -> set[int]:
    """Return the writers' numbers in a list such as ``1-24,30``."""
    chosen: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise DataError(tr('"{name}": writers are given like 25-30 or 1,2,7', name=name))
        chosen.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return chosen
