"""Names of sources: their parts, and the factors before each, as in ``3*turn*idx:FOLDER+mnist``."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.data import mends
from core.errors import DataError
from core.files import bounded, paths
from core.messages import tr

MENDABLE = ("idx", "csv", "images")
"""The kinds of sources that a mend can be put before."""
THINNED, SOFT = "thinned", "soft"  # not shown
DEGRADATIONS = (THINNED, SOFT)
"""Factors of ``core.data.degradation``."""
WITH_STROKES = ("pen", "omniglot")
"""The kinds of sources whose strokes are known."""

_NAMES = (*DEGRADATIONS, *mends.NAMES)
_FACTOR = re.compile(
    rf"(?:(?P<times>[1-9][0-9]?)|(?P<degradation>{'|'.join(DEGRADATIONS)})|(?P<mend>{'|'.join(mends.NAMES)}))\*"
)
_ANY_FACTOR = re.compile(r"-?[\w.]+\*")
# A plus that is not followed by a source is part of a file name.
_JOIN = re.compile(
    rf"\+\s*(?=(?:(?:[0-9]{{1,2}}|{'|'.join(_NAMES)})\*)*"
    r"(?:(?:pen|idx|csv|images|omniglot):|(?:mnist|(?:synthetic|nondigits)(?::[^+/\\]*)?)\s*(?:\+|$)))"
)


@dataclass(frozen=True)
class Part:
    """One part of a source's name.

    Attributes
    ----------
    text : str
        All of it, factors included.
    times : str
        How often an epoch shows it; empty for once.
    degradations, mends : tuple of str
        What is done to its digits: mends first.
    named : str
        What it is, as in ``idx:FOLDER``.
    """

    text: str
    times: str
    degradations: tuple[str, ...]
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

    @property
    def needs_argument(self) -> bool:
        """Whether it is nothing without what stands behind the colon."""
        return self.kind in (*MENDABLE, *WITH_STROKES)

    def mended(self, *names: str) -> str:
        """Return the text of the part with these mends on top of its own."""
        factors = [*([self.times] if self.times else []), *self.degradations, *names, *self.mends]
        return "".join(f"{factor}*" for factor in factors) + self.named

    def check_factors(self) -> None:
        """Raise DataError where a factor does not fit the source."""
        if self.mends and self.kind not in MENDABLE:
            raise DataError(tr('"{name}" cannot be mended: only idx:, csv: and images: can', name=self.named))
        if THINNED in self.degradations and self.kind not in WITH_STROKES:
            raise DataError(tr('"{name}" has no strokes to be thinned: only pen: and omniglot: have', name=self.named))


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


def uses_mnist(name: str) -> bool:
    """Return whether a source is MNIST or includes it."""
    try:
        return any(part.kind == "mnist" for part in parts(name))
    except DataError:
        return False


def located(name: str) -> Path:
    """Return the path of a source's file; a relative one is looked up in ``$DIGITPAD_DATA`` first."""
    path = paths.expanded(name)
    data = paths.data()
    if data is not None and not path.is_absolute() and bounded.exists(data / path):
        return data / path
    return path


def writers(text: str, name: str) -> set[int]:
    """Return the writers' numbers in a list such as ``1-24,30``."""
    chosen: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise DataError(tr('"{name}": writers are given like 25-30 or 1,2,7', name=name))
        chosen.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return chosen


def _part(text: str) -> Part:
    rest, times, degradations, mend_names = text, "", list[str](), list[str]()
    while match := _FACTOR.match(rest):
        if (match["times"] and times) or match["degradation"] in degradations:
            break
        times = match["times"] or times
        degradations += [match["degradation"]] if match["degradation"] else []
        mend_names += [match["mend"]] if match["mend"] else []
        rest = rest[match.end() :]
    if wrong := _ANY_FACTOR.match(rest):
        _refuse(wrong[0], times, degradations)
    return Part(text, times, tuple(degradations), tuple(mend_names), rest)


def _refuse(factor: str, times: str, degradations: Collection[str]) -> None:
    """Raise DataError for a factor that is none, or that a source has already."""
    if re.match(r"[-0-9.]", factor) and not times:
        raise DataError(tr('"{times}": an epoch shows a source from 1 to 99 times', times=factor))
    if factor[:-1] in degradations:
        raise DataError(tr('"{factor}" stands twice before a source', factor=factor))
    if factor[0].isalpha():
        text = tr(
            '"{factor}": a mend is one of {names}; {others} stand before a source too',
            factor=factor,
            names=", ".join(mends.NAMES),
            others=", ".join(DEGRADATIONS),
        )
        raise DataError(text)
