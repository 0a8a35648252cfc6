"""Every layer and the loss against central differences in float64; inference against training."""

import numpy as np
import pytest

from core.nn.layers import BatchNorm, Dropout, Layer, Linear, ReLU
from core.nn.losses import SoftmaxCrossEntropy
from core.nn.network import Network, mlp

STEP = 1e-6


def numeric(function, array):
    """Central differences of a scalar function with respect to an array that it reads."""
    grad = np.empty_like(array)
    for index in np.ndindex(array.shape):
        original = array[index]
        array[index] = original + STEP
        above = function()
        array[index] = original - STEP
        below = function()
        array[index] = original
        grad[index] = (above - below) / (2 * STEP)
    return grad


def bound(layer: Layer) -> Network:
    network = Network([layer], dtype=np.float64)
    rng = np.random.default_rng(5)
    network.parameters[:] = rng.normal(size=network.parameters.shape)
    network.grads[:] = np.nan  # allocates them: the tests call the layer, not the network
    return network


@pytest.mark.parametrize("layer", [Linear(4, 3), ReLU(), Dropout(0.4), BatchNorm(4)], ids=lambda layer: repr(layer))
def test_gradients_agree_with_central_differences(layer):
    network = bound(layer)
    x = np.random.default_rng(1).normal(size=(5, 4))
    seed = 3  # each evaluation drops the same units
    y = layer.forward(x, np.random.default_rng(seed)).copy()
    upstream = np.random.default_rng(2).normal(size=y.shape)

    def loss():
        return float((layer.forward(x, np.random.default_rng(seed)) * upstream).sum())

    layer.forward(x, np.random.default_rng(seed))
    grad_x = layer.backward(upstream).copy()
    grads = network.grads.copy()
    np.testing.assert_allclose(grad_x, numeric(loss, x), atol=1e-7)
    np.testing.assert_allclose(grads, numeric(loss, network.parameters), atol=1e-7)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.5]])
def test_whole_network_with_loss_agrees_with_central_differences(smoothing, weights):
    network = Network(mlp((4, 6, 5, 3), batch_norm=True, dropout=0.3), dtype=np.float64)
    rng = np.random.default_rng(0)
    network.parameters[:] = rng.normal(size=network.parameters.shape)
    x, labels = rng.normal(size=(7, 4)), np.array([0, 1, 2, 2, 1, 0, 1])
    loss = SoftmaxCrossEntropy(weights, smoothing)

    def value():
        return loss.forward(network.forward(x, np.random.default_rng(9)), labels)

    value()
    network.backward(loss.backward())
    grads = network.grads.copy()
    np.testing.assert_allclose(grads, numeric(value, network.parameters), atol=1e-7)


def test_linear_is_x_w_plus_b():
    layer = Linear(2, 3)
    Network([layer])
    layer.weight.value[...] = [[1, 2, 3], [4, 5, 6]]
    layer.bias.value[...] = [10, 20, 30]
    x = np.array([[1, 0], [0, 2]], np.float32)
    expected = [[11, 22, 33], [18, 30, 42]]
    np.testing.assert_array_equal(layer.forward(x, np.random.default_rng(0)), expected)
    np.testing.assert_array_equal(layer.infer(x), expected)


def test_a_short_last_batch_uses_a_part_of_the_buffers():
    layer = bound(Linear(4, 3)).layers[0]
    rng = np.random.default_rng(0)
    full, short = rng.normal(size=(8, 4)), rng.normal(size=(3, 4))
    layer.forward(full, rng)
    np.testing.assert_allclose(layer.forward(short, rng), layer.infer(short))
    assert layer.backward(np.ones((3, 3))).shape == (3, 4)


def test_batch_norm_normalises_and_keeps_running_averages():
    network = Network([BatchNorm(3)], dtype=np.float64)
    layer = network.layers[0]
    rng = np.random.default_rng(0)
    x = rng.normal(5, 3, size=(400, 3))
    y = layer.forward(x, rng)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), 1, atol=1e-5)
    for _ in range(200):
        layer.forward(x, rng)
    np.testing.assert_allclose(layer.mean.value, x.mean(axis=0))
    np.testing.assert_allclose(layer.variance.value, x.var(axis=0, ddof=1))
    np.testing.assert_allclose(layer.infer(x), layer.forward(x, rng), atol=0.01)


def test_batch_norm_of_one_image_gives_beta():
    network = Network([BatchNorm(2)])
    network.layers[0].beta.value[...] = [3, 4]
    y = network.layers[0].forward(np.array([[7, 8]], np.float32), np.random.default_rng(0))
    np.testing.assert_array_equal(y, [[3, 4]])
    np.testing.assert_array_equal(network.statistics, [0, 0, 1, 1])  # one image has no variance


def test_dropout_keeps_the_mean_and_is_off_in_inference():
    layer = Dropout(0.25)
    x = np.ones((1000, 100), np.float32)
    y = layer.forward(x, np.random.default_rng(0))
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs(y.mean() - 1) < 0.01
    assert layer.infer(x) is x


def test_dropout_rejects_a_rate_of_one():
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        Dropout(1.0)


def test_inference_keeps_nothing():
    network = Network(mlp((6, 5, 3), batch_norm=True, dropout=0.5))
    rng = np.random.default_rng(0)
    network.forward(rng.random((4, 6), dtype=np.float32), rng)
    before = {id(layer): {k: v for k, v in vars(layer).items() if k != "_buffers"} for layer in network.layers}
    statistics = network.statistics.copy()
    network.predict(rng.random((9, 6), dtype=np.float32))
    np.testing.assert_array_equal(network.statistics, statistics)
    for layer in network.layers:
        for name, value in before[id(layer)].items():
            assert getattr(layer, name) is value
