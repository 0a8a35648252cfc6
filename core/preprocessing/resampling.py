"""Resampling of images: exact area averages to reduce them, linear interpolation to enlarge them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def reduced(grey: NDArray[Any], max_side: int) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Return means (H', W') of whole blocks, the longer side at most ``max_side``, and a block's height and width.

    Blocks are squares, but no larger than the picture. Incomplete blocks at the right and at the bottom are left out.
    """
    block = -(-max(grey.shape) // max_side)
    if block <= 1:
        return grey.astype(np.float32), (1, 1)
    down, across = (min(block, side) for side in grey.shape)
    height, width = grey.shape[0] // down, grey.shape[1] // across
    whole = grey[: height * down, : width * across]
    # Rows first: they are contiguous in memory, which is several times as fast as whole blocks at once.
    sums = np.uint32 if grey.dtype == np.uint8 else np.float32
    rows = np.add.reduce(whole.reshape(height, down, width * across), axis=1, dtype=sums)
    blocks = np.add.reduce(rows.reshape(height, width, across), axis=2)
    return blocks.astype(np.float32) / np.float32(down * across), (down, across)


def resized(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return an image (H, W) resized to (height, width): area averages where it shrinks, else interpolation."""
    return _along_rows(_along_rows(values, height).T, width).T


def averaged(values: NDArray[np.float32], m: int) -> NDArray[np.float32]:
    """Return exact area averages (m, ...) of values (n, ...); m may be smaller or larger than n."""
    n = len(values)
    sums = np.zeros((n + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    edges = np.arange(m + 1) * n / m
    whole = np.minimum(edges.astype(np.intp), n - 1)
    up_to_edges = sums[whole] + (edges - whole).reshape(-1, *[1] * (values.ndim - 1)) * values[whole]
    means: NDArray[np.float32] = (np.diff(up_to_edges, axis=0) * (m / n)).astype(np.float32)
    return means


def interpolated(values: NDArray[np.float32], positions: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return values (n, ...) interpolated linearly at positions (m,), as indices; outside, the first or last value."""
    inside = positions.clip(0, len(values) - 1)
    before = np.minimum(inside.astype(np.intp), max(len(values) - 2, 0))
    share = (inside - before).astype(np.float32).reshape(-1, *[1] * (values.ndim - 1))
    after = np.minimum(before + 1, len(values) - 1)
    between: NDArray[np.float32] = values[before] * (1 - share) + values[after] * share
    return between


def _along_rows(values: NDArray[np.float32], m: int) -> NDArray[np.float32]:
    n = len(values)
    if m <= n:
        return averaged(values, m)
    positions = (np.arange(m, dtype=np.float32) + np.float32(0.5)) * np.float32(n / m) - np.float32(0.5)
    return interpolated(values, positions)
