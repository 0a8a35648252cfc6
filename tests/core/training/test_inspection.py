"""Inspection: norms, dead units, and pictures of the first layer's weights."""

import numpy as np
import pytest

from core.nn.network import Network, mlp
from core.training import inspection


@pytest.fixture
def network():
    network = Network(mlp((3, 4, 2)))
    network.layers[0].weight.value[...] = [[1, -1, 0, 0], [2, -2, 0, 0], [0, 0, 0, 0]]
    network.layers[0].bias.value[...] = [0, 0, -1, 1]
    network.layers[2].weight.value[...] = 0.5
    return network


def test_norms_of_the_layers_with_weights(network):
    assert inspection.weight_norms(network) == pytest.approx((np.sqrt(10), np.sqrt(2)))
    network.grads[:12] = 2  # those of the first layer's weights
    assert inspection.grad_norms(network) == pytest.approx((np.sqrt(48), 0))


def test_a_unit_is_dead_if_it_is_0_for_all_images(network):
    images = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    # The second unit is negative for both images, the third because of its bias; the fourth is always positive.
    assert inspection.dead_shares(network, images) == (0.5,)
    assert inspection.dead_shares(network, -images) == (0.5,)
    assert inspection.dead_shares(network, np.concatenate([images, -images])) == (0.25,)


def test_without_images_no_unit_is_dead(network):
    assert inspection.dead_shares(network, np.empty((0, 3), np.float32)) == (0.0,)


def test_tiles_are_pictures_of_the_weights_each_with_its_own_scale():
    weights = np.zeros((784, 5), np.float32)
    weights[0, 0], weights[783, 1], weights[28, 2] = 4.0, -0.5, 1e-30
    page = inspection.tiles(weights, 3, 2)
    assert page.shape == (57, 86)
    assert page[0, 0] == 1
    assert page[27, 29 + 27] == -1
    assert page[1, 58] == 1
    assert np.isnan(page[28]).all()
    assert np.isnan(page[:, 28]).all()
    assert np.isnan(page[29:, 58:]).all()  # there is no sixth unit
    assert np.nanmax(np.abs(page[29:57, 29:57])) == 0


def test_fewer_units_than_the_page_holds():
    assert inspection.tiles(np.ones((784, 2), np.float32), 8, 8).shape == (28, 8 * 29 - 1)


def test_more_units_than_the_page_holds():
    assert inspection.tiles(np.ones((784, 100), np.float32), 4, 2).shape == (57, 115)


def test_weights_that_are_not_numbers_are_no_fault():
    assert np.isnan(inspection.tiles(np.full((784, 1), np.nan, np.float32), 1, 1)).all()
