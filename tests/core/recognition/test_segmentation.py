"""Segmentation: the digits of a number, each with its own strokes, in any order and style of writing."""

import sys
from pathlib import Path

import numpy as np
import pytest

from core.data import unipen
from core.preprocessing.ink import Drawing
from core.recognition import grouping
from core.recognition.recognizer import Recognizer, shipped_model
from core.recognition.segmentation import DOUBT, cheapest_spans, least_cost_groups, segment, spans

TURN = np.linspace(0, 2 * np.pi, 40)
ZERO = [np.column_stack([30 + 30 * np.sin(TURN), 50 - 50 * np.cos(TURN)])]
ONE = [[[0, 0], [0, 100]]]
TWO = [[[0, 25], [15, 2], [40, 0], [55, 20], [40, 55], [0, 98], [60, 100]]]
FOUR = [[[15, 0], [0, 60], [60, 62]], [[45, 20], [40, 100]]]
FIVE = [[[5, 5], [0, 45], [40, 40], [60, 70], [40, 98], [0, 95]], [[6, 4], [55, 0]]]
SIX = [[[45, 0], [10, 40], [0, 75], [25, 100], [50, 75], [25, 55], [5, 70]]]
SEVEN = [[[0, 0], [60, 0], [20, 100]], [[15, 50], [55, 48]]]
OPEN_FOUR = [[[15, 0], [0, 55], [50, 58]], [[62, 20], [58, 100]]]  # its strokes do not meet: a doubtful bond


def line(*digits, gap=15.0):
    """Return the strokes of digits side by side, and the indexes of the strokes of each digit."""
    strokes, owners, right = [], [], 0.0
    for digit in digits:
        shifted = [np.asarray(stroke, float) + np.array([right, 0]) for stroke in digit]
        owners.append(tuple(range(len(strokes), len(strokes) + len(shifted))))
        strokes += shifted
        right = max(stroke[:, 0].max() for stroke in shifted) + gap
    return strokes, owners


def found(strokes, costs=None):
    return [part.strokes for part in segment(Drawing.from_points(strokes), costs)]


def no_costs(drawings):
    raise AssertionError(f"costs of {len(drawings)} drawings were requested")


class RecordingCosts:
    """Costs as a function of the number of strokes; records the calls."""

    def __init__(self, cost):
        self.cost, self.calls = cost, []

    def __call__(self, drawings):
        self.calls.append(drawings)
        return np.array([self.cost(len(drawing.strokes)) for drawing in drawings], np.float32)


# -- digits and their strokes ---


def test_2026_is_four_digits_from_left_to_right():
    strokes, owners = line(TWO, ZERO, TWO, SIX)
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
    strokes, owners = line(FOUR, FIVE, ONE, SEVEN, FOUR, gap=10)
    assert found(strokes) == owners == [(0, 1), (2, 3), (4,), (5, 6), (7, 8)]


def test_the_box_of_a_part_encloses_all_its_strokes():
    (part,) = segment(Drawing.from_points(FIVE))
    assert part.box == (0, 0, 60, 98)
    assert len(part.drawing.strokes) == 2


@pytest.mark.parametrize("n", range(1, 13))
def test_one_to_twelve_digits(n):
    strokes, owners = line(*[(FOUR, ZERO, ONE, TWO, FIVE)[index % 5] for index in range(n)])
    assert found(strokes) == owners


def test_an_empty_drawing_has_no_parts():
    assert segment(Drawing()) == ()
    assert segment(Drawing(), no_costs) == ()


@pytest.mark.parametrize("strokes", [[[[3, 3]]], [[[0, 0], [80, 3]]], ZERO, [[[5, 5], [5, 5]]]])
def test_a_single_stroke_is_one_part(strokes):
    assert found(strokes, no_costs) == [(0,)]


# -- order and style of writing ---


def test_the_order_of_the_strokes_does_not_matter():
    strokes, owners = line(SEVEN, FOUR, ZERO, FIVE, ONE, SEVEN)
    rng = np.random.default_rng(0)
    for _ in range(20):
        order = rng.permutation(len(strokes))
        expected = [tuple(sorted(np.flatnonzero(np.isin(order, owned)).tolist())) for owned in owners]
        assert found([strokes[index] for index in order]) == expected


def test_bars_added_at_the_end():
    strokes, _ = line(SEVEN[:1], FOUR[:1], ZERO)
    seven_bar, four_stroke = np.asarray(SEVEN[1]), np.asarray(FOUR[1]) + np.array([75, 0])
    assert found([*strokes, seven_bar, four_stroke]) == [(0, 3), (1, 4), (2,)]


def test_from_right_to_left():
    strokes, _ = line(ONE, ZERO, TWO)
    assert found(strokes[::-1]) == [(2,), (1,), (0,)]


@pytest.mark.parametrize("size", [1e-4, 0.3, 7.0, 900.0])
def test_unit_and_position_do_not_matter(size):
    strokes, owners = line(SEVEN, FOUR, ZERO, FIVE, ONE)
    assert found([stroke * size for stroke in strokes]) == owners
    assert found([(stroke - [400, 20]) * size for stroke in strokes]) == owners


@pytest.mark.parametrize("height", [24, 60, 250])
def test_integer_coordinates_of_a_mouse(height):
    strokes, owners = line(SEVEN, FOUR, ZERO, FIVE, ONE, TWO)
    assert found([np.rint(stroke * height / 100) for stroke in strokes]) == owners


def test_varying_sizes_and_heights():
    digits = [FOUR, ZERO, SEVEN, TWO, FIVE]
    scaled = [
        [np.asarray(stroke, float) * size + [0, down] for stroke in digit]
        for digit, size, down in zip(digits, (1, 0.8, 1.15, 0.75, 1.1), (0, 15, -10, 20, -5), strict=True)
    ]
    strokes, owners = line(*scaled)
    assert found(strokes) == owners


def test_a_rising_line():
    digits = [
        [np.asarray(stroke, float) - [0, 30 * index] for stroke in (FOUR, ZERO)[index % 2]] for index in range(10)
    ]
    strokes, owners = line(*digits)
    assert found(strokes) == owners


@pytest.mark.parametrize("x", [67, 72, 80])
def test_a_slanted_7_over_the_next_1(x):
    seven, one = [[0, 0], [70, 0], [20, 100]], [[x, 25], [x - 10, 100]]
    assert found([seven, one]) == [(0,), (1,)]


@pytest.mark.parametrize("gap", [0, -4])
def test_touching_digits(gap):
    strokes, owners = line(ZERO, ZERO, TWO, ZERO, gap=gap)
    assert found(strokes, no_costs) == owners


def test_narrowly_spaced_ones():
    strokes, owners = line(ONE, ONE, ONE, gap=12)
    assert found(strokes) == owners


def test_a_top_stroke_over_the_next_digit_belongs_to_its_own_digit():
    strokes, _ = line(FIVE, ZERO)
    strokes[1] = np.array([[6, 4], [100, -8]])
    assert found(strokes) == [(0, 1), (2,)]


def test_a_bar_that_touches_a_neighbour_belongs_to_the_digit_it_crosses():
    strokes, _ = line(SEVEN, ONE)
    strokes[1][-1, 0] = strokes[2][0, 0]
    assert found(strokes) == [(0, 1), (2,)]


# -- overlaps, dots and other non-digits ---


@pytest.mark.parametrize(("shift", "parts"), [(0, 1), (15, 1), (45, 2)])
def test_digits_written_over_each_other_are_one_part(shift, parts):
    strokes = [*ZERO, np.array(TWO[0]) + np.array([shift, 5])]
    assert len(found(strokes, no_costs if parts == 1 else None)) == parts


def test_slanted_digits_that_overlap_in_x_without_touching_are_two():
    leaning = np.array([[60, 0], [0, 100]])
    other = leaning + np.array([25, 0])
    assert found([leaning, other], lambda drawings: np.ones(len(drawings))) == [(0,), (1,)]


def test_a_stray_dot_is_left_out():
    strokes, owners = line(ZERO, TWO, gap=100)
    assert found([*strokes, [[110, 50]]]) == owners
    assert found([[[110, 50], [112, 51]], *strokes]) == [(1,), (2,)]


def test_a_dot_in_or_at_a_digit_belongs_to_it():
    strokes, _ = line(ZERO, TWO)
    assert found([*strokes, [[20, 50]], [[130, -8]]]) == [(0, 2), (1, 3)]


@pytest.mark.parametrize("dots", [[[[0, 0]], [[50, 0]]], [[[0, 0]], [[0, 50]]], [[[5, 5]], [[5, 5]]]])
def test_a_drawing_of_only_dots_is_one_part(dots):
    assert found(dots, no_costs) == [(0, 1)]


def test_a_dash_between_digits_is_a_separate_part():
    strokes, owners = line(ZERO, [[[0, 50], [35, 52]]], TWO)
    assert found(strokes, no_costs) == owners


def test_an_underline_is_a_separate_part():
    strokes, _ = line(ZERO, TWO, SIX)
    parts = found([*strokes, [[-10, 112], [220, 115]]], no_costs)
    assert sorted(parts) == [(0,), (1,), (2,), (3,)]


def test_a_scribble_of_many_strokes_is_not_segmented():
    strokes, _ = line(*[ONE] * (grouping.MAX_STROKES + 1), gap=40)
    assert len(found(strokes, no_costs)) == 1
    assert len(found(strokes[1:], no_costs)) == grouping.MAX_STROKES


def test_every_stroke_but_a_dot_is_in_one_part():
    rng = np.random.default_rng(0)
    for _ in range(60):
        lines = [rng.uniform(0, [400, 100]) + rng.normal(0, 15, (20, 2)).cumsum(axis=0) for _ in range(9)]
        for costs in (None, RecordingCosts(lambda n: n % 3)):
            assert sorted(stroke for part in found(lines, costs) for stroke in part) == list(range(9))


def test_segmentation_does_not_change_the_drawing():
    drawing = Drawing.from_points(line(SEVEN, FOUR, ZERO)[0])
    before = [stroke.copy() for stroke in drawing.strokes]
    first, second = segment(drawing), segment(drawing)
    assert [part.strokes for part in first] == [part.strokes for part in second]
    for stroke, copy in zip(drawing.strokes, before, strict=True):
        np.testing.assert_array_equal(stroke, copy)


def test_finished_digits_stay_the_same_while_the_next_is_drawn():
    strokes, _ = line(FOUR, TWO, ZERO)
    *done, last = strokes
    for n in range(1, len(last) + 1):
        assert found([*done, last[:n]])[:2] == [(0, 1), (2,)]


def test_a_digit_that_begins_with_its_bar_is_one_part_from_the_start():
    bar, stem = [[0, 0], [60, 2]], np.linspace([58, 0], [25, 100], 20)
    for n in range(1, len(stem) + 1):
        assert found([bar, stem[:n]]) == [(0, 1)]


# -- pieces of ink without strokes ---


def boxed(pieces):
    return np.array([[*piece.min(axis=0), *piece.max(axis=0)] for piece in pieces], np.float32)


def dense(stroke):
    """Return points along a stroke, as the contour of a picture's component has."""
    stroke = np.asarray(stroke, float)
    steps = np.linspace(0, len(stroke) - 1, 200)
    return np.column_stack([np.interp(steps, range(len(stroke)), stroke[:, axis]) for axis in (0, 1)])


@pytest.mark.parametrize("unit", [1e-3, 1.0, 40.0])
def test_pieces_are_grouped_as_strokes_are(unit):
    strokes, owners = line(FOUR, FIVE, ONE, SEVEN, FOUR, gap=10)
    pieces = [unit * dense(stroke).astype(np.float32) for stroke in strokes]
    clusters = grouping.group_pieces(boxed(pieces), pieces, DOUBT)
    assert least_cost_groups(clusters, no_costs) == owners


def test_doubtful_pieces_are_decided_by_costs():
    pieces = [dense(stroke) for stroke in line(OPEN_FOUR)[0]]
    clusters = grouping.group_pieces(boxed(pieces), pieces, DOUBT)
    for cost, expected in ((0.0, [(0, 1)]), (9.0, [(0,), (1,)])):
        costs = lambda groups, cost=cost: np.array([cost if len(group) > 1 else 1.0 for group in groups])  # noqa: E731
        assert least_cost_groups(clusters, costs) == expected


def test_no_piece_and_one_piece():
    assert grouping.group_pieces(np.empty((0, 4), np.float32), [], DOUBT) == []
    assert least_cost_groups([], no_costs) == []
    one = [np.zeros((1, 2), np.float32)]
    assert least_cost_groups(grouping.group_pieces(boxed(one), one, DOUBT), no_costs) == [(0,)]


# -- doubtful strokes, decided by costs ---


def test_the_drawing_of_the_following_tests_is_doubtful():
    first, _ = grouping.group(Drawing.from_points(OPEN_FOUR), DOUBT)
    assert abs(first.bond) < DOUBT


@pytest.mark.parametrize("digits", [(FOUR,), (FIVE,), (SEVEN,), (TWO, ZERO, TWO, SIX), (FOUR, SEVEN, FIVE)])
def test_clear_strokes_need_no_costs(digits):
    strokes, owners = line(*digits)
    assert found(strokes, no_costs) == owners


def test_the_cheaper_segmentation_is_chosen():
    assert found(OPEN_FOUR, RecordingCosts(lambda n: 0.0 if n == 2 else 4.0)) == [(0, 1)]
    assert found(OPEN_FOUR, RecordingCosts(lambda n: 9.0 if n == 2 else 0.1)) == [(0,), (1,)]


def test_equal_costs_leave_the_decision_to_the_strokes():
    alone = found(OPEN_FOUR)
    for cost in (0.0, np.nan):
        assert found(OPEN_FOUR, RecordingCosts(lambda n, cost=cost: cost)) == alone


@pytest.mark.parametrize("cost", [np.nan, np.inf, -np.inf, 1e30])
def test_invalid_costs_lose_no_stroke(cost):
    strokes, _ = line(OPEN_FOUR, ZERO, OPEN_FOUR)
    parts = found(strokes, RecordingCosts(lambda n: cost))
    assert sorted(stroke for part in parts for stroke in part) == [0, 1, 2, 3, 4]


def test_costs_are_requested_once_for_doubtful_strokes_only():
    strokes, _ = line(ZERO, OPEN_FOUR, TWO, gap=25)
    recorded = RecordingCosts(lambda n: 0.0)
    found(strokes, recorded)
    (drawings,) = recorded.calls
    expected = [strokes[1:2], strokes[1:3], strokes[2:3]]
    assert len(drawings) == len(expected)
    for drawing, some in zip(drawings, expected, strict=True):
        for stroke, points in zip(drawing.strokes, some, strict=True):
            np.testing.assert_array_equal(stroke[:, :2], points.astype(np.float32))


def test_the_number_of_costs_is_limited():
    strokes, _ = line(*[OPEN_FOUR] * 10, gap=40)
    recorded = RecordingCosts(lambda n: 0.0 if n == 2 else 5.0)
    parts = found(strokes, recorded)
    assert len(recorded.calls) == 1
    assert 10 < len(recorded.calls[0]) <= 20
    assert sorted(stroke for part in parts for stroke in part) == list(range(20))


def cheapest(bonds, costs):
    """Return the spans of least total cost; a span without a cost in ``costs`` costs 1."""
    bonds = np.array([*bonds, -np.inf])
    return cheapest_spans({span: costs.get(span, 1.0) for span in spans(bonds)}, bonds)


def test_cheapest_spans():
    assert cheapest([0, 0, 0], {}) == [(0, 4)]
    assert cheapest([0, 0, 0], {(0, 2): 0, (2, 4): 0, (0, 4): 3}) == [(0, 2), (2, 4)]
    assert cheapest([0, 0, 0], {(0, 1): 0, (1, 4): 0, (0, 4): 3}) == [(0, 1), (1, 4)]
    assert cheapest([-2, -2, -2], {}) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert cheapest([np.inf, -np.inf, 0], {(0, 2): 99, (2, 3): 0, (3, 4): 0}) == [(0, 2), (2, 3), (3, 4)]


# -- real digits ---


@pytest.fixture(scope="module")
def digits(pen_file):
    return unipen.read(pen_file)


@pytest.mark.real_data
@pytest.mark.parametrize("writers", [range(1, 25), range(25, 31)])
def test_single_digits_are_rarely_split(digits, writers):
    drawn = [digit for digit in digits if digit.writer in writers]
    split = [digit for digit in drawn if len(digit.drawing.strokes) > 1 and len(segment(digit.drawing)) > 1]
    assert len(split) <= 0.003 * len(drawn)


@pytest.mark.real_data
def test_single_digits_rarely_need_costs(digits):
    recorded = RecordingCosts(lambda n: 0.0)
    for digit in digits:
        if len(digit.drawing.strokes) > 1:
            segment(digit.drawing, recorded)
    assert len(recorded.calls) <= 0.01 * len(digits)


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
