"""Pictures: an image file, or a canvas, to the 28×28 pixels that a network sees.

The digit is told from its ground by its brightness, dark on light or light on dark; its box is cut out, reduced by area
averaging to a longer side of 20 pixels, and placed like every digit (``core.geometry``).
"""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import bounded, geometry
from core.errors import DrawingError

MAX_PIXELS = 50_000_000
"""The largest picture that is read, in pixels."""
MAX_FILE_BYTES = 64 * 2**20
SUFFIXES = (".png", ".jpg", ".jpeg")

_MAX_SIDE = 1024  # px: a larger picture is reduced first, by whole blocks
_CONTRAST = 16.0  # grey levels: less than this between the lightest and the darkest is an empty page
_THRESHOLD = 0.25  # of the darkest ink: what is fainter is ground, and does not count for the box


def load(path: Path) -> NDArray[np.uint8]:
    """Return the grey values (H, W) of a PNG or JPEG file, 255 being white; transparency shows white.

    Raises
    ------
    DrawingError
        The file cannot be read, is no picture, is damaged, or has more than ``MAX_PIXELS``.
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
        raise DrawingError(f"is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        with warnings.catch_warnings():  # of odd metadata, and of sizes beyond ours
            warnings.simplefilter("ignore")
            return _grey(Image.open(io.BytesIO(content), formats=("PNG", "JPEG")))
    except DrawingError:
        raise
    except Image.DecompressionBombError:
        raise DrawingError(f"has far more pixels than are read: at most {MAX_PIXELS:,}") from None
    except UnidentifiedImageError:
        raise DrawingError("is not a PNG or JPEG picture") from None
    except Exception as error:  # Pillow's readers raise many kinds: OSError, SyntaxError, struct.error, …
        raise DrawingError(f"is damaged: {error}") from None


def _grey(image: Any) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    if image.width * image.height > MAX_PIXELS:
        raise DrawingError(f"has {image.width} × {image.height} pixels; at most {MAX_PIXELS:,} are read")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # 16-bit PNG: convert("L") would cut off at 255 instead of scaling
        return (np.asarray(image, dtype=np.float64) / 257).clip(0, 255).astype(np.uint8)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("L"))


def read(grey: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the (28, 28) image of the digit in a picture of grey values (H, W), or None where there is nothing.

    0 is paper and 255 ink, as in MNIST, whichever way round the picture has it.
    """
    ink = _ink(_reduced(grey))
    if ink is None:
        return None
    inked = ink > _THRESHOLD
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = geometry.BOX / max(box.shape)
    height, width = (max(round(side * scale), 1) for side in box.shape)
    small = _averages(_averages(box, height).T, width).T
    image: NDArray[np.uint8] = geometry.place(small[np.newaxis].astype(np.float32))[0]
    return image


def _reduced(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return means of whole blocks, so that the longer side is at most about a thousand pixels."""
    block = -(-max(grey.shape) // _MAX_SIDE)
    if block <= 1 or min(grey.shape) < block:
        return grey.astype(np.float32)
    height, width = (side // block * block for side in grey.shape)
    blocks = grey[:height, :width].reshape(height // block, block, width // block, block)
    means: NDArray[np.float32] = blocks.mean(axis=(1, 3), dtype=np.float32)
    return means


def _ink(grey: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the ink (H, W) in [0, 1], or None on an empty page. The ground is what most of the border shows."""
    if not grey.size or float(np.ptp(grey)) < _CONTRAST:
        return None
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = grey - np.median(border)
    # A digit is the smaller part of its picture, but its pixels differ the most from the ground.
    polarity = 1.0 if difference.max() > -difference.min() else -1.0
    ink: NDArray[np.float32] = (difference * np.float32(polarity)).clip(0, None)
    full = np.median(ink[ink > ink.max() / 2])  # what a stroke's middle shows, rather than the one darkest speck
    ink /= full
    return ink.clip(0, 1)


def _averages(values: NDArray[Any], m: int) -> NDArray[np.float64]:
    """Average values (n, ...) by area to (m, ...), exactly, whether m is smaller or larger than n."""
    n = len(values)
    sums = np.zeros((n + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    edges = np.arange(m + 1) * n / m
    whole = np.minimum(edges.astype(np.intp), n - 1)
    up_to_edges = sums[whole] + (edges - whole)[:, np.newaxis] * values[whole]
    means: NDArray[np.float64] = np.diff(up_to_edges, axis=0) * (m / n)
    return means.clip(0, 1)
