"""Non-digits for the test of rejections: scribbles, dashes, blots, and overlapping digits.

They are independent of the training data: nothing of ``core.synthetic.nondigits`` is used. Sums of sines and
autoregressive processes, shaky lines, hatched outlines, and real pen digits of unseen writers.

    DIGITPAD_DATA=FOLDER python benchmarks/nonsense.py PAGE.png
"""

import sys
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.data import unipen
from core.errors import DataError
from core.files import paths
from core.preprocessing import ink
from core.preprocessing.ink import Drawing

WRITERS = range(25, 31)
Points = NDArray[np.float64]


def drawings(kind: str, n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings of one of ``KINDS``.

    Raises
    ------
    DataError
        The pen digits for ``overlap`` are missing: ``$DIGITPAD_DATA`` has no ``pen/pen-train.unipen``.
    """
    return [Drawing.from_points(KINDS[kind](rng)) for _ in range(n)]


def scribble(rng: np.random.Generator) -> list[Points]:
    """Return a scribble of one to three strokes: each a sum of sines or an AR(2) process."""
    process = (_sines, _oscillation)[rng.integers(2)]
    return [process(rng) + rng.normal(0, 0.3, 2) for _ in range(rng.choice((1, 2, 3), p=(0.7, 0.2, 0.1)))]


def _sines(rng: np.random.Generator) -> Points:
    """Return a Lissajous figure that never closes: three sines on each axis, at least three periods of each."""
    time = np.linspace(0, 2 * np.pi, 240)[:, np.newaxis, np.newaxis]
    periods, phases = rng.uniform(3, 9, (2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))
    path: Points = (np.sin(periods * time + phases) * rng.uniform(0.3, 1, (2, 3))).sum(axis=2)
    return path


def _oscillation(rng: np.random.Generator) -> Points:
    """Return an AR(2) process in both coordinates that oscillates with a period of 8 to 20 steps."""
    damping, period = rng.uniform(0.9, 0.985), rng.uniform(8, 20)
    path = np.zeros((int(rng.integers(70, 150)), 2))
    for step in range(2, len(path)):
        swing = 2 * damping * np.cos(2 * np.pi / period) * path[step - 1] - damping**2 * path[step - 2]
        path[step] = swing + rng.normal(0, 1, 2)
    scaled: Points = path[2:] / np.ptp(path, axis=0).max()
    return scaled


def dash(rng: np.random.Generator) -> list[Points]:
    """Return one to four shaky horizontal lines, side by side or one below the other."""
    count = int(rng.integers(1, 5))
    along = np.linspace(0, 1, 14)
    step = (rng.uniform(1.15, 1.4), 0) if rng.random() < 0.4 else (0, rng.uniform(0.25, 0.5))
    lines = []
    for number in range(count):
        shake = np.cumsum(rng.normal(0, 0.008, 14)) + rng.normal(0, 0.006, 14)
        line = np.column_stack([along * rng.uniform(0.7, 1), shake + along * np.tan(rng.normal(0, 0.1))])
        lines.append(line + np.multiply(step, number))
    return lines


def blot(rng: np.random.Generator) -> list[Points]:
    """Return a random closed shape filled by zigzag hatching, half of the time with its outline."""
    outline = _outline(rng)
    angle = rng.uniform(0, np.pi)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    x, y = (outline @ rotation).T
    hatching: list[tuple[float, float]] = []
    for number, level in enumerate(np.arange(y.min(), y.max(), rng.uniform(0.1, 0.2))):
        near = x[np.abs(y - level) < 0.12]
        if len(near):
            hatching += [(near.min(), level), (near.max(), level)][:: 1 if number % 2 else -1]
    filling = (np.array(hatching) + rng.normal(0, 0.03, (len(hatching), 2))) @ rotation.T
    return [filling, outline] if rng.random() < 0.5 else [filling]


def _outline(rng: np.random.Generator) -> Points:
    """Return a closed line (60, 2) around (0, 0): a ring with waves of four lengths."""
    angles = np.linspace(0, 2 * np.pi, 60)
    radii = np.ones(60)
    for wave in range(2, 6):
        radii += rng.normal(0, 0.25 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    return np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, np.newaxis] * [rng.uniform(0.8, 1.4), 1]


def overlap(rng: np.random.Generator) -> list[Points]:
    """Return two different pen digits on top of each other; no 1, which may pass for a bar."""
    digits = _pen_digits()
    strokes = []
    for label in rng.permutation([0, 2, 3, 4, 5, 6, 7, 8, 9])[:2]:
        chosen = digits[label][rng.integers(len(digits[label]))]
        points = np.concatenate(chosen)
        low, high = points.min(axis=0), points.max(axis=0)
        scale, shift = rng.uniform(0.8, 1.2) / (high - low).max(), rng.uniform(-0.2, 0.2, 2)
        strokes += [(stroke - (low + high) / 2) * scale + shift for stroke in chosen]
    return strokes


@cache
def _pen_digits() -> dict[int, list[list[Points]]]:
    """Return the strokes of the pen digits, by label."""
    folder = paths.data()
    if folder is None:
        raise DataError("the pen digits are missing: set DIGITPAD_DATA to a folder with pen/pen-train.unipen")
    by_label: dict[int, list[list[Points]]] = {label: [] for label in range(10)}
    for digit in unipen.read(folder / "pen" / "pen-train.unipen", WRITERS):
        by_label[digit.label].append([stroke[:, :2].astype(np.float64) for stroke in digit.drawing.strokes])
    return by_label


KINDS: dict[str, Callable[[np.random.Generator], list[Points]]] = {
    "scribble": scribble,
    "dash": dash,
    "blot": blot,
    "overlap": overlap,
}


def page(n_rows: int = 6, n_columns: int = 24) -> NDArray[np.uint8]:
    """Return a picture with samples of each kind, black on white."""
    rng = np.random.default_rng(0)
    images = np.concatenate([ink.render_all(drawings(kind, n_rows * n_columns, rng)) for kind in KINDS])
    rows = images.reshape(-1, n_columns, 28, 28).swapaxes(1, 2).reshape(-1, n_columns * 28)
    return 255 - rows


if __name__ == "__main__":
    from PIL import Image

    Image.fromarray(page()).save(sys.argv[1])
