"""Segmentation: the digits of a number, each with its own strokes, however and in whatever order they were written."""

import sys
from pathlib import Path

import numpy as np
import pytest

from core.data import unipen
from core.preprocessing.ink import Drawing
from core.recognition import grouping, segmentation
from core.recognition.recognizer import Recognizer, shipped_model
from core.recognition.segmentation import DOUBT, segment

TURN = np.linspace(0, 2 * np.pi, 40)
ZERO = [np.column_stack([30 + 30 * np.sin(TURN), 50 - 50 * np.cos(TURN)])]
ONE = [[[0, 0], [0, 100]]]
TWO = [[[0, 25], [15, 2], [40, 0], [55, 20], [40, 55], [0, 98], [60, 100]]]
FOUR = [[[15, 0], [0, 60], [60, 62]], [[45, 20], [40, 100]]]
FIVE = [[[5, 5], [0, 45], [40, 40], [60, 70], [40, 98], [0, 95]], [[6, 4], [55, 0]]]
SIX = [[[45, 0], [10, 40], [0, 75], [25, 100], [50, 75], [25, 55], [5, 70]]]
SEVEN = [[[0, 0], [60, 0], [20, 100]], [[15, 50], [55, 48]]]
DOUBTFUL_TEST_DIGITS = [[[15, 0], [0, 55], [50, 58]], [[62, 20], [58, 100]]]  # a 4 whose strokes do not meet


def row(*digits, gap=15.0):
    """Return the strokes of digits side by side, and those that each digit has."""
    strokes, owners, right = [], [], 0.0
    for digit in digits:
        placed = [np.asarray(stroke, float) + np.array([right, 0]) for stroke in digit]
        owners.append(tuple(range(len(strokes), len(strokes) + len(placed))))
        strokes += placed
        right = max(stroke[:, 0].max() for stroke in placed) + gap
    return strokes, owners


def found(strokes, costs=None):
    return [part.strokes for part in segment(Drawing.from_points(strokes), costs)]


def never(drawings):
    raise AssertionError(f"asked about {len(drawings)} drawings")


class Asked:
    """Costs that are told, and what was asked: by number of strokes."""

    def __init__(self, answer):
        self.answer, self.calls = answer, []

    def __call__(self, drawings):
        self.calls.append(drawings)
        return np.array([self.answer(len(drawing.strokes)) for drawing in drawings], np.float32)


# What is found


def test_2026_is_four_digits_from_left_to_right():
    strokes, owners = row(TWO, ZERO, TWO, SIX)
    parts = segment(Drawing.from_points(strokes))
    assert [part.strokes for part in parts] == owners == [(0,), (1,), (2,), (3,)]
    for part, stroke in zip(parts, strokes, strict=True):
        (only,) = part.drawing.strokes
        np.testing.assert_array_equal(only[:, :2], stroke.astype(np.float32))
        assert part.box == pytest.approx((*stroke.min(axis=0), *stroke.max(axis=0)))


@pytest.mark.parametrize("digit", [FOUR, FIVE, SEVEN])
def test_a_digit_of_two_strokes_is_one_digit(digit):
    assert found(digit) == [(0, 1)]
    assert found(digit[::-1]) == [(0, 1)]


def test_digits_of_two_strokes_in_a_number():
    strokes, owners = row(FOUR, FIVE, ONE, SEVEN, FOUR, gap=10)
    assert found(strokes) == owners == [(0, 1), (2, 3), (4,), (5, 6), (7, 8)]


def test_a_part_has_the_box_of_all_its_strokes():
    (part,) = segment(Drawing.from_points(FIVE))
    assert part.box == (0, 0, 60, 98)
    assert len(part.drawing.strokes) == 2


@pytest.mark.parametrize("n", range(1, 13))
def test_one_to_twelve_digits(n):
    strokes, owners = row(*[(FOUR, ZERO, ONE, TWO, FIVE)[at % 5] for at in range(n)])
    assert found(strokes) == owners


def test_nothing_drawn_has_no_parts():
    assert segment(Drawing()) == ()
    assert segment(Drawing(), never) == ()


@pytest.mark.parametrize("strokes", [[[[3, 3]]], [[[0, 0], [80, 3]]], ZERO, [[[5, 5], [5, 5]]]])
def test_a_single_stroke_is_one_part(strokes):
    assert found(strokes, never) == [(0,)]


# However it is written


def test_the_order_of_the_strokes_does_not_matter():
    strokes, owners = row(SEVEN, FOUR, ZERO, FIVE, ONE, SEVEN)
    rng = np.random.default_rng(0)
    for _ in range(20):
        order = rng.permutation(len(strokes))
        expected = [tuple(sorted(np.flatnonzero(np.isin(order, owned)).tolist())) for owned in owners]
        assert found([strokes[at] for at in order]) == expected


def test_a_bar_that_is_added_at_the_end():
    strokes, _ = row(SEVEN[:1], FOUR[:1], ZERO)
    seven_bar, four_stroke = np.asarray(SEVEN[1]), np.asarray(FOUR[1]) + np.array([75, 0])
    assert found([*strokes, seven_bar, four_stroke]) == [(0, 3), (1, 4), (2,)]


def test_from_right_to_left():
    strokes, _ = row(ONE, ZERO, TWO)
    assert found(strokes[::-1]) == [(2,), (1,), (0,)]


@pytest.mark.parametrize("size", [1e-4, 0.3, 7.0, 900.0])
def test_neither_the_unit_nor_the_place_matters(size):
    strokes, owners = row(SEVEN, FOUR, ZERO, FIVE, ONE)
    assert found([stroke * size for stroke in strokes]) == owners
    assert found([(stroke - [400, 20]) * size for stroke in strokes]) == owners


@pytest.mark.parametrize("height", [24, 60, 250])
def test_the_whole_numbers_of_a_mouse(height):
    strokes, owners = row(SEVEN, FOUR, ZERO, FIVE, ONE, TWO)
    assert found([np.rint(stroke * height / 100) for stroke in strokes]) == owners


def test_sizes_and_heights_that_vary():
    digits = [FOUR, ZERO, SEVEN, TWO, FIVE]
    scaled = [
        [np.asarray(stroke, float) * size + [0, down] for stroke in digit]
        for digit, size, down in zip(digits, (1, 0.8, 1.15, 0.75, 1.1), (0, 15, -10, 20, -5), strict=True)
    ]
    strokes, owners = row(*scaled)
    assert found(strokes) == owners


def test_a_line_that_climbs():
    digits = [[np.asarray(stroke, float) - [0, 30 * at] for stroke in (FOUR, ZERO)[at % 2]] for at in range(10)]
    strokes, owners = row(*digits)
    assert found(strokes) == owners


@pytest.mark.parametrize("x", [67, 72, 80])
def test_a_slanted_7_over_the_next_1(x):
    seven, one = [[0, 0], [70, 0], [20, 100]], [[x, 25], [x - 10, 100]]
    assert found([seven, one]) == [(0,), (1,)]


@pytest.mark.parametrize("gap", [0, -4])
def test_digits_that_touch(gap):
    strokes, owners = row(ZERO, ZERO, TWO, ZERO, gap=gap)
    assert found(strokes, never) == owners


def test_ones_that_stand_close():
    strokes, owners = row(ONE, ONE, ONE, gap=12)
    assert found(strokes) == owners


def test_a_hat_that_reaches_over_the_next_digit_stays_with_its_own():
    strokes, _ = row(FIVE, ZERO)
    strokes[1] = np.array([[6, 4], [100, -8]])
    assert found(strokes) == [(0, 1), (2,)]


def test_a_bar_that_reaches_its_neighbour_stays_with_the_digit_that_it_crosses():
    strokes, _ = row(SEVEN, ONE)
    strokes[1][-1, 0] = strokes[2][0, 0]
    assert found(strokes) == [(0, 1), (2,)]


# What is no digit


@pytest.mark.parametrize(("shift", "parts"), [(0, 1), (15, 1), (45, 2)])
def test_digits_written_over_each_other_are_one_thing(shift, parts):
    strokes = [*ZERO, np.array(TWO[0]) + np.array([shift, 5])]
    assert len(found(strokes, never if parts == 1 else None)) == parts


def test_digits_that_lean_into_each_other_but_do_not_touch_are_two():
    leaning = np.array([[60, 0], [0, 100]])
    other = leaning + np.array([25, 0])
    assert found([leaning, other], lambda drawings: np.ones(len(drawings))) == [(0,), (1,)]


def test_a_stray_dot_is_left_out():
    strokes, owners = row(ZERO, TWO, gap=100)
    assert found([*strokes, [[110, 50]]]) == owners
    assert found([[[110, 50], [112, 51]], *strokes]) == [(1,), (2,)]


def test_a_dot_in_or_at_a_digit_belongs_to_it():
    strokes, _ = row(ZERO, TWO)
    assert found([*strokes, [[20, 50]], [[130, -8]]]) == [(0, 2), (1, 3)]


@pytest.mark.parametrize("dots", [[[[0, 0]], [[50, 0]]], [[[0, 0]], [[0, 50]]], [[[5, 5]], [[5, 5]]]])
def test_where_there_is_nothing_but_dots_they_are_one_part(dots):
    assert found(dots, never) == [(0, 1)]


def test_a_dash_between_digits_is_a_part_of_its_own():
    strokes, owners = row(ZERO, [[[0, 50], [35, 52]]], TWO)
    assert found(strokes, never) == owners


def test_an_underline_spoils_no_digit():
    strokes, _ = row(ZERO, TWO, SIX)
    parts = found([*strokes, [[-10, 112], [220, 115]]], never)
    assert sorted(parts) == [(0,), (1,), (2,), (3,)]


def test_a_scribble_of_very_many_strokes_is_not_taken_apart():
    strokes, _ = row(*[ONE] * (grouping.MAX_STROKES + 1), gap=40)
    assert len(found(strokes, never)) == 1
    assert len(found(strokes[1:], never)) == grouping.MAX_STROKES


def test_every_stroke_but_a_dot_is_in_one_part():
    rng = np.random.default_rng(0)
    for _ in range(60):
        lines = [rng.uniform(0, [400, 100]) + rng.normal(0, 15, (20, 2)).cumsum(axis=0) for _ in range(9)]
        for costs in (None, Asked(lambda n: n % 3)):
            assert sorted(stroke for part in found(lines, costs) for stroke in part) == list(range(9))


def test_segmenting_changes_nothing():
    drawing = Drawing.from_points(row(SEVEN, FOUR, ZERO)[0])
    before = [stroke.copy() for stroke in drawing.strokes]
    first, second = segment(drawing), segment(drawing)
    assert [part.strokes for part in first] == [part.strokes for part in second]
    for stroke, copy in zip(drawing.strokes, before, strict=True):
        np.testing.assert_array_equal(stroke, copy)


def test_digits_that_are_finished_stay_as_they_are_while_the_next_is_drawn():
    strokes, _ = row(FOUR, TWO, ZERO)
    *done, last = strokes
    for n in range(1, len(last) + 1):
        assert found([*done, last[:n]])[:2] == [(0, 1), (2,)]


def test_a_digit_that_begins_with_its_bar_is_one_part_from_the_start():
    bar, stem = [[0, 0], [60, 2]], np.linspace([58, 0], [25, 100], 20)
    for n in range(1, len(stem) + 1):
        assert found([bar, stem[:n]]) == [(0, 1)]


# Where the network is asked


def test_the_drawing_that_the_following_tests_ask_about_is_in_doubt():
    first, _ = grouping.group(Drawing.from_points(DOUBTFUL_TEST_DIGITS), DOUBT)
    assert abs(first.bond) < DOUBT


@pytest.mark.parametrize("digits", [(FOUR,), (FIVE,), (SEVEN,), (TWO, ZERO, TWO, SIX), (FOUR, FIVE, SEVEN)])
def test_clear_strokes_ask_nothing(digits):
    strokes, owners = row(*digits)
    assert found(strokes, never) == owners


def test_in_doubt_the_cheaper_reading_is_taken():
    assert found(DOUBTFUL_TEST_DIGITS, Asked(lambda n: 0.0 if n == 2 else 4.0)) == [(0, 1)]
    assert found(DOUBTFUL_TEST_DIGITS, Asked(lambda n: 9.0 if n == 2 else 0.1)) == [(0,), (1,)]


def test_costs_that_say_nothing_leave_it_to_the_strokes():
    alone = found(DOUBTFUL_TEST_DIGITS)
    for answer in (0.0, np.nan):
        assert found(DOUBTFUL_TEST_DIGITS, Asked(lambda n, answer=answer: answer)) == alone


@pytest.mark.parametrize("answer", [np.nan, np.inf, -np.inf, 1e30])
def test_a_network_that_diverged_loses_no_stroke(answer):
    strokes, _ = row(DOUBTFUL_TEST_DIGITS, ZERO, DOUBTFUL_TEST_DIGITS)
    parts = found(strokes, Asked(lambda n: answer))
    assert sorted(stroke for part in parts for stroke in part) == [0, 1, 2, 3, 4]


def test_only_what_is_in_doubt_is_asked_about_and_all_at_once():
    strokes, _ = row(ZERO, DOUBTFUL_TEST_DIGITS, TWO, gap=25)
    asked = Asked(lambda n: 0.0)
    found(strokes, asked)
    (drawings,) = asked.calls
    expected = [strokes[1:2], strokes[1:3], strokes[2:3]]
    assert len(drawings) == len(expected)
    for drawing, some in zip(drawings, expected, strict=True):
        for stroke, points in zip(drawing.strokes, some, strict=True):
            np.testing.assert_array_equal(stroke[:, :2], points.astype(np.float32))


def test_however_much_is_in_doubt_few_drawings_are_asked_about():
    strokes, _ = row(*[DOUBTFUL_TEST_DIGITS] * 10, gap=40)
    asked = Asked(lambda n: 0.0 if n == 2 else 5.0)
    parts = found(strokes, asked)
    assert len(asked.calls) == 1
    assert 10 < len(asked.calls[0]) <= 20
    assert sorted(stroke for part in parts for stroke in part) == list(range(20))


def chosen(bonds, prices):
    """Return the spans of the cheapest reading, where a span that ``prices`` does not name costs 1."""
    bonds = np.array([*bonds, -np.inf])
    return segmentation._cheapest({span: prices.get(span, 1.0) for span in segmentation._spans(bonds)}, bonds)


def test_of_all_readings_the_cheapest_is_taken():
    assert chosen([0, 0, 0], {}) == [(0, 4)]
    assert chosen([0, 0, 0], {(0, 2): 0, (2, 4): 0, (0, 4): 3}) == [(0, 2), (2, 4)]
    assert chosen([0, 0, 0], {(0, 1): 0, (1, 4): 0, (0, 4): 3}) == [(0, 1), (1, 4)]
    assert chosen([-2, -2, -2], {}) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert chosen([np.inf, -np.inf, 0], {(0, 2): 99, (2, 3): 0, (3, 4): 0}) == [(0, 2), (2, 3), (3, 4)]


# Real digits


@pytest.fixture(scope="module")
def digits(pen_file):
    return unipen.read(pen_file)


@pytest.mark.real_data
@pytest.mark.parametrize("writers", [range(1, 25), range(25, 31)])
def test_a_single_digit_is_hardly_ever_split(digits, writers):
    drawn = [digit for digit in digits if digit.writer in writers]
    split = [digit for digit in drawn if len(digit.drawing.strokes) > 1 and len(segment(digit.drawing)) > 1]
    assert len(split) <= 0.003 * len(drawn)


@pytest.mark.real_data
def test_a_single_digit_hardly_ever_asks_the_network(digits):
    asked = Asked(lambda n: 0.0)
    for digit in digits:
        if len(digit.drawing.strokes) > 1:
            segment(digit.drawing, asked)
    assert len(asked.calls) <= 0.01 * len(digits)


@pytest.mark.real_data
@pytest.mark.parametrize("how", ["plain", "any order", "overlapping", "small"])
def test_numbers_of_real_digits(digits, how, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    import written_numbers

    options, floor = {
        "plain": ({}, 0.97),
        "any order": ({"in_order": False}, 0.97),
        "overlapping": ({"gap": (-0.1, 0.05)}, 0.95),
        "small": ({"pixels": 30}, 0.95),
    }[how]
    recognizer = Recognizer.of(shipped_model())
    held_out = [digit for digit in digits if digit.writer in range(25, 31)]
    whole, fair = written_numbers.read_whole(recognizer, held_out, np.random.default_rng(1), 120, **options)
    assert fair > 80
    assert whole >= floor * fair
    sys.modules.pop("written_numbers")
