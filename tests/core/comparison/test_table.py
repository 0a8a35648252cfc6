"""The table of a comparison in its three formats."""

import csv
import dataclasses
import io
import json

import pytest

from core.comparison import table as comparison_table
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

A = Recipe("a", "The first", TrainConfig())
B = Recipe("b", "The second", TrainConfig(momentum=0.9))


@pytest.fixture
def three(compared):
    """Three seeds of two recipes."""
    return compared([A, B], [[0.90, 0.92, 0.94], [0.91, 0.94, 0.97]])


def test_markdown(three):
    plan, results = three
    text = comparison_table.markdown(plan, plan.rows(results))
    above, table = text.split("\n\n")
    assert above.startswith("100 steps per run on `synthetic:200`; number of seeds: 3. ")
    assert "to `a`, paired by seed" in above
    header, rule, first, second = table.splitlines()
    assert header.startswith("| recipe | test accuracy | 95 % interval | difference | 95 % interval |")
    assert set(rule) == set("| -")
    assert first == "| a | 92.00% | 87.03% to 96.97% | – | – | 99.00% | 0.1 | 1.5 s | 235,146 | – |"
    assert second == "| b | 94.00% | 86.55% to 100.00% | +2.00 | -0.48 to +4.48 | 99.00% | 0.1 | 1.5 s | 235,146 | – |"


def test_one_seed_has_dashes_for_intervals(compared):
    plan, results = compared([A, B], [[0.90], [0.89]])
    text = comparison_table.markdown(plan, plan.rows(results))
    assert "number of seeds: 1." in text
    assert "| b | 89.00% | – | -1.00 | – | 99.00% |" in text


def test_diverged_runs_and_missing_scores(compared, result):
    diverged = result(None, diverged="it diverged")
    plan, results = compared([A, B], [[0.9, 0.9], [0.9, diverged]])
    text = comparison_table.markdown(plan, plan.rows(results))
    assert "| b | – | – | – | – | 99.00% | 0.1 | 1.5 s | 235,146 | 1 of 2 |" in text


def test_another_source_to_test_on_is_named(three):
    plan = dataclasses.replace(three[0], test="mnist")
    assert "on `synthetic:200`, tested on `mnist`" in comparison_table.introduction(plan)


def test_csv(three):
    plan, results = three
    first, second = csv.DictReader(io.StringIO(comparison_table.csv_text(plan.rows(results))))
    assert (first["recipe"], first["runs"], first["diverged"], first["parameters"]) == ("a", "3", "0", "235146")
    assert (first["difference"], first["difference_low"]) == ("", "")
    assert float(second["difference"]) == pytest.approx(0.02)
    assert float(second["difference_high"]) == pytest.approx(0.04484, abs=1e-5)
    assert float(second["test_accuracy_low"]) == pytest.approx(0.86547, abs=1e-5)
    assert float(second["seconds"]) == 1.5


def test_json(three):
    plan, results = three
    report = json.loads(json.dumps(comparison_table.report(plan, plan.rows(results), results), allow_nan=False))
    assert (report["data"], report["steps"], report["seeds"]) == ("synthetic:200", 100, 3)
    assert report["rows"][1]["difference"]["mean"] == pytest.approx(0.02)
    assert report["rows"][0]["difference"] is None
    assert len(report["runs"]) == 6
    run = report["runs"][1]
    assert (run["recipe"], run["seed"], run["scores"]["test_accuracy"], run["diverged"]) == ("b", 0, 0.91, None)


def test_the_interval_of_an_accuracy_is_clipped(compared):
    plan, results = compared([A], [[0.99, 0.01]])
    assert "| a | 50.00% | 0.00% to 100.00% |" in comparison_table.markdown(plan, plan.rows(results))
