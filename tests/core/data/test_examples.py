"""Single digits: from MNIST's test part, or synthetic."""

import numpy as np
import pytest

from core.data.examples import Examples
from core.errors import DataError


@pytest.mark.usefixtures("no_data")
def test_without_mnist_a_synthetic_digit_is_drawn():
    example = Examples(np.random.default_rng(0)).draw()
    assert example.image is None
    assert example.drawing
    assert 0 <= example.label <= 9


def test_with_mnist_a_digit_of_its_test_part_is_chosen(real_data):
    from core.data import mnist

    test = mnist.load_test()
    example = Examples(np.random.default_rng(0)).draw()
    np.testing.assert_array_equal(example.image.ravel(), test.images[example.number])
    assert example.label == test.labels[example.number]


def test_damaged_mnist_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "t10k-images-idx3-ubyte").write_bytes(b"nonsense")
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path))
    with pytest.raises(DataError, match="t10k-images"):
        Examples(np.random.default_rng(0)).draw()
