"""Digits and numbers as people also write them: in two arcs, gone over again, broken, thinned, with symbols, in lines.

Each function changes a drawing by a pen writer; ``rng`` makes the variation. Lengths are shares of the height.
"""

from itertools import pairwise

import numpy as np

from core.preprocessing.ink import Drawing

Points = np.ndarray


def height_of(drawing: Drawing) -> float:
    """Return the height of a drawing, at least half its width."""
    extent = np.ptp(np.concatenate(drawing.strokes)[:, :2], axis=0)
    return max(float(extent[1]), float(extent[0]) / 2, 1e-6)


def evenly(stroke: Points, n: int) -> Points:
    """Return n points at equal distances along a stroke."""
    points = np.asarray(stroke, float)[:, :2]
    arc = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    return np.column_stack([np.interp(np.linspace(0, arc[-1], n), arc, points[:, axis]) for axis in (0, 1)])


def in_two_arcs(drawing: Drawing, rng: np.random.Generator) -> Drawing | None:
    """Return a 0 or 8 as two halves that overlap by up to 10 % or are up to 8 % apart; None if it has more strokes."""
    if len(drawing.strokes) != 1:
        return None
    height = height_of(drawing)
    loop = evenly(drawing.strokes[0], 400)
    first, last = sorted((int(loop[:, 1].argmin()), int(loop[:, 1].argmax())))
    one, other = loop[first : last + 1], np.concatenate([loop[last:], loop[: first + 1]])
    if min(len(one), len(other)) < 40:
        return None
    arcs = [arc if arc[0, 1] < arc[-1, 1] else arc[::-1] for arc in (one, other)]
    side = np.sign(arcs[1][:, 0].mean() - arcs[0][:, 0].mean()) or 1.0
    arcs[1] = arcs[1] + height * np.array([side * rng.uniform(-0.1, 0.08), rng.uniform(-0.03, 0.03)])
    arcs[1] = arcs[1][rng.integers(8) : len(arcs[1]) - rng.integers(8)]
    if rng.random() < 0.3:
        arcs[1] = arcs[1][::-1]
    return Drawing.from_points(arcs if rng.random() < 0.5 else arcs[::-1])


def gone_over(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """Return a digit whose longest stroke was drawn again, wholly or from 40 % on, up to 3 % beside itself."""
    height = height_of(drawing)
    longest = max(drawing.strokes, key=lambda stroke: float(np.hypot(*np.diff(stroke[:, :2], axis=0).T).sum()))
    again = evenly(longest, 80)
    n = 80 if rng.random() < 0.5 else int(80 * rng.uniform(0.4, 1))
    start = rng.integers(80 - n + 1)
    waves = [np.sin(2 * np.pi * np.linspace(0, rng.uniform(0.3, 1), n) + rng.uniform(0, 6.28)) for _ in range(2)]
    again = again[start : start + n] + 0.015 * height * (np.column_stack(waves) + rng.uniform(-1, 1, 2))
    return Drawing.from_points([*drawing.strokes, again if rng.random() < 0.7 else again[::-1]])


def broken(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """Return a digit whose strokes lost contact one to three times, for 5 to 20 % of the piece before."""
    n_pieces = rng.integers(2, 5)
    pieces = []
    for stroke in drawing.strokes:
        points = evenly(stroke, 200)
        edges = np.linspace(0, 200, n_pieces + 1)
        for start, end in pairwise(edges):
            lost = 0 if end == 200 else (end - start) * rng.uniform(0.05, 0.2)
            pieces.append(points[round(start) : round(end - lost)])
    return Drawing.from_points(pieces)


def thinned(drawing: Drawing, n: int) -> Drawing:
    """Return a drawing with every n-th point of each stroke, and its last point, as a busy machine leaves them."""
    return Drawing(tuple(stroke[sorted({*range(0, len(stroke), n), len(stroke) - 1})] for stroke in drawing.strokes))


def symbol(name: str, height: float, rng: np.random.Generator) -> tuple[Points, float, float]:
    """Return a symbol's points, its left end at 0, with its width and the least gap to the digits around it.

    ``name`` is "comma", "point", "apostrophe" or "ring"; the top of the line is at 0, its foot at ``height``.
    """
    size = height * rng.uniform(0.1, 0.3)
    turn = np.linspace(0, 2 * np.pi, 20)
    ring = np.column_stack([np.sin(turn), -np.cos(turn)]) / 2
    if name in ("comma", "apostrophe"):
        points = np.array([[rng.uniform(0.1, 0.5), 0.0], [0.2, 0.6], [0.0, 1.0]]) * size
    elif name == "point":
        points = ring * min(size, 0.15 * height)
    else:
        points = ring * size
    top = {"comma": 0.92, "point": 0.9, "apostrophe": -0.02, "ring": -0.02}[name]
    points = points - points.min(axis=0) + [0, (top + rng.uniform(-0.04, 0.04)) * height]
    return points, float(points[:, 0].max()), 0.06 * height


def with_symbol(before: Drawing, after: Drawing | None, name: str, rng: np.random.Generator) -> Drawing:
    """Return two numbers side by side with a symbol between; without ``after``, the symbol ends the number."""
    height = height_of(before)
    strokes = [stroke[:, :2].astype(float) for stroke in before.strokes]
    box = np.concatenate(strokes)
    points, width, least = symbol(name, height, rng)
    left = box[:, 0].max() + least + height * rng.uniform(0, 0.15)
    strokes.append(points + np.array([left, box[:, 1].min()]))
    if after is not None:
        start = left + width + least + height * rng.uniform(0, 0.15)
        shift = start - min(stroke[:, 0].min() for stroke in after.strokes)
        strokes += [stroke[:, :2] + [shift, 0] for stroke in after.strokes]
    return Drawing.from_points(strokes)


def two_lines(above: Drawing, below: Drawing, rng: np.random.Generator) -> Drawing:
    """Return two numbers in two lines, 20 to 70 % of a digit's height apart, shifted by up to 30 % of one."""
    height = height_of(above)
    foot = max(float(stroke[:, 1].max()) for stroke in above.strokes)
    top = min(float(stroke[:, 1].min()) for stroke in below.strokes)
    shift = np.array([rng.uniform(-0.3, 0.3) * height, foot - top + rng.uniform(0.2, 0.7) * height])
    return Drawing.from_points(
        [*(stroke[:, :2] for stroke in above.strokes), *(s[:, :2] + shift for s in below.strokes)]
    )
