"""Sources of training and test digits, by name.

``mnist``; ``synthetic``, digits drawn by the program (``synthetic:N`` for N of them); ``pen:FILE``, a UNIPEN pen
file, and ``pen:FILE@1-24,30``, these writers of it; ``idx:FOLDER``, IDX files named like MNIST's or EMNIST's;
``csv:FILE``, a table with a label and 784 values a row; ``images:FOLDER``, pictures in folders 0 to 9; ``A+B``, two
sources joined; ``3*A``, a source shown three times in each epoch; ``turn*A``, a source whose images are turned, or
mended in another way (``core.data.mends``). Examples of non-digits: ``nondigits:N``, drawn by the program, and
``omniglot:ZIP``, characters of Omniglot's stroke files, or ``omniglot:ZIP@Korean,Balinese`` these alphabets.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data import csv_digits, idx_folder, mends, mnist, picture_folder, unipen
from core.data.dataset import Dataset, concatenate
from core.digits import NOT_A_DIGIT, SIZE
from core.errors import DataError, MendableError
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
_FACTOR = re.compile(rf"(?:(?P<times>[1-9][0-9]?)|(?P<mend>{'|'.join(mends.NAMES)}))\*")
_ANY_FACTOR = re.compile(r"-?[\w.]+\*")
# A plus that is not followed by a source is part of a file name.
_JOIN = re.compile(
    rf"\+\s*(?=(?:(?:[0-9]{{1,2}}|{'|'.join(mends.NAMES)})\*)*"
    r"(?:(?:pen|idx|csv|images|omniglot):|(?:mnist|(?:synthetic|nondigits)(?::[^+/\\]*)?)\s*(?:\+|$)))"
)
MENDABLE = ("idx", "csv", "images")
"""The kinds of sources that a mend can be put before."""


@dataclass(frozen=True)
class Part:
    """One part of a source's name: how often an epoch shows it, its mends, and what it is, as in ``idx:FOLDER``."""

    text: str
    times: str
    mends: tuple[str, ...]
    named: str

    @property
    def kind(self) -> str:
        """What stands before the colon."""
        return self.named.partition(":")[0]

    @property
    def argument(self) -> str:
        """What stands behind the colon."""
        return self.named.partition(":")[2]

    def mended(self, *names: str) -> str:
        """Return the text of the part with these mends on top of its own."""
        factors = [*([self.times] if self.times else []), *names, *self.mends]
        return "".join(f"{factor}*" for factor in factors) + self.named


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
    parts : tuple of Source
        The sources that were joined, those that only the test uses included; empty for a single source.
    left_out : tuple of str
        A sentence for each of its files that could not be read.
    """

    name: str
    train: Dataset
    test: Dataset
    evaluation: Dataset
    everything: Dataset
    credits: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    parts: tuple["Source", ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def single(self) -> tuple["Source", ...]:
        """The sources that it consists of: itself, where nothing was joined."""
        return self.parts or (self,)

    def tested_on(self, other: "Source") -> "Source":
        """Return the source with nothing held out, and another source as its test part."""
        return replace(self, train=self.everything, test=other.evaluation, parts=self.single + other.single)


@dataclass(frozen=True)
class _Reading:
    """How a source is read: for its ``evaluation`` alone or not, and what is called time and again meanwhile."""

    for_test: bool
    tick: Callable[[], object]


def load(name: str, *, for_test: bool = False, tick: Callable[[], object] = bool) -> Source:
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
    loaded = []
    for part in parts(name):
        try:
            loaded.append(_load_part(part, _Reading(for_test, tick)))
        except MendableError as error:
            error.mended = mended(name, part.text, error.mend)
            raise
    if len(loaded) == 1:
        return loaded[0]
    return Source(
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


def parts(name: str) -> list[Part]:
    """Return the parts of a source's name; raise DataError where a factor is invalid."""
    return [_part(text.strip()) for text in _JOIN.split(name)]


def mended(name: str, part: str, *mend_names: str) -> str:
    """Return the name of a source with mends before one of its parts, given as its text."""
    return "+".join(each.mended(*mend_names) if each.text == part else each.text for each in parts(name))


def with_mends(name: str, mend_names: Collection[str]) -> str:
    """Return the name of a source with mends before each part that takes them, and does not have them already.

    Raises
    ------
    DataError
        No part takes them.
    """
    found = parts(name)
    if mend_names and not any(part.kind in MENDABLE for part in found):
        raise DataError(tr('"{name}" cannot be mended: only idx:, csv: and images: can', name=name))
    return "+".join(
        part.mended(*(mend for mend in mend_names if mend not in part.mends)) if part.kind in MENDABLE else part.text
        for part in found
    )


def missing(name: str) -> Path | None:
    """Return the first file or folder of a source's name that is not there; None where all are."""
    for part in parts(name):
        if part.kind in (*MENDABLE, "pen", "omniglot"):
            path, without_selection = (
                _located(part.argument),
                _located(part.argument.rpartition("@")[0] or part.argument),
            )
            if not bounded.exists(path) and not bounded.exists(without_selection) and not _is_set(path):
                return path
    return None


def _is_set(path: Path) -> bool:
    """Return whether a path that does not exist names a set of IDX files in a folder."""
    try:
        return bool(idx_folder.find(path).files)
    except DataError:
        return False


def uses_mnist(name: str) -> bool:
    """Return whether a source is MNIST or includes it."""
    try:
        return any(part.kind == "mnist" for part in parts(name))
    except DataError:
        return False


def default() -> str:
    """Return the name of the default source: ``mnist`` where it is present, else ``synthetic``."""
    return "mnist" if mnist.folder() else "synthetic"


def _part(text: str) -> Part:
    rest, times, mend_names = text, "", list[str]()
    while match := _FACTOR.match(rest):
        if match["times"] and times:
            break
        times = match["times"] or times
        mend_names += [match["mend"]] if match["mend"] else []
        rest = rest[match.end() :]
    if wrong := _ANY_FACTOR.match(rest):
        if re.match(r"[-0-9.]", rest) and not times:
            raise DataError(tr('"{times}": an epoch shows a source from 1 to 99 times', times=wrong[0]))
        if wrong[0][0].isalpha():
            names = ", ".join(mends.NAMES)
            raise DataError(tr('"{factor}": a mend is one of {names}', factor=wrong[0], names=names))
    return Part(text, times, tuple(mend_names), rest)


def _load_part(part: Part, how: _Reading) -> Source:
    loader, name, argument = _LOADERS.get(part.kind), part.named, part.argument
    needs_one = part.kind in (*MENDABLE, "pen", "omniglot")
    is_complete = bool(argument) if needs_one else (":" in name) == bool(argument)
    if loader is None or not is_complete or (argument and part.kind == "mnist"):
        raise DataError(
            tr(
                'there is no data source "{name}"; a source is mnist, synthetic, synthetic:N, pen:FILE, '
                "pen:FILE@WRITERS, idx:FOLDER, csv:FILE, images:FOLDER, nondigits:N, omniglot:ZIP, "
                "omniglot:ZIP@ALPHABETS, several joined by +, 3*A for a source shown three times in each epoch, "
                "or turn*A for one whose images are turned",
                name=name,
            )
        )
    if part.mends and part.kind not in MENDABLE:
        raise DataError(tr('"{name}" cannot be mended: only idx:, csv: and images: can', name=name))
    source = loader(part, how)
    times = int(part.times or 1)
    return replace(
        source,
        name=part.text,
        train=source.train.repeated(times) if times > 1 else source.train,
        everything=source.everything.repeated(times) if times > 1 else source.everything,
    )


def _nothing() -> Dataset:
    return Dataset.of(np.empty((0, SIZE, SIZE), np.uint8), np.empty(0, np.int64))


def _load_mnist(part: Part, how: _Reading) -> Source:
    train, test = (_nothing(), mnist.load_test()) if how.for_test else mnist.load()
    return Source(part.named, train, test, evaluation=test, everything=train, credits=(mnist.CREDIT,))


def _load_synthetic(part: Part, how: _Reading) -> Source:
    from core.synthetic import synthetic

    images, labels = synthetic.draw(_count(part.named, part.argument), np.random.default_rng(0))
    return _without_test_part(part.named, Dataset.of(images, labels))


def _load_nondigits(part: Part, how: _Reading) -> Source:
    from core.synthetic import nondigits

    images = nondigits.draw(_count(part.named, part.argument), np.random.default_rng(0))
    return _without_test_part(part.named, Dataset.of(images, np.full(len(images), NOT_A_DIGIT)))


def _count(name: str, argument: str) -> int:
    """Return the number of drawings to generate."""
    if argument and not (re.fullmatch(r"[0-9]{1,9}", argument) and 10 <= int(argument) <= MAX_SYNTHETIC):
        raise DataError(
            tr('"{name}": the number of drawings must be from 10 to {limit:,}', name=name, limit=MAX_SYNTHETIC)
        )
    return int(argument or N_SYNTHETIC)


def _load_pen(part: Part, how: _Reading) -> Source:
    name, argument = part.named, part.argument
    match = None if bounded.exists(_located(argument)) else re.fullmatch(r"(.+)@([0-9,-]+)", argument)
    path = _located(match[1] if match else argument)
    digits = unipen.read(path, _writers(match[2], name) if match else None)
    drawings = [digit.drawing for digit in digits]
    labels, writers = (np.array([getattr(digit, what) for digit in digits]) for what in ("label", "writer"))
    dataset = Dataset.of(ink.render_all(drawings, curves=False), labels, writers)
    return _without_test_part(name, dataset, (PEN_CREDIT,) if path.name in _PEN_NAMES else (), drawings)


def _load_omniglot(part: Part, how: _Reading) -> Source:
    from core.data import omniglot

    argument = part.argument
    is_whole = "@" not in argument or bounded.exists(_located(argument))
    path, _, alphabets = (argument, "", "") if is_whole else argument.rpartition("@")
    characters = omniglot.read(_located(path), [part.strip() for part in alphabets.split(",")] if alphabets else None)
    drawings = [character.drawing for character in characters]
    dataset = Dataset.of(ink.render_all(drawings, curves=False), np.full(len(drawings), NOT_A_DIGIT))
    return _without_test_part(part.named, dataset, (OMNIGLOT_CREDIT,), drawings)


def _load_idx(part: Part, how: _Reading) -> Source:
    where = idx_folder.find(_located(part.argument))

    def read(which: str) -> Dataset:
        images, labels, path = where.read(which)
        return mends.dataset(images, labels, part.mends, str(path))

    if where.has("test") and (how.for_test or not where.has("train")):
        test, train = read("test"), _nothing()
    elif not where.has("test"):
        return _without_test_part(part.named, read("train"))
    else:
        train, test = read("train"), read("test")
    return Source(part.named, train, test, evaluation=test, everything=train)


def _load_csv(part: Part, how: _Reading) -> Source:
    path = _located(part.argument)
    images, labels = csv_digits.read(path, how.tick)
    return _without_test_part(part.named, mends.dataset(images, labels, part.mends, str(path)))


def _load_images(part: Part, how: _Reading) -> Source:
    folders = picture_folder.parts(_located(part.argument))
    if "test" in folders and how.for_test:
        folders.pop("train", None)
    found = {which: picture_folder.read(folder, how.tick) for which, folder in folders.items()}
    read = {
        which: mends.dataset(pictures.images, pictures.labels, part.mends, str(folders[which]))
        for which, pictures in found.items()
    }
    left_out = tuple(sentence for pictures in found.values() for sentence in pictures.left_out)
    if "test" not in read:
        return replace(_without_test_part(part.named, read["train"]), left_out=left_out)
    train, test = read.get("train", _nothing()), read["test"]
    return Source(part.named, train, test, evaluation=test, everything=train, left_out=left_out)


_LOADERS: dict[str, Callable[[Part, _Reading], Source]] = {
    "mnist": _load_mnist,
    "synthetic": _load_synthetic,
    "pen": _load_pen,
    "idx": _load_idx,
    "csv": _load_csv,
    "images": _load_images,
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
