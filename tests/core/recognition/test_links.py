"""Strokes that belong together because of how they run; and drawings of such strokes, segmented."""

import numpy as np
import pytest

from core.preprocessing.ink import Drawing
from core.recognition import grouping, links
from core.recognition.recognizer import Recognizer, shipped_model
from core.recognition.segmentation import segment

ANGLES = np.linspace(0, np.pi, 40)
RIGHT = np.column_stack([30 * np.sin(ANGLES), -50 * np.cos(ANGLES)])
LEFT = RIGHT * [-1, 1]
ONE = np.array([[4.0, -50], [0, 50]])


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.of(shipped_model())


def moved(stroke, right, down):
    return stroke + np.array([right, down])


def found(*strokes):
    return [part.strokes for part in segment(Drawing.from_points(strokes))]


@pytest.mark.parametrize("apart", [-8, 0, 5])
@pytest.mark.parametrize("order", [1, -1])
def test_two_arcs_that_meet_are_one_digit(apart, order):
    assert found(*[moved(RIGHT, apart, 0), LEFT[::order]][::order]) == [(0, 1)]


def test_arcs_with_their_backs_to_each_other_are_two():
    assert len(found(LEFT, moved(RIGHT, -65, 0))) == 2


@pytest.mark.parametrize("beside", [0, 2, 4])
@pytest.mark.parametrize("part", [1, 0.5])
def test_a_stroke_gone_over_again_is_one_digit(beside, part):
    assert found(ONE, ONE * part + [beside, 2]) == [(0, 1)]


@pytest.mark.parametrize("beside", [8, 12, 25])
def test_strokes_side_by_side_are_two_digits(beside):
    assert found(ONE, moved(ONE, beside, 2)) == [(0,), (1,)]


def test_a_stroke_goes_on_after_a_gap_only_if_it_is_short_and_straight_on():
    before = np.column_stack([np.linspace(-1, 0, 21), np.zeros(21)]).astype(np.float32)
    odds = [links.continuation(before, before + np.float32([1 + gap, 0])) for gap in (0.02, 0.1, 0.2, 0.5)]
    assert odds[0] == links.CERTAIN
    assert odds[0] >= odds[1] > odds[2] > odds[3] == -np.inf
    assert links.continuation(before, before + np.float32([1, 0.15])) < 0


@pytest.mark.parametrize("n_pieces", [2, 3, 4])
def test_a_broken_digit_is_one(recognizer, n_pieces):
    angles = np.linspace(0.3, 2 * np.pi, 200)
    zero = np.column_stack([30 * np.sin(angles), -50 * np.cos(angles)])
    pieces = [piece[: -len(piece) // 10] for piece in np.array_split(zero, n_pieces)]
    reading = recognizer.read(Drawing.from_points(pieces))
    assert [part.strokes for part in reading.parts] == [tuple(range(n_pieces))]
    assert reading.number == "0"


def test_the_halves_of_a_broken_1_are_no_lines(recognizer):
    assert len(found(ONE * 0.45 - [0, 28], ONE * 0.45 + [0, 28])) == 1


# -- symbols and lines of drawings ---


def number_with(mark):
    zero = np.concatenate([RIGHT, LEFT[::-1]])
    return Drawing.from_points([ONE, np.asarray(mark, float), moved(zero, 90, 0), moved(zero, 170, 0)])


@pytest.mark.parametrize(
    "mark",
    [
        [[28, 42], [22, 60]],
        [[30, 44], [31, 48], [28, 46]],
        [[26, -50], [22, -30]],
        15 * np.column_stack([np.sin(2 * ANGLES), np.cos(2 * ANGLES)]) + [30, -38],
    ],
    ids=["comma", "point", "apostrophe", "ring"],
)
def test_a_symbol_is_left_out_of_the_number(recognizer, mark):
    reading = recognizer.read(number_with(mark))
    assert [part.is_symbol for part in reading.parts] == [False, True, False, False]
    assert [prediction.is_symbol for prediction in reading.predictions] == [False, True, False, False]
    assert reading.predictions[1].verdict.value == "not a digit"
    assert (reading.number, reading.numbers) == ("100", ("100",))


def test_a_small_digit_alone_is_a_digit(recognizer):
    reading = recognizer.read(Drawing.from_points([ONE * 0.05]))
    assert [part.is_symbol for part in reading.parts] == [False]
    assert reading.number == "1"


def test_two_lines_are_two_numbers(recognizer):
    zero = np.concatenate([RIGHT, LEFT[::-1]])
    below = [moved(ONE, -5, 140), moved(ONE, 50, 142)]
    reading = recognizer.read(Drawing.from_points([*below, ONE, moved(zero, 60, 0)]))
    assert [part.strokes for part in reading.parts] == [(2,), (3,), (0,), (1,)]
    assert reading.lines == (0, 0, 1, 1)
    assert (reading.number, reading.numbers) == ("10 11", ("10", "11"))


TWO = np.array([[-28.0, -25], [0, -50], [25, -30], [-28, 48], [30, 50]])
SEVEN = np.array([[-30.0, -48], [28, -50], [-6, 50]])
COLUMNS = [(SEVEN, TWO, SEVEN), (TWO, SEVEN, ONE), (SEVEN, SEVEN, TWO, TWO), (ONE, TWO, TWO, SEVEN, ONE)]


@pytest.mark.parametrize("digits", COLUMNS)
@pytest.mark.parametrize("apart", [36, 45, 60])
def test_digits_below_each_other_are_lines_though_each_points_at_the_next(digits, apart):
    column = [moved(digit, 0, number * (100 + apart)) for number, digit in enumerate(digits)]
    parts = segment(Drawing.from_points(column))
    assert [(part.strokes, part.line) for part in parts] == [((n,), n) for n in range(len(digits))]


@pytest.mark.parametrize("gap", [0.1, 0.2])
def test_the_thirds_of_a_broken_1_are_no_lines(gap):
    third = ONE / 3 * (1 - gap)
    assert found(*(moved(third, 0, 33 * number) for number in range(3))) == [(0, 1, 2)]


def test_links_of_many_strokes_lose_none():
    rng = np.random.default_rng(0)
    for _ in range(40):
        strokes = [rng.uniform(0, [300, 200]) + rng.normal(0, 9, (12, 2)).cumsum(axis=0) for _ in range(12)]
        clusters = grouping.group(Drawing.from_points(strokes), 3.0)
        assert sorted(stroke for cluster in clusters for stroke in cluster.strokes) == list(range(12))
