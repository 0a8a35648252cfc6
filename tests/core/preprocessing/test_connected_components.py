"""Connected components against a plain flood fill, and bounding boxes."""

import numpy as np
import pytest

from core.preprocessing import connected_components


def flooded(mask):
    """Return the numbers of the components, in the order of their first pixels, and their count."""
    numbers, n = np.zeros(mask.shape, int), 0
    for start in zip(*mask.nonzero(), strict=True):
        if numbers[start]:
            continue
        n += 1
        waiting = [start]
        while waiting:
            row, column = waiting.pop()
            inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
            if inside and mask[row, column] and not numbers[row, column]:
                numbers[row, column] = n
                waiting += [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return numbers, n


@pytest.mark.parametrize("seed", range(12))
def test_components_are_those_of_a_flood_fill(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random(rng.integers(1, 40, 2)) < rng.uniform(0.1, 0.7)
    numbers, n = connected_components.label(mask)
    expected, n_expected = flooded(mask)
    assert n == n_expected
    pairs = np.unique(np.stack([numbers.ravel(), expected.ravel()]), axis=1)
    assert pairs.shape[1] == len(np.unique(expected)), "each number stands for one component"
    assert set(np.unique(numbers)) - {0} == set(range(1, n + 1))


def test_a_spiral_is_one_component():
    turns = np.linspace(0, 8 * np.pi, 4000)
    mask = np.zeros((101, 101), bool)
    rows, columns = (np.rint(50 + turns * wave * 1.9).astype(int) for wave in (np.sin(turns), np.cos(turns)))
    mask[rows, columns] = True
    assert connected_components.label(mask)[1] == 1


def test_pixels_that_touch_at_a_corner_are_connected():
    assert connected_components.label(np.eye(5, dtype=bool))[1] == 1
    assert connected_components.label(np.eye(5, dtype=bool)[::-1])[1] == 1


@pytest.mark.parametrize(("mask", "n"), [(np.zeros((4, 7), bool), 0), (np.ones((4, 7), bool), 1)])
def test_an_empty_and_a_full_mask(mask, n):
    numbers, found = connected_components.label(mask)
    assert found == n
    np.testing.assert_array_equal(numbers, mask.astype(int))


def test_the_bounding_box():
    mask = np.zeros((9, 9), bool)
    mask[2, 5] = mask[6, 4] = True
    assert connected_components.box(mask) == (slice(2, 7), slice(4, 6))
    assert connected_components.longest(mask) == 5
