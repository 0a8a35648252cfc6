"""Symbols: random strokes that mostly touch, and compounds of two symbols in their boxes."""

import numpy as np
import pytest

from core.synthetic import lines, symbols


def rng(seed=0):
    return np.random.default_rng(seed)


def gap(drawing):
    """Return the distance between the nearest points of two strokes."""
    one, other = (stroke[:, :2] for stroke in drawing.strokes)
    return np.linalg.norm(one[:, np.newaxis] - other, axis=2).min()


def test_random_symbols_have_one_to_six_strokes_that_mostly_touch():
    made = symbols.symbols(400, rng())
    counts = np.bincount([len(drawing.strokes) for drawing in made])
    assert (counts[1:] > 5).all()
    assert len(counts) == 7
    touching = [gap(drawing) < 0.12 for drawing in made if len(drawing.strokes) == 2]
    assert np.mean(touching) > 0.55


def test_a_line_has_the_given_number_of_turns():
    straight = symbols.turning(np.zeros(50, np.intp), 18, rng())
    chords, paths = lengths(straight)
    np.testing.assert_allclose(chords, paths, rtol=1e-4)
    chords, paths = lengths(symbols.turning(np.full(50, 5), 18, rng()))
    assert np.median(chords / paths) < 0.6


def lengths(made):
    """Return the lengths (n,) of lines (n, S, 2), from end to end and along the line."""
    steps = np.diff(made, axis=1)
    return np.hypot(*steps.sum(axis=1).T), np.hypot(*steps.transpose(2, 0, 1)).sum(axis=1)


def test_typed_shapes_are_of_many_kinds():
    made = symbols.shapes(200, rng())
    assert len(made) == 200
    assert len({tuple(map(len, drawing.strokes)) for drawing in made}) > 60


@pytest.mark.parametrize("layout", symbols.LAYOUTS)
def test_parts_of_a_compound_stay_in_their_boxes(layout):
    for box, symbol in zip(layout, symbols.shapes(2, rng()), strict=True):
        low, high = lines.corners(lines.boxed(symbol.strokes, box))
        assert (low >= np.array(box[:2]) - 1e-5).all()
        assert (high <= np.array(box[2:]) + 1e-5).all()


def test_a_compound_is_two_symbols_in_a_box_of_1():
    made = symbols.compounds(100, rng())
    for drawing in made:
        low, high = lines.corners(drawing.strokes)
        assert low.min() >= -1e-5
        assert high.max() <= 1 + 1e-5
    alone = [len(drawing.strokes) for drawing in symbols.shapes(100, rng()) + symbols.symbols(100, rng())]
    assert np.mean([len(drawing.strokes) for drawing in made]) > 1.5 * np.mean(alone)
