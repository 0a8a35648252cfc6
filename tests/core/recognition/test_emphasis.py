"""Rings and boxes around digits and lines under them, drawn with the pen: symbols, and no part of a digit."""

import numpy as np
import pytest

from core.preprocessing.ink import Drawing
from core.recognition import emphasis
from core.recognition.recognizer import Recognizer, shipped_model
from core.recognition.segmentation import segment

TURN = np.linspace(0, 2 * np.pi, 60)
ZERO = np.column_stack([30 * np.sin(TURN), -50 * np.cos(TURN)])
ONE = np.array([[4.0, -50], [0, 50]])
TWO = np.array([[-28.0, -25], [0, -50], [25, -30], [-28, 48], [30, 50]])


def moved(stroke, right, down):
    return stroke + np.array([right, down])


NUMBER = [TWO, moved(ZERO, 85, 0), moved(ONE, 150, 0)]  # from -28 to 154 across, from -50 to 50 down


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.of(shipped_model())


def ring(x, y, width, height, *, turns=1.02, start=0.0):
    angles = np.linspace(start, start + 2 * np.pi * turns, 70)
    return np.column_stack([x + width / 2 * np.sin(angles), y - height / 2 * np.cos(angles)])


def box(left, top, right, bottom, gap=0.0):
    return np.array([[left, top], [right, top + 3], [right + 2, bottom], [left - 1, bottom], [left, top + gap]], float)


def found(*strokes, unit=1.0):
    """Return for each part its strokes, its line, and whether it is a symbol."""
    parts = segment(Drawing.from_points([np.asarray(stroke) * unit for stroke in strokes]))
    return [(part.strokes, part.line, part.is_symbol) for part in parts]


@pytest.mark.parametrize("unit", [0.01, 1.0, 30.0])
@pytest.mark.parametrize(
    "frame",
    [
        ring(63, 0, 290, 190),
        ring(63, 0, 310, 240, turns=0.97, start=2.0),
        ring(63, 0, 300, 220, turns=-1.05),
        box(-70, -90, 200, 90),
        box(-50, -70, 220, 100, gap=20),
    ],
)
def test_a_ring_or_a_box_around_a_number_is_a_symbol_before_it(frame, unit):
    digits = [((0,), 0, False), ((1,), 0, False), ((2,), 0, False)]
    assert found(*NUMBER, frame, unit=unit) == [((3,), 0, True), *digits]


def test_a_ring_drawn_first_around_one_digit_of_a_line():
    assert found(ring(85, 0, 130, 150), *NUMBER[:2]) == [((1,), 0, False), ((0,), 0, True), ((2,), 0, False)]


@pytest.mark.parametrize("below", [60, 75, 88])
@pytest.mark.parametrize("slope", [-0.06, 0.0, 0.08])
@pytest.mark.parametrize("ends", [(-60, 190), (-28, 154), (-10, 180)])
def test_a_line_under_a_number_is_a_symbol_after_it(below, slope, ends):
    line = np.array([[x, below + slope * (x - 60)] for x in ends], float)
    parts = found(*NUMBER, line, moved(line, 0, 14))
    assert [part for part in parts if not part[2]] == [((0,), 0, False), ((1,), 0, False), ((2,), 0, False)]
    assert sorted(part[0] for part in parts[3:]) == [(3,), (4,)]


def test_a_line_between_two_lines_of_digits_belongs_to_the_upper():
    line = np.array([[-40.0, 70], [170, 70]])
    below = [moved(stroke, 0, 160) for stroke in NUMBER[:2]]
    assert found(*NUMBER, line, *below) == [
        ((0,), 0, False), ((1,), 0, False), ((2,), 0, False), ((3,), 0, True), ((4,), 1, False), ((5,), 1, False),
    ]  # fmt: skip


def test_what_is_around_or_under_digits_is_no_digit(recognizer):
    reading = recognizer.read(
        Drawing.from_points([*NUMBER, box(-70, -90, 200, 110), np.array([[-40.0, 68], [170, 70]])])
    )
    assert (reading.number, [part.is_symbol for part in reading.parts]) == ("201", [True, False, False, False, True])


@pytest.mark.parametrize(
    "strokes",
    [
        [ZERO * 1.2, np.array([[14.0, -30], [-14, 30]])],  # a slashed nought
        [ring(0, 0, 100, 110), np.array([[0.0, 0], [3, 3]])],  # a dotted one
        [ZERO, ZERO * 0.9],  # gone over again
        [ring(0, -25, 50, 48), ring(0, 26, 60, 54)],  # the circles of an 8
        [ONE, np.array([[-25.0, 52], [28, 50]])],  # a 1 with a foot
        [ONE, moved(ONE, 18, 0), np.array([[-6.0, 20], [70, 22]])],  # a bar that crosses
        [[[15, 0], [0, 60], [60, 62]], [[45, 20], [40, 100]]],  # a 4
        [ZERO[5:25], ZERO[35:55], ZERO[26:34]],  # a broken nought
        [[[15, 0], [2, 50]], [[0, 60], [70, 62]], [[45, 0], [44, 52]], [[43, 65], [40, 100]]],  # a broken 4
    ],
    ids=["slashed", "dotted", "again", "eight", "foot", "crossed", "four", "broken", "broken four"],
)
def test_parts_of_digits_are_no_emphasis(strokes):
    assert emphasis.found([np.array(stroke, np.float32) for stroke in strokes]) == []


def test_no_stroke_is_lost():
    rng = np.random.default_rng(0)
    for _ in range(60):
        some = [ring(*rng.uniform(20, 200, 4)) for _ in range(3)]
        some += [rng.uniform(0, 200) + rng.normal(0, 12, (15, 2)).cumsum(axis=0) for _ in range(3)]
        some += [np.array([[0, y], [rng.uniform(20, 300), y]]) for y in rng.uniform(0, 300, 3)]
        assert sorted(stroke for strokes, _, _ in found(*some) for stroke in strokes) == list(range(9))
