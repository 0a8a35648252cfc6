"""Segmentation: the share of numbers that are read completely, and of single digits that are split.

The numbers are composed of pen digits; the digits of a number are by one writer.

    DIGITPAD_DATA=FOLDER python benchmarks/written_numbers.py
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import stroke_kinds  # a module of this folder

from core.data import unipen
from core.data.unipen import PenDigit
from core.errors import DataError
from core.files import paths
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition import modelfile
from core.recognition.recognizer import Recognizer, shipped_model
from core.recognition.segmentation import Costs, segment

N_NUMBERS = 1000
N_KIND = 300
SYMBOLS = ("comma", "point", "apostrophe", "ring")
WRITERS = range(25, 31)
HEIGHT = 100.0
"""Mean height of a digit in a composed number, in its units."""

HARDER: dict[str, dict[str, Any]] = {
    "boxes that overlap a little or just part": {"gap": (-0.1, 0.05)},
    "boxes that overlap more": {"gap": (-0.2, 0.0)},
    "slanted, boxes overlapping": {"gap": (-0.15, 0.1), "slant": 0.35},
    "sizes and heights that vary more": {"size": 0.3, "offset": 0.08},
    "strokes in any order": {"in_order": False},
    "30 pixels high, whole pixels": {"pixels": 30},
    "twelve digits": {"n_digits": 12},
}
"""Harder variants, measured without a goal; in some, the digits themselves are harder to recognise."""


def compose(
    digits: Sequence[Drawing],
    rng: np.random.Generator,
    gap: tuple[float, float] = (0.05, 0.25),
    size: float = 0.15,
    *,
    offset: float = 0.04,
    slant: float = 0.0,
    in_order: bool = True,
    pixels: int | None = None,
) -> Drawing:
    """Return a number: digits side by side on a line. All lengths are shares of ``HEIGHT``.

    Parameters
    ----------
    gap
        Minimum and maximum gap between neighbouring bounding boxes; below 0 they overlap.
    size
        Maximum deviation of a digit's height from 1.
    offset
        Standard deviation of a digit's vertical position.
    slant
        Shift of a digit's top to the right, relative to its bottom.
    in_order
        Whether the strokes are in the order of writing; else in random order.
    pixels
        Height in pixels; coordinates are rounded to whole pixels. None for no rounding.
    """
    strokes = []
    right = 0.0
    for digit in digits:
        placed = _placed(digit, 1 + rng.uniform(-size, size), rng.normal(0, offset), slant)
        box = np.concatenate(placed)
        shift = right - box[:, 0].min()
        strokes += [stroke + np.array([shift, 0.0]) for stroke in placed]
        right = box[:, 0].max() + shift + rng.uniform(*gap)
    order = range(len(strokes)) if in_order else rng.permutation(len(strokes))
    if pixels is None:
        return Drawing.from_points([strokes[at] * HEIGHT for at in order])
    return Drawing.from_points([np.rint(strokes[at] * pixels) for at in order])


def _placed(digit: Drawing, height: float, middle: float, slant: float) -> list[np.ndarray]:
    """Return a digit's strokes, scaled to a height and centred at height ``middle``."""
    points = np.concatenate(digit.strokes)[:, :2].astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = height / max(high[1] - low[1], 1e-9)
    strokes = [(stroke[:, :2] - (low + high) / 2) * scale for stroke in digit.strokes]
    return [stroke @ np.array([[1, 0], [-slant, 1]]) + np.array([0, middle]) for stroke in strokes]


def pen_digits(writers: Sequence[int] | None = None) -> list[PenDigit]:
    """Return the pen digits of some writers; None for all.

    Raises
    ------
    DataError
        ``$DIGITPAD_DATA`` has no ``pen/pen-train.unipen``.
    """
    data = paths.data()
    if data is None:
        raise DataError("the pen digits are missing: set DIGITPAD_DATA to a folder with pen/pen-train.unipen")
    return unipen.read(data / "pen" / "pen-train.unipen", writers)


def read_whole(
    recognizer: Recognizer,
    digits: Sequence[PenDigit],
    rng: np.random.Generator,
    n: int = N_NUMBERS,
    n_digits: int = 4,
    **composition: Any,
) -> tuple[int, int]:
    """Return how many of n numbers are read correctly, and how many have digits that are each read correctly alone.

    Only numbers of the second kind are counted for the first. The other arguments are those of ``compose``.
    """
    writers = sorted({digit.writer for digit in digits})
    by_writer = {writer: [digit for digit in digits if digit.writer == writer] for writer in writers}
    whole = fair = 0
    for _ in range(n):
        own = by_writer[writers[rng.integers(len(writers))]]
        chosen = [own[at] for at in rng.integers(len(own), size=n_digits)]
        number = compose([digit.drawing for digit in chosen], rng, **composition)
        if all(_digit(recognizer, digit.drawing) == digit.label for digit in chosen):
            reading = recognizer.read(number)
            fair += 1
            whole += reading is not None and reading.number == "".join(str(digit.label) for digit in chosen)
    return whole, fair


def _digit(recognizer: Recognizer, drawing: Drawing) -> int | None:
    prediction = recognizer.predict(drawing)
    return prediction and prediction.digit


def count_split(digits: Sequence[PenDigit], costs: Costs | None) -> int:
    """Return how many single digits are split."""
    return sum(len(segment(digit.drawing, costs)) != 1 for digit in digits)


def read_kinds(recognizer: Recognizer, digits: Sequence[PenDigit], n: int = N_KIND) -> dict[str, tuple[int, int]]:
    """Return for each kind of strokes how many of n digits are one digit, and how many of them are read correctly.

    Only digits that are read correctly as they were written.
    """
    kinds = {
        "in two arcs": (stroke_kinds.in_two_arcs, (0, 8)),
        "gone over again": (stroke_kinds.gone_over, range(10)),
        "a 1 gone over again": (stroke_kinds.gone_over, (1,)),
        "broken": (stroke_kinds.broken, range(10)),
    }
    found = {}
    for name, (change, labels) in kinds.items():
        rng = np.random.default_rng(0)
        pool = [digit for digit in digits if digit.label in labels]
        one = right = tried = 0
        while tried < n:
            digit = pool[rng.integers(len(pool))]
            changed = change(digit.drawing, rng)
            if changed is None or _digit(recognizer, digit.drawing) != digit.label:
                continue
            reading = recognizer.read(changed)
            tried += 1
            one += reading is not None and len(reading.parts) == 1
            right += reading is not None and reading.number == str(digit.label)
        found[name] = one, right
    return found


def read_pages(recognizer: Recognizer, digits: Sequence[PenDigit], n: int = N_KIND) -> dict[str, int]:
    """Return for each symbol, and for two lines, how many of n pages are read correctly, symbols marked as such.

    Only pages whose digits are each read correctly alone.
    """
    by_writer = {digit.writer: [other for other in digits if other.writer == digit.writer] for digit in digits}
    found = {}
    for name in (*SYMBOLS, "two lines"):
        rng = np.random.default_rng(0)
        right = tried = 0
        while tried < n:
            own = by_writer[digits[rng.integers(len(digits))].writer]
            chosen = [own[at] for at in rng.integers(len(own), size=4)]
            if any(_digit(recognizer, digit.drawing) != digit.label for digit in chosen):
                continue
            tried += 1
            right += _is_right(recognizer, chosen, name, rng)
        found[name] = right
    return found


def _is_right(recognizer: Recognizer, chosen: Sequence[PenDigit], name: str, rng: np.random.Generator) -> bool:
    """Return whether a page of four digits is read correctly."""
    first, last = (compose([digit.drawing for digit in half], rng) for half in (chosen[:2], chosen[2:]))
    labels = ["".join(str(digit.label) for digit in half) for half in (chosen[:2], chosen[2:])]
    if name == "two lines":
        reading = recognizer.read(stroke_kinds.two_lines(first, last, rng))
        return reading is not None and list(reading.numbers) == labels
    ends = name == "ring"
    reading = recognizer.read(stroke_kinds.with_symbol(first, None if ends else last, name, rng))
    at = [index for index, part in enumerate(reading.parts) if part.is_symbol] if reading else []
    return reading is not None and at == [2] and reading.number == (labels[0] if ends else "".join(labels))


def read_thinned(recognizer: Recognizer, digits: Sequence[PenDigit], n: int) -> int:
    """Return how many digits are read correctly with every n-th of their points."""
    images = ink.render_all([stroke_kinds.thinned(digit.drawing, n) for digit in digits])
    predictions = recognizer.predict_images(images)
    return sum(found.digit == digit.label for found, digit in zip(predictions, digits, strict=True))


def kinds() -> None:
    """Measure the kinds of strokes, symbols, lines and thinned strokes, with the network of writers 1 to 24."""
    from goals import goal

    recognizer = Recognizer.of(modelfile.load(Path(__file__).parent / "writers-1-24.safetensors"))
    digits = pen_digits(WRITERS)
    for name, (one, right) in read_kinds(recognizer, digits).items():
        print(f"{name}: {one} of {N_KIND} one digit, {right} read correctly")
        goal(f"{name.replace(' ', '-')}-one-digit", one / N_KIND, 0.98)
    for name, right in read_pages(recognizer, digits).items():
        print(f"{name}: {right} of {N_KIND} read correctly")
        goal(f"{name.replace(' ', '-')}-right", right / N_KIND, 0.98)
    for n, floor in {1: 0.99, 2: 0.992, 3: 0.988, 4: 0.982, 8: 0.0}.items():
        right = read_thinned(recognizer, digits, n)
        print(f"every {n}. point kept: {right} of {len(digits)}, {right / len(digits):.2%}")
        if floor:
            goal(f"thinned-{n}", right / len(digits), floor)


def milliseconds() -> float:
    """Return the median time of 200 segmentations of twelve digits with 3,000 points, without a network."""
    angles = np.linspace(0, 2 * np.pi, 250)
    digits = [Drawing.from_points([np.column_stack([30 * np.sin(angles), -50 * np.cos(angles)])])] * 12
    number = compose(digits, np.random.default_rng(0))
    times = []
    for _ in range(200):
        began = time.perf_counter()
        segment(number)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def main() -> None:
    """Measure the numbers and the single digits."""
    from goals import goal  # a module of this folder

    recognizer = Recognizer.of(shipped_model())
    everyone = pen_digits()
    held_out = [digit for digit in everyone if digit.writer in WRITERS]
    whole, fair = read_whole(recognizer, held_out, np.random.default_rng(0))
    print(f"numbers of four digits: {whole} of {fair} read whole")
    goal("numbers-whole", whole / fair, 0.995)
    for name, digits in (("singles-split", held_out), ("singles-split-everyone", everyone)):
        n_split = count_split(digits, recognizer.costs)
        alone = count_split(digits, None)
        print(f"single digits: {n_split} of {len(digits)} split; without the network {alone}")
        goal(name, n_split / len(digits), 0.003, at_most=True)
    goal("segmenting-3000", milliseconds(), 2.0, unit=" ms", at_most=True)
    for name, how in HARDER.items():
        whole, fair = read_whole(recognizer, held_out, np.random.default_rng(0), 300, **how)
        print(f"{name}: {whole} of {fair} read whole")
    kinds()


if __name__ == "__main__":
    from goals import script

    script(main)
