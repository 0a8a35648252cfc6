"""MNIST's geometry: the one place where a digit, drawn or photographed, is put into 28×28.

LeCun's recipe, confirmed on all 70,000 images: the digit's longer side is 20 pixels, aspect kept, anti-aliased; a
*whole-pixel* shift then brings its centre of mass nearest to pixel index 14.0 in both axes.
"""

import numpy as np
from numpy.typing import NDArray

from core.digits import SIZE

CENTRE = 14.0
"""Where the centre of mass goes, as a pixel index. (13.5, the middle of the frame, is half a pixel off.)"""


def place(digits: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Put digits into MNIST's frame by a whole-pixel shift.

    Parameters
    ----------
    digits : (N, H, W), H and W at most 28
        Ink in [0, 1], already at its final size: its longer side is 20 pixels.

    Returns
    -------
    (N, 28, 28) uint8
        0 is paper, 255 ink. Ink that has its centre of mass far from its middle stops at the frame: none is cut off.
        A digit without ink gives an empty image.
    """
    n, height, width = digits.shape
    if height > SIZE or width > SIZE:
        raise ValueError(f"digits of {height} × {width} pixels do not fit into {SIZE} × {SIZE}")
    top = _shift(digits.sum(axis=2))
    left = _shift(digits.sum(axis=1))
    rows = np.arange(SIZE) - top[:, np.newaxis]
    columns = np.arange(SIZE) - left[:, np.newaxis]
    inside = ((rows >= 0) & (rows < height))[:, :, np.newaxis] & ((columns >= 0) & (columns < width))[:, np.newaxis, :]
    placed = digits[
        np.arange(n)[:, np.newaxis, np.newaxis],
        rows.clip(0, height - 1)[:, :, np.newaxis],
        columns.clip(0, width - 1)[:, np.newaxis, :],
    ]
    image: NDArray[np.uint8] = np.rint(placed * (inside * np.float32(255))).astype(np.uint8)
    return image


def _shift(profile: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the shift (N,) that centres ink profiles (N, L) along one axis and keeps their ink in the frame."""
    length = profile.shape[1]
    mass = profile.sum(axis=1)
    centre = profile @ np.arange(length, dtype=np.float32) / np.where(mass > 0, mass, 1)
    inked = profile > 0
    first = inked.argmax(axis=1)
    last = length - 1 - inked[:, ::-1].argmax(axis=1)
    shift: NDArray[np.intp] = np.rint(CENTRE - centre).astype(np.intp)
    return np.clip(shift, -first, SIZE - 1 - last)
