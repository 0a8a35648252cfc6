"""Mixtures: batches of drawings of randomly chosen kinds or templates.

A ``Maker`` makes n drawings of one kind. It is called once per batch, because one array of many drawings is fast and
many arrays of one are slow; the drawings are then distributed over the batch.
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
"""Variation of non-digits: more than of digits, as there is no standard way to write them."""


def mixed(makers: Sequence[Maker], weights: Sequence[float], n: int, rng: np.random.Generator) -> list[Drawing]:
    """Return n drawings, each by one of the makers, chosen at random with the given weights."""
    chosen = rng.choice(len(makers), n, p=np.array(weights) / sum(weights))
    return in_batches(chosen, lambda number, count: makers[number](count, rng))


def written(
    templates: Sequence[Template], n: int, rng: np.random.Generator, variation: synthetic.Variation = VARIATION
) -> list[Drawing]:
    """Return n drawings of templates chosen at random, varied independently."""
    chosen = rng.integers(len(templates), size=n)
    return in_batches(chosen, lambda number, count: synthetic.write(templates[number], count, rng, variation))


def in_batches(chosen: NDArray[np.integer[Any]], make: Callable[[int, int], list[Drawing]]) -> list[Drawing]:
    """Return a drawing for each number in ``chosen`` (n,); ``make(number, count)`` makes all drawings of one number.

    Called in ascending order of the numbers: a seed gives the same drawings again.
    """
    made = np.empty(len(chosen), dtype=object)
    for number in np.unique(chosen).tolist():
        where = np.flatnonzero(chosen == number)
        made[where] = make(number, len(where))
    drawings: list[Drawing] = made.tolist()
    return drawings
