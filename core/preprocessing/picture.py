"""Pictures: from an image file, or a canvas, to the 28×28 pixels of a network's input.

The digit is separated from its background by brightness (``foreground``). Strokes thinner or thicker than MNIST's get
the width of those (``stroke_width``). The digit's bounding box is reduced by area averaging to a longer side of 20
pixels and centred like every digit (``geometry``).
"""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX
from core.errors import DrawingError
from core.files import bounded
from core.messages import tr
from core.preprocessing import connected_components, foreground, geometry, resampling, stroke_width

MAX_PIXELS = 50_000_000
"""The size of the largest picture that is read, in pixels."""
MAX_FILE_BYTES = 64 * 2**20
SUFFIXES = (".png", ".jpg", ".jpeg")

MAX_SIDE = 1024
"""Height and width, in pixels, above which a picture is first reduced by whole blocks."""
_WORKING_SIDE = 140  # px: the longer side of a digit whose stroke width is changed
_STEEPNESS = 2.0  # of a stroke's edge, before its width is measured: the shades of soft edges are also noise


def load(path: Path) -> NDArray[np.uint8]:
    """Return the grey values (H, W) of a PNG or JPEG file, with 255 as white; transparent pixels are white.

    Raises
    ------
    DrawingError
        The file cannot be read, is not a picture, is damaged, or has more than ``MAX_PIXELS``.
    """
    content = bounded.read(path, MAX_FILE_BYTES, DrawingError)
    try:
        return decode(content)
    except DrawingError as error:
        raise DrawingError(f"{path} {error}") from None


def decode(content: bytes) -> NDArray[np.uint8]:
    """Return the grey values (H, W) of the bytes of a PNG or JPEG; raise DrawingError like ``load``."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > MAX_FILE_BYTES:
        raise DrawingError(tr("is larger than {limit} MiB", limit=MAX_FILE_BYTES // 2**20))
    try:
        with warnings.catch_warnings():  # about invalid metadata, and sizes above Pillow's own limit
            warnings.simplefilter("ignore")
            return _grey(Image.open(io.BytesIO(content), formats=("PNG", "JPEG")))
    except DrawingError:
        raise
    except Image.DecompressionBombError:
        raise DrawingError(tr("has far too many pixels; at most {maximum:,} are read", maximum=MAX_PIXELS)) from None
    except UnidentifiedImageError:
        raise DrawingError(tr("is not a PNG or JPEG picture")) from None
    except Exception as error:  # Pillow's readers raise many kinds: OSError, SyntaxError, struct.error, …
        raise DrawingError(tr("is damaged: {reason}", reason=error)) from None


def _grey(image: Any) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    if image.width * image.height > MAX_PIXELS:
        sentence = tr(
            "has {width} × {height} pixels; at most {maximum:,} are read",
            width=image.width,
            height=image.height,
            maximum=MAX_PIXELS,
        )
        raise DrawingError(sentence)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # 16-bit PNG: convert("L") would cut off at 255 instead of scaling
        return (np.asarray(image, dtype=np.float64) / 257).clip(0, 255).astype(np.uint8)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("L"))


def read(grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the (28, 28) image of the digit in a picture of grey values (H, W), or None if the picture is empty.

    0 is the background and 255 ink, as in MNIST, for dark ink on light ground and for light on dark. A digit on a clean
    background with strokes as wide as MNIST's keeps its shades; of any other, ``stroke_width`` changes the strokes.
    """
    page, _ = resampling.reduced(grey, MAX_SIDE)
    ink = foreground.find(page)
    if ink is None:
        return None
    if ink.is_clean:
        small = _boxed(ink.cover)
        if stroke_width.THINNEST <= stroke_width.measured(small) <= stroke_width.THICKEST:
            return _centred(small)
    return _centred(_boxed(stroke_width.normalised(*_enlarged(ink))))


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
