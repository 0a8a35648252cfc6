"""Digit images and verdicts: the image size, the number of classes, the verdict on a drawing.

NumPy is not needed here: the window opens before NumPy is imported.
"""

import enum

SIZE = 28
"""Rows and columns of a digit image, in pixels."""
BOX = 20
"""The longer side of the digit itself, in pixels."""
N_PIXELS = SIZE * SIZE
N_CLASSES = 10
NOT_A_DIGIT = 10
"""The label of a drawing that is none of the ten digits: used in training, never predicted."""


class Verdict(enum.Enum):
    """The verdict on a drawing; the values are those of ``digitpad-lab``'s JSON."""

    DIGIT = "digit"
    TWO_CANDIDATES = "two candidates"  # not shown
    NOT_A_DIGIT = "not a digit"
