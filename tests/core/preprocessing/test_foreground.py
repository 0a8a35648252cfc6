"""Foreground: ink separated from a clean or unevenly lit background, and cropped at the page's own scale."""

import numpy as np
import pytest

from core.preprocessing import canvas, foreground
from core.preprocessing.ink import Drawing

FOUR = Drawing.from_points([[[60, 10], [10, 70], [90, 70]], [[65, 40], [65, 110]]])


def page(side=280, pen=0.05):
    """Return a canvas (side, side), float32, with a digit of 100 pixels far from its edges."""
    moved = Drawing.from_points([stroke + np.array([70, 90, 0]) for stroke in FOUR.strokes])
    return canvas.paint(moved, pen * 280 / side, side).astype(np.float32)


def shaded(grey, seed=0):
    rng = np.random.default_rng(seed)
    light = np.add.outer(np.linspace(0.6, 1, len(grey)), np.linspace(-0.2, 0, len(grey)))
    return (grey * light + rng.normal(0, 2, grey.shape)).astype(np.float32).clip(0, 255)


def test_clean_ink_is_cropped_unchanged():
    ink = foreground.find(page())
    assert ink is not None
    assert ink.is_clean
    assert ink.cover.dtype == np.float32
    whole = 1 - page() / 255
    assert ink.cover.sum() == pytest.approx(whole.sum(), rel=0.005)
    assert ink.longest == pytest.approx(114, abs=4)
    assert max(ink.cover.shape) < 170


@pytest.mark.parametrize("invert", [lambda grey: grey, lambda grey: 255 - grey])
@pytest.mark.parametrize("side", [280, 700, 1024])
def test_unevenly_lit_ink_is_found(invert, side):
    ink = foreground.find(invert(shaded(page(side))))
    assert ink is not None
    assert not ink.is_clean
    assert ink.cover.sum() == pytest.approx((1 - page() / 255).sum(), rel=0.1)
    assert ink.longest == pytest.approx(114, abs=14)
    assert 0 <= ink.cover.min() <= ink.cover.max() <= 1


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_no_ink(grey):
    assert foreground.find(np.full((90, 90), grey, np.float32)) is None
    assert foreground.find(np.zeros((0, 5), np.float32)) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_shaded_page_without_ink_is_empty(seed):
    assert foreground.find(shaded(np.full((400, 400), 220, np.float32), seed)) is None


def test_ink_that_touches_the_edges_of_a_clean_page():
    grey = page()
    tight = grey[90:220, 60:180][4:-4, 7:-7]
    ink = foreground.find(np.ascontiguousarray(tight))
    assert ink is not None
    assert ink.cover.sum() == pytest.approx((1 - tight / 255).sum(), rel=0.01)


def test_a_separate_stroke_belongs_to_the_digit_and_a_speck_does_not():
    grey = page()
    grey[100:104, 200:240] = 0
    with_bar = foreground.find(grey)
    grey[30:33, 30:33] = 0
    with_speck = foreground.find(grey)
    assert with_bar is not None
    assert with_speck is not None
    assert with_bar.longest > foreground.find(page()).longest
    np.testing.assert_array_equal(with_speck.cover, with_bar.cover)


def test_a_faint_smear_beside_the_digit_is_left_out():
    grey = page()
    smeared = grey.copy()
    smeared[95:105, 90:110] = np.minimum(smeared[95:105, 90:110], 225)
    one, other = foreground.find(grey), foreground.find(smeared)
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.cover, other.cover)


def test_the_page_is_not_changed():
    grey = shaded(page())
    before = grey.copy()
    foreground.find(grey)
    np.testing.assert_array_equal(grey, before)
