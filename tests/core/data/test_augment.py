"""Data augmentation: images change, but keep MNIST's geometry."""

import numpy as np
import pytest

from core.data.augment import Augmenter, Deformation
from core.digits import BOX, N_PIXELS, SIZE
from core.preprocessing.geometry import CENTRE
from core.synthetic import synthetic

NONE = Deformation().times(0)


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """Return 300 synthetic digits (300, 784)."""
    images, _ = synthetic.draw(300, np.random.default_rng(5))
    return images.reshape(-1, N_PIXELS)


def deformed(images: np.ndarray, deformation: Deformation, seed: int = 0) -> np.ndarray:
    """Return deformed images (N, 28, 28)."""
    out = np.empty(images.shape, np.float32)
    return Augmenter(deformation).deform(images, np.random.default_rng(seed), out).reshape(-1, SIZE, SIZE)


def centres(images: np.ndarray) -> np.ndarray:
    """Return the centres of mass (2, N) as pixel indexes."""
    index, mass = np.arange(SIZE), images.sum(axis=(1, 2))
    return np.stack([images.sum(axis=2) @ index / mass, images.sum(axis=1) @ index / mass])


def sides(images: np.ndarray) -> np.ndarray:
    """Return the longer sides (N,) of the ink's bounding boxes."""
    has_ink = images > 64
    spans = [has_ink.any(axis=axis) for axis in (1, 2)]
    return np.max([SIZE - span[:, ::-1].argmax(axis=1) - span.argmax(axis=1) for span in spans], axis=0)


def similarities(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine similarities (N,) of two sets of images (N, 28, 28)."""
    a, b = (images.reshape(len(images), -1) for images in (a, b))
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_zero_strength_moves_a_digit_by_less_than_a_pixel(digits: np.ndarray) -> None:
    out = deformed(digits, NONE)
    assert np.abs(centres(out) - CENTRE).max() < 0.75
    assert np.median(similarities(out, digits.reshape(out.shape).astype(np.float32))) > 0.9


def test_deformed_digits_have_mnists_geometry(digits: np.ndarray) -> None:
    out = deformed(np.tile(digits, (6, 1)), Deformation())
    assert np.abs(np.median(centres(out), axis=1) - CENTRE).max() < 0.1
    assert np.quantile(np.abs(centres(out) - CENTRE), 0.9) < 1.5
    assert np.median(sides(out)) == BOX
    assert np.quantile(np.abs(sides(out) - BOX), 0.9) <= 3


def test_values_stay_in_range(digits: np.ndarray) -> None:
    out = deformed(digits, Deformation().times(3))
    assert out.min() >= 0
    assert out.max() <= 255


def test_each_digit_is_deformed_differently_and_reproducibly(digits: np.ndarray) -> None:
    same = np.repeat(digits[:1], 8, axis=0)
    out = deformed(same, Deformation())
    assert len(np.unique(out.reshape(8, -1), axis=0)) == 8
    assert not np.array_equal(deformed(same, Deformation(), seed=1), out)
    np.testing.assert_array_equal(deformed(same, Deformation()), out)


@pytest.mark.parametrize("name", ["rotation", "aspect", "slant", "elastic", "pen"])
def test_each_parameter_has_an_effect(digits: np.ndarray, name: str) -> None:
    alone = Deformation(**{**vars(NONE), name: getattr(Deformation(), name)})
    similarity = similarities(deformed(digits, alone), deformed(digits, NONE))
    assert np.median(similarity) < 0.997
    twice = similarities(deformed(digits, alone.times(2)), deformed(digits, NONE))
    assert np.median(twice) < np.median(similarity)


def test_the_pen_thickens_and_thins_strokes() -> None:
    bar = np.zeros((1, SIZE, SIZE), np.uint8)
    bar[:, 4:24, 12:16] = 255
    masses = deformed(np.repeat(bar.reshape(1, -1), 200, axis=0), Deformation(**{**vars(NONE), "pen": 1.0})).sum((1, 2))
    assert masses.min() < 0.7 * bar.sum()
    assert masses.max() > 1.3 * bar.sum()


def test_an_empty_image_stays_empty() -> None:
    assert not deformed(np.zeros((3, N_PIXELS), np.uint8), Deformation()).any()


def test_a_batch_that_is_not_a_multiple_of_the_block_is_deformed_whole(digits: np.ndarray) -> None:
    out = deformed(digits[:67], Deformation())
    assert (similarities(out, digits[:67].reshape(out.shape).astype(np.float32)) > 0.3).all()
