"""What a run was at one place of an axis."""

import numpy as np
from numpy.typing import NDArray

from core.training.history import History
from gui.curves.run_lines import EVALUATED, SCALES, batches, evaluated

Values = dict[tuple[str, str], float]
"""By quantity and kind, such as ("loss", "validation")."""
_WITHIN = 0.02  # of its length a run may be left behind: no mouse hits its last pixel


def values_at(history: History, axis: str, x: float) -> Values:
    """Return what a run was nearest to a place on an axis: the smoothed batches, the evaluations, its rate.

    ("rate", "") is the learning rate, ("epoch", "") the epochs that were done at the evaluation. Where the run has not
    been there is nothing, and what is not known is left out.
    """
    found: Values = {}
    samples, rates = history.learning_rate.means
    places = history.along(samples, axis)
    if not len(places) or x > places[-1] * (1 + _WITHIN):
        return found
    found["rate", ""] = rates[_nearest(places, x)]
    for quantity in SCALES:
        samples, smoothed = batches(history, quantity).smoothed
        if len(samples):
            found[quantity, "batches"] = smoothed[_nearest(history.along(samples, axis), x)]
        for kind in EVALUATED:
            places, values = evaluated(history, kind, quantity, axis)
            if len(places):
                found[quantity, kind] = values[_nearest(places, x)]
    if history.n_evaluations:
        samples = history.evaluations["samples"]
        found["epoch", ""] = history.along(samples, "epochs")[_nearest(history.along(samples, axis), x)]
    return found


def _nearest(places: NDArray[np.float64], x: float) -> int:
    return int(np.abs(places - x).argmin())
