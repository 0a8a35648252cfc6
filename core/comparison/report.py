"""The page that makes the report's experiments anew: its five tables and four figures, beside the report's own figures.

The report is the one that the program comes from: a hand-written network for MNIST, and one change to it at a time.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from core.comparison import findings, plots
from core.comparison import table as comparison_table
from core.comparison.comparison import Comparison, Results, SummaryRow
from core.comparison.findings import BASELINE, BEST, Measured, Pair
from core.comparison.intervals import Estimate
from core.comparison.plots import Line
from core.comparison.table import DASH, points, table
from core.errors import DigitpadError
from core.files import atomic
from core.training.recipefile import Recipe
from core.training.recipes import REPORT, REPORT_BEST, named

BATCH = REPORT.batch_size
"""The report's loss is the mean loss divided once more by the size of its batches."""
FAST = 100 * REPORT.learning_rate
DEEP = (128,) * 10


@dataclass(frozen=True)
class Own:
    """The report's own figures: its loss, and shares of right answers."""

    train_loss: float
    train_accuracy: float
    test_accuracy: float


OWN = {
    BASELINE: Own(0.00608, 0.94333, 0.92492),
    "report-he": Own(0.00059, 0.99597, 0.95966),
    "report-weighted": Own(0.00661, 0.93670, 0.92043),
    "report-decay": Own(0.00835, 0.91863, 0.90925),
    "report-l2": Own(0.00842, 0.92252, 0.91244),
    BEST: Own(0.00001, 0.99978, 0.96226),
}
SECTIONS = {
    "report-he": "He initialisation",
    "report-weighted": "Class-weighted cross-entropy, weights M / n_i",
    "report-decay": "Step decay, × 0.9 every 10,000 steps",
    "report-l2": "L2, λ = 1e-5",
    BEST: "The best: He, a larger rate that sinks, L2",
}
BEST_SCALED = "report-best-scaled"
FIGURES = {name: (BASELINE, name) for name in SECTIONS} | {BEST: (BASELINE, "report-he", BEST, BEST_SCALED)}


def _recipes() -> tuple[Recipe, ...]:
    """Return the report's recipes, and those that show what the division does to a large rate and to a deep network."""
    scaled = replace(REPORT, input_scale=1 / 255)
    return (
        *(named(name) for name in (*OWN, "report-scaled", BEST_SCALED)),
        Recipe("report-fast", "The baseline at 100 times its rate", replace(REPORT, learning_rate=FAST)),
        Recipe("report-fast-scaled", "The same with pixels of 0 to 1", replace(scaled, learning_rate=FAST)),
        Recipe("report-deep", "The baseline with ten hidden layers", replace(REPORT, hidden=DEEP)),
        Recipe("report-deep-scaled", "The same with pixels of 0 to 1", replace(scaled, hidden=DEEP)),
    )


RECIPES = _recipes()
PAIRS = (
    Pair(BASELINE, "report-scaled", "The baseline", "its rate"),
    Pair("report-fast", "report-fast-scaled", f"At a rate of {FAST:g}, 100 times the baseline's", "the rate"),
    Pair("report-deep", "report-deep-scaled", "With ten hidden layers of 128 units", "the depth"),
    Pair(
        BEST,
        BEST_SCALED,
        f"The best, which with the division can have a rate of {named(BEST_SCALED).config.learning_rate:g}",
        "the rate",
    ),
)


def write(comparison: Comparison, results: Results, folder: Path) -> list[Path]:
    """Write the page and its figures into a folder, and return their files; raise DigitpadError where that fails."""
    measured = Measured(comparison, results)
    files = [folder / "report.md"]
    for number, (name, shown) in enumerate(FIGURES.items(), 1):
        stem = folder / _figure(number, name)
        lines = [Line(shown_name, measured.runs(shown_name)) for shown_name in shown]
        files += plots.draw(lines, stem)
    try:
        atomic.write(files[0], page(measured).encode())
    except OSError as error:
        raise DigitpadError(f"{files[0]} cannot be written: {error.strerror or error}") from None
    return files


def _figure(number: int, name: str) -> str:
    return f"figure-{number}-{name.removeprefix('report-')}"


def page(measured: Measured) -> str:
    """Return the page as Markdown."""
    sections = [_section(measured, number, name) for number, name in enumerate(SECTIONS, 1)]
    rows = measured.comparison.rows(measured.results)
    everything = f"## All runs\n\n{comparison_table.markdown(measured.comparison, rows)}"
    return "\n".join([_introduction(measured), _summary(measured), *sections, _division(measured), everything])


def _introduction(measured: Measured) -> str:
    comparison = measured.comparison
    runs = "one run each" if comparison.n_seeds == 1 else f"{comparison.n_seeds} seeds each"
    epochs = "one epoch" if comparison.epochs == 1 else f"{comparison.epochs} epochs"
    return f"""# The report, run again

The program comes from a report on a hand-written network for MNIST, which compared a baseline with one change at a
time. Here are its experiments once more, {runs}, made by `digitpad-lab compare report`:
{comparison.n_steps:,} steps on `{comparison.data}`, which are {epochs} of batches of {BATCH}.

What the report does not say was inferred from its figures. Its pixels were left at 0 to 255. Its gradient was a sum
over the batch, so that its rate of 3e-5 is one of {REPORT.learning_rate:g} on the mean. Its plain weights were drawn
with σ near {REPORT.sigma:g}, and it took about {REPORT.epochs} epochs: with these two, both its baseline and its He
weights come near its figures on MNIST (tried with one seed each), and a rate that sinks every 10,000 or 50,000 steps
has time to. The rate of 3e-3 that it names for its best is taken as one of the mean, for as one of the sum it leaves
the network at chance; what comes near the row of its best is 200 epochs at the baseline's rate (0.00003, 99.97 % and
96.15 %; one seed). Its loss is the mean loss divided once more by {BATCH}, and so are the losses in the five tables.

All recipes take the same number of steps, also its best, which had {REPORT_BEST.epochs} epochs there. Scores are of
the last weights; a run that diverges counts with those that it falls back to: its best before, or its first ones.
± is half of a 95 % t interval over the seeds. A finding *holds* where the interval of the difference, taken seed by
seed, leaves out zero on the report's side. In the figures, a line is the mean over the seeds, and the band about it
goes from the smallest to the largest.
"""


def _summary(measured: Measured) -> str:
    """Return the section with a line for each finding: what the report has, what was measured, whether it holds."""
    rows = []
    for number, (name, title) in enumerate(SECTIONS.items(), 1):
        own, here = _own_difference(name), measured.difference(name)
        found = findings.finding(own, here)
        rows.append([f"{number}. {title}", points(own), _plus_minus(here, 100, "+.2f"), found.value])
    header = ("test accuracy, in points to the baseline", "report", "here", "")
    return f"## What holds\n\n{table(header, rows)}"


def _own_difference(name: str) -> float:
    return OWN[name].test_accuracy - OWN[BASELINE].test_accuracy


def _section(measured: Measured, number: int, name: str) -> str:
    """Return an experiment's heading, sentences, table and figure."""
    judged = findings.conclusion(measured, name, _own_difference(name))
    why = findings.reason(measured, name)
    stem = _figure(number, name)
    return (
        f"## {number}. {SECTIONS[name]}\n\n{judged} {why}\n\n{_own_table(measured, name)}\n"
        f"![Training process: {', '.join(FIGURES[name])}]({stem}.svg)\n"
    )


def _own_table(measured: Measured, name: str) -> str:
    """Return the report's figures of an experiment and its baseline beside those measured here."""
    header = (
        *(
            "",
            f"train loss / {BATCH}, report",
            "here",
            "train accuracy, report",
            "here",
            "test accuracy, report",
            "here",
        ),
        *("to the baseline, report", "here"),
    )
    return table(header, [_own_cells(measured.row(which), OWN[which]) for which in (BASELINE, name)])


def _own_cells(row: SummaryRow, own: Own) -> list[str]:
    first = row.recipe == BASELINE
    return [
        row.recipe,
        f"{own.train_loss:.5f}",
        _plus_minus(row.train_loss, 1 / BATCH, ".5f"),
        f"{own.train_accuracy:.2%}",
        _plus_minus(row.train_accuracy, 100, ".2f", "%"),
        f"{own.test_accuracy:.2%}",
        _plus_minus(row.test_accuracy, 100, ".2f", "%"),
        DASH if first else points(_own_difference(row.recipe)),
        _plus_minus(row.difference, 100, "+.2f"),
    ]


def _plus_minus(estimate: Estimate | None, scale: float, form: str, unit: str = "") -> str:
    """Return a mean and half of its interval's width, both times ``scale``."""
    if estimate is None:
        return DASH
    mean = f"{scale * estimate.mean:{form}}{unit}"
    return mean if estimate.half_width is None else f"{mean} ± {scale * estimate.half_width:{form.lstrip('+')}}"


def _division(measured: Measured) -> str:
    """Return the section on the division of pixels by 255: a table of pairs with and without it, and what it says."""
    header = ("", "pixels of 0 to 255", "diverged", "pixels of 0 to 1", "diverged", "difference")
    return f"""## The division that was missing

The report concluded that a network must not be deep and must not have a large rate, or it overflows. A pixel of 255
makes the first layer's outputs and gradient 255 times as large as one of 1, and the curvature of the loss, which bounds
the rate, 255² times. Here are pairs that differ by this division alone (but the last, which uses the rate that the
division allows); the figures are accuracies on the test set.

{table(header, [_pair_cells(measured, pair) for pair in PAIRS])}
{"".join(f"- {findings.division(measured, pair)}{chr(10)}" for pair in PAIRS)}"""


def _pair_cells(measured: Measured, pair: Pair) -> list[str]:
    cells = [pair.what]
    for row in (measured.row(pair.raw), measured.row(pair.scaled)):
        cells += [
            _plus_minus(row.test_accuracy, 100, ".2f", "%"),
            f"{row.diverged} of {row.n}" if row.diverged else DASH,
        ]
    return [*cells, _plus_minus(measured.difference(pair.scaled, pair.raw), 100, "+.2f")]
