"""What the report found, and whether it holds: each sentence follows the figures, and none is written beforehand.

A finding holds where the 95 % interval of the paired difference leaves out zero on the side that the report names. Its
reason says what can be computed of the change: how much it changes at all, and what it did to the training loss.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from core.comparison.comparison import Comparison, Results, SummaryRow
from core.comparison.intervals import Estimate
from core.comparison.job import Result
from core.comparison.table import interval, percent, points
from core.data import sources
from core.digits import N_CLASSES, N_PIXELS
from core.nn.losses import class_weights
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

BASELINE, BEST = "report-baseline", "report-best"


class Finding(Enum):
    """What a measured difference says of a finding."""

    HOLDS = "Holds"
    CONTRARY = "Does not hold, the contrary does"
    NOT_CONFIRMED = "Not confirmed"
    NOT_JUDGED = "Not judged"


@dataclass(frozen=True)
class Measured:
    """The comparison with its results: the figures that sentences are made of."""

    comparison: Comparison
    results: Results

    def recipe(self, name: str) -> Recipe:
        """Return one of the recipes."""
        return next(recipe for recipe in self.comparison.recipes if recipe.name == name)

    def config(self, name: str) -> TrainConfig:
        """Return a recipe's settings."""
        return self.recipe(name).config

    def runs(self, name: str) -> list[Result]:
        """Return a recipe's results, by seed."""
        return self.comparison.runs(self.recipe(name), self.results)

    def row(self, name: str) -> SummaryRow:
        """Return what a recipe's runs say together."""
        return self.comparison.row(self.recipe(name), self.results)

    def difference(self, name: str, other: str = BASELINE, score: str = "test_accuracy") -> Estimate | None:
        """Estimate how much more of a score a recipe has than another."""
        return self.comparison.difference(self.recipe(name), self.recipe(other), self.results, score)

    def first_loss(self, name: str) -> float:
        """Return the mean loss of the first batch."""
        return float(np.mean([run["first_loss"] or math.nan for run in self.runs(name)]))


def finding(own: float, here: Estimate | None) -> Finding:
    """Judge the report's difference ``own`` by the one that was measured here."""
    if here is None or here.half_width is None:
        return Finding.NOT_JUDGED
    if not here.excludes_zero:
        return Finding.NOT_CONFIRMED
    return Finding.HOLDS if (here.mean > 0) == (own > 0) else Finding.CONTRARY


def conclusion(measured: Measured, name: str, own: float) -> str:
    """Return the sentence on whether the report's difference to its baseline holds."""
    here = measured.difference(name)
    found = finding(own, here)
    if here is None:
        return f"**{found.value}:** a run gave no number."
    figures = f"{points(here.mean)} points on the test set"
    if here.interval is not None:
        figures += f" ({interval(here, points)})"
    ending = {
        Finding.HOLDS: f"where the report has {points(own)}",
        Finding.CONTRARY: f"where the report has {points(own)}",
        Finding.NOT_CONFIRMED: f"which may be nothing; the report's {points(own)} is of one run each",
        Finding.NOT_JUDGED: f"from one run each, like the report's {points(own)}: chance is not told from change",
    }
    return f"**{found.value}:** {figures}, {ending[found]}.{_spread(measured, own)}"


def _spread(measured: Measured, own: float) -> str:
    """Say how far the baseline's own runs lie apart, which is what one run each is worth."""
    scores = [run["scores"]["test_accuracy"] for run in measured.runs(BASELINE)]
    if len(scores) < 2 or None in scores:
        return ""
    apart = max(scores) - min(scores)
    size = "more than that" if apart > abs(own) else "less than that"
    return f" The baseline's own runs lie up to {100 * apart:.2f} points apart: {size}."


def reason(measured: Measured, name: str) -> str:
    """Return the sentences on why a change did what it did."""
    return _REASONS[name](measured)


def _he(measured: Measured) -> str:
    config, n_in = measured.config(BASELINE), (N_PIXELS, *measured.config("report-he").hidden)
    sigmas = ", ".join(f"{math.sqrt(2 / n):.3f}" for n in n_in)
    he, plain = measured.first_loss("report-he"), measured.first_loss(BASELINE)
    start = (
        f"The baseline draws all weights with σ = {config.sigma:g}; He draws them with √(2/n), which is {sigmas} for "
        f"layers of {', '.join(map(str, n_in))} inputs. On the first batch the loss is then {he:.3g} instead of "
        f"{plain:.3g}, where guessing would give {math.log(N_CLASSES):.3g}"
    )
    if he < plain:
        return f"{start}: the baseline spends its first steps on undoing its start.{_learned(measured, 'report-he')}"
    return f"{start}: He weights start no better here.{_learned(measured, 'report-he')}"


def _weighted(measured: Measured) -> str:
    labels = sources.load(measured.comparison.data).train.digits.labels
    weights = class_weights(labels, N_CLASSES)
    largest, mean = float(weights.max()), float(weights[labels].mean())
    size = "hardly changes what is learned" if largest < 1.5 else "changes what is learned"
    return (
        f"The rarest digit of these counts for {largest:.2f} times the commonest, which {size}; and as the weights are "
        f"1 or more, each step is {mean:.2f} times as large on average.{_learned(measured, 'report-weighted')}"
    )


def _decay(measured: Measured) -> str:
    config, n_steps = measured.config("report-decay"), measured.comparison.n_steps
    times = (n_steps - 1) // config.decay_steps
    if not times:
        return f"These {n_steps:,} steps are too few for the rate to sink even once: nothing was changed."
    sunk = config.decay_factor**times
    return f"The rate sinks {_times(times)}, to {sunk:.0%} of where it began.{_learned(measured, 'report-decay')}"


def _l2(measured: Measured) -> str:
    config = measured.config("report-l2")
    share = 1 - (1 - config.learning_rate * config.weight_decay) ** measured.comparison.n_steps
    taken = (
        f"Each step takes λ times the rate, {config.weight_decay * config.learning_rate:.2g}, off a weight: in all "
        f"{measured.comparison.n_steps:,} steps that is {share:.2%} of it"
    )
    here = measured.difference("report-l2")
    if share > 0.05:
        return f"{taken}.{_learned(measured, 'report-l2')}"
    if here is not None and here.excludes_zero:
        return f"{taken}, and it is a surprise that so little should show.{_learned(measured, 'report-l2')}"
    return f"{taken}, far too little to show: what differs are two runs, and not two methods."


def _best(measured: Measured) -> str:
    config, more = measured.config(BEST), measured.difference(BEST, "report-he")
    rate = f"a sinking rate of {config.learning_rate:g} instead of {measured.config(BASELINE).learning_rate:g}"
    alone = measured.difference("report-he")
    if alone is None or more is None:
        return ""
    beyond = f"{points(more.mean)} points" + (f" ({interval(more, points)})" if more.interval else "")
    share = (
        f"He weights alone bring {points(alone.mean)} points; what the best adds to them, {rate} and L2, "
        f"brings {beyond} in the same {measured.comparison.n_steps:,} steps"
    )
    if not more.excludes_zero:
        return f"{share}, which cannot be told from nothing."
    if more.mean > 0:
        return f"{share}."
    return f"{share}: on pixels that are not scaled, the larger rate does harm."


_REASONS: dict[str, Callable[[Measured], str]] = {
    "report-he": _he,
    "report-weighted": _weighted,
    "report-decay": _decay,
    "report-l2": _l2,
    BEST: _best,
}


def _learned(measured: Measured, name: str) -> str:
    """Say what a change did to the loss on the training digits: whether it learned more, or only generalises better."""
    here = measured.difference(name, score="train_loss")
    before, after = measured.row(BASELINE).train_loss, measured.row(name).train_loss
    if here is None or before is None or after is None or here.half_width is None:
        return ""
    losses = f"({after.mean:.3g}, the baseline's is {before.mean:.3g})"
    if not here.excludes_zero:
        return f" Its training loss {losses} cannot be told from the baseline's."
    if here.mean > 0:
        return f" Its training loss is higher {losses}: it learned less in these steps."
    return f" Its training loss is lower {losses}: it learned more in these steps."


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


# The division that was missing


@dataclass(frozen=True)
class Pair:
    """Two recipes that differ by the division of pixels by 255, what they share, and what is at fault if it is not."""

    raw: str
    scaled: str
    what: str
    suspect: str


def division(measured: Measured, pair: Pair) -> str:
    """Return the sentence on what the division does to a pair."""
    raw, scaled = measured.row(pair.raw), measured.row(pair.scaled)
    here = measured.difference(pair.scaled, pair.raw)
    told = f"{pair.what}: {_outcome(raw)} with pixels of 0 to 255, {_outcome(scaled)} with pixels of 0 to 1."
    if raw.diverged == raw.n and not scaled.diverged:
        return f"{told} So {pair.suspect} is not at fault: the pixels are."
    if here is None or here.half_width is None:
        return told
    if not here.excludes_zero:
        return f"{told} The difference may be nothing."
    return f"{told} The division {'helps' if here.mean > 0 else 'does harm'}: {points(here.mean)} points."


def _outcome(row: SummaryRow) -> str:
    accuracy = "no number" if row.test_accuracy is None else percent(row.test_accuracy.mean)
    if row.diverged == row.n:
        return f"all {row.n} runs diverge" if row.n > 1 else "the run diverges"
    return f"{accuracy}, and {row.diverged} of {row.n} runs diverge" if row.diverged else accuracy
