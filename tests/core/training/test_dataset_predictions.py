"""Predictions for a dataset, and the digits in a cell of the confusion matrix."""

import numpy as np
import pytest

from core.data import mnist
from core.data.dataset import Dataset, concatenate
from core.digits import NOT_A_DIGIT
from core.nn.network import Network, mlp
from core.recognition import metrics
from core.recognition.calibration import Calibration
from core.recognition.recognizer import shipped_model
from core.synthetic import synthetic
from core.training import dataset_predictions
from core.training.dataset_predictions import NO_PREDICTION, predict_dataset


def scripted(logits):
    """Return a network that gives logits[k] for an image in which only pixel k is 1, and these images."""
    logits = np.array(logits, np.float32)
    network = Network(mlp((784, 10)))
    network.layers[0].weight.value[: len(logits)] = logits
    images = np.zeros((len(logits), 784), np.uint8)
    images[range(len(logits)), range(len(logits))] = 1
    return network, images


def row(digit, logit):
    logits = np.zeros(10)
    logits[digit] = logit
    return logits


@pytest.fixture
def predictions():
    network, images = scripted([row(4, 5), row(9, 1), row(9, 3), row(4, 2), row(1, 9), row(9, 2)])
    labels = np.array([4, 4, 4, 4, NOT_A_DIGIT, 9])
    return predict_dataset(network, 1.0, Dataset.of(images, labels))


def test_predicted_digits_and_their_probabilities(predictions):
    assert predictions.predicted.tolist() == [4, 9, 9, 4, NO_PREDICTION, 9]
    e = np.exp([5, 1, 3, 2, -np.inf, 2])
    np.testing.assert_allclose(predictions.probabilities, e / (e + 9), rtol=1e-5)


def test_the_confusion_matrix_leaves_out_non_digits(predictions):
    assert predictions.confusion.sum() == 5
    assert (predictions.confusion[4, 4], predictions.confusion[4, 9], predictions.confusion[9, 9]) == (2, 2, 1)


def test_errors_come_by_falling_probability(predictions):
    assert predictions.rows(4, 9).tolist() == [2, 1]


def test_correct_predictions_come_by_rising_probability(predictions):
    assert predictions.rows(4, 4).tolist() == [3, 0]
    assert predictions.rows(0, 0).tolist() == []


def test_the_cells_and_their_rows_agree():
    images, labels = synthetic.draw(300, np.random.default_rng(0))
    data = Dataset.of(images, labels)
    model = shipped_model()
    found = predict_dataset(model.network, model.input_scale, data, model.calibration)
    counts = [[len(found.rows(label, predicted)) for predicted in range(10)] for label in range(10)]
    np.testing.assert_array_equal(found.confusion, counts)
    evaluated = metrics.evaluate(model.network, data, model.input_scale)
    np.testing.assert_array_equal(found.confusion, evaluated.confusion)


def test_probabilities_are_calibrated_on_request():
    network, images = scripted([row(4, 5)])
    data = Dataset.of(images, np.array([4]))
    cooler = predict_dataset(network, 1.0, data, Calibration(temperature=5.0))
    assert cooler.probabilities[0] == pytest.approx(np.e / (np.e + 9), rel=1e-5)


def test_predictions_that_are_not_numbers_are_no_fault():
    network, images = scripted([row(4, np.nan), row(4, 2)])
    found = predict_dataset(network, 1.0, Dataset.of(images, np.array([4, 4])))
    assert np.isfinite(found.probabilities).all()
    assert found.confusion.sum() == 2


def test_an_empty_dataset():
    found = predict_dataset(Network(mlp((784, 10))), 1.0, Dataset.of(np.zeros((0, 784), np.uint8), np.zeros(0)))
    assert found.confusion.shape == (10, 10)
    assert found.rows(1, 1).tolist() == []


@pytest.mark.real_data
def test_the_doubtful_digits_of_mnist_s_test_part_are_flagged(real_data):
    test = mnist.load_test()
    assert np.flatnonzero(dataset_predictions.doubtful(test)).tolist() == list(mnist.DOUBTFUL_TEST_DIGITS)
    other = Dataset.of(*synthetic.draw(20, np.random.default_rng(0)))
    joined = concatenate([test, other, test[:5]])
    assert np.flatnonzero(dataset_predictions.doubtful(joined)).tolist() == list(mnist.DOUBTFUL_TEST_DIGITS)
    assert not dataset_predictions.doubtful(concatenate([other, test])).any()


@pytest.mark.real_data
def test_other_data_has_no_doubtful_labels(real_data):
    train, test = mnist.load()
    assert not dataset_predictions.doubtful(train).any()
    mended = Dataset.of(test.images, np.where(np.arange(10_000) == mnist.DOUBTFUL_TEST_DIGITS[0], 3, test.labels))
    assert not dataset_predictions.doubtful(mended).any()
    assert not dataset_predictions.doubtful(test[:9999]).any()


def test_a_small_dataset_has_no_doubtful_labels():
    assert not dataset_predictions.doubtful(Dataset.of(*synthetic.draw(20, np.random.default_rng(0)))).any()
