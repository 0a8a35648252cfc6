"""Non-digits: repeatable, varied, in MNIST's geometry, and distinguishable from digits."""

import time

import numpy as np
import pytest

from core.digits import BOX
from core.preprocessing.ink import Drawing
from core.synthetic import nondigits, synthetic

KINDS = list(nondigits.MIXTURE)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def images():
    return nondigits.draw(1500, rng())


def boxes(images):
    """Return the width and height (N,) of the ink, in pixels."""
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


def test_a_seed_repeats_the_images_and_another_seed_gives_others():
    images = nondigits.draw(60, rng(1))
    assert np.array_equal(images, nondigits.draw(60, rng(1)))
    assert not np.array_equal(images, nondigits.draw(60, rng(2)))


def test_no_two_are_alike(images):
    dots = images.astype(bool).sum(axis=(1, 2)) < 80  # dots may be alike
    assert len(np.unique(images[~dots].reshape(-1, 784), axis=0)) == np.sum(~dots) > 1300


def test_every_image_has_mnists_size(images):
    assert images.any(axis=(1, 2)).all()
    longer = np.maximum(*boxes(images))
    assert longer.max() == BOX
    assert np.mean(longer == BOX) > 0.98  # all but single dots


def test_the_pen_varies(monkeypatch):
    line = Drawing.from_points([[[0, 0], [9, 0]]])
    monkeypatch.setattr(nondigits, "MIXTURE", {"line": 1.0})
    monkeypatch.setattr(nondigits, "MAKERS", {"line": lambda n, rng: [line] * n})
    heights = boxes(nondigits.draw(200, rng()))[1]
    assert np.quantile(heights, 0.9) > 1.5 * np.quantile(heights, 0.1)


def test_the_mixture_has_all_kinds_in_their_shares(monkeypatch):
    counts = {}

    def counting(kind, make):
        def counted(n, rng):
            counts[kind] = n
            return make(n, rng)

        return counted

    monkeypatch.setattr(nondigits, "MAKERS", {kind: counting(kind, nondigits.MAKERS[kind]) for kind in KINDS})
    nondigits.drawings(3000, rng())
    assert sum(nondigits.MIXTURE.values()) == pytest.approx(1)
    assert sum(counts.values()) == 3000
    for kind, share in nondigits.MIXTURE.items():
        assert counts[kind] == pytest.approx(3000 * share, abs=5 * np.sqrt(3000 * share))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_valid_drawings(kind):
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


def test_few_are_narrow_and_upright_like_a_1(images):
    width, height = boxes(images)
    assert np.mean((width < 9) & (height > 16)) < 0.03
    ones, labels = synthetic.draw(3000, rng())
    width, height = boxes(ones[labels == 1])
    assert np.mean((width < 9) & (height > 16)) > 0.2  # the others have a foot or a long flag


def test_they_are_distinguishable_from_digits(images):
    """A nearest-neighbour classifier is mostly right for both, so a network can learn it."""
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
