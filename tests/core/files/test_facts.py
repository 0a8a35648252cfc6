"""Facts from files: types, ranges, defaults."""

import math

import pytest

from core.files import facts
from core.files.facts import value


@pytest.mark.parametrize(
    ("found", "kinds", "bounds"),
    [
        ("x", str, {}),
        (3, int, {"minimum": 0}),
        (0, int, {"minimum": 0}),
        (3, float, {}),  # a whole number is written without a point
        (0.5, float, {"minimum": 0, "maximum": 1}),
        (True, bool, {}),
        (None, (float, type(None)), {"minimum": 0}),
        ([1], (list, tuple), {}),
        ({"a": 1}, dict, {}),
    ],
)
def test_what_makes_sense_is_returned(found, kinds, bounds):
    assert value({"fact": found}, "fact", kinds, **bounds) == found


@pytest.mark.parametrize(
    ("found", "kinds", "bounds"),
    [
        (3, str, {}),
        ("3", int, {}),
        (True, int, {}),
        (False, float, {}),
        (0.5, int, {}),
        (None, float, {}),
        (-1, int, {"minimum": 0}),
        (1.5, float, {"maximum": 1}),
        (math.nan, float, {}),
        (math.inf, float, {"minimum": 0}),
        ([], dict, {}),
    ],
)
def test_what_makes_no_sense_is_named(found, kinds, bounds):
    with pytest.raises(ValueError, match='its value for "fact" is invalid'):
        value({"fact": found}, "fact", kinds, **bounds)


def test_a_missing_fact_has_its_default_or_is_an_error():
    assert value({}, "fact", int, 7) == 7
    with pytest.raises(ValueError, match='its value for "fact" is invalid'):
        value({}, "fact", int)


def test_numbers_by_name():
    assert facts.numbers({"scores": {"a": 1, "b": 0.5}}, "scores") == {"a": 1.0, "b": 0.5}
    assert facts.numbers({}, "scores", {}) == {}
    for wrong in ([], {"a": "1"}, {"a": True}, {"a": math.inf}, None):
        with pytest.raises(ValueError, match="is invalid"):
            facts.numbers({"scores": wrong}, "scores")
