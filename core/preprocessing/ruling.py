"""Printed lines that run across a whole page: found as thin straight lines of one direction, and taken away.

The page is divided into strips across the lines. A line leaves a thin peak in the profile of every strip, at places
that lie on a straight line; writing leaves peaks in a few strips only. Ink that crosses a line stays: where it is
darker than the line, as it is; where it is not, bridged from one side to the other.
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
_COVERAGE = 0.7  # of the page's width: a shorter line is no ruling
_MIN_STRIPS = 5
_SLANTS = (-1.2, -0.5, 0.0, 0.5, 1.2)  # of strokes that cross a line, in px per px


@dataclass(frozen=True, eq=False)
class Lines:
    """Parallel lines on a page, nearly horizontal.

    Attributes
    ----------
    rows : (n,)
        Their middles at the page's left edge, ascending; there they may lie outside the page.
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
    around = np.pad(profiles, ((0, 0), (_REACH, _REACH)), mode="reflect")
    response = np.minimum(around[:, : -2 * _REACH], around[:, 2 * _REACH :]) - profiles
    noise = 1.05 * float(np.median(np.abs(np.diff(page[::8], axis=1)))) / np.sqrt(_STRIP)
    if np.quantile(response.max(axis=1), 1 - _COVERAGE) < max(_MIN_LEVEL, 4 * noise):
        return None
    middles = (np.arange(n) + 0.5) * _STRIP
    slope = _slope(response, middles)
    top, sheared = _sheared(response, middles, slope)
    profile, noise = _common(sheared)
    strong = float(profile.max())
    least = max(_MIN_LEVEL, _SIGNIFICANT * noise, _SHARE * strong)
    peaks = _peaks(profile, least)
    peaks = peaks[_reaching_ends(sheared, peaks, 0.4 * profile[peaks])]
    if not len(peaks):
        return None
    _, flat = _sheared(profiles, middles, slope)
    sections = cross_sections(_common(flat, 0.5)[0], peaks)
    are_lines = sections[:, _REACH] > 0
    if not are_lines.any():
        return None
    return Lines((peaks[are_lines] + top).astype(np.float32), slope, sections[are_lines])


def _sheared(values: Floats, middles: NDArray[np.floating], slope: float) -> tuple[int, Floats]:
    """Return the strips' profiles (n, H) moved so that lines of a slope lie in one row (n, H'), and the first row.

    Rows outside the page are NaN.
    """
    shift, reach = np.rint(slope * middles).astype(np.intp), _reach(middles, slope)
    n, height = values.shape
    padded = np.full((n, height + 4 * reach), np.nan, np.float32)
    padded[:, 2 * reach : 2 * reach + height] = values
    starts = np.arange(n) * padded.shape[1] + reach + shift
    sheared: Floats = padded.ravel().take(starts[:, np.newaxis] + np.arange(height + 2 * reach))
    return -reach, sheared


def _reach(middles: NDArray[np.floating], slope: float) -> int:
    return int(np.rint(abs(slope) * float(middles[-1])))


def _common(sheared: Floats, share: float = 1 - _COVERAGE) -> tuple[Floats, float]:
    """Return the profile (H,) that most of the strips (n, H) have in common, and the deviation of its noise."""
    ordered = np.sort(sheared, axis=0)  # NaN last
    known = np.isfinite(sheared).sum(axis=0)
    at = (share * (known - 1)).clip(0).astype(np.intp)
    profile = np.where(known >= _MIN_STRIPS, np.take_along_axis(ordered, at[np.newaxis], axis=0)[0], -np.inf)
    whole = known == len(sheared)
    spread = ordered[-len(ordered) // 4, whole] - ordered[len(ordered) // 4, whole]  # between the quartiles
    noise = float(np.median(spread)) / 1.35 * 1.25 / np.sqrt(len(sheared)) if spread.size else 0.0
    return np.where(np.isfinite(profile), profile, 0).astype(np.float32), noise


def _reaching_ends(sheared: Floats, peaks: Indexes, least: Floats) -> NDArray[np.bool_]:
    """Return which lines reach one end of the page: the sides of a box do not."""
    reaches = np.zeros(len(peaks), dtype=bool)
    for number, (peak, level) in enumerate(zip(peaks.tolist(), least.tolist(), strict=True)):
        strips = np.nanmax(sheared[:, max(peak - 1, 0) : peak + 2], axis=1, initial=-1.0)
        known = np.flatnonzero(np.isfinite(sheared[:, peak]))
        reaches[number] = min(strips[known[:2]]) > level or min(strips[known[-2:]]) > level
    return reaches


def _slope(response: Floats, middles: NDArray[np.floating]) -> float:
    """Return the slope at which the responses of the strips (n, H) agree best."""
    response, middles = response[::2], middles[::2]
    n, height = response.shape
    reach = _reach(middles, 2 * _MAX_SLOPE)
    padded = np.zeros((n, height + 2 * reach), np.float32)
    padded[:, reach : reach + height] = response.clip(0, max(float(np.percentile(response[:, ::2], 99)), 1.0))
    starts = np.arange(n)[:, np.newaxis] * padded.shape[1] + reach
    rows = np.arange(-_reach(middles, _MAX_SLOPE), height)

    def agreement(slope: float) -> float:
        shift = np.rint(slope * middles).astype(np.intp)[:, np.newaxis]
        total = padded.take(starts + shift + rows).sum(axis=0)
        return float((total * total).sum())

    best, step = 0.0, _MAX_SLOPE / (_STEPS // 2)
    for around in (np.arange(-(_STEPS // 2), _STEPS // 2 + 1) * step, np.arange(-3, 4) * step / 4):
        slopes = best + around
        best = float(slopes[int(np.argmax([agreement(float(slope)) for slope in slopes]))])
    return best


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


def cross_sections(flat: Floats, peaks: Indexes) -> Floats:
    """Return the cross-sections (n, 2 * reach + 1) of lines in the mean profile (H,) of the page."""
    at = peaks[:, np.newaxis] + np.arange(-_REACH, _REACH + 1)
    values = flat[at.clip(0, len(flat) - 1)]
    ground = np.linspace(values[:, 0], values[:, -1], values.shape[1], axis=1)
    darker = (ground - values).clip(0)
    # The section ends where it fades: what is beyond belongs to something else.
    keep = np.ones_like(darker, dtype=bool)
    level = darker[:, _REACH]
    for side in (range(_REACH - 1, -1, -1), range(_REACH + 1, darker.shape[1])):
        alive = np.ones(len(peaks), dtype=bool)
        for offset in side:
            alive = alive & (darker[:, offset] > _FADED * level)
            keep[:, offset] = alive
    levels: Floats = np.where(keep, darker, 0).astype(np.float32)
    return levels


def without(page: Floats, lines: Lines) -> Floats:
    """Return a page (H, W) of dark ink on light ground without lines, and with the ink that crosses them."""
    height, width = page.shape
    columns = np.arange(width)
    darkest = np.float32(np.percentile(page[::4, ::4], 0.5))
    # One more pixel on each side: an oblique line lies between two rows.
    extent = np.flatnonzero((lines.sections > 0).any(axis=0))
    offsets = np.arange(extent[0] - _REACH - 1, extent[-1] - _REACH + 2)
    level = np.pad(lines.sections, ((0, 0), (2, 2)))
    level = np.maximum.reduce([level[:, 1 + by : level.shape[1] - 1 + by] for by in (-1, 0, 1)])
    level = level[:, offsets + _REACH + 1][:, :, np.newaxis]  # (n, k, 1)
    at = np.rint(lines.rows[:, np.newaxis] + lines.slope * columns).astype(np.intp)  # (n, W)
    first, last = at + offsets[0] - 1, at + offsets[-1] + 1
    above, below = (page[rows.clip(0, height - 1), columns] for rows in (first, last))
    ground = np.maximum(above, below)
    full = np.maximum(ground - darkest, 1)
    rows = at[:, np.newaxis] + offsets[:, np.newaxis]  # (n, k, W)
    inside = (rows >= 0) & (rows < height)
    rows = rows.clip(0, height - 1)
    darker = ground[:, np.newaxis] - page[rows, columns]
    whole = full[:, np.newaxis]
    own = ((darker - level) / np.maximum(whole - level, 1)).clip(0, 1)
    own[own < _SURE] = 0
    bridged = _bridged(page, first, last, len(offsets), ground, full)
    is_told = level < _AS_DARK * whole
    own = np.where(is_told, np.maximum(own, np.minimum(bridged, (darker / whole).clip(0, 1))), bridged)
    cleaned = page.copy()
    cleaned[rows[inside], np.broadcast_to(columns, rows.shape)[inside]] = (ground[:, np.newaxis] - own * whole)[inside]
    return cleaned


def _bridged(page: Floats, first: Indexes, last: Indexes, k: int, ground: Floats, full: Floats) -> Floats:
    """Return the ink (n, k, W) in [0, 1] between the rows ``first`` and ``last`` (n, W) that is on both sides.

    Along the slant on which there is most.
    """
    height, width = page.shape
    columns = np.arange(width)
    first, last = first.clip(0, height - 1), last.clip(0, height - 1)
    level = ground - _SURE * full
    reach = int(np.ceil((k + 1) * max(_SLANTS)))
    some = _widened(page[first, columns] < level, reach) & _widened(page[last, columns] < level, reach)
    best = np.zeros((len(first), k, width), np.float32)
    line, column = np.nonzero(some)
    if not len(line):
        return best
    base, size = ground[line, column], full[line, column]
    for depth in range(k):
        most = np.zeros(len(line), np.float32)
        for slant in _SLANTS:
            over = np.rint(column + slant * (depth + 1)).astype(np.intp).clip(0, width - 1)
            under = np.rint(column - slant * (k - depth)).astype(np.intp).clip(0, width - 1)
            darkness = base - np.maximum(page[first[line, over], over], page[last[line, under], under])
            np.maximum(most, darkness, out=most)
        best[line, depth, column] = (most / size).clip(0, 1)
    return best


def _widened(mask: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """Return a mask (L, W) with n pixels more at both sides."""
    counts = np.cumsum(np.pad(mask, ((0, 0), (n + 1, n))), axis=1)
    widened: NDArray[np.bool_] = counts[:, 2 * n + 1 :] > counts[:, : -2 * n - 1]
    return widened


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
