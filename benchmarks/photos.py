"""Photos of handwritten digits, made by the program from pen strokes: what a telephone makes of a sheet of paper.

Paper and ink of any colour, dark on light or light on dark, grain in the paper, light that falls off to one side and into
the corners, a digit somewhere on the sheet and a little turned, a lens that is not quite sharp, noise, JPEG.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core import canvas
from core.ink import Drawing

QUALITY = 40
"""Of the JPEG, as Pillow counts it."""
MAX_TURN = 8.0
"""Degrees."""
CONTRAST = 70.0
"""Grey levels, at least, between paper and ink in the best light."""

_HEIGHT, _WIDTH = 480, 640  # px
_BRIGHTNESS = np.array([0.299, 0.587, 0.114])


def photo(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Return the bytes of a JPEG of a drawing, of 640 × 480 pixels."""
    ink = _inked(drawing, rng)[..., np.newaxis]
    paper, pen = _colours(rng)
    sheet = (paper + _grain(rng)) * (1 - ink) + pen * ink
    lit = sheet * _light(rng)[..., np.newaxis]
    image = Image.fromarray(lit.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    noisy = np.asarray(image) + rng.normal(0, rng.uniform(1, 5), (_HEIGHT, _WIDTH, 3))
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def turned(drawing: Drawing, degrees: float) -> Drawing:
    """Return a drawing turned about the origin."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return Drawing.from_points([stroke @ turn for stroke in drawing.strokes])


def _inked(drawing: Drawing, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how much of each pixel (H, W) the pen covered: a digit of a quarter to four fifths of the height."""
    size = rng.uniform(0.25, 0.8)
    pen = size * rng.uniform(0.04, 0.16)  # both of the height
    upright = turned(drawing, rng.uniform(-MAX_TURN, MAX_TURN))
    there = canvas.placed(upright, size, rng, _HEIGHT, pen)
    aside = rng.uniform(0, _WIDTH - _HEIGHT)
    there = Drawing.from_points([stroke + [aside, 0, 0] for stroke in there.strokes])
    covered = 1 - canvas.paint(there, pen * _HEIGHT / _WIDTH, _WIDTH)[:_HEIGHT] / 255
    pale = rng.uniform(0, 0.25)  # how much the ink's strength changes along the strokes
    return covered * (1 - pale * _cloud(rng, 24))


def _colours(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return colours (3,) of paper and ink in [0, 255]; one time in four the ink is the lighter."""
    while True:
        light, dark = rng.uniform(130, 255, 3), rng.uniform(0, 140, 3)
        if (light - dark) @ _BRIGHTNESS >= CONTRAST:
            return (dark, light) if rng.random() < 0.25 else (light, dark)


def _grain(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the texture of paper (H, W, 1): fine fibres, and coarser clouds."""
    fine = rng.normal(0, 1, (_HEIGHT, _WIDTH))
    fibres = (fine + np.roll(fine, 1, 1) + np.roll(fine, 2, 1) + np.roll(fine, 1, 0)) / 2
    texture = rng.uniform(1, 5) * fibres + rng.uniform(0, 6) * (2 * _cloud(rng, 40) - 1)
    return texture[..., np.newaxis]


def _light(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the light (H, W) in (0, 1]: falling off in one direction and towards the corners, and a soft shadow."""
    rows, columns = np.mgrid[-1 : 1 : _HEIGHT * 1j, -1 : 1 : _WIDTH * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    slope = 1 - rng.uniform(0, 0.45) * (1 + (np.cos(angle) * columns + np.sin(angle) * rows) / np.sqrt(2)) / 2
    corners = 1 - rng.uniform(0, 0.3) * (rows**2 + columns**2) / 2
    x, y, wide = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.6, 1.5)
    shadow = 1 - rng.uniform(0, 0.25) * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / wide**2)
    light: NDArray[np.float64] = slope * corners * shadow
    return light


def _cloud(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Return smooth noise (H, W) in [0, 1] with features of about a ``n``-th of the width."""
    coarse = Image.fromarray(rng.integers(0, 256, (max(n * _HEIGHT // _WIDTH, 1), n)).astype(np.uint8))
    return np.asarray(coarse.resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC)) / 255
