"""Paper: the ink in a picture told from its ground, on a clean canvas as on a photo with uneven light.

The ground is what most of the picture shows: one grey, or a surface that rises and falls slowly (shading, dark
corners). Ink is what stands out from it, dark on light or light on dark. Specks are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import connected_components, resampling

_OVERVIEW = 160  # px: the ground, and the digit's place, are looked for in a picture of this size
_SMALLEST = 16  # px: a smaller picture has no room for uneven light
_CONTRAST = 16.0  # grey levels: less than this between the lightest and the darkest is an empty page
_SAME = 0.5  # grey levels: on a canvas most of the ground differs by less from one grey, in a photo little of it
_DEGREE = 3  # of the polynomial that uneven light is taken for
_SURE = 5.0  # times the grain: what differs by more is ink
_STROKE = 0.4  # of full ink: what is fainter is no part of a stroke
_SPECK = 0.03  # of the largest part's area: what is smaller is left out
_DIGIT = 0.002  # of a photo's area: what is smaller is no digit
_FAINT = 0.008  # of full ink: what is fainter is not seen on a canvas
_COMPRESSED = 0.15  # the same where compression has left traces around the strokes
_TRACE = 4.0  # grey levels: many of such traces differ by less from the ground
_RIPPLES = 56  # px: a smaller digit has faint edges of its own that look like traces


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of one digit.

    Attributes
    ----------
    cover : (H, W) float32
        Ink in [0, 1], cut out with a margin.
    longest : int
        The longer side of the digit's box, about, in pixels.
    is_clean : bool
        Whether the ground is all of one grey, as on a canvas; otherwise there is grain among the ink.
    """

    cover: NDArray[np.float32]
    longest: int
    is_clean: bool


@dataclass(frozen=True, eq=False)
class _Overview:
    """What a small picture of the page shows: what the ground is like, and where on it the digit stands.

    Attributes
    ----------
    block : (int, int)
        Height and width of its pixels, in pixels of the page.
    ground : (h, w) float32
        What it would show without ink.
    ink : (h, w) float32
        By how much it differs from that, in the direction in which ink does.
    polarity : float
        That direction: 1 where the ink is lighter than the ground, -1 where it is darker.
    strokes, seen : (h, w) bool
        Where there is ink, and what is looked at: that and what surrounds it, but no specks.
    is_clean : bool
        As in ``Ink``.
    """

    block: tuple[int, int]
    ground: NDArray[np.float32]
    ink: NDArray[np.float32]
    polarity: float
    strokes: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    is_clean: bool


def find(page: NDArray[np.float32]) -> Ink | None:
    """Return the ink on a page (H, W) of grey values in [0, 255], or None where the page is empty."""
    if not page.size or float(np.ptp(page)) < _CONTRAST:
        return None
    overview = _survey(page)
    return None if overview is None else _cut(page, overview)


def _survey(page: NDArray[np.float32]) -> _Overview | None:
    """Return what a small picture of the page shows, or None where nothing stands out from the ground."""
    small, block = resampling.reduced(page, _OVERVIEW)
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    grey = np.median(border)
    is_clean = min(small.shape) < _SMALLEST or bool(np.mean(np.abs(page[::2, ::2] - grey) < _SAME) > 0.4)
    ground = np.full_like(small, grey) if is_clean else _surface(small)
    difference = small - ground
    least = max(_CONTRAST / 2, _SURE * _deviation(border - grey if is_clean else difference))
    outstanding = np.where(np.abs(difference) > least, difference, 0)
    # Grain and glints stand out as well, but ink does so more, and over a larger area.
    polarity = 1.0 if outstanding.sum() > 0 else -1.0
    ink, outstanding = difference * np.float32(polarity), outstanding * np.float32(polarity)
    if outstanding.max() <= 0:
        return None
    full = np.percentile(outstanding[outstanding > 0], 80)  # not the most: that may be a speck
    strokes = _strokes(ink > max(_STROKE * full, 0.8 * least), is_clean)
    seen = ~_apart(ink > max(_FAINT * full, _SAME), strokes) if is_clean else _spread(strokes, 2)
    return _Overview(block, ground, ink, polarity, strokes, seen, is_clean)


def _surface(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a smooth surface (H, W) through most of a picture; ink is left out step by step."""
    y, x = (np.vander(np.linspace(-1, 1, side), _DEGREE + 1, increasing=True) for side in small.shape)
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    terms = np.stack([np.outer(y[::2, i], x[::2, j]).ravel() for i, j in powers], axis=1)
    values = small[::2, ::2].ravel().astype(np.float64)
    is_ground = np.ones(len(values), dtype=bool)
    for _ in range(8):
        used = terms * is_ground[:, np.newaxis]
        factors = np.linalg.lstsq(used.T @ terms, used.T @ values, rcond=None)[0]
        left = values - terms @ factors
        is_ground = np.abs(left) < 2.5 * _deviation(left[is_ground]) + 0.5
    coefficients = np.zeros((_DEGREE + 1, _DEGREE + 1))
    coefficients[tuple(np.transpose(powers))] = factors
    return (y @ coefficients @ x.T).astype(np.float32)


def _deviation(values: NDArray[np.floating]) -> float:
    """Return the standard deviation of most values: that of a normal distribution with their median deviation."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _strokes(mask: NDArray[np.bool_], is_clean: bool) -> NDArray[np.bool_]:
    """Return the parts of a mask that are strokes: no specks, and nothing that enters a photo from outside."""
    numbers, n = connected_components.label(mask)
    areas = np.bincount(numbers.ravel(), minlength=n + 1)
    areas[0] = 0
    if not is_clean:
        inside = areas.copy()
        inside[np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])] = 0
        if inside.max() > _DIGIT * mask.size:
            areas = inside
    is_stroke: NDArray[np.bool_] = areas > _SPECK * areas.max()
    return is_stroke[numbers]


def _apart(faint: NDArray[np.bool_], strokes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the parts of faint ink, and what surrounds them, that do not touch the strokes."""
    numbers, n = connected_components.label(faint)
    touches = np.zeros(n + 1, dtype=bool)
    touches[numbers[strokes]] = True
    return _spread(faint & ~touches[numbers], 1) & ~(faint & touches[numbers])


def _cut(page: NDArray[np.float32], overview: _Overview) -> Ink:
    """Return the digit's ink at the page's own scale."""
    strokes, found = overview.strokes, connected_components.box(overview.strokes)
    margin = (
        2 + connected_components.longest(strokes) // 8
    )  # faint ink may reach beyond that by which the digit was found
    cuts, places = [], []
    for box, n, block, side in zip(found, strokes.shape, overview.block, page.shape, strict=True):
        # What is left of a block at the page's end belongs to the last one.
        cut = slice(max(box.start - margin, 0) * block, (box.stop + margin) * block if box.stop + margin < n else side)
        cuts.append(cut)
        places.append(((np.arange(cut.start, cut.stop) + 0.5) / block - 0.5).clip(0, n - 1))
    rows, columns = places
    ground = resampling.interpolated(resampling.interpolated(overview.ground, rows).T, columns).T
    ink = (page[tuple(cuts)] - ground) * np.float32(overview.polarity)
    strong = ink[ink > np.percentile(overview.ink[strokes], 80) / 2]
    full = np.percentile(strong, 98 if overview.is_clean else 90)  # grain makes some of it stronger than it is
    cover = (ink / np.float32(full)).clip(0, 1)
    if not overview.seen.all():
        cover *= overview.seen[np.rint(rows).astype(np.intp)[:, np.newaxis], np.rint(columns).astype(np.intp)]
    if overview.is_clean:
        cover[cover < (_COMPRESSED if _has_traces(ink, cover) else _FAINT)] = 0
    longest = max((box.stop - box.start) * block for box, block in zip(found, overview.block, strict=True))
    return Ink(cover, longest, overview.is_clean)


def _has_traces(ink: NDArray[np.float32], cover: NDArray[np.float32]) -> bool:
    """Return whether the ground around strokes ripples, as it does where a picture was compressed."""
    if max(ink.shape) < _RIPPLES:
        return False
    faint = ink <= _TRACE
    ripples = faint[:, 1:] & faint[:, :-1] & (np.abs(np.diff(ink, axis=1)) > _SAME)
    return bool(np.count_nonzero(ripples) > 0.03 * np.count_nonzero(cover > 0.5))


def _spread(mask: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """Return a mask grown by n pixels on all sides."""
    for _ in range(n):
        padded = np.pad(mask, 1)
        mask = np.logical_or.reduce([padded[1:-1], padded[:-2], padded[2:]])
        mask = np.logical_or.reduce([mask[:, 1:-1], mask[:, :-2], mask[:, 2:]])
    return mask
