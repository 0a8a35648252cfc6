"""Pages as people bring them: digits of one person, what else is on the paper, and how it is photographed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from written_numbers import compose

from core.data.unipen import PenDigit
from core.preprocessing import ink
from core.preprocessing.ink import Drawing

WIDTH, HEIGHT = 480, 560
"""Of a page, in pixels."""
MAX_TURN = 4.0
"""Of a photo, in degrees."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Page:
    """A page of one kind: its pixels (H, W, 3), the digits on it, and the drawings of its lines."""

    pixels: NDArray[np.uint8]
    number: str
    lines: tuple[Drawing, ...]


@dataclass(eq=False)
class Sheet:
    """A page in the making; ``x`` and ``y`` (H, W) are the positions of its pixels on the paper, maybe turned."""

    rng: np.random.Generator
    is_photo: bool
    turn: float
    x: Floats
    y: Floats
    colour: Floats = field(default_factory=lambda: np.full((HEIGHT, WIDTH, 3), 255, np.float32))

    @classmethod
    def make(cls, rng: np.random.Generator, is_photo: bool) -> "Sheet":
        """Return an empty sheet, turned if it is to be a photo."""
        turn = float(np.radians(rng.uniform(-MAX_TURN, MAX_TURN))) if is_photo else 0.0
        rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
        across, down = columns + 0.5 - WIDTH / 2, rows + 0.5 - HEIGHT / 2
        cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        return cls(rng, is_photo, turn, across * cos + down * sin + WIDTH / 2, down * cos - across * sin + HEIGHT / 2)

    def put(self, cover: Floats, colour: Sequence[float] | Floats) -> None:
        """Paint a colour (3,) with a coverage (H, W)."""
        share = cover.clip(0, 1)[..., np.newaxis]
        self.colour = self.colour * (1 - share) + np.asarray(colour, np.float32) * share

    def line(self, distance: Floats, width: float, colour: Sequence[float] | Floats) -> None:
        """Paint the line of a width in pixels that lies where a distance (H, W) in pixels is 0."""
        self.put(np.float32(width / 2 + 0.5) - np.abs(distance), colour)


def _strokes(sheet: Sheet, drawing: Drawing, pen: float, colour: Sequence[float] | Floats) -> None:
    """Write a drawing in units of the paper."""
    cos, sin = np.cos(sheet.turn), np.sin(sheet.turn)
    middle = np.array([WIDTH / 2, HEIGHT / 2], np.float32)
    turned = [(stroke[:, :2] - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle for stroke in drawing.strokes]
    points = np.concatenate(turned).astype(np.float32)
    segments = ink.segments(points, [len(stroke) for stroke in turned])
    owners, widths = np.zeros(len(segments), np.intp), np.array([pen], np.float32)
    cover = ink.coverage(segments, owners, widths, max(WIDTH, HEIGHT))[0, :HEIGHT, :WIDTH]
    sheet.put(cover, colour)


def _box(drawings: Sequence[Drawing]) -> Floats:
    """Return left, top, right, bottom (4,) of drawings."""
    points = np.concatenate([stroke[:, :2] for drawing in drawings for stroke in drawing.strokes])
    box: Floats = np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float32)
    return box


def _placed(drawing: Drawing, rng: np.random.Generator, into: Sequence[float], height: float) -> Drawing:
    """Return a drawing of at most a height at a random place within left, top, right, bottom."""
    left, top, right, bottom = _box([drawing]).tolist()
    scale = min(height / max(bottom - top, 1e-3), (into[2] - into[0]) / max(right - left, 1e-3))
    scale = min(scale, (into[3] - into[1]) / max(bottom - top, 1e-3))
    x = rng.uniform(into[0], max(into[2] - (right - left) * scale, into[0] + 1e-3)) - left * scale
    y = rng.uniform(into[1], max(into[3] - (bottom - top) * scale, into[1] + 1e-3)) - top * scale
    return Drawing.from_points([stroke[:, :2] * scale + np.array([x, y]) for stroke in drawing.strokes])


# -- what else is on the paper ----------------------------------------------------------------------------------------


def _line_colour(rng: np.random.Generator) -> Floats:
    """Return the colour (3,) of printed lines: grey or blue, from faint to nearly as dark as the ink."""
    level = rng.uniform(50, 215)
    tint = np.array([1, 1, 1]) if rng.random() < 0.5 else np.array([0.75, 0.95, 1.25])
    colour: Floats = (level * tint).clip(0, 235).astype(np.float32)
    return colour


def _ruling(sheet: Sheet, positions: Floats, spacing: float) -> None:
    rng = sheet.rng
    distance = np.mod(positions - rng.uniform(0, spacing) + spacing / 2, spacing) - spacing / 2
    sheet.line(distance, sheet_width(rng), _line_colour(rng))


def sheet_width(rng: np.random.Generator) -> float:
    """Return the width of a printed line, in pixels."""
    return float(rng.choice([1.0, 1.5, 2.0]))


def ruled(sheet: Sheet, _: Floats) -> None:
    """Print horizontal lines."""
    _ruling(sheet, sheet.y, sheet.rng.uniform(18, 45))


def margin(sheet: Sheet, _: Floats) -> None:
    """Print the line of a margin, grey, blue or red, at the left or at the right."""
    rng = sheet.rng
    place = rng.uniform(0.06, 0.12) * WIDTH
    colour = (200, 60, 60) if rng.random() < 0.5 else _line_colour(rng)
    sheet.line(sheet.x - (place if rng.random() < 0.7 else WIDTH - place), sheet_width(rng), colour)


def ruled_with_margin(sheet: Sheet, box: Floats) -> None:
    """Print horizontal lines and a margin."""
    ruled(sheet, box)
    margin(sheet, box)


def squared(sheet: Sheet, _: Floats) -> None:
    """Print squares."""
    spacing, state = sheet.rng.uniform(14, 40), sheet.rng.bit_generator.state
    _ruling(sheet, sheet.x, spacing)
    sheet.rng.bit_generator.state = state  # the same colour and width
    _ruling(sheet, sheet.y, spacing)


def strip(sheet: Sheet, _: Floats) -> None:
    """Darken an edge, as the lid of a scanner or a shadow does: a strip with a hard or a soft inner edge."""
    rng = sheet.rng
    positions = [sheet.x, WIDTH - sheet.x, sheet.y, HEIGHT - sheet.y][rng.integers(4)]
    softness = 1.0 if rng.random() < 0.6 else rng.uniform(5, 25)
    wide = rng.uniform(0.01, 0.12) * WIDTH
    sheet.put((wide - positions) / np.float32(softness), [rng.uniform(0, 110)] * 3)


def box(sheet: Sheet, around: Floats) -> None:
    """Print a box around the digits."""
    rng = sheet.rng
    middle, half = (around[:2] + around[2:]) / 2, (around[2:] - around[:2]) / 2
    half = half + rng.uniform(0.12, 0.5, 2) * half.max() + 8
    inside = np.maximum(np.abs(sheet.x - middle[0]) - half[0], np.abs(sheet.y - middle[1]) - half[1])
    sheet.line(inside, rng.uniform(1, 6), [rng.uniform(0, 130)] * 3)


def ring(sheet: Sheet, around: Floats) -> None:
    """Draw a ring around the digits."""
    rng = sheet.rng
    middle, half = (around[:2] + around[2:]) / 2, (around[2:] - around[:2]) / 2
    radius = float(np.hypot(*half)) * rng.uniform(1.15, 1.45) + 6
    aspect = rng.uniform(0.88, 1.0)
    from_middle = np.hypot((sheet.x - middle[0]) / aspect, sheet.y - middle[1])
    sheet.line(from_middle - np.float32(radius / aspect), rng.uniform(2, 8), [rng.uniform(0, 90)] * 3)


def holes(sheet: Sheet, _: Floats) -> None:
    """Punch two or four holes near an edge."""
    rng = sheet.rng
    n, radius, away = int(rng.choice([2, 4])), rng.uniform(8, 16), rng.uniform(22, 36)
    is_left, grey = rng.random() < 0.7, rng.uniform(0, 120)
    for place in (np.arange(n) + 0.5) / n * (HEIGHT if is_left else WIDTH):
        x, y = (away, place) if is_left else (place, away)
        sheet.put(np.float32(radius + 0.5) - np.hypot(sheet.x - x, sheet.y - y), [grey] * 3)


def underline(sheet: Sheet, around: Floats) -> None:
    """Underline the digits."""
    rng = sheet.rng
    below = around[3] + rng.uniform(0.08, 0.25) * (around[3] - around[1]) + 6
    beyond = rng.uniform(-0.05, 0.4) * (around[2] - around[0])
    middle, half = (around[0] + around[2]) / 2, (around[2] - around[0]) / 2 + beyond
    slope = rng.uniform(-0.03, 0.03)
    outside = (np.abs(sheet.x - middle) - half).clip(0)
    distance = np.hypot(outside, sheet.y - below - slope * (sheet.x - middle))
    sheet.line(distance, rng.uniform(2, 7), [rng.uniform(0, 80)] * 3)


def desk(sheet: Sheet, _: Floats) -> None:
    """Lay the sheet on a dark desk: nothing of it reaches the picture's edge."""
    rng = sheet.rng
    aside = [rng.uniform(0.04, 0.11) * WIDTH for _ in range(4)]
    outside = np.maximum.reduce(
        [aside[0] - sheet.x, sheet.x - (WIDTH - aside[1]), aside[2] - sheet.y, sheet.y - (HEIGHT - aside[3])]
    )
    sheet.put(outside + np.float32(0.5), rng.uniform(15, 90) + rng.uniform(-12, 12, 3))


ADDED: dict[str, Callable[[Sheet, Floats], None] | None] = {
    "plain": None, "ruled": ruled, "ruled with margin": ruled_with_margin, "squared": squared, "margin": margin,
    "strip": strip, "box": box, "ring": ring, "holes": holes, "underlined": underline, "coloured": None, "desk": desk,
    "number": None, "two lines": None,
}  # fmt: skip
"""What is on the paper besides the digits, by kind."""


# -- pages ------------------------------------------------------------------------------------------------------------


def page(kind: str, digits: Sequence[PenDigit], rng: np.random.Generator, *, is_photo: bool) -> Page:
    """Return a page of a kind with digits of one person."""
    sheet = Sheet.make(rng, is_photo)
    writers = sorted({digit.writer for digit in digits})
    own = [digit for digit in digits if digit.writer == writers[rng.integers(len(writers))]]
    counts = {"number": [int(rng.integers(2, 7))], "two lines": rng.integers(1, 4, 2).tolist()}.get(kind, [1])
    numbers = [[own[at] for at in rng.integers(len(own), size=n)] for n in counts]
    lines = [compose([digit.drawing for digit in number], rng) for number in numbers]
    placed, height = _laid_out(kind, lines, rng)
    paper, pen_colour = _colours(kind, rng, is_photo)
    sheet.colour *= 0
    sheet.colour += paper
    added = ADDED[kind]
    if added is not None and kind != "desk":
        added(sheet, _box(placed))
    pen = max(height * rng.uniform(0.035, 0.11), 2.0)
    for drawing in placed:
        _strokes(sheet, drawing, pen, pen_colour)
    if kind == "desk":
        desk(sheet, _box(placed))
    pixels = _photographed(sheet) if is_photo else np.rint(sheet.colour).clip(0, 255).astype(np.uint8)
    return Page(pixels, "".join(str(digit.label) for number in numbers for digit in number), tuple(lines))


def _laid_out(kind: str, lines: Sequence[Drawing], rng: np.random.Generator) -> tuple[list[Drawing], float]:
    """Return the lines at their places on the paper, and the height of a digit."""
    if kind == "two lines":
        height = rng.uniform(80, 150)
        scale = min(height, 90.0 * WIDTH / max(float(np.ptp(_box([line])[::2])) for line in lines))
        placed, top, margin_at = [], rng.uniform(60, 100), rng.uniform(50, 120)
        for line in lines:
            extent = float(np.ptp(_box([line])[1::2])) * scale / 100
            wide = float(np.ptp(_box([line])[::2])) * scale / 100
            left = max(min(margin_at + rng.uniform(-0.3, 0.3) * scale, WIDTH - 45 - wide), 45)
            placed.append(_placed(line, rng, (left, top, left + wide + 1, top + extent + 1), extent))
            top += extent + rng.uniform(0.3, 0.8) * scale
        return placed, scale
    if kind == "number":
        drawing = _placed(lines[0], rng, (45, 60, WIDTH - 45, HEIGHT - 60), rng.uniform(70, 160))
    else:
        drawing = _placed(lines[0], rng, (100, 100, WIDTH - 100, HEIGHT - 110), rng.uniform(90, 230))
    height = float(np.ptp(_box([drawing])[1::2]))
    return [drawing], height


_LUMINANCE = np.array([0.299, 0.587, 0.114])


def _colours(kind: str, rng: np.random.Generator, is_photo: bool) -> tuple[Floats, Floats]:
    """Return the colours (3,) of paper and pen."""
    if kind != "coloured":
        paper = rng.uniform(205, 245) + rng.uniform(-10, 10, 3) if is_photo else np.full(3, rng.choice([255, 250, 244]))
        pen = rng.uniform(0, 60) + (np.array([0, 0, 0]) if rng.random() < 0.6 else np.array([0, 10, 80]))
        return paper.astype(np.float32), pen.astype(np.float32)
    while True:
        paper, pen = rng.uniform(20, 235, (2, 3))
        pen += (paper - pen) @ _LUMINANCE * rng.choice([1.0, 0.9, 0.0])  # the same brightness, nearly so, or another
        if np.linalg.norm(paper - pen) > 130 and pen.min() >= 0 and pen.max() <= 255:
            return paper.astype(np.float32), pen.astype(np.float32)


def _photographed(sheet: Sheet) -> NDArray[np.uint8]:
    """Return a photo (H, W, 3) of a sheet: light that falls off, blur, noise."""
    rng = sheet.rng
    angle, down, across = rng.uniform(0, 2 * np.pi), *np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = 1 - rng.uniform(0, 0.4) * (1 + (np.cos(angle) * across + np.sin(angle) * down) / 1.42) / 2
    light -= rng.uniform(0, 0.12) * (down**2 + across**2)
    lit = (sheet.colour * light[..., np.newaxis]).clip(0, 255).astype(np.uint8)
    blurred = np.asarray(Image.fromarray(lit).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.6))))
    noisy = blurred + rng.standard_normal(blurred.shape) * rng.uniform(1, 5)
    return np.rint(noisy).clip(0, 255).astype(np.uint8)
