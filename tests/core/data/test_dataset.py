"""Datasets, and the loader that deals them out: each row once an epoch, in a new order, and from where it was left."""

import itertools
import threading

import numpy as np
import pytest

from core.data.augment import Deformation
from core.data.dataset import DataLoader, Dataset, concatenate
from core.digits import NOT_A_DIGIT
from core.synthetic import synthetic


def numbered(n, writers=None):
    """Return n digits, each with its number in all pixels (n <= 255) and its last figure as label."""
    images = np.repeat(np.arange(n, dtype=np.uint8), 784).reshape(n, 28, 28)
    return Dataset.of(images, np.arange(n) % 10, writers)


def numbers(data):
    return data.images[:, 0].tolist()


def loader(n=25, batch_size=4, seed=0, input_scale=1.0):
    return DataLoader(numbered(n), batch_size, np.random.default_rng(seed), input_scale)


def dealt(batches):
    """Return the numbers of the rows in each batch, and check that images and labels belong together."""
    result = []
    for images, labels in batches:
        assert (images == images[:, :1]).all()
        np.testing.assert_array_equal(images[:, 0] % 10, labels)
        result.append(images[:, 0].astype(int).tolist())
    return result


def flat(batches):
    return list(itertools.chain(*batches))


# Dataset


def test_images_are_flattened_and_kept_as_bytes():
    data = Dataset.of(np.full((2, 28, 28), 255, np.uint8), np.array([1, 2], np.uint8))
    assert data.images.shape == (2, 784)
    assert (data.images.dtype, data.labels.dtype, data.writers.dtype) == (np.uint8, np.int64, np.int64)
    np.testing.assert_array_equal(data.writers, [0, 0])
    assert len(data) == 2


def test_flat_images_do_as_well():
    assert Dataset.of(np.zeros((3, 784), np.uint8), np.zeros(3)).images.shape == (3, 784)


def test_images_and_labels_of_other_number():
    with pytest.raises(ValueError, match="3 images, but 2 labels"):
        Dataset.of(np.zeros((3, 784), np.uint8), np.zeros(2))


def test_rows_are_chosen_by_slice_number_and_mask():
    data = numbered(20, np.arange(20))
    for rows in (slice(3, 6), np.array([3, 4, 5]), np.isin(np.arange(20), [3, 4, 5])):
        part = data[rows]
        assert numbers(part) == part.labels.tolist() == part.writers.tolist() == [3, 4, 5]


def test_joining():
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


# DataLoader


@pytest.mark.parametrize(
    ("n", "batch_size", "sizes"), [(25, 4, [4] * 6 + [1]), (24, 4, [4] * 6), (3, 4, [3]), (1, 1, [1])]
)
def test_an_epoch_deals_every_row_once_and_keeps_the_short_batch(n, batch_size, sizes):
    batches = loader(n, batch_size)
    assert len(batches) == len(sizes)
    for _ in range(3):
        epoch = dealt(batches)
        assert [len(batch) for batch in epoch] == sizes
        assert sorted(flat(epoch)) == list(range(n))


def test_each_epoch_has_an_order_of_its_own():
    batches = loader()
    orders = [tuple(flat(dealt(batches))) for _ in range(3)]
    assert len({*orders, tuple(range(25))}) == 4


def test_the_generator_decides_the_order():
    first, same, other = loader(seed=3), loader(seed=3), loader(seed=4)
    for _ in range(2):
        order = dealt(first)
        assert dealt(same) == order
        assert dealt(other) != order


def test_nothing_to_deal():
    batches = loader(0)
    assert len(batches) == 0
    assert list(batches) == []


def test_images_are_float32_times_the_scale():
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
def test_an_epoch_that_was_left_goes_on_where_it_was_left(stop):
    whole, left = loader(), loader()
    expected = [dealt(whole), dealt(whole)]
    first = dealt(itertools.islice(left, stop))
    assert first + dealt(left) == expected[0]
    assert dealt(left) == expected[1]


def test_an_epoch_left_after_its_last_batch_is_over():
    whole, left = loader(), loader()
    expected = [dealt(whole), dealt(whole)]
    assert dealt(itertools.islice(left, 7)) == expected[0]
    assert dealt(left) == expected[1]


def test_permutation_and_position_say_where_it_was_left():
    first = loader()
    dealt(itertools.islice(first, 2))
    second = loader(seed=99)
    second.permutation, second.position = first.permutation, first.position
    assert dealt(second) == dealt(first)


# Digits that count several times, and what is no digit


def test_an_epoch_deals_a_row_as_often_as_it_says():
    data = concatenate([numbered(3).repeated(2), numbered(5)[3:]])
    epoch = flat(dealt(DataLoader(data, 4, np.random.default_rng(0), 1.0)))
    assert sorted(epoch) == [0, 0, 1, 1, 2, 2, 3, 4]
    assert len(DataLoader(data, 4, np.random.default_rng(0))) == 2


def test_repeating_repeats_what_was_repeated():
    assert numbered(1).repeated(2).repeated(3).times.tolist() == [6]


def test_rows_keep_their_times_when_they_are_chosen_and_split():
    data = concatenate([numbered(10).repeated(3), numbered(10)])
    assert data[8:12].times.tolist() == [3, 3, 1, 1]
    rest, share = data.split(0.5, np.random.default_rng(0))
    assert rest.times.sum() + share.times.sum() == 40


def test_what_is_no_digit_needs_an_output_of_its_own():
    data = numbered(12)
    others = Dataset.of(data.images, np.full(12, NOT_A_DIGIT))
    both = concatenate([data, others])
    assert (data.n_labels, both.n_labels) == (10, 11)
    assert data.digits is data
    np.testing.assert_array_equal(both.digits.labels, data.labels)
    assert len(others.digits) == 0


# Deformation


def deforming(seed=0, n=100):
    images, labels = synthetic.draw(n, np.random.default_rng(0))
    data = Dataset.of(images, labels)
    return DataLoader(data, 32, np.random.default_rng(1), deformation=lambda epochs: Deformation(), seed=seed)


def test_digits_are_deformed_anew_each_epoch():
    loader = deforming(n=20)
    first, second = ([(images.copy(), labels) for images, labels in loader] for _ in range(2))
    order = [np.argsort(labels, kind="stable") for [(_, labels)] in (first, second)]
    a, b = (images[rows] for [(images, _)], rows in zip((first, second), order, strict=True))
    assert not np.array_equal(a, b)
    assert a.max() <= 1


def test_what_a_batch_looks_like_depends_on_nothing_that_went_before():
    whole = [images.copy() for images, _ in deforming()]
    left = deforming()
    iterator = iter(left)
    next(iterator)
    left.rng = np.random.default_rng(77)  # whatever else is drawn
    np.testing.assert_array_equal(next(iter(left))[0], whole[1])


def test_the_seed_decides_the_deformations():
    same, again, other = (next(iter(deforming(seed)))[0].copy() for seed in (0, 0, 1))
    np.testing.assert_array_equal(same, again)
    assert not np.array_equal(same, other)


def test_the_deformation_goes_by_the_epochs_that_are_done():
    asked = []

    def deformation(epochs):
        asked.append(round(epochs, 3))
        return Deformation().times(0.0)

    images, labels = synthetic.draw(10, np.random.default_rng(0))
    loader = DataLoader(Dataset.of(images, labels), 4, np.random.default_rng(1), deformation=deformation)
    for _ in range(2):
        list(loader)
    assert asked == [0, 0, 0.4, 0.8, 1, 1.4, 1.8]  # and once before, when it is made


# Deformed ahead


def deformed(ahead, n=25, batch_size=4):
    digits = synthetic.draw(n, np.random.default_rng(0))
    data = Dataset.of(digits[0], digits[1])
    result = DataLoader(data, batch_size, np.random.default_rng(1), deformation=lambda epochs: Deformation(), seed=2)
    result.ahead = ahead
    return result


def copied(batches):
    return [(images.copy(), labels) for images, labels in batches]


@pytest.mark.parametrize("n", [1, 4, 5, 8, 25])
def test_batches_are_the_same_whether_made_ahead_or_not(n):
    plain, ahead = deformed(False, n), deformed(True, n)
    for _ in range(2):
        for (images, labels), (others, other_labels) in zip(copied(plain), copied(ahead), strict=True):
            np.testing.assert_array_equal(images, others)
            np.testing.assert_array_equal(labels, other_labels)


def test_a_batch_stays_as_it_is_until_the_next_is_asked_for():
    made = threading.Event()
    loader = deformed(True)
    batches = iter(loader)
    images, _ = next(batches)
    before = images.copy()
    write = loader._images

    def told(*arguments):
        result = write(*arguments)
        made.set()
        return result

    loader._images = told
    second, _ = next(batches)  # the third is being made meanwhile, where the first was
    kept = second.copy()
    assert made.wait(20)
    np.testing.assert_array_equal(second, kept)
    assert not np.array_equal(before, kept)
    batches.close()


def test_left_half_way_no_thread_stays_and_the_rest_is_the_same():
    n_threads = threading.active_count()
    expected = copied(deformed(False))
    loader = deformed(True)
    batches = iter(loader)
    next(batches)
    assert threading.active_count() == n_threads + 1
    del batches
    assert threading.active_count() == n_threads
    assert loader.position == 4  # and not what was made ahead
    for (images, _), (others, _) in zip(expected[1:], copied(loader), strict=True):
        np.testing.assert_array_equal(images, others)


def test_a_fault_in_the_thread_comes_out():
    loader = deformed(True)
    loader._deformation = lambda epochs: 1 / 0
    with pytest.raises(ZeroDivisionError):
        next(iter(loader))
