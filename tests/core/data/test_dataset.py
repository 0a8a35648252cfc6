"""Dataset and DataLoader: each row once per epoch, in a new order, resumable anywhere."""

import itertools
import threading

import numpy as np
import pytest

from core.data.augment import Augmenter, Deformation
from core.data.dataset import DataLoader, Dataset, concatenate
from core.digits import NOT_A_DIGIT
from core.synthetic import synthetic


def numbered(n, writers=None):
    """Return n digits; all pixels of row i are i (n <= 256), its label is i % 10."""
    images = np.repeat(np.arange(n, dtype=np.uint8), 784).reshape(n, 28, 28)
    return Dataset.of(images, np.arange(n) % 10, writers)


def numbers(data):
    return data.images[:, 0].tolist()


def loader(n=25, batch_size=4, seed=0, input_scale=1.0):
    return DataLoader(numbered(n), batch_size, np.random.default_rng(seed), input_scale)


def rows_of(batches):
    """Return the row numbers in each batch, after a check that images and labels match."""
    result = []
    for images, labels in batches:
        assert (images == images[:, :1]).all()
        np.testing.assert_array_equal(images[:, 0] % 10, labels)
        result.append(images[:, 0].astype(int).tolist())
    return result


def flat(batches):
    return list(itertools.chain(*batches))


# -- Dataset ---


def test_images_are_flattened_and_stay_bytes():
    data = Dataset.of(np.full((2, 28, 28), 255, np.uint8), np.array([1, 2], np.uint8))
    assert data.images.shape == (2, 784)
    assert (data.images.dtype, data.labels.dtype, data.writers.dtype) == (np.uint8, np.int64, np.int64)
    np.testing.assert_array_equal(data.writers, [0, 0])
    assert len(data) == 2


def test_flat_images_are_accepted():
    assert Dataset.of(np.zeros((3, 784), np.uint8), np.zeros(3)).images.shape == (3, 784)


def test_different_numbers_of_images_and_labels():
    with pytest.raises(ValueError, match="3 images, but 2 labels"):
        Dataset.of(np.zeros((3, 784), np.uint8), np.zeros(2))


def test_rows_are_selected_by_slice_index_and_mask():
    data = numbered(20, np.arange(20))
    for rows in (slice(3, 6), np.array([3, 4, 5]), np.isin(np.arange(20), [3, 4, 5])):
        part = data[rows]
        assert numbers(part) == part.labels.tolist() == part.writers.tolist() == [3, 4, 5]


def test_concatenate():
    joined = concatenate([numbered(3, np.array([1, 1, 2])), numbered(2, np.array([7, 8]))])
    assert numbers(joined) == [0, 1, 2, 0, 1]
    assert joined.labels.tolist() == [0, 1, 2, 0, 1]
    assert joined.writers.tolist() == [1, 1, 2, 7, 8]


def test_a_split_is_a_random_share_and_loses_nothing():
    data = numbered(200)
    rest, part = data.split(0.1, np.random.default_rng(0))
    assert (len(rest), len(part)) == (180, 20)
    assert sorted(numbers(rest) + numbers(part)) == list(range(200))
    assert numbers(part) != list(range(20))
    assert numbers(data.split(0.1, np.random.default_rng(0))[1]) == numbers(part)
    assert numbers(data.split(0.1, np.random.default_rng(1))[1]) != numbers(part)


@pytest.mark.parametrize(("n", "share", "expected"), [(0, 0.5, 0), (1, 0.5, 0), (1, 1.0, 0), (3, 1.0, 2), (5, 0.0, 0)])
def test_a_split_leaves_at_least_one_row_in_the_rest(n, share, expected):
    rest, part = numbered(n).split(share, np.random.default_rng(0))
    assert (len(rest), len(part)) == (n - expected, expected)


def test_a_split_by_writer_holds_out_whole_writers():
    data = numbered(40, np.arange(40) % 20 + 1)
    rest, part = data.split_by_writer(0.1)
    assert sorted(set(part.writers)) == [19, 20]
    assert sorted(set(rest.writers)) == list(range(1, 19))
    assert sorted(numbers(rest) + numbers(part)) == list(range(40))


def test_a_split_by_writer_holds_out_at_least_one():
    rest, part = numbered(6, np.array([3, 9, 3, 9, 3, 3])).split_by_writer(0.1)
    assert set(part.writers) == {9}
    assert set(rest.writers) == {3}


# -- DataLoader ---


@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"), [(25, 4, [4] * 6 + [1]), (24, 4, [4] * 6), (3, 4, [3]), (1, 1, [1])]
)
def test_an_epoch_has_every_row_once_and_keeps_the_short_batch(n, batch_size, sizes):
    batches = loader(n, batch_size)
    assert len(batches) == len(sizes)
    for _ in range(3):
        epoch = rows_of(batches)
        assert [len(batch) for batch in epoch] == sizes
        assert sorted(flat(epoch)) == list(range(n))


def test_each_epoch_has_its_own_order():
    batches = loader()
    orders = [tuple(flat(rows_of(batches))) for _ in range(3)]
    assert len({*orders, tuple(range(25))}) == 4


def test_the_generator_determines_the_order():
    first, same, other = loader(seed=3), loader(seed=3), loader(seed=4)
    for _ in range(2):
        order = rows_of(first)
        assert rows_of(same) == order
        assert rows_of(other) != order


def test_an_empty_dataset():
    batches = loader(0)
    assert len(batches) == 0
    assert list(batches) == []


def test_images_are_scaled_float32():
    for images, _ in loader(256, 32, input_scale=1 / 255):
        assert images.dtype == np.float32
        values = (images[:, 0].astype(np.float64) * 255).round().astype(np.uint8)
        np.testing.assert_array_equal(images[:, 0], values * np.float32(1 / 255))


def test_all_batches_share_one_buffer():
    batches = loader()
    starts = {images.__array_interface__["data"][0] for _ in range(2) for images, _ in batches}
    assert len(starts) == 1


def test_the_dataset_is_not_changed():
    batches = loader()
    before = batches.dataset.images.copy()
    list(batches)
    np.testing.assert_array_equal(batches.dataset.images, before)


@pytest.mark.parametrize("stop", [1, 3, 6])
def test_an_interrupted_epoch_is_resumed(stop):
    whole, interrupted = loader(), loader()
    expected = [rows_of(whole), rows_of(whole)]
    first = rows_of(itertools.islice(interrupted, stop))
    assert first + rows_of(interrupted) == expected[0]
    assert rows_of(interrupted) == expected[1]


def test_an_epoch_interrupted_after_its_last_batch_is_complete():
    whole, interrupted = loader(), loader()
    expected = [rows_of(whole), rows_of(whole)]
    assert rows_of(itertools.islice(interrupted, 7)) == expected[0]
    assert rows_of(interrupted) == expected[1]


def test_permutation_and_position_are_the_state_of_an_epoch():
    first = loader()
    rows_of(itertools.islice(first, 2))
    second = loader(seed=99)
    second.permutation, second.position = first.permutation, first.position
    assert rows_of(second) == rows_of(first)


# -- repeated rows and non-digits ---


def test_an_epoch_repeats_rows():
    data = concatenate([numbered(3).repeated(2), numbered(5)[3:]])
    epoch = flat(rows_of(DataLoader(data, 4, np.random.default_rng(0), 1.0)))
    assert sorted(epoch) == [0, 0, 1, 1, 2, 2, 3, 4]
    assert len(DataLoader(data, 4, np.random.default_rng(0))) == 2


def test_repetitions_multiply():
    assert numbered(1).repeated(2).repeated(3).times.tolist() == [6]


def test_selected_and_split_rows_keep_their_repetitions():
    data = concatenate([numbered(10).repeated(3), numbered(10)])
    assert data[8:12].times.tolist() == [3, 3, 1, 1]
    rest, share = data.split(0.5, np.random.default_rng(0))
    assert rest.times.sum() + share.times.sum() == 40


def test_non_digits_need_an_eleventh_output():
    data = numbered(12)
    others = Dataset.of(data.images, np.full(12, NOT_A_DIGIT))
    both = concatenate([data, others])
    assert (data.n_labels, both.n_labels) == (10, 11)
    assert data.digits is data
    np.testing.assert_array_equal(both.digits.labels, data.labels)
    assert len(others.digits) == 0


# -- augmentation ---


def augmented(n, batch_size, deformation=lambda epochs: Deformation(), *, seed=0, ahead=False):
    """Return a loader of n synthetic digits, with augmentation."""
    data = Dataset.of(*synthetic.draw(n, np.random.default_rng(0)))
    batches = DataLoader(data, batch_size, np.random.default_rng(1), deformation=deformation, seed=seed)
    batches.ahead = ahead
    return batches


def copied(batches):
    return [(images.copy(), labels) for images, labels in batches]


def test_each_epoch_has_new_deformations():
    batches = augmented(20, 32)
    [(first, first_labels)], [(second, second_labels)] = copied(batches), copied(batches)
    first, second = first[first_labels.argsort(kind="stable")], second[second_labels.argsort(kind="stable")]
    assert not np.array_equal(first, second)
    assert first.max() <= 1


def test_a_batch_does_not_depend_on_earlier_batches():
    whole = copied(augmented(100, 32))
    interrupted = augmented(100, 32)
    next(iter(interrupted))
    interrupted.rng = np.random.default_rng(77)  # has no influence
    np.testing.assert_array_equal(next(iter(interrupted))[0], whole[1][0])


def test_the_seed_determines_the_deformations():
    same, again, other = (next(iter(augmented(100, 32, seed=seed)))[0].copy() for seed in (0, 0, 1))
    np.testing.assert_array_equal(same, again)
    assert not np.array_equal(same, other)


def test_the_deformation_depends_on_the_epochs_done():
    epochs_done = []

    def deformation(epochs):
        epochs_done.append(round(epochs, 3))
        return Deformation().times(0.0)

    batches = augmented(10, 4, deformation)
    for _ in range(2):
        list(batches)
    assert epochs_done == [0, 0, 0.4, 0.8, 1, 1.4, 1.8]  # the first is the constructor's


# -- batches deformed ahead by a thread ---


@pytest.mark.parametrize("n", [1, 4, 5, 8, 25])
def test_batches_are_the_same_with_and_without_the_thread(n):
    plain, ahead = augmented(n, 4), augmented(n, 4, ahead=True)
    for _ in range(2):
        for (images, labels), (others, other_labels) in zip(copied(plain), copied(ahead), strict=True):
            np.testing.assert_array_equal(images, others)
            np.testing.assert_array_equal(labels, other_labels)


def test_a_batch_is_unchanged_until_the_next_is_requested(monkeypatch):
    deform, deformed = Augmenter.deform, threading.Semaphore(0)

    def report(*arguments):
        deform(*arguments)
        deformed.release()

    monkeypatch.setattr(Augmenter, "deform", report)
    batches = iter(augmented(25, 4, ahead=True))
    first = next(batches)[0].copy()
    second, _ = next(batches)  # the thread now deforms the third, in the buffer of the first
    before = second.copy()
    for _ in range(3):
        assert deformed.acquire(timeout=20)
    np.testing.assert_array_equal(second, before)
    assert not np.array_equal(first, before)
    batches.close()


def test_an_interrupted_epoch_ends_its_thread_and_is_resumed():
    n_threads = threading.active_count()
    expected = copied(augmented(25, 4))
    loader = augmented(25, 4, ahead=True)
    batches = iter(loader)
    next(batches)
    assert threading.active_count() == n_threads + 1
    del batches
    assert threading.active_count() == n_threads
    assert loader.position == 4  # batches deformed ahead do not count
    for (images, _), (others, _) in zip(expected[1:], copied(loader), strict=True):
        np.testing.assert_array_equal(images, others)


def test_an_error_in_the_thread_is_raised():
    def deformation(epochs):
        if batches is None:  # the constructor's call
            return Deformation()
        raise ZeroDivisionError

    batches = None
    batches = augmented(25, 4, deformation, ahead=True)
    with pytest.raises(ZeroDivisionError):
        next(iter(batches))
