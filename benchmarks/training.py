"""Training speed, compared with other libraries on the same network: 784-256-128-10, plain SGD, float32.

    python benchmarks/training.py [--rounds 5] [--batches 32 128 512] [--json FILE]
    python benchmarks/training.py --full [--plot docs/scaling.png]

Each engine is a process of its own (``engines.py``); they take turns of a second, and the figures are medians over the
rounds. Libraries that are not installed (extra ``bench``) are left out. Takes about four minutes.

OpenBLAS, which computes NumPy's matrix products, chooses its kernels by the processor, unless OPENBLAS_CORETYPE names
an older one; some shared machines set it. If it is set, digitpad is measured both without it and with it ("as set");
libraries with matrix products of their own ignore it.

``--full`` measures speed and memory by width, depth, batch size and rows.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import engines
import growth
import numpy as np
from engine_process import EngineProcess, Workload
from goals import goal

from core import threads
from core.data.dataset import Dataset
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition import metrics

NEEDS = {"scikit-learn": "sklearn", "PyTorch": "torch", "torch.compile": "torch", "JAX": "jax"}
ORDER = ("report", "scikit-learn", "PyTorch", "torch.compile", "JAX", "digitpad", "products")
AS_SET = ("digitpad, as set", "products, as set")


def measured(names: list[str], workload: Workload, rounds: int) -> dict[str, list[float]]:
    """Return the speeds of each engine in each round; the engines take turns."""
    started = {name: EngineProcess(name, workload) for name in names}
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
    """Return whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


def installed() -> list[str]:
    """Return the installed engines; print the missing ones."""
    missing = [name for name in ORDER if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None]
    if missing:
        print(f"not installed (extra bench), left out: {', '.join(missing)}")
    found = [name for name in ORDER if name not in missing]
    return found + [name for name in AS_SET if os.environ.get("OPENBLAS_CORETYPE")]


def ratio(speeds: dict[str, list[float]], name: str, other: str) -> list[float]:
    """Return the ratio of two engines' speeds in each round."""
    return [a / b for a, b in zip(speeds[name], speeds[other], strict=True)]


def table(found: dict[int, dict[str, list[float]]]) -> str:
    """Return the speeds as a Markdown table: a row per engine, a column per batch size."""
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


def print_goals(found: dict[int, dict[str, list[float]]]) -> None:
    """Print the goals, with minimum and maximum of the ratios."""
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
            metrics.evaluate(network, data, 1 / 255)
            speeds.append(len(data) / (time.perf_counter() - began))
    print(f"evaluate: {min(speeds):,.0f} to {max(speeds):,.0f} digits a second, OpenBLAS as set")
    goal("evaluate", statistics.median(speeds), 100_000, unit=" digits a second")


def main() -> None:
    """Measure the engines and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--full", action="store_true", help="measure speed and memory by size instead")
    parser.add_argument("--plot", type=Path, help="with --full: plot to this file (needs matplotlib, extra report)")
    options = parser.parse_args()
    if options.plot and importlib.util.find_spec("matplotlib") is None:
        parser.error("--plot needs matplotlib: install the extra report")
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {Workload().n_threads} threads")
    found: Any
    if options.full:
        found = growth.measured(options.rounds)
        print(growth.table(found))
        if options.plot:
            growth.plot(found, options.plot)
    else:
        names = installed()
        found = {batch: measured(names, Workload(batch), options.rounds) for batch in options.batches}
        print(table(found))
        print_goals(found)
        evaluation()
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
