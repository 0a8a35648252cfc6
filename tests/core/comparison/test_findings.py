"""The sentences on the report's findings, from made-up figures."""

import pytest

from core.comparison import report
from core.comparison.findings import BASELINE, BEST, Finding, Measured, Pair, conclusion, division, explanation, finding
from core.comparison.intervals import Estimate

PAIR = Pair("report-deep", "report-deep-scaled", "Ten layers", "So the cause is not the depth.")


@pytest.fixture
def measured(compared):
    """Make up the figures of all the report's recipes: 90, 91, 92 % unless given."""

    def make(n_steps=60_000, n_seeds=3, **runs):
        usual = [0.90, 0.91, 0.92][:n_seeds]
        recipes = report.RECIPES
        all_runs = [runs.get(recipe.name.removeprefix("report-").replace("-", "_"), usual) for recipe in recipes]
        return Measured(*compared(recipes, all_runs, n_steps))

    return make


@pytest.mark.parametrize(
    ("own", "here", "found"),
    [
        (0.03, Estimate(0.02, 0.01, 5), Finding.HOLDS),
        (-0.03, Estimate(-0.02, 0.01, 5), Finding.HOLDS),
        (0.03, Estimate(-0.02, 0.01, 5), Finding.CONTRADICTED),
        (-0.03, Estimate(0.02, 0.01, 5), Finding.CONTRADICTED),
        (0.03, Estimate(0.02, 0.03, 5), Finding.NOT_CONFIRMED),
        (0.03, Estimate(0.0, 0.0, 5), Finding.NOT_CONFIRMED),
        (0.03, Estimate(0.02, None, 1), Finding.UNDECIDED),
        (0.03, None, Finding.UNDECIDED),
    ],
)
def test_a_finding_holds_if_the_interval_excludes_zero_on_its_side(own, here, found):
    assert finding(own, here) is found


@pytest.mark.parametrize(
    ("he", "words"),
    [
        ([0.93, 0.941, 0.949], ["**Holds:** +3.00 points (+2.75 to +3.25) on the test", "; the report has +3.47."]),
        ([0.87, 0.881, 0.889], ["**Contradicted:** -3.00 points", "; the report has +3.47."]),
        ([0.94, 0.91, 0.90], ["**Not confirmed:** +0.67 points", "may be chance", "+3.47 compares two single runs"]),
        ([0.94, 0.91, None], ["**Undecided:** one of the runs has no score"]),
    ],
)
def test_the_conclusion_follows_the_figures(measured, result, he, words):
    runs = [result(None) if accuracy is None else accuracy for accuracy in he]
    sentence = conclusion(measured(he=runs), "report-he", 0.0347)
    for word in words:
        assert word in sentence


def test_one_seed_is_undecided(measured):
    sentence = conclusion(measured(n_seeds=1, he=[0.95]), "report-he", 0.0347)
    assert "**Undecided:** +5.00 points on the test set between single runs, like the report's +3.47" in sentence
    assert "runs differ" not in sentence


@pytest.mark.parametrize(("own", "size"), [(-0.0125, "more than that"), (0.0347, "less than that")])
def test_the_spread_of_the_baselines_own_runs(measured, own, size):
    assert conclusion(measured(), "report-l2", own).endswith(f"by up to 2.00 points: {size}.")


def test_the_explanation_of_he(measured, result):
    sentences = explanation(measured(he=[result(0.95, first_loss=1.5)] * 3), "report-he")
    assert "√(2/n): 0.051, 0.088, 0.125 for layers of 784, 256, 128 inputs" in sentences
    assert "is then 1.5 instead of 2.5, where guessing would give 2.3" in sentences
    assert "correcting its initial weights" in sentences
    assert "no better" in explanation(measured(he=[result(0.95, first_loss=4)] * 3), "report-he")


def with_loss(result, loss):
    """Return three runs with about this training loss."""
    runs = [result(accuracy) for accuracy in (0.90, 0.91, 0.92)]
    for run, extra in zip(runs, (0, 0.001, 0.002), strict=True):
        run["scores"]["train_loss"] = loss + extra
    return runs


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (0.2, "training loss (0.201) is higher than the baseline's (0.1): it learned less"),
        (0.05, "is lower"),
        (0.099, "does not differ significantly"),
    ],
)
def test_the_effect_of_a_change_on_the_training_loss(measured, result, loss, words):
    for name in ("report-he", "report-weighted", "report-decay"):
        assert words in explanation(measured(**{name.removeprefix("report-"): with_loss(result, loss)}), name)


def test_the_explanation_of_class_weights(measured):
    # 180 synthetic digits: equally many of each, apart from those of the test part
    sentences = explanation(measured(), "report-weighted")
    assert "has 1." in sentences
    assert "times as large on average" in sentences


@pytest.mark.parametrize(
    ("n_steps", "words"),
    [
        (10_000, "too few"),
        (10_001, "Number of decays: 1. The last rate is 90% of the first."),
        (60_000, "Number of decays: 5. The last rate is 59% of the first."),
    ],
)
def test_the_explanation_of_the_decay(measured, n_steps, words):
    assert words in explanation(measured(n_steps), "report-decay")


def test_the_explanation_of_l2(measured):
    # (1 - 9.6e-4 · 1e-5)^60,000 = 1 - 5.76e-4
    assert "9.6e-09" in explanation(measured(), "report-l2")
    assert "by 0.06% in 60,000 steps. This is far too little for an effect" in explanation(measured(), "report-l2")
    assert "It is a surprise" in explanation(measured(l2=[0.93, 0.941, 0.949]), "report-l2")
    assert "too little" not in explanation(measured(10**7), "report-l2")


@pytest.mark.parametrize(
    ("best", "words"),
    [
        ([0.97, 0.981, 0.989], "add +3.00 points (+2.75 to +3.25) in the same 60,000 steps."),
        ([0.91, 0.921, 0.929], "add -3.00 points (-3.25 to -2.75) in the same 60,000 steps. On pixels"),
        ([0.97, 0.95, 0.93], "This may be chance."),
    ],
)
def test_the_explanation_of_the_best(measured, best, words):
    figures = measured(he=[0.94, 0.95, 0.96], best=best)
    assert "He weights alone change the accuracy by +4.00 points" in explanation(figures, BEST)
    assert words in explanation(figures, BEST)


def test_the_explanation_of_the_best_without_scores(measured, result):
    assert explanation(measured(he=[result(None)] * 3), BEST) == ""


@pytest.mark.parametrize(
    ("raw", "scaled", "words"),
    [
        (
            ["diverged"] * 3,
            [0.9] * 3,
            "all 3 runs diverge with pixels of 0 to 255, 90.00% with pixels of 0 to 1. So the cause is not the depth.",
        ),
        (["diverged"] * 3, ["diverged"] * 3, "all 3 runs diverge with pixels of 0 to 1. The difference may be chance."),
        (["diverged", 0.5, 0.5], [0.9] * 3, "36.67%, 1 of 3 runs diverge with"),
        ([0.5, 0.51, 0.52], [0.9] * 3, "The division helps: +39.00 points."),
        ([0.9, 0.91, 0.92], [0.5] * 3, "The division does harm: -41.00 points."),
        ([None, 0.91, 0.92], [0.5] * 3, "no score with pixels of 0 to 255, 50.00% with pixels of 0 to 1."),
    ],
)
def test_the_effect_of_the_division(measured, result, raw, scaled, words):
    def runs(values):
        diverged = result(0.1, diverged="the run diverged")
        return [diverged if value == "diverged" else result(value) for value in values]

    assert words in division(measured(deep=runs(raw), deep_scaled=runs(scaled)), PAIR)


def test_the_effect_of_the_division_with_one_seed(measured, result):
    figures = measured(n_seeds=1, deep=[result(0.1, diverged="it diverged")], deep_scaled=[0.9])
    assert division(figures, PAIR).startswith("Ten layers: the run diverges with")
    assert division(measured(n_seeds=1), PAIR).endswith("90.00% with pixels of 0 to 1.")


def test_the_first_loss_is_a_mean_over_the_seeds(measured, result):
    figures = measured(baseline=[result(0.9, first_loss=loss) for loss in (1, 2, 6)])
    assert figures.first_loss(BASELINE) == 3


@pytest.mark.parametrize("name", report.SECTIONS)
def test_each_section_has_an_explanation(measured, name):
    assert explanation(measured(), name)
