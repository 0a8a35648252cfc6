"""Facts read from a file that may say anything: one check of type and range, with one wording."""

import math
from collections.abc import Mapping
from typing import Any

from core.messages import tr

REQUIRED = object()
"""Stands for the default of a fact that has to be there."""


def value(
    facts: Mapping[str, Any],
    name: str,
    kinds: type | tuple[type, ...],
    default: Any = REQUIRED,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """Return a fact by its name.

    Parameters
    ----------
    kinds
        The types that it may have. ``bool`` is no ``int`` here; a ``float`` may be a whole number, and is finite.
    default
        What a missing fact is; where none is given, it must be there.
    minimum, maximum
        Bounds of a number, inclusive.

    Raises
    ------
    ValueError
        The fact is missing, of another type or out of range; the sentence names it.
    """
    if name not in facts and default is not REQUIRED:
        return default
    found = facts.get(name)
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if not _is_of(found, wanted) or not _is_within(found, minimum, maximum):
        raise ValueError(tr('its value for "{name}" is invalid', name=name))
    return found


def numbers(facts: Mapping[str, Any], name: str, default: Any = REQUIRED) -> dict[str, float]:
    """Return a fact that is an object of finite numbers by name; raise ValueError where it is not."""
    found = value(facts, name, dict, default)
    return {str(key): float(value(found, key, float)) for key in found}


def _is_of(found: Any, wanted: tuple[type, ...]) -> bool:
    if isinstance(found, bool):
        return bool in wanted
    if isinstance(found, int) and float in wanted:
        return True
    return isinstance(found, wanted)


def _is_within(found: Any, minimum: float | None, maximum: float | None) -> bool:
    if not isinstance(found, int | float):
        return True
    if isinstance(found, float) and not math.isfinite(found):
        return False
    return (minimum is None or found >= minimum) and (maximum is None or found <= maximum)
