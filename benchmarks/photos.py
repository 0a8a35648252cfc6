"""Photos of handwritten digits, simulated from pen strokes: a sheet of paper as a phone would photograph it.

Paper and ink of random colours, dark on light or light on dark; paper grain; light that falls off to one side and into
the corners; random position and rotation; blur, noise and JPEG compression.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.preprocessing import canvas
from core.preprocessing.ink import Drawing

QUALITY = 40
"""JPEG quality, on Pillow's scale."""
MAX_ROTATION = 8.0
"""In degrees."""
CONTRAST = 70.0
"""Minimum difference of paper and ink before the lighting, in grey levels."""

_HEIGHT, _WIDTH = 480, 640  # px
_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)


def photo(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Return a photo of a drawing: the bytes of a JPEG of 640 × 480 pixels."""
    ink = _inked(drawing, rng)
    paper, pen = _colours(rng)
    sheet = (paper + _grain(rng)) * (1 - ink) + pen * ink
    sheet *= _light(rng)
    image = _image(sheet).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    noise = rng.standard_normal((_HEIGHT, _WIDTH, 1), dtype=np.float32) * np.float32(rng.uniform(1, 5))
    file = io.BytesIO()
    _image(noise + np.asarray(image)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def rotated(drawing: Drawing, degrees: float) -> Drawing:
    """Return a drawing rotated about the origin."""
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return Drawing.from_points([stroke @ rotation for stroke in drawing.strokes])


def _inked(drawing: Drawing, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the ink coverage of each pixel (H, W, 1) for a digit of a quarter to four fifths of the height."""
    size = rng.uniform(0.25, 0.8)
    pen = size * rng.uniform(0.04, 0.16)  # both as a share of the height
    tilted = rotated(drawing, rng.uniform(-MAX_ROTATION, MAX_ROTATION))
    placed = canvas.placed(tilted, size, rng, _HEIGHT, pen)
    aside = np.array([rng.uniform(0, _WIDTH - _HEIGHT), 0, 0])
    placed = Drawing.from_points([stroke + aside for stroke in placed.strokes])
    canvas_of_ink = 255 - canvas.paint(placed, pen * _HEIGHT / _WIDTH, _WIDTH)[:_HEIGHT]
    pale = np.float32(rng.uniform(0, 0.25))  # variation of the ink's strength along the strokes
    return canvas_of_ink[..., np.newaxis] / np.float32(255) * (1 - pale * _cloud(rng, 24))


def _colours(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return colours (3,) of paper and ink in [0, 255]; the ink is the lighter one in a quarter of the cases."""
    while True:
        light, dark = (rng.uniform(*span, 3).astype(np.float32) for span in ((130, 255), (0, 140)))
        if (light - dark) @ _BRIGHTNESS >= CONTRAST:
            return (dark, light) if rng.random() < 0.25 else (light, dark)


def _grain(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the texture of paper (H, W, 1) in grey levels: fine fibres and coarser clouds."""
    fine = rng.standard_normal((_HEIGHT, _WIDTH, 1), dtype=np.float32)
    fibres = fine + np.roll(fine, 1, axis=0) + np.roll(fine, (1, 2), axis=(0, 1))
    deep, broad = np.float32(rng.uniform(0.5, 3)), np.float32(rng.uniform(0, 6))
    return deep * fibres + broad * (2 * _cloud(rng, 40) - 1)


def _light(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the light (H, W, 1) in (0, 1]: falling off in one direction and into the corners, with a soft shadow."""
    rows = np.linspace(-1, 1, _HEIGHT, dtype=np.float32)[:, np.newaxis, np.newaxis]
    columns = np.linspace(-1, 1, _WIDTH, dtype=np.float32)[:, np.newaxis]
    angle = rng.uniform(0, 2 * np.pi)
    away = (1 + (np.float32(np.cos(angle)) * columns + np.float32(np.sin(angle)) * rows) / np.float32(1.42)) / 2
    slope = 1 - np.float32(rng.uniform(0, 0.45)) * away
    corners = 1 - np.float32(rng.uniform(0, 0.15)) * (rows**2 + columns**2)
    x, y, wide = (np.float32(number) for number in rng.uniform((-1, -1, 0.6), (1, 1, 1.5)))
    shadow = np.exp(-(((rows - y) / wide) ** 2)) * np.exp(-(((columns - x) / wide) ** 2))
    light: NDArray[np.float32] = slope * corners * (1 - np.float32(rng.uniform(0, 0.25)) * shadow)
    return light


def _cloud(rng: np.random.Generator, n: int) -> NDArray[np.float32]:
    """Return smooth noise (H, W, 1) in [0, 1] with features of about an n-th of the width."""
    coarse = Image.fromarray(rng.integers(0, 256, (n * _HEIGHT // _WIDTH, n)).astype(np.uint8))
    smooth = np.asarray(coarse.resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC))
    return smooth[..., np.newaxis] / np.float32(255)


def _image(values: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))
