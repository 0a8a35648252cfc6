"""Networks: the flat vectors, snapshots, descriptions, and short trainings."""

import numpy as np
import pytest

from core.nn.initializers import he_normal
from core.nn.losses import SoftmaxCrossEntropy
from core.nn.network import Network, mlp
from core.nn.optimizers import SGD


def digits(n=256, n_in=20, n_classes=4):
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(n_classes, n_in)) * 2
    labels = rng.integers(n_classes, size=n)
    return (centres[labels] + rng.normal(size=(n, n_in))).astype(np.float32), labels


def train(network, learning_rate, n_steps=60):
    x, labels = digits()
    rng = np.random.default_rng(1)
    network.initialize(he_normal, rng)
    optimizer, loss = SGD(network.parameters, network.n_weights), SoftmaxCrossEntropy()
    for _ in range(n_steps):
        value = loss.forward(network.forward(x, rng), labels)
        network.backward(loss.backward())
        optimizer.step(network.grads, learning_rate)
    return value


def test_flat_vector_holds_the_weights_first_then_biases_gamma_beta():
    network = Network(mlp((3, 2, 4), batch_norm=True))
    assert network.n_weights == 3 * 2 + 2 * 4
    assert network.parameters.shape == (14 + 2 + 2 + 2 + 4,)
    assert network.statistics.shape == (4,)
    first, norm, _, last = network.layers
    network.parameters[:] = np.arange(24)
    np.testing.assert_array_equal(first.weight.value, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(last.weight.value, np.arange(6, 14).reshape(2, 4))
    np.testing.assert_array_equal(first.bias.value, [14, 15])
    np.testing.assert_array_equal(norm.gamma.value, [16, 17])
    np.testing.assert_array_equal(norm.beta.value, [18, 19])
    np.testing.assert_array_equal(last.bias.value, [20, 21, 22, 23])


def test_gradients_of_layers_are_views_of_the_flat_vector():
    network = Network(mlp((3, 2)))
    network.forward(np.ones((1, 3), np.float32), np.random.default_rng(0))
    network.backward(np.array([[1, 2]], np.float32))
    np.testing.assert_array_equal(network.grads, [1, 2, 1, 2, 1, 2, 1, 2])


def test_gamma_and_running_variance_start_at_one():
    network = Network(mlp((3, 2, 4), batch_norm=True))
    np.testing.assert_array_equal(network.layers[1].gamma.value, 1)
    np.testing.assert_array_equal(network.layers[1].variance.value, 1)


def test_a_snapshot_is_a_copy_and_can_be_restored():
    network = Network(mlp((3, 4, 2), batch_norm=True))
    network.initialize(he_normal, np.random.default_rng(0))
    snapshot = network.snapshot()
    x = np.ones((1, 3), np.float32)
    before = network.predict(x)
    network.parameters += 1
    network.statistics += 1
    assert not np.allclose(network.predict(x), before)
    network.restore(snapshot)
    np.testing.assert_array_equal(network.predict(x), before)


def test_a_description_rebuilds_the_network():
    network = Network(mlp((5, 4, 3), batch_norm=True, dropout=0.25))
    again = Network.from_description(network.description())
    assert repr(again) == repr(network)
    assert again.sizes == (5, 4, 3)
    assert repr(network.layers[3]) == "Dropout(rate=0.25)"


def test_ten_hidden_layers_with_batch_norm_train_at_rate_one_half():
    with np.errstate(all="raise", under="ignore"):
        assert train(Network(mlp((20, *(32,) * 10, 4), batch_norm=True)), 0.5) < 0.1


def test_two_plain_hidden_layers_train_at_rate_one_tenth():
    with np.errstate(all="raise", under="ignore"):
        assert train(Network(mlp((20, 32, 16, 4))), 0.1) < 0.1


def test_predict_returns_probabilities():
    network = Network(mlp((5, 4, 3)))
    network.initialize(he_normal, np.random.default_rng(0))
    p = network.predict(np.random.default_rng(1).random((7, 5), dtype=np.float32))
    assert p.shape == (7, 3)
    assert p.sum(axis=1) == pytest.approx(1)


def test_a_network_that_only_predicts_allocates_no_gradients():
    network = Network(mlp((4, 3, 2)))
    network.predict(np.zeros((1, 4), np.float32))
    assert "grads" not in vars(network)
    network.forward(np.zeros((1, 4), np.float32), np.random.default_rng(0))
    network.backward(np.ones((1, 2), np.float32))
    assert network.grads.shape == network.parameters.shape
    assert network.grads[-2:].tolist() == [1, 1]
