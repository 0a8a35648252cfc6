"""A canvas without a window: a drawing placed on it at a random position, and painted with a round pen.

It computes in NumPy what the pad shows: measurements compare recognition from pixels with recognition from strokes.
"""

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import ink
from core.preprocessing.ink import Drawing

SIDE = 280
"""Height and width of a canvas, in pixels."""
WHITE = 255


def placed(
    drawing: Drawing, size: float, rng: np.random.Generator, side: int = SIDE, pen_width: float = 0.0
) -> Drawing:
    """Return a drawing at a random position on a canvas, in whole pixels like a mouse's.

    Parameters
    ----------
    size
        The longer side of the points' bounding box, as a share of the canvas (0.1 to 1).
    side
        Height and width of the canvas, in pixels.
    pen_width
        Share of the canvas that is kept free for the pen: half of it on each side. A drawing that is too large for the
        rest is made smaller.
    """
    if not drawing:
        return drawing
    points = np.concatenate([stroke[:, :2] for stroke in drawing.strokes]).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    scale = side * min(size, 1 - pen_width) / extent if extent > 0 else 0.0
    margin = side * pen_width / 2
    corner = margin + rng.uniform(0, 1, 2) * (side - 2 * margin - (high - low) * scale)
    return Drawing.from_points(
        [np.column_stack([np.rint((stroke[:, :2] - low) * scale + corner), stroke[:, 2]]) for stroke in drawing.strokes]
    )


def paint(drawing: Drawing, pen_width: float, side: int = SIDE) -> NDArray[np.uint8]:
    """Return the grey values (side, side) of a canvas with a painted drawing; 255 is the background, 0 ink.

    Parameters
    ----------
    drawing
        In pixels; (0.5, 0.5) is the centre of the first pixel. Ink outside the canvas is cut off.
    pen_width
        Diameter of the round pen, as a share of the canvas.
    """
    width = np.array([pen_width * side], np.float32)
    if not drawing:
        return np.full((side, side), WHITE, np.uint8)
    points = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
    segments = ink.segments(points, [len(stroke) for stroke in drawing.strokes])
    cover = ink.coverage(segments, np.zeros(len(segments), np.intp), width, side)[0]
    canvas: NDArray[np.uint8] = np.rint(WHITE * (1 - cover)).astype(np.uint8)
    return canvas
