"""The table of a comparison: Markdown for people, CSV for spreadsheets, JSON for programs."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from core.comparison.comparison import SCORES, Comparison, Results, SummaryRow
from core.comparison.intervals import Estimate
from core.messages import tr, translatable

DASH = "–"
_HEADER = (
    translatable("recipe"),
    translatable("test accuracy"),
    translatable("95 % interval"),
    translatable("difference"),
    translatable("95 % interval"),
    translatable("train accuracy"),
    translatable("train loss"),
    translatable("time"),
    translatable("parameters"),
    translatable("diverged"),
)


def markdown(comparison: Comparison, rows: Sequence[SummaryRow]) -> str:
    """Return the table below a paragraph that says what was compared."""
    return f"{introduction(comparison)}\n\n{table([tr(cell) for cell in _HEADER], [_cells(row) for row in rows])}"


def introduction(comparison: Comparison) -> str:
    """Return what was compared, how often, and what the columns mean."""
    facts = {"n_steps": comparison.n_steps, "data": comparison.data, "n_seeds": comparison.n_seeds}
    plan = (
        tr("{n_steps:,} steps per run on `{data}`; number of seeds: {n_seeds}.", **facts)
        if comparison.test is None
        else tr(
            "{n_steps:,} steps per run on `{data}`, tested on `{test}`; number of seeds: {n_seeds}.",
            test=comparison.test,
            **facts,
        )
    )
    columns = tr(
        "The table shows means with 95 % t intervals over the seeds. The difference is that of the test accuracy to "
        "`{first}`, paired by seed, in percentage points.",
        first=comparison.recipes[0].name,
    )
    return f"{plan} {columns}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, which ends with a line break."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def csv_text(rows: Sequence[SummaryRow]) -> str:
    """Return the rows as CSV: one column per mean and per end of its interval; empty if there is none."""
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
    """Return the rows and the scores of every run as JSON values."""
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


def _bound(share: float) -> str:
    """Return an end of a share's interval, clipped to 0 to 1: with few seeds it can lie outside."""
    return percent(min(max(share, 0.0), 1.0))


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points, such as ``+1.20``."""
    return f"{100 * difference:+.2f}"


def loss(value: float) -> str:
    """Return a loss, such as ``0.195`` or ``2.3e-05``."""
    return f"{value:.3g}"


def mean(estimate: Estimate | None, form: Callable[[float], str]) -> str:
    """Return the mean, or a dash if there is none."""
    return DASH if estimate is None else form(estimate.mean)


def interval(estimate: Estimate | None, form: Callable[[float], str]) -> str:
    """Return the interval, such as ``98.11% to 99.24%``; a dash for one seed, or if a run has no score."""
    if estimate is None or estimate.interval is None:
        return DASH
    low, high = estimate.interval
    return tr("{low} to {high}", low=form(low), high=form(high))


def diverged(row: SummaryRow) -> str:
    """Return how many runs diverged, such as ``1 of 5``, or a dash."""
    return tr("{n_diverged} of {n}", n_diverged=row.diverged, n=row.n) if row.diverged else DASH


def _cells(row: SummaryRow) -> list[str]:
    return [
        row.recipe,
        mean(row.test_accuracy, percent),
        interval(row.test_accuracy, _bound),
        mean(row.difference, points),
        interval(row.difference, points),
        mean(row.train_accuracy, percent),
        mean(row.train_loss, loss),
        mean(row.seconds, lambda seconds: f"{seconds:.1f} s"),
        f"{row.parameters:,}",
        diverged(row),
    ]
