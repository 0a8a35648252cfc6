"""Digits with less in them than was written: strokes with few points, and images of few pixels.

A degradation is a factor of a source's name, as in ``thinned*pen:FILE`` and ``soft*mnist``. Two networks learn of the
same digits, and a resumed run goes on with its own: the generators have fixed seeds.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.data.dataset import Dataset
from core.digits import N_PIXELS, SIZE
from core.preprocessing import connected_components, foreground, picture, planes
from core.preprocessing.ink import Drawing

MAX_SOFT, MAX_SOFT_TEST = 4_000, 1_000
"""The most images that ``soft`` takes from a source, at random, and from its own test part: reading one takes 6 ms."""

_KEPT = (2, 3, 4, 6)  # every n-th point of a thinned stroke is kept
_LEAST, _MOST = 7, 12  # px: the longer side of a digit in a small picture
_MARGIN = (0, 0, 0, 1, 2, 4)  # px in all beside it: most small pictures are cropped to their digit
_LEVELS = 16  # of grey, in half of the small pictures, as in counts of 4 × 4 pixels
_THICK = 0.5  # of the small pictures have strokes up to two thirds wider: thick pens, and scans
_ENLARGED = (8.0, 12.0)  # times: if a picture is larger still, what is read differs little
_FILTERS = (Image.Resampling.BICUBIC, Image.Resampling.NEAREST)
_WHOLE = 0.7  # of the pictures are enlarged by a whole number: their squares are equal
_MIN_INK = 32  # grey level: fainter pixels do not count for a digit's bounding box


def thinned(drawings: Sequence[Drawing], rng: np.random.Generator) -> list[Drawing]:
    """Return drawings with every second, third, fourth or sixth point of their strokes, one of these for each drawing.

    A fast hand and a busy machine leave as few. The first and the last point of a stroke are kept.
    """
    steps = rng.choice(_KEPT, len(drawings))
    return [
        Drawing(tuple(_every(stroke, int(step), int(rng.integers(step))) for stroke in drawing.strokes))
        for drawing, step in zip(drawings, steps, strict=True)
    ]


def _every(stroke: NDArray[np.float32], step: int, first: int) -> NDArray[np.float32]:
    """Return every ``step``-th point of a stroke (n, 3), from index ``first`` on, and its two ends."""
    inner = np.arange(first, len(stroke), step)
    kept: NDArray[np.float32] = stroke[np.union1d(inner, [0, len(stroke) - 1]).astype(np.intp)]
    return kept


def soft(
    dataset: Dataset, rng: np.random.Generator, tick: Callable[[], object] = bool, most: int = MAX_SOFT
) -> Dataset:
    """Return images as they are read from pictures of few pixels, enlarged; empty ones are left out.

    Each image is reduced to 7 to 12 pixels a side, enlarged by one of the usual filters, and read as a picture; in half
    of them, strokes are widened before.

    Parameters
    ----------
    tick
        Called before each image; an exception that it raises ends this.
    most
        So many images are taken at random.
    """
    rows = np.sort(rng.permutation(len(dataset))[:most])
    chosen, found = dataset[rows], list[NDArray[np.uint8] | None]()
    for image in chosen.images.reshape(-1, SIZE, SIZE):
        tick()
        found.append(_read(small_picture(image, rng)) if image.max(initial=0) > _MIN_INK else None)
    kept = [index for index, image in enumerate(found) if image is not None]
    images = np.array([found[index] for index in kept], np.uint8).reshape(-1, N_PIXELS)
    return replace(chosen[np.array(kept, np.intp)], images=images)


def _read(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the (28, 28) image of a picture that holds nothing but a digit, as ``picture.read`` does in 19 of 20."""
    ink = foreground.find(planes.plane(pixels, picture.MAX_SIDE))  # no search for lines and edges: half the time
    return None if ink is None else picture.image_of(ink)


def small_picture(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture (H, H), dark on light, of an image (28, 28) that was reduced to few pixels and enlarged."""
    if rng.random() < _THICK:
        image = _widened(image, rng.uniform())
    digit = image[connected_components.box(image > _MIN_INK)]
    n = int(rng.integers(_LEAST, _MOST + 1))
    side = n + int(rng.choice(_MARGIN))
    unit = max(digit.shape) / (n - rng.uniform(0, 1))  # pixels of the image for one of the small picture
    padded = Image.fromarray(np.pad(digit, int(side * unit) + 1))
    window = side * unit  # the digit lies in it at random
    left, top = (
        int(side * unit) + 1 - rng.uniform(0, max(window - length, 0)) for length in (digit.shape[1], digit.shape[0])
    )
    reduced = padded.resize((side, side), Image.Resampling.BOX, (left, top, left + window, top + window))
    small = np.asarray(reduced).astype(np.float32)
    if rng.random() < 0.5:
        small = np.rint(small * np.float32(_LEVELS / 255)) * np.float32(255 / _LEVELS)
    times = rng.uniform(*_ENLARGED)
    large = side * round(times) if rng.random() < _WHOLE else round(side * times)
    light = Image.fromarray(255 - np.rint(small).astype(np.uint8))
    return np.asarray(light.resize((large, large), _FILTERS[int(rng.integers(len(_FILTERS)))]))


def _widened(image: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Return an image (28, 28), padded, whose strokes are wider by twice a share of a pixel."""
    padded = np.pad(image, 1)
    widest = np.asarray(Image.fromarray(padded).filter(ImageFilter.MaxFilter(3)))
    return np.rint(padded + np.float32(share) * (widest.astype(np.float32) - padded)).astype(np.uint8)
