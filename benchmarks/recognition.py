"""Accuracy of the recognition, as one table, with a line ``goal`` for each target.

    DIGITPAD_DATA=FOLDER python benchmarks/recognition.py

Figures on pen writers 25 to 30 come from a network that learned from writers 1 to 24 alone,
``benchmarks/writers-1-24.safetensors``; its settings were chosen on the other six. The shipped network has the same
settings, calibration and threshold, and learned from all thirty: no figure of it is about those writers. ``make model``
trains both. The results of long trainings are in ``benchmarks/trainings.json``, written by ``benchmarks/trainings.py``.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import nonsense
import numpy as np
import photos
import written_numbers
from goals import goal, script
from numpy.typing import NDArray

from core import threads
from core.data import sources
from core.data.source_loaders import Source
from core.digits import NOT_A_DIGIT
from core.formats import picture_file
from core.preprocessing import canvas, ink
from core.preprocessing.ink import Drawing
from core.recognition import calibration, evaluation, modelfile
from core.recognition.evaluation import Predictions
from core.recognition.recognizer import Recognizer, shipped_model
from core.training import loop
from core.training.experiment import Experiment
from core.training.recipes import RECIPES

HERE = Path(__file__).parent
TRAININGS = HERE / "trainings.json"
PEN = "pen:pen/pen-train.unipen@25-30"
OMNIGLOT = "omniglot:omniglot/strokes_background_small1.zip"
HELD_OUT_ALPHABET = "Early_Aramaic"
SIZES, WIDTHS = (0.25, 0.4, 0.65, 0.9), (0.02, 0.04, 0.06, 0.08, 0.10)
PLACEMENTS = {
    "small": (0.25, 0.04),
    "middle": (0.5, 0.04),
    "large": (0.9, 0.04),
    "thin": (0.5, 0.02),
    "thick": (0.5, 0.10),
}
N_NONSENSE = 500
N_PHOTOS = 200
N_NUMBERS = 1000


@dataclass(frozen=True)
class Row:
    """A row of the table: the test set, the network, and the number of correct predictions."""

    what: str
    network: str
    correct: int
    n: int
    note: str = ""

    @property
    def share(self) -> float:
        """The share of correct predictions."""
        return self.correct / self.n

    def __str__(self) -> str:
        low, high = calibration.wilson(self.correct, self.n)
        return (
            f"| {self.what} | {self.network} | {self.n:,} | {self.share:.2%} | {low:.2%} to {high:.2%} | {self.note} |"
        )


HEADER = "| what | network | n | share | 95 % interval | |\n|---|---|---|---|---|---|"


class Bench:
    """Measures everything; collects the rows and the goals."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.goals: list[tuple[str, float, float, bool]] = []
        self.chosen = Recognizer.of(modelfile.load(HERE / "writers-1-24.safetensors"))
        self.shipped = Recognizer.of(shipped_model())
        self.pen = sources.load(PEN)
        self.labels = self.pen.evaluation.labels

    def add(self, what: str, network: str, correct: int, n: int, note: str = "") -> float:
        """Add a row, print it, and return its share."""
        row = Row(what, network, correct, n, note)
        self.rows.append(row)
        print(row, flush=True)
        return row.share

    def goal(self, name: str, figure: float, floor: float, *, at_most: bool = False) -> None:
        """Record a goal, to be printed at the end."""
        self.goals.append((name, figure, floor, at_most))

    def run(self) -> None:
        """Measure everything."""
        print(HEADER)
        for part in (self.mnist, self.pen_digits, self.canvas, self.photos, self.rejections, self.numbers, self.naive):
            part()

    def mnist(self) -> None:
        """Measure MNIST's test set, and show the results of the long trainings."""
        test = sources.load("mnist").evaluation
        predictions = evaluation.of_images(self.shipped, test.images, test.labels)
        self.add("MNIST, test set", "shipped", predictions.correct, len(predictions))
        trainings = json.loads(TRAININGS.read_text())
        seeds = [run["mnist"] for name, run in trainings.items() if name.startswith("seed")]
        if seeds:
            n = round(len(seeds) * len(test))
            note = f"{min(seeds):.2%} to {max(seeds):.2%}"
            self.add(f"the same, {len(seeds)} seeds", "as shipped", round(float(np.mean(seeds)) * n), n, note)
            self.goal("mnist-mean-of-seeds", float(np.mean(seeds)), 0.9945)
        folds = [run for name, run in trainings.items() if name.startswith("fold")]
        if folds:
            correct, n = (sum(run[what] for run in folds) for what in ("pen_correct", "pen_n"))
            self.add(f"pen, cross-validated, {len(folds)} folds by writer", "as shipped", correct, n)
        if alone := trainings.get("synthetic"):
            self.add(
                "MNIST, by digits that the program drew alone", "synthetic", round(alone["mnist"] * 10_000), 10_000
            )
            self.add("pen, writers 25 to 30, likewise", "synthetic", alone["pen_correct"], alone["pen_n"])
            self.goal("synthetic-mnist", alone["mnist"], 0.95)
            self.goal("synthetic-pen", alone["pen"], 0.95)

    def pen_digits(self) -> None:
        """Measure digits of unseen writers, from their strokes and from the canvas."""
        predictions = evaluation.of_drawings(self.chosen, self.pen.drawings, self.labels)
        note = (
            f"{predictions.rejected} rejected, {predictions.accuracy_accepted:.2%} of the others; calibration error "
            f"{predictions.calibration_error:.2%}; {int(predictions.split.sum())} split"
        )
        self.goal(
            "pen-25-30", self.add("pen, writers 25 to 30", "1-24", predictions.correct, len(predictions), note), 0.99
        )
        self.goal("calibration-error", predictions.calibration_error, 0.01, at_most=True)
        self.clean = predictions
        for name, (size, width) in PLACEMENTS.items():
            placed = self.placed(size, width)
            rendered = evaluation.of_drawings(self.chosen, placed, self.labels)
            self.add(
                f"the same, {name}, strokes", "1-24", rendered.correct, len(rendered), f"{size:g} of a 280-px canvas"
            )
            painted = evaluation.of_pictures(self.chosen, (canvas.paint(d, width) for d in placed), self.labels)
            note = f"pen {width:g} of the canvas"
            self.add(f"the same, {name}, canvas", "1-24", painted.correct, len(painted), note)

    def placed(self, size: float, width: float) -> list[Drawing]:
        """Return the pen digits at random positions on a canvas, in whole pixels."""
        rng = np.random.default_rng(0)
        return [canvas.placed(drawing, size, rng, pen_width=width) for drawing in self.pen.drawings]

    def canvas(self) -> None:
        """Find the size and pen width with the lowest accuracy, read from the canvas."""
        cells = {}
        for size, width in product(SIZES, WIDTHS):
            if width <= size / 5:
                pictures = (canvas.paint(drawing, width) for drawing in self.placed(size, width))
                cells[size, width] = evaluation.of_pictures(self.chosen, pictures, self.labels).correct
        (size, width), worst = min(cells.items(), key=lambda cell: cell[1])
        note = f"of {len(cells)}: size {size:g}, pen {width:g}"
        self.goal("canvas-worst", self.add("canvas, worst size and pen", "1-24", worst, len(self.labels), note), 0.96)

    def photos(self) -> None:
        """Measure photos of paper."""
        rows = np.random.default_rng(1).permutation(len(self.labels))[:N_PHOTOS]
        greys = [
            picture_file.decode(photos.photo(self.pen.drawings[row], np.random.default_rng([7, row]))) for row in rows
        ]
        predictions = evaluation.of_pictures(self.chosen, greys, self.labels[rows])
        clean = self.clean.is_correct[rows].mean()
        share = self.add("photos of paper", "1-24", predictions.correct, N_PHOTOS, f"{clean:.2%} from the strokes")
        self.goal("photos-of-clean", share / clean, 0.95)

    def rejections(self) -> None:
        """Measure the rejection of non-digits."""
        digits = self.clean.scores
        everything, unseen = sources.load(OMNIGLOT), sources.load(f"{OMNIGLOT}@{HELD_OUT_ALPHABET}")
        for name, suffix, source in (
            ("three alphabets", "", everything),
            ("the one of them that was held out", "-held-out", unseen),
        ):
            predictions = self.predictions(source)
            area = calibration.area_under_roc(digits, predictions.scores)
            note = f"area under the ROC curve {area:.4f}"
            share = self.add(f"rejected: Omniglot, {name}", "1-24", predictions.rejected, len(predictions), note)
            self.goal(f"omniglot-refused{suffix}", share, 0.85)
            self.goal(f"omniglot-auroc{suffix}", area, 0.97)
        total = 0
        for kind in nonsense.KINDS:
            drawings = nonsense.drawings(kind, N_NONSENSE, np.random.default_rng(3))
            predictions = evaluation.of_drawings(self.chosen, drawings, np.full(N_NONSENSE, NOT_A_DIGIT))
            self.add(f"rejected: {kind}", "1-24", predictions.rejected, N_NONSENSE)
            total += predictions.rejected
        self.add("rejected: all four kinds", "1-24", total, N_NONSENSE * len(nonsense.KINDS))
        self.goal("nonsense-refused", total / (N_NONSENSE * len(nonsense.KINDS)), 0.95)
        self.goal("digits-accepted", float(self.clean.accepted.mean()), 0.98)

    def predictions(self, source: Source) -> Predictions:
        """Return the predictions for a source of drawings."""
        return evaluation.of_drawings(self.chosen, source.drawings, source.evaluation.labels)

    def numbers(self) -> None:
        """Measure numbers of four digits."""
        digits = written_numbers.pen_digits(range(25, 31))
        whole, fair = written_numbers.read_whole(self.chosen, digits, np.random.default_rng(0), N_NUMBERS)
        note = f"of the {fair} of {N_NUMBERS} whose digits are read right alone"
        self.goal("numbers-whole", self.add("numbers of four digits, whole", "1-24", whole, fair, note), 0.97)
        split = int(self.clean.split.sum())
        self.goal("singles-split", split / len(self.labels), 0.003, at_most=True)

    def naive(self) -> None:
        """Measure the preprocessing of other programs, with a plain network on MNIST (``quick``)."""
        plain = trained("quick", "mnist")
        for what, images in naive_images(self.pen.drawings).items():
            predictions = evaluation.of_images(plain, images, self.labels)
            self.add(what, "plain", predictions.correct, len(predictions))

    def report_goals(self) -> None:
        """Print the goals."""
        for name, figure, floor, at_most in self.goals:
            goal(name, figure, floor, at_most=at_most)


def trained(recipe: str, data: str) -> Recognizer:
    """Return a newly trained recognizer, seed 0."""
    n_threads = threads.default(window=False)
    with threads.limited(n_threads):
        experiment = Experiment.prepare(recipe, RECIPES[recipe].config, data, n_threads)
        for _ in loop.fit(experiment.state, experiment.splits, experiment.config):
            pass
        return Recognizer.of(experiment.conclude()[0])


def naive_images(drawings: Sequence[Drawing]) -> dict[str, NDArray[np.uint8]]:
    """Return images (N, 28, 28) of drawings, by each kind of preprocessing."""
    rng = np.random.default_rng(0)
    kinds: dict[str, Callable[[Drawing], NDArray[np.uint8]]] = {
        "naive: the canvas shrunk, digit half as high": partial(shrunk, size=0.5, rng=rng),
        "naive: the canvas shrunk, digit a third as high": partial(shrunk, size=1 / 3, rng=rng),
        "MNIST's geometry, from the strokes": ink.render,
    }
    return {what: np.array([convert(drawing) for drawing in drawings]) for what, convert in kinds.items()}


def shrunk(drawing: Drawing, size: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the whole canvas shrunk to 28 × 28: the digit is neither moved nor scaled."""
    painted = 255 - canvas.paint(canvas.placed(drawing, size, rng, pen_width=0.04), 0.04).astype(np.float32)
    side = canvas.SIDE // 28
    return np.rint(painted.reshape(28, side, 28, side).mean(axis=(1, 3))).astype(np.uint8)


def main() -> int:
    """Print the table and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    bench = Bench()
    bench.run()
    print()
    bench.report_goals()
    return 0


if __name__ == "__main__":
    script(main)
