"""Mends: as factors of a source's name, and what each does to images and labels."""

import numpy as np
import pytest
from odd_digits import SPOILED

from core.data import mends, sources
from core.data.mends import LabelsError
from core.errors import DataError, MendableError


def mended(images, labels, *names):
    return mends.dataset(images, labels, names, "mine")


@pytest.mark.parametrize("names", [names for names in SPOILED if "scale" not in names], ids=" ".join)
def test_a_mend_undoes_what_was_done(drawn_digits, names):
    images, labels = drawn_digits
    found = mended(SPOILED[names](images), labels, *names)
    np.testing.assert_array_equal(found.images.reshape(images.shape), images)


@pytest.mark.parametrize(
    "stored",
    [
        lambda a: (a / 255).astype(np.float16),
        lambda a: (a / 255 * 2 - 1).astype(np.float32),
        lambda a: (a / 255 * 100).astype(np.float32),
        lambda a: ((a / 255 - 0.1307) / 0.3081).astype(np.float32),
    ],
)
def test_scaling_brings_values_to_0_to_255(drawn_digits, stored):
    images, labels = drawn_digits
    found = mended(stored(images), labels, "scale")
    assert np.abs(found.images.reshape(images.shape).astype(int) - images).max() <= 1


@pytest.mark.parametrize(("top", "expected"), [(0, 1), (1, 1), (2, 3), (14, 15), (16, 16), (99, 100), (200, 255)])
def test_the_end_of_a_range(top, expected):
    assert mends.top_of(np.array([0, top])) == expected


def test_zero_and_one_are_inverted_after_scaling(drawn_digits):
    images, labels = drawn_digits
    bits = (images > 127).astype(np.uint8)
    found = mended(1 - bits, labels, "invert", "scale")
    np.testing.assert_array_equal(found.images.reshape(bits.shape), 255 * bits)


def test_labels_from_1(drawn_digits):
    images, labels = drawn_digits
    for name, stored in (("ten", np.where(labels == 0, 10, labels)), ("shift", labels + 1)):
        np.testing.assert_array_equal(mended(images, stored, name).labels, labels)
        with pytest.raises(LabelsError, match="mine holds the labels 1 to 10; digits are 0 to 9") as caught:
            mended(images, stored)
        np.testing.assert_array_equal(caught.value.labels, stored)


@pytest.mark.parametrize(("label", "names"), [(11, ()), (11, ("shift",)), (-1, ("ten",)), (26, ())])
def test_other_labels_are_no_digits(drawn_digits, label, names):
    images, labels = drawn_digits
    with pytest.raises(DataError, match=f"mine holds the label {label}; digits are 0 to 9"):
        mended(images, np.where(labels == 3, label, labels.astype(int)), *names)


def test_labels_to_10_with_a_0_are_no_digits(drawn_digits):
    images, labels = drawn_digits
    with pytest.raises(DataError, match="holds the label 10"):
        mended(images, np.where(labels == 3, 10, labels))


def test_values_that_are_no_bytes(drawn_digits):
    images, labels = drawn_digits
    with pytest.raises(MendableError, match=r"holds the values -0\.5 to 254\.5") as caught:
        mended(images - np.float32(0.5), labels)
    assert caught.value.mend == "scale"


# -- names ---


def test_a_mend_is_a_factor_of_a_source(write_source, drawn_digits):
    images, labels = drawn_digits
    name = write_source(images.transpose(0, 2, 1), labels)
    source = sources.load(f"3*turn*{name}")
    assert source.name == f"3*turn*{name}"
    assert set(source.train.times) == {3}
    np.testing.assert_array_equal(source.evaluation.images.reshape(images.shape), images)
    assert sources.load(f"turn*3*{name}").train.times.tolist() == source.train.times.tolist()


def test_a_part_of_a_join_is_mended(write_source, drawn_digits):
    images, labels = drawn_digits
    name = write_source(255 - images, labels)
    joined = sources.load(f"synthetic:20+invert*{name}")
    np.testing.assert_array_equal(joined.evaluation.images[20:].reshape(images.shape), images)
    assert [part.name for part in joined.parts] == ["synthetic:20", f"invert*{name}"]
    assert sources.mended(f"synthetic:20+2*{name}", f"2*{name}", "over", "turn") == f"synthetic:20+2*over*turn*{name}"


def test_mends_go_before_the_parts_that_take_them_once():
    assert sources.with_mends("mnist+2*idx:a+turn*csv:b", ["turn"]) == "mnist+2*turn*idx:a+turn*csv:b"
    assert sources.with_mends("mnist", []) == "mnist"
    with pytest.raises(DataError, match='mnist" cannot be mended'):
        sources.with_mends("mnist", ["turn"])


def test_an_error_names_the_source_that_mends_it(write_source, drawn_digits):
    images, labels = drawn_digits
    name = write_source(images, labels + 1)
    with pytest.raises(MendableError) as caught:
        sources.load(f"synthetic:20+2*{name}")
    assert caught.value.mended == f"synthetic:20+2*ten*{name}"
    assert str(caught.value).endswith(f"; the source synthetic:20+2*ten*{name} mends that")


@pytest.mark.parametrize("name", ["turn*mnist", "turn*synthetic:20", "turn*pen:x"])
def test_what_the_program_knows_is_not_mended(name):
    with pytest.raises(DataError, match="cannot be mended"):
        sources.load(name)


def test_an_unknown_mend(tmp_path):
    with pytest.raises(DataError, match=r'"twist\*": a mend is one of turn, left.*; thinned, soft stand before'):
        sources.load(f"twist*idx:{tmp_path}")


def test_what_is_missing(tmp_path, write_source, drawn_digits):
    name = write_source(*drawn_digits)
    assert sources.missing(f"synthetic+2*turn*{name}") is None
    assert sources.missing(f"{name}+csv:{tmp_path / 'no.csv'}") == tmp_path / "no.csv"
    assert sources.missing(f"pen:{tmp_path}/pen@1-3") == tmp_path / "pen@1-3"
