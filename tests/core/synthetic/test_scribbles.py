"""Scribbles, blots and dashes: the shape of each kind."""

from itertools import pairwise

import numpy as np

from core.preprocessing import ink
from core.synthetic import lines, scribbles, symbols


def rng(seed=0):
    return np.random.default_rng(seed)


def extents(drawings):
    """Return the width and height (N,) of drawings, in their own unit."""
    return np.array([np.subtract(*lines.corners(drawing.strokes)[::-1]) for drawing in drawings]).T


def ink_of(drawings):
    return ink.render_all(drawings).mean()


def test_dashes_are_horizontal():
    width, height = extents(scribbles.dashes(200, rng(1)))
    assert np.mean(width > height) > 0.7


def test_dashes_are_one_to_four():
    counts = np.bincount([len(drawing.strokes) for drawing in scribbles.dashes(200, rng())])
    assert len(counts) == 5
    assert counts[0] == 0
    assert (counts[1:] > 5).all()


def test_blots_are_full_and_dots_are_small():
    usual = ink_of(symbols.symbols(200, rng(1)))
    assert ink_of(scribbles.hatchings(200, rng(1))) > 1.5 * usual
    assert ink_of(scribbles.dots(200, rng(1))) < 0.5 * usual


def test_a_scribble_is_one_walk_cut_into_one_to_three_strokes():
    made = scribbles.scribbles(200, rng())
    assert {drawing.n_points for drawing in made} == {40, 70, 110}
    assert {len(drawing.strokes) for drawing in made} == {1, 2, 3}
    for drawing in made:
        for one, other in pairwise(drawing.strokes):
            assert np.hypot(*(one[-1] - other[0])[:2]) < 0.25  # a stroke begins where the last one ended


def test_a_hatching_goes_back_and_forth():
    made = scribbles.hatchings(100, rng())
    assert {drawing.n_points for drawing in made} == {7, 10, 14, 20}
    for drawing in made:
        steps = np.diff(drawing.strokes[0][:, :2], axis=0)
        back = (steps[1:] * steps[:-1]).sum(axis=1) < 0
        assert back.mean() > 0.6


def test_a_coil_goes_round_several_times():
    for drawing in scribbles.coils(100, rng()):
        (line,) = drawing.strokes
        steps = np.diff(line[:, :2], axis=0) @ np.array([1, 1j])
        turned = np.abs(np.angle(steps[1:] / steps[:-1])).sum()
        assert turned > 2 * 2 * np.pi
