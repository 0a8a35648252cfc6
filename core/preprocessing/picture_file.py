"""Picture files: from the bytes of a PNG or JPEG to pixels, within bounds of size."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DrawingError
from core.files import bounded
from core.messages import tr

MAX_PIXELS = 50_000_000
"""The size of the largest picture that is read, in pixels."""
MAX_FILE_BYTES = 64 * 2**20
SUFFIXES = (".png", ".jpg", ".jpeg")


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
