"""Printed boxes that a digit touches: a box and its ink are one component, whose straight sides are taken away.

A box has straight lines along all four sides of the component, and something within. The cells of a form are boxes side
by side, with lines between them. A box that nothing touches is a component of its own, and left to ``clutter``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import connected_components, ruling
from core.preprocessing.ruling import Lines

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]
Mask = NDArray[np.bool_]

_MIN_SIDE = 28  # px: a smaller box is too coarse for its lines to be told
_ZONE = 0.3  # of a box's extent: its sides are so near to the component's, which a digit may cross
_SLOPES = np.array(sorted(np.linspace(-0.09, 0.09, 25), key=abs))  # up to 5 degrees, level first
_COVERAGE = 0.62  # of a side: a line covers more of it, a digit may hide the rest
_BETWEEN = 0.93  # of the height or width, of a line between cells
_CELL = 0.5  # width to height of a cell, or height to width, at least: a 1 may be a straight line, too
_MIN_INSIDE = 0.22  # of a box's height: what is within is at least so high
_REACH = 6  # px: as in ``ruling``
_AROUND = _REACH + 4  # px around a box


@dataclass(frozen=True)
class _Line:
    """A straight line across a component: row at its left end, and slope, in pixels downwards per pixel."""

    row: float
    slope: float


def without_box(page: Floats, mask: Mask, block: tuple[int, int]) -> Floats | None:
    """Return a page without the lines of a box that something touches; None if a component is no such box.

    Parameters
    ----------
    page : (H, W)
        Grey values, ink dark on light.
    mask : (h, w)
        One component of its ink.
    block : (int, int)
        Height and width of a pixel of ``mask``, in pixels of the page.
    """
    if not mask.any():
        return None
    rows, columns = connected_components.box(mask)
    inside = mask[rows, columns]
    if min(inside.shape) < _MIN_SIDE:
        return None
    if (upright := _sides(inside.T)) is None or (level := _sides(inside)) is None:
        return None
    if not _has_content(inside, level, upright):
        return None
    level += _between(inside, level, upright)
    upright += _between(inside.T, upright, level)
    page = page.copy()
    crop = tuple(
        slice(max(some.start * n - _AROUND, 0), some.stop * n + _AROUND)
        for some, n in zip((rows, columns), block, strict=True)
    )
    start = rows.start * block[0] - crop[0].start, columns.start * block[1] - crop[1].start
    page[crop] = _without(page[crop], level, start, block)
    page[crop] = _without(page[crop].T, upright, start[::-1], block[::-1]).T
    return page


def _sides(inside: Mask) -> list[_Line] | None:
    """Return the lines along the top and the bottom of a component (h, w), or None if one is missing."""
    if (top := _side(inside)) is None or (bottom := _side(inside[::-1])) is None:
        return None
    return [top, _Line(len(inside) - 1 - bottom.row, -bottom.slope)]


def _side(inside: Mask) -> _Line | None:
    """Return the line on which most of the outermost pixels at the top of a component (h, w) lie, or None."""
    zone = inside[: max(int(_ZONE * len(inside)), 2)]
    columns = np.flatnonzero(zone.any(axis=0))
    if len(columns) <= _COVERAGE * inside.shape[1]:
        return None
    levels = zone[:, columns].argmax(axis=0) - _SLOPES[:, np.newaxis] * columns  # at the left end, by slope
    low = np.floor(levels.min()) - 1
    bins = np.rint(levels - low).astype(np.intp)
    n = int(bins.max()) + 2
    each = np.arange(len(_SLOPES))[:, np.newaxis] * n
    counts = np.bincount((bins + each).ravel(), minlength=n * len(_SLOPES)).reshape(-1, n)
    near = counts[:, :-2] + counts[:, 1:-1] + counts[:, 2:]
    which, at = divmod(int((near + counts[:, 1:-1]).argmax()), n - 2)
    if near[which, at] <= _COVERAGE * inside.shape[1]:
        return None
    on_line = np.abs(bins[which] - at - 1) <= 1
    return _Line(float(levels[which, on_line].mean()), float(_SLOPES[which]))


def _has_content(inside: Mask, level: list[_Line], upright: list[_Line]) -> bool:
    """Return whether a component has more ink between its sides than these, and that is of some height."""
    height, width = inside.shape
    row, column = np.mgrid[:height, :width]
    away = np.minimum.reduce(
        [
            row - level[0].row - level[0].slope * column,
            level[1].row + level[1].slope * column - row,
            column - upright[0].row - upright[0].slope * row,
            upright[1].row + upright[1].slope * row - column,
        ]
    )
    ink = inside & (away > 0.1 * min(height, width))
    rows = np.flatnonzero(ink.any(axis=1))
    return len(rows) > 0 and int(np.ptp(rows)) > _MIN_INSIDE * height


def _between(inside: Mask, level: list[_Line], upright: list[_Line]) -> list[_Line]:
    """Return the lines between the top and the bottom of a component (h, w) that divide it into cells."""
    height, width = inside.shape
    slope = (level[0].slope + level[1].slope) / 2
    columns = np.arange(width)
    first, last = upright[0].row, upright[1].row
    within = columns[(columns > first + 3) & (columns < last - 3)]
    if not len(within):
        return []
    shift = np.rint(slope * within).astype(np.intp)
    rows = (np.arange(height)[:, np.newaxis] + shift).clip(0, height - 1)
    covered = inside[rows, within].mean(axis=1) > _BETWEEN
    edges = np.diff(np.pad(covered, 1).astype(np.int8))
    found = [
        _Line((begin + end - 1) / 2, slope)
        for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    ]
    size = _CELL * min(last - first, level[1].row - level[0].row)
    cells, above = [], level[0].row
    for line in found:
        if line.row - above > size and level[1].row - line.row > size:
            cells.append(line)
            above = line.row
    return cells


def _without(page: Floats, lines: list[_Line], start: tuple[int, int], block: tuple[int, int]) -> Floats:
    """Return a part of a page (H, W) without nearly horizontal lines; ``start`` is where their component begins."""
    scale = block[0] / block[1]
    rows, sections, slopes = [], [], []
    for line in lines:
        slope = line.slope * scale
        row = (line.row + 0.5) * block[0] - 0.5 + start[0] - slope * start[1]
        offset, section = _section(page, row, slope)
        if section is not None:
            rows.append(row + offset)
            sections.append(section)
            slopes.append(slope)
    for row, section, slope in zip(rows, sections, slopes, strict=True):
        page = ruling.without(page, Lines(np.array([row], np.float32), slope, section[np.newaxis]))
    return page


def _section(page: Floats, row: float, slope: float) -> tuple[int, Floats | None]:
    """Return how far below a row the middle of a line is, and its cross-section there; None if it is not dark."""
    columns = np.arange(page.shape[1])
    offsets = np.arange(-2 * _REACH, 2 * _REACH + 1)
    at = np.rint(row + slope * columns).astype(np.intp) + offsets[:, np.newaxis]
    profile = np.median(page[at.clip(0, len(page) - 1), columns], axis=1).astype(np.float32)
    inner = slice(_REACH, -_REACH)
    darker = float(profile.max()) - profile[inner]
    if darker.max() < 1:
        return 0, None
    middle = round(float(np.average(offsets[inner], weights=np.where(darker > darker.max() / 2, darker, 0))))
    section = ruling.cross_sections(profile, np.array([middle + 2 * _REACH]))[0]
    return middle, section if section[_REACH] > 0 else None
