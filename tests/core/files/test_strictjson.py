"""Strict JSON: Python's extensions to JSON are rejected, and so are extreme numbers and depths."""

import pytest

from core.files import strictjson


def test_standard_values_are_read():
    text = '{"a": [1, -2.5, true, null, "x"], "b": {"c": 340282366920938463463374607431768211455}}'
    assert strictjson.loads(text) == {"a": [1, -2.5, True, None, "x"], "b": {"c": 2**128 - 1}}
    assert strictjson.loads(b"7") == 7


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("NaN", "not a number in JSON"),
        ('{"a": -Infinity}', "not a number in JSON"),
        ("[1e999]", "1e999 is too large"),
        ("9" * 400, "too large"),
        ("-" + "9" * 39, "too large"),
        ("9" * 5000, "too large"),
        ("[" * 40 + "]" * 40, "too deep"),
        ('{"a":' * 500 + "1" + "}" * 500, "too deep"),
        ("[" * 100_000 + "]" * 100_000, "too deep"),
        ("{", "Expecting"),
        (b"\xff\xfe\xff", "decode"),
    ],
)
def test_everything_else_is_rejected(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        strictjson.loads(text)


def test_the_deepest_nesting():
    deepest = "[" * strictjson.MAX_DEPTH + "]" * strictjson.MAX_DEPTH
    assert strictjson.loads(deepest) is not None
    with pytest.raises(ValueError, match="too deep"):
        strictjson.loads(f"[{deepest}]")
