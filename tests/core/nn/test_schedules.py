"""Learning-rate schedules at single steps."""

import pytest

from core.nn import schedules


def test_constant():
    rate = schedules.constant(0.3)
    assert rate(0) == rate(10**6) == 0.3


def test_step_decay_multiplies_at_regular_steps():
    rate = schedules.step_decay(1.0, factor=0.9, every=10)
    assert [rate(0), rate(9), rate(10), rate(25)] == pytest.approx([1, 1, 0.9, 0.81])


def test_cosine_falls_from_the_rate_to_its_half_and_to_zero():
    rate = schedules.cosine(0.4, n_steps=100)
    assert [rate(0), rate(50), rate(100), rate(150)] == pytest.approx([0.4, 0.2, 0, 0], abs=1e-12)


def test_one_cycle_rises_then_falls():
    rate = schedules.one_cycle(1.0, n_steps=100, warmup=0.25)
    assert [rate(0), rate(25), rate(100)] == pytest.approx([1 / 25, 1, 1e-4])
    rates = [rate(step) for step in range(101)]
    assert rates[:26] == sorted(rates[:26])
    assert rates[25:] == sorted(rates[25:], reverse=True)


def test_one_cycle_without_warmup_starts_at_the_rate():
    assert schedules.one_cycle(0.5, n_steps=10, warmup=0)(0) == 0.5
