"""The long trainings of the recognition table: three seeds, cross-validation by writer, synthetic digits alone.

    DIGITPAD_DATA=FOLDER python benchmarks/trainings.py [--jobs 2] [--only NAME...]

Each is a run of ``digitpad-lab train`` with one thread, or two runs as in ``make model``; its figures are kept in
``benchmarks/trainings.json``, so that only missing trainings are repeated. A fold is six writers that its network has
not seen. ``make model`` trains two of the networks: the one with which the settings were chosen (fold 25-30), and the
shipped one (seed 0).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.data import sources
from core.files import atomic
from core.recognition import evaluation, modelfile
from core.recognition.recognizer import Recognizer
from core.training.recipes import PEN_FILE, RECIPES, REFINED

HERE = Path(__file__).parent
RESULTS = HERE / "trainings.json"
FOLDS = {f"{first}-{first + 5}": [w for w in range(1, 31) if not first <= w <= first + 5] for first in range(1, 31, 6)}


BY_MAKE_MODEL = {
    "seed 0": (HERE.parent / "assets" / "model.safetensors", ""),
    "fold 25-30": (HERE / "writers-1-24.safetensors", f"{PEN_FILE}@25-30"),
}
"""The networks of ``make model``, with their unseen pen digits: they are not trained here."""


def jobs() -> dict[str, tuple[list[list[str]], str]]:
    """Return the options of each network's trainings, one after the other, and its unseen pen digits."""
    found = {f"seed {seed}": (as_shipped(PEN_FILE, seed), "") for seed in range(1, 3)}
    for name, writers in FOLDS.items():
        found[f"fold {name}"] = (as_shipped(f"{PEN_FILE}@{','.join(map(str, writers))}", 0), f"{PEN_FILE}@{name}")
    del found["fold 25-30"]
    found["synthetic"] = ([["--recipe", "synthetic", "--test", "mnist"]], f"{PEN_FILE}@25-30")
    return found


def as_shipped(pen: str, seed: int) -> list[list[str]]:
    """Return the options of the two trainings of ``make model``, with these pen digits."""
    first, config = RECIPES["shipped"].data, REFINED.config
    assert first is not None
    assert REFINED.data is not None
    test = ["--test", "mnist"]
    settings = {"epochs": config.epochs, "learning-rate": config.learning_rate, "deformation": config.deformation}
    refined = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    return [
        ["--recipe", "shipped", "--seed", str(seed), "--data", first.replace(PEN_FILE, pen), *test],
        ["--from", "shipped", "--data", REFINED.data.replace(PEN_FILE, pen), *test, *refined],
    ]


def train(name: str, stages: list[list[str]], pen: str) -> dict[str, Any]:
    """Train a network, each stage from where the one before ended, and return its figures."""
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model.safetensors"
        for number, options in enumerate(stages, start=1):
            command = [sys.executable, "-m", "core.cli.main", "train", *options, "--threads", "1", "--json"]
            command += ["--out", str(out)] if number == len(stages) else ["--keep"]
            home = os.environ | {"DIGITPAD_HOME": folder}
            report = subprocess.run(command, check=True, capture_output=True, text=True, env=home).stdout
            seconds += json.loads(report)["seconds"]
        figures = figures_of(out, pen) | {"seconds": seconds}
    print(name, figures, flush=True)
    return figures


def figures_of(path: Path, pen: str) -> dict[str, Any]:
    """Return the test accuracy stored in a model file, and the results on a source of pen digits, if any."""
    model = modelfile.load(path)
    figures: dict[str, Any] = {"mnist": model.scores["test_accuracy"]}
    if pen:
        source = sources.load(pen)
        predictions = evaluation.of_drawings(Recognizer.of(model), source.drawings, source.evaluation.labels)
        figures |= {"pen": predictions.accuracy, "pen_correct": predictions.correct, "pen_n": len(predictions)}
    return figures


def save(figures: dict[str, Any]) -> None:
    """Write the figures to the file."""
    atomic.write(RESULTS, (json.dumps(dict(sorted(figures.items())), indent=1) + "\n").encode())


def main() -> None:
    """Train the missing networks and save their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="names such as 'seed 0', 'fold 1-6', synthetic")
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results |= {name: figures_of(*model) for name, model in BY_MAKE_MODEL.items()}
    save(results)
    missing = {name: job for name, job in jobs().items() if name not in results and name in (options.only or jobs())}
    with ThreadPoolExecutor(options.jobs) as pool:
        futures = {name: pool.submit(train, name, *job) for name, job in missing.items()}
        for name, future in futures.items():
            results[name] = future.result()
            save(results)


if __name__ == "__main__":
    main()
