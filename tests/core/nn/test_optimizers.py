"""Each optimizer against two steps by hand."""

import numpy as np
import pytest

from core.nn.optimizers import SGD, AdamW

RATE = 0.1


def two_steps(make):
    """Return the parameters after two steps with gradients (1, 2) and (3, -1) from (1, -2); the first is a weight."""
    parameters = np.array([1.0, -2.0])
    optimizer = make(parameters, 1)
    optimizer.step(np.array([1.0, 2.0]), RATE)
    optimizer.step(np.array([3.0, -1.0]), RATE)
    assert optimizer.n_steps == 2
    return parameters


def test_sgd():
    np.testing.assert_allclose(two_steps(SGD), [1 - 0.1 - 0.3, -2 - 0.2 + 0.1])


def test_sgd_with_l2_on_the_weights_alone():
    first = 1 - RATE * (1 + 0.5 * 1)
    second = first - RATE * (3 + 0.5 * first)
    np.testing.assert_allclose(two_steps(lambda p, n: SGD(p, n, 0.5)), [second, -2 - 0.2 + 0.1])


def test_l2_penalty_is_half_lambda_times_the_squared_weights():
    assert SGD(np.array([3.0, 100.0]), 1, 0.5).penalty() == pytest.approx(0.25 * 9)
    assert SGD(np.array([3.0, 100.0]), 1).penalty() == 0
    assert AdamW(np.array([3.0, 100.0]), 1, 0.5).penalty() == 0


def test_momentum():
    # v: 1, 2 -> 0.9 + 3, 1.8 - 1
    expected = [1 - 0.1 * 1 - 0.1 * 3.9, -2 - 0.1 * 2 - 0.1 * 0.8]
    np.testing.assert_allclose(two_steps(lambda p, n: SGD(p, n, momentum=0.9)), expected)


def test_nesterov():
    # g + mu v: 1 + 0.9, 2 + 1.8 -> 3 + 0.9 * 3.9, -1 + 0.9 * 0.8
    expected = [1 - 0.1 * 1.9 - 0.1 * 6.51, -2 - 0.1 * 3.8 + 0.1 * 0.28]
    np.testing.assert_allclose(two_steps(lambda p, n: SGD(p, n, momentum=0.9, nesterov=True)), expected)


@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_adamw(decay):
    w = np.array([1.0, -2.0])
    m, v = np.zeros(2), np.zeros(2)
    for t, g in enumerate([np.array([1.0, 2.0]), np.array([3.0, -1.0])], start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        update = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        w = w - RATE * (update + decay * w * [1, 0])
    np.testing.assert_allclose(two_steps(lambda p, n: AdamW(p, n, decay)), w)
