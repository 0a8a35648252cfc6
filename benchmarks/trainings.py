"""The trainings behind the recognition table that take long: three seeds, cross-validation by writer, synthetic alone.

    DIGITPAD_DATA=FOLDER python benchmarks/trainings.py [--jobs 2] [--only NAME...]

Each is one run of ``digitpad-lab train`` with one thread; its figures are kept in ``benchmarks/trainings.json``, so
that one that was interrupted is the only one to be made again. A fold is six writers that its network has not seen;
the fold of writers 25 to 30 is the network by which the settings were chosen, which ``make model`` has made, as it has
the one of seed 0, which ships.
"""

import argparse
import json
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
from core.training.recipes import PEN_FILE, RECIPES

HERE = Path(__file__).parent
KEPT = HERE / "trainings.json"
FOLDS = {f"{first}-{first + 5}": [w for w in range(1, 31) if not first <= w <= first + 5] for first in range(1, 31, 6)}


MADE = {
    "seed 0": (HERE.parent / "assets" / "model.safetensors", ""),
    "fold 25-30": (HERE / "writers-1-24.safetensors", f"{PEN_FILE}@25-30"),
}
"""What ``make model`` has made, with the pen digits that it has not seen: these two need no training here."""


def jobs() -> dict[str, tuple[list[str], str]]:
    """Return the options of each training, and the pen digits that it has not seen."""
    shipped = RECIPES["shipped"]
    assert shipped.data is not None
    found = {f"seed {seed}": (["--recipe", "shipped", "--seed", str(seed)], "") for seed in range(1, 3)}
    for name, writers in FOLDS.items():
        data = shipped.data.replace(PEN_FILE, f"{PEN_FILE}@{','.join(map(str, writers))}")
        found[f"fold {name}"] = (["--recipe", "shipped", "--data", data, "--test", "mnist"], f"{PEN_FILE}@{name}")
    del found["fold 25-30"]
    found["synthetic"] = (["--recipe", "synthetic", "--test", "mnist"], f"{PEN_FILE}@25-30")
    return found


def made(name: str, options: list[str], pen: str) -> dict[str, Any]:
    """Train one network, and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model.safetensors"
        command = [
            sys.executable,
            "-m",
            "core.cli.main",
            "train",
            *options,
            "--threads",
            "1",
            "--out",
            str(out),
            "--json",
        ]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        figures = figures_of(out, pen) | {"seconds": report["seconds"]}
    print(name, figures, flush=True)
    return figures


def figures_of(path: Path, pen: str) -> dict[str, Any]:
    """Return what a model's file says of MNIST, and how it reads the pen digits of a source, if one is named."""
    model = modelfile.load(path)
    figures: dict[str, Any] = {"mnist": model.scores["test_accuracy"]}
    if pen:
        source = sources.load(pen)
        predictions = evaluation.of_drawings(Recognizer.of(model), source.drawings, source.evaluation.labels)
        figures |= {"pen": predictions.accuracy, "pen_correct": predictions.correct, "pen_n": len(predictions)}
    return figures


def keep(figures: dict[str, Any]) -> None:
    """Write all figures down."""
    atomic.write(KEPT, (json.dumps(dict(sorted(figures.items())), indent=1) + "\n").encode())


def main() -> None:
    """Make what is not kept yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="names such as 'seed 0', 'fold 1-6', synthetic")
    options = parser.parse_args()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept |= {name: figures_of(*made_before) for name, made_before in MADE.items()}
    keep(kept)
    missing = {name: job for name, job in jobs().items() if name not in kept and name in (options.only or jobs())}
    with ThreadPoolExecutor(options.jobs) as pool:
        futures = {name: pool.submit(made, name, *job) for name, job in missing.items()}
        for name, future in futures.items():
            kept[name] = future.result()
            keep(kept)


if __name__ == "__main__":
    main()
