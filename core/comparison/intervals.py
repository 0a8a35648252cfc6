"""Mean and 95 % confidence interval over a few runs, with quantiles of Student's t."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

# The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom.
_T = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)
_Z = 1.959964


@dataclass(frozen=True)
class Estimate:
    """Mean of n values, and half the width of its 95 % confidence interval, which is None if n is 1."""

    mean: float
    half_width: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float | None]) -> Self | None:
        """Estimate the mean of the distribution of the values; None without values, or if one is not finite.

        The interval is mean ± t · s / √n: it assumes a normal distribution (Student, 1908).
        """
        numbers = [value for value in values if value is not None and math.isfinite(value)]
        if not numbers or len(numbers) < len(values):
            return None
        mean, n = statistics.fmean(numbers), len(numbers)
        if n == 1:
            return cls(mean, None, 1)
        return cls(mean, t_quantile(n - 1) * statistics.stdev(numbers) / math.sqrt(n), n)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The two ends of the interval, if there is one."""
        return None if self.half_width is None else (self.mean - self.half_width, self.mean + self.half_width)

    @property
    def excludes_zero(self) -> bool:
        """Whether there is an interval that does not contain zero."""
        return self.half_width is not None and abs(self.mean) > self.half_width


def paired(values: Sequence[float | None], others: Sequence[float | None]) -> Estimate | None:
    """Estimate the mean of ``values - others``, pair by pair: effects common to a pair cancel out."""
    pairs = zip(values, others, strict=True)
    return Estimate.of([None if a is None or b is None else a - b for a, b in pairs])


def t_quantile(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t with ``freedom`` degrees of freedom.

    Above 30 by the expansion in 1 / freedom (Abramowitz and Stegun, 1964, 26.7.5), which is correct to four places.
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = _Z
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
