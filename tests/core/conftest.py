"""Commands in the same process, and comparisons with made-up results, so that the expected figures are known."""

from collections.abc import Callable

import numpy as np
import pytest

from core.cli import main
from core.comparison.comparison import Comparison
from core.comparison.job import Result
from core.data import idx
from core.synthetic import synthetic
from core.training.recipefile import Recipe


def made_up(test_accuracy: float | None, **changes: object) -> Result:
    """Return a result; without changes it is that of a successful run."""
    curve = {"step": [1.0, 50.0, 100.0], "value": [2.3, 0.5, 0.1]}
    accuracy = {"step": [50.0, 100.0], "value": [0.5, 0.9]}
    scores = {"train_accuracy": 0.99, "train_loss": 0.1, "validation_accuracy": 0.9, "validation_loss": 0.2}
    result = {
        "scores": scores | {"test_accuracy": test_accuracy, "test_loss": 0.3},
        "diverged": None,
        "steps": 100,
        "first_loss": 2.5,
        "seconds": 1.5,
        "parameters": 235_146,
        "curves": {"loss": curve, "accuracy": curve, "validation_loss": curve, "validation_accuracy": accuracy},
    }
    return result | changes


@pytest.fixture
def compared() -> Callable[..., tuple[Comparison, dict]]:
    """Create a comparison of recipes from one list of test accuracies or results per recipe."""

    def make(recipes: list[Recipe], runs: list[list], n_steps: int = 100) -> tuple[Comparison, dict]:
        comparison = Comparison(tuple(recipes), "synthetic:200", None, 5, n_steps, len(runs[0]), "f" * 64)
        results = {
            comparison.job(recipe, seed): run if isinstance(run, dict) else made_up(run)
            for recipe, runs_of_recipe in zip(recipes, runs, strict=True)
            for seed, run in enumerate(runs_of_recipe)
        }
        return comparison, results

    return make


@pytest.fixture
def result() -> Callable[..., Result]:
    """Return the function that makes up a result."""
    return made_up


@pytest.fixture(scope="session")
def drawn_digits():
    """Images (120, 28, 28) as they should be, drawn by the program, and their labels."""
    images, labels = synthetic.draw(120, np.random.default_rng(0))
    images.flags.writeable = False
    return images.reshape(-1, 28, 28), labels.astype(np.int64)


@pytest.fixture
def write_source(tmp_path):
    """Return a function that writes images and labels as IDX files, and returns the name of the source."""

    def write(images, labels, n_test=0):
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for part, rows in (("train", slice(n_test, None)), ("t10k", slice(n_test))):
            if len(labels[rows]):
                idx.write(folder / f"{part}-images-idx3-ubyte", np.ascontiguousarray(images[rows]))
                idx.write(folder / f"{part}-labels-idx1-ubyte", labels[rows].astype(np.uint8))
        return f"idx:{folder}"

    return write


@pytest.fixture
def lab(capsys):
    """Run a command of digitpad-lab; return its exit code, standard output and standard error."""

    def run(*arguments):
        try:
            code = main.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
