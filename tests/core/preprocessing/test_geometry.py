"""MNIST's geometry: a whole-pixel shift brings the centre of mass nearest to 14.0, and cuts no ink off."""

import numpy as np
import pytest

from core.digits import BOX, N_PIXELS, SIZE
from core.preprocessing import geometry
from core.preprocessing.geometry import centred

RNG = np.random.default_rng(0)


def blob(height=20, width=12, seed=0):
    ink = np.random.default_rng(seed).random((height, width)).astype(np.float32)
    return np.where(ink > 0.3, ink, 0).astype(np.float32)


def centres(images):
    """Return the centres of mass (N, 2) as row and column, computed in float64."""
    images = images.astype(np.float64)
    rows, columns = np.mgrid[:28, :28]
    mass = images.sum(axis=(1, 2))
    return np.column_stack([(images * rows).sum(axis=(1, 2)) / mass, (images * columns).sum(axis=(1, 2)) / mass])


def boxes(images):
    """Return the inked box of each image as top, bottom, left, right; bottom and right are exclusive."""
    rows, columns = (images > 0).any(axis=2), (images > 0).any(axis=1)
    return np.column_stack(
        [edge for line in (rows, columns) for edge in (line.argmax(axis=1), 28 - line[:, ::-1].argmax(axis=1))]
    )


def test_the_constants_are_mnists():
    assert (SIZE, BOX, geometry.CENTRE, N_PIXELS) == (28, 20, 14.0, 784)


def test_a_digit_is_shifted_and_otherwise_unchanged():
    digit = blob()
    image = centred(digit[np.newaxis])[0]
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    top, bottom, left, right = boxes(image[np.newaxis])[0]
    np.testing.assert_array_equal(image[top:bottom, left:right], np.rint(digit * 255))
    assert image.sum() == np.rint(digit * 255).sum()


@pytest.mark.parametrize("shape", [(20, 20), (20, 5), (6, 20), (20, 1), (1, 20), (1, 1), (28, 28)])
def test_the_centre_of_mass_is_as_near_to_14_as_whole_pixels_allow(shape):
    digits = np.stack([blob(*shape, seed=seed) for seed in range(200)])
    digits[:, 0, 0] = np.maximum(digits[:, 0, 0], 0.5)
    images = centred(digits)
    off = centres(images) - 14.0
    box = boxes(images)
    free = np.column_stack([(box[:, 0] > 0) & (box[:, 1] < 28), (box[:, 2] > 0) & (box[:, 3] < 28)])
    assert (np.abs(off[free]) <= 0.5 + 0.01).all()


@pytest.mark.parametrize(("second", "first_column"), [(0.25, 14), (0.75, 13)])
def test_two_pixels_by_hand(second, first_column):
    """Ink of 0.5 beside 0.25 has its centre at 1/3, nearer to the first pixel; beside 0.75 at 3/5, to the second."""
    image = centred(np.array([[[0.5, second]]], np.float32))[0]
    assert image[14].nonzero()[0].tolist() == [first_column, first_column + 1]


def test_the_centre_is_14_and_not_13_and_a_half():
    assert centred(np.ones((1, 1, 1), np.float32))[0].nonzero() == (14, 14)
    assert boxes(centred(np.ones((1, 20, 20), np.float32)))[0].tolist() in ([4, 24, 4, 24], [5, 25, 5, 25])


@pytest.mark.parametrize("flip", [slice(None), slice(None, None, -1)])
def test_ink_far_from_the_middle_stops_at_the_frame(flip):
    digit = np.full((20, 20), 0.01, np.float32)
    digit[:, -1] = 1
    for turned in (digit[:, flip], digit.T[flip]):
        image = centred(turned[np.newaxis])[0]
        assert (image > 0).sum() == 400
        assert image.sum() == np.rint(digit * 255).sum()
        assert 0 in boxes(image[np.newaxis])[0] or 28 in boxes(image[np.newaxis])[0]


def test_an_empty_margin_does_not_limit_the_shift():
    digit = np.zeros((1, 28, 28), np.float32)
    digit[0, 0, 27] = 1
    assert centred(digit)[0].nonzero() == (14, 14)


def test_digits_without_ink_give_empty_images():
    images = centred(np.zeros((3, 20, 20), np.float32))
    assert images.shape == (3, 28, 28)
    assert not images.any()


def test_no_digits():
    assert centred(np.zeros((0, 20, 20), np.float32)).shape == (0, 28, 28)


def test_a_batch_is_the_same_as_one_by_one():
    digits = RNG.random((50, 20, 17)).astype(np.float32) * (RNG.random((50, 20, 17)) > 0.8)
    digits[7] = 0
    np.testing.assert_array_equal(centred(digits), np.concatenate([centred(digit[np.newaxis]) for digit in digits]))


def test_ink_is_rounded_to_the_nearest_grey_level():
    digit = (np.arange(256, dtype=np.float32) / 255).reshape(1, 16, 16)
    assert sorted(centred(digit)[centred(digit) > 0]) == list(range(1, 256))


def test_the_digits_are_not_changed():
    digits = blob()[np.newaxis]
    before = digits.copy()
    centred(digits)
    np.testing.assert_array_equal(digits, before)


@pytest.mark.parametrize("shape", [(1, 29, 5), (1, 5, 29)])
def test_a_digit_larger_than_the_frame_is_rejected(shape):
    with pytest.raises(ValueError, match="do not fit into 28 × 28"):
        centred(np.zeros(shape, np.float32))


@pytest.mark.real_data
def test_mnists_own_digits_get_their_own_positions(real_data):
    from core.data import mnist

    images = mnist.load(real_data / "mnist")[1].images.reshape(-1, 28, 28)
    same = 0
    longer = []
    for image, (top, bottom, left, right) in zip(images, boxes(images), strict=True):
        cut = image[np.newaxis, top:bottom, left:right].astype(np.float32) / np.float32(255)
        longer.append(max(cut.shape[1:]))
        same += np.array_equal(centred(cut)[0], image)
    assert same / len(images) >= 0.999
    assert np.mean(np.array(longer) == BOX) > 0.999
