"""Means and their intervals, against values computed by hand."""

import math

import pytest

from core.comparison.intervals import Estimate, paired, t_quantile


def test_three_values_by_hand():
    # mean 4, s = 2, t(2) = 4.3027: 4.3027 · 2 / √3 = 4.9683
    estimate = Estimate.of([2.0, 4.0, 6.0])
    assert (estimate.mean, estimate.n) == (4.0, 3)
    assert estimate.half_width == pytest.approx(4.9683, abs=1e-4)
    assert estimate.interval == pytest.approx((-0.9683, 8.9683), abs=1e-4)
    assert not estimate.excludes_zero


def test_five_values_by_hand():
    # mean 0.3, deviations ±0.2, ±0.1, 0: s = √(0.10 / 4) = 0.158114, t(4) = 2.7764: 0.19632
    estimate = Estimate.of([0.1, 0.2, 0.3, 0.4, 0.5])
    assert estimate.mean == pytest.approx(0.3)
    assert estimate.half_width == pytest.approx(0.19632, abs=1e-5)
    assert estimate.excludes_zero


def test_common_effects_of_a_pair_cancel():
    # differences 1, 2, 3: mean 2, s = 1, 4.3027 / √3 = 2.4842
    estimate = paired([11.0, 52.0, 93.0], [10.0, 50.0, 90.0])
    assert estimate.mean == 2.0
    assert estimate.half_width == pytest.approx(2.4842, abs=1e-4)


def test_one_value_has_no_interval():
    estimate = Estimate.of([0.5])
    assert estimate == Estimate(0.5, None, 1)
    assert estimate.interval is None
    assert not estimate.excludes_zero


def test_equal_values():
    estimate = Estimate.of([0.5, 0.5])
    assert estimate.interval == (0.5, 0.5)


@pytest.mark.parametrize("values", [[], [1.0, None], [1.0, math.nan], [math.inf]])
def test_without_values_and_with_values_that_are_not_finite_there_is_no_mean(values):
    assert Estimate.of(values) is None


def test_a_pair_with_a_missing_value():
    assert paired([1.0, None], [1.0, 2.0]) is None


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.7062), (4, 2.7764), (30, 2.0423), (31, 2.0395), (60, 2.0003), (10**6, 1.9600)]
)
def test_students_t_against_printed_tables(freedom, t):
    assert t_quantile(freedom) == pytest.approx(t, abs=1e-4)
