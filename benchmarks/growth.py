"""How speed and memory grow with width, depth, batch and data: ``training.py --full``."""

import itertools
import statistics
from pathlib import Path

import numpy as np
from engine_process import EngineProcess, Workload

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


def measured(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return, for each thing that can grow, its sizes with speed and memory."""
    found: dict[str, list[dict[str, float]]] = {}
    for name, sizes in SCALES.items():
        found[name] = []
        for size, workload in sizes:
            engine = EngineProcess("digitpad", workload)
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


def table(found: dict[str, list[dict[str, float]]]) -> str:
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
