"""Symbols beside the digits of a line, by size and place: commas, points, apostrophes and degree rings."""

import numpy as np
from numpy.typing import NDArray

from core.recognition import bonds

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

DOT = 0.08
"""What is less high and less wide than this, in line heights, is a dot."""

_SYMBOL = 0.36  # what is smaller in both directions may be a symbol by its place: the second strokes of 4s have 0.37
_UNDER, _UNDER_SIZE = 0.7, 0.32  # so low and so small, it may be one even under a part of a digit
_FULL = 0.5  # a piece of at least this height is a digit, or most of one
_LOW, _FOOT, _HIGH = 0.55, 0.85, 0.5  # commas: top and bottom below these; degree rings: bottom above this; of a digit
_BESIDE, _SEPARATE = 0.03, 0.06  # ... with at least this gap in x, and this distance, to all digits
_FLAT = 2.0  # width over height from which a piece at the foot is the serif of a 1


def by_place(boxes: Floats, points: list[Floats]) -> Indexes:
    """Return the indexes of pieces that are symbols by size and place: small, apart from all digits, low or high.

    A comma or point is at the foot of the digits, an apostrophe or degree ring at their top and beside them. Where a
    link says that one may be a piece of a broken digit, a network decides.
    """
    extents = boxes[:, 2:] - boxes[:, :2]
    tall = np.flatnonzero(extents[:, 1] >= _FULL)
    candidates = np.flatnonzero(extents.max(axis=1) < _SYMBOL)
    symbols = []
    for piece in candidates if tall.size else []:
        gaps = bonds.gaps(boxes[piece], boxes[tall])
        digit = boxes[tall[gaps.argmin()]]
        top, bottom = (boxes[piece, [1, 3]] - digit[1]) / (digit[3] - digit[1])
        is_low, is_high = top > _LOW and bottom > _FOOT, bottom < _HIGH
        if not (is_low or is_high):
            continue
        is_beside = gaps.min() > _BESIDE
        is_dot, is_flat = extents[piece].max() < DOT, extents[piece, 0] > _FLAT * extents[piece, 1]
        may_be = is_beside and not (is_dot and is_high)
        is_mark = top > _UNDER and extents[piece].max() < _UNDER_SIZE and not is_dot and not is_flat
        if (may_be or is_mark) and _nearest(points[piece], [points[at] for at in tall]) > _SEPARATE:
            symbols.append(piece)
    return np.array(symbols, np.intp)


def _nearest(ink: Floats, others: list[Floats]) -> float:
    """Return the distance from points (m, 2) to the nearest of several sets of points."""
    squares = [((ink[:, np.newaxis] - points) ** 2).sum(axis=2).min() for points in others]
    return float(np.sqrt(min(squares)))
