"""What is said of the report's findings: made-up figures in, sentences out."""

import pytest

from core.comparison import findings, report
from core.comparison.findings import BASELINE, BEST, Finding, Measured, Pair, conclusion, division, finding, reason
from core.comparison.intervals import Estimate

PAIR = Pair("report-deep", "report-deep-scaled", "Ten layers", "the depth")


@pytest.fixture
def measured(compared):
    """Make up the figures of all the report's recipes: 90, 91, 92 % but for those that are named."""

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
        (0.03, Estimate(-0.02, 0.01, 5), Finding.CONTRARY),
        (-0.03, Estimate(0.02, 0.01, 5), Finding.CONTRARY),
        (0.03, Estimate(0.02, 0.03, 5), Finding.NOT_CONFIRMED),
        (0.03, Estimate(0.0, 0.0, 5), Finding.NOT_CONFIRMED),
        (0.03, Estimate(0.02, None, 1), Finding.NOT_JUDGED),
        (0.03, None, Finding.NOT_JUDGED),
    ],
)
def test_a_finding_holds_where_the_interval_leaves_out_zero_on_its_side(own, here, found):
    assert finding(own, here) is found


@pytest.mark.parametrize(
    ("he", "words"),
    [
        ([0.93, 0.941, 0.949], ["**Holds:** +3.00 points", "(+2.75 to +3.25), where the report has +3.47"]),
        ([0.87, 0.881, 0.889], ["the contrary does:** -3.00 points", "where the report has +3.47"]),
        ([0.94, 0.91, 0.90], ["Not confirmed:** +0.67 points", "which may be nothing", "is of one run each"]),
        ([0.94, 0.91, None], ["Not judged:** a run gave no number"]),
    ],
)
def test_the_judgement_follows_the_figures(measured, result, he, words):
    runs = [result(None) if accuracy is None else accuracy for accuracy in he]
    sentence = conclusion(measured(he=runs), "report-he", 0.0347)
    for word in words:
        assert word in sentence


def test_one_seed_is_not_judged(measured):
    sentence = conclusion(measured(n_seeds=1, he=[0.95]), "report-he", 0.0347)
    assert "Not judged:** +5.00 points" in sentence
    assert "chance is not told from change" in sentence
    assert "apart" not in sentence


@pytest.mark.parametrize(("own", "size"), [(-0.0125, "more than that"), (0.0347, "less than that")])
def test_how_far_the_baselines_own_runs_lie_apart(measured, own, size):
    assert conclusion(measured(), "report-l2", own).endswith(f"up to 2.00 points apart: {size}.")


def test_why_he(measured, result):
    sentences = reason(measured(he=[result(0.95, first_loss=1.5)] * 3), "report-he")
    assert "0.051, 0.088, 0.125 for layers of 784, 256, 128 inputs" in sentences
    assert "the loss is then 1.5 instead of 2.5, where guessing would give 2.3" in sentences
    assert "undoing its start" in sentences
    assert "no better" in reason(measured(he=[result(0.95, first_loss=4)] * 3), "report-he")


def losing(result, loss):
    """Return three runs with this training loss, but for a little."""
    runs = [result(accuracy) for accuracy in (0.90, 0.91, 0.92)]
    for run, extra in zip(runs, (0, 0.001, 0.002), strict=True):
        run["scores"]["train_loss"] = loss + extra
    return runs


@pytest.mark.parametrize(
    ("loss", "words"),
    [(0.2, "is higher (0.201, the baseline's is 0.1): it learned less"), (0.05, "is lower"), (0.099, "cannot be told")],
)
def test_what_a_change_did_to_the_training_loss(measured, result, loss, words):
    for name in ("report-he", "report-weighted", "report-decay"):
        assert words in reason(measured(**{name.removeprefix("report-"): losing(result, loss)}), name)


def test_why_weights(measured):
    # 180 synthetic digits: as many of each, but for those that the test part has taken
    sentences = reason(measured(), "report-weighted")
    assert "counts for 1." in sentences
    assert "times as large on average" in sentences


@pytest.mark.parametrize(
    ("n_steps", "words"), [(10_000, "too few"), (10_001, "sinks once, to 90%"), (60_000, "sinks 5 times, to 59%")]
)
def test_why_decay(measured, n_steps, words):
    assert words in reason(measured(n_steps), "report-decay")


def test_why_l2(measured):
    # (1 - 9.6e-4 · 1e-5)^60,000 = 1 - 5.76e-4
    assert "9.6e-09" in reason(measured(), "report-l2")
    assert "0.06% of it, far too little to show" in reason(measured(), "report-l2")
    assert "it is a surprise" in reason(measured(l2=[0.93, 0.941, 0.949]), "report-l2")
    assert "too little" not in reason(measured(10**7), "report-l2")


@pytest.mark.parametrize(
    ("best", "words"),
    [
        ([0.97, 0.981, 0.989], "brings +3.00 points (+2.75 to +3.25) in the same 60,000 steps."),
        ([0.91, 0.921, 0.929], "-3.00 points (-3.25 to -2.75) in the same 60,000 steps: on pixels"),
        ([0.97, 0.95, 0.93], "cannot be told from nothing"),
    ],
)
def test_why_the_best(measured, best, words):
    figures = measured(he=[0.94, 0.95, 0.96], best=best)
    assert "He weights alone bring +4.00 points" in reason(figures, BEST)
    assert words in reason(figures, BEST)


def test_why_the_best_without_numbers(measured, result):
    assert reason(measured(he=[result(None)] * 3), BEST) == ""


@pytest.mark.parametrize(
    ("raw", "scaled", "words"),
    [
        (
            ["wild"] * 3,
            [0.9] * 3,
            "all 3 runs diverge with pixels of 0 to 255, 90.00% with pixels of 0 to 1. So the depth",
        ),
        (["wild"] * 3, ["wild"] * 3, "all 3 runs diverge with pixels of 0 to 1. The difference may be nothing."),
        (["wild", 0.5, 0.5], [0.9] * 3, "36.67%, and 1 of 3 runs diverge with"),
        ([0.5, 0.51, 0.52], [0.9] * 3, "The division helps: +39.00 points."),
        ([0.9, 0.91, 0.92], [0.5] * 3, "The division does harm: -41.00 points."),
        ([None, 0.91, 0.92], [0.5] * 3, "no number with pixels of 0 to 255, 50.00% with pixels of 0 to 1."),
    ],
)
def test_what_the_division_does(measured, result, raw, scaled, words):
    def runs(values):
        wild = result(0.1, diverged="the run diverged")
        return [wild if value == "wild" else result(value) for value in values]

    assert words in division(measured(deep=runs(raw), deep_scaled=runs(scaled)), PAIR)


def test_what_the_division_does_to_one_seed(measured, result):
    figures = measured(n_seeds=1, deep=[result(0.1, diverged="it diverged")], deep_scaled=[0.9])
    assert division(figures, PAIR).startswith("Ten layers: the run diverges with")
    assert division(measured(n_seeds=1), PAIR).endswith("90.00% with pixels of 0 to 1.")


def test_the_first_loss_is_a_mean_over_the_seeds(measured, result):
    figures = measured(baseline=[result(0.9, first_loss=loss) for loss in (1, 2, 6)])
    assert figures.first_loss(BASELINE) == 3


def test_each_section_has_a_reason():
    assert findings._REASONS.keys() == report.SECTIONS.keys()
