"""Drawings as files for other programs: SVG with vector lines, ink JSON, and bytes that ``gui.pad`` has made."""

from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np
from numpy.typing import NDArray

from core.errors import DrawingError
from core.files import atomic
from core.preprocessing import pen
from core.preprocessing.ink import Drawing

_NAMESPACE = "http://www.w3.org/2000/svg"


def svg(drawing: Drawing, side: float, pen_width: float) -> str:
    """Return a drawing as SVG: black strokes on a white square.

    The lines are those on the pad: each inner point is the control point of a quadratic curve between the middles of
    its two segments. A stroke with a varying pressure is one straight path for each segment.

    Parameters
    ----------
    side
        The side of the square, in the unit of the strokes.
    pen_width
        Width of the strokes at pressure 1, in the same unit.
    """
    size = _number(side)
    root = Element("svg", xmlns=_NAMESPACE, width=size, height=size, viewBox=f"0 0 {size} {size}")
    SubElement(root, "rect", width=size, height=size, fill="white")
    line = {"stroke": "black", "stroke-linecap": "round", "stroke-linejoin": "round", "fill": "none"}
    group = SubElement(root, "g", line)
    for stroke in drawing.strokes:
        _add_stroke(group, stroke, pen_width)
    indent(root, "")
    return tostring(root, encoding="unicode") + "\n"


def write(path: Path, content: bytes) -> None:
    """Write a drawing's file, completely or not at all; raise DrawingError, with a sentence, if that fails."""
    if problem := atomic.problem(path):
        raise DrawingError(problem)
    atomic.write(path, content, DrawingError)


def _add_stroke(group: Element, points: NDArray[np.float32], pen_width: float) -> None:
    """Add the elements of one stroke (n, 3)."""
    if (points[:, :2] == points[0, :2]).all():
        x, y, pressure = map(float, points[0])
        radius = _number(pen.width_at(pressure, pen_width) / 2)
        SubElement(group, "circle", cx=_number(x), cy=_number(y), r=radius, fill="black", stroke="none")
    elif np.ptp(points[:, 2]) < pen.SAME_PRESSURE:
        _add_path(group, _curve(points), float(points[0, 2]), pen_width)
    else:
        for a, b in pairwise(points):
            _add_path(group, f"M{_at(a)}L{_at(b)}", float(a[2] + b[2]) / 2, pen_width)


def _curve(points: NDArray[np.float32]) -> str:
    """Return the path through the middles of the segments; it is straight to the first of them, and from the last."""
    middles = [(a + b) / 2 for a, b in pairwise(points)]
    curves = "".join(f"Q{_at(p)},{_at(middle)}" for p, middle in zip(points[1:-1], middles[1:], strict=True))
    return f"M{_at(points[0])}L{_at(middles[0])}{curves}L{_at(points[-1])}"


def _add_path(group: Element, shape: str, pressure: float, pen_width: float) -> None:
    SubElement(group, "path", {"stroke-width": _number(pen.width_at(pressure, pen_width)), "d": shape})


def _at(point: NDArray[np.float32]) -> str:
    return f"{_number(float(point[0]))},{_number(float(point[1]))}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
