"""Printed lines that run across a whole page: found as thin straight lines of one direction, and taken away.

The page is divided into strips across the lines. A line leaves a thin peak in the profile of every strip, at places that
lie on a straight line; writing leaves peaks in a few strips only, and the median over the strips is free of it. Ink that
crosses a line stays: where it is darker than the line, as it is; where it is not, bridged from one side to the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]

_MIN_SIDE = 96  # px: in a smaller picture a line may be a digit
_STRIP = 16  # px: the width of a strip
_REACH = 6  # px: the ground of a line is this far from its middle; wider lines are no ruling
_MAX_SLOPE = 0.09  # 5 degrees
_STEPS = 37  # slopes that are tried
_MIN_LEVEL = 2.5  # grey levels: fainter lines are not seen
_SIGNIFICANT = 6.0  # standard deviations of the profile's noise
_SHARE = 0.3  # of the strongest line: a fainter peak beside it is not a line
_FADED = 0.15  # of a line's level: beyond, its cross-section ends
_AS_DARK = 0.6  # of full ink: ink cannot be told from a darker line, and is bridged
_SURE = 0.35  # of full ink: less beside a line is the line's own unevenness
_SLANTS = (-1.2, -0.5, 0.0, 0.5, 1.2)  # of strokes that cross a line, in px per px


@dataclass(frozen=True, eq=False)
class Lines:
    """Parallel lines on a page, nearly horizontal.

    Attributes
    ----------
    rows : (n,)
        Their middles at the page's left edge, ascending.
    slope : float
        In px downwards per px to the right.
    sections : (n, 2 * reach + 1)
        Their mean cross-sections: how much darker they are than the ground, from ``reach`` above to ``reach`` below.
    """

    rows: Floats
    slope: float
    sections: Floats


def found(page: Floats) -> Lines | None:
    """Return the nearly horizontal lines on a page (H, W) of dark lines on light ground, or None."""
    if min(page.shape) < _MIN_SIDE:
        return None
    height, n = page.shape[0], page.shape[1] // _STRIP
    profiles = page[:, : n * _STRIP].reshape(height, n, _STRIP).mean(axis=2).T  # (n, H)
    response = np.zeros_like(profiles)
    inner = slice(_REACH, height - _REACH)
    ground = np.minimum(profiles[:, : -2 * _REACH], profiles[:, 2 * _REACH :])
    response[:, inner] = ground - profiles[:, inner]
    middles = (np.arange(n) + 0.5) * _STRIP
    slope = _slope(response, middles)
    if slope is None:
        return None
    profile = np.median(_sheared(response, middles, slope), axis=0)
    noise = 1.4826 * float(np.median(np.abs(profile - np.median(profile))))
    least = max(_MIN_LEVEL, _SIGNIFICANT * noise, _SHARE * float(profile.max()))
    peaks = _peaks(profile, least)
    if not len(peaks):
        return None
    flat = np.median(_sheared(profiles, middles, slope), axis=0)
    return Lines(peaks.astype(np.float32), slope, _sections(flat, peaks))


def _sheared(values: Floats, middles: NDArray[np.floating], slope: float) -> Floats:
    """Return the strips' profiles (n, H) moved so that lines of a slope lie in one row; rows outside are repeated."""
    rows = np.arange(values.shape[1]) + np.rint(slope * middles).astype(np.intp)[:, np.newaxis]
    sheared: Floats = np.take_along_axis(values, rows.clip(0, values.shape[1] - 1), axis=1)
    return sheared


def _slope(response: Floats, middles: NDArray[np.floating]) -> float | None:
    """Return the slope at which the responses of the strips (n, H) agree best, or None if no line is strong."""
    limited = response.clip(0, max(float(np.percentile(response, 99)), 1.0))
    best, around = 0.0, np.linspace(-_MAX_SLOPE, _MAX_SLOPE, _STEPS)
    for _ in range(2):
        scores = [float((_sheared(limited, middles, slope).mean(axis=0) ** 2).sum()) for slope in around]
        best = float(around[int(np.argmax(scores))])
        step = float(around[1] - around[0])
        around = best + np.linspace(-step, step, 9)
    return best if float(np.median(_sheared(response, middles, best), axis=0).max()) > _MIN_LEVEL else None


def _peaks(profile: Floats, least: float) -> Indexes:
    """Return the rows of the peaks of a profile (H,) above a level."""
    is_peak = (profile > least) & (profile >= np.roll(profile, 1)) & (profile > np.roll(profile, -1))
    rows: list[int] = []
    for row in np.flatnonzero(is_peak).tolist():
        if rows and row - rows[-1] < _REACH:
            if profile[row] > profile[rows[-1]]:
                rows[-1] = row
        else:
            rows.append(row)
    return np.array(rows, np.intp)


def _sections(flat: Floats, peaks: Indexes) -> Floats:
    """Return the cross-sections (n, 2 * reach + 1) of lines in the mean profile (H,) of the page."""
    at = peaks[:, np.newaxis] + np.arange(-_REACH, _REACH + 1)
    values = flat[at.clip(0, len(flat) - 1)]
    ground = np.linspace(values[:, 0], values[:, -1], values.shape[1], axis=1)
    darker = (ground - values).clip(0)
    # The section ends where it fades: what is beyond belongs to something else.
    keep = np.ones_like(darker, dtype=bool)
    level = darker[:, _REACH : _REACH + 1]
    for side in (range(_REACH - 1, -1, -1), range(_REACH + 1, darker.shape[1])):
        alive = np.ones(len(peaks), dtype=bool)
        for offset in side:
            alive = alive & (darker[:, offset] > _FADED * level[:, 0])
            keep[:, offset] = alive
    sections: Floats = np.where(keep, darker, 0).astype(np.float32)
    return sections


def without(page: Floats, lines: Lines) -> Floats:
    """Return a page (H, W) of dark ink on light ground without lines, and with the ink that crosses them."""
    height, width = page.shape
    cleaned = page.copy()
    columns = np.arange(width)
    shift = lines.slope * columns
    darkest = float(np.percentile(page[::4, ::4], 0.5))
    for row, section in zip(lines.rows.tolist(), lines.sections, strict=True):
        # One more pixel on each side: the line lies between two rows where it is oblique.
        extent = np.flatnonzero(section > 0)
        first, last = int(extent[0]) - _REACH - 1, int(extent[-1]) - _REACH + 1
        at = np.rint(row + shift).astype(np.intp)
        offsets = np.arange(first, last + 1)[:, np.newaxis]
        rows = at + offsets
        inside = (rows >= 0) & (rows < height)
        level = np.maximum.reduce([np.roll(np.pad(section, 2), by) for by in (-1, 0, 1)])
        level = level[offsets[:, 0] + _REACH + 2][:, np.newaxis]
        above, below = page[(at + first - 1).clip(0, height - 1), columns], page[(at + last + 1).clip(0, height - 1), columns]
        ground = np.maximum(above, below)
        full = np.maximum(ground - darkest, 1)
        band = page[rows.clip(0, height - 1), columns]
        darker = ground - band
        own = ((darker - level) / np.maximum(full - level, 1)).clip(0, 1)
        own[own < _SURE] = 0
        is_told = level < _AS_DARK * full
        bridged = _bridged(page, at + first - 1, at + last + 1, offsets - first, ground) / full
        ink = np.where(is_told, np.maximum(own, np.minimum(bridged, (darker / full).clip(0, 1))), bridged)
        cleaned[rows[inside], np.broadcast_to(columns, rows.shape)[inside]] = (ground - ink * full)[inside]
    return cleaned


def _bridged(page: Floats, above: Indexes, below: Indexes, depth: Indexes, ground: Floats) -> Floats:
    """Return the ink (k, W) between two rows (W,) that is on both sides, along the slant that has most.

    ``depth`` (k, 1) is the position of each row of the band below the row ``above``, less one.
    """
    height, width = page.shape
    columns = np.arange(width)
    n = len(depth) + 1
    above, below = above.clip(0, height - 1), below.clip(0, height - 1)
    best = np.zeros((len(depth), width), np.float32)
    for slant in _SLANTS:
        over = np.rint(columns + slant * (depth + 1)).astype(np.intp).clip(0, width - 1)
        under = np.rint(columns - slant * (n - depth - 1)).astype(np.intp).clip(0, width - 1)
        ink = np.minimum(ground - page[above[over], over], ground - page[below[under], under])
        np.maximum(best, ink, out=best)
    return best


def removed(page: Floats) -> Floats | None:
    """Return a page (H, W) without the printed lines that run across it, either way; None if there are none."""
    # Lines are as dark as ink: darker than most of a light page, lighter than most of a dark one.
    is_dark_page = float(np.median(page[::4, ::4])) < 128 and _is_inverted(page)
    values = 255 - page if is_dark_page else page
    cleaned: Floats | None = None
    for turned in (False, True):
        current = values if cleaned is None else cleaned
        lines = found(current.T if turned else current)
        if lines is not None:
            cleaned = without(current.T, lines).T if turned else without(current, lines)
    if cleaned is None:
        return None
    return 255 - cleaned if is_dark_page else cleaned


def _is_inverted(page: Floats) -> bool:
    """Return whether what differs most from the median of a page is lighter."""
    few = page[::4, ::4]
    middle, low, high = np.percentile(few, (50, 1, 99))
    return bool(high - middle > middle - low)
