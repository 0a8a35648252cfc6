"""How fast the network learns, beside other ways to train the same one: 784-256-128-10, plain SGD, float32.

    python benchmarks/training.py [--rounds 5] [--batches 32 128 512] [--json FILE]
    python benchmarks/training.py --full [--plot docs/scaling.png]

Each engine is a process of its own (``engines.py``); they take turns, a second each, and the figures are medians over
the rounds. Those of another library (extra ``bench``) are left out where it is missing. Takes about four minutes.

OpenBLAS, which does NumPy's matrix products, chooses its code by the processor, unless OPENBLAS_CORETYPE names an older
one; some shared machines set that. What it is set to is then measured besides ("as set"), so that both can be seen;
libraries with products of their own know nothing of it.

``--full`` tells how speed and memory grow with width, depth, batch and data.
"""

import argparse
import importlib.util
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engines
import numpy as np
from goals import goal

from core import threads
from core import training as core_training
from core.data.dataset import Dataset
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp

HERE = Path(__file__).parent
OPENBLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
NEEDS = {"scikit-learn": "sklearn", "PyTorch": "torch", "torch.compile": "torch", "JAX": "jax"}
ORDER = ("report", "scikit-learn", "PyTorch", "torch.compile", "JAX", "digitpad", "products")
AS_SET = ("digitpad, as set", "products, as set")
REST_S = 0.25
"""Between two turns: threads of the one that has just finished still spin for a tenth of a second."""


@dataclass(frozen=True)
class Workload:
    """What an engine is to train."""

    batch_size: int = 128
    hidden: tuple[int, ...] = (256, 128)
    n_rows: int = 60_000
    n_threads: int = threads.default(window=False)


class Engine:
    """A process that trains as many steps as it is told."""

    def __init__(self, name: str, workload: Workload, n_steps: int = 50) -> None:
        environment = dict(os.environ)
        if not name.endswith("as set"):
            for variable in OPENBLAS:
                environment.pop(variable, None)
        arguments = [
            sys.executable,
            str(HERE / "engines.py"),
            name.removesuffix(", as set"),
            json.dumps(vars(workload)),
        ]
        self.workload = workload
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        if self._answer() != ["ready"]:
            self.end()
            raise RuntimeError(f"{name} does not work")
        self.memory_mb = 0.0
        self.n_steps = n_steps
        self.n_steps = max(round(self.n_steps / self._seconds()), 1)

    def speed(self, rest_s: float = REST_S) -> float:
        """Train for about a second, and return the digits a second."""
        time.sleep(rest_s)
        return self.n_steps * self.workload.batch_size / self._seconds()

    def end(self) -> None:
        """End the process."""
        self.process.communicate()

    def _seconds(self) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{self.n_steps}\n")
        self.process.stdin.flush()
        seconds, self.memory_mb = map(float, self._answer())
        return seconds

    def _answer(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()


def measured(names: list[str], workload: Workload, rounds: int) -> dict[str, list[float]]:
    """Return the speeds of each engine, a figure a round; they take turns."""
    started = {name: Engine(name, workload) for name in names}
    try:
        speeds: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(rounds):
            for name, engine in started.items():
                speeds[name].append(engine.speed())
        return speeds
    finally:
        for engine in started.values():
            engine.end()


def has_torch() -> bool:
    """Return whether PyTorch is there."""
    return importlib.util.find_spec("torch") is not None


def installed() -> list[str]:
    """Return the engines that can run here, and say which cannot."""
    missing = [name for name in ORDER if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None]
    if missing:
        print(f"not installed (extra bench), left out: {', '.join(missing)}")
    found = [name for name in ORDER if name not in missing]
    return found + [name for name in AS_SET if os.environ.get("OPENBLAS_CORETYPE")]


def ratio(speeds: dict[str, list[float]], name: str, other: str) -> list[float]:
    """Return how many times as fast one is as the other, in each round."""
    return [a / b for a, b in zip(speeds[name], speeds[other], strict=True)]


def table(found: dict[int, dict[str, list[float]]]) -> str:
    """Return the speeds as Markdown: a row for each engine, a column for each batch size."""
    lines = [
        "| thousand digits a second | " + " | ".join(f"batch {batch}" for batch in found) + " |",
        "|---|" + "---|" * len(found),
    ]
    for name in next(iter(found.values())):
        cells = []
        for speeds in found.values():
            figures = [speed / 1000 for speed in speeds[name]]
            cells.append(f"{statistics.median(figures):.0f} ({min(figures):.0f} to {max(figures):.0f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def say_goals(found: dict[int, dict[str, list[float]]]) -> None:
    """Say what is reached, with the ratios' spread."""
    for batch, speeds in found.items():
        for ours in ("digitpad", "digitpad, as set"):
            if ours not in speeds:
                continue
            products = ours.replace("digitpad", "products")
            for other, floor in (
                ("JAX", {32: 1.0, 128: 0.9}.get(batch, 0.8)),
                ("PyTorch", 1.5 if batch <= 128 else 1.1),
                (products, 0.85),
            ):
                if other in speeds:
                    ratios = ratio(speeds, ours, other)
                    print(f"{ours}, batch {batch}: {min(ratios):.2f} to {max(ratios):.2f} times {other}")
                    name = f"{ours} against {other}, batch {batch}".replace(", as set", " (as set)")
                    goal(name, statistics.median(ratios), floor)


def evaluation() -> None:
    """Time ``evaluate`` on 20,000 digits."""
    workload = engines.Work((256, 128), 128, 20_000, Workload().n_threads)
    network = Network(mlp(workload.sizes))
    network.initialize(he_normal, np.random.default_rng(0))
    data = Dataset.of(*workload.rows())
    speeds = []
    with threads.limited(workload.n_threads):
        for _ in range(9):
            began = time.perf_counter()
            core_training.evaluate(network, data, 1 / 255)
            speeds.append(len(data) / (time.perf_counter() - began))
    print(f"evaluate: {min(speeds):,.0f} to {max(speeds):,.0f} digits a second, OpenBLAS as set")
    goal("evaluate", statistics.median(speeds), 100_000, unit=" digits a second")


SCALES: dict[str, list[tuple[float, Workload]]] = {
    "width": [(n, Workload(128, (n, n))) for n in (64, 128, 256, 512, 1024, 2048)],
    "depth": [(n, Workload(128, (256,) * n)) for n in (1, 2, 4, 6, 8, 10)],
    "batch": [(n, Workload(n)) for n in (8, 16, 32, 64, 128, 256, 512, 1024)],
    "rows": [(n, Workload(128, n_rows=n)) for n in (1_000, 10_000, 100_000, 1_000_000)],
}


def multiplications(workload: Workload) -> int:
    """Return the multiplications that a digit takes: three matrix products a layer, but two for the first."""
    sizes = (784, *workload.hidden, 10)
    products = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    return 3 * sum(products) - products[0]


def scaling(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return, for each thing that can grow, its sizes with speed and memory."""
    found: dict[str, list[dict[str, float]]] = {}
    for name, sizes in SCALES.items():
        found[name] = []
        for size, workload in sizes:
            engine = Engine("digitpad", workload)
            speed = statistics.median(engine.speed() for _ in range(rounds))
            engine.end()
            found[name].append(
                {
                    "size": size,
                    "digits_per_s": speed,
                    "gflops": 2 * multiplications(workload) * speed / 1e9,
                    "memory_mb": engine.memory_mb,
                }
            )
    return found


def scaling_table(found: dict[str, list[dict[str, float]]]) -> str:
    """Return the growth as Markdown."""
    lines = ["| what grows | size | digits a second | 10⁹ operations a second | memory, MB |", "|---|---|---|---|---|"]
    for name, rows in found.items():
        lines += [
            f"| {name} | {row['size']:,} | {row['digits_per_s']:,.0f} | {row['gflops']:.0f} | {row['memory_mb']:.0f} |"
            for row in rows
        ]
    return "\n".join(lines)


def plot(found: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Draw the time that a million digits take, and the memory, against what grows; dashed: proportional to it."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, len(found), figsize=(13, 5.6), layout="constrained", sharex="col")
    labels = {"width": "width of both hidden layers", "depth": "hidden layers of 256", "batch": "batch", "rows": "rows"}
    for (name, rows), (above, below) in zip(found.items(), axes.T, strict=True):
        sizes = np.array([row["size"] for row in rows])
        seconds = np.array([1e6 / row["digits_per_s"] for row in rows])
        above.loglog(sizes, seconds, "o-")
        workloads = [workload for _, workload in SCALES[name]]
        work = np.array([multiplications(workload) for workload in workloads], float)
        above.loglog(sizes, work * seconds[-1] / work[-1], "--", color="grey")
        above.set_ylim(1, 200)  # the same everywhere: what does not grow lies flat
        below.semilogx(sizes, [row["memory_mb"] for row in rows], "o-", color="C1")
        below.set_ylim(bottom=0)
        below.set_xlabel(labels[name])
    axes[0, 0].set_ylabel("seconds for a million digits\n(dashed: as the multiplications)")
    axes[1, 0].set_ylabel("resident memory, MB")
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--full", action="store_true", help="measure how speed and memory grow, instead")
    parser.add_argument("--plot", type=Path, help="of --full: draw it there (needs matplotlib, extra report)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {Workload().n_threads} threads")
    found: Any
    if options.full:
        found = scaling(options.rounds)
        print(scaling_table(found))
        if options.plot:
            plot(found, options.plot)
    else:
        names = installed()
        found = {batch: measured(names, Workload(batch), options.rounds) for batch in options.batches}
        print(table(found))
        say_goals(found)
        evaluation()
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
