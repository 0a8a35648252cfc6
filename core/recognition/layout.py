"""Layout: the lines of a page, and the symbols beside the digits of a line, from bounding boxes alone.

Boxes (N, 4) are left, top, right, bottom, y downwards, in any unit: those of strokes, of components of a picture, or of
whole digits.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

SYMBOL = 0.4
"""What is smaller than this in both directions, in heights of the digits beside it, is a symbol and no digit."""

_TALL = 0.4  # of the height of most tall boxes: what is higher decides where the lines are
_TRIM = 0.06  # of a box's height: neighbouring lines may reach into each other by this, above and below
_LEAST_GAPS = (0.26, 0.15, 0.06)  # least median gap between lines of one, two, more boxes, in heights
_LEAST_HEIGHT = 0.5  # of the highest line
_FLAT = 0.4  # of the width of most of its boxes: what is lower is no line of digits, like the bars of an =
_LEAST_SHARED = 0.25  # of the narrower line: the width that lines share; steps of a rising line share less
_ONE_LINE = 0.65  # of the page's height: a higher box leaves no space for a second line
_SLOPES = (0.0, 0.06, -0.06, 0.12, -0.12, 0.18, -0.18)


def lines(boxes: Floats) -> list[Indexes]:
    """Return the indexes of the boxes (N, 4) of each line, top to bottom; together they are all boxes.

    Lines may rise or fall by up to 18 %. Small boxes, such as commas, belong to the line whose digits are closest.
    """
    everything = [np.arange(len(boxes))] if len(boxes) else []
    if len(boxes) < 2:
        return everything
    heights = boxes[:, 3] - boxes[:, 1]
    if heights.max() > _ONE_LINE * (boxes[:, 3].max() - boxes[:, 1].min()):
        return everything
    tall = np.flatnonzero(heights >= _TALL * _common_height(heights))
    for slope in _SLOPES:
        bands = _bands(boxes[tall], slope)
        if len(bands) > 1 and _are_lines(boxes[tall], bands):
            return _with_small(boxes, [tall[band] for band in bands])
    return everything


def are_symbols(boxes: Floats) -> NDArray[np.bool_]:
    """Return which of the parts (N,) of one line, with boxes (N, 4), are symbols by their size.

    A comma, a point, an apostrophe or a degree ring is small beside digits of full height; a small digit alone is none.
    """
    if not len(boxes):
        return np.zeros(0, bool)
    extents = boxes[:, 2:] - boxes[:, :2]
    symbols: NDArray[np.bool_] = extents.max(axis=1) < SYMBOL * _common_height(extents[:, 1])
    return symbols


def _common_height(heights: Floats) -> float:
    """Return the median of heights (N,) of at least half the largest."""
    return float(np.median(heights[heights >= heights.max() / 2]))


def _bands(boxes: Floats, slope: float) -> list[Indexes]:
    """Return the indexes of boxes whose ranges in y overlap directly or through others, along a slope, from the top."""
    trim = _TRIM * (boxes[:, 3] - boxes[:, 1])
    shift = slope * (boxes[:, 0] + boxes[:, 2]) / 2
    tops, bottoms = boxes[:, 1] + trim - shift, boxes[:, 3] - trim - shift
    order = tops.argsort()
    starts = np.flatnonzero(tops[order][1:] > np.maximum.accumulate(bottoms[order])[:-1]) + 1
    return np.split(order, starts)


def _are_lines(boxes: Floats, bands: Sequence[Indexes]) -> bool:
    """Return whether bands of boxes are lines: of similar height, one above the other, and far enough apart."""
    heights = [_common_height(boxes[band, 3] - boxes[band, 1]) for band in bands]
    widths = [float(np.median(boxes[band, 2] - boxes[band, 0])) for band in bands]
    if min(heights) < max(_LEAST_HEIGHT * max(heights), _FLAT * max(widths)) or not min(heights):
        return False
    for above, below in pairwise(bands):
        spans = [(float(boxes[band, 0].min()), float(boxes[band, 2].max())) for band in (above, below)]
        shared = min(right for _, right in spans) - max(left for left, _ in spans)
        if shared < _LEAST_SHARED * min(right - left for left, right in spans):
            return False
        least = _LEAST_GAPS[min(len(above), len(below), len(_LEAST_GAPS)) - 1]
        if _median_gap(boxes[above], boxes[below]) < least * float(np.mean(heights)):
            return False
    return True


def _median_gap(above: Floats, below: Floats) -> float:
    """Return the median distance in y from boxes to the boxes (M, 4) next to them in x, in the line above (N, 4)."""
    middles = [(boxes[:, 0] + boxes[:, 2]) / 2 for boxes in (above, below)]
    nearest = np.abs(middles[0][:, np.newaxis] - middles[1]).argmin(axis=0)
    return float(np.median(below[:, 1] - above[nearest, 3]))


def _with_small(boxes: Floats, tall: list[Indexes]) -> list[Indexes]:
    """Return lines of tall boxes with each other box added to the line whose closest digit is nearest in y."""
    owner = np.full(len(boxes), -1)
    for number, line in enumerate(tall):
        owner[line] = number
    for index in np.flatnonzero(owner < 0):
        middle = boxes[index, 0] + boxes[index, 2]
        nearest = [line[np.abs(boxes[line, 0] + boxes[line, 2] - middle).argmin()] for line in tall]
        gaps = np.maximum(boxes[index, 1] - boxes[nearest, 3], boxes[nearest, 1] - boxes[index, 3])
        owner[index] = gaps.argmin()
    return [np.flatnonzero(owner == number) for number in range(len(tall))]
