"""The x axes that curves can be shown along: their units, their ends, and how a place on one is called."""

import math
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from core.training.history import History

AXES = ("epochs", "steps", "seconds")
"""As ``History.along`` knows them."""
_EMPTY = {"epochs": 10.0, "steps": 1000.0, "seconds": 10.0}  # where there is nothing yet
_LONG = ((7200.0, 3600.0), (180.0, 60.0))  # from so many seconds on, units of so many


def end_of(history: History, axis: str, n_epochs: float) -> float:
    """Return where the axis of a run ends: of a live one with its last epoch, if that can be known before."""
    if axis == "seconds" or not n_epochs:
        samples, _ = history.loss.means
        last = float(history.along(samples[-1:], axis).sum())
        return rounded_up(last) if n_epochs else last
    return n_epochs * (history.axis.steps_per_epoch if axis == "steps" else 1)


def common_end(ends: Iterable[float], axis: str) -> float:
    """Return the end of an axis on which all of these are seen."""
    return max(ends, default=0.0) or _EMPTY[axis]


def rounded_up(x: float) -> float:
    """Return a number a little above, the same one for a while: an axis that always moves is hard to read."""
    if x <= 0:
        return 0.0
    step = 10.0 ** math.floor(math.log10(x)) / 2
    return math.ceil(x / step) * step


def unit(axis: str, end: float) -> tuple[str, float]:
    """Return what is written below an axis that ends at ``end``, and by what its numbers are multiplied."""
    if axis == "epochs":
        return _tr("epoch"), 1.0
    if axis == "steps":
        return _tr("step (batch)"), 1.0
    seconds = _per_unit(end)
    names = {3600.0: _tr("hours of training"), 60.0: _tr("minutes of training"), 1.0: _tr("seconds of training")}
    return names[seconds], 1 / seconds


def _per_unit(end: float) -> float:
    return next((seconds for limit, seconds in _LONG if end >= limit), 1.0)


def place(axis: str, x: float) -> str:
    """Return how a place on an axis is called, such as "epoch 3.42"."""
    if axis == "epochs":
        return _tr("epoch {0:.2f}").format(x)
    if axis == "steps":
        return _tr("step {0:,}").format(round(x))
    minutes, seconds = divmod(round(x), 60)
    return _tr("{0:.1f} s").format(x) if x < 60 else _tr("{0} min {1:02d} s").format(minutes, seconds)


def _tr(text: str) -> str:
    return QCoreApplication.translate("XAxis", text)
