"""Synthetic digits: a source of data without a network and without data files.

Each drawing is a random variation of a hand-typed template (``core.synthetic.templates``); each image has its own pen
width.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES
from core.preprocessing import ink
from core.synthetic import templates
from core.synthetic.templates import Floats, Template


@dataclass(frozen=True)
class Variation:
    """How much drawings differ from their template: standard deviations, with lengths in digit heights.

    Chosen by the accuracy on real digits of a network trained on synthetic digits alone. A third more or less of any
    single value changes it by some tenths of a percentage point.
    """

    slant: float = 0.22  # shear: handwriting leans by up to 30° ...
    slant_mean: float = 0.08  # ... and to the right more often than to the left
    rotation: float = 0.10  # radians
    aspect: float = 0.24  # of the logarithm of width : height
    jitter: float = 0.052  # of the points of a template, correlated between neighbours: changes the shape
    stroke_shift: float = 0.03  # of a stroke against the others: bars that miss, circles that do not close
    warp: float = 0.045  # amplitude of each of two waves that bend the whole digit
    overshoot: float = 0.04  # of a stroke's ends, as a share of its length; 0.07 costs 0.7 %
    pen_median: float = 2.6  # px in the image
    pen_spread: float = 0.30  # of the logarithm of the pen's width
    pen_range: tuple[float, float] = (1.4, 5.5)  # px: from a hairline to a marker that fills the loops


VARIATION = Variation()
NO_VARIATION = Variation(0, 0, 0, 0, 0, 0, 0, 0)

_WAVE = 3.0  # radians per digit height: a typical wavelength of two digit heights bends a digit without ripples


def draw(n: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images (n, 28, 28) of n digits in MNIST's geometry and their labels (n,), balanced and shuffled."""
    digits, labels = drawings(n, rng)
    return ink.render_all(digits, pens(n, rng), curves=False), labels


def pens(n: int, rng: np.random.Generator) -> Floats:
    """Return the pen widths (n,) of n images, in pixels."""
    widths = VARIATION.pen_median * np.exp(rng.normal(0, VARIATION.pen_spread, n))
    return widths.clip(*VARIATION.pen_range)


def drawings(n: int, rng: np.random.Generator) -> tuple[list[ink.Drawing], NDArray[np.uint8]]:
    """Return n digits as strokes and their labels (n,), balanced to within one and shuffled."""
    labels = rng.permutation(np.arange(n) % N_CLASSES).astype(np.uint8)
    counts = np.bincount([template.digit for template in templates.digits()], minlength=N_CLASSES)
    first = np.cumsum(counts) - counts
    chosen = first[labels] + rng.integers(counts[labels])
    digits = np.empty(n, dtype=object)
    for number, template in enumerate(templates.digits()):
        where = np.flatnonzero(chosen == number)
        digits[where] = write(template, len(where), rng)
    return digits.tolist(), labels


def write(template: Template, n: int, rng: np.random.Generator, variation: Variation = VARIATION) -> list[ink.Drawing]:
    """Return n drawings of one template, varied independently."""
    jitter = template.smoothing @ _normal(rng, variation.jitter, n, len(template.points), 2)
    shift = _normal(rng, variation.stroke_shift, n, len(template.starts) + 1, 2)[:, template.owner]
    lines: Floats = template.curve @ (template.points + jitter + shift)
    strokes = [_overshoot(stroke, rng, variation) for stroke in np.split(lines, template.starts, axis=1)]
    return distort(np.concatenate(strokes, axis=1), template.starts, rng, variation)


def distort(
    lines: Floats, starts: NDArray[np.intp], rng: np.random.Generator, variation: Variation = VARIATION
) -> list[ink.Drawing]:
    """Return n drawings of lines (n, S, 2), bent, slanted and rotated independently.

    ``starts`` are the indices in the lines at which the second and later strokes begin; lengths are in digit heights,
    (0, 0) is the middle.
    """
    lines = _affine(_warp(lines, rng, variation), rng, variation)
    lines = np.concatenate([lines, np.ones_like(lines[:, :, :1])], axis=2)  # the third column is full pressure
    return [ink.Drawing(parts) for parts in zip(*np.split(lines, starts, axis=1), strict=True)]


def _normal(rng: np.random.Generator, deviation: float, *shape: int) -> Floats:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)


def _overshoot(stroke: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Return strokes (n, S, 2) that begin and end slightly early or late; beyond their ends they are straight."""
    n, n_samples, _ = stroke.shape
    early, late = _normal(rng, 1, 2, n, 1).clip(-2, 2) * np.float32(variation.overshoot)
    share = np.linspace(0, 1, n_samples, dtype=np.float32)
    at: Floats = (share * (1 + early + late) - early) * (n_samples - 1)
    before = np.floor(at).clip(0, n_samples - 2).astype(np.intp)
    row = np.arange(n)[:, np.newaxis]
    start, stop = stroke[row, before], stroke[row, before + 1]
    beyond: Floats = (at - before).astype(np.float32)[:, :, np.newaxis] * (stop - start)
    return start + beyond


def _warp(lines: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Bend lines (n, S, 2) by two waves; direction, wavelength and amplitude differ from digit to digit."""
    n = len(lines)
    for _ in range(2):
        phase = rng.uniform(0, 2 * np.pi, (n, 1, 2)).astype(np.float32)
        size = _normal(rng, variation.warp, n, 1, 2)
        lines = lines + size * np.sin(lines @ _normal(rng, _WAVE, n, 2, 2) + phase)
    return lines


def _affine(lines: Floats, rng: np.random.Generator, variation: Variation) -> Floats:
    """Change the aspect ratio of each of the lines (n, S, 2), then slant it, then rotate it."""
    width, lean, turn = _normal(rng, 1, 3, len(lines))
    width = np.exp(variation.aspect * width)
    lean = variation.slant_mean + variation.slant * lean
    cos, sin = np.cos(variation.rotation * turn), np.sin(variation.rotation * turn)
    # y points downwards: a lean to the right is a negative shear.
    rows = [width * cos, width * sin, -lean * cos - sin, cos - lean * sin]
    turned: Floats = lines @ np.stack(rows, axis=1).reshape(-1, 2, 2)
    return turned
