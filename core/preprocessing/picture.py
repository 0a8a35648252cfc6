"""Pictures: from the grey values of a page to the 28×28 pixels of a network's input.

The digit is separated from its background by brightness (``foreground``). Strokes thinner or thicker than MNIST's get
the width of those (``stroke_width``). The digit's bounding box is reduced by area averaging to a longer side of 20
pixels and centred like every digit (``geometry``).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX
from core.preprocessing import connected_components, foreground, geometry, resampling, stroke_width

MAX_SIDE = 1024
"""Height and width, in pixels, above which a picture is first reduced by whole blocks."""
_WORKING_SIDE = 140  # px: the longer side of a digit whose stroke width is changed
_STEEPNESS = 2.0  # of a stroke's edge, before its width is measured: the shades of soft edges are also noise


def read(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the (28, 28) image of the digit in a picture, or None if the picture is empty.

    ``pixels`` are (H, W) grey values, (H, W, 3) RGB or (H, W, 4) RGBA, as from ``picture_file``; colours count by
    their brightness.

    0 is the background and 255 ink, as in MNIST, for dark ink on light ground and for light on dark. A digit on a clean
    background with strokes as wide as MNIST's keeps its shades; of any other, ``stroke_width`` changes the strokes.
    """
    page, _ = resampling.reduced(_grey(pixels), MAX_SIDE)
    ink = foreground.find(page)
    if ink is None:
        return None
    if ink.is_clean:
        small = _boxed(ink.cover)
        if stroke_width.THINNEST <= stroke_width.measured(small) <= stroke_width.THICKEST:
            return _centred(small)
    return _centred(_boxed(stroke_width.normalised(*_enlarged(ink))))


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the brightness (H, W) of pixels, by ITU-R BT.601, with white behind transparent ones."""
    if pixels.ndim == 2:
        return pixels
    grey: NDArray[Any] = pixels[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    if pixels.shape[2] == 4:
        grey = 255 - (255 - grey) * (pixels[..., 3] / np.float32(255))
    rounded: NDArray[np.uint8] = np.rint(grey).astype(np.uint8)
    return rounded


def _enlarged(ink: foreground.Ink) -> tuple[NDArray[np.float32], int]:
    """Return ink at the scale at which its stroke width is changed, with noise smoothed, and its box's longer side."""
    scale = _WORKING_SIDE / ink.longest
    height, width = (max(round(side * scale), 1) for side in ink.cover.shape)
    cover = resampling.resized(ink.cover, height, width)
    if not ink.is_clean:
        cover = _smoothed(_smoothed(cover).T).T
    # Lines thinner than a pixel are grey at this scale: their level counts as full ink.
    strong = cover[cover > cover.max() / 4]
    full = np.median(strong[strong > np.percentile(strong, 90) / 2]).astype(np.float32)
    steep = ((cover / full - np.float32(0.5)) * np.float32(_STEEPNESS) + np.float32(0.5)).clip(0, 1)
    return steep, connected_components.longest(steep > 0.5)


def _smoothed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values (H, W) smoothed slightly along their columns."""
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    smooth: NDArray[np.float32] = (padded[:-2] + padded[2:]) * np.float32(0.25) + values * np.float32(0.5)
    return smooth


def _boxed(cover: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the digit cropped to its inked box, with the longer side scaled to 20 pixels."""
    digit = cover[connected_components.box(cover > 0)]
    scale = BOX / max(digit.shape)
    height, width = (max(round(side * scale), 1) for side in digit.shape)
    return resampling.averaged(resampling.averaged(digit, height).T, width).T.clip(0, 1)


def _centred(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    image: NDArray[np.uint8] = geometry.centred(small[np.newaxis])[0]
    return image
