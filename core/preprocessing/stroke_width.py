"""The width of the strokes in a picture: measured, and brought to that of MNIST's digits.

Lines are widened or narrowed by moving their edge, by distance, all around: what a round pen of another width would
have left. So thin lines do not break, and loops that a thick pen has nearly closed open again.
"""

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX
from core.preprocessing import ink

THINNEST, THICKEST = 1.5, 4.5
"""Widths in pixels of 28×28; 99 % of MNIST's digits have strokes of a width between these."""


def measured(cover: NDArray[np.float32]) -> float:
    """Return the mean width of the strokes in an image (H, W) of ink in [0, 1], in its pixels; 0 where there is none.

    A line has two edges: its width is twice its ink over the length of its edge, which is the image's total variation.
    A soft edge does not change that. Lines much thinner than a pixel come out as one pixel wide.
    """
    padded = np.pad(cover, 1)
    down, right = np.diff(padded, axis=0), np.diff(padded, axis=1)
    # Both taken at the corner between four pixels; otherwise slanting edges come out a tenth too long.
    down, right = down[:, :-1] + down[:, 1:], right[:-1] + right[1:]
    edge = float(np.sqrt(down**2 + right**2).sum()) / 2
    return 2 * float(cover.sum()) / edge if edge else 0.0


def normalised(cover: NDArray[np.float32], longest: int) -> NDArray[np.float32]:
    """Return the ink (H', W') of a digit whose thin lines were widened, and whose thick ones narrowed.

    What would be thinner than ``ink.PEN_WIDTH`` in 28×28 becomes as wide as that; what would be thicker than
    ``THICKEST``, as wide as that. Narrowed further, very thick digits are read worse: their corners are filled.

    Parameters
    ----------
    cover : (H, W)
        Ink in [0, 1]; a stroke's edge is where it is 0.5.
    longest
        The longer side of the digit's box, in pixels. The result has the same scale.
    """
    width = min(measured(cover), 0.9 * longest)
    # A box of 20 px is made of the way of the pen's middle, and of the pen; only the pen is to change.
    way = longest - width
    least, most = (way * goal / (BOX - goal) for goal in (ink.PEN_WIDTH, THICKEST))
    growth = (min(max(width, least), most) - width) / 2
    return _grown(cover > 0.5, max(growth, -0.45 * width))


def _grown(mask: NDArray[np.bool_], growth: float) -> NDArray[np.float32]:
    """Return a mask's ink after its edge was moved outwards by ``growth`` pixels, or inwards where that is negative."""
    reach = int(abs(growth)) + 2
    mask = np.pad(mask, reach)
    if growth > 0:
        return (np.float32(growth) + 1 - _distances(mask, reach)).clip(0, 1)
    return (_distances(~mask, reach) - np.float32(-growth)).clip(0, 1)


def _distances(mask: NDArray[np.bool_], reach: int) -> NDArray[np.float32]:
    """Return the distance (H, W) of each pixel to the nearest one of a mask; ``reach`` + 1 where it is farther off.

    Exact: first along the columns, then the nearest of what the columns within reach say.
    """
    height, width = mask.shape
    far = reach + 1
    rows = np.arange(height, dtype=np.int32)[:, np.newaxis]
    above = np.maximum.accumulate(np.where(mask, rows, -far), axis=0)
    below = np.minimum.accumulate(np.where(mask, rows, height + far)[::-1], axis=0)[::-1]
    along = np.minimum(np.minimum(rows - above, below - rows), far).astype(np.float32) ** 2
    padded = np.pad(along, ((0, 0), (reach, reach)), constant_values=far**2)
    nearest = along.copy()
    for offset in range(1, reach + 1):
        left = padded[:, reach - offset : reach - offset + width]
        right = padded[:, reach + offset : reach + offset + width]
        np.minimum(nearest, np.minimum(left, right) + np.float32(offset**2), out=nearest)
    return np.sqrt(nearest)
