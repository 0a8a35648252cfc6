"""The sheet of paper in a picture: what lies beyond its edges, a desk or the dark lid of a scanner, is left out.

A sheet on a desk is the one large, compact region that differs from the picture's border. A strip along an edge begins
darker than the paper (or lighter, on a dark page) at the very edge, along most of it.
"""

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
_RECTANGULAR = 0.86  # of the least rectangle around it: an ellipse has 0.79
_MIN_SOLID = 0.72  # of itself without its holes
_DARK, _LIGHT = 0.68, 0.97  # of the paper's brightness: a strip is darker at the edge, and ends where it is lighter
_EDGE, _STEP = 4, 0.2  # px, and of the paper's brightness: the least step at a strip's edge
_ALONG = 0.55  # of an edge: a strip covers more of it
_MAX_STRIP = 0.2  # of the page's width
_RIM = 2  # px of the overview that are left out along the sheet's edge: shadow and blur


def cropped(page: Floats) -> tuple[Floats, tuple[int, int]] | None:
    """Return the sheet on a page (H, W), with its ground beyond its edges, and its left and top; None without one."""
    if min(page.shape) < _MIN_SIDE:
        return None
    small, block = resampling.reduced(page, _OVERVIEW)
    region = _region(small)
    inside = region if region is not None else np.ones(small.shape, dtype=bool)
    rows, columns = connected_components.box(inside)
    inside[rows, columns] &= ~_strips(small[rows, columns])
    if inside.all() or inside.sum() < _MIN_AREA * inside.size:
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


def _strips(small: Floats) -> Mask:
    """Return the strips (h, w) that enter from the edges."""
    middle = float(np.median(small))
    if float(np.percentile(small, 99.5)) - middle > middle - float(np.percentile(small, 0.5)):
        small, middle = 255 - small, 255 - middle
    strips = np.zeros(small.shape, dtype=bool)
    for turns in range(4):
        turned = np.rot90(small, turns)
        depths = _depths(turned, middle)
        if (depths > 0).mean() > _ALONG:
            mask = np.arange(turned.shape[1]) < depths[:, np.newaxis]
            strips |= np.rot90(mask, -turns)
    return strips


def _depths(small: Floats, middle: float) -> NDArray[np.intp]:
    """Return how far a strip enters from the left in each row (h,), its soft edge included; 0 where there is none."""
    width = small.shape[1]
    ground = np.minimum(np.median(small[:, width // 4 : -width // 4], axis=1), middle)[:, np.newaxis]
    limit = int(_MAX_STRIP * width)
    is_dark = np.logical_and.accumulate(small[:, :limit] < _DARK * ground, axis=1)
    depths: NDArray[np.intp] = is_dark.sum(axis=1).astype(np.intp)
    depths[depths == limit] = 0
    # A strip has an edge; light that falls off has none.
    rows = np.arange(len(small))
    step = small[rows, (depths + _EDGE).clip(0, width - 1)] - small[rows, (depths - _EDGE).clip(0)]
    depths[step < _STEP * ground[:, 0]] = 0
    # The edge goes on for as long as it grows lighter.
    for row in rows[depths > 0].tolist():
        depth = int(depths[row])
        values = small[row]
        while depth < 2 * limit and values[depth] < _LIGHT * ground[row, 0] and values[depth + 1] > values[depth] + 1:
            depth += 1
        depths[row] = depth + 1
    if (depths > 0).mean() > _ALONG:  # a few rows may be hidden
        depths[depths == 0] = int(np.median(depths[depths > 0]))
    return depths


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
        area = int(filled.sum())
        if not _MIN_AREA < area / small.size < _MAX_AREA:
            continue
        if area < _RECTANGULAR * _rectangle(filled) or largest.sum() < _MIN_SOLID * area:
            continue
        inner = _eroded(filled, _RIM)
        if inner.any() and _has_something(small, inner):
            return inner
    return None


def _rectangle(mask: Mask) -> float:
    """Return the area of the least rectangle around a mask, at any angle."""
    rows = np.flatnonzero(mask.any(axis=1))
    first, last = mask[rows].argmax(axis=1), mask.shape[1] - mask[rows, ::-1].argmax(axis=1)
    y, x = np.concatenate([rows, rows, rows + 1, rows + 1]), np.concatenate([first, last, first, last])
    angles = np.radians(np.arange(-45, 45, 3))[:, np.newaxis]
    across, down = (
        np.ptp(np.cos(angles) * x + np.sin(angles) * y, axis=1),
        np.ptp(np.cos(angles) * y - np.sin(angles) * x, axis=1),
    )
    return float((across * down).min())


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
    """Return the sheet's ground (h, w): each pixel outside is like the nearest ones inside, in its row or column."""
    by_row, by_column = _along_rows(small, inside), _along_rows(small.T, inside.T).T
    known = np.where(np.isfinite(by_row), by_row, by_column)
    found: Floats = np.where(np.isfinite(known), known, np.median(small[inside])).astype(np.float32)
    return found


def _along_rows(small: Floats, inside: Mask) -> Floats:
    columns = np.arange(small.shape[1])
    found = small.copy()
    for row, within in enumerate(inside):
        known = columns[within]
        if not len(known):
            found[row] = np.nan
        elif len(known) < len(columns):
            first, last = small[row, known[:4]], small[row, known[-4:]]
            found[row, : known[0]], found[row, known[-1] + 1 :] = np.median(first), np.median(last)
    return found
