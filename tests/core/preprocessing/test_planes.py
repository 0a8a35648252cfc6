"""Planes: brightness, colour where it separates better, transparency, and little contrast stretched."""

import numpy as np
import pytest

from core.preprocessing import planes

SHAPE = np.zeros((60, 50), bool)
SHAPE[15:45, 20:26] = True


def coloured(ground, ink):
    """Return pixels (H, W, 3) of a bar of one colour on another."""
    return np.where(SHAPE[..., np.newaxis], np.uint8(ink), np.uint8(ground)).astype(np.uint8)


def contrast(plane):
    return abs(float(np.median(plane[SHAPE])) - float(np.median(plane[~SHAPE])))


def test_grey_values_stay_as_they_are():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(planes.plane(grey, 1024), grey)


def test_black_on_white_in_colour_is_its_brightness():
    assert contrast(planes.plane(coloured((255, 255, 255), (0, 0, 0)), 1024)) == 255


@pytest.mark.parametrize(
    ("ground", "ink"), [((0, 128, 0), (251, 0, 0)), ((90, 0, 0), (0, 0, 236)), ((200, 90, 90), (70, 140, 170))]
)
def test_ink_of_equal_brightness_differs_in_colour(ground, ink):
    plane = planes.plane(coloured(ground, ink), 1024)
    assert plane.dtype == np.float32
    assert contrast(plane) > 200
    assert plane.min() >= 0
    assert plane.max() <= 255


@pytest.mark.parametrize("seed", range(3))
def test_colours_of_equal_brightness_in_a_noisy_shaded_picture(seed):
    rng = np.random.default_rng(seed)
    light = np.linspace(0.7, 1, 50)[np.newaxis, :, np.newaxis]
    pixels = coloured((0, 128, 0), (200, 20, 20)) * light + rng.normal(0, 3, (60, 50, 3))
    plane = planes.plane(pixels.clip(0, 255).astype(np.uint8), 1024)
    assert contrast(plane) > 100


@pytest.mark.parametrize("ink", [255, 240, 200])
def test_pale_ink_on_a_transparent_ground_shows(ink):
    pixels = np.dstack([np.full((*SHAPE.shape, 3), ink, np.uint8), np.where(SHAPE, 255, 0).astype(np.uint8)])
    assert contrast(planes.plane(pixels, 1024)) > 180


def test_dark_ink_on_a_transparent_ground_is_on_white():
    pixels = np.dstack([np.zeros((*SHAPE.shape, 3), np.uint8), np.where(SHAPE, 255, 0).astype(np.uint8)])
    plane = planes.plane(pixels, 1024)
    assert np.median(plane) == 255
    assert contrast(plane) == 255


@pytest.mark.parametrize(("low", "high"), [(0, 1), (254, 255), (100, 110), (0, 30)])
def test_little_contrast_is_stretched(low, high):
    plane = planes.plane(np.where(SHAPE, low, high).astype(np.uint8), 1024)
    assert contrast(plane) == pytest.approx(255)


def test_noise_is_not_stretched():
    noise = np.random.default_rng(0).normal(200, 3, (60, 50)).clip(0, 255).astype(np.uint8)
    np.testing.assert_array_equal(planes.plane(noise, 1024), noise)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5, 3), (5, 0, 4)])
def test_no_pixels(shape):
    assert planes.plane(np.zeros(shape, np.uint8), 1024).size == 0


def test_a_tiny_picture_in_large_squares_is_smoothed_and_a_digit_is_not():
    tiny = np.random.default_rng(1).integers(0, 256, (8, 8), dtype=np.uint8)
    plane = planes.plane(np.kron(tiny, np.ones((30, 30), np.uint8)), 1024)
    assert plane.shape == (240, 240)
    assert np.abs(np.diff(plane, axis=1)).max() < 20
    digit = np.kron(np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8), np.ones((10, 10), np.uint8))
    np.testing.assert_array_equal(planes.plane(digit, 1024), digit)
