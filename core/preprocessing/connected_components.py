"""Connected components of a mask (8-connectivity), and its bounding box."""

import numpy as np
from numpy.typing import NDArray


def box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and the columns of the bounding box of a mask (H, W) that is not empty."""
    rows, columns = (np.flatnonzero(np.any(mask, axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def longest(mask: NDArray[np.bool_]) -> int:
    """Return the longer side of a mask's bounding box."""
    rows, columns = box(mask)
    return int(max(rows.stop - rows.start, columns.stop - columns.start))


def label(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], int]:
    """Return the components' numbers (H, W), from 1 on and 0 outside the mask, and how many components there are.

    Works on the runs of each row, which are few. Each run takes the smallest number among the runs that it touches in
    the rows above and below, until nothing changes.
    """
    numbers = np.zeros(mask.shape, np.intp)
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    if not len(rows):
        return numbers, 0
    above, below = _touching(rows, begins, ends, mask.shape[1] + 2)
    root = np.arange(len(rows))
    while True:
        smallest = np.minimum(root[above], root[below])
        joined = root.copy()
        np.minimum.at(joined, root[above], smallest)
        np.minimum.at(joined, root[below], smallest)
        joined = joined[joined]
        if np.array_equal(joined, root):
            break
        root = joined
    _, of_run = np.unique(root, return_inverse=True)
    numbers[mask] = np.repeat(of_run + 1, ends - begins)
    return numbers, int(of_run.max()) + 1


def boxes(numbers: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Return the bounding boxes (n, 4) of n components with numbers (H, W): left, top, right, bottom, past the last."""
    rows, columns = np.nonzero(numbers)
    which = numbers[rows, columns] - 1
    found = np.zeros((n, 4), np.intp)
    found[:, :2] = max(numbers.shape)
    np.minimum.at(found[:, 0], which, columns)
    np.minimum.at(found[:, 1], which, rows)
    np.maximum.at(found[:, 2], which, columns + 1)
    np.maximum.at(found[:, 3], which, rows + 1)
    return found


def _touching(
    rows: NDArray[np.intp], begins: NDArray[np.intp], ends: NDArray[np.intp], stride: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of runs that touch, the second in the row below the first; runs are sorted by row, then column."""
    next_row = (rows + 1) * stride
    first = np.searchsorted(rows * stride + ends, next_row + begins, "left")
    beyond = np.searchsorted(rows * stride + begins, next_row + ends, "right")
    counts = (beyond - first).clip(0)
    above = np.repeat(np.arange(len(rows)), counts)
    below = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    return above, below
