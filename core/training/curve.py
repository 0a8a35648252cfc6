"""A curve of bounded size: buckets of minimum, mean and maximum, merged in pairs when there are too many.

The raw loss of a run is kept and drawn in this way: memory and drawing time stay bounded for any number of batches, and
no peak is lost.
"""

import math
from array import array
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.messages import tr

MAX_BUCKETS = 1000
"""Each is drawn as two points, its minimum and maximum: at most 2,000 points per curve."""
TIME_CONSTANT = 2000.0
"""Default memory of the smoothed curve, in samples."""


class Curve:
    """Values over samples, in at most ``MAX_BUCKETS`` buckets of equally many values.

    Each bucket also has a smoothed value: an exponential mean with a time constant in *samples*, so that it does not
    depend on the batch size or on the number of points kept. It is divided by the sum of its weights, which removes
    the bias towards zero at the start (the correction of Kingma and Ba, 2015).
    """

    def __init__(self, time_constant: float = TIME_CONSTANT) -> None:
        self.time_constant = time_constant
        self.clear()

    def clear(self) -> None:
        """Forget all values."""
        self._x, self._low, self._high = array("d"), array("d"), array("d")
        self._mean, self._smooth = array("d"), array("d")
        self._per_bucket = 1
        self._in_last = 0
        self._samples = 0.0
        self._sum = self._weight = 0.0

    def append(self, samples: float, value: float) -> None:
        """Add the value measured after ``samples`` samples; skip a value that is not finite."""
        if not math.isfinite(value):
            return
        decay = math.exp(-(samples - self._samples) / self.time_constant)
        self._samples = samples
        self._sum = decay * self._sum + (1 - decay) * value
        self._weight = decay * self._weight + (1 - decay)
        smooth = self._sum / self._weight if self._weight > 0 else value
        if self._in_last == 0 or self._in_last == self._per_bucket:
            self._open(samples, value, smooth)
        else:
            self._in_last += 1
            self._x[-1], self._smooth[-1] = samples, smooth
            self._low[-1], self._high[-1] = min(self._low[-1], value), max(self._high[-1], value)
            self._mean[-1] += (value - self._mean[-1]) / self._in_last

    def _open(self, samples: float, value: float, smooth: float) -> None:
        if len(self._x) == MAX_BUCKETS:
            self._merge()
        for values, new in (
            (self._x, samples),
            (self._low, value),
            (self._high, value),
            (self._mean, value),
            (self._smooth, smooth),
        ):
            values.append(new)
        self._in_last = 1

    def _merge(self) -> None:
        """Merge the buckets in pairs; all are full when this is called."""
        x, low, high, mean, smooth = map(np.array, (self._x, self._low, self._high, self._mean, self._smooth))
        self._x = array("d", x[1::2])
        self._low = array("d", np.minimum(low[::2], low[1::2]))
        self._high = array("d", np.maximum(high[::2], high[1::2]))
        self._mean = array("d", (mean[::2] + mean[1::2]) / 2)
        self._smooth = array("d", smooth[1::2])
        self._per_bucket *= 2

    def tensors(self) -> dict[str, NDArray[np.float64]]:
        """Return the curve as arrays: the buckets (5, n), and the state that ``append`` continues from (6,)."""
        columns = np.array([self._x, self._low, self._high, self._mean, self._smooth])
        state = [self.time_constant, self._per_bucket, self._in_last, self._samples, self._sum, self._weight]
        return {"buckets": columns, "going": np.array(state, dtype=np.float64)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild a curve from the arrays of ``tensors``; raise ValueError if they are invalid."""
        columns, state = tensors["buckets"], tensors["going"]
        if columns.ndim != 2 or len(columns) != 5 or state.shape != (6,) or columns.shape[1] > MAX_BUCKETS:
            raise ValueError(tr("its curve has an invalid shape"))
        if columns.dtype.kind != "f" or state.dtype.kind != "f":
            raise ValueError(tr("its curve has an invalid data type"))
        if not (np.isfinite(columns).all() and np.isfinite(state).all() and (state >= 0).all() and state[0] > 0):
            raise ValueError(tr("its curve has invalid values"))
        curve = cls(float(state[0]))
        curve._x, curve._low, curve._high, curve._mean, curve._smooth = (array("d", column) for column in columns)
        curve._per_bucket, curve._in_last = max(int(state[1]), 1), int(state[2])
        curve._samples, curve._sum, curve._weight = state[3:].tolist()
        return curve

    def __len__(self) -> int:
        """Return the number of buckets."""
        return len(self._x)

    @property
    def raw(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Samples and values of the outline: the minimum and the maximum of each bucket, two points per bucket."""
        if self._per_bucket == 1:
            return np.array(self._x), np.array(self._mean)
        values = np.column_stack([self._low, self._high]).ravel()
        return np.repeat(np.array(self._x), 2), values

    @property
    def means(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Samples and means of the buckets."""
        return np.array(self._x), np.array(self._mean)

    @property
    def ends(self) -> NDArray[np.float64]:
        """Maximum of each bucket: for a curve that only grows, its value at the bucket's end."""
        return np.array(self._high)

    @property
    def smoothed(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Samples and smoothed values at the ends of the buckets."""
        return np.array(self._x), np.array(self._smooth)


def thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at most 2 · ``MAX_BUCKETS`` points of a line: all of them, or the extremes of each bucket."""
    if len(x) <= 2 * MAX_BUCKETS:
        return x, y
    starts = np.linspace(0, len(x), MAX_BUCKETS, endpoint=False).astype(np.intp)
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return np.repeat(x[starts], 2), np.column_stack([low, high]).ravel()
