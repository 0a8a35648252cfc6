"""Strict JSON for untrusted files: only standard values, with limits on numbers and depth.

Python's reader also accepts NaN and Infinity, turns 1e999 into infinity, and reads integers of any length, which no
float can hold, and lists too deep to be written again.
"""

import json
import math
from typing import Any

from core.messages import tr

MAX_DEPTH = 32
"""The deepest nesting of lists and objects; the program's own files have six levels."""
_MAX_INTEGER = 2**128  # the state of a random generator is this large


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text; raise ValueError if it is not JSON, has a number too large, or is too deep."""
    try:
        found = json.loads(text, parse_constant=_reject, parse_float=_finite, parse_int=_bounded)
    except RecursionError:
        raise ValueError(tr("its lists are nested too deeply")) from None
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [value for owner in level if isinstance(owner, dict | list) for value in _values(owner)]
        if not level:
            return found
    raise ValueError(tr("its lists are nested too deeply"))


def _values(owner: dict[str, Any] | list[Any]) -> list[Any]:
    return list(owner.values()) if isinstance(owner, dict) else owner


def _reject(constant: str) -> float:
    raise ValueError(tr("{constant} is not a number in JSON", constant=constant))


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(tr("the number {number} is too large", number=digits[:20]))
    return number


def _bounded(digits: str) -> int:
    if len(digits) > 40 or abs(number := int(digits)) > _MAX_INTEGER:
        raise ValueError(tr("the number {number} is too large", number=f"{digits[:20]}…"))
    return number
