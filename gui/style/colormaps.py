"""Mixed colours, colour tables for images, and contrast (WCAG 2.2)."""

from functools import lru_cache

from PySide6.QtGui import QColor, qRgb

from gui.style import theme


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """Interpolate between two opaque colours; a share of 0 returns the first, 1 the second."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(_levels(first), _levels(second), strict=True))
    return QColor(red, green, blue)


def ramp(*stops: QColor, n: int = 256) -> list[int]:
    """Return n colours, interpolated between evenly spaced stops, as a colour table for QImage."""
    return _ramp(tuple(map(_levels, stops)), n)


@lru_cache(maxsize=16)  # a table takes 0.3 ms, and each image needs one when it is painted
def _ramp(stops: tuple[tuple[int, int, int], ...], n: int) -> list[int]:
    import numpy as np  # not before the first frame

    positions, samples = np.linspace(0, 1, len(stops)), np.linspace(0, 1, n)
    levels = [np.interp(samples, positions, channel) for channel in zip(*stops, strict=True)]
    return [qRgb(*level) for level in np.rint(levels).astype(int).T.tolist()]


def legible_on(background: QColor) -> QColor:
    """Return the scheme's ink or paper, whichever has more contrast to a background."""
    colours = theme.colours()
    return max((colours.ink, colours.paper), key=lambda colour: contrast(colour, background))


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = map(_linear, _levels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(level: int) -> float:
    share = level / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _levels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
