"""The main figures of the program: rendering, prediction, training; with a line ``goal`` for each target.

    DIGITPAD_DATA=FOLDER python benchmarks/program.py

Accuracies are of the seeds named in the code. Times are medians of several rounds, printed with minimum and maximum,
since the machine may be busy.
"""

import dataclasses
import platform
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
from goals import goal, script

from core import threads
from core.data import sources
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition import metrics
from core.recognition.recognizer import Recognizer, shipped_model
from core.training import loop
from core.training.experiment import Experiment
from core.training.recipes import RECIPES

ROUNDS = 5
PEN = "pen:pen/pen-train.unipen@25-30"


def milliseconds(act: Callable[[], object], n: int = 200) -> list[float]:
    """Return the times of ``n`` calls in milliseconds."""
    times = []
    for _ in range(n):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return times


def rendering() -> None:
    """Time the rendering of strokes to 28×28."""
    rng = np.random.default_rng(0)
    for n_points, floor in ((300, 2.0), (2000, 5.0)):
        turns = np.linspace(0, 12, n_points)
        curve = np.column_stack([np.cos(turns) * (1 + turns / 9), np.sin(turns * 1.3)]) * 140
        drawing = Drawing.from_points([curve + rng.normal(size=curve.shape)])
        times = [statistics.median(milliseconds(lambda d=drawing: ink.render(d))) for _ in range(ROUNDS)]
        print(f"rendering {n_points} points: {min(times):.2f} to {max(times):.2f} ms")
        goal(f"rendering-{n_points}", statistics.median(times), floor, unit=" ms", at_most=True)


def shipped() -> None:
    """Test the shipped model."""
    model = shipped_model()
    for name, source, floor in (("shipped-mnist", "mnist", 0.985), ("shipped-pen", PEN, 0.85)):
        evaluation = metrics.evaluate(model.network, sources.load(source).evaluation, model.input_scale)
        goal(name, evaluation.accuracy, floor)
    recognizer = Recognizer.of(model)
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    goal("prediction", float(np.median(milliseconds(lambda: recognizer.predict_image(image)))), 1.0, unit=" ms",
         at_most=True)  # fmt: skip


def quick(n_threads: int) -> None:
    """Train with the recipe ``quick`` on MNIST with three seeds."""
    accuracies, seconds = [], []
    for seed in range(3):
        accuracy, duration = trained("quick", "mnist", seed, n_threads)
        accuracies.append(accuracy)
        seconds.append(duration)
    print(f"quick, {n_threads} threads: {min(accuracies):.4f} to {max(accuracies):.4f}, {min(seconds):.1f} to "
          f"{max(seconds):.1f} s")  # fmt: skip
    goal("quick-accuracy", min(accuracies), 0.98)
    goal("quick-seconds", statistics.median(seconds), 15, unit=" s", at_most=True)


def synthetic(n_threads: int) -> None:
    """Train on synthetic digits alone, and test on real digits."""
    experiment, _ = run("quick", "synthetic", 0, n_threads)
    model, _ = experiment.conclude()
    for name, source in (("synthetic-mnist", "mnist"), ("synthetic-pen", PEN)):
        evaluation = metrics.evaluate(model.network, sources.load(source).evaluation, model.input_scale)
        goal(name, evaluation.accuracy, 0.85)


def compare_with_scikit_learn(n_threads: int) -> None:
    """Compare an epoch of ``quick`` with one of scikit-learn's network of the same shape, in turns."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        print("scikit-learn is not installed (extra bench): left out")
        return
    data = sources.load("mnist").train
    images, labels = data.images[:54_000] / np.float32(255), data.labels[:54_000]
    ratios = []
    for seed in range(ROUNDS):
        config = dataclasses.replace(RECIPES["quick"].config, seed=seed, epochs=1)
        with threads.limited(n_threads):
            ours = Experiment.prepare("quick", config, "mnist", n_threads)
            began = time.perf_counter()
            list(loop.fit(ours.state, ours.splits, config))
            our_seconds = time.perf_counter() - began
            theirs = MLPClassifier((256, 128), solver="sgd", batch_size=128, learning_rate_init=0.1, max_iter=1)
            began = time.perf_counter()
            with warnings.catch_warnings():  # of one epoch: not converged
                warnings.simplefilter("ignore")
                theirs.fit(images, labels)
            ratios.append((time.perf_counter() - began) / our_seconds)
    print(f"an epoch of quick, times the speed of scikit-learn: {min(ratios):.2f} to {max(ratios):.2f}")


def trained(recipe: str, data: str, seed: int, n_threads: int) -> tuple[float, float]:
    """Return the test accuracy and the seconds of training."""
    experiment, seconds = run(recipe, data, seed, n_threads)
    _, scores = experiment.conclude()
    return scores.test.accuracy, seconds


def run(recipe: str, data: str, seed: int, n_threads: int) -> tuple[Experiment, float]:
    """Train a network; return its experiment and the seconds of training."""
    config = dataclasses.replace(RECIPES[recipe].config, seed=seed)
    with threads.limited(n_threads):
        experiment = Experiment.prepare(recipe, config, data, n_threads)
        began = time.perf_counter()
        for _ in loop.fit(experiment.state, experiment.splits, config):
            pass
        return experiment, time.perf_counter() - began


def main() -> None:
    """Measure everything."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {threads.available()} cores")
    rendering()
    shipped()
    n_threads = threads.default(window=False)
    quick(n_threads)
    synthetic(n_threads)
    compare_with_scikit_learn(n_threads)


if __name__ == "__main__":
    script(main)
