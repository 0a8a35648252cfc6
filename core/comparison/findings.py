"""The report's findings, checked against the measured figures, in sentences that follow from the figures.

A finding holds if the 95 % interval of the paired difference excludes zero on the side that the report names. The
explanations state what can be computed of a change: its size, and its effect on the training loss.
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
from core.messages import tr, translatable
from core.nn.losses import class_weights
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

BASELINE, BEST = "report-baseline", "report-best"


class Finding(Enum):
    """Whether a finding of the report holds; the values are shown through ``tr``."""

    HOLDS = translatable("Holds")
    CONTRADICTED = translatable("Contradicted")
    NOT_CONFIRMED = translatable("Not confirmed")
    UNDECIDED = translatable("Undecided")


@dataclass(frozen=True)
class Measured:
    """The comparison with its results: the figures for the sentences."""

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
        """Return the summary of a recipe's runs."""
        return self.comparison.row(self.recipe(name), self.results)

    def difference(self, name: str, other: str = BASELINE, score: str = "test_accuracy") -> Estimate | None:
        """Estimate the difference in a score between two recipes."""
        return self.comparison.difference(self.recipe(name), self.recipe(other), self.results, score)

    def first_loss(self, name: str) -> float:
        """Return the mean loss of the first batch."""
        return float(np.mean([run["first_loss"] or math.nan for run in self.runs(name)]))


def finding(own: float, here: Estimate | None) -> Finding:
    """Compare the report's difference ``own`` with the one measured here."""
    if here is None or here.half_width is None:
        return Finding.UNDECIDED
    if not here.excludes_zero:
        return Finding.NOT_CONFIRMED
    return Finding.HOLDS if (here.mean > 0) == (own > 0) else Finding.CONTRADICTED


def conclusion(measured: Measured, name: str, own: float) -> str:
    """Return the sentences on whether the report's difference to its baseline holds."""
    here = measured.difference(name)
    found = finding(own, here)
    if here is None:
        return tr("**{finding}:** one of the runs has no score.", finding=tr(found.value))
    sentence = tr(_CONCLUSIONS[found], finding=tr(found.value), difference=_difference(here), own=points(own))
    return _joined(sentence, _spread(measured, own))


_AGAINST_THE_REPORT = translatable("**{finding}:** {difference} on the test set; the report has {own}.")
_CONCLUSIONS = {
    Finding.HOLDS: _AGAINST_THE_REPORT,
    Finding.CONTRADICTED: _AGAINST_THE_REPORT,
    Finding.NOT_CONFIRMED: translatable(
        "**{finding}:** {difference} on the test set, which may be chance; the report's {own} compares two single runs."
    ),
    Finding.UNDECIDED: translatable(
        "**{finding}:** {difference} on the test set between single runs, like the report's {own}: it may be chance."
    ),
}


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _difference(estimate: Estimate) -> str:
    """Return a difference in points, with its interval if there is one."""
    if estimate.interval is None:
        return tr("{points} points", points=points(estimate.mean))
    return tr("{points} points ({interval})", points=points(estimate.mean), interval=interval(estimate, points))


def _spread(measured: Measured, own: float) -> str:
    """Return how much the baseline's runs differ, which is the uncertainty of the report's single runs."""
    scores = [run["scores"]["test_accuracy"] for run in measured.runs(BASELINE)]
    if len(scores) < 2 or None in scores:
        return ""
    spread = max(scores) - min(scores)
    if spread > abs(own):
        return tr("The baseline's own runs differ by up to {spread:.2f} points: more than that.", spread=100 * spread)
    return tr("The baseline's own runs differ by up to {spread:.2f} points: less than that.", spread=100 * spread)


def explanation(measured: Measured, name: str) -> str:
    """Return the sentences on why a change had its effect."""
    return _EXPLANATIONS[name](measured)


def _he(measured: Measured) -> str:
    config, n_in = measured.config(BASELINE), (N_PIXELS, *measured.config("report-he").hidden)
    weights = tr(
        "The baseline draws all weights with σ = {sigma:g}; He initialisation draws them with √(2/n): {sigmas} for "
        "layers of {n_inputs} inputs.",
        sigma=config.sigma,
        sigmas=", ".join(f"{math.sqrt(2 / n):.3f}" for n in n_in),
        n_inputs=", ".join(map(str, n_in)),
    )
    he, plain = measured.first_loss("report-he"), measured.first_loss(BASELINE)
    template = _HE_STARTS_BETTER if he < plain else _HE_STARTS_NO_BETTER
    start = tr(template, he=he, plain=plain, chance=math.log(N_CLASSES))
    return _joined(weights, start, _effect_on_loss(measured, "report-he"))


_HE_STARTS_BETTER = translatable(
    "The loss of the first batch is then {he:.3g} instead of {plain:.3g}, where guessing would give {chance:.3g}: the "
    "baseline spends its first steps on correcting its initial weights."
)
_HE_STARTS_NO_BETTER = translatable(
    "The loss of the first batch is then {he:.3g} instead of {plain:.3g}, where guessing would give {chance:.3g}: He "
    "weights start no better here."
)


def _weighted(measured: Measured) -> str:
    labels = sources.load(measured.comparison.data).train.digits.labels
    weights = class_weights(labels, N_CLASSES)
    largest, mean = float(weights.max()), float(weights[labels].mean())
    size = tr(_WEIGHTS_MATTER_LITTLE if largest < 1.5 else _WEIGHTS_MATTER, largest=largest)
    steps = tr("All weights are 1 or more, so each step is {mean:.2f} times as large on average.", mean=mean)
    return _joined(size, steps, _effect_on_loss(measured, "report-weighted"))


_WEIGHTS_MATTER_LITTLE = translatable(
    "The rarest digit has {largest:.2f} times the weight of the commonest, which hardly changes what is learned."
)
_WEIGHTS_MATTER = translatable(
    "The rarest digit has {largest:.2f} times the weight of the commonest, which changes what is learned."
)


def _decay(measured: Measured) -> str:
    config, n_steps = measured.config("report-decay"), measured.comparison.n_steps
    times = (n_steps - 1) // config.decay_steps
    if not times:
        return tr(
            "{n_steps:,} steps are too few for a single decay: nothing differs from the baseline.", n_steps=n_steps
        )
    share = config.decay_factor**times
    change = tr("Number of decays: {times}. The last rate is {share:.0%} of the first.", times=times, share=share)
    return _joined(change, _effect_on_loss(measured, "report-decay"))


def _l2(measured: Measured) -> str:
    config, n_steps = measured.config("report-l2"), measured.comparison.n_steps
    decay = config.weight_decay * config.learning_rate
    share = 1 - (1 - decay) ** n_steps
    change = tr(
        "L2 shrinks a weight by a share of {decay:.2g} per step (λ times the rate), and by {share:.2%} in {n_steps:,} "
        "steps.",
        decay=decay,
        n_steps=n_steps,
        share=share,
    )
    here = measured.difference("report-l2")
    if share > 0.05:
        return _joined(change, _effect_on_loss(measured, "report-l2"))
    if here is not None and here.excludes_zero:
        surprise = tr("It is a surprise that so small a change has an effect.")
        return _joined(change, surprise, _effect_on_loss(measured, "report-l2"))
    return _joined(change, tr("This is far too little for an effect: two runs differ here, not two methods."))


def _best(measured: Measured) -> str:
    he_alone, beyond_he = measured.difference("report-he"), measured.difference(BEST, "report-he")
    if he_alone is None or beyond_he is None:
        return ""
    change = tr(
        "He weights alone change the accuracy by {he} points. The other changes, a decaying rate of {rate:g} instead "
        "of {baseline:g} and L2, add {beyond} in the same {n_steps:,} steps.",
        he=points(he_alone.mean),
        rate=measured.config(BEST).learning_rate,
        baseline=measured.config(BASELINE).learning_rate,
        beyond=_difference(beyond_he),
        n_steps=measured.comparison.n_steps,
    )
    if not beyond_he.excludes_zero:
        return _joined(change, tr("This may be chance."))
    if beyond_he.mean > 0:
        return change
    return _joined(change, tr("On pixels that are not scaled, the larger rate does harm."))


_EXPLANATIONS: dict[str, Callable[[Measured], str]] = {
    "report-he": _he,
    "report-weighted": _weighted,
    "report-decay": _decay,
    "report-l2": _l2,
    BEST: _best,
}


def _effect_on_loss(measured: Measured, name: str) -> str:
    """Return the effect of a change on the training loss: whether it learns more, or only generalises better."""
    here = measured.difference(name, score="train_loss")
    before, after = measured.row(BASELINE).train_loss, measured.row(name).train_loss
    if here is None or before is None or after is None or here.half_width is None:
        return ""
    template = _LOSS_ALIKE if not here.excludes_zero else _LOSS_HIGHER if here.mean > 0 else _LOSS_LOWER
    return tr(template, after=after.mean, before=before.mean)


_LOSS_ALIKE = translatable(
    "Its training loss ({after:.3g}) does not differ significantly from the baseline's ({before:.3g})."
)
_LOSS_HIGHER = translatable(
    "Its training loss ({after:.3g}) is higher than the baseline's ({before:.3g}): it learned less in these steps."
)
_LOSS_LOWER = translatable(
    "Its training loss ({after:.3g}) is lower than the baseline's ({before:.3g}): it learned more in these steps."
)


# The division of pixels by 255


@dataclass(frozen=True)
class Pair:
    """Two recipes that differ by the division of pixels by 255.

    Attributes
    ----------
    raw, scaled : str
        The recipes.
    setting : str
        A template for what they share; its field ``rate`` is the learning rate of ``scaled``.
    cause : str
        A template for the conclusion if only the ``raw`` runs diverge.
    """

    raw: str
    scaled: str
    setting: str
    cause: str


def setting(measured: Measured, pair: Pair) -> str:
    """Return what the two recipes of a pair share."""
    return tr(pair.setting, rate=measured.config(pair.scaled).learning_rate)


def division(measured: Measured, pair: Pair) -> str:
    """Return the sentences on the effect of the division on a pair."""
    raw, scaled = measured.row(pair.raw), measured.row(pair.scaled)
    outcomes = tr(
        "{setting}: {raw} with pixels of 0 to 255, {scaled} with pixels of 0 to 1.",
        setting=setting(measured, pair),
        raw=_outcome(raw),
        scaled=_outcome(scaled),
    )
    return _joined(outcomes, _effect_of_division(pair, raw, scaled, measured.difference(pair.scaled, pair.raw)))


def _effect_of_division(pair: Pair, raw: SummaryRow, scaled: SummaryRow, here: Estimate | None) -> str:
    if raw.diverged == raw.n and not scaled.diverged:
        return tr(pair.cause)
    if here is None or here.half_width is None:
        return ""
    if not here.excludes_zero:
        return tr("The difference may be chance.")
    if here.mean > 0:
        return tr("The division helps: {points} points.", points=points(here.mean))
    return tr("The division does harm: {points} points.", points=points(here.mean))


def _outcome(row: SummaryRow) -> str:
    if row.diverged == row.n:
        return tr("all {n} runs diverge", n=row.n) if row.n > 1 else tr("the run diverges")
    accuracy = tr("no score") if row.test_accuracy is None else percent(row.test_accuracy.mean)
    if row.diverged:
        return tr("{accuracy}, {n_diverged} of {n} runs diverge", accuracy=accuracy, n_diverged=row.diverged, n=row.n)
    return accuracy
