"""Mixtures: each maker is called once, with its share of the drawings; templates are chosen at random."""

import numpy as np
import pytest

from core.preprocessing.ink import Drawing
from core.synthetic import mixtures, synthetic, templates


def rng(seed=0):
    return np.random.default_rng(seed)


def dots(count, x):
    return [Drawing.from_points([[[x, at]]]) for at in range(count)]


def test_all_drawings_of_one_number_are_made_in_one_call():
    calls = []

    def make(number, count):
        calls.append((number, count))
        return dots(count, x=number)

    made = mixtures.in_batches(np.array([5, 2, 5, 2, 7, 5]), make)
    assert calls == [(2, 2), (5, 3), (7, 1)]
    points = [drawing.strokes[0][0, :2].tolist() for drawing in made]
    assert points == [[5, 0], [2, 0], [5, 1], [2, 1], [7, 0], [5, 2]]


def test_without_numbers_nothing_is_made():
    def never(number, count):
        raise AssertionError(f"called for {count} of {number}")

    assert mixtures.in_batches(np.empty(0, np.intp), never) == []


def test_a_mixture_follows_its_weights():
    makers = [lambda n, rng, x=x: dots(n, x) for x in range(3)]
    made = mixtures.mixed(makers, (1, 3, 0), 4000, rng())
    counts = np.bincount([int(drawing.strokes[0][0, 0]) for drawing in made], minlength=3)
    assert counts.sum() == 4000
    assert counts[1] == pytest.approx(3000, abs=140)  # five standard deviations
    assert counts[2] == 0


def test_all_templates_are_written_and_no_two_drawings_are_alike():
    two = templates.shapes()[:2]
    plain = mixtures.written(two, 40, rng(), synthetic.NO_VARIATION)
    assert {drawing.n_points for drawing in plain} == {len(template.curve) for template in two}
    assert len({drawing.strokes[0].tobytes() for drawing in plain}) == 2
    assert len({drawing.strokes[0].tobytes() for drawing in mixtures.written(two, 40, rng())}) == 40
