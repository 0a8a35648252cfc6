"""The sizes of a digit image in MNIST's geometry: by themselves, so that a window is built before NumPy is there."""

SIZE = 28
"""Rows and columns of a digit image, in pixels."""
BOX = 20
"""The longer side of the digit itself, in pixels."""
N_PIXELS = SIZE * SIZE
