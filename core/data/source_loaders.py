"""The loaders of sources, one for each kind, and what they return."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.data import csv_digits, degradation, idx_folder, mends, mnist, picture_folder, source_names, unipen
from core.data.dataset import Dataset, concatenate
from core.data.source_names import Part
from core.digits import NOT_A_DIGIT, SIZE
from core.errors import DataError
from core.files import bounded
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
class Reading:
    """How a source is read: for its ``evaluation`` alone or not, and what is called time and again meanwhile."""

    for_test: bool
    tick: Callable[[], object]


def load(part: Part, how: Reading) -> Source:
    """Load one part of a source's name; raise DataError or MendableError as ``core.data.sources.load``."""
    loader, name, argument = LOADERS.get(part.kind), part.named, part.argument
    is_complete = bool(argument) if part.needs_argument else (":" in name) == bool(argument)
    if loader is None or not is_complete or (argument and part.kind == "mnist"):
        raise DataError(
            tr(
                'there is no data source "{name}"; a source is mnist, synthetic, synthetic:N, pen:FILE, '
                "pen:FILE@WRITERS, idx:FOLDER, csv:FILE, images:FOLDER, nondigits:N, omniglot:ZIP, "
                "omniglot:ZIP@ALPHABETS, several joined by +, 3*A for a source shown three times in each epoch, "
                "turn*A for one whose images are turned, thinned*A for strokes with few points, or soft*A for images "
                "of few pixels",
                name=name,
            )
        )
    part.check_factors()
    source, times, is_soft = loader(part, how), int(part.times or 1), source_names.SOFT in part.degradations
    if source_names.THINNED in part.degradations:
        source, times = (_thinned(source, 1), times) if is_soft else (_thinned(source, times), 1)
    if is_soft:
        source = _soft(source, how.tick)
    return replace(
        source,
        name=part.text,
        train=source.train.repeated(times) if times > 1 else source.train,
        everything=source.everything.repeated(times) if times > 1 else source.everything,
    )


def _thinned(source: Source, times: int) -> Source:
    """Return a source with thinned strokes; each of the times that an epoch shows it is thinned differently."""
    rng, known, versions = np.random.default_rng(0), source.evaluation, list[Source]()
    for _ in range(times):
        drawings = degradation.thinned(source.drawings, rng)
        dataset = Dataset.of(ink.render_all(drawings), known.labels, known.writers)
        versions.append(_without_test_part(source.name, dataset, source.credits, drawings))
    if times == 1:
        return versions[0]
    return replace(
        versions[0],
        train=concatenate([version.train for version in versions]),
        everything=concatenate([version.everything for version in versions]),
    )


def _soft(source: Source, tick: Callable[[], object]) -> Source:
    """Return a source with soft images and without strokes."""
    everything = degradation.soft(source.everything, np.random.default_rng(0), tick)
    if source.evaluation is source.everything:
        soft = _without_test_part(source.name, everything, source.credits)
    else:
        test = degradation.soft(source.test, np.random.default_rng(0), tick, degradation.MAX_SOFT_TEST)
        soft = replace(source, train=everything, test=test, evaluation=test, everything=everything)
    if not len(soft.evaluation) + len(soft.everything):
        raise DataError(tr('nothing is left of the images of "{name}" at so few pixels', name=source.name))
    return replace(soft, left_out=source.left_out)


def _nothing() -> Dataset:
    return Dataset.of(np.empty((0, SIZE, SIZE), np.uint8), np.empty(0, np.int64))


def _load_mnist(part: Part, how: Reading) -> Source:
    train, test = (_nothing(), mnist.load_test()) if how.for_test else mnist.load()
    return Source(part.named, train, test, evaluation=test, everything=train, credits=(mnist.CREDIT,))


def _load_synthetic(part: Part, how: Reading) -> Source:
    from core.synthetic import synthetic

    images, labels = synthetic.draw(_count(part.named, part.argument), np.random.default_rng(0))
    return _without_test_part(part.named, Dataset.of(images, labels))


def _load_nondigits(part: Part, how: Reading) -> Source:
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


def _load_pen(part: Part, how: Reading) -> Source:
    name, argument = part.named, part.argument
    match = None if bounded.exists(source_names.located(argument)) else re.fullmatch(r"(.+)@([0-9,-]+)", argument)
    path = source_names.located(match[1] if match else argument)
    digits = unipen.read(path, source_names.writers(match[2], name) if match else None)
    drawings = [digit.drawing for digit in digits]
    labels, writers = (np.array([getattr(digit, what) for digit in digits]) for what in ("label", "writer"))
    dataset = Dataset.of(ink.render_all(drawings, curves=False), labels, writers)
    return _without_test_part(name, dataset, (PEN_CREDIT,) if path.name in _PEN_NAMES else (), drawings)


def _load_omniglot(part: Part, how: Reading) -> Source:
    from core.data import omniglot

    argument = part.argument
    is_whole = "@" not in argument or bounded.exists(source_names.located(argument))
    path, _, alphabets = (argument, "", "") if is_whole else argument.rpartition("@")
    characters = omniglot.read(
        source_names.located(path), [part.strip() for part in alphabets.split(",")] if alphabets else None
    )
    drawings = [character.drawing for character in characters]
    dataset = Dataset.of(ink.render_all(drawings, curves=False), np.full(len(drawings), NOT_A_DIGIT))
    return _without_test_part(part.named, dataset, (OMNIGLOT_CREDIT,), drawings)


def _load_idx(part: Part, how: Reading) -> Source:
    where = idx_folder.find(source_names.located(part.argument))

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


def _load_csv(part: Part, how: Reading) -> Source:
    path = source_names.located(part.argument)
    images, labels = csv_digits.read(path, how.tick)
    return _without_test_part(part.named, mends.dataset(images, labels, part.mends, str(path)))


def _load_images(part: Part, how: Reading) -> Source:
    folders = picture_folder.parts(source_names.located(part.argument))
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


LOADERS: dict[str, Callable[[Part, Reading], Source]] = {
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
