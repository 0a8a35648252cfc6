"""Calibration: temperature, threshold, and their metrics."""

import math

import numpy as np
import pytest

from core.recognition import calibration
from core.recognition.calibration import Calibration


def miscalibrated(n: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return calibrated logits (n, 10) times ``factor``, and labels drawn from the calibrated distribution."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (n, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (shares.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return (factor * logits).astype(np.float32), labels


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_the_temperature_is_the_factor_of_the_logits(factor: float) -> None:
    assert calibration.temperature(*miscalibrated(20_000, factor)) == pytest.approx(factor, rel=0.05)


def test_a_fitted_temperature_reduces_the_calibration_error() -> None:
    logits, labels = miscalibrated(20_000, 4.0)
    errors = []
    for fitted in (Calibration(), Calibration.fit(logits, labels)):
        p = fitted.probabilities(logits)
        errors.append(calibration.calibration_error(p.max(axis=1), p.argmax(axis=1) == labels))
    assert errors[0] > 0.1
    assert errors[1] < 0.015


def test_the_calibration_error_by_hand() -> None:
    # Two predictions in one bin, at 0.9, one of them correct; one in another bin, at 0.6, correct.
    error = calibration.calibration_error(np.array([0.9, 0.9, 0.6]), np.array([True, False, True]))
    assert error == pytest.approx((2 * 0.4 + 0.4) / 3)
    assert calibration.calibration_error(np.array([]), np.array([], dtype=bool)) == 0


def test_a_probability_of_one_belongs_to_the_last_bin() -> None:
    assert calibration.calibration_error(np.ones(4), np.ones(4, dtype=bool)) == 0


def test_without_an_eleventh_output_the_score_is_the_negative_free_energy() -> None:
    logits = np.array([[1.0, 2.0] + [0.0] * 8], np.float32)
    assert calibration.scores(logits)[0] == pytest.approx(math.log(math.e + math.e**2 + 8))


def test_an_eleventh_output_lowers_the_score() -> None:
    logits = np.zeros((2, 11), np.float32)
    logits[1, 10] = 3
    scores = calibration.scores(logits)
    assert scores[0] == pytest.approx(math.log(10))
    assert scores[1] == pytest.approx(math.log(10) - 3)


def test_scores_do_not_overflow() -> None:
    assert np.isfinite(calibration.scores(np.full((1, 10), 1e30, np.float32))).all()


def test_probabilities_exclude_the_eleventh_output() -> None:
    logits = np.zeros((1, 11), np.float32)
    logits[0, 10] = 100
    assert Calibration().probabilities(logits)[0].tolist() == pytest.approx([0.1] * 10)


def test_the_threshold_accepts_98_percent_of_digits() -> None:
    logits, labels = miscalibrated(5000, 1.0)
    fitted = Calibration.fit(logits, labels)
    assert fitted.accepts(logits).mean() == pytest.approx(0.98, abs=0.001)


def test_no_threshold_rejects_nothing() -> None:
    assert Calibration().accepts(np.full((3, 11), -50, np.float32)).all()


def test_nothing_is_fitted_to_few_digits_or_invalid_logits() -> None:
    logits, labels = miscalibrated(calibration.MIN_DIGITS - 1, 1.0)
    assert Calibration.fit(logits, labels) == Calibration()
    logits, labels = miscalibrated(1000, 1.0)
    logits[3, 3] = np.nan
    assert Calibration.fit(logits, labels) == Calibration()


def test_the_area_under_the_curve_is_a_share_of_pairs() -> None:
    assert calibration.area_under_roc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert calibration.area_under_roc(np.array([1.0]), np.array([1.0])) == 0.5
    rng = np.random.default_rng(1)
    digits, others = rng.normal(1, 1, 50), rng.normal(0, 1, 70)
    pairs = np.mean([digit > other for digit in digits for other in others])
    assert calibration.area_under_roc(digits, others) == pytest.approx(pairs)
    assert math.isnan(calibration.area_under_roc(digits, np.array([])))


def test_wilsons_interval() -> None:
    # Newcombe (1998), table I: 81 of 263.
    assert calibration.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert calibration.wilson(0, 0) == (0.0, 1.0)
    low, high = calibration.wilson(10, 10)
    assert high == pytest.approx(1)
    assert low == pytest.approx(0.7225, abs=1e-3)
