"""Deformation: each time a digit is learned from, it looks a little different, as if written anew.

Affine (rotation, slant, proportions), elastic (Simard, Steinkraus and Platt, 2003), and a broader or finer pen, for a
whole batch at a time. All changes but the pen's are one field of displacements: a digit is resampled only once. Its
size and place are those of MNIST's geometry afterwards, or a little off: that is all there is of scale and shift.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX, N_PIXELS, SIZE
from core.preprocessing import geometry

Floats = NDArray[np.float32]

_PADDED = SIZE + 2  # a frame of paper around the image: what comes from outside it is paper
_BLOCK = 64  # digits resampled together: more no longer fit the processor's cache
_KNOTS = 8  # of the elastic field, along either side
_INK = 64  # grey levels: what is fainter does not count for a digit's box


@dataclass(frozen=True)
class Deformation:
    """How far digits stray: each is drawn evenly from ± its value, but for ``elastic``, a standard deviation.

    Attributes
    ----------
    rotation : degrees
    scale, aspect : natural logarithm of a factor
        Of the size, and of width : height.
    slant : tangent of the angle
    shift : pixels
        In x and in y, against MNIST's place.
    elastic : pixels
        The displacement of a point, in x and in y. Neighbouring points share theirs: see ``smoothness``.
    smoothness : pixels
        σ of the Gaussian that smooths the elastic field.
    pen : pixels
        By which a stroke's edges move outwards or inwards; at most 1.
    """

    rotation: float = 10.0
    scale: float = 0.10
    aspect: float = 0.12
    slant: float = 0.15
    shift: float = 1.0
    elastic: float = 1.0
    smoothness: float = 5.0
    pen: float = 0.5

    def times(self, strength: float) -> "Deformation":
        """Return the same deformation, ``strength`` times as far."""
        names = ("rotation", "scale", "aspect", "slant", "shift", "elastic", "pen")
        return replace(self, **{name: getattr(self, name) * strength for name in names})


class Augmenter:
    """Deforms batches of images; keeps its buffers, so that a step of training allocates nothing large."""

    def __init__(self, deformation: Deformation) -> None:
        self.deformation = deformation
        shape = (_BLOCK, N_PIXELS)
        self._x, self._y, self._upper, self._lower, self._other = (np.empty(shape, np.float32) for _ in range(5))
        self._column, self._row = (np.empty(shape, np.intp) for _ in range(2))
        self._paper = np.zeros((_BLOCK, _PADDED, _PADDED), np.float32)
        self._first = np.arange(_BLOCK)[:, np.newaxis] * _PADDED**2

    def deform(self, images: NDArray[np.uint8], rng: np.random.Generator, out: Floats) -> Floats:
        """Write deformed images (N, 784), of 0 to 255, into ``out`` (N, 784), and return it."""
        for start in range(0, len(images), _BLOCK):
            block = slice(start, start + _BLOCK)
            self._put(images[block], rng)
            self._seek(images[block], rng)
            self._resample(out[block])
        return out

    def _put(self, images: NDArray[np.uint8], rng: np.random.Generator) -> None:
        """Put images into the frames of paper, their strokes broader or finer."""
        n = len(images)
        pens = (self.deformation.pen * rng.uniform(-1, 1, n)).clip(-1, 1).astype(np.float32)
        inside = self._paper[:n, 1:-1, 1:-1]
        squares = images.reshape(-1, SIZE, SIZE)
        inside[...] = squares
        for chosen, extreme in ((pens > 0, np.maximum), (pens <= 0, np.minimum)):
            ink = squares[chosen]
            moved = ink.copy()
            for here, there in _NEIGHBOURS:
                extreme(moved[here], ink[there], out=moved[here])
            share = np.abs(pens[chosen])[:, np.newaxis, np.newaxis]
            inside[chosen] += share * (moved.astype(np.float32) - ink)

    def _seek(self, images: NDArray[np.uint8], rng: np.random.Generator) -> None:
        """Find where in the padded image each pixel of the deformed one comes from, as x and y (B, 784).

        The deformed digit is put into MNIST's geometry again, as is every digit that a network is asked about.
        """
        n, d = len(images), self.deformation
        x, y, there_x, there_y, weights = (
            buffer[:n] for buffer in (self._x, self._y, self._upper, self._lower, self._other)
        )
        knots = rng.standard_normal((2, n, _KNOTS**2), dtype=np.float32) * np.float32(d.elastic)
        np.matmul(knots[0], _bumps(d.smoothness), out=x)
        np.matmul(knots[1], _bumps(d.smoothness), out=y)
        back = _matrices(n, d, rng)
        # Where each pixel goes, to first order: the field is smooth, and the matrices are near to one.
        _transform(np.linalg.inv(back), _GRID_X - x, _GRID_Y - y, there_x, there_y, weights)
        weights[...] = images
        inked = images > _INK
        places, extents = zip(*(_place(there, inked, weights) for there in (there_x, there_y)), strict=True)
        size = np.maximum(*extents) / np.float32(BOX) * np.exp(d.scale * rng.uniform(-1, 1, n))
        back *= size.astype(np.float32)[:, np.newaxis, np.newaxis]
        jitter = (d.shift * rng.uniform(-1, 1, (2, n)) + geometry.CENTRE - _MIDDLE).astype(np.float32)
        left, top = (place / size - shift for place, shift in zip(places, jitter, strict=True))
        grid_x, grid_y = (
            (grid + start.astype(np.float32)[:, np.newaxis]) for grid, start in ((_GRID_X, left), (_GRID_Y, top))
        )
        _transform(back, grid_x, grid_y, there_x, there_y, weights)
        for source, there in ((x, there_x), (y, there_y)):
            source += there
            source += np.float32(_MIDDLE + 1)
            np.clip(source, 0, _PADDED - 1.001, out=source)

    def _resample(self, out: Floats) -> None:
        """Read each pixel of ``out`` (B, 784) at its source, between the four pixels around it."""
        n = len(out)
        x, y, upper, lower, other = (buffer[:n] for buffer in (self._x, self._y, self._upper, self._lower, self._other))
        column, row = self._column[:n], self._row[:n]
        column[...] = x  # cuts off what is behind the point, and so rounds down
        row[...] = y
        x -= column
        y -= row
        row *= _PADDED
        row += column
        row += self._first[:n]
        pixels = self._paper.reshape(-1)
        _between(pixels, row, x, upper, other)
        row += _PADDED
        _between(pixels, row, x, lower, other)
        lower -= upper
        lower *= y
        np.add(upper, lower, out=out)


def _transform(matrices: Floats, x: Floats, y: Floats, out_x: Floats, out_y: Floats, scratch: Floats) -> None:
    """Write matrices (B, 2, 2) times points (B, 784) into ``out_x`` and ``out_y``."""
    for row, out in ((0, out_x), (1, out_y)):
        np.multiply(x, matrices[:, row, :1], out=out)
        out += np.multiply(y, matrices[:, row, 1:], out=scratch)


def _place(there: Floats, inked: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Return the centres of mass (B,) and the extents (B,), in pixels, of ink at the places (B, 784)."""
    far = np.where(inked, there, np.float32(SIZE)).min(axis=1), np.where(inked, there, np.float32(-SIZE)).max(axis=1)
    centre = np.einsum("np,np->n", there, weights) / np.maximum(weights.sum(axis=1), 1)
    return centre, np.maximum(far[1] - far[0] + 1, 1)


_NEIGHBOURS = tuple(
    ((slice(None), *here), (slice(None), *there))
    for here, there in (
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
    )
)
"""Pairs of slices of a batch of images: where a pixel is, and where one of its four neighbours."""


def _between(pixels: Floats, at: NDArray[np.intp], share: Floats, out: Floats, scratch: Floats) -> None:
    """Write into ``out`` the values ``share`` of the way from the pixels ``at`` to those on their right."""
    # mode="clip" lets take() write straight into the buffer; with "raise" it goes through a copy.
    np.take(pixels, at, out=out, mode="clip")
    np.take(pixels[1:], at, out=scratch, mode="clip")
    scratch -= out
    scratch *= share
    out += scratch


def _matrices(n: int, d: Deformation, rng: np.random.Generator) -> Floats:
    """Return the matrices (N, 2, 2) from deformed digits to their originals: proportions, then slant, then rotation."""
    turn, aspect, slant = rng.uniform(-1, 1, (3, n))
    turn, aspect, lean = np.deg2rad(d.rotation) * turn, np.exp(d.aspect * aspect / 2), d.slant * slant
    cos, sin = np.cos(turn), np.sin(turn)
    rows = [cos * aspect, (cos * lean - sin) / aspect, sin * aspect, (sin * lean + cos) / aspect]
    return np.stack(rows, axis=1).reshape(n, 2, 2).astype(np.float32)


@cache
def _bumps(smoothness: float) -> Floats:
    """Return a Gaussian bump about each knot (64, 784).

    White noise at the knots gives a field that differs from smoothed white noise at each pixel, Simard's, only where
    the Gaussian is narrower than the knots are apart, but takes a twelfth of the random numbers. The field's deviation
    is 1.
    """
    pixels = np.arange(SIZE) - _MIDDLE
    knots = np.linspace(pixels[0] - 2, pixels[-1] + 2, _KNOTS)
    bumps = np.exp(-((knots[:, np.newaxis] - pixels) ** 2) / (2 * smoothness**2))
    bumps /= np.sqrt((bumps**2).sum(axis=0))
    fields: Floats = np.einsum("iy,jx->ijyx", bumps, bumps).reshape(-1, N_PIXELS).astype(np.float32)
    return fields


_MIDDLE = (SIZE - 1) / 2
_GRID_X = np.tile(np.arange(SIZE, dtype=np.float32) - np.float32(_MIDDLE), SIZE)
_GRID_Y = np.repeat(np.arange(SIZE, dtype=np.float32) - np.float32(_MIDDLE), SIZE)
"""The pixels' coordinates (784,), from the middle of the frame."""
