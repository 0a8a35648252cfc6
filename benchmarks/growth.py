"""Speed and memory as functions of width, depth, batch size and rows: ``training.py --full``."""

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
    """Return the multiplications per digit: three matrix products a layer, but two for the first."""
    sizes = (784, *workload.hidden, 10)
    products = [n_in * n_out for n_in, n_out in itertools.pairwise(sizes)]
    return 3 * sum(products) - products[0]


def measured(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return speed and memory at each size of width, depth, batch and rows."""
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
    """Return speed and memory as a Markdown table."""
    lines = ["| what grows | size | digits a second | 10⁹ operations a second | memory, MB |", "|---|---|---|---|---|"]
    for name, rows in found.items():
        lines += [
            f"| {name} | {row['size']:,} | {row['digits_per_s']:,.0f} | {row['gflops']:.0f} | {row['memory_mb']:.0f} |"
            for row in rows
        ]
    return "\n".join(lines)


def plot(found: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Plot the time for a million digits, and the memory, against each size.

    The dashed line is the time of the multiplications at the best rate among the sizes: the gap above it is overhead.
    Memory has linear axes: constant growth per layer or row is a straight line.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    figure, axes = pyplot.subplots(2, len(found), figsize=(13, 5.6), layout="constrained")
    labels = {"width": "width of both hidden layers", "depth": "hidden layers of 256", "batch": "batch", "rows": "rows"}
    for (name, rows), (above, below) in zip(found.items(), axes.T, strict=True):
        sizes = np.array([row["size"] for row in rows])
        seconds = np.array([1e6 / row["digits_per_s"] for row in rows])
        work = np.array([multiplications(workload) for _, workload in SCALES[name]], float)
        above.loglog(sizes, work * (seconds / work).min(), "--", color="grey")
        above.loglog(sizes, seconds, "o-")
        above.set_ylim(1, 200)  # the same range in each plot: constant time is a flat line
        above.set_xticks(sizes if name != "rows" else [1e3, 1e4, 1e5, 1e6])
        above.xaxis.set_minor_formatter(ticker.NullFormatter())
        above.minorticks_off()
        memory = [row["memory_mb"] for row in rows]
        below.plot(sizes, memory, "o-", color="C1")
        below.set_ylim(0, 1.1 * max(memory))
        for axis in (above, below):
            axis.xaxis.set_major_formatter(ticker.EngFormatter(sep="") if name == "rows" else ticker.ScalarFormatter())
        below.set_xlabel(labels[name])
    axes[0, 0].set_ylabel("seconds for a million digits\n(dashed: at the best rate)")
    axes[1, 0].set_ylabel("resident memory, MB")
    figure.savefig(path, dpi=110)
