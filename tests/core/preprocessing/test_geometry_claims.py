"""Claims about the preprocessing, each on a sample; ``benchmarks/geometry.py`` measures all digits."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from core.data import mnist, unipen
from core.formats import picture_file
from core.preprocessing import ink
from core.recognition.recognizer import shipped_model

pytestmark = pytest.mark.real_data
N_PHOTOS = 200


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
        yield importlib.import_module("geometry")


@pytest.fixture(scope="module")
def photo(bench):
    return bench.photos.photo


@pytest.fixture(scope="module")
def model():
    return shipped_model()


@pytest.fixture(scope="module")
def test_images(real_data):
    test = mnist.load(real_data / "mnist")[1]
    return test.images.reshape(-1, 28, 28), test.labels


@pytest.fixture(scope="module")
def pen(pen_file):
    """Drawings by six writers, and their labels."""
    digits = unipen.read(pen_file, range(25, 31))
    return [digit.drawing for digit in digits], np.array([digit.label for digit in digits])


def test_enlarged_mnist_digits_are_recognized_like_the_originals(bench, model, test_images):
    images, labels = (part[:500] for part in test_images)
    again = bench.read_all(bench.enlarged(images, np.random.default_rng(0)))
    before, after = (bench.predicted(model, which) for which in (images, again))
    assert (after == labels).sum() >= (before == labels).sum() - 1
    off = np.abs(again.astype(int) - images).max(axis=(1, 2))
    assert np.mean(off <= 6) >= 0.9, "all but the thinnest and the thickest are the same"


def test_position_size_and_canvas_do_not_matter_to_a_drawing_in_whole_pixels(bench, model, pen):
    drawings = pen[0][::4]
    clean = bench.predicted(model, ink.render_all(drawings))
    rng = np.random.default_rng(0)
    kept = [
        bench.predicted(model, ink.render_all([bench.anywhere(drawing, side, rng) for drawing in drawings])) == clean
        for side in bench.SIDES
    ]
    assert np.mean(kept) >= 0.995


def test_rendered_digits_look_like_mnists(bench, test_images, pen):
    theirs, ours = bench.shapes(test_images[0]), bench.shapes(ink.render_all(pen[0]))
    for name in theirs.keys() - {"grey among ink, 1-254"}:
        low, middle, high = np.percentile(theirs[name], (5, 50, 95))
        assert abs(np.median(ours[name]) - middle) <= 0.25 * (high - low), name
    assert np.median(ours["stroke width, px"]) == pytest.approx(np.median(theirs["stroke width, px"]), abs=0.2)
    for axis in ("row", "column"):
        assert np.abs(ours[f"centre of mass, {axis}"] - 14).max() <= 0.51


def test_painted_digits_are_recognized_at_every_size_with_every_pen(bench, model, pen):
    drawings, labels = (part[::20] for part in pen)
    clean = np.mean(bench.predicted(model, ink.render_all(drawings)) == labels)
    shares = {cell: bench.on_canvas(model, drawings, labels, *cell) for cell in bench.cells()}
    assert len(shares) == 20
    assert np.mean(list(shares.values())) >= clean - 0.01
    assert min(shares.values()) >= clean - 0.05, shares


def test_photos_of_digits_are_recognized(bench, photo, model, pen):
    drawings, labels = (part[:: len(pen[0]) // N_PHOTOS][:N_PHOTOS] for part in pen)
    assert len(drawings) == N_PHOTOS
    taken = (picture_file.decode(photo(drawing, np.random.default_rng(seed))) for seed, drawing in enumerate(drawings))
    right = np.mean(bench.predicted(model, bench.read_all(taken)) == labels)
    clean = np.mean(bench.predicted(model, ink.render_all(drawings)) == labels)
    assert right >= 0.95 * clean


def test_a_seed_repeats_a_photo(photo, pen):
    one, same, other = (photo(pen[0][0], np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert one == same != other
    assert one[:2] == b"\xff\xd8", "a JPEG"
