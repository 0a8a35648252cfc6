"""What is no digit: repeatable, varied, in MNIST's geometry, and indeed no digit."""

import time

import numpy as np
import pytest

from core import geometry, ink
from core.data import nondigits, synthetic, templates

KINDS = list(nondigits.MIXTURE)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def images():
    return nondigits.draw(1500, rng())


@pytest.fixture(scope="module")
def of_kind():
    """Two hundred images of each kind, drawn with the usual pen."""
    return {kind: ink.render_all(nondigits.drawings_of(kind, 200, rng(1))) for kind in KINDS}


def boxes(images):
    """The width and height (N,) of the ink, in pixels."""
    spans = []
    for axis in (1, 2):
        inked = images.any(axis=axis)
        spans.append(28 - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1))
    return spans


@pytest.mark.parametrize("n", [0, 1, 7])
def test_any_number_can_be_asked_for(n):
    images = nondigits.draw(n, rng())
    assert images.shape == (n, 28, 28)
    assert images.dtype == np.uint8
    assert len(nondigits.drawings(n, rng())) == n


def test_a_seed_gives_the_same_and_another_seed_others():
    images = nondigits.draw(60, rng(1))
    assert np.array_equal(images, nondigits.draw(60, rng(1)))
    assert not np.array_equal(images, nondigits.draw(60, rng(2)))


def test_no_two_are_alike(images):
    dots = images.astype(bool).sum(axis=(1, 2)) < 80  # a dot is a dot
    assert len(np.unique(images[~dots].reshape(-1, 784), axis=0)) == np.sum(~dots) > 1300


def test_every_image_has_mnists_size(images):
    assert images.any(axis=(1, 2)).all()
    longer = np.maximum(*boxes(images))
    assert longer.max() == geometry.BOX
    assert np.mean(longer == geometry.BOX) > 0.98  # all but single dots


def test_the_pen_varies(images):
    lines = nondigits.drawings_of("dashes", 200, rng())
    heights = boxes(ink.render_all(lines, synthetic.pens(200, rng())))[1]
    assert np.quantile(heights, 0.9) > 1.5 * np.quantile(heights, 0.1)


def test_the_mixture_holds_all_kinds_in_their_shares(monkeypatch):
    asked = {}

    def noting(kind, make):
        def noted(n, rng):
            asked[kind] = n
            return make(n, rng)

        return noted

    monkeypatch.setattr(nondigits, "_MAKERS", {kind: noting(kind, nondigits._MAKERS[kind]) for kind in KINDS})
    nondigits.drawings(3000, rng())
    assert sum(nondigits.MIXTURE.values()) == pytest.approx(1)
    assert sum(asked.values()) == 3000
    for kind, share in nondigits.MIXTURE.items():
        assert asked[kind] == pytest.approx(3000 * share, abs=5 * np.sqrt(3000 * share))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_sound_drawings(kind):
    made = nondigits.drawings_of(kind, 40, rng())
    assert len(made) == 40
    assert nondigits.drawings_of(kind, 0, rng()) == []
    for drawing in made:
        assert drawing
        for stroke in drawing.strokes:
            assert stroke.dtype == np.float32
            assert stroke.shape[1:] == (3,)
            assert len(stroke) > 0
            assert np.isfinite(stroke).all()
            assert (stroke[:, 2] == 1).all()


def test_hardly_any_is_narrow_and_upright_like_a_1(images):
    width, height = boxes(images)
    assert np.mean((width < 9) & (height > 16)) < 0.03
    ones, labels = synthetic.draw(600, rng())
    width, height = boxes(ones[labels == 1])
    assert np.mean((width < 9) & (height > 16)) > 0.3


def test_dashes_lie_and_blots_are_full(of_kind):
    width, height = boxes(of_kind["dashes"])
    assert np.mean(width > height) > 0.8
    amount = {kind: of_kind[kind].mean() for kind in KINDS}
    assert amount["hatchings"] > 1.5 * amount["signs"]
    assert amount["dots"] < 0.5 * amount["signs"]


def test_neighbours_are_wide_and_their_digits_whole(of_kind):
    width, height = boxes(of_kind["neighbours"])
    assert np.mean(width >= height) > 0.6
    digits, _ = synthetic.draw(300, rng())
    width, height = boxes(digits)
    assert np.mean(width >= height) < 0.35


def test_of_two_digits_over_each_other_neither_is_hidden():
    lone = [len(drawing.strokes) for drawing in nondigits.digits(300, rng())]
    overlapping = nondigits.drawings_of("overlaps", 300, rng())
    assert np.mean([len(drawing.strokes) for drawing in overlapping]) > 1.6 * np.mean(lone)
    hidden = [nondigits._apart(drawing.strokes[:1], drawing.strokes[-1:]) < 0.05 for drawing in overlapping]
    assert np.mean(hidden) < 0.05


def test_a_spoiled_digit_keeps_its_strokes_and_gets_more():
    way = next(way for way in templates.digits() if way.digit == 8)
    (digit,) = synthetic.write(way, 1, rng())
    for mark in nondigits._MARKS:
        added = nondigits._mark(mark, digit.strokes, rng())
        assert len(added) == len(mark)
        low, high = nondigits._box(added)
        assert ((high - low) > 0.2).any()


@pytest.mark.parametrize("layout", nondigits._LAYOUTS)
def test_parts_of_a_compound_stay_in_their_boxes(layout):
    for box, sign in zip(layout, nondigits.shapes(2, rng()), strict=True):
        low, high = nondigits._box(nondigits._boxed(sign.strokes, box))
        assert (low >= np.array(box[:2]) - 1e-5).all()
        assert (high <= np.array(box[2:]) + 1e-5).all()


def test_made_up_signs_have_one_to_six_strokes_that_mostly_touch():
    made = nondigits.drawings_of("signs", 400, rng())
    counts = np.bincount([len(drawing.strokes) for drawing in made])
    assert (counts[1:] > 5).all()
    assert len(counts) == 7
    touching = [gap(drawing) < 0.12 for drawing in made if len(drawing.strokes) == 2]
    assert np.mean(touching) > 0.55


def gap(drawing):
    """The distance between the nearest points of two strokes."""
    one, other = (stroke[:, :2] for stroke in drawing.strokes)
    return np.linalg.norm(one[:, np.newaxis] - other, axis=2).min()


def test_they_can_be_told_from_digits(images):
    """Else a network could not learn it: by the nearest of others, mostly right in both."""
    digits, _ = synthetic.draw(1500, rng())
    both = np.concatenate([images, digits]).reshape(3000, -1).astype(np.float32)
    both /= np.linalg.norm(both, axis=1, keepdims=True)
    likeness = both @ both.T
    np.fill_diagonal(likeness, -1)
    says_digit = likeness.argmax(axis=1) >= 1500
    assert says_digit[1500:].mean() > 0.8
    assert says_digit[:1500].mean() < 0.35


def test_images_are_made_fast_enough_for_training():
    began = time.process_time()
    nondigits.draw(2000, rng())
    assert time.process_time() - began < 4 * 2000 * 0.0003
