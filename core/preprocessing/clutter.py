"""Clutter: components on a page that are no writing, by their shape and place.

Strips and shadows that enter from an edge, boxes and rings around writing, punch holes, and lines under it. A component
is clutter only beside others: what is alone on a page is what is to be read.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import connected_components

Indexes = NDArray[np.intp]
Mask = NDArray[np.bool_]

_CONTACT = 0.5  # of an edge: a component that touches more of it is a strip
_CORNER = 0.2  # of both edges of a corner: a shadow in the corner
_INNER = 0.06  # of the page's height: something within the page that may be the writing
_ENCLOSED = 0.2  # of a box's height: what it encloses is at least so high
_HUGGING = 0.85  # of a component's ink lies near its bounding box, or near the ellipse in it: a box, a ring
_NEAR_BOX, _NEAR_ELLIPSE = 0.12, 0.3  # of the half extent
_ROUND = (0.75, 1.34)  # width to height of a punch hole
_FILLED = (0.8, 1.12)  # of the area of the ellipse in its box
_HOLE_ZONE = 0.14  # of the page's width: holes are so near to an edge
_FLAT = 3.0  # width to height of a line under something
_LINE_WIDTH = 0.75  # of the width of what it underlines
_WITHIN = 0.75  # of a ring's size: what is within it
_PRINTED, _RATHER = 0.03, 2.0  # of that: faint ink in a stamp, at least; and of its share on the whole page
_SPREAD = 0.35  # of a ring's height: the extent of what is printed in a stamp
_BESIDE_STAMP = 0.4  # of a stamp's height: what is written beside it is at least so high
_PARTS = 16  # larger components that may be clutter


@dataclass(frozen=True, eq=False)
class Components:
    """The components of the ink on a page.

    Attributes
    ----------
    numbers : (H, W)
        The number of each pixel's component, from 1 on; 0 is background.
    boxes : (n, 4)
        Left, top, right, bottom, past the last pixel.
    areas : (n,)
        In pixels.
    faint : (H, W)
        Where there is ink, however faint.
    """

    numbers: Indexes
    boxes: Indexes
    areas: Indexes
    faint: Mask


def found(page: Components, least: float) -> Mask:
    """Return which components (n,) are clutter. Components with an area below ``least`` are specks."""
    is_clutter = np.zeros(len(page.areas), dtype=bool)
    is_writing = page.areas >= least
    for rule in (_strips, _holes, _stamps, _frames, _frames, _underlines, _underlines):
        some = rule(page, is_writing) & is_writing
        if some.any() and (is_writing & ~some).any():
            is_clutter |= some
            is_writing &= ~some
    return is_clutter


def _strips(page: Components, is_writing: Mask) -> Mask:
    """Return what enters from an edge along most of it, if something lies within the page."""
    height, width = page.numbers.shape
    contacts = np.stack(
        [
            np.bincount(edge[edge > 0] - 1, minlength=len(page.areas)) / len(edge)
            for edge in (page.numbers[:, 0], page.numbers[0], page.numbers[:, -1], page.numbers[-1])
        ],
        axis=1,
    )
    left, top, right, bottom = page.boxes.T
    within = (left > 0) & (top > 0) & (right < width) & (bottom < height) & is_writing
    if not (within & (bottom - top > _INNER * height)).any():
        return np.zeros(len(page.areas), dtype=bool)
    corner = np.minimum(contacts, np.roll(contacts, 1, axis=1)).max(axis=1) > _CORNER
    strips: Mask = (contacts.max(axis=1) > _CONTACT) | corner
    return strips


def _holes(page: Components, is_writing: Mask) -> Mask:
    """Return round filled blobs near an edge, if something larger lies elsewhere."""
    height, width = page.numbers.shape
    left, top, right, bottom = page.boxes.T
    wide, high = right - left, bottom - top
    aspect, filled = wide / high, page.areas / (np.pi / 4 * wide * high)
    away = np.minimum(np.minimum(left + right, 2 * width - left - right) / width,
                      np.minimum(top + bottom, 2 * height - top - bottom) / height) / 2  # fmt: skip
    is_round = (aspect > _ROUND[0]) & (aspect < _ROUND[1]) & (filled > _FILLED[0]) & (filled < _FILLED[1])
    holes: Mask = is_round & (away < _HOLE_ZONE) & (high < high[is_writing].max() * 0.8)
    return holes


def _frames(page: Components, is_writing: Mask) -> Mask:
    """Return boxes and rings around something."""
    frames = np.zeros(len(page.areas), dtype=bool)
    for index in np.argsort(-np.where(is_writing, page.areas, 0))[:_PARTS].tolist():
        if not is_writing[index]:
            break
        left, top, right, bottom = page.boxes[index].tolist()
        boxes = page.boxes
        inside = (
            (boxes[:, 0] > left) & (boxes[:, 1] > top) & (boxes[:, 2] < right) & (boxes[:, 3] < bottom) & is_writing
        )
        if (inside & (boxes[:, 3] - boxes[:, 1] > _ENCLOSED * (bottom - top))).any():
            frames[index] = _hugs(page.numbers[top:bottom, left:right] == index + 1)
    return frames


def _stamps(page: Components, is_writing: Mask) -> Mask:
    """Return rings with small or faint print within, and all within them, beside writing: a nought is empty."""
    stamps = np.zeros(len(page.areas), dtype=bool)
    left, top, right, bottom = page.boxes.T
    rings = [index for index in np.argsort(-page.areas)[:_PARTS].tolist() if _is_ring(page, index)]
    for index in rings:
        edges, size = page.boxes[index], bottom[index] - top[index]
        within = (left >= edges[0]) & (top >= edges[1]) & (right <= edges[2]) & (bottom <= edges[3])
        is_beside = (bottom - top)[is_writing & ~within].max(initial=0) > _BESIDE_STAMP * size
        high = within & is_writing & (bottom - top > _SPREAD * size)  # other rings, or what the ring is around
        high[rings] = False
        if is_beside and not high.any() and _has_print(page, index):
            stamps |= within
    return stamps


def _has_print(page: Components, index: int) -> bool:
    """Return whether there is much more faint ink within a ring than elsewhere on the page."""
    left, top, right, bottom = page.boxes[index].tolist()
    down, across = (np.abs((np.arange(n) + 0.5) / n * 2 - 1) for n in (bottom - top, right - left))
    inner = np.hypot(down[:, np.newaxis], across) < _WITHIN
    faint = page.faint[top:bottom, left:right] & inner & (page.numbers[top:bottom, left:right] != index + 1)
    elsewhere = float((page.faint & (page.numbers == 0)).mean())
    if not faint.any() or faint.sum() < (_PRINTED + _RATHER * elsewhere) * inner.sum():
        return False
    return bool(connected_components.longest(faint) > _SPREAD * (bottom - top))


def _is_ring(page: Components, index: int) -> bool:
    """Return whether a component lies along the ellipse in its box, or along the box, and is about as wide as high."""
    left, top, right, bottom = page.boxes[index].tolist()
    is_round = _ROUND[0] < (right - left) / (bottom - top) < _ROUND[1]
    return is_round and _hugs(page.numbers[top:bottom, left:right] == index + 1)


def _hugs(mask: Mask) -> bool:
    """Return whether the pixels of a component (h, w) lie along its bounding box, or along the ellipse in it."""
    rows, columns = np.nonzero(mask)
    down = np.abs((rows + 0.5) / mask.shape[0] * 2 - 1)
    across = np.abs((columns + 0.5) / mask.shape[1] * 2 - 1)
    near_box = np.maximum(down, across) > 1 - _NEAR_BOX
    near_ellipse = np.hypot(down, across) > 1 - _NEAR_ELLIPSE
    return bool(max(near_box.mean(), near_ellipse.mean()) > _HUGGING)


def _underlines(page: Components, is_writing: Mask) -> Mask:
    """Return wide flat components below others."""
    lines = np.zeros(len(page.areas), dtype=bool)
    left, top, right, bottom = page.boxes.T
    for index in np.flatnonzero(is_writing & (right - left > _FLAT * (bottom - top))).tolist():
        over = np.minimum(right, right[index]) - np.maximum(left, left[index]) > 0.5 * (right - left)
        higher = (bottom - top > 1.2 * (bottom[index] - top[index])) & is_writing & over
        higher[index] = False
        middle = (top[index] + bottom[index]) / 2
        above = higher & (bottom <= middle + 0.15 * (bottom - top))
        below = higher & (top >= middle - 0.15 * (bottom - top))
        if not above.any():
            continue
        above_gap = float((top[index] - bottom[above]).min())
        below_gap = float((top[below] - bottom[index]).min()) if below.any() else np.inf
        near = above & (bottom > top[above].max())
        extent = float(right[near].max() - left[near].min()) if near.any() else np.inf
        wide = right[index] - left[index]
        lines[index] = above_gap < below_gap and wide > _LINE_WIDTH * extent
    return lines
