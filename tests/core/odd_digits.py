"""Digits that are odd in one way or two."""

import numpy as np

SPOILED = {
    ("turn",): lambda a: a.transpose(0, 2, 1),
    ("left",): lambda a: np.rot90(a, -1, (1, 2)),
    ("right",): lambda a: np.rot90(a, 1, (1, 2)),
    ("over",): lambda a: a[:, ::-1, ::-1],
    ("mirror",): lambda a: a[:, :, ::-1],
    ("over", "mirror"): lambda a: a[:, ::-1],
    ("over", "turn"): lambda a: a[:, ::-1, ::-1].transpose(0, 2, 1),
    ("invert",): lambda a: 255 - a,
    ("scale",): lambda a: (a > 127).astype(np.uint8),
    ("scale", "turn"): lambda a: (a // 16).transpose(0, 2, 1),
    ("invert", "turn"): lambda a: 255 - a.transpose(0, 2, 1),
    ("scale", "invert"): lambda a: (a < 128).astype(np.uint8),
}
"""What is done to images (N, 28, 28), by the mends that undo it."""
