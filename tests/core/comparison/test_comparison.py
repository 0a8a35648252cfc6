"""Comparisons: plans, cached results, rows."""

import dataclasses

import pytest

from core.comparison import comparison, result_cache
from core.comparison.comparison import Comparison
from core.errors import ConfigError, TrainingError
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

DATA = "synthetic:200"  # 180 training digits, of which 18 are for validation
A = Recipe("a", "The first", TrainConfig(batch_size=20, epochs=3))
B = Recipe("b", "The second", TrainConfig(batch_size=50, epochs=100))


def planned(*recipes, n_seeds=2, **options):
    return Comparison.plan(recipes, n_seeds=n_seeds, **({"data": DATA} | options))


def test_all_recipes_have_the_number_of_steps_of_the_first():
    plan = planned(A, B)
    assert (plan.n_steps, plan.epochs) == (27, 3)  # 162 digits in 9 batches of 20, three times
    assert {job.n_steps for job in plan.jobs()} == {27}
    assert (planned(B, A).n_steps, planned(B, A).epochs) == (400, 100)
    assert planned(A, B, epochs=1).n_steps == 9
    assert planned(A, data=f"3*{DATA}").n_steps == 25 * 3


def test_the_jobs_are_ordered_by_seed():
    jobs = planned(A, B).jobs()
    assert [(job.recipe, job.config.seed) for job in jobs] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert jobs[1].config == dataclasses.replace(B.config, seed=0)


def test_the_first_recipes_data_is_the_default():
    own = dataclasses.replace(A, data="synthetic:100", test="synthetic:50")
    plan = planned(own, B, data=None)
    assert (plan.data, plan.test) == ("synthetic:100", "synthetic:50")
    plan = planned(own, B)
    assert (plan.data, plan.test) == (DATA, None)


def test_without_data_of_a_recipe_the_default_is_that_of_training(monkeypatch):
    monkeypatch.setattr(comparison.sources, "default", lambda: "synthetic:30")
    assert planned(A, data=None).data == "synthetic:30"


@pytest.mark.parametrize("n_seeds", [0, -1, 1001])
def test_an_invalid_number_of_seeds(n_seeds):
    with pytest.raises(ConfigError, match="1 to 1,000"):
        planned(A, n_seeds=n_seeds)


def test_two_recipes_of_the_same_name():
    with pytest.raises(ConfigError, match="two of the recipes are called a"):
        planned(A, B, dataclasses.replace(B, name="a"))


def test_epochs_out_of_their_range():
    with pytest.raises(ConfigError, match="epochs is a whole number"):
        planned(A, epochs=0)


def test_no_digits(monkeypatch):
    source = comparison.sources.load(DATA)
    empty = dataclasses.replace(source, train=source.train[:0])
    monkeypatch.setattr(comparison.sources, "load", lambda name: empty)
    with pytest.raises(TrainingError, match="no digits"):
        planned(A)


# Carrying out


@pytest.fixture
def runner(result):
    """Return a runner that makes up results, records its jobs, and can be interrupted after a number of them."""

    class MadeUp:
        done: list

        def __init__(self, interrupted_after=99):
            self.done, self.interrupted_after = [], interrupted_after

        def __call__(self, jobs):
            for job in jobs:
                if len(self.done) == self.interrupted_after:
                    raise KeyboardInterrupt
                self.done.append(job)
                yield job, result(0.5 + job.config.seed / 10)

    return MadeUp


def test_a_finished_job_is_not_run_again(tmp_path, runner):
    plan, first, second = planned(A, B), runner(interrupted_after=3), runner()
    with pytest.raises(KeyboardInterrupt):
        list(plan.carry_out(tmp_path, first))
    results = dict(plan.carry_out(tmp_path, second))
    assert second.done == plan.jobs()[3:]
    assert results.keys() == set(plan.jobs())
    assert results == dict(plan.carry_out(tmp_path, runner()))


def test_a_result_is_cached_before_the_next_job_runs(tmp_path, runner):
    plan = planned(A, B)
    for n, (job, result) in enumerate(plan.carry_out(tmp_path, runner()), 1):
        assert result_cache.load(tmp_path, job) == result
        assert len(list(tmp_path.iterdir())) == n


def test_only_a_damaged_result_is_computed_again(tmp_path, runner):
    plan = planned(A, B)
    results = dict(plan.carry_out(tmp_path, runner()))
    job = plan.jobs()[2]
    path = result_cache.path(tmp_path, job)
    path.write_bytes(path.read_bytes()[:-30])
    again = runner()
    assert dict(plan.carry_out(tmp_path, again)) == results
    assert again.done == [job]


def test_with_more_seeds_only_the_new_ones_are_run(tmp_path, runner):
    list(planned(A, B, n_seeds=2).carry_out(tmp_path, runner()))
    more = runner()
    list(planned(A, B, n_seeds=3).carry_out(tmp_path, more))
    assert [job.config.seed for job in more.done] == [2, 2]


def test_other_settings_are_other_jobs(tmp_path, runner):
    list(planned(A).carry_out(tmp_path, runner()))
    other = runner()
    list(planned(dataclasses.replace(A, config=dataclasses.replace(A.config, sigma=0.2))).carry_out(tmp_path, other))
    assert len(other.done) == 2


# Rows


def test_the_rows_by_hand(compared, result):
    plan, results = compared([A, B], [[0.90, 0.92, 0.94], [0.91, 0.94, 0.97]])
    first, second = plan.rows(results)
    # a: mean 0.92, s = 0.02, 4.3027 · 0.02 / √3 = 0.04968; b - a: 0.01, 0.02, 0.03: mean 0.02, 4.3027 · 0.01 / √3
    assert first.test_accuracy.mean == pytest.approx(0.92)
    assert first.test_accuracy.half_width == pytest.approx(0.04968, abs=1e-5)
    assert first.difference is None
    assert second.difference.mean == pytest.approx(0.02)
    assert second.difference.half_width == pytest.approx(0.02484, abs=1e-5)
    assert (second.recipe, second.title, second.n, second.diverged) == ("b", "The second", 3, 0)
    assert (second.train_loss.mean, second.seconds.mean, second.parameters) == (pytest.approx(0.1), 1.5, 235_146)


def test_one_seed_has_no_interval(compared):
    plan, results = compared([A, B], [[0.90], [0.91]])
    row = plan.rows(results)[1]
    assert row.test_accuracy.interval is None
    assert row.difference.interval is None
    assert row.as_dict()["difference"] == {"mean": pytest.approx(0.01), "low": None, "high": None}


def test_diverged_runs_are_counted_and_included_in_the_mean(compared, result):
    diverged = result(0.1, diverged="the run diverged")
    plan, results = compared([A, B], [[0.9, 0.9], [0.9, diverged]])
    row = plan.rows(results)[1]
    assert (row.diverged, row.n) == (1, 2)
    assert row.test_accuracy.mean == pytest.approx(0.5)


def test_a_missing_score_leaves_no_mean(compared, result):
    plan, results = compared([A, B], [[0.9, 0.9], [0.9, result(None)]])
    row = plan.rows(results)[1]
    assert row.test_accuracy is None
    assert row.difference is None
    assert row.train_accuracy is not None
