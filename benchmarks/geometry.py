"""Accuracy lost between a drawing or picture and its 28×28 image, and likeness of the images to MNIST.

    DIGITPAD_DATA=FOLDER python benchmarks/geometry.py [MODEL]

Figures on pen writers 25 to 30 come from ``benchmarks/writers-1-24.safetensors``, a network that has not seen them; if
the file is missing, from the shipped network, which has. Prints a line ``goal`` for each target.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import photos
from goals import goal, script
from numpy.typing import NDArray

from core.data import mnist, sources
from core.digits import N_CLASSES, N_PIXELS, SIZE
from core.formats import picture_file
from core.preprocessing import canvas, ink, picture, stroke_width
from core.preprocessing.ink import Drawing
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.recognition.recognizer import shipped_model

PEN = "pen:pen/pen-train.unipen"
SIZES, WIDTHS = (0.25, 0.35, 0.5, 0.7, 0.9), (0.02, 0.04, 0.06, 0.08, 0.10)
SIDES = (140, 200, 280, 400, 700, 1000)
FACTOR = 10
N_PHOTOS = 200
CHOSEN = Path(__file__).parent / "writers-1-24.safetensors"

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


def cells() -> list[tuple[float, float]]:
    """Return the sizes and pen widths at which the pen is at most a fifth of the digit."""
    return [(size, width) for size, width in product(SIZES, WIDTHS) if width <= size / 5 + 1e-9]


def predicted(model: Model, images: Sequence[Images] | Images) -> Labels:
    """Return the predicted digits (N,) of images (N, 28, 28); the class "not a digit" is left out."""
    rows = np.asarray(images).reshape(-1, N_PIXELS) * np.float32(model.input_scale)
    return model.network.predict(rows)[:, :N_CLASSES].argmax(axis=1)


def enlarged(images: Images, rng: np.random.Generator, side: int = 400) -> Iterator[Images]:
    """Yield each image (28, 28) ten times as large, black on white, at a random position on a canvas."""
    for image in images:
        page = np.full((side, side), canvas.WHITE, np.uint8)
        top, left = rng.integers(0, side - FACTOR * SIZE + 1, 2)
        large = np.kron(image, np.ones((FACTOR, FACTOR), np.uint8))
        page[top : top + len(large), left : left + len(large)] -= large
        yield page


def anywhere(drawing: Drawing, side: int, rng: np.random.Generator) -> Drawing:
    """Return a drawing at a random position on a canvas, a fifth to all of it large, in whole pixels."""
    return canvas.placed(drawing, rng.uniform(0.2, 1), rng, side)


def read_all(pages: Iterator[Images]) -> Images:
    """Return the images (N, 28, 28) read from pictures; an empty image for an empty picture."""
    empty = np.zeros((SIZE, SIZE), np.uint8)
    return np.stack([empty if image is None else image for image in map(picture.read, pages)])


def shapes(images: Images) -> dict[str, NDArray[np.floating]]:
    """Return statistics (N,) of images (N, 28, 28) by name.

    Grey is neither background nor full ink; full ink in MNIST is anything from 251 to 255.
    """
    inked = images > 0
    n_inked = inked.sum(axis=(1, 2))
    mass = images.sum(axis=(1, 2), dtype=np.float64)
    pixels = np.arange(SIZE)
    covers = images.astype(np.float32) / 255
    return {
        "box height, px": np.ptp(_edges(inked.any(axis=2)), axis=1),
        "box width, px": np.ptp(_edges(inked.any(axis=1)), axis=1),
        "centre of mass, row": images.sum(axis=2) @ pixels / mass,
        "centre of mass, column": images.sum(axis=1) @ pixels / mass,
        "grey among ink, 1-254": (inked & (images < 255)).sum(axis=(1, 2)) / n_inked,
        "grey among ink, 1-250": (inked & (images <= 250)).sum(axis=(1, 2)) / n_inked,
        "stroke width, px": np.array([stroke_width.measured(cover) for cover in covers]),
        "mean of ink pixels": mass / n_inked / 255,
    }


def _edges(profiles: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the first and last inked position (N, 2) of profiles (N, L)."""
    return np.column_stack([profiles.argmax(axis=1), profiles.shape[1] - profiles[:, ::-1].argmax(axis=1)])


def compare_with_mnist(mnists: Images, drawn: Images) -> None:
    """Print the statistics of MNIST's digits and of rendered pen digits, side by side."""
    print(f"{'':24}{'MNIST: mean, 5, 50, 95 %':>30}{'pen digits':>30}{'medians apart':>16}")
    ours = shapes(drawn)
    furthest = 0.0
    for name, theirs in shapes(mnists).items():
        low, middle, high = np.percentile(theirs, (5, 50, 95))
        apart = abs(float(np.median(ours[name])) - middle) / (high - low if high > low else 1)
        print(f"{name:24}{_spread(theirs)}{_spread(ours[name])}{apart:16.2f}")
        if name != "grey among ink, 1-254":  # MNIST's full ink is seldom 255: not comparable
            furthest = max(furthest, apart)
    print("(medians apart: as a share of MNIST's range from 5 to 95 %)")
    goal("geometry-medians-apart", furthest, 0.25, at_most=True)


def _spread(values: NDArray[np.floating]) -> str:
    low, middle, high = np.percentile(values, (5, 50, 95))
    return f"{values.mean():9.3f}{low:7.3f}{middle:7.3f}{high:7.3f}"


def enlarged_mnist(model: Model, images: Images, labels: Labels) -> None:
    """Print the accuracy lost when enlarged MNIST digits are read from a canvas."""
    again = read_all(enlarged(images, np.random.default_rng(0)))
    before, after = (np.mean(predicted(model, which) == labels) for which in (images, again))
    print(f"MNIST test, {before:.4%}; enlarged, moved and read again, {after:.4%}")
    goal("geometry-enlarged-mnist-loss", 100 * (before - after), 0.2, unit=" points", at_most=True)


def same_anywhere(model: Model, drawings: Sequence[Drawing]) -> None:
    """Print the share of drawings with the same prediction at any position and size, in whole pixels."""
    clean = predicted(model, ink.render_all(drawings))
    rng = np.random.default_rng(0)
    shares = []
    for side in SIDES:
        moved = [anywhere(drawing, side, rng) for drawing in drawings]
        shares.append(np.mean(predicted(model, ink.render_all(moved)) == clean))
        smallest = [canvas.placed(drawing, 0.2, rng, side) for drawing in drawings]
        least = np.mean(predicted(model, ink.render_all(smallest)) == clean)
        print(f"on a canvas of {side:4} px: {shares[-1]:.4f} predicted the same; {least:.4f} at a fifth of it")
    goal("geometry-kept-anywhere", float(np.mean(shares)), 0.995)


def from_canvas(model: Model, drawings: Sequence[Drawing], labels: Labels) -> None:
    """Print the accuracy on painted digits, read from their pixels, by size and pen width."""
    clean = np.mean(predicted(model, ink.render_all(drawings)) == labels)
    print(f"pen writers 25-30, from the strokes: {clean:.4f}; from the canvas, by size (down) and pen (across)")
    print(" " * 6 + "".join(f"{width:8.2f}" for width in WIDTHS))
    shares = {cell: on_canvas(model, drawings, labels, *cell) for cell in cells()}
    for size in SIZES:
        row = (f"{shares[size, width]:8.4f}" if (size, width) in shares else " " * 8 for width in WIDTHS)
        print(f"{size:6.2f}" + "".join(row))
    goal("geometry-canvas-worst", min(shares.values()), 0.96)
    goal("geometry-canvas-worst-loss", 100 * (clean - min(shares.values())), 1.0, unit=" points", at_most=True)


def on_canvas(model: Model, drawings: Sequence[Drawing], labels: Labels, size: float, width: float) -> float:
    """Return the accuracy on drawings that are read from the pixels of a canvas."""
    rng = np.random.default_rng(0)
    pages = (canvas.paint(canvas.placed(drawing, size, rng, pen_width=width), width) for drawing in drawings)
    return float(np.mean(predicted(model, read_all(pages)) == labels))


def from_photos(model: Model, drawings: Sequence[Drawing], labels: Labels) -> None:
    """Print the accuracy on photos of pen digits, and on the same digits rendered from their strokes."""
    rows = np.random.default_rng(1).permutation(len(drawings))[:N_PHOTOS]
    taken = (picture_file.decode(photos.photo(drawings[row], np.random.default_rng([7, row]))) for row in rows)
    right = np.mean(predicted(model, read_all(taken)) == labels[rows])
    clean = np.mean(predicted(model, ink.render_all([drawings[row] for row in rows])) == labels[rows])
    print(f"{N_PHOTOS} photos: {right:.4f}; the same from the strokes: {clean:.4f}")
    goal("geometry-photos-of-clean", float(right / clean), 0.95)


def main() -> None:
    """Measure everything."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CHOSEN
    model = modelfile.load(path) if path.exists() else shipped_model()
    print(f"read by {path.name if path.exists() else 'the shipped network'}")
    test = mnist.load_test()
    images = test.images.reshape(-1, SIZE, SIZE)
    all_writers = sources.load(PEN).evaluation.images
    compare_with_mnist(images, all_writers.reshape(-1, SIZE, SIZE))
    enlarged_mnist(model, images, test.labels)
    unseen = sources.load(f"{PEN}@25-30")
    drawings, labels = unseen.drawings, unseen.evaluation.labels
    same_anywhere(model, drawings)
    from_canvas(model, drawings, labels)
    from_photos(model, drawings, labels)


if __name__ == "__main__":
    script(main)
