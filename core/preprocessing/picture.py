"""Pictures: from the pixels of a page to the 28×28 pixels of a network's input.

The writing is separated from what else is on the page (``writing``). Strokes thinner or thicker than MNIST's get
the width of those (``stroke_width``). The digit's bounding box is reduced by area averaging to a longer side of 20
pixels and centred like every digit (``geometry``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX
from core.preprocessing import connected_components, foreground, geometry, planes, resampling, stroke_width, writing
from core.preprocessing.writing import Writing

MAX_SIDE = 1024
"""Height and width, in pixels, above which a picture is first reduced by whole blocks."""
_WORKING_SIDE = 140  # px: the longer side of a digit whose stroke width is changed
_STEEPNESS = 2.0  # of a stroke's edge, before its width is measured: the shades of soft edges are also noise


@dataclass(frozen=True, eq=False)
class Piece:
    """One component of the writing in a picture, or several: its image, and its place.

    Attributes
    ----------
    image : (28, 28) uint8
        In MNIST's geometry; 0 is the background, 255 ink.
    box
        Left, top, right, bottom, in pixels of the picture.
    """

    image: NDArray[np.uint8]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Pieces:
    """The components of the writing in a picture, which belong to one digit or to several.

    Attributes
    ----------
    boxes : (N, 4) float32
        Of their strokes' centre lines: left, top, right, bottom, in one unit.
    points : N arrays (m, 2)
        Points of their strokes' centre lines, in the same unit.
    """

    boxes: NDArray[np.float32]
    points: list[NDArray[np.float32]]
    _writing: Writing
    _scale: int
    _made: dict[tuple[int, ...], Piece] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._writing)

    def joined(self, members: Sequence[int]) -> Piece:
        """Return components as one digit; what was joined before is kept."""
        key = tuple(members)
        if key not in self._made:
            left, top, right, bottom = (side * self._scale for side in self._writing.box(members))
            self._made[key] = Piece(image_of(self._writing.part(members)), (left, top, right, bottom))
        return self._made[key]

    def cuts(self, members: Sequence[int]) -> Iterator["Pieces"]:
        """Yield the pieces of components, cut where they are thin: first at the thinnest places, then at more."""
        for cut in self._writing.cuts(members):
            yield Pieces(cut.centre_boxes(), cut.centre_points(), cut, self._scale)


def pieces(pixels: NDArray[np.uint8]) -> Pieces | None:
    """Return the components of the writing in a picture, or None if nothing is there.

    Parameters
    ----------
    pixels : (H, W), (H, W, 3) or (H, W, 4)
        Grey values, or red, green and blue, or these and a straight alpha channel.
    """
    found = writing.find(planes.plane(pixels, MAX_SIDE))
    if found is None:
        return None
    scale = max(1, -(-max(pixels.shape[:2]) // MAX_SIDE))
    return Pieces(found.centre_boxes(), found.centre_points(), found, scale)


def read(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the (28, 28) image of the digit in a picture, as for ``pieces``, or None if nothing is there.

    0 is the background and 255 ink, as in MNIST, for dark ink on light ground and for light on dark.
    """
    found = pieces(pixels)
    return None if found is None else found.joined(range(len(found))).image


def image_of(ink: foreground.Ink) -> NDArray[np.uint8]:
    """Return the (28, 28) image of the ink of one digit.

    A digit on a clean background with strokes as wide as MNIST's keeps its shades; of any other, ``stroke_width``
    changes the strokes.
    """
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
