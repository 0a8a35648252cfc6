"""Data augmentation: digit images with random deformations, new ones each time an image is used.

Affine (rotation, slant, aspect ratio), elastic (Simard, Steinkraus and Platt, 2003) and stroke width, for a whole batch
at a time. All changes except the stroke width form one displacement field: each image is resampled once. The result is
normalised to MNIST's geometry again; ``scale`` and ``shift`` are deviations from it.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.digits import BOX, N_PIXELS, SIZE
from core.preprocessing import geometry

Floats = NDArray[np.float32]

_PADDED = SIZE + 2  # with a border of background: pixels from outside the image are background
_BLOCK = 64  # images resampled together: more do not fit the processor's cache
_KNOTS = 8  # of the elastic field, along each side
_INK = 64  # grey level: fainter pixels do not count for a digit's bounding box


@dataclass(frozen=True)
class Deformation:
    """Ranges of the random changes: uniform in ± the value, except ``elastic``, which is a standard deviation.

    Attributes
    ----------
    rotation : degrees
    scale, aspect : natural logarithm of a factor
        Of the size, and of width : height.
    slant : tangent of the angle
    shift : pixels
        In x and in y, from the position in MNIST's geometry.
    elastic : pixels
        Displacement of a point, in x and in y; neighbouring points have similar ones, see ``smoothness``.
    smoothness : pixels
        σ of the Gaussian that smooths the elastic field.
    pen : pixels
        Displacement of a stroke's edges, outwards or inwards; at most 1.
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
        """Return the deformation with all ranges multiplied by ``strength``."""
        names = ("rotation", "scale", "aspect", "slant", "shift", "elastic", "pen")
        return replace(self, **{name: getattr(self, name) * strength for name in names})


class Augmenter:
    """Deforms batches of images. Its buffers are reused: a training step allocates nothing large."""

    def __init__(self, deformation: Deformation) -> None:
        self.deformation = deformation
        shape = (_BLOCK, N_PIXELS)
        self._x, self._y, self._upper, self._lower, self._scratch = (np.empty(shape, np.float32) for _ in range(5))
        self._column, self._row = (np.empty(shape, np.intp) for _ in range(2))
        self._padded = np.zeros((_BLOCK, _PADDED, _PADDED), np.float32)
        self._first = np.arange(_BLOCK)[:, np.newaxis] * _PADDED**2

    def deform(self, images: NDArray[np.uint8], rng: "np.random.Generator", out: Floats) -> Floats:
        """Write deformed images (N, 784), in [0, 255], into ``out`` (N, 784), and return it."""
        for start in range(0, len(images), _BLOCK):
            block = slice(start, start + _BLOCK)
            self._pad(images[block], rng)
            self._find_sources(images[block], rng)
            self._resample(out[block])
        return out

    def _pad(self, images: NDArray[np.uint8], rng: "np.random.Generator") -> None:
        """Write images (B, 784) into the padded buffer, with thicker or thinner strokes."""
        n = len(images)
        offsets = (self.deformation.pen * rng.uniform(-1, 1, n)).clip(-1, 1).astype(np.float32)
        inside = self._padded[:n, 1:-1, 1:-1]
        squares = images.reshape(-1, SIZE, SIZE)
        inside[...] = squares
        for chosen, extreme in ((offsets > 0, np.maximum), (offsets <= 0, np.minimum)):
            original = squares[chosen]
            grown = original.copy()
            for pixel, neighbour in _NEIGHBOURS:
                extreme(grown[pixel], original[neighbour], out=grown[pixel])
            share = np.abs(offsets[chosen])[:, np.newaxis, np.newaxis]
            inside[chosen] += share * (grown.astype(np.float32) - original)

    def _find_sources(self, images: NDArray[np.uint8], rng: "np.random.Generator") -> None:
        """Compute the position in the padded image that each output pixel is read from, as x and y (B, 784).

        The deformed digit is normalised to MNIST's geometry, as every digit is before recognition.
        """
        n, d = len(images), self.deformation
        x, y, target_x, target_y, weights = (
            buffer[:n] for buffer in (self._x, self._y, self._upper, self._lower, self._scratch)
        )
        knots = rng.standard_normal((2, n, _KNOTS**2), dtype=np.float32) * np.float32(d.elastic)
        np.matmul(knots[0], _elastic_basis(d.smoothness), out=x)
        np.matmul(knots[1], _elastic_basis(d.smoothness), out=y)
        inverse = _inverse_matrices(n, d, rng)
        # Target positions of the pixels, to first order: the field is smooth, and the matrices are close to identity.
        _transform(np.linalg.inv(inverse), _GRID_X - x, _GRID_Y - y, target_x, target_y, weights)
        weights[...] = images
        has_ink = images > _INK
        centres, extents = zip(
            *(_centre_and_extent(target, has_ink, weights) for target in (target_x, target_y)), strict=True
        )
        size = np.maximum(*extents) / np.float32(BOX) * np.exp(d.scale * rng.uniform(-1, 1, n))
        inverse *= size.astype(np.float32)[:, np.newaxis, np.newaxis]
        jitter = (d.shift * rng.uniform(-1, 1, (2, n)) + geometry.CENTRE - _MIDDLE).astype(np.float32)
        left, top = (centre / size - shift for centre, shift in zip(centres, jitter, strict=True))
        grid_x, grid_y = (
            (grid + start.astype(np.float32)[:, np.newaxis]) for grid, start in ((_GRID_X, left), (_GRID_Y, top))
        )
        _transform(inverse, grid_x, grid_y, target_x, target_y, weights)
        for source, target in ((x, target_x), (y, target_y)):
            source += target
            source += np.float32(_MIDDLE + 1)
            np.clip(source, 0, _PADDED - 1.001, out=source)

    def _resample(self, out: Floats) -> None:
        """Write each pixel of ``out`` (B, 784), by bilinear interpolation at its source position."""
        n = len(out)
        x, y, upper, lower, scratch = (
            buffer[:n] for buffer in (self._x, self._y, self._upper, self._lower, self._scratch)
        )
        column, row = self._column[:n], self._row[:n]
        column[...] = x  # the conversion to an integer rounds down
        row[...] = y
        x -= column
        y -= row
        row *= _PADDED
        row += column
        row += self._first[:n]
        pixels = self._padded.reshape(-1)
        _interpolate(pixels, row, x, upper, scratch)
        row += _PADDED
        _interpolate(pixels, row, x, lower, scratch)
        lower -= upper
        lower *= y
        np.add(upper, lower, out=out)


def _transform(matrices: Floats, x: Floats, y: Floats, out_x: Floats, out_y: Floats, scratch: Floats) -> None:
    """Write the products of matrices (B, 2, 2) and points (B, 784) into ``out_x`` and ``out_y``."""
    for row, out in ((0, out_x), (1, out_y)):
        np.multiply(x, matrices[:, row, :1], out=out)
        out += np.multiply(y, matrices[:, row, 1:], out=scratch)


def _centre_and_extent(positions: Floats, has_ink: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Return centre of mass (B,) and extent (B,), in pixels, of ink at positions (B, 784) along one axis."""
    lowest = np.where(has_ink, positions, np.float32(SIZE)).min(axis=1)
    highest = np.where(has_ink, positions, np.float32(-SIZE)).max(axis=1)
    centre = np.einsum("np,np->n", positions, weights) / np.maximum(weights.sum(axis=1), 1)
    return centre, np.maximum(highest - lowest + 1, 1)


_NEIGHBOURS = tuple(
    ((slice(None), *pixel), (slice(None), *neighbour))
    for pixel, neighbour in (
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
    )
)
"""Pairs of slices of a batch of images: pixels, and one of their four neighbours."""


def _interpolate(pixels: Floats, index: NDArray[np.intp], share: Floats, out: Floats, scratch: Floats) -> None:
    """Write into ``out`` the values at ``share`` of the way from the pixels at ``index`` to their right neighbours."""
    # mode="clip" lets take() write straight into the buffer; "raise" makes a copy first.
    np.take(pixels, index, out=out, mode="clip")
    np.take(pixels[1:], index, out=scratch, mode="clip")
    scratch -= out
    scratch *= share
    out += scratch


def _inverse_matrices(n: int, d: Deformation, rng: "np.random.Generator") -> Floats:
    """Return matrices (N, 2, 2) from deformed digits to the originals: aspect ratio, then slant, then rotation."""
    angle, aspect, slant = rng.uniform(-1, 1, (3, n))
    angle, aspect, slant = np.deg2rad(d.rotation) * angle, np.exp(d.aspect * aspect / 2), d.slant * slant
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [cos * aspect, (cos * slant - sin) / aspect, sin * aspect, (sin * slant + cos) / aspect]
    return np.stack(rows, axis=1).reshape(n, 2, 2).astype(np.float32)


@cache
def _elastic_basis(smoothness: float) -> Floats:
    """Return a Gaussian around each knot (64, 784); white noise at the knots gives a field of standard deviation 1.

    Simard's field, smoothed white noise at every pixel, needs 12 times as many random numbers. The two differ only
    where the Gaussian is narrower than the distance between knots.
    """
    pixels = np.arange(SIZE) - _MIDDLE
    knots = np.linspace(pixels[0] - 2, pixels[-1] + 2, _KNOTS)
    gaussians = np.exp(-((knots[:, np.newaxis] - pixels) ** 2) / (2 * smoothness**2))
    gaussians /= np.sqrt((gaussians**2).sum(axis=0))
    fields: Floats = np.einsum("iy,jx->ijyx", gaussians, gaussians).reshape(-1, N_PIXELS).astype(np.float32)
    return fields


_MIDDLE = (SIZE - 1) / 2
_GRID_X = np.tile(np.arange(SIZE, dtype=np.float32) - np.float32(_MIDDLE), SIZE)
_GRID_Y = np.repeat(np.arange(SIZE, dtype=np.float32) - np.float32(_MIDDLE), SIZE)
"""Coordinates (784,) of the pixels, relative to the middle of the image."""
