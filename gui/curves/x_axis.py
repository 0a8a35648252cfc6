"""The x axes of the curves: units, ends, and the text of a position."""

import math
from collections.abc import Iterable

from core.messages import tr
from core.training.history import History

AXES = ("epochs", "steps", "seconds")
"""The axes of ``History.along``."""
_EMPTY = {"epochs": 10.0, "steps": 1000.0, "seconds": 10.0}  # the end without runs
_LONG = ((7200.0, 3600.0), (180.0, 60.0))  # an axis of at least so many seconds has a unit of so many


def end_of(history: History, axis: str, n_epochs: float) -> float:
    """Return the end of a run's axis: for a live run (``n_epochs`` > 0) the end of its last epoch, if that is known."""
    if axis == "seconds" or not n_epochs:
        samples, _ = history.loss.means
        last = float(history.along(samples[-1:], axis).sum())
        return rounded_up(last) if n_epochs else last
    return n_epochs * (history.axis.steps_per_epoch if axis == "steps" else 1)


def common_end(ends: Iterable[float], axis: str) -> float:
    """Return the end of an axis that shows all runs."""
    return max(ends, default=0.0) or _EMPTY[axis]


def rounded_up(x: float) -> float:
    """Round up to a multiple of half the number's power of ten: an axis that always moves is hard to read."""
    if x <= 0:
        return 0.0
    step = 10.0 ** math.floor(math.log10(x)) / 2
    return math.ceil(x / step) * step


def unit(axis: str, end: float) -> tuple[str, float]:
    """Return the label of an axis that ends at ``end``, and the factor of its numbers."""
    if axis == "epochs":
        return tr("epoch"), 1.0
    if axis == "steps":
        return tr("step (batch)"), 1.0
    seconds = _per_unit(end)
    names = {3600.0: tr("hours of training"), 60.0: tr("minutes of training"), 1.0: tr("seconds of training")}
    return names[seconds], 1 / seconds


def _per_unit(end: float) -> float:
    return next((seconds for limit, seconds in _LONG if end >= limit), 1.0)


def position_text(axis: str, x: float) -> str:
    """Return the text of a position on an axis, such as "epoch 3.42"."""
    if axis == "epochs":
        return tr("epoch {epoch:.2f}", epoch=x)
    if axis == "steps":
        return tr("step {step:,}", step=round(x))
    if x < 60:
        return tr("{seconds:.1f} s", seconds=x)
    minutes, seconds = divmod(round(x), 60)
    return tr("{minutes} min {seconds:02d} s", minutes=minutes, seconds=seconds)
