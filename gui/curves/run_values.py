"""The values of a run at a position on an axis."""

import numpy as np
from numpy.typing import NDArray

from core.training.history import History
from gui.curves.run_lines import EVALUATED, SCALES, batches, evaluated

Values = dict[tuple[str, str], float]
"""By quantity and kind, such as ("loss", "validation")."""
_TOLERANCE = 0.02  # of a run's length, beyond its end: no mouse hits its last pixel


def values_at(history: History, axis: str, x: float) -> Values:
    """Return the values of a run nearest to x: smoothed batches, evaluations, learning rate.

    ("rate", "") is the learning rate, ("epoch", "") the epochs done at the evaluation. The result is empty beyond the
    end of the run; unknown values are left out.
    """
    values: Values = {}
    samples, rates = history.learning_rate.means
    positions = history.along(samples, axis)
    if not len(positions) or x > positions[-1] * (1 + _TOLERANCE):
        return values
    values["rate", ""] = rates[_nearest(positions, x)]
    for quantity in SCALES:
        samples, smoothed = batches(history, quantity).smoothed
        if len(samples):
            values[quantity, "batches"] = smoothed[_nearest(history.along(samples, axis), x)]
        for kind in EVALUATED:
            positions, evaluations = evaluated(history, kind, quantity, axis)
            if len(positions):
                values[quantity, kind] = evaluations[_nearest(positions, x)]
    if history.n_evaluations:
        samples = history.evaluations["samples"]
        values["epoch", ""] = history.along(samples, "epochs")[_nearest(history.along(samples, axis), x)]
    return values


def _nearest(positions: NDArray[np.float64], x: float) -> int:
    return int(np.abs(positions - x).argmin())
