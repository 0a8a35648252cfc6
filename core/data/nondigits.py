"""What people put on a drawing pad that is no digit, as varied as possible, for a network to learn what to refuse.

Signs typed by hand (``assets/shapes.json``), signs made up of strokes that turn, join and cross as in writing,
scribbles, blots and dashes, and digits that are spoiled: over and beside each other, struck out, ringed, turned. What
is made up is not looked at again: a few in a hundred happen to be a digit to some reader.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core import ink
from core.data import synthetic, templates
from core.data.templates import Floats, Template
from core.ink import Drawing

MIXTURE = {
    "shapes": 0.25,
    "signs": 0.27,
    "compounds": 0.09,
    "scribbles": 0.05,
    "hatchings": 0.02,
    "coils": 0.025,
    "dashes": 0.025,
    "dots": 0.01,
    "overlaps": 0.18,  # the hardest: with a share of 0.12 a small network refuses 83 % of real ones, with 0.2 86 %
    "neighbours": 0.04,
    "spoiled": 0.03,
    "turned": 0.01,
}
"""The share of each kind. A small network that saw no typed shapes refuses 89 % of letters that it has never seen, one
that saw those of other scripts 93 %."""

Maker = Callable[[int, np.random.Generator], list[Drawing]]
Strokes = tuple[NDArray[np.float32], ...]
Box = tuple[float, float, float, float]
Mark = tuple[tuple[tuple[float, float], ...], ...]

VARIATION = replace(synthetic.VARIATION, slant_mean=0, rotation=0.15, aspect=0.3, stroke_shift=0.045)
"""Shapes stray further than digits: nobody has a right way of writing them."""

_WHOLE = np.empty(0, np.intp)  # where lines of one stroke are cut
_SAMPLES = 18  # points of a stroke that is made up
_TURNS = (0.35, 1.6, 2.8, 5.9)  # radians: a bow, a corner, a hook, a loop
_BROAD = (0, 2, 3, 4, 5, 6, 7, 8, 9)  # a 1 beside or over another digit may be a bar of that
_STURDY = (2, 3, 4, 5, 6, 8, 9)  # a 0 may be slashed, a 7 have a bar
_TURNED = (  # which digits are none when turned (a mirrored 2 is a 5 to many, a 7 on its side a 7), and by which matrix
    ((3, 9), ((-1, 0), (0, 1))),
    ((2, 3), ((0, 1), (-1, 0))),
    ((3,), ((0, -1), (1, 0))),
    ((4,), ((-1, 0), (0, -1))),
)
_RING = tuple((0.5 + 0.78 * np.sin(turn), 0.5 - 0.72 * np.cos(turn)) for turn in np.linspace(0, 6.4, 17))
_MARKS: tuple[Mark, ...] = (  # in a digit's box from 0 to 1
    (((-0.2, 1.0), (1.2, 0.0)),),
    (((-0.2, 0.7), (1.2, 0.5)), ((-0.2, 0.45), (1.2, 0.25))),
    (((-0.1, 0.0), (1.1, 1.0)), ((-0.1, 1.0), (1.1, 0.0))),
    (((-0.2, 0.3), (1.2, 0.2), (-0.2, 0.5), (1.2, 0.4), (-0.2, 0.7), (1.2, 0.6)),),
    (_RING,),
    (((-0.25, -0.2), (1.25, -0.2), (1.25, 1.2), (-0.25, 1.2), (-0.25, -0.2)),),
    (((-0.2, 1.2), (1.2, 1.2)), ((-0.2, 1.4), (1.2, 1.4))),
)
_LAYOUTS: tuple[tuple[Box, Box], ...] = (  # left, top, right, bottom
    ((0, 0, 0.46, 1), (0.54, 0, 1, 1)),
    ((0, 0, 0.35, 1), (0.42, 0, 1, 1)),
    ((0, 0, 0.6, 1), (0.66, 0, 1, 1)),
    ((0, 0, 1, 0.46), (0, 0.54, 1, 1)),
    ((0, 0, 1, 0.33), (0, 0.42, 1, 1)),
    ((0, 0, 1, 0.62), (0, 0.7, 1, 1)),
    ((0, 0, 1, 1), (0.27, 0.27, 0.77, 0.77)),
    ((0, 0, 0.65, 0.65), (0.4, 0.3, 1, 1)),
)
_APART = 0.08  # digit heights: nearer than this, of two digits over each other one hides the other
_STROKES = (0.22, 0.18, 0.25, 0.2, 0.1, 0.05)  # shares of the made-up signs with 1, 2, 3 ... strokes


def draw(n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return images (n, 28, 28) of n things that are no digit, in MNIST's geometry."""
    return ink.render_all(drawings(n, rng), synthetic.pens(n, rng))


def drawings(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n things that are no digit as strokes, of the kinds and in the proportions of ``MIXTURE``."""
    return _mixed([_MAKERS[kind] for kind in MIXTURE], tuple(MIXTURE.values()), n, rng)


def drawings_of(kind: str, n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings of one of the kinds in ``MIXTURE``."""
    return _MAKERS[kind](n, rng) if n else []


def _mixed(makers: Sequence[Maker], weights: Sequence[float], n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings, each from one of the makers, chosen with these weights."""
    chosen = rng.choice(len(makers), n, p=np.array(weights) / sum(weights))
    made = np.empty(n, dtype=object)
    for number, make in enumerate(makers):
        where = np.flatnonzero(chosen == number)
        if len(where):
            made[where] = make(len(where), rng)
    return list(made)


def _written(
    ways: Sequence[Template], n: int, rng: np.random.Generator, variation: synthetic.Variation
) -> list[Drawing]:
    """Return n drawings of templates chosen at random."""
    chosen = rng.integers(len(ways), size=n)
    written = np.empty(n, dtype=object)
    for number in np.unique(chosen):
        where = np.flatnonzero(chosen == number)
        written[where] = synthetic.write(ways[number], len(where), rng, variation)
    return list(written)


def shapes(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return typed shapes: letters of many scripts, symbols, little pictures."""
    return _written(templates.shapes(), n, rng, VARIATION)


def digits(n: int, rng: np.random.Generator, allowed: Collection[int] = range(10)) -> list[Drawing]:
    """Return digits, to be spoiled."""
    return _written([way for way in templates.digits() if way.digit in allowed], n, rng, synthetic.VARIATION)


# Signs that are made up ----------------------------------------------------------------------------------------------


def signs(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return signs made up of one to six strokes."""
    return _mixed([partial(_signs_of, k + 1) for k in range(len(_STROKES))], _STROKES, n, rng)


def _signs_of(k: int, n: int, rng: np.random.Generator) -> list[Drawing]:
    lines = [_stroke(n, rng) if k > 1 else _lone_stroke(n, rng)]
    for _ in range(k - 1):
        lines.append(_further_stroke(np.stack(lines), rng))
    made = _fitted(np.concatenate(lines, axis=1))
    return synthetic.distort(_widened(made, rng), np.arange(1, k) * _SAMPLES, rng)


def _stroke(n: int, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2): lines that turn up to three times, or not at all."""
    return _turning(rng.choice(4, n, p=(0.36, 0.33, 0.2, 0.11)), _SAMPLES, rng)


def _lone_stroke(n: int, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2) that turn two to seven times: often enough to be a digit only now and then."""
    return _turning(rng.choice((2, 3, 3, 4, 5, 6, 7), n), 2 * _SAMPLES, rng)


def _turning(count: NDArray[np.intp], samples: int, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) of size 1 that turn as often as ``count`` (n,) says, each time at once or gradually."""
    n, most = len(count), int(count.max(initial=1))
    count, index = count[:, np.newaxis, np.newaxis], np.arange(most)[:, np.newaxis]
    kind = rng.choice(len(_TURNS), (n, most, 1), p=(0.2, 0.36, 0.22, 0.22))
    angles = np.take(_TURNS, kind) * rng.normal(1, 0.15, kind.shape) * rng.choice((-1, 1), kind.shape)
    angles *= index < count
    gradual = (rng.random(kind.shape) < 0.5) | (kind == len(_TURNS) - 1)
    lengths = np.where(gradual, rng.uniform(0.3, 1.1, kind.shape) / count.clip(1), 0.01)
    places = np.where(lengths > 0.7, 0.5, (index + rng.uniform(0.2, 0.8, kind.shape)) / count.clip(1))
    along = (np.arange(samples - 1) + 0.5) / (samples - 1)
    towards = rng.choice((0, 0.5, 0.5, 0.25, 0.75, 1), (n, 1)) * np.pi + rng.normal(0, 0.1, (n, 1))
    headings = towards + (angles * ((along - places) / lengths + 0.5).clip(0, 1)).sum(axis=1)
    steps = np.stack([np.cos(headings), np.sin(headings)], axis=2)
    return _fitted(np.concatenate([np.zeros((n, 1, 2)), np.cumsum(steps, axis=1)], axis=1))


def _further_stroke(others: Floats, rng: np.random.Generator) -> Floats:
    """Return strokes (n, S, 2), each in some relation to others (k, n, S, 2): joined, spanning, a copy, free."""
    k, n = others.shape[:2]
    first = rng.integers(k, size=n)
    host = others[first, np.arange(n)]
    second = others[(first + rng.integers(1, max(k, 2), n)) % k, np.arange(n)]
    dots = rng.random((n, 1, 1)) < (0.08 if k > 1 else 0)
    size = np.where(dots, 0.04, rng.uniform(0.4, 1.1, (n, 1, 1)))
    fresh = _stroke(n, rng) * size
    joined = fresh + _at(host, rng) - _at(fresh, rng) + rng.normal(0, 0.03, (n, 1, 2))
    spanning = _spanning(fresh, _at(host, rng), _at(second, rng))
    width, height = np.split(np.ptp(host, axis=1, keepdims=True), 2, axis=2)
    distance = rng.uniform(0.2, 0.8, (n, 1, 1)) * rng.choice((-1, 1), (n, 1, 1))
    aside = np.where(width <= height, [1, 0], [0, 1]) * distance
    flips = rng.choice((-1, 1, 1), (n, 1, 2)) * rng.uniform(0.6, 1.1, (n, 1, 1))
    copy = (host - _middle(host)) * flips + _middle(host) + aside
    free = fresh - _middle(fresh) + _middle(host) + rng.normal(0, 0.45, (n, 1, 2))
    how = rng.choice(4, (n, 1, 1), p=(0.5, 0.2, 0.18, 0.12) if k > 1 else (0.65, 0, 0.2, 0.15))
    return np.choose(how, [joined, spanning, copy, free])


def _spanning(lines: Floats, start: Floats, stop: Floats) -> Floats:
    """Return lines (n, S, 2) turned and scaled, within reason, to run from one point (n, 1, 2) to another."""
    z, begin, end = (points[:, :, 0] + 1j * points[:, :, 1] for points in (lines, start, stop))
    chord = z[:, -1:] - z[:, :1]
    factor = (end - begin) / np.where(np.abs(chord) < 0.1, 1, chord)
    factor /= np.maximum(np.abs(factor) / 2.5, 1)
    z = begin + (z - z[:, :1]) * factor
    return np.stack([z.real, z.imag], axis=2)


def _at(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return a point (n, 1, 2) of each of the lines (n, S, 2): an end, the middle, or any."""
    n, samples, _ = lines.shape
    places = np.array([0, samples - 1, samples // 2, 0])[rng.integers(4, size=n)]
    places = np.where(rng.random(n) < 0.25, rng.integers(samples, size=n), places)
    return lines[np.arange(n), places][:, np.newaxis]


def _middle(lines: Floats) -> Floats:
    middle: Floats = (lines.min(axis=1, keepdims=True) + lines.max(axis=1, keepdims=True)) / 2
    return middle


def _fitted(lines: Floats) -> Floats:
    """Return lines (n, S, 2) brought to a longer side of 1, with (0, 0) in the middle."""
    extent = np.ptp(lines, axis=1).max(axis=1)[:, np.newaxis, np.newaxis]
    fitted: Floats = ((lines - _middle(lines)) / np.maximum(extent, 1e-6)).astype(np.float32)
    return fitted


def _widened(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) of height 1 with the narrow ones made broader: a narrow sign is a 1 to most."""
    width, height = np.moveaxis(np.ptp(lines, axis=1), 1, 0)
    wanted = rng.uniform(0.45, 1, len(lines)) * height
    factor = np.where(width < 0.45 * height, wanted / np.maximum(width, 0.02), 1)
    widened: Floats = lines * np.stack([factor, np.ones_like(factor)], axis=1)[:, np.newaxis].astype(np.float32)
    return widened


# Scribbles, blots, dashes ---------------------------------------------------------------------------------------------


def scribbles(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return walks of a pen that turns at random, wildly or in long loops, in one to three strokes."""
    made = np.empty(n, dtype=object)
    lengths = rng.choice((40, 70, 110), n)
    for length in np.unique(lengths):
        where = np.flatnonzero(lengths == length)
        walks = synthetic.distort(_walks(len(where), int(length), rng), _WHOLE, rng)
        made[where] = [Drawing(tuple(np.split(walk.strokes[0], _cuts(int(length), rng)))) for walk in walks]
    return list(made)


def _walks(n: int, length: int, rng: np.random.Generator) -> Floats:
    """Return walks (n, length, 2): the turning from step to step is noise that is remembered for some steps."""
    memory = rng.choice((0.0, 0.6, 0.9), (n, 1))
    turning = rng.normal(0, 1, (n, length))
    for step in range(1, length):
        turning[:, step : step + 1] += memory * turning[:, step - 1 : step]
    turning *= rng.uniform(0.35, 1, (n, 1)) / turning.std(axis=1, keepdims=True)
    turning += rng.choice((0, 0, -1, 1), (n, 1)) * rng.uniform(0.2, 0.6, (n, 1))  # some go round and round
    headings = rng.uniform(0, 2 * np.pi, (n, 1)) + np.cumsum(turning, axis=1)
    walk = np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=2), axis=1)
    straight = np.linspace(0, 1, length)[:, np.newaxis] * (walk[:, -1:] - walk[:, :1])
    return _fitted(walk - rng.uniform(0.3, 1, (n, 1, 1)) * straight)  # drawn back to where they began


def _cuts(length: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return where a line of so many points is cut into strokes: into one to three."""
    return np.sort(rng.choice(np.arange(5, length - 5), rng.choice(3, p=(0.7, 0.2, 0.1)), replace=False))


def hatchings(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return areas, round or square, that are filled by a pen going to and fro, densely or not."""
    made = np.empty(n, dtype=object)
    passes = rng.choice((7, 10, 14, 20), n)
    for number in np.unique(passes):
        where = np.flatnonzero(passes == number)
        at = np.broadcast_to(np.linspace(-0.95, 0.95, number), (len(where), number))
        roundness = rng.choice((0, 0.5, 0.5), (len(where), 1))
        reach = (1 - at**2) ** roundness * (1 - np.abs(rng.normal(0, 0.15, at.shape)))
        across = reach * (-1) ** np.arange(number)
        line = np.stack([at + rng.normal(0, 0.03, at.shape), across + rng.normal(0, 0.05, at.shape)], axis=2) / 2
        made[where] = synthetic.distort(_turned(line, rng), _WHOLE, rng, VARIATION)
    return list(made)


def coils(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return a pen going round and round: blots that are filled in, springs, rosettes."""
    kind = rng.choice(3, (n, 1, 1), p=(0.5, 0.3, 0.2))
    time = np.linspace(0, 1, 90)[:, np.newaxis]
    angle = rng.uniform(3, 7, (n, 1, 1)) * 2 * np.pi * time
    centre = time * rng.normal(0, 1, (n, 1, 2)) * np.choose(kind, [0.2, 4, 0])
    petals = 1 + rng.uniform(0.5, 1, (n, 1, 1)) * np.sin(angle * rng.uniform(2.3, 3.7, (n, 1, 1)))
    radius = np.choose(kind, [time ** rng.uniform(0.5, 1, (n, 1, 1)), 1, petals])
    radius = radius * (1 + 0.1 * np.sin(time * rng.uniform(5, 25, (n, 1, 1))))
    squash = np.exp(rng.normal(0, 0.25, (n, 1, 2)))
    lines = centre + radius * np.sin(angle + np.array([0, np.pi / 2])) * squash
    return synthetic.distort(_fitted(lines), _WHOLE, rng, VARIATION)


def dashes(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return one to four lines, more or less level, under, beside and among each other."""
    return [_dashes(int(rng.choice((1, 2, 3, 4), p=(0.4, 0.3, 0.2, 0.1))), rng) for _ in range(n)]


def _dashes(count: int, rng: np.random.Generator) -> Drawing:
    row = np.arange(count)[:, np.newaxis] * rng.uniform(0.15, 0.5)
    arranged = ([[0, 1]] * row, [[2.5, 0]] * row, rng.normal(0, 0.25, (count, 2)))[rng.integers(3)]
    middle = arranged + rng.normal(0, 0.04, (count, 2))
    length = rng.uniform(0.3, 1, (count, 1))
    lean = rng.normal(0, 0.12) + rng.normal(0, 0.06, count)
    half = np.stack([np.cos(lean), np.sin(lean)], axis=1) * length / 2
    bow = [[0, 1]] * rng.normal(0, 0.05, (count, 1)) * length
    return Drawing.from_points(np.stack([middle - half, middle + bow, middle + half], axis=1))


def dots(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return one to six dots, or ticks as short as those, wherever they fall."""
    counts = rng.integers(1, 7, n)
    ticks = np.where(counts > 1, 0.03, 0)  # a tick alone would fill the image
    made = []
    for k, tick in zip(counts, ticks, strict=True):
        made.append(Drawing.from_points(rng.normal(0, 0.5, (k, 1, 2)) + rng.normal(0, 1, (k, 3, 2)) * tick))
    return made


def _turned(lines: Floats, rng: np.random.Generator) -> Floats:
    """Return lines (n, S, 2) turned by any angle."""
    angle = rng.uniform(0, 2 * np.pi, len(lines))
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Floats = lines @ np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2)
    return turned.astype(np.float32)


# Digits that are spoiled, and things together -------------------------------------------------------------------------


def compounds(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return two signs, typed or made up, as one: side by side, one on the other, one in the other."""
    first, second = (_mixed((shapes, signs), (0.4, 0.6), n, rng) for _ in range(2))
    layouts = [_LAYOUTS[layout] for layout in rng.integers(len(_LAYOUTS), size=n)]
    pairs = zip(first, second, layouts, strict=True)
    return [Drawing(_boxed(one.strokes, boxes[0]) + _boxed(other.strokes, boxes[1])) for one, other, boxes in pairs]


def overlaps(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return two digits written over each other, neither of them hidden by the other."""
    first, *others = (digits(n, rng, _BROAD) for _ in range(4))
    rows = zip(first, *others, strict=True)
    return [Drawing(one.strokes + _laid_over(one.strokes, choice, rng)) for one, *choice in rows]


def _laid_over(strokes: Strokes, choice: Sequence[Drawing], rng: np.random.Generator) -> Strokes:
    """Return the strokes of the first digit, moved a little, that is not hidden by others; else those of the last."""
    for other in choice:
        shift = rng.normal(0, 0.15, 2) + rng.choice((-1, 1), 2) * [0.1, 0.05]
        moved = _moved(other.strokes, shift, rng.uniform(0.75, 1.25))
        if _apart(strokes, moved) > _APART:
            break
    return moved


def neighbours(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return digits squeezed beside each other, two or three, or one and a piece of another."""
    made = []
    for one, *others in zip(digits(n, rng, _BROAD), digits(n, rng), digits(n, rng), strict=True):
        strokes, kind = one.strokes, rng.choice(3, p=(0.55, 0.2, 0.25))
        for other in others[: 2 if kind == 1 else 1]:
            added = _piece(other.strokes, rng) if kind == 2 else other.strokes
            gap = _box(strokes)[1][0] - _box(added)[0][0] + rng.uniform(-0.02, 0.15)
            strokes += _moved(added, (gap, rng.normal(0, 0.08)))
        made.append(Drawing(strokes))
    return made


def spoiled(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return digits that are struck out, crossed out, ringed, framed or underlined twice."""
    marks = [_MARKS[mark] for mark in rng.integers(len(_MARKS), size=n)]
    pairs = zip(digits(n, rng, _STURDY), marks, strict=True)
    return [Drawing(digit.strokes + _mark(mark, digit.strokes, rng)) for digit, mark in pairs]


def turned_digits(n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return digits in a mirror, on their side or on their head, where that does not make a digit again."""
    return _mixed([partial(_turned_digits, *turn) for turn in _TURNED], [1] * len(_TURNED), n, rng)


def _turned_digits(
    allowed: Collection[int], matrix: Sequence[Sequence[float]], n: int, rng: np.random.Generator
) -> list[Drawing]:
    turn = np.eye(3, dtype=np.float32)
    turn[:2, :2] = matrix
    return [Drawing(tuple(stroke @ turn for stroke in digit.strokes)) for digit in digits(n, rng, allowed)]


def _box(strokes: Strokes) -> tuple[Floats, Floats]:
    """Return the upper left and the lower right corner (2,) of strokes."""
    points = np.concatenate(strokes)[:, :2]
    return points.min(axis=0), points.max(axis=0)


def _moved(strokes: Strokes, shift: Sequence[float] | Floats, scale: float | Floats = 1) -> Strokes:
    factors, terms = np.ones(3, np.float32), np.zeros(3, np.float32)
    factors[:2], terms[:2] = scale, shift
    return tuple(stroke * factors + terms for stroke in strokes)


def _boxed(strokes: Strokes, box: Box) -> Strokes:
    """Return strokes stretched to fill a box; what is flat stays flat."""
    low, high = _box(strokes)
    corner, size = np.array(box[:2]), np.subtract(box[2:], box[:2])
    scale = size / np.maximum(high - low, 0.3 * (high - low).max() + 1e-3)
    return _moved(strokes, corner + size / 2 - (low + high) / 2 * scale, scale)


def _apart(some: Strokes, others: Strokes) -> float:
    """Return how far either's points lie from the other's in the mean, the smaller of both."""
    distances = np.concatenate(some)[:, np.newaxis, :2] - np.concatenate(others)[:, :2]
    squares = (distances**2).sum(axis=2)
    return float(min(np.sqrt(squares.min(axis=axis)).mean() for axis in (0, 1)))


def _piece(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Return the beginning or the end of a digit's longest stroke: half of it or more."""
    stroke = max(strokes, key=len)
    kept = max(2, round(len(stroke) * rng.uniform(0.45, 0.75)))
    return (stroke[:kept] if rng.random() < 0.5 else stroke[-kept:],)


def _mark(mark: Mark, strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Return the strokes of a mark, typed for a box from 0 to 1, about other strokes."""
    low, high = _box(strokes)
    size = np.maximum(high - low, 0.4)
    made = []
    for points in mark:
        wobble = rng.normal(0, 0.06, (len(points), 2))
        made.append(np.column_stack([np.array(points) + wobble, np.ones(len(points))]).astype(np.float32))
    return _moved(tuple(made), (low + high - size) / 2, size)


_MAKERS: dict[str, Maker] = {
    "shapes": shapes,
    "signs": signs,
    "compounds": compounds,
    "scribbles": scribbles,
    "hatchings": hatchings,
    "coils": coils,
    "dashes": dashes,
    "dots": dots,
    "overlaps": overlaps,
    "neighbours": neighbours,
    "spoiled": spoiled,
    "turned": turned_digits,
}
