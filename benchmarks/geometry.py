"""What the way from a drawing or a picture to 28×28 loses, and how its images compare with MNIST's own.

    DIGITPAD_DATA=FOLDER python benchmarks/geometry.py [MODEL]

What is said of pen writers 25 to 30 is said by a network that has not seen them: by
``benchmarks/writers-1-24.safetensors`` where that is present, else by the one that ships. A line ``goal`` for each
figure that was set.
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


def answers(model: Model, images: Sequence[Images] | Images) -> Labels:
    """Return which digits a network reads images (N, 28, 28) as, whether or not it takes them for digits at all."""
    rows = np.asarray(images).reshape(-1, N_PIXELS) * np.float32(model.input_scale)
    return model.network.predict(rows)[:, :N_CLASSES].argmax(axis=1)


def enlarged(images: Images, rng: np.random.Generator, side: int = 400) -> Iterator[Images]:
    """Yield each image (28, 28) ten times as large, black on white, somewhere on a canvas."""
    for image in images:
        page = np.full((side, side), canvas.WHITE, np.uint8)
        top, left = rng.integers(0, side - FACTOR * SIZE + 1, 2)
        large = np.kron(image, np.ones((FACTOR, FACTOR), np.uint8))
        page[top : top + len(large), left : left + len(large)] -= large
        yield page


def anywhere(drawing: Drawing, side: int, rng: np.random.Generator) -> Drawing:
    """Return a drawing anywhere on a canvas, from a fifth of it to all of it large, in whole pixels."""
    return canvas.placed(drawing, rng.uniform(0.2, 1), rng, side)


def seen(pages: Iterator[Images]) -> Images:
    """Return what is seen in pictures; an empty image where there is nothing."""
    empty = np.zeros((SIZE, SIZE), np.uint8)
    return np.stack([empty if image is None else image for image in map(picture.read, pages)])


def shapes(images: Images) -> dict[str, NDArray[np.floating]]:
    """Return what images (N, 28, 28) are like: figures (N,) by name.

    Grey is what is neither paper nor full ink, which in MNIST is anything from 251 to 255.
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
    """Return where profiles (N, L) begin and end to be inked (N, 2)."""
    return np.column_stack([profiles.argmax(axis=1), profiles.shape[1] - profiles[:, ::-1].argmax(axis=1)])


def beside_mnist(mnists: Images, drawn: Images) -> None:
    """Print what MNIST's digits and rendered pen digits are like, side by side."""
    print(f"{'':24}{'MNIST: mean, 5, 50, 95 %':>30}{'pen digits':>30}{'medians apart':>16}")
    ours = shapes(drawn)
    furthest = 0.0
    for name, theirs in shapes(mnists).items():
        low, middle, high = np.percentile(theirs, (5, 50, 95))
        apart = abs(float(np.median(ours[name])) - middle) / (high - low if high > low else 1)
        print(f"{name:24}{_spread(theirs)}{_spread(ours[name])}{apart:16.2f}")
        if name != "grey among ink, 1-254":  # MNIST's full ink is seldom 255: there the question makes no sense
            furthest = max(furthest, apart)
    print("(medians apart: as a share of the span from 5 to 95 % of MNIST's)")
    goal("geometry-medians-apart", furthest, 0.25, at_most=True)


def _spread(values: NDArray[np.floating]) -> str:
    low, middle, high = np.percentile(values, (5, 50, 95))
    return f"{values.mean():9.3f}{low:7.3f}{middle:7.3f}{high:7.3f}"


def enlarged_mnist(model: Model, images: Images, labels: Labels) -> None:
    """Print what reading enlarged MNIST digits from a canvas costs."""
    again = seen(enlarged(images, np.random.default_rng(0)))
    before, after = (np.mean(answers(model, which) == labels) for which in (images, again))
    print(f"MNIST test, {before:.4%}; enlarged, moved and read again, {after:.4%}")
    goal("geometry-enlarged-mnist-loss", 100 * (before - after), 0.2, unit=" points", at_most=True)


def kept_anywhere(model: Model, drawings: Sequence[Drawing]) -> None:
    """Print how many drawings keep their digit wherever, and however large, they are drawn with a mouse."""
    clean = answers(model, ink.render_all(drawings))
    rng = np.random.default_rng(0)
    shares = []
    for side in SIDES:
        moved = [anywhere(drawing, side, rng) for drawing in drawings]
        shares.append(np.mean(answers(model, ink.render_all(moved)) == clean))
        smallest = [canvas.placed(drawing, 0.2, rng, side) for drawing in drawings]
        least = np.mean(answers(model, ink.render_all(smallest)) == clean)
        print(f"on a canvas of {side:4} px: {shares[-1]:.4f} keep their digit; {least:.4f} at a fifth of it")
    goal("geometry-kept-anywhere", float(np.mean(shares)), 0.995)


def from_canvas(model: Model, drawings: Sequence[Drawing], labels: Labels) -> None:
    """Print how painted digits are read from their pixels, by size and pen."""
    clean = np.mean(answers(model, ink.render_all(drawings)) == labels)
    print(f"pen writers 25-30, from the strokes: {clean:.4f}; from the canvas, by size (down) and pen (across)")
    print(" " * 6 + "".join(f"{width:8.2f}" for width in WIDTHS))
    shares = {cell: on_canvas(model, drawings, labels, *cell) for cell in cells()}
    for size in SIZES:
        row = (f"{shares[size, width]:8.4f}" if (size, width) in shares else " " * 8 for width in WIDTHS)
        print(f"{size:6.2f}" + "".join(row))
    goal("geometry-canvas-worst", min(shares.values()), 0.96)
    goal("geometry-canvas-worst-loss", 100 * (clean - min(shares.values())), 1.0, unit=" points", at_most=True)


def on_canvas(model: Model, drawings: Sequence[Drawing], labels: Labels, size: float, width: float) -> float:
    """Return the share of drawings that are read right from the pixels of a canvas."""
    rng = np.random.default_rng(0)
    pages = (canvas.paint(canvas.placed(drawing, size, rng, pen_width=width), width) for drawing in drawings)
    return float(np.mean(answers(model, seen(pages)) == labels))


def from_photos(model: Model, drawings: Sequence[Drawing], labels: Labels) -> None:
    """Print how photos of pen digits are read, and how the same digits are from their strokes."""
    rows = np.random.default_rng(1).permutation(len(drawings))[:N_PHOTOS]
    taken = (picture.decode(photos.photo(drawings[row], np.random.default_rng([7, row]))) for row in rows)
    right = np.mean(answers(model, seen(taken)) == labels[rows])
    clean = np.mean(answers(model, ink.render_all([drawings[row] for row in rows])) == labels[rows])
    print(f"{N_PHOTOS} photos: {right:.4f}; the same from the strokes: {clean:.4f}")
    goal("geometry-photos-of-clean", float(right / clean), 0.95)


def main() -> None:
    """Measure everything."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CHOSEN
    model = modelfile.load(path) if path.exists() else shipped_model()
    print(f"read by {path.name if path.exists() else 'the network that ships'}")
    test = mnist.load_test()
    images = test.images.reshape(-1, SIZE, SIZE)
    all_writers = sources.load(PEN).evaluation.images
    beside_mnist(images, all_writers.reshape(-1, SIZE, SIZE))
    enlarged_mnist(model, images, test.labels)
    unseen = sources.load(f"{PEN}@25-30")
    drawings, labels = unseen.drawings, unseen.evaluation.labels
    kept_anywhere(model, drawings)
    from_canvas(model, drawings, labels)
    from_photos(model, drawings, labels)


if __name__ == "__main__":
    script(main)
