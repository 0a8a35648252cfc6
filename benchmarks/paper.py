"""How many pages are read right of those that people bring: with lines, boxes, holes, numbers, and as photos.

    DIGITPAD_DATA=FOLDER python benchmarks/paper.py [--seed N] [--n N] [--only KIND] [--keep FOLDER]

Pages of 14 kinds with pen digits of writers 25 to 30, each as a clean picture and as a photo (shade, noise, blur,
turned by up to 4°), read by ``benchmarks/writers-1-24.safetensors``, which has not seen them. *Right*: all digits are
right and accepted. *Wrong and sure*: a wrong number, all of whose parts have the verdict "digit". Both stand beside the
figures of the same digits as clean strokes.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from goals import goal, script
from paper_pages import ADDED, page
from PIL import Image
from written_numbers import WRITERS, pen_digits

from core.data.unipen import PenDigit
from core.digits import Verdict
from core.recognition import modelfile
from core.recognition.recognizer import Reading, Recognizer

N_PAGES = 50
"""Of each kind, clean and as a photo."""


@dataclass
class Count:
    """How many of n pages are right, and wrong and sure; and the same of their digits as clean strokes."""

    n: int = 0
    right: int = 0
    wrong: int = 0
    clean_right: int = 0
    clean_wrong: int = 0

    def add(self, other: "Count") -> None:
        """Add the counts of other pages."""
        for name in ("n", "right", "wrong", "clean_right", "clean_wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def share(self) -> float:
        """The right pages, relative to the same digits as clean strokes."""
        return self.right / self.clean_right if self.clean_right else 0.0

    def __str__(self) -> str:
        return (
            f"{self.right:4} of {self.n:4} right, {self.wrong:3} wrong and sure; as clean strokes "
            f"{self.clean_right:4}, {self.clean_wrong:3}; {self.share:.3f}"
        )


def judged(readings: Sequence[Reading | None], number: str) -> tuple[bool, bool]:
    """Return whether readings are right, all digits accepted; and whether they are wrong, and sure."""
    verdicts, digits = [], ""
    for reading in readings:
        for prediction in reading.predictions if reading is not None else ():
            if not prediction.is_symbol:
                verdicts.append(prediction.verdict)
                digits += str(prediction.digit)
    is_right = digits == number and all(verdict is not Verdict.NOT_A_DIGIT for verdict in verdicts)
    is_sure = bool(verdicts) and all(verdict is Verdict.DIGIT for verdict in verdicts)
    return is_right, is_sure and digits != number


def measure(
    recognizer: Recognizer,
    kind: str,
    digits: Sequence[PenDigit],
    seed: int,
    n: int,
    *,
    is_photo: bool,
    keep: Path | None,
) -> Count:
    """Return the counts of n pages of a kind; keep the pages that are not right in a folder."""
    count = Count()
    for at in range(n):
        rng = np.random.default_rng([seed, list(ADDED).index(kind), is_photo, at])
        made = page(kind, digits, rng, is_photo=is_photo)
        is_right, is_wrong = judged([recognizer.read_picture(made.pixels)], made.number)
        clean_right, clean_wrong = judged([recognizer.read(line) for line in made.lines], made.number)
        count.add(Count(1, is_right, is_wrong, clean_right, clean_wrong))
        if keep is not None and clean_right and not is_right:
            name = f"{kind} {'photo' if is_photo else 'clean'} {at} {made.number}{' wrong' if is_wrong else ''}.png"
            Image.fromarray(made.pixels).save(keep / name)
    return count


def milliseconds(recognizer: Recognizer, digits: Sequence[PenDigit], seed: int) -> float:
    """Return the median time to read a squared page as a photo."""
    times = []
    for at in range(15):
        made = page("squared", digits, np.random.default_rng([seed, at]), is_photo=True)
        began = time.perf_counter()
        recognizer.read_picture(made.pixels)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def main() -> None:
    """Measure every kind, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n", type=int, default=N_PAGES, help="pages of a kind, clean and as photos")
    parser.add_argument("--only", choices=list(ADDED), action="append", help="a kind, instead of all")
    parser.add_argument("--keep", type=Path, help="a folder for the pages that are not read right")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    recognizer = Recognizer.of(modelfile.load(Path(__file__).parent / "writers-1-24.safetensors"))
    digits = pen_digits(WRITERS)
    total, least = Count(), 1.0
    for kind in options.only or ADDED:
        both = Count()
        for is_photo in (False, True):
            count = measure(recognizer, kind, digits, options.seed, options.n, is_photo=is_photo, keep=options.keep)
            print(f"{kind + (', photo' if is_photo else ''):26}{count}", flush=True)
            both.add(count)
        least = min(least, both.share)
        total.add(both)
    print(f"{'all':26}{total}")
    goal("paper-right-of-clean", total.share, 0.97)
    goal("paper-worst-kind", least, 0.87)
    goal("paper-wrong-and-sure", 100 * (total.wrong - total.clean_wrong) / total.n, 0.3, unit=" points", at_most=True)
    goal("paper-page", milliseconds(recognizer, digits, options.seed), 40.0, unit=" ms", at_most=True)


if __name__ == "__main__":
    script(main)
