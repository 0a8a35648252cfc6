"""The pen that paints strokes, on the pad and in files; without NumPy, which the first frame does not wait for."""

SAME_PRESSURE = 0.01
"""Smaller differences of pressure are invisible."""
_THINNEST = 0.4  # of the width at pressure 1: the width at pressure 0


def width_at(pressure: float, width: float) -> float:
    """Return the painted width at a pressure in [0, 1], of a pen whose width is that at pressure 1."""
    return width * (_THINNEST + (1 - _THINNEST) * pressure)
