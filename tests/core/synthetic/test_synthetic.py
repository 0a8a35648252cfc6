"""Synthetic digits: balanced, repeatable, in MNIST's geometry."""

import dataclasses

import numpy as np
import pytest

from core.digits import BOX
from core.preprocessing import geometry, ink
from core.synthetic import synthetic, templates


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def digits():
    return synthetic.draw(600, rng())


@pytest.fixture(scope="module")
def plain():
    """Return a drawing of each template without variation, and its image."""
    written = [synthetic.write(template, 1, rng(), synthetic.NO_VARIATION)[0] for template in templates.digits()]
    return written, ink.render_all(written)


@pytest.mark.parametrize("n", [0, 1, 7, 25])
def test_any_number_can_be_asked_for(n):
    images, labels = synthetic.draw(n, rng())
    assert images.shape == (n, 28, 28)
    assert labels.shape == (n,)
    assert images.dtype == labels.dtype == np.uint8
    assert np.ptp(np.bincount(labels, minlength=10)) <= 1


def test_balanced_and_shuffled(digits):
    _, labels = digits
    assert np.bincount(labels).tolist() == [60] * 10
    assert not np.array_equal(labels, np.arange(600) % 10)
    assert not np.array_equal(labels, np.sort(labels))


def test_a_seed_gives_the_same_digits_and_another_seed_others():
    images, labels = synthetic.draw(30, rng(1))
    again, labels_again = synthetic.draw(30, rng(1))
    others, _ = synthetic.draw(30, rng(2))
    assert np.array_equal(images, again)
    assert np.array_equal(labels, labels_again)
    assert not np.array_equal(images, others)


def test_every_image_is_in_mnists_geometry(digits):
    images, _ = digits
    stopped = 0
    for image in images.astype(np.float64):
        profiles = [image.sum(axis=1), image.sum(axis=0)]
        assert max(np.ptp(np.flatnonzero(profile)) + 1 for profile in profiles) == BOX
        for profile in profiles:
            if profile[0] or profile[-1]:
                stopped += 1  # no ink is cut off, even if that keeps the digit off centre
            else:
                assert profile @ np.arange(28) / profile.sum() == pytest.approx(geometry.CENTRE, abs=0.52)
    assert stopped < 0.02 * len(images)


def test_a_label_is_the_digit_that_was_drawn(digits, plain):
    images, labels = digits
    drawn, typed = (x.reshape(len(x), -1) / np.linalg.norm(x, axis=(1, 2))[:, np.newaxis] for x in (images, plain[1]))
    nearest = (drawn @ typed.T).argmax(axis=1)
    likely = np.array([template.digit for template in templates.digits()])[nearest]
    # The nearest template is a poor classifier, right in half the cases or more; but no single error is as frequent.
    predicted = [np.bincount(likely[labels == digit], minlength=10).argmax() for digit in range(10)]
    assert predicted == list(range(10))


def test_drawings_are_those_of_the_images():
    written, labels = synthetic.drawings(40, rng(3))
    images, same_labels = synthetic.draw(40, rng(3))
    assert np.array_equal(labels, same_labels)
    pairs = zip(ink.render_all(written), images, strict=True)
    likeness = np.array([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs])
    assert likeness.min() > 0.6  # only the pen's width differs


def test_the_pen_varies_from_digit_to_digit(digits):
    images, labels = digits
    ink_of_zeros = images[labels == 0].mean(axis=(1, 2))
    assert ink_of_zeros.max() > 1.8 * ink_of_zeros.min()


def test_a_variation_has_its_standard_deviation():
    (template,) = templates.parse_shapes('{"templates": [{"shape": "line", "strokes": [[[50, 0], [50, 100]]]}]}')
    slant = synthetic.Variation(0.2, 0.1, 0, 0, 0, 0, 0, 0)
    lines = np.stack([drawing.strokes[0] for drawing in synthetic.write(template, 2000, rng(), slant)])
    lean = lines[:, 0, 0] - lines[:, -1, 0]  # how far the upper end lies to the right, over a height of 1
    assert lean.mean() == pytest.approx(0.1, abs=0.02)
    assert lean.std() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    "kind", ["slant", "slant_mean", "rotation", "aspect", "jitter", "stroke_shift", "warp", "overshoot"]
)
def test_each_kind_of_variation_changes_the_drawing_by_itself(kind):
    template = templates.digits()[0]
    (typed,) = synthetic.write(template, 1, rng(), synthetic.NO_VARIATION)
    alone = dataclasses.replace(synthetic.NO_VARIATION, **{kind: getattr(synthetic.VARIATION, kind)})
    for varied in synthetic.write(template, 3, rng(), alone):
        assert 0.001 < np.abs(varied.strokes[0] - typed.strokes[0]).max() < 0.5
