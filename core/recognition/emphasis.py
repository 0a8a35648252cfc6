"""Emphasis: a ring or a box drawn around digits, and a line drawn under them. They are no digits, and part of none.

Sizes are relative to the digits, independent of the unit of the canvas.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.recognition import links

Floats = NDArray[np.float32]
Indexes = NDArray[np.intp]
Mask = NDArray[np.bool_]

_WITHIN = 0.04  # of a frame's shorter side: all that is within is so far from its box, and from its ink
_LEAST, _MOST = 0.3, 0.82  # of a frame's height: what it encloses; a dot in a nought is less, a second nought more
_OPEN = 0.3  # of a frame's longer side: its ends are nearer to each other
_HUGGING = 0.85  # of a frame lies near its bounding box, or near the ellipse in it
_NEAR_BOX, _NEAR_ELLIPSE = 0.22, 0.3  # of the half extent
_SLIM = 0.85  # width to height of a nought that a straight stroke slashes, at most
_STRAIGHT = 0.9  # of a straight stroke's length: the distance of its ends, at least
_FLAT, _THIN = 3.0, 0.35  # width to height of a line under digits; and its height, in digits
_TALL = 0.5  # of the common height: a stroke that is a digit, or most of one
_CROSSED = 0.15  # of a digit's height: a line under it crosses no more of it
_WIDE = 0.9  # of the width of what is above: a line under it is as wide
_JOINED = 0.25  # of the height of what is above: a line whose ends are both so near to other ends goes on there
_ABOVE_GAP = 0.6  # of the digits' height: a line under them is as near


def found(strokes: Sequence[Floats]) -> list[tuple[int, tuple[int, ...]]]:
    """Return the strokes (n, 2) that only emphasise others: the index of each, with the indexes of the others."""
    if len(strokes) < 2:
        return []
    boxes = np.array([[*stroke.min(axis=0), *stroke.max(axis=0)] for stroke in strokes], np.float32)
    frames = _frames(strokes, boxes)
    around = {frame for frame, _ in frames}
    rest = np.array([at for at in range(len(strokes)) if at not in around], np.intp)
    lines = [(int(rest[line]), tuple(rest[above].tolist())) for line, above in _underlines(boxes[rest])]
    return frames + [
        (line, above) for line, above in lines if not _goes_on(strokes[line], [strokes[at] for at in above])
    ]


def _goes_on(line: Floats, above: Sequence[Floats]) -> bool:
    """Return whether a line goes on where other strokes end, as the foot of a broken nought does."""
    ends = np.concatenate([stroke[[0, -1]] for stroke in above])
    height = max(float(np.ptp(stroke[:, 1])) for stroke in above)
    nearest = [float(np.hypot(*(ends - tip).T).min()) for tip in (line[0], line[-1])]
    return max(nearest) < _JOINED * height


def _frames(strokes: Sequence[Floats], boxes: Floats) -> list[tuple[int, tuple[int, ...]]]:
    """Return the rings and boxes, with what is within each."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    found = []
    for index in np.flatnonzero(sizes.min(axis=1) > 0).tolist():
        margin = _WITHIN * float(sizes[index].min())
        low, high = boxes[index, :2] + margin, boxes[index, 2:] - margin
        within = np.flatnonzero((boxes[:, :2] > low).all(axis=1) & (boxes[:, 2:] < high).all(axis=1))
        if within.size and _is_frame(strokes[index], [strokes[at] for at in within.tolist()]):
            found.append((index, tuple(within.tolist())))
    return found


def _is_frame(frame: Floats, within: Sequence[Floats]) -> bool:
    """Return whether a stroke goes around others, which are within its box."""
    corner, size = frame.min(axis=0), np.ptp(frame, axis=0)
    height = np.ptp(np.concatenate(within)[:, 1])
    if not _LEAST * size[1] < height < _MOST * size[1]:
        return False
    if np.hypot(*(frame[0] - frame[-1])) > _OPEN * size.max() or (size[0] < _SLIM * size[1] and _is_slash(within)):
        return False
    scale = np.float32(size.max())
    frame_ink, *others = links.samples([(stroke - corner) / scale for stroke in (frame, *within)])
    across, down = np.abs(frame_ink * scale / size * 2 - 1).T
    near_box = np.maximum(across, down) > 1 - _NEAR_BOX
    near_ellipse = np.hypot(across, down) > 1 - _NEAR_ELLIPSE
    if max(near_box.mean(), near_ellipse.mean()) < _HUGGING:
        return False
    ink = np.concatenate(others)
    nearest = ((ink[:, np.newaxis] - frame_ink) ** 2).sum(axis=2).min()
    return bool(np.sqrt(nearest) > _WITHIN * size.min() / scale)


def _is_slash(within: Sequence[Floats]) -> bool:
    """Return whether strokes are a single straight one."""
    length = float(np.hypot(*np.diff(within[0], axis=0).T).sum())
    return len(within) == 1 and float(np.hypot(*(within[0][-1] - within[0][0]))) > _STRAIGHT * length


def _underlines(boxes: Floats) -> list[tuple[int, Indexes]]:
    """Return the flat strokes under two digits or more side by side, with the strokes above each."""
    wide, high = (boxes[:, 2:] - boxes[:, :2]).T
    if not len(boxes) or high.max() <= 0:
        return []
    common = float(np.median(high[high >= high.max() / 2]))
    left, top, right, bottom = boxes.T
    tall = high >= _TALL * common
    found = []
    for index in np.flatnonzero((wide > _FLAT * high) & (high < _THIN * common) & (wide > _TALL * common)).tolist():
        middle = (top[index] + bottom[index]) / 2
        over = tall & (np.minimum(right, right[index]) - np.maximum(left, left[index]) > (right - left) / 2)
        above = over & (bottom <= middle + _CROSSED * high)
        below = over & (top >= middle - _CROSSED * high) & ~above
        if not above.any() or (over & ~above & ~below).any():
            continue
        near = np.flatnonzero(above & (bottom > top[above].max()))
        gap = max(middle - bottom[near].max(), _CROSSED * common)
        if gap > _ABOVE_GAP * common or (below.any() and top[below].min() - middle < gap):
            continue
        beside = (left + right > 2 * left[index]) & (left + right < 2 * right[index]) & (wide <= _FLAT * high)
        if (beside & (bottom > middle + _CROSSED * common) & (top < middle + gap)).any():
            continue  # the bar of a broken 4
        is_two = left[near].max() > right[near].min()
        if is_two and wide[index] > _WIDE * (right[near].max() - left[near].min()):
            found.append((index, near))
    return found
