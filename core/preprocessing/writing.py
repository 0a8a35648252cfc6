"""The writing on a page: the components of its ink, without the printed lines and whatever else is on the paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import boxes, clutter, connected_components, foreground, resampling, ruling, sheet, stroke_width
from core.preprocessing.clutter import Components
from core.preprocessing.foreground import Ink, Overview

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_DETAIL = 640  # px: the size of the page on which components are told apart
_LEVEL = 0.45  # of full ink: the edge of a component
_FAINT = 0.15  # of full ink: less may be noise
_MIN_PART = 0.03  # of the largest component's area: a smaller one is a speck
_MIN_AREA = 1  # px
_AROUND = 3  # px around a component that belong to it: soft edges
_CUTS = (0.2, 0.3, 0.38, 0.45)  # of the stroke width: what is thinner than twice this may be where digits touch
_MIN_CORE = 0.06  # of the largest core: a smaller one is an end of a stroke
_SAMPLES = 160  # of one component
_BOXES = 3  # components that may be boxes with something that touches them

Survey = tuple[Overview, tuple[int, int], Floats, Floats, Components]


@dataclass(frozen=True, eq=False)
class Writing:
    """The writing on a page.

    Attributes
    ----------
    page : (H, W) float32
        Grey values, without clutter.
    overview : Overview
        Its background, polarity and strokes.
    block : (int, int)
        Height and width of a pixel of ``components``, in pixels of the page.
    ink : (h, w) float32
        The difference from the background, as in ``Overview``.
    components : Components
        In pixels of ``ink``.
    origin : (int, int)
        The page's left and top in the picture, in pixels of the page.
    is_cut : bool
        Whether these are not all components of the page, or pieces of components.
    """

    page: Floats
    overview: Overview
    block: tuple[int, int]
    ink: Floats
    components: Components
    origin: tuple[int, int] = (0, 0)
    is_cut: bool = False

    def __len__(self) -> int:
        return len(self.components.areas)

    @cached_property
    def width(self) -> float:
        """The mean stroke width, in pixels of ``ink``."""
        mask = self.components.numbers > 0
        return max(stroke_width.measured(mask[connected_components.box(mask)].astype(np.float32)), 1.0)

    def centre_boxes(self) -> Floats:
        """Return the boxes (n, 4) of the strokes' centre lines, in pixels of ``ink``."""
        boxes = self.components.boxes.astype(np.float32)
        inset = np.minimum((boxes[:, 2:] - boxes[:, :2]) / 2, np.float32(self.width / 2))
        boxes[:, :2] += inset
        boxes[:, 2:] -= inset
        return boxes

    def centre_points(self) -> list[Floats]:
        """Return points (m, 2) along the centre lines of each component: the middles of its narrow runs."""
        return [self._points(index, box) for index, box in enumerate(self.components.boxes.tolist())]

    def _points(self, index: int, box: list[int]) -> Floats:
        left, top, right, bottom = box
        mask = self.components.numbers[top:bottom, left:right] == index + 1
        across, down = _middles(mask, 1.7 * self.width), _middles(mask.T, 1.7 * self.width)[:, ::-1]
        points = np.concatenate([across, down])
        if not len(points):
            rows, columns = np.nonzero(mask)
            points = np.column_stack([columns, rows]) + 0.5
        every = -(-len(points) // _SAMPLES)
        moved: Floats = (points[::every] + np.array([left, top])).astype(np.float32)
        return moved

    def box(self, members: Sequence[int]) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom of components, in pixels of the page before it was cropped."""
        boxes = self.components.boxes[list(members)]
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        down, across = self.block
        left, top = self.origin
        return (
            float(low[0] * across + left),
            float(low[1] * down + top),
            float(high[0] * across + left),
            float(high[1] * down + top),
        )

    def _near(self, members: Sequence[int]) -> tuple[slice, slice]:
        """Return the rows and columns of components and their surroundings."""
        boxes, reach = self.components.boxes[list(members)], _AROUND + 1
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
        return slice(max(top - reach, 0), bottom + reach), slice(max(left - reach, 0), right + reach)

    def cuts(self, members: Sequence[int]) -> Iterator["Writing"]:
        """Yield the writing of components alone, cut where they are thinner than shares of the stroke width."""
        chosen = np.zeros(len(self) + 1, dtype=bool)
        chosen[np.asarray(members) + 1] = True
        rows, columns = connected_components.box(chosen[self.components.numbers])
        mask = np.pad(chosen[self.components.numbers[rows, columns]], 1)
        reach = int(self.width) + 2
        inside = stroke_width.distances(~mask, reach)
        n_before = len(members)
        for share in _CUTS:
            cores, n = connected_components.label(inside > max(share * self.width, 1.0))
            areas = np.bincount(cores.ravel(), minlength=n + 1)
            areas[0] = 0
            is_core = areas > _MIN_CORE * areas.max()
            if int(is_core.sum()) <= n_before:
                continue
            names = np.cumsum(is_core) * is_core
            grown = _grown(names[cores], mask, 2 * reach)[1:-1, 1:-1]
            numbers = np.zeros_like(self.components.numbers)
            numbers[rows, columns] = grown
            n_before = int(is_core.sum())
            areas = np.bincount(numbers.ravel(), minlength=n_before + 1)[1:]
            parts = Components(numbers, connected_components.boxes(numbers, n_before), areas, self.components.faint)
            yield replace(self, components=parts, is_cut=True)

    def part(self, members: Sequence[int]) -> Ink:
        """Return the ink of components; of all of them as ``foreground.find`` gives it."""
        if len(members) == len(self) and not self.is_cut:
            return foreground.cropped(self.page, self.overview)
        chosen = np.zeros(len(self) + 1, dtype=bool)
        chosen[np.asarray(members) + 1] = True
        strokes = chosen[self.components.numbers]
        kept = np.zeros_like(strokes)
        near = self._near(members)
        inside = strokes[near]
        others = (self.components.numbers[near] > 0) & ~inside
        kept[near] = foreground.dilated(inside, _AROUND) & ~foreground.dilated(others, 1) | inside
        height, width = self.ink.shape
        background = _at_detail(self.overview, height, width, self.block)
        overview = replace(
            self.overview, block=self.block, background=background, ink=self.ink, strokes=strokes, kept=kept
        )
        return foreground.cropped(self.page, overview)


def _grown(numbers: NDArray[np.intp], mask: Mask, n: int) -> NDArray[np.intp]:
    """Return numbers (H, W) that have grown into a mask by up to n pixels, whichever is first."""
    for _ in range(n):
        missing = mask & (numbers == 0)
        if not missing.any():
            break
        padded = np.pad(numbers, 1)
        near = np.maximum.reduce([padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]])
        numbers = np.where(missing, near, numbers)
    return numbers


def _middles(mask: Mask, longest: float) -> Floats:
    """Return the middles (m, 2), as column and row, of the runs in each row of a mask that are not longer."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    short = ends - begins <= longest
    return np.column_stack([(begins + ends)[short] / 2, rows[short] + 0.5]).astype(np.float32)


def find(page: Floats) -> Writing | None:
    """Return the writing on a page (H, W) of grey values in [0, 255], or None if there is none."""
    if not page.size:
        return None
    cropped = sheet.cropped(page)
    if cropped is not None:
        found = _on_paper(cropped[0])
        if found is not None:
            return replace(found, origin=cropped[1])
    return _on_paper(page)


def _on_paper(page: Floats) -> Writing | None:
    unruled = ruling.removed(page)
    found = None if unruled is None else _unlittered(unruled)
    return found if found is not None else _unlittered(page)


def _unlittered(page: Floats) -> Writing | None:
    """Return the writing on a page without printed lines: its clutter is painted over with the background."""
    if (found := _surveyed(page)) is None:
        return None
    if (unboxed := _unboxed(page, found)) is not None and (again := _surveyed(unboxed)) is not None:
        page, found = unboxed, again
    overview, block, ink, background, components = found
    least = _least(components.areas)
    is_clutter = clutter.found(components, least)
    # Large specks too: the overview may take them for strokes.
    is_clutter |= (components.areas < least) & (components.areas > 0.3 * least)
    if is_clutter.any():
        chosen = np.concatenate([[False], is_clutter])
        painted = foreground.dilated(chosen[components.numbers], 2 * _AROUND)
        painted &= ~foreground.dilated((components.numbers > 0) & ~chosen[components.numbers], _AROUND)
        page = _painted(page, painted, background, block)
        if (found := _surveyed(page)) is None:
            return None
        overview, block, ink, _, components = found
    return Writing(page, overview, block, ink, _selected(components, overview))


def _unboxed(page: Floats, found: Survey) -> Floats | None:
    """Return a page without the boxes that something touches; None if there are none."""
    overview, block, _, _, components = found
    dark = page if overview.polarity < 0 else 255 - page
    unboxed: Floats | None = None
    for index in components.areas.argsort()[::-1][:_BOXES].tolist():
        left, top, right, bottom = components.boxes[index].tolist()
        mask = np.zeros_like(components.numbers, dtype=bool)
        mask[top:bottom, left:right] = components.numbers[top:bottom, left:right] == index + 1
        without = boxes.without_box(dark if unboxed is None else unboxed, mask, block)
        unboxed = unboxed if without is None else without
    return unboxed if unboxed is None or overview.polarity < 0 else 255 - unboxed


def _painted(page: Floats, mask: Mask, background: Floats, block: tuple[int, int]) -> Floats:
    """Return a page (H, W) with the background where a mask (h, w) of its blocks is set."""
    down, across = block
    large = np.repeat(np.repeat(mask, down, axis=0), across, axis=1)
    ground = np.repeat(np.repeat(background, down, axis=0), across, axis=1)
    page = page.copy()
    height, width = large.shape
    page[:height, :width][large] = ground[large]
    return page


def _surveyed(page: Floats) -> Survey | None:
    """Return the overview of a page, what ``_detail`` returns for it, and its components; None if nothing is there."""
    overview = foreground.survey(page)
    if overview is None:
        return None
    block, ink, background = _detail(page, overview)
    components = _components(ink, overview)
    return None if components is None else (overview, block, ink, background, components)


def _detail(page: Floats, overview: Overview) -> tuple[tuple[int, int], Floats, Floats]:
    """Return the block, the ink (h, w) and the background (h, w) of the page on which components are told apart."""
    small, block = resampling.reduced(page, _DETAIL)
    background = _at_detail(overview, small.shape[0], small.shape[1], block)
    ink = (small - background) * np.float32(overview.polarity)
    return block, ink, background


def _at_detail(overview: Overview, height: int, width: int, block: tuple[int, int]) -> Floats:
    """Return an overview's background at (height, width) blocks of the page."""
    if overview.is_clean:
        return np.full((height, width), overview.background[0, 0], np.float32)
    rows, columns = (
        (np.arange(n) + 0.5) * own / coarse - 0.5
        for n, own, coarse in zip((height, width), block, overview.block, strict=True)
    )
    return resampling.interpolated(resampling.interpolated(overview.background, rows).T, columns).T


def _components(ink: Floats, overview: Overview) -> Components | None:
    coarse = float(np.percentile(overview.ink[overview.strokes], 80))
    strong = ink[ink > coarse / 2]
    if not strong.size:
        return None
    full = float(np.percentile(strong, 70))
    values = ink if overview.is_clean else _smoothed(_smoothed(ink).T).T
    numbers, n = connected_components.label(values > _LEVEL * full)
    if not n:
        return None
    areas = np.bincount(numbers.ravel(), minlength=n + 1)[1:]
    found = Components(numbers, connected_components.boxes(numbers, n), areas, values > _FAINT * full)
    return _kept(found, areas >= _MIN_AREA)


def _kept(components: Components, kept: Mask) -> Components | None:
    """Return some of the components, with numbers from 1 on; None if there are none."""
    n = int(kept.sum())
    if not n:
        return None
    names = np.zeros(len(kept) + 1, np.intp)
    names[1:][kept] = np.arange(n) + 1
    numbers = names[components.numbers]
    return replace(components, numbers=numbers, boxes=components.boxes[kept], areas=components.areas[kept])


def _least(areas: NDArray[np.intp]) -> float:
    return max(_MIN_PART * float(areas.max()), _MIN_AREA)


def _selected(components: Components, overview: Overview) -> Components:
    """Return the components that are strokes: no specks, and in a photo nothing that enters from an edge."""
    numbers, areas = components.numbers, components.areas.copy()
    if not overview.is_clean:
        inside = areas.copy()
        edge = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
        inside[edge[edge > 0] - 1] = 0
        if inside.max() > foreground.MIN_DIGIT * numbers.size:
            areas = inside
    selected = _kept(components, areas >= _least(areas))
    assert selected is not None  # the largest is one of them
    return selected


def _smoothed(values: Floats) -> Floats:
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    smooth: Floats = (padded[:-2] + padded[2:]) * np.float32(0.25) + values * np.float32(0.5)
    return smooth
