"""A comparison's table: for people as Markdown, for a spreadsheet as CSV, for a program as JSON."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from core.comparison.comparison import SCORES, Comparison, Results, SummaryRow
from core.comparison.intervals import Estimate

DASH = "–"
_HEADER = (
    *("recipe", "test accuracy", "95 % interval", "difference", "95 % interval", "train accuracy", "train loss"),
    *("time", "parameters", "diverged"),
)


def markdown(comparison: Comparison, rows: Sequence[SummaryRow]) -> str:
    """Return the table, with a sentence above it on what was compared."""
    return f"{sentence(comparison)}\n\n{table(_HEADER, [_cells(row) for row in rows])}"


def sentence(comparison: Comparison) -> str:
    """Say what was compared, how often, and what the columns mean."""
    seeds = "one seed" if comparison.n_seeds == 1 else f"{comparison.n_seeds} seeds"
    tested = "" if comparison.test is None else f", tested on `{comparison.test}`"
    return (
        f"{comparison.n_steps:,} steps each on `{comparison.data}`{tested}, {seeds}: means with 95 % t intervals over "
        f"the seeds. The difference is that of the test accuracy to `{comparison.recipes[0].name}`, by seed, in "
        "percentage points."
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, which ends with a line break."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def csv_text(rows: Sequence[SummaryRow]) -> str:
    """Return the rows as CSV: a column for each mean, and for each end of its interval; empty where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("difference", *SCORES, "seconds")
    ends = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    writer.writerow(["recipe", "parameters", "runs", "diverged", *ends])
    for row in rows:
        values: list[Any] = [row.recipe, row.parameters, row.n, row.diverged]
        for name in names:
            estimate: Estimate | None = getattr(row, name)
            values += [None] * 3 if estimate is None else [estimate.mean, *(estimate.interval or (None, None))]
        writer.writerow(values)
    return out.getvalue()


def report(comparison: Comparison, rows: Sequence[SummaryRow], results: Results) -> dict[str, Any]:
    """Return rows and the scores of every run, as JSON can hold them."""
    return {
        "data": comparison.data,
        "test": comparison.test,
        "steps": comparison.n_steps,
        "seeds": comparison.n_seeds,
        "rows": [row.as_dict() for row in rows],
        "runs": [
            {"recipe": job.recipe, "seed": job.config.seed}
            | {name: results[job][name] for name in ("scores", "diverged", "steps", "seconds")}
            for job in comparison.jobs()
        ],
    }


def percent(share: float) -> str:
    """Return a share such as ``98.31%``."""
    return f"{share:.2%}"


def _share(bound: float) -> str:
    """Return the end of an interval of a share: of few seeds far apart it lies beyond what a share can be."""
    return percent(min(max(bound, 0.0), 1.0))


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points, such as ``+1.20``."""
    return f"{100 * difference:+.2f}"


def loss(value: float) -> str:
    """Return a loss, such as ``0.195`` or ``2.3e-05``."""
    return f"{value:.3g}"


def mean(estimate: Estimate | None, shown: Callable[[float], str]) -> str:
    """Return the mean, or a dash where there is none."""
    return DASH if estimate is None else shown(estimate.mean)


def interval(estimate: Estimate | None, shown: Callable[[float], str]) -> str:
    """Return the interval, such as ``98.11% to 99.24%``; a dash where one seed, or a run without a number, has none."""
    if estimate is None or estimate.interval is None:
        return DASH
    low, high = estimate.interval
    return f"{shown(low)} to {shown(high)}"


def _cells(row: SummaryRow) -> list[str]:
    return [
        row.recipe,
        mean(row.test_accuracy, percent),
        interval(row.test_accuracy, _share),
        mean(row.difference, points),
        interval(row.difference, points),
        mean(row.train_accuracy, percent),
        mean(row.train_loss, loss),
        mean(row.seconds, lambda seconds: f"{seconds:.1f} s"),
        f"{row.parameters:,}",
        f"{row.diverged} of {row.n}" if row.diverged else DASH,
    ]
