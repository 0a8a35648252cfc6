"""The width of the strokes in a picture: measured, and changed to that of MNIST's digits.

The edge of a stroke moves outwards or inwards by a distance, as if drawn with a round pen of another width. Thin lines
do not break, and loops that a thick pen has nearly closed open again.
"""

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX
from core.preprocessing import ink

THINNEST, THICKEST = 1.75, 4.5
"""In pixels of the 28×28 image: strokes between these keep their shades.

99 % of MNIST's digits have a stroke width from 1.5 to 4.5; but clean pen strokes of 1.5 to 1.8 px, kept as they are,
are read worse than widened (right 97.6 instead of 99.4 %, wrong and sure 1.3 instead of 0.1 %); MNIST's are read alike.
"""


def measured(cover: NDArray[np.float32]) -> float:
    """Return the mean stroke width in an image (H, W) of ink in [0, 1], in its pixels; 0 if there is no ink.

    A line has two edges: its width is twice its ink over the length of its edges, which is the image's total variation.
    A soft edge does not change that. Lines much thinner than a pixel count as one pixel wide.
    """
    padded = np.pad(cover, 1)
    down, right = np.diff(padded, axis=0), np.diff(padded, axis=1)
    # Both at the corner between four pixels; otherwise slanting edges are a tenth too long.
    down, right = down[:, :-1] + down[:, 1:], right[:-1] + right[1:]
    edge = float(np.sqrt(down**2 + right**2).sum()) / 2
    return 2 * float(cover.sum()) / edge if edge else 0.0


def normalised(cover: NDArray[np.float32], longest: int) -> NDArray[np.float32]:
    """Return the ink (H', W') of a digit with thin strokes widened and thick strokes narrowed.

    Strokes that would be thinner than ``ink.PEN_WIDTH`` in 28×28 get that width; strokes that would be thicker than
    ``THICKEST`` get that. Narrowed further, very thick digits are recognized less well: their corners are filled.

    Parameters
    ----------
    cover : (H, W)
        Ink in [0, 1]; the edge of a stroke is at 0.5.
    longest
        The longer side of the digit's bounding box, in pixels. The result has the same scale.
    """
    width = min(measured(cover), 0.9 * longest)
    # The box of 20 px is the extent of the strokes' centre lines plus one stroke width; only the width changes.
    extent = longest - width
    least, most = (extent * goal / (BOX - goal) for goal in (ink.PEN_WIDTH, THICKEST))
    growth = (min(max(width, least), most) - width) / 2
    return grown(cover > 0.5, max(growth, -0.45 * width))


def grown(mask: NDArray[np.bool_], growth: float) -> NDArray[np.float32]:
    """Return the ink, padded, of a mask whose edge moves outwards by ``growth`` pixels, or inwards if negative."""
    reach = int(abs(growth)) + 2
    mask = np.pad(mask, reach)
    if growth > 0:
        return (np.float32(growth) + 1 - distances(mask, reach)).clip(0, 1)
    return (distances(~mask, reach) - np.float32(-growth)).clip(0, 1)


def distances(mask: NDArray[np.bool_], reach: int) -> NDArray[np.float32]:
    """Return the distance (H, W) of each pixel to a mask: exact up to ``reach``, and never above ``reach`` + 1.

    First along each column, then the minimum over the columns within reach.
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
