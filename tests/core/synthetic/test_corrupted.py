"""Corrupted digits: both of two visible, whole or turned, with marks across them."""

import numpy as np
import pytest

from core.preprocessing.ink import Drawing
from core.synthetic import corrupted, lines, synthetic, templates


def rng(seed=0):
    return np.random.default_rng(seed)


def extents(drawings):
    """Return the width and height (N,) of drawings, in their own unit."""
    return np.array([np.subtract(*lines.corners(drawing.strokes)[::-1]) for drawing in drawings]).T


@pytest.fixture
def eight():
    template = next(template for template in templates.digits() if template.digit == 8)
    (drawing,) = synthetic.write(template, 1, rng())
    return drawing


def test_only_digits_that_are_allowed_are_drawn():
    allowed = {len(template.curve) for template in templates.digits() if template.digit in (4, 7)}
    assert {drawing.n_points for drawing in corrupted.digits(200, rng(), (4, 7))} <= allowed


def test_of_two_overlapping_digits_neither_is_hidden():
    single = [len(drawing.strokes) for drawing in corrupted.digits(300, rng())]
    overlapping = corrupted.overlaps(300, rng())
    assert np.mean([len(drawing.strokes) for drawing in overlapping]) > 1.6 * np.mean(single)
    hidden = [lines.distance(drawing.strokes[:1], drawing.strokes[-1:]) < 0.05 for drawing in overlapping]
    assert np.mean(hidden) < 0.05


def test_a_digit_that_would_hide_another_is_not_its_overlay(eight, monkeypatch):
    monkeypatch.setattr(corrupted, "MIN_DISTANCE", 1)
    far, further = (Drawing(lines.moved(eight.strokes, (x, 0))) for x in (4, 9))
    over = corrupted.overlay(eight.strokes, [eight, far, further], rng())
    left, right = (corner[0] for corner in lines.corners(over))
    assert 1 < left < right < 7


def test_neighbours_are_wide():
    width, height = extents(corrupted.neighbours(200, rng(1)))
    assert np.mean(width >= height) > 0.6
    width, height = extents(corrupted.digits(300, rng()))
    assert np.mean(width >= height) < 0.35


def test_neighbours_are_side_by_side_and_the_first_is_whole(eight):
    others = corrupted.digits(2, rng())
    for seed in range(20):
        first, *added = corrupted.beside(eight.strokes, others, rng(seed))
        assert first is eight.strokes[0]
        assert lines.corners(tuple(added))[0][0] > lines.corners(eight.strokes)[1][0] - 0.03


def test_a_marked_digit_keeps_its_strokes_and_gets_more(eight):
    for mark in corrupted.MARKS:
        added = corrupted.mark_around(eight.strokes, mark, rng())
        assert len(added) == len(mark)
        low, high = lines.corners(added)
        assert ((high - low) > 0.2).any()


def test_a_turned_digit_is_as_large_as_before():
    upright = corrupted.turned_by((4,), ((1, 0), (0, 1)), 20, rng())
    upside_down = corrupted.turned_by((4,), ((-1, 0), (0, -1)), 20, rng())
    for one, other in zip(upright, upside_down, strict=True):
        for stroke, turned in zip(one.strokes, other.strokes, strict=True):
            np.testing.assert_array_equal(turned, stroke * [-1, -1, 1])
