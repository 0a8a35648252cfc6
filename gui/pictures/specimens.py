"""Drawings for pictures of the window: a digit, a number, something between 4 and 9, and what is no digit at all."""

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing

Points = NDArray[np.float64]

# Each in about 100 units, y downwards.
_TWO = np.array((
    (18, 30), (21, 22), (28, 15), (38, 11), (50, 10), (61, 14), (68, 22), (69, 32), (64, 43), (55, 54), (44, 66),
    (33, 77), (22, 88), (35, 86), (50, 86), (64, 88), (78, 87),
), float)  # fmt: skip
_SIX = np.array((
    (63, 12), (52, 16), (41, 26), (33, 40), (29, 55), (29, 70), (34, 82), (44, 88), (56, 87), (65, 79), (67, 68),
    (62, 58), (51, 54), (40, 57), (32, 66),
), float)  # fmt: skip
_NINE = np.array(((70, 20), (52, 12), (34, 20), (28, 36), (34, 52), (52, 58), (68, 50)), float)
_FOUR = np.array(((62, 10), (52, 22), (42, 34), (32, 46), (24, 56), (48, 58), (70, 58)), float)
_HOUSE = ((10, 90), (10, 40), (50, 5), (90, 40), (90, 90), (10, 90), (90, 40), (10, 40), (90, 90))
_STAR = ((20, 95), (50, 5), (80, 95), (5, 38), (95, 38), (20, 95))
_TREE = ((50, 95), (50, 70), (10, 70), (45, 40), (20, 40), (50, 5), (80, 40), (55, 40), (90, 70), (50, 70))


def two() -> Drawing:
    """Return a 2 in one stroke."""
    return Drawing.from_points([_TWO])


def number() -> Drawing:
    """Return 2026 in four strokes, in a line that is a little uneven."""
    places = np.array([(0, 0), (86, 3), (172, -3), (252, 2)])
    digits = (_TWO, _ring(), _TWO * np.array((0.95, 1.02)), _SIX)
    return Drawing.from_points([digit + place for digit, place in zip(digits, places, strict=True)])


def four_or_nine(share: float) -> Drawing:
    """Return a loop and a stem: at 0 a 9, at 1 a closed 4, between them something between them."""
    loop = _NINE * (1 - share) + _FOUR * share
    stem = np.array(((70, 20), (66, 95))) * (1 - share) + np.array(((66, 28), (66, 95))) * share
    return Drawing.from_points([loop, stem])


def doodles() -> list[Drawing]:
    """Return drawings that are not digits."""
    return [Drawing.from_points([_straight(corners)]) for corners in (_HOUSE, _STAR, _TREE)]


def _straight(corners: tuple[tuple[int, int], ...]) -> Points:
    """Return lines from corner to corner, of many points: the pad rounds what lies between far ones."""
    steps = np.arange(0, len(corners) - 0.95, 0.05)
    return np.column_stack([np.interp(steps, np.arange(len(corners)), axis) for axis in zip(*corners, strict=True)])


def _ring() -> Points:
    angles = np.linspace(-1.4, 2 * np.pi - 1.3, 28)
    return np.column_stack([48 + 27 * np.cos(angles), 50 + 39 * np.sin(angles)])
