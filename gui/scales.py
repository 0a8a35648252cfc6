"""Scales of colour: from one to the next, as a colour table or as a single mark; and what is legible on a ground."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, qRgb

from gui import theme


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """Return a colour between two opaque ones; a share of 0 is the first."""
    return QColor(*np.rint(_levels(first) + share * (_levels(second) - _levels(first))).astype(int).tolist())


def ramp(*stops: QColor, n: int = 256) -> list[int]:
    """Return n colours, evenly from stop to stop, as an image's colour table holds them."""
    places, at = np.linspace(0, 1, len(stops)), np.linspace(0, 1, n)
    levels = [np.interp(at, places, channel) for channel in np.array([_levels(stop) for stop in stops]).T]
    return [qRgb(*level) for level in np.rint(levels).astype(int).T.tolist()]


def legible_on(ground: QColor) -> QColor:
    """Return the scheme's ink or its paper, whichever stands out more from a ground."""
    colours = theme.colours()
    return max((colours.ink, colours.paper), key=lambda colour: contrast(colour, ground))


def contrast(first: QColor, second: QColor) -> float:
    """Return the ratio of contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    c = _levels(colour) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _levels(colour: QColor) -> NDArray[np.float64]:
    """Return red, green and blue, 0 to 255 (3,)."""
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)
