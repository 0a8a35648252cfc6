"""Picture files: from the bytes of a file, or the values of a picture in memory, to pixels, within bounds of size.

A large picture is reduced by whole blocks, which are averaged with their transparency; a JPEG as far as possible while
it is decoded. Of several frames or pages, the first is read. Colour profiles are ignored.
"""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DrawingError
from core.files import bounded
from core.formats import foreign_file
from core.messages import tr

MAX_PIXELS = 50_000_000
"""The size of the largest picture that is read, in pixels."""
_MAX_PIXELS_WEBP = 18_000_000  # Pillow needs 16 bytes for each, and 8 for those of a progressive JPEG in CMYK
_MAX_PIXELS_PROGRESSIVE = 32_000_000
_MAX_SEGMENTS = 100_000  # of a JPEG with other data than its pixels: Pillow keeps each, and joins those of EXIF
_MAX_EXIF_SEGMENTS = 100
_MAX_SCANS = 200  # of a progressive JPEG, usually 10; each may take a hundred bytes and 30 ms
MAX_FILE_BYTES = 64 * 2**20
FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif")

MAX_SIDE = 1024
"""Height and width of pixels, above which a picture is reduced by whole blocks."""
_STRIP_PIXELS = 2**20  # converted at once: a copy of all of a large picture would take hundreds of megabytes
_ORIENTATION = 0x0112  # the EXIF tag


def load(path: Path) -> NDArray[np.uint8]:
    """Return the pixels of a PNG, JPEG, BMP, WebP, TIFF or GIF file; its content decides which, not its name.

    Returns
    -------
    (H, W), (H, W, 3) or (H, W, 4) uint8
        Grey, RGB, or RGBA with straight alpha; the simplest of them that holds the picture. 255 is white and opaque.
        Each side is at most ``MAX_SIDE``. Values of more than eight bits are divided by the largest of them, so that
        those of a camera with twelve bits keep their contrast.

    Raises
    ------
    DrawingError
        The file cannot be read, is not a picture, is damaged, or has more than ``MAX_PIXELS``.
    """
    if bounded.exists(path) and path.is_dir():
        raise DrawingError(tr("{path} is a folder, not a picture: choose a picture in it", path=path))
    content = bounded.read(path, MAX_FILE_BYTES, DrawingError)
    try:
        return decode(content)
    except DrawingError as error:
        raise DrawingError(f"{path} {error}") from None


def decode(content: bytes) -> NDArray[np.uint8]:
    """Return the pixels of the bytes of a picture file; see ``load``."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > MAX_FILE_BYTES:
        raise DrawingError(tr("is larger than {limit} MiB", limit=MAX_FILE_BYTES // 2**20))
    try:
        with warnings.catch_warnings():  # about invalid metadata, and sizes above Pillow's own limit
            warnings.simplefilter("ignore")
            _check_segments(content)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.info.get("progressive") and content.count(b"\xff\xda") > _MAX_SCANS:
                raise DrawingError(tr("is a JPEG in too many scans: save it again"))
            return _decoded(image)
    except DrawingError:
        raise
    except Image.DecompressionBombError:
        raise DrawingError(tr("has far too many pixels; at most {maximum:,} are read", maximum=MAX_PIXELS)) from None
    except UnidentifiedImageError:
        raise DrawingError(foreign_file.sentence(content)) from None
    except MemoryError:
        raise DrawingError(tr("needs more memory than there is: save it with fewer pixels")) from None
    except Exception as error:  # Pillow's readers raise many kinds: OSError, SyntaxError, struct.error, …
        raise DrawingError(tr("is damaged: {reason}", reason=error)) from None


def from_values(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the pixels of a picture in memory, as ``load`` returns those of its file.

    Parameters
    ----------
    values : (H, W), (H, W, 3) or (H, W, 4)
        Grey, RGB, or RGBA with straight alpha; uint8, or uint16, which is stretched.

    Raises
    ------
    DrawingError
        There are more than ``MAX_PIXELS``.
    """
    from PIL import Image

    _check_size(values.shape[1], values.shape[0], MAX_PIXELS)
    if not values.size:
        return np.zeros((0, 0), np.uint8)
    if values.dtype == np.uint8:
        return _simplest(_reduced(Image.fromarray(values), "L" if values.ndim == 2 else "RGBA"))
    if values.ndim == 2:
        return _stretched(_reduced(Image.fromarray(values), "I"))
    channels = [_reduced(Image.fromarray(np.ascontiguousarray(each)), "I") for each in np.moveaxis(values, 2, 0)]
    return _simplest(_stretched_colours(np.stack(channels, axis=2)))


def _check_size(width: int, height: int, maximum: int) -> None:
    if width * height > maximum:
        sentence = tr(
            "has {width} × {height} pixels; at most {maximum:,} are read",
            width=width,
            height=height,
            maximum=maximum,
        )
        raise DrawingError(sentence)


def _check_segments(content: bytes) -> None:
    """Raise DrawingError for a JPEG that seems to have far too many segments; its compressed pixels look like none."""
    if not content.startswith(b"\xff\xd8"):
        return
    values = np.frombuffer(content, np.uint8)
    kinds = values[1:][values[:-1] == 0xFF]
    n_segments = np.count_nonzero((kinds >= 0xE0) & (kinds != 0xFF))  # APP0 to APP15, and comments
    if n_segments > _MAX_SEGMENTS or content.count(b"Exif\0\0") > _MAX_EXIF_SEGMENTS:
        raise DrawingError(tr("is a JPEG with too much beside its pixels: save it again"))


def _max_pixels(image: Any) -> int:
    """Return how many pixels are read of a picture of this kind, so that no more than 300 MB are needed."""
    if image.format == "WEBP":
        return min(_MAX_PIXELS_WEBP, MAX_PIXELS)
    return min(_MAX_PIXELS_PROGRESSIVE, MAX_PIXELS) if image.info.get("progressive") else MAX_PIXELS


def _decoded(image: Any) -> NDArray[np.uint8]:
    """Return the pixels of a picture that Pillow has opened."""
    _check_size(image.width, image.height, _max_pixels(image))
    is_deep = any(";16" in str(tile) for tile in image.tile)  # Pillow reduces deep colours to their upper eight bits
    block = -(-max(image.size) // MAX_SIDE)
    # A JPEG of over 7000 pixels is decoded at half its size at the most, even if its blocks do not come out even.
    share = next(share for share in (8, 4, 2, 1) if block % share == 0 or (share == 2 and block > 6))
    image.draft(None, tuple(max(side // share, 1) for side in image.size))  # does nothing but for a JPEG
    image.load()  # turns a TIFF, and removes its orientation
    orientation = image.getexif().get(_ORIENTATION)
    values = _reduced(image, _mode_of(image))
    is_deep = is_deep or values.dtype != np.uint8
    pixels = _simplest(_stretched_colours(values) if is_deep else values)
    return np.ascontiguousarray(_turned(pixels, orientation))


def _mode_of(image: Any) -> str:
    """Return the simplest of Pillow's modes L, RGB, RGBA, I (whole numbers) and F that holds a picture."""
    if image.mode.startswith(("I", "F")):
        return str(image.mode[0])
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L", "LAB") else "RGB"


def _reduced(image: Any, mode: str) -> NDArray[Any]:
    """Return the pixels of a picture in a mode, reduced to means of whole blocks, at most ``MAX_SIDE`` to a side.

    Blocks are squares, but no larger than the picture.
    """
    block = -(-max(image.size) // MAX_SIDE)
    across, down = (min(block, side) for side in image.size)
    rows = down * max(1, _STRIP_PIXELS // (image.width * down))
    strips = []
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        strip = strip.getchannel(0) if image.mode == "LAB" else strip.convert(mode)
        strips.append(np.asarray(strip.reduce((across, down))))
    return np.concatenate(strips)


def _stretched(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return values of any range as 0 to 255: 0, or the smallest if it is negative, as 0, and the largest as 255.

    Raises
    ------
    DrawingError
        None of the values is finite.
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        raise DrawingError(tr("is damaged: none of its values is a finite number"))
    low, high = min(0.0, float(finite.min())), float(finite.max())
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    shares = (np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low) / 2 - low / 2) / (
        high / 2 - low / 2  # halves: the difference of two huge values may be infinite
    )
    stretched: NDArray[np.uint8] = np.rint(255 * shares.clip(0, 1)).astype(np.uint8)
    return stretched


def _stretched_colours(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return colours (H, W[, 3 or 4]) stretched together to 0 to 255, and alpha by itself."""
    if values.ndim == 2 or values.shape[2] == 3:
        return _stretched(values)
    return np.concatenate([_stretched(values[..., :3]), _stretched(values[..., 3:])], axis=2)


def _simplest(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels without an alpha that is opaque, and without colours that are grey."""
    if pixels.ndim == 3 and pixels.shape[2] == 4 and bool((pixels[..., 3] == 255).all()):
        pixels = pixels[..., :3]
    if pixels.ndim == 3 and pixels.shape[2] == 3 and bool((pixels[..., 1:] == pixels[..., :1]).all()):
        pixels = pixels[..., 0]
    return np.ascontiguousarray(pixels)


def _turned(pixels: NDArray[np.uint8], orientation: Any) -> NDArray[np.uint8]:
    """Return pixels as they are to be seen, by EXIF's orientation from 1 to 8; another one counts as 1."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
