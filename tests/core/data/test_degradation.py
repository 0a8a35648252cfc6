"""Thinned strokes and soft images, and their factors in the names of sources."""

import numpy as np
import pytest

from core.data import csv_digits, degradation, idx, mnist, sources, unipen
from core.data.dataset import Dataset
from core.digits import NOT_A_DIGIT
from core.errors import DataError
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.synthetic import synthetic

RNG = np.random.default_rng


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, no_data):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pens(here):
    """A pen file of three writers, with synthetic digits."""
    drawings, labels = synthetic.drawings(30, RNG(0))
    lines = [".VERSION 1.0", ".HIERARCHY PAGE TEXT WORD"]
    for number, (drawing, label) in enumerate(zip(drawings, labels, strict=True)):
        lines += [f'.SEGMENT DIGIT 0 ? "{label}"', f".COMMENT {label} {number % 3 + 1} {number}"]
        for stroke in drawing.strokes:
            lines += [".PEN_DOWN", *(f"{round(500 * x)} {500 - round(500 * y)}" for x, y, _ in stroke), ".PEN_UP"]
        lines.append(".DT 100")
    (here / "pens").write_text("\n".join(lines) + "\n")
    return "pen:pens"


@pytest.fixture
def digits():
    images, labels = synthetic.draw(60, RNG(0))
    return Dataset.of(images, labels, np.arange(60))


# -- thinned strokes ---


def test_a_thinned_stroke_keeps_its_ends_and_some_points_between():
    stroke = np.column_stack([np.arange(50), np.arange(50) ** 2, np.ones(50)])
    drawing = Drawing.from_points([stroke, stroke[:3], stroke[:1]])
    thinned = degradation.thinned([drawing] * 400, RNG(0))
    for one in thinned:
        assert len(one.strokes) == 3
        for found, original in zip(one.strokes, drawing.strokes, strict=True):
            np.testing.assert_array_equal(found[[0, -1]], original[[0, -1]])
            np.testing.assert_array_equal(found, original[found[:, 0].astype(int)])
        assert len(set(np.diff(one.strokes[0][1:-1, 0]))) == 1
    assert {int(np.diff(one.strokes[0][:, 0]).max()) for one in thinned} == {2, 3, 4, 6}
    assert {int(one.strokes[0][1, 0]) for one in thinned} == {1, 2, 3, 4, 5, 6}


def test_thinning_repeats_itself():
    drawings = [Drawing.from_points([np.arange(60).reshape(30, 2)])] * 50
    one, other = (degradation.thinned(drawings, RNG(3)) for _ in range(2))
    assert [drawing.to_json() for drawing in one] == [drawing.to_json() for drawing in other]
    assert degradation.thinned([], RNG(3)) == []
    assert degradation.thinned([Drawing()], RNG(3)) == [Drawing()]


def test_a_thinned_source_is_rendered_with_curves_and_keeps_labels_and_writers(pens):
    plain, thinned = sources.load(pens), sources.load(f"thinned*{pens}")
    assert thinned.name == f"thinned*{pens}"
    assert sum(one.n_points for one in thinned.drawings) < 0.6 * sum(one.n_points for one in plain.drawings)
    np.testing.assert_array_equal(
        thinned.evaluation.images, ink.render_all(thinned.drawings).reshape(len(thinned.drawings), -1)
    )
    for what in ("labels", "writers"):
        np.testing.assert_array_equal(getattr(thinned.evaluation, what), getattr(plain.evaluation, what))
    assert set(thinned.test.writers) == set(plain.test.writers) == {3}
    np.testing.assert_array_equal(sources.load(f"thinned*{pens}").train.images, thinned.train.images)


def test_what_is_shown_several_times_is_thinned_anew(pens):
    thrice, once = sources.load(f"3*thinned*{pens}"), sources.load(f"thinned*{pens}")
    assert (len(thrice.everything), len(thrice.evaluation), len(thrice.train)) == (90, 30, 60)
    assert set(thrice.train.times) == {1}
    first, second, third = np.split(thrice.everything.images, 3)
    np.testing.assert_array_equal(first, once.everything.images)
    assert (first != second).any()
    assert (second != third).any()
    assert not set(thrice.train.writers) & set(thrice.test.writers)


def test_old_names_give_the_same_images_as_ever(pens):
    digits = unipen.read(unipen.Path("pens"))
    images = ink.render_all([digit.drawing for digit in digits], curves=False)
    np.testing.assert_array_equal(sources.load(pens).evaluation.images, images.reshape(len(digits), -1))


# -- soft images ---


def test_soft_images_are_the_same_digits_with_less_detail(digits):
    soft = degradation.soft(digits, RNG(0))
    assert 55 <= len(soft) <= 60
    rows = soft.writers
    np.testing.assert_array_equal(soft.labels, digits.labels[rows])
    sharp, images = (data.astype(float) / 255 for data in (digits.images[rows], soft.images))
    correlations = [np.corrcoef(one, other)[0, 1] for one, other in zip(sharp, images, strict=True)]
    assert np.median(correlations) > 0.7
    assert ((images > 0.1) & (images < 0.9)).sum() > ((sharp > 0.1) & (sharp < 0.9)).sum()
    assert all(np.ptp(np.nonzero(image.reshape(28, 28)), axis=1).max() >= 19 for image in soft.images[:10])


def test_soft_images_repeat_themselves(digits):
    one, other = (degradation.soft(digits[:20], RNG(5)) for _ in range(2))
    np.testing.assert_array_equal(one.images, other.images)
    np.testing.assert_array_equal(one.writers, other.writers)


def test_of_many_images_some_are_taken_at_random(digits):
    rows = degradation.soft(digits, RNG(0), most=10).writers.tolist()
    assert len(rows) == 10
    assert rows == sorted(rows) != list(range(10))


def test_empty_images_are_left_out_and_reading_can_be_stopped(digits):
    images = digits.images[:4].copy()
    images[1] = 0
    images[2] = 20
    soft = degradation.soft(Dataset.of(images, digits.labels[:4], np.arange(4)), RNG(0))
    assert soft.writers.tolist() == [0, 3]

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        degradation.soft(digits, RNG(0), stop)


@pytest.mark.parametrize("image", ["dot", "full", "corner", "line"])
def test_odd_images_are_made_soft(image):
    pixels = np.zeros((28, 28), np.uint8)
    pixels[{"dot": (14, 14), "full": (...,), "corner": (0, 0), "line": (slice(None), 3)}[image]] = 255
    small = degradation.small_picture(pixels, RNG(0))
    assert small.shape[0] == small.shape[1]
    assert small.min() < 128
    assert len(degradation.soft(Dataset.of(pixels[np.newaxis], np.zeros(1)), RNG(0))) <= 1


def test_small_pictures_have_few_pixels(digits):
    rng = RNG(1)
    pictures = [degradation.small_picture(image, rng) for image in digits.images.reshape(-1, 28, 28)]
    assert all(56 <= len(picture) <= 192 and picture.dtype == np.uint8 for picture in pictures)
    assert np.mean([picture.mean() for picture in pictures]) > 150  # dark on light


def test_strokes_are_widened():
    line = np.zeros((28, 28), np.uint8)
    line[4:24, 13:15] = 255
    assert (degradation._widened(line, 0.0)[1:-1, 1:-1] == line).all()
    assert degradation._widened(line, 0.5)[14].tolist() == [*[0] * 13, 128, 255, 255, 128, *[0] * 13]
    assert degradation._widened(line, 1.0)[14].sum() == 4 * 255


def test_a_soft_source(pens):
    soft, plain = sources.load(f"2*soft*{pens}"), sources.load(pens)
    assert soft.name == f"2*soft*{pens}"
    assert soft.drawings == ()
    assert set(soft.train.times) == set(soft.everything.times) == {2}
    assert set(soft.evaluation.times) == {1}
    assert set(soft.test.writers) == set(plain.test.writers)
    assert len(soft.evaluation) <= len(plain.evaluation)


def test_soft_non_digits_stay_non_digits():
    assert set(sources.load("soft*nondigits:20").evaluation.labels) == {NOT_A_DIGIT}


def test_both_factors(pens):
    both = sources.load(f"2*soft*thinned*{pens}")
    assert set(both.everything.times) == {2}
    np.testing.assert_array_equal(sources.load(f"thinned*soft*2*{pens}").train.images, both.train.images)
    assert (both.evaluation.images[:20] != sources.load(f"soft*{pens}").evaluation.images[:20]).any()


def test_a_source_with_a_test_part_of_its_own(here, digits):
    images = digits.images.reshape(-1, 28, 28)
    for part, rows in (("train", slice(50)), ("t10k", slice(50, 60))):
        idx.write(here / f"{part}-images-idx3-ubyte", np.ascontiguousarray(images[rows].transpose(0, 2, 1)))
        idx.write(here / f"{part}-labels-idx1-ubyte", digits.labels[rows].astype(np.uint8))
    soft = sources.load(f"soft*turn*idx:{here}")
    assert soft.evaluation is soft.test
    assert soft.everything is soft.train
    assert 45 <= len(soft.train) <= 50
    assert 8 <= len(soft.test) <= 10
    assert len(sources.load(f"soft*turn*idx:{here}", for_test=True).train) == 0


# -- names and errors ---


@pytest.mark.parametrize("name", ["thinned*mnist", "thinned*synthetic:20", "soft*thinned*csv:x"])
def test_what_has_no_strokes_is_not_thinned(name, here):
    (here / "x").write_text("1," + ",".join(["0"] * 784) + "\n")
    with pytest.raises(DataError, match=r"has no strokes to be thinned: only pen: and omniglot: have"):
        sources.load(name)


@pytest.mark.parametrize("name", ["soft*soft*synthetic:20", "thinned*2*thinned*pen:pens"])
def test_a_factor_that_stands_twice(pens, name):
    with pytest.raises(DataError, match=r'"(soft|thinned)\*" stands twice before a source'):
        sources.load(name)


@pytest.mark.parametrize("name", ["soft*", "thinned*", "soft*soft", "2*soft*+mnist", "soft*nonsense"])
def test_a_factor_without_a_source(name):
    with pytest.raises(DataError, match=r"there is no data source .* or soft\*A for images of few pixels"):
        sources.load(name)


def test_a_source_of_which_nothing_is_left(here):
    (here / "black.csv").write_text("\n".join("1," + ",".join(["0"] * 784) for _ in range(3)) + "\n")
    assert len(csv_digits.read(here / "black.csv")[1]) == 3
    with pytest.raises(DataError, match=r'nothing is left of the images of "csv:black.csv" at so few pixels'):
        sources.load("soft*csv:black.csv")


def test_factors_in_joins_and_mended_names(pens):
    name = f"synthetic:20+2*soft*turn*idx:a+thinned*{pens}"
    parts = sources.parts(name)
    assert [part.degradations for part in parts] == [(), ("soft",), ("thinned",)]
    assert (parts[1].times, parts[1].mends, parts[1].named) == ("2", ("turn",), "idx:a")
    assert sources.mended(name, "2*soft*turn*idx:a", "scale") == name.replace("turn*", "scale*turn*")
    assert sources.with_mends(name, ["invert"]) == name.replace("turn*", "invert*turn*")
    assert sources.uses_mnist("synthetic+3*soft*mnist")
    assert sources.missing(f"soft*thinned*{pens}+soft*idx:a").name == "a"
    joined = sources.load(f"{pens}+thinned*{pens}+soft*synthetic:20")
    assert [part.name for part in joined.parts] == [pens, f"thinned*{pens}", "soft*synthetic:20"]


def test_a_file_named_like_a_factor(here, pens):
    (here / "a+soft*b").write_bytes((here / "pens").read_bytes())
    assert len(sources.load("pen:a+soft*b").evaluation) == 30


def test_damaged_files_are_errors_with_the_factors_too(here):
    (here / "broken").write_text(".PEN_DOWN\n1 2\n")
    for name in ("thinned*pen:broken", "soft*pen:broken", "soft*pen:nowhere", "thinned*pen:.", "soft*idx:."):
        with pytest.raises(DataError):
            sources.load(name)
    assert mnist.folder() is None
