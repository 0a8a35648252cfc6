"""The page that repeats the report's experiments: its tables and figures, beside the report's own figures.

The program comes from this report: a hand-written network for MNIST, and one change to it at a time.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from core.comparison import findings, plots
from core.comparison import table as comparison_table
from core.comparison.comparison import Comparison, Results, SummaryRow
from core.comparison.findings import BASELINE, BEST, Measured, Pair
from core.comparison.intervals import Estimate
from core.comparison.plots import Line
from core.comparison.table import DASH, diverged, points, table
from core.errors import DigitpadError
from core.files import atomic
from core.messages import tr, translatable
from core.training.recipefile import Recipe
from core.training.recipes import REPORT, REPORT_BEST, named

BATCH = REPORT.batch_size
"""The report's loss is the mean loss divided once more by the batch size."""
FAST = 100 * REPORT.learning_rate
DEEP = (128,) * 10


@dataclass(frozen=True)
class Own:
    """The report's own figures: its loss, and the accuracies."""

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
    "report-he": translatable("He initialisation"),
    "report-weighted": translatable("Class-weighted cross-entropy, weights M / n_i"),
    "report-decay": translatable("Step decay, × 0.9 every 10,000 steps"),
    "report-l2": translatable("L2, λ = 1e-5"),
    BEST: translatable("The best: He, a larger decaying rate, L2"),
}
BEST_SCALED = "report-best-scaled"
FIGURES = {name: (BASELINE, name) for name in SECTIONS} | {BEST: (BASELINE, "report-he", BEST, BEST_SCALED)}


_FAST_TITLE = translatable("The baseline at 100 times its rate")
_DEEP_TITLE = translatable("The baseline with ten hidden layers")
_SCALED_TITLE = translatable("The same with pixels of 0 to 1")


def _recipes() -> tuple[Recipe, ...]:
    """Return the report's recipes, and those for the effect of the division on a large rate and on a deep network."""
    scaled = replace(REPORT, input_scale=1 / 255)
    return (
        *(named(name) for name in (*OWN, "report-scaled", BEST_SCALED)),
        Recipe("report-fast", _FAST_TITLE, replace(REPORT, learning_rate=FAST)),
        Recipe("report-fast-scaled", _SCALED_TITLE, replace(scaled, learning_rate=FAST)),
        Recipe("report-deep", _DEEP_TITLE, replace(REPORT, hidden=DEEP)),
        Recipe("report-deep-scaled", _SCALED_TITLE, replace(scaled, hidden=DEEP)),
    )


RECIPES = _recipes()
_NOT_THE_RATE = translatable("So the cause is not the rate: it is the pixels.")
_NOT_THE_DEPTH = translatable("So the cause is not the depth: it is the pixels.")
PAIRS = (
    Pair(BASELINE, "report-scaled", translatable("The baseline"), _NOT_THE_RATE),
    Pair(
        "report-fast",
        "report-fast-scaled",
        translatable("At a rate of {rate:g}, 100 times the baseline's"),
        _NOT_THE_RATE,
    ),
    Pair("report-deep", "report-deep-scaled", translatable("With ten hidden layers of 128 units"), _NOT_THE_DEPTH),
    Pair(
        BEST,
        BEST_SCALED,
        translatable("The best, which can have a rate of {rate:g} with the division"),
        _NOT_THE_RATE,
    ),
)


def write(comparison: Comparison, results: Results, folder: Path) -> list[Path]:
    """Write the page and its figures into a folder, and return their files; raise DigitpadError if that fails."""
    measured = Measured(comparison, results)
    files = [folder / "report.md"]
    for number, (name, shown) in enumerate(FIGURES.items(), 1):
        stem = folder / _figure(number, name)
        lines = [Line(shown_name, measured.runs(shown_name)) for shown_name in shown]
        files += plots.draw(lines, stem)
    atomic.write(files[0], page(measured).encode(), DigitpadError)
    return files


def _figure(number: int, name: str) -> str:
    return f"figure-{number}-{name.removeprefix('report-')}"


def page(measured: Measured) -> str:
    """Return the page as Markdown."""
    sections = [_section(measured, number, name) for number, name in enumerate(SECTIONS, 1)]
    rows = measured.comparison.rows(measured.results)
    all_runs = "\n\n".join([tr("## All runs"), comparison_table.markdown(measured.comparison, rows)])
    return "\n".join([_introduction(measured), _summary(measured), *sections, _division(measured), all_runs])


def _introduction(measured: Measured) -> str:
    comparison = measured.comparison
    plan = tr(
        _PLAN,
        n_steps=comparison.n_steps,
        data=comparison.data,
        epochs=comparison.epochs,
        batch=BATCH,
        n_seeds=comparison.n_seeds,
    )
    inferred = tr(_INFERRED, rate=REPORT.learning_rate, sigma=REPORT.sigma, epochs=REPORT.epochs, batch=BATCH)
    rules = tr(_RULES, best_epochs=REPORT_BEST.epochs)
    return "\n\n".join([tr("# The report's experiments, repeated"), plan, inferred, f"{rules}\n"])


_PLAN = translatable("""\
The program comes from a report on a hand-written network for MNIST, which compared a baseline with one change at a
time. This page repeats its experiments; `digitpad-lab compare report` makes it. Each run has {n_steps:,} steps on
`{data}` (epochs: {epochs}; batch size: {batch}). Number of seeds per recipe: {n_seeds}.""")
_INFERRED = translatable("""\
What the report does not state was inferred from its figures. Its pixels were left at 0 to 255. Its gradient was a sum
over the batch, so its rate of 3e-5 is a rate of {rate:g} for the mean. Its plain weights were drawn with σ near
{sigma:g}, and it trained for about {epochs} epochs: with these two, both its baseline and its He weights come near its
figures on MNIST (tried with one seed each), and a rate that decays every 10,000 or 50,000 steps has time to do so. The
rate of 3e-3 of its best is taken as a rate for the mean: as a rate for the sum, it leaves the network at chance level.
200 epochs at the baseline's rate come near the row of its best (0.00003, 99.97 % and 96.15 %; one seed). Its loss is
the mean loss divided once more by {batch}, and so are the losses in the five tables.""")
_RULES = translatable("""\
All recipes train for the same number of steps, including the report's best, which had {best_epochs} epochs there.
Scores are those of the last weights; a run that diverges counts with the weights that it falls back to: its best
before, or its initial ones. ± is half the width of a 95 % t interval over the seeds. A finding *holds* if the interval
of the difference, paired by seed, excludes zero on the report's side. In the figures, a line is the mean over the
seeds, and the band around it goes from the smallest to the largest value.""")


def _summary(measured: Measured) -> str:
    """Return the section with one row per finding: the report's difference, the measured one, whether it holds."""
    rows = []
    for number, (name, title) in enumerate(SECTIONS.items(), 1):
        own, here = _own_difference(name), measured.difference(name)
        found = findings.finding(own, here)
        rows.append([f"{number}. {tr(title)}", points(own), _plus_minus(here, 100, "+.2f"), tr(found.value)])
    header = (tr("test accuracy, difference to the baseline in points"), tr("report"), tr("here"), "")
    return "\n\n".join([tr("## Which findings hold"), table(header, rows)])


def _own_difference(name: str) -> float:
    return OWN[name].test_accuracy - OWN[BASELINE].test_accuracy


def _section(measured: Measured, number: int, name: str) -> str:
    """Return an experiment's heading, sentences, table and figure."""
    conclusion = findings.conclusion(measured, name, _own_difference(name))
    explanation = findings.explanation(measured, name)
    caption = tr("Training curves: {recipes}", recipes=", ".join(FIGURES[name]))
    return (
        f"## {number}. {tr(SECTIONS[name])}\n\n{conclusion} {explanation}\n\n{_own_table(measured, name)}\n"
        f"![{caption}]({_figure(number, name)}.svg)\n"
    )


def _own_table(measured: Measured, name: str) -> str:
    """Return the report's figures of an experiment and its baseline beside those measured here."""
    here = tr("here")
    header = (
        *("", tr("train loss / {batch}, report", batch=BATCH), here),
        *(tr("train accuracy, report"), here),
        *(tr("test accuracy, report"), here),
        *(tr("to the baseline, report"), here),
    )
    return table(header, [_own_cells(measured.row(which), OWN[which]) for which in (BASELINE, name)])


def _own_cells(row: SummaryRow, own: Own) -> list[str]:
    return [
        row.recipe,
        f"{own.train_loss:.5f}",
        _plus_minus(row.train_loss, 1 / BATCH, ".5f"),
        f"{own.train_accuracy:.2%}",
        _plus_minus(row.train_accuracy, 100, ".2f", "%"),
        f"{own.test_accuracy:.2%}",
        _plus_minus(row.test_accuracy, 100, ".2f", "%"),
        DASH if row.recipe == BASELINE else points(_own_difference(row.recipe)),
        _plus_minus(row.difference, 100, "+.2f"),
    ]


def _plus_minus(estimate: Estimate | None, scale: float, form: str, unit: str = "") -> str:
    """Return a mean and half the width of its interval, both times ``scale``."""
    if estimate is None:
        return DASH
    mean = f"{scale * estimate.mean:{form}}{unit}"
    return mean if estimate.half_width is None else f"{mean} ± {scale * estimate.half_width:{form.lstrip('+')}}"


def _division(measured: Measured) -> str:
    """Return the section on the division of pixels by 255: a table of pairs with and without it, and its effects."""
    n_diverged = tr("diverged")
    header = ("", tr("pixels of 0 to 255"), n_diverged, tr("pixels of 0 to 1"), n_diverged, tr("difference"))
    pairs = table(header, [_pair_cells(measured, pair) for pair in PAIRS])
    effects = "".join(f"- {findings.division(measured, pair)}\n" for pair in PAIRS)
    return "\n\n".join([tr("## The missing division by 255"), tr(_DIVISION), f"{pairs}\n{effects}"])


_DIVISION = translatable("""\
The report concluded that a network must not be deep and must not have a large rate, or it overflows. A pixel of 255
makes the first layer's outputs and gradient 255 times as large as a pixel of 1, and the curvature of the loss, which
limits the rate, 255² times as large. The pairs below differ by this division alone, except the last, which also uses
the larger rate that the division allows. The figures are accuracies on the test set.""")


def _pair_cells(measured: Measured, pair: Pair) -> list[str]:
    cells = [findings.setting(measured, pair)]
    for row in (measured.row(pair.raw), measured.row(pair.scaled)):
        cells += [_plus_minus(row.test_accuracy, 100, ".2f", "%"), diverged(row)]
    return [*cells, _plus_minus(measured.difference(pair.scaled, pair.raw), 100, "+.2f")]
