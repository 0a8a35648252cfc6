"""A QImage gives the pixels that its file gives."""

import io

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

from core.errors import DrawingError
from core.formats import picture_file
from gui.style.images import image_of, pixels_of

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (37, 51), np.uint8)
RGB = RNG.integers(0, 256, (37, 51, 3), np.uint8)
RGBA = np.dstack([RGB, RNG.integers(1, 256, (37, 51), np.uint8)])


@pytest.mark.parametrize("pixels", [GREY, RGB, RGBA], ids=["grey", "colours", "alpha"])
def test_pixels_survive_the_way_there_and_back(pixels):
    image = image_of(pixels)
    assert (image.width(), image.height()) == (51, 37)
    assert image.hasAlphaChannel() == (pixels.shape[2:] == (4,))
    np.testing.assert_array_equal(pixels_of(image), pixels)


def png(image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


FILES = {
    "grey": png(Image.fromarray(GREY)),
    "1 bit": png(Image.fromarray(GREY).convert("1")),
    "palette": png(Image.fromarray(RGB).quantize(9)),
    "transparent palette": png(Image.fromarray(RGB).quantize(9), transparency=3),
    "grey and alpha": png(Image.fromarray(GREY).convert("LA")),
    "grey as colours": png(Image.fromarray(GREY).convert("RGB")),
    "colours": png(Image.fromarray(RGB)),
    "alpha": png(Image.fromarray(RGBA)),
    "16 bits": png(Image.fromarray(RNG.integers(0, 65536, (37, 51), np.uint16))),
    "12 of 16 bits": png(Image.fromarray(RNG.integers(0, 4096, (37, 51), np.uint16))),
    "large": png(Image.fromarray(np.tile(GREY, (30, 47)))),
    "large with alpha": png(Image.fromarray(np.tile(RGBA, (30, 47, 1)))),
}


@pytest.mark.parametrize("name", FILES)
def test_a_picture_gives_the_pixels_of_its_file(name):
    image = QImage.fromData(FILES[name])
    np.testing.assert_array_equal(pixels_of(image), picture_file.decode(FILES[name]))


@pytest.mark.parametrize(
    "form", [form for form in QImage.Format if form.name not in ("Format_Invalid", "NImageFormats")]
)
def test_every_format_of_qt_gives_the_same_picture(form):
    image = image_of(np.repeat(GREY[..., np.newaxis] // 128 * np.uint8(255), 3, axis=2)).convertToFormat(form)
    pixels = pixels_of(image)
    if form is QImage.Format.Format_Alpha8:  # it holds the transparency alone, and colours are opaque
        assert pixels.shape == GREY.shape
    else:
        assert np.abs(pixels.astype(int) - GREY // 128 * 255).max() <= 1


def test_a_null_image_and_one_that_is_too_large(monkeypatch):
    assert pixels_of(QImage()).size == 0
    assert image_of(np.zeros((0, 0), np.uint8)).isNull()
    monkeypatch.setattr(picture_file, "MAX_PIXELS", GREY.size - 1)
    with pytest.raises(DrawingError, match="has 51 × 37 pixels"):
        pixels_of(image_of(GREY))
