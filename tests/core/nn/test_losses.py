"""Softmax and cross-entropy: values and gradients by hand."""

import numpy as np
import pytest

from core.nn.losses import SoftmaxCrossEntropy, class_weights, log_softmax, softmax


def test_log_softmax_does_not_overflow_at_ten_thousand_in_float32():
    logits = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4]], np.float32)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        log_p = log_softmax(logits)
    np.testing.assert_allclose(log_p, [[0, -2e4, -1e4], [-np.log(3)] * 3], rtol=1e-6)
    loss = SoftmaxCrossEntropy()
    assert loss.forward(logits, np.array([1, 0])) == pytest.approx((2e4 + np.log(3)) / 2, rel=1e-6)
    assert np.isfinite(loss.backward()).all()


def test_softmax_is_a_distribution_and_invariant_to_a_shift():
    logits = np.random.default_rng(0).normal(size=(4, 10))
    p = softmax(logits)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(softmax(logits + 100), p)


def test_loss_by_hand():
    # p = (1/4, 3/4): loss of label 1 is -ln 3/4
    logits = np.log(np.array([[1.0, 3.0]]))
    loss = SoftmaxCrossEntropy()
    assert loss.forward(logits, np.array([1])) == pytest.approx(-np.log(0.75))
    np.testing.assert_allclose(loss.backward(), [[0.25, -0.25]])


def test_loss_and_gradient_are_means_over_the_batch():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(5, 3)), np.array([0, 1, 2, 0, 1])
    loss = SoftmaxCrossEntropy()
    once, grad = loss.forward(logits, labels), loss.backward()
    twice, grad_twice = loss.forward(np.tile(logits, (2, 1)), np.tile(labels, 2)), loss.backward()
    assert once == pytest.approx(twice)
    np.testing.assert_allclose(grad_twice[:5], grad / 2)


def test_class_weights_are_the_largest_count_over_each():
    np.testing.assert_array_equal(class_weights(np.array([0, 0, 0, 0, 1, 1, 3]), 4), [1, 2, 0, 4])


def test_weights_multiply_the_losses_of_their_labels():
    logits = np.zeros((2, 2))
    assert SoftmaxCrossEntropy([1, 3]).forward(logits, np.array([0, 1])) == pytest.approx(2 * np.log(2))


def test_smoothing_spreads_its_share_over_all_classes():
    logits = np.log(np.array([[0.7, 0.2, 0.1]]))
    target = np.array([0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3])
    loss = SoftmaxCrossEntropy(smoothing=0.1)
    assert loss.forward(logits, np.array([0])) == pytest.approx(-(target * logits[0]).sum())
    np.testing.assert_allclose(loss.backward()[0], np.exp(logits[0]) - target)


def test_a_smoothing_of_one_is_rejected():
    with pytest.raises(ValueError, match="smoothing"):
        SoftmaxCrossEntropy(smoothing=1.0)
