"""JSON from a file that may say anything: only what JSON has, and nothing that trips those who read on.

Python's own reader also takes NaN and Infinity, turns 1e999 into infinity, has whole numbers of any length, which no
float can hold, and lists so deep that nobody can write them again.
"""

import json
import math
from typing import Any

MAX_DEPTH = 32
"""Lists and objects within each other; the program's own files have six."""
_MAX_INTEGER = 2**128  # what a generator's state has


def loads(text: str | bytes) -> Any:
    """Return what JSON says; raise ValueError where it is none, has a number beyond all bounds, or is too deep."""
    try:
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_bounded)
    except RecursionError:
        raise ValueError("its lists are nested too deeply") from None
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [value for owner in level if isinstance(owner, dict | list) for value in _values(owner)]
        if not level:
            return found
    raise ValueError("its lists are nested too deeply")


def _values(owner: dict[str, Any] | list[Any]) -> list[Any]:
    return list(owner.values()) if isinstance(owner, dict) else owner


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number in JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _bounded(digits: str) -> int:
    if len(digits) > 40 or abs(number := int(digits)) > _MAX_INTEGER:
        raise ValueError(f"the number {digits[:20]}… is too large")
    return number
