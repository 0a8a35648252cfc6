"""Lines and symbols, from bounding boxes alone."""

import numpy as np
import pytest

from core.recognition import layout


def row(left, top, n, height=100, width=60, gap=20):
    """Return the boxes of n digits side by side."""
    return [[left + at * (width + gap), top, left + at * (width + gap) + width, top + height] for at in range(n)]


def lines(boxes):
    return [line.tolist() for line in layout.lines(np.array(boxes, np.float32).reshape(-1, 4))]


def test_one_line():
    assert lines([]) == []
    assert lines(row(0, 0, 1)) == [[0]]
    assert lines(row(0, 0, 5)) == [[0, 1, 2, 3, 4]]


@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.1])
@pytest.mark.parametrize("gap", [15, 60, 200])
def test_two_lines(slope, gap):
    boxes = np.array([*row(0, 0, 4), *row(-20, 100 + gap, 3)], float)
    boxes[:, [1, 3]] += slope * boxes[:, [0]]
    assert lines(boxes[::-1]) == [[3, 4, 5, 6], [0, 1, 2]]


def test_three_lines():
    assert lines([*row(0, 300, 2), *row(0, 0, 2), *row(0, 150, 3)]) == [[2, 3], [4, 5, 6], [0, 1]]


def test_a_digit_above_another():
    assert lines([*row(0, 0, 1), *row(10, 140, 1)]) == [[0], [1]]


@pytest.mark.parametrize(
    "boxes",
    [
        [[0, 0, 50, 47], [0, 52, 60, 100]],  # the rings of an 8
        [[0, 0, 60, 5], [0, 40, 60, 45]],  # the bars of an =
        [[0, 0, 0, 0], [0, 50, 0, 50]],  # dots
        [[60 * at, 70 * at, 60 * at + 50, 70 * at + 60] for at in range(5)],  # steps
        [*row(0, 0, 3), [0, 120, 240, 124]],  # an underline
    ],
)
def test_no_lines(boxes):
    assert len(lines(boxes)) == 1


def test_small_boxes_go_to_the_line_of_the_digits_beside_them():
    comma, ring = [62, 90, 70, 122], [142, 128, 160, 146]
    boxes = [*row(0, 0, 2), *row(0, 130, 2), comma, ring]
    assert lines(boxes) == [[0, 1, 4], [2, 3, 5]]


def test_symbols_are_small_beside_digits():
    boxes = np.array([*row(0, 0, 2), [140, 85, 155, 120], [200, 0, 225, 28], [240, 50, 280, 100]], np.float32)
    assert layout.are_symbols(boxes).tolist() == [False, False, True, True, False]
    assert layout.are_symbols(boxes[2:3]).tolist() == [False]
    assert layout.are_symbols(np.empty((0, 4), np.float32)).tolist() == []
