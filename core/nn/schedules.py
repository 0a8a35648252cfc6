"""Learning-rate schedules: functions of the step, counted from 0."""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]

_START_DIVISOR = 25.0
_END_DIVISOR = 1e4


def constant(learning_rate: float) -> Schedule:
    """Return the same rate at every step."""
    return lambda step: learning_rate


def step_decay(learning_rate: float, *, factor: float, every: int) -> Schedule:
    """Multiply the rate by ``factor`` after every ``every`` steps."""
    return lambda step: learning_rate * factor ** (step // every)


def cosine(learning_rate: float, *, n_steps: int) -> Schedule:
    """Go from the rate to 0 along half a cosine over ``n_steps`` (Loshchilov and Hutter, 2017, without restarts)."""
    return lambda step: _half_cosine(learning_rate, 0.0, step / max(n_steps, 1))


def one_cycle(learning_rate: float, *, n_steps: int, warmup: float) -> Schedule:
    """Rise from a 25th of the rate to the rate over the share ``warmup`` of the steps, then fall to a 10,000th.

    Smith and Topin (2018); both parts are half cosines. Large rates are safe because the first steps are small.
    """
    peak = warmup * n_steps

    def rate(step: int) -> float:
        if step < peak:
            return _half_cosine(learning_rate / _START_DIVISOR, learning_rate, step / peak)
        return _half_cosine(learning_rate, learning_rate / _END_DIVISOR, (step - peak) / max(n_steps - peak, 1))

    return rate


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
