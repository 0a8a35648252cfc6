"""A sheet of paper on a desk: found as the one large, compact region that differs from the picture's border."""

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import connected_components, resampling

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_OVERVIEW = 120  # px: the size of the reduced picture in which the sheet is looked for
_MIN_SIDE = 48  # px: a smaller picture shows no desk
_MIN_CONTRAST = 30.0  # grey levels between sheet and desk
_MIN_AREA, _MAX_AREA = 0.12, 0.95  # of the picture
_MAX_BORDER = 0.3  # of the picture's border: a sheet reaches less of it
_MIN_SOLID = 0.72  # of the bounding box, and of itself without its holes
_RIM = 2  # px of the overview that are left out along the sheet's edge: shadow and blur


def cropped(page: Floats) -> tuple[Floats, tuple[int, int]] | None:
    """Return the sheet on a page (H, W), with its own ground beyond its edges, and its left and top; None without one."""
    if min(page.shape) < _MIN_SIDE:
        return None
    small, block = resampling.reduced(page, _OVERVIEW)
    inside = _region(small)
    if inside is None:
        return None
    rows, columns = connected_components.box(inside)
    origin = columns.start * block[1], rows.start * block[0]
    crop = page[rows.start * block[0] : rows.stop * block[0], columns.start * block[1] : columns.stop * block[1]].copy()
    inside, small = inside[rows, columns], small[rows, columns]
    if inside.all():
        return crop, origin
    large = np.repeat(np.repeat(inside, block[0], axis=0), block[1], axis=1)
    crop[~large] = np.repeat(np.repeat(_extended(small, inside), block[0], axis=0), block[1], axis=1)[~large]
    return crop, origin


def _region(small: Floats) -> Mask | None:
    """Return the sheet's inner part (h, w), or None."""
    level = _otsu(small)
    for bright in (small > level, small <= level):
        border = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
        if border.mean() > _MAX_BORDER or not bright.any() or bright.all():
            continue
        if abs(float(np.median(small[bright])) - float(np.median(small[~bright]))) < _MIN_CONTRAST:
            continue
        numbers, n = connected_components.label(bright)
        largest = numbers == int(np.bincount(numbers.ravel(), minlength=n + 1)[1:].argmax()) + 1
        filled = _filled(largest)
        rows, columns = connected_components.box(filled)
        area, extent = int(filled.sum()), (rows.stop - rows.start) * (columns.stop - columns.start)
        if not _MIN_AREA < area / small.size < _MAX_AREA:
            continue
        if area < _MIN_SOLID * extent or largest.sum() < _MIN_SOLID * area:
            continue
        inner = _eroded(filled, _RIM)
        if inner.any() and _has_something(small, inner):
            return inner
    return None


def _has_something(small: Floats, inner: Mask) -> bool:
    """Return whether there is more on a sheet than paper: a filled shape is no sheet."""
    values = small[inner]
    middle = float(np.median(values))
    deviation = 1.4826 * float(np.median(np.abs(values - middle)))
    return float(np.mean(np.abs(values - middle) > max(6 * deviation, 8.0))) > 0.002


def _otsu(values: Floats) -> float:
    """Return the threshold that separates two classes of grey values best (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=64)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middles)
    means, rest = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1:-1][(below * above * (means - rest) ** 2).argmax()])


def _filled(mask: Mask) -> Mask:
    """Return a mask with all that lies between two of its pixels, in the same row and in the same column."""
    return _between(mask) & _between(mask.T).T


def _between(mask: Mask) -> Mask:
    before = np.logical_or.accumulate(mask, axis=1)
    after = np.logical_or.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    between: Mask = before & after
    return between


def _eroded(mask: Mask, n: int) -> Mask:
    for _ in range(n):
        padded = np.pad(mask, 1)
        mask = padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask


def _extended(small: Floats, inside: Mask) -> Floats:
    """Return the sheet's ground (h, w): each pixel outside is the nearest one inside, in its row."""
    columns = np.arange(small.shape[1])
    found = small.copy()
    for row, (values, within) in enumerate(zip(small, inside, strict=True)):
        known = columns[within]
        if len(known):
            edge = [float(np.median(values[known[:4]])), float(np.median(values[known[-4:]]))]
            found[row, : known[0]], found[row, known[-1] + 1 :] = edge
        else:
            found[row] = np.median(small[inside])
    return found
