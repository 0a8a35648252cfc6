"""IDX files under the names in circulation, and only the part that is used."""

import numpy as np
import pytest

from core.data import idx, idx_folder, sources
from core.errors import DataError, TrainingError
from core.training.config import TrainConfig
from core.training.splits import Splits

RNG = np.random.default_rng(0)
SPELLINGS = [
    ("train-{}-idx{}-ubyte", "t10k-{}-idx{}-ubyte"),
    ("train-{}-idx{}-ubyte.gz", "t10k-{}-idx{}-ubyte.gz"),
    ("train-{}.idx{}-ubyte", "t10k-{}.idx{}-ubyte"),
    ("train-{}.idx{}-ubyte.gz", "t10k-{}-idx{}-ubyte"),
    ("emnist-digits-train-{}-idx{}-ubyte.gz", "emnist-digits-test-{}-idx{}-ubyte.gz"),
    ("emnist-mnist-train-{}-idx{}-ubyte", "emnist-mnist-test-{}-idx{}-ubyte"),
    ("Train-{}-idx{}-ubyte", "Test-{}-idx{}-ubyte"),
    ("mine_train_{}_idx{}_ubyte", "mine_test_{}_idx{}_ubyte"),
]


def write(folder, pattern, n):
    folder.mkdir(parents=True, exist_ok=True)
    labels = np.arange(n, dtype=np.uint8) % 10
    idx.write(folder / pattern.format("images", 3), RNG.integers(256, size=(n, 28, 28), dtype=np.uint8))
    idx.write(folder / pattern.format("labels", 1), labels)


@pytest.mark.parametrize(("train", "test"), SPELLINGS)
def test_a_spelling(tmp_path, train, test):
    write(tmp_path, train, 30)
    write(tmp_path, test, 8)
    source = sources.load(f"idx:{tmp_path}")
    assert (len(source.train), len(source.test)) == (30, 8)
    assert source.evaluation is source.test
    assert sources.load(f"idx:{tmp_path / train.format('images', 3)}").train.images.shape == (30, 784)


def test_a_file_in_a_folder_of_its_own_name(tmp_path):
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        (tmp_path / name).mkdir()
    idx.write(tmp_path / "train-images-idx3-ubyte" / "train-images-idx3-ubyte", np.zeros((30, 28, 28), np.uint8))
    idx.write(tmp_path / "train-labels-idx1-ubyte" / "train-labels-idx1-ubyte", np.zeros(30, np.uint8))
    assert len(sources.load(f"idx:{tmp_path}").everything) == 30


def test_evaluation_needs_the_test_files_alone(tmp_path):
    write(tmp_path, SPELLINGS[0][1], 8)
    assert len(sources.load(f"idx:{tmp_path}").evaluation) == 8
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"damaged")
    assert len(sources.load(f"idx:{tmp_path}", for_test=True).evaluation) == 8
    with pytest.raises(DataError, match="train-labels-idx1-ubyte cannot be read"):
        sources.load(f"idx:{tmp_path}")


def test_training_needs_the_training_files_alone(tmp_path):
    write(tmp_path, SPELLINGS[0][0], 30)
    source = sources.load(f"idx:{tmp_path}")
    assert (len(source.train), len(source.test), len(source.evaluation)) == (27, 3, 30)


def test_test_files_alone_are_nothing_to_learn_from(tmp_path):
    write(tmp_path, SPELLINGS[0][1], 8)
    with pytest.raises(TrainingError, match=r"no digits to learn from: idx:.* holds only test digits"):
        Splits.of(sources.load(f"idx:{tmp_path}"), TrainConfig())


def test_of_several_sets_the_digits_are_taken_or_one_by_name(tmp_path):
    write(tmp_path, "emnist-letters-train-{}-idx{}-ubyte", 10)
    write(tmp_path, "emnist-mnist-train-{}-idx{}-ubyte", 20)
    assert len(sources.load(f"idx:{tmp_path}").everything) == 20
    write(tmp_path, "emnist-digits-train-{}-idx{}-ubyte", 30)
    assert len(sources.load(f"idx:{tmp_path}").everything) == 30
    assert len(sources.load(f"idx:{tmp_path}/emnist-mnist").everything) == 20
    with pytest.raises(DataError, match="emnist-byclass cannot be read: No such file"):
        sources.load(f"idx:{tmp_path}/emnist-byclass")


def test_of_unknown_sets_one_must_be_named(tmp_path):
    write(tmp_path, "mine-train-{}-idx{}-ubyte", 10)
    write(tmp_path, "yours-train-{}-idx{}-ubyte", 10)
    with pytest.raises(DataError, match=r"holds several sets: mine, yours; name one, as in idx:.*/mine"):
        idx_folder.find(tmp_path)


def test_a_folder_without_such_files(tmp_path):
    with pytest.raises(DataError, match="holds no IDX files of digits"):
        sources.load(f"idx:{tmp_path}")
    (tmp_path / "other").write_bytes(b"x")
    with pytest.raises(DataError, match="cannot be read as IDX"):
        sources.load(f"idx:{tmp_path / 'other'}")
