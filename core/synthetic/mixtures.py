"""Mixtures: many drawings at a time, of kinds or of templates that are chosen by lot.

A ``Maker`` makes n drawings of one kind. It is asked once for all of its kind, as arrays of many drawings are quick and
single ones are not, and the drawings are then put where the lot has fallen.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.synthetic import synthetic
from core.synthetic.templates import Template

Maker = Callable[[int, np.random.Generator], list[Drawing]]

VARIATION = replace(synthetic.VARIATION, slant_mean=0, rotation=0.15, aspect=0.3, stroke_shift=0.045)
"""What is no digit strays further than digits: nobody has a right way of writing it."""


def mixed(makers: Sequence[Maker], weights: Sequence[float], n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings, each from one of the makers, chosen with these weights."""
    chosen = rng.choice(len(makers), n, p=np.array(weights) / sum(weights))
    return in_batches(chosen, lambda number, count: makers[number](count, rng))


def written(
    ways: Sequence[Template], n: int, rng: np.random.Generator, variation: synthetic.Variation = VARIATION
) -> list[Drawing]:
    """Return n drawings of templates chosen at random, each varied on its own."""
    chosen = rng.integers(len(ways), size=n)
    return in_batches(chosen, lambda number, count: synthetic.write(ways[number], count, rng, variation))


def in_batches(chosen: NDArray[np.integer[Any]], make: Callable[[int, int], list[Drawing]]) -> list[Drawing]:
    """Return a drawing for each number in ``chosen`` (n,), where ``make(number, count)`` makes all of one number.

    It is called in the order of the numbers, so that a seed gives the same drawings again.
    """
    made = np.empty(len(chosen), dtype=object)
    for number in np.unique(chosen).tolist():
        where = np.flatnonzero(chosen == number)
        made[where] = make(number, len(where))
    drawings: list[Drawing] = made.tolist()
    return drawings
