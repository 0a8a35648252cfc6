"""Pictures of synthetic digits and synthetic non-digits.

    python benchmarks/sample_page.py docs

Writes ``synthetic.png``, a row for each digit, ``nondigits.png``, and ``deformed.png``, a row of copies per digit.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.augment import Augmenter, Deformation
from core.digits import N_CLASSES, N_PIXELS, SIZE
from core.synthetic import nondigits, synthetic

COLUMNS = 32


def page(images: NDArray[np.uint8], gap: int = 2) -> Image.Image:
    """Return images (R * 32, 28, 28) in rows of 32, dark on light."""
    side = SIZE + gap
    n_rows = len(images) // COLUMNS
    sheet = np.zeros((n_rows * side + gap, COLUMNS * side + gap), np.uint8)
    for number, image in enumerate(images[: n_rows * COLUMNS]):
        top, left = (gap + side * index for index in divmod(number, COLUMNS))
        sheet[top : top + SIZE, left : left + SIZE] = image
    return Image.fromarray(255 - sheet)


def by_digit(rng: np.random.Generator, rows_each: int = 2) -> NDArray[np.uint8]:
    """Return synthetic digits ordered by label, two rows per label."""
    images, labels = synthetic.draw(N_CLASSES * rows_each * COLUMNS, rng)
    return images[np.argsort(labels, kind="stable")]


def deformed(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return ten digits, each followed by 31 deformed copies."""
    images, labels = synthetic.draw(200, rng)
    firsts = images[[int(np.flatnonzero(labels == digit)[0]) for digit in range(N_CLASSES)]]
    rows = np.repeat(firsts.reshape(N_CLASSES, 1, N_PIXELS), COLUMNS, axis=1)
    copies = np.ascontiguousarray(rows.reshape(-1, N_PIXELS))
    out = Augmenter(Deformation()).deform(copies, rng, np.empty(copies.shape, np.float32))
    out.reshape(rows.shape)[:, 0] = rows[:, 0]
    return np.rint(out).astype(np.uint8).reshape(-1, SIZE, SIZE)


def main(folder: str) -> None:
    """Write the pages."""
    rng = np.random.default_rng(2026)
    pages = {
        "synthetic": by_digit(rng),
        "nondigits": nondigits.draw(12 * COLUMNS, rng),
        "deformed": deformed(rng),
    }
    for name, images in pages.items():
        page(images).save(Path(folder) / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs")
