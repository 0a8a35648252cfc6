"""The sample of the training part."""

import numpy as np

from core.data.dataset import Dataset
from core.digits import NOT_A_DIGIT
from core.training import splits
from core.training.splits import Splits


def dataset(n, labels=None):
    images = np.arange(n, dtype=np.uint32).view(np.uint8).reshape(n, 4)
    return Dataset.of(np.pad(images, ((0, 0), (0, 780))), np.arange(n) % 10 if labels is None else labels)


def test_the_sample_has_the_size_of_validation_and_is_always_the_same():
    data = Splits(dataset(100), dataset(20), dataset(5))
    assert len(data.sample) == 20
    assert len(np.unique(data.sample)) == 20
    again = Splits(dataset(100), dataset(20), dataset(5))
    np.testing.assert_array_equal(data.sample, again.sample)


def test_the_size_of_the_sample_is_limited(monkeypatch):
    monkeypatch.setattr(splits, "MAX_SAMPLE", 7)
    assert len(Splits(dataset(100), dataset(20), dataset(5)).sample) == 7


def test_the_sample_contains_only_digits():
    labels = np.where(np.arange(100) < 50, NOT_A_DIGIT, 3)
    data = Splits(dataset(100, labels), dataset(80), dataset(5))
    assert data.train.labels[data.sample].tolist() == [3] * 50


def test_without_validation_there_is_no_sample():
    assert len(Splits(dataset(10), dataset(0), dataset(5)).sample) == 0
