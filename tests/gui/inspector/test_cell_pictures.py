"""The digits behind a cell of the confusion matrix, and their captions."""

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.training.dataset_predictions import DatasetPredictions
from gui.inspector.cell_pictures import CellPictures

LABELS, PREDICTIONS = np.array([4, 4, 9, 4, 4]), np.array([9, 9, 9, 4, 9])
CONFUSION = np.zeros((10, 10), np.int64)
CONFUSION[4, 9], CONFUSION[9, 9], CONFUSION[4, 4] = 3, 1, 1


@pytest.fixture
def data():
    images = np.random.default_rng(0).integers(256, size=(5, 784), dtype=np.uint8)
    return Dataset.of(images, LABELS)


@pytest.fixture
def predictions():
    shares = np.array([0.5, 0.876, 0.9, 0.95, 1.0], np.float32)
    return DatasetPredictions(LABELS, PREDICTIONS, shares, CONFUSION, np.array([0, 1, 0, 0, 0], bool))


def test_the_surest_errors_come_first(data, predictions):
    pictures = CellPictures.of(predictions, data, 4, 9)
    assert pictures.rows.tolist() == [4, 1, 0]
    np.testing.assert_array_equal(pictures.images, data.images[[4, 1, 0]].reshape(3, 28, 28))
    assert pictures.title == "4 read as 9: 3 of 4"
    assert pictures.captions == tuple(f"4 read as 9\n{share} sure" for share in ("100.0%", "87.6%", "50.0%"))
    assert pictures.flags == ("", "label doubtful", "")


def test_an_empty_cell_has_no_digits(data, predictions):
    pictures = CellPictures.of(predictions, data, 1, 7)
    assert pictures.images.shape == (0, 28, 28)
    assert pictures.captions == pictures.flags == ()
    assert pictures.title == "1 read as 7: 0 of 0"
