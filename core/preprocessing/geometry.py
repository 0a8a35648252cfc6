"""MNIST's geometry. Every digit, drawn or photographed, gets its position in the 28×28 frame here.

LeCun's recipe, confirmed on all 70,000 images: the digit's longer side is 20 pixels, with its aspect ratio kept, and
anti-aliased; a *whole-pixel* shift then brings its centre of mass nearest to pixel index 14.0 in both axes.
"""

import numpy as np
from numpy.typing import NDArray

from core.digits import SIZE

CENTRE = 14.0
"""The pixel index of the centre of mass. (13.5, the middle of the frame, would be half a pixel off.)"""


def centred(digits: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Centre digits in MNIST's frame by a whole-pixel shift.

    Parameters
    ----------
    digits : (N, H, W), H and W at most 28
        Ink in [0, 1], already at its final size: its longer side is 20 pixels.

    Returns
    -------
    (N, 28, 28) uint8
        0 is the background, 255 ink. A digit with its centre of mass far from its middle stops at the edge of the
        frame: no ink is cut off. A digit without ink gives an empty image.
    """
    n, height, width = digits.shape
    if height > SIZE or width > SIZE:
        raise ValueError(f"digits of {height} × {width} pixels do not fit into {SIZE} × {SIZE}")
    top = _shift(digits.sum(axis=2))
    left = _shift(digits.sum(axis=1))
    rows = np.arange(SIZE) - top[:, np.newaxis]
    columns = np.arange(SIZE) - left[:, np.newaxis]
    inside = ((rows >= 0) & (rows < height))[:, :, np.newaxis] & ((columns >= 0) & (columns < width))[:, np.newaxis, :]
    shifted = digits[
        np.arange(n)[:, np.newaxis, np.newaxis],
        rows.clip(0, height - 1)[:, :, np.newaxis],
        columns.clip(0, width - 1)[:, np.newaxis, :],
    ]
    image: NDArray[np.uint8] = np.rint(shifted * (inside * np.float32(255))).astype(np.uint8)
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
