"""Conversions between QImage and arrays of pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.formats import picture_file

_DEEP = {QImage.Format.Format_RGBX64, QImage.Format.Format_RGBA64, QImage.Format.Format_RGBA64_Premultiplied}
_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """Return the pixels (H, W), (H, W, 3) or (H, W, 4) of an image, as ``picture_file.load`` returns those of its file.

    Raises
    ------
    DrawingError
        The image has too many pixels.
    """
    if image.isNull():
        return np.zeros((0, 0), np.uint8)
    if image.width() * image.height() > picture_file.MAX_PIXELS:
        return picture_file.from_values(np.broadcast_to(np.uint8(0), (image.height(), image.width())))
    if image.format() == QImage.Format.Format_Grayscale16:
        return picture_file.from_values(_values(image, 1, np.uint16))
    if image.format() in _DEEP:
        return picture_file.from_values(_values(image.convertToFormat(QImage.Format.Format_RGBA64), 4, np.uint16))
    if image.format() == QImage.Format.Format_Grayscale8:
        return picture_file.from_values(_values(image, 1, np.uint8))
    return picture_file.from_values(_values(image.convertToFormat(QImage.Format.Format_RGBA8888), 4, np.uint8))


def _values(image: QImage, channels: int, dtype: type[np.uint8] | type[np.uint16]) -> NDArray[np.generic]:
    """Return the values (H, W) or (H, W, channels) of an image whose format has these."""
    row = image.bytesPerLine() // dtype().itemsize
    rows = np.frombuffer(image.constBits(), dtype).reshape(image.height(), row)[:, : image.width() * channels]
    values = rows if channels == 1 else rows.reshape(image.height(), image.width(), channels)
    return values.copy()  # the buffer is freed with the image


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image of pixels (H, W), (H, W, 3) or (H, W, 4) that owns its memory."""
    rows = np.ascontiguousarray(pixels)
    height, width = rows.shape[:2]
    channels = 1 if rows.ndim == 2 else rows.shape[2]
    return QImage(rows.data, width, height, width * channels, _FORMATS[channels]).copy()
