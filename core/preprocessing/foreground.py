"""Foreground: the ink on a page, separated from its background, on a clean canvas or in a photo with uneven light.

The background is most of the picture: one grey, or a smooth surface (shading, dark corners). Ink differs from it, dark
on light or light on dark. Specks are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import connected_components, resampling

_OVERVIEW = 160  # px: the size of the reduced picture in which background and digit are located
_MIN_PHOTO = 16  # px: a smaller picture cannot show uneven light
_MIN_CONTRAST = 16.0  # grey levels between the lightest and the darkest: with less, the page is empty
_SAME_GREY = (
    0.5  # grey levels: on a canvas most of the background differs by less from one grey, in a photo little of it
)
_DEGREE = 3  # of the polynomial that models uneven light
_SIGNIFICANT = 5.0  # standard deviations of the noise: a larger difference is ink
_UNEXPLAINED = 0.08  # of the contrast: what a smooth surface leaves unexplained, if it is no background
_SOFT = 0.25  # of the contrast: a larger difference is soft ink
_NEAR = 3  # px: light changes little over this, ink does
_MIN_STROKE = 0.4  # of full ink: fainter ink does not belong to a stroke
_MIN_PART = 0.03  # of the largest component's area: a smaller one is a speck
MIN_DIGIT = 0.002  # of a photo's area: a smaller component is not a digit
_MIN_INK = 0.008  # of full ink: fainter ink on a canvas is invisible
_MIN_INK_COMPRESSED = 0.15  # the same where compression has left artefacts around the strokes
_ARTEFACT = 4.0  # grey levels: many such artefacts differ by less from the background
_MIN_RIPPLED = 56  # px: in a smaller digit, faint edges look like artefacts


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of one digit.

    Attributes
    ----------
    cover : (H, W) float32
        Ink in [0, 1], cropped with a margin.
    longest : int
        The longer side of the digit's bounding box, approximately, in pixels.
    is_clean : bool
        Whether the background is a single grey, as on a canvas; otherwise the ink is noisy.
    """

    cover: NDArray[np.float32]
    longest: int
    is_clean: bool


@dataclass(frozen=True, eq=False)
class Overview:
    """A reduced picture of the page, separated into background and ink.

    Attributes
    ----------
    block : (int, int)
        Height and width of its pixels, in pixels of the page.
    background : (h, w) float32
        Its grey values without ink.
    ink : (h, w) float32
        Its difference from the background; ink is positive.
    polarity : float
        1 if the ink is lighter than the background, -1 if it is darker.
    strokes, kept : (h, w) bool
        The strokes; and the strokes with their surroundings, without specks.
    is_clean : bool
        As in ``Ink``.
    is_soft : bool
        Whether strokes have such soft edges that their shades say little.
    """

    block: tuple[int, int]
    background: NDArray[np.float32]
    ink: NDArray[np.float32]
    polarity: float
    strokes: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    is_clean: bool
    is_soft: bool = False


def find(page: NDArray[np.float32]) -> Ink | None:
    """Return the ink on a page (H, W) of grey values in [0, 255], or None if the page is empty."""
    overview = survey(page)
    return None if overview is None else cropped(page, overview)


def survey(page: NDArray[np.float32]) -> Overview | None:
    """Return the overview of a page (H, W) of grey values in [0, 255], or None if nothing differs from its ground."""
    if not page.size or float(np.ptp(page)) < _MIN_CONTRAST:
        return None
    small, block = resampling.reduced(page, _OVERVIEW)
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    grey = np.median(border)
    is_clean = min(small.shape) < _MIN_PHOTO or bool(np.mean(np.abs(page[::2, ::2] - grey) < _SAME_GREY) > 0.4)
    background = np.full_like(small, grey) if is_clean else _surface(small)
    difference = small - background
    noise, is_soft = _deviation(border - grey if is_clean else difference), False
    if not is_clean and noise > _UNEXPLAINED * float(np.ptp(small)):
        # No light falls like that: soft ink covers much of the page, as in a small picture that was enlarged.
        is_soft = is_clean = True
        grey, noise = _commonest(small), _SOFT * float(np.ptp(small)) / _SIGNIFICANT
        background = np.full_like(small, grey)
        difference = small - background
    least = max(_MIN_CONTRAST / 2, _SIGNIFICANT * noise)
    outstanding = np.where(np.abs(difference) > least, difference, 0)
    # Noise and glints are outstanding too, but ink is more so, and over a larger area; and light has no edges.
    weights = np.float32(1) if is_clean else _steepness(small)
    polarity = 1.0 if (outstanding * weights).sum() > 0 else -1.0
    ink, outstanding = difference * np.float32(polarity), outstanding * np.float32(polarity)
    if outstanding.max() <= 0:
        return None
    full = np.percentile(outstanding[outstanding > 0], 80)  # not the maximum, which may be a speck
    strokes = _strokes(ink > max(_MIN_STROKE * full, 0.8 * least), is_clean)
    kept = ~_detached(ink > max(_MIN_INK * full, _SAME_GREY), strokes) if is_clean else dilated(strokes, 2)
    return Overview(block, background, ink, polarity, strokes, kept, is_clean, is_soft)


def _steepness(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much the grey values of a picture (H, W) differ from those around them."""
    around = small
    for _ in range(2):
        around = _spread(_spread(around).T).T
    steepness: NDArray[np.float32] = np.abs(small - around)
    return steepness


def _spread(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means of values (H, W) over rows up to ``_NEAR`` apart."""
    padded = np.pad(values, ((_NEAR + 1, _NEAR), (0, 0)), mode="edge").cumsum(axis=0, dtype=np.float64)
    means: NDArray[np.float32] = ((padded[2 * _NEAR + 1 :] - padded[: -2 * _NEAR - 1]) / (2 * _NEAR + 1)).astype(
        np.float32
    )
    return means


def _commonest(small: NDArray[np.float32]) -> np.float32:
    """Return the commonest grey of a picture, to a sixteenth of its contrast."""
    counts, edges = np.histogram(small, bins=16)
    at = int(counts.argmax())
    return np.float32((edges[at] + edges[at + 1]) / 2)


def _surface(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a smooth surface (H, W) fitted to the background of a picture; each iteration leaves out more ink."""
    y, x = (np.vander(np.linspace(-1, 1, side), _DEGREE + 1, increasing=True) for side in small.shape)
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    terms = np.stack([np.outer(y[::2, i], x[::2, j]).ravel() for i, j in powers], axis=1)
    values = small[::2, ::2].ravel().astype(np.float64)
    is_background = np.ones(len(values), dtype=bool)
    for _ in range(8):
        used = terms * is_background[:, np.newaxis]
        factors = np.linalg.lstsq(used.T @ terms, used.T @ values, rcond=None)[0]
        residuals = values - terms @ factors
        is_background = np.abs(residuals) < 2.5 * _deviation(residuals[is_background]) + 0.5
    coefficients = np.zeros((_DEGREE + 1, _DEGREE + 1))
    coefficients[tuple(np.transpose(powers))] = factors
    return (y @ coefficients @ x.T).astype(np.float32)


def _deviation(values: NDArray[np.floating]) -> float:
    """Return the standard deviation of a normal distribution with the same median absolute deviation as the values."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _strokes(mask: NDArray[np.bool_], is_clean: bool) -> NDArray[np.bool_]:
    """Return the components of a mask that are strokes: no specks, and nothing at the edges of a photo."""
    numbers, n = connected_components.label(mask)
    areas = np.bincount(numbers.ravel(), minlength=n + 1)
    areas[0] = 0
    if not is_clean:
        inside = areas.copy()
        inside[np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])] = 0
        if inside.max() > MIN_DIGIT * mask.size:
            areas = inside
    is_stroke: NDArray[np.bool_] = areas > _MIN_PART * areas.max()
    return is_stroke[numbers]


def _detached(faint: NDArray[np.bool_], strokes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the components of faint ink that do not touch the strokes, and their surroundings."""
    numbers, n = connected_components.label(faint)
    touches = np.zeros(n + 1, dtype=bool)
    touches[numbers[strokes]] = True
    return dilated(faint & ~touches[numbers], 1) & ~(faint & touches[numbers])


def cropped(page: NDArray[np.float32], overview: Overview) -> Ink:
    """Return the digit's ink at the page's own scale."""
    strokes, found = overview.strokes, connected_components.box(overview.strokes)
    margin = 2 + connected_components.longest(strokes) // 8  # faint ink may extend beyond the strokes
    crops, positions = [], []
    for box, n, block, side in zip(found, strokes.shape, overview.block, page.shape, strict=True):
        # An incomplete block at the end of the page belongs to the last whole one.
        crop = slice(max(box.start - margin, 0) * block, (box.stop + margin) * block if box.stop + margin < n else side)
        crops.append(crop)
        positions.append(((np.arange(crop.start, crop.stop) + 0.5) / block - 0.5).clip(0, n - 1))
    rows, columns = positions
    background = resampling.interpolated(resampling.interpolated(overview.background, rows).T, columns).T
    ink = (page[tuple(crops)] - background) * np.float32(overview.polarity)
    strong = ink[ink > np.percentile(overview.ink[strokes], 80) / 2]
    full = np.percentile(strong, 98 if overview.is_clean else 90)  # noise makes some of it too strong
    cover = (ink / np.float32(full)).clip(0, 1)
    if not overview.kept.all():
        cover *= overview.kept[np.rint(rows).astype(np.intp)[:, np.newaxis], np.rint(columns).astype(np.intp)]
    if overview.is_clean:
        cover[cover < (_MIN_INK_COMPRESSED if _has_artefacts(ink, cover) else _MIN_INK)] = 0
    longest = max((box.stop - box.start) * block for box, block in zip(found, overview.block, strict=True))
    return Ink(cover, longest, overview.is_clean and not overview.is_soft)


def _has_artefacts(ink: NDArray[np.float32], cover: NDArray[np.float32]) -> bool:
    """Return whether the background around strokes has ripples, as in a compressed picture."""
    if max(ink.shape) < _MIN_RIPPLED:
        return False
    faint = ink <= _ARTEFACT
    ripples = faint[:, 1:] & faint[:, :-1] & (np.abs(np.diff(ink, axis=1)) > _SAME_GREY)
    return bool(np.count_nonzero(ripples) > 0.03 * np.count_nonzero(cover > 0.5))


def dilated(mask: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """Return a mask dilated by n pixels on all sides."""
    for _ in range(n):
        padded = np.pad(mask, 1)
        mask = np.logical_or.reduce([padded[1:-1], padded[:-2], padded[2:]])
        mask = np.logical_or.reduce([mask[:, 1:-1], mask[:, :-2], mask[:, 2:]])
    return mask
