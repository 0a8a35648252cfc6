"""Weight initializers: shape, type, spread, repeatability."""

import numpy as np
import pytest

from core.nn.initializers import he_normal, normal, xavier


@pytest.mark.parametrize(
    ("initializer", "sigma"), [(normal, 0.1), (he_normal, np.sqrt(2 / 400)), (xavier, np.sqrt(2 / 1000))]
)
def test_weights_have_their_shape_type_and_spread(initializer, sigma):
    weights = initializer(np.random.default_rng(0), 400, 600)
    assert weights.shape == (400, 600)
    assert weights.dtype == np.float32
    assert weights.std() == pytest.approx(sigma, rel=0.01)
    assert abs(weights.mean()) < sigma / 100


def test_a_seed_repeats_the_weights():
    np.testing.assert_array_equal(he_normal(np.random.default_rng(3), 4, 5), he_normal(np.random.default_rng(3), 4, 5))
    assert (he_normal(np.random.default_rng(3), 4, 5) != he_normal(np.random.default_rng(4), 4, 5)).all()


def test_he_keeps_the_scale_of_activations_through_ten_layers():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 300)).astype(np.float32)
    for _ in range(10):
        x = np.maximum(x @ he_normal(rng, 300, 300), 0)
    assert 0.3 < np.sqrt((x**2).mean()) < 3
