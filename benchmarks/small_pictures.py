"""Small pictures: scikit-learn's 1,797 digits of 8 × 8 pixels, enlarged to 240 × 240, and how many are read right.

    python benchmarks/small_pictures.py [--digits FILE] [--model FILE] [--side N] [--n N]

``sklearn.datasets.load_digits`` (Alpaydin, Kaynak: Optical Recognition of Handwritten Digits, UCI, CC BY 4.0) is tested
on, and nothing is trained or chosen by it. Without scikit-learn, ``--digits`` names a file with 64 counts from 0 to 16
and a label a row: its ``digits.csv.gz``, or UCI's ``optdigits.tes``, which holds the same digits. *Right and accepted*
and *wrong and sure* are as in ``paper.py``.
"""

import argparse
import csv
import gzip
import sys
import zlib
from pathlib import Path

import numpy as np
from goals import goal, script
from numpy.typing import NDArray
from paper import judged
from PIL import Image

from core.errors import DataError, DigitpadError
from core.recognition import modelfile
from core.recognition.recognizer import Recognizer

SIDE = 240
"""Of the enlarged pictures, in pixels."""
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "nearest": Image.Resampling.NEAREST}

Images = NDArray[np.uint8]


def digits(path: Path | None) -> tuple[Images, NDArray[np.int64]]:
    """Return grey values (N, 8, 8), dark on light, and labels (N,), from a file or from scikit-learn.

    Raises
    ------
    DataError
        There is neither, or the file holds something else.
    """
    rows = _installed() if path is None else _rows(path)
    counts, labels = rows[:, :-1], rows[:, -1]
    if rows.shape[1] != 65 or not 0 <= counts.min() < counts.max() <= 16 or not 0 <= labels.min() <= labels.max() <= 9:
        raise DataError(f"{path} does not hold rows of 64 values from 0 to 16 and a label")
    return (255 - counts.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8), labels.astype(np.int64)


def _installed() -> NDArray[np.float64]:
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        text = "scikit-learn is not installed: install the extra bench, or name a file with --digits"
        raise DataError(text) from None
    found = load_digits()
    return np.column_stack([found.data, found.target]).astype(np.float64)


def _rows(path: Path) -> NDArray[np.float64]:
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
            rows = np.array([[float(value) for value in row] for row in csv.reader(file) if row])
    except (OSError, ValueError, EOFError, csv.Error, zlib.error) as error:
        raise DataError(f"{path} cannot be read as a table of digits: {error}") from None
    return rows if rows.ndim == 2 else np.zeros((1, 1))


def enlarged(grey: Images, side: int, how: str) -> Images:
    """Return a picture (8, 8) enlarged to a side."""
    return np.asarray(Image.fromarray(grey).resize((side, side), FILTERS[how]))


def measure(recognizer: Recognizer, greys: Images, labels: NDArray[np.int64], side: int, how: str) -> tuple[float, ...]:
    """Return the shares of pictures that are read right, right and accepted, and wrong and sure."""
    counts = np.zeros(3)
    for grey, label in zip(greys, labels, strict=True):
        reading = recognizer.read_picture(enlarged(grey, side, how))
        predictions = reading.predictions if reading is not None else ()
        digits_read = "".join(str(prediction.digit) for prediction in predictions if not prediction.is_symbol)
        counts += (digits_read == str(label), *judged([reading], str(label)))
    return tuple((counts / len(labels)).tolist())


def main() -> int:
    """Measure both filters; return 2 where there are no digits to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=Path, metavar="FILE", help="instead of scikit-learn's")
    parser.add_argument("--model", type=Path, default=Path(__file__).parent / "writers-1-24.safetensors")
    parser.add_argument("--side", type=int, default=SIDE, help="of the enlarged pictures, in pixels")
    parser.add_argument("--n", type=int, help="pictures, instead of all")
    options = parser.parse_args()
    try:
        recognizer = Recognizer.of(modelfile.load(options.model))
        greys, labels = (rows[: options.n] for rows in digits(options.digits))
    except DigitpadError as error:
        print(error, file=sys.stderr)
        return 2
    accepted, wrong = [], []
    print(f"| {len(labels)} digits, enlarged | right | right and accepted | wrong and sure |\n|---|---|---|---|")
    for how in FILTERS:
        right, good, bad = measure(recognizer, greys, labels, options.side, how)
        print(f"| {how} | {right:.1%} | {good:.1%} | {bad:.2%} |", flush=True)
        accepted.append(good)
        wrong.append(bad)
    goal("small-pictures-accepted", min(accepted), 0.9)
    goal("small-pictures-wrong-and-sure", 100 * max(wrong), 0.5, unit=" %", at_most=True)
    return 0


if __name__ == "__main__":
    script(main)
