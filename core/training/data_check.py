"""The check of digits that the program does not know: before the first step, on a sample, with what would mend them.

Images that are turned or mirrored, black on white, values that end at 1, labels that are one too large, a single class,
digits that are in both the training and the test part. The judge is the network that ships: what it reads far better
when turned was turned. MNIST upright it reads at 99 %, turned in any of seven ways at 16 to 41 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.data import mends, sources
from core.data.dataset import Dataset
from core.data.mends import INVERT, SCALE, SHIFT, TEN, LabelsError
from core.data.source_loaders import Source
from core.digits import N_CLASSES, N_PIXELS, SIZE
from core.errors import MendableError, ModelError
from core.messages import tr
from core.recognition.recognizer import Recognizer, shipped_model

N_SAMPLE = 600
N_TEST_SAMPLE = 5000
"""Test digits that are looked for among the training digits."""
MIN_SAMPLE = 10
"""Fewer digits do not show which way they lie."""
_FAR = 0.2  # of the digits: what is read better by less may be chance, or the writers' hand
_READABLE = 0.5
_BRIGHT = 150
_TURNS: tuple[tuple[str, ...], ...] = (
    (), ("turn",), ("left",), ("right",), ("over",), ("mirror",), ("over", "mirror"), ("over", "turn"),
)  # fmt: skip
_MIN_SHARED = 0.002  # of the test digits


@dataclass(frozen=True)
class Finding:
    """Something that is odd about the digits of a source.

    Attributes
    ----------
    text
        What it is, in one sentence.
    mends
        The mends that help, to be put before the source's name; empty where none does.
    part
        The part of the source's name that they are put before.
    """

    text: str
    mends: tuple[str, ...] = ()
    part: str = ""


def judged(error: LabelsError) -> MendableError:
    """Return an error about labels from 1 to 10 with the mend that the network that ships favours."""
    scores = {TEN: 0.0, SHIFT: 0.0}
    for turns in _TURNS:
        predicted = _predicted(mends.turned(error.images, turns))
        for mend in scores:
            if predicted is not None:
                share = float((predicted == mends.relabelled(error.labels, mend)).mean())
                scores[mend] = max(scores[mend], share)
    best = max(scores, key=lambda mend: scores[mend])
    return MendableError(error.fact, best, error.mended.replace(f"{error.mend}*", f"{best}*", 1))


def findings(source: Source) -> tuple[Finding, ...]:
    """Return what is odd about the digits of a source; takes 0.3 s at most."""
    unknown = [part for part in source.single if _is_unknown(part.name)]
    found = [finding for part in unknown for finding in _of_part(part)]
    if unknown and (shared := _n_shared(source.train, source.test)):
        text = tr(
            "Test digits that are among the training digits too: {n:,} of {total:,}. The network will seem better than "
            "it is.",
            n=shared,
            total=min(len(source.test), N_TEST_SAMPLE),
        )
        found.append(Finding(text))
    return tuple(found)


def mended(name: str, found: Sequence[Finding]) -> str:
    """Return the name of a source with all mends that were found for its parts."""
    for part in dict.fromkeys(finding.part for finding in found):
        names = [mend for finding in found if finding.part == part for mend in finding.mends]
        name = sources.mended(name, part, *names) if names else name
    return name


def _is_unknown(name: str) -> bool:
    return any(part.kind in (*sources.MENDABLE, "pen") for part in sources.parts(name))


def _of_part(source: Source) -> list[Finding]:
    """Return what is odd about one source, in the order in which it is mended."""
    name = source.name
    sample = _sample(source.train if len(source.train) else source.evaluation)
    if not len(sample):
        return []
    found = _left_out(source)
    images, labels = sample.images.reshape(-1, SIZE, SIZE), sample.labels
    top = int(images.max())
    if top <= 16:
        text = tr("The values of {name} end at {top}, not at 255: its images are all but black.", name=name, top=top)
        found.append(Finding(text, (SCALE,) if top else (), name))
        images = np.rint(images * np.float32(255 / mends.top_of(images))).astype(np.uint8)
    if _is_bright(images):
        text = tr("The images of {name} are black on white: the pad's are white on black.", name=name)
        found.append(Finding(text, (INVERT,), name))
        images = ~images
    if len(classes := np.unique(labels)) == 1 and len(labels) > 1:
        text = tr("All digits of {name} are a {digit}: there is nothing to tell apart.", name=name, digit=classes[0])
        found.append(Finding(text, (), name))
    if sources.parts(name)[0].kind in sources.MENDABLE and top and len(labels) >= MIN_SAMPLE:
        found += _judged(images, labels, name)
    return found


def _left_out(source: Source) -> list[Finding]:
    if not source.left_out:
        return []
    text = tr(
        "{n:,} pictures of {name} were left out; the first: {reason}.",
        n=len(source.left_out),
        name=source.name,
        reason=source.left_out[0],
    )
    return [Finding(text, (), source.name)]


def _sample(data: Dataset) -> Dataset:
    """Return at most ``N_SAMPLE`` digits, evenly from the whole dataset."""
    digits = np.flatnonzero(data.labels < N_CLASSES)
    return data[digits[np.linspace(0, len(digits) - 1, min(len(digits), N_SAMPLE)).astype(np.intp)]]


def _is_bright(images: NDArray[np.uint8]) -> bool:
    """Return whether most images are brighter at their edge than within, and nearer to white there than to black."""
    edge = np.ones((SIZE, SIZE), bool)
    edge[1:-1, 1:-1] = False
    at_edge, within = images[:, edge].mean(axis=1), images[:, ~edge].mean(axis=1)
    return bool(np.mean((at_edge > _BRIGHT) & (at_edge > within)) > 0.5)


# -- the judge ---------------------------------------------------------------------------------------------------------


@cache
def judge() -> Recognizer | None:
    """Return the network that ships; None where it is damaged: then nothing is judged."""
    try:
        return Recognizer.of(shipped_model())
    except ModelError:
        return None


def _predicted(images: NDArray[np.uint8]) -> NDArray[np.intp] | None:
    """Return the digits (N,) that the judge reads in images (N, 28, 28)."""
    network = judge()
    if network is None:
        return None
    logits = network.logits(np.ascontiguousarray(images).reshape(len(images), N_PIXELS))
    predicted: NDArray[np.intp] = logits[:, :N_CLASSES].argmax(axis=1)
    return predicted


def _judged(images: NDArray[np.uint8], labels: NDArray[np.int64], name: str) -> list[Finding]:
    """Return how images lie, and whether their labels are one too large, where that is plain."""
    upright = _predicted(images)
    if upright is None or (upright == labels).mean() > 1 - _FAR:  # nothing can be read far better
        return []
    readings = {turns: _predicted(mends.turned(images, turns)) for turns in _TURNS}
    right = {
        (turns, shift): predicted == (mends.relabelled(labels, SHIFT) if shift else labels)
        for turns, predicted in readings.items()
        if predicted is not None
        for shift in (False, True)
    }
    best = max(right, key=lambda each: right[each].mean())
    now, then = right[(), False], right[best]
    gain, n_changed = int(then.sum()) - int(now.sum()), int((then != now).sum())
    if then.mean() < _READABLE or gain < _FAR * len(labels) or gain < 3 * np.sqrt(n_changed):  # three standard errors
        return []
    turns, is_shifted = best
    shares = {"name": name, "then": float(then.mean()), "now": float(now.mean())}
    found = []
    if turns:
        found.append(Finding(_turned_text(turns, shares), turns, name))
    if is_shifted:
        text = tr(
            "The labels of {name} are one too large: the network that ships reads a 0 where they say 1.", name=name
        )
        found.append(Finding(text, (SHIFT,), name))
    return found


def _turned_text(turns: tuple[str, ...], shares: dict[str, object]) -> str:
    match turns:
        case ("turn",) | ("left",) | ("right",) | ("over", "turn"):
            return tr(
                "The images of {name} lie on their side: the network that ships reads {then:.0%} of them turned, "
                "{now:.0%} as they are.",
                **shares,
            )
        case ("over",):
            return tr(
                "The images of {name} stand on their head: the network that ships reads {then:.0%} of them turned, "
                "{now:.0%} as they are.",
                **shares,
            )
    return tr(
        "The images of {name} are mirrored: the network that ships reads {then:.0%} of them mirrored again, "
        "{now:.0%} as they are.",
        **shares,
    )


# -- digits in both parts ----------------------------------------------------------------------------------------------


def _n_shared(train: Dataset, test: Dataset) -> int:
    """Return how many of a sample of the test digits are among the training digits, pixel for pixel; 0 for a few."""
    test = test[:N_TEST_SAMPLE].digits
    inked = test.images[test.images.any(axis=1)]
    if not len(inked) or not len(train):
        return 0
    # A product with random odd numbers, modulo 2^64: equal rows have equal ones, others as good as never.
    factors = np.random.default_rng(0).integers(2**63, size=N_PIXELS // 8, dtype=np.uint64) | np.uint64(1)
    sums = [np.ascontiguousarray(images).view(np.uint64) @ factors for images in (train.images, inked)]
    n = int(np.isin(sums[1], sums[0]).sum())
    return n if n >= _MIN_SHARED * len(inked) else 0
