"""Ink: strokes to pixels, independent of unit, position and pen; and the ink files that are rejected."""

import itertools
import json

import numpy as np
import pytest

from core.errors import DrawingError
from core.preprocessing import geometry, ink
from core.preprocessing.ink import Drawing, render, render_all

THREE = [[[20, 30], [50, 10], [80, 30], [50, 52], [80, 80], [50, 110], [15, 90]]]
FOUR = [[[60, 10], [10, 70], [90, 70]], [[65, 40], [65, 110]]]
FIVE = [[[30, 10], [25, 55], [60, 50], [80, 80], [55, 110], [20, 100]], [[30, 10], [80, 12]]]
DIGITS = [THREE, FOUR, FIVE]


def drawing(strokes):
    return Drawing.from_points(strokes)


def moved(strokes, scale=1.0, x=0.0, y=0.0):
    return drawing([np.asarray(stroke, float) * scale + [x, y] for stroke in strokes])


def box(image):
    rows, columns = (line.nonzero()[0] for line in ((image > 0).any(axis=1), (image > 0).any(axis=0)))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def distances(strokes, x, y):
    """Return the distance of a point to the nearest segment, one at a time, in float64."""
    nearest = np.inf
    for stroke in strokes:
        ends = list(itertools.pairwise(stroke)) or [(stroke[0], stroke[0])]
        for start, stop in ends:
            along, to_point = stop - start, np.array([x, y]) - start
            length2 = along @ along
            share = min(max(to_point @ along / length2, 0.0), 1.0) if length2 else 0.0
            nearest = min(nearest, float(np.linalg.norm(to_point - share * along)))
    return nearest


def brute_force(strokes, width=ink.PEN_WIDTH):
    """Return the image of strokes, from each pixel's distance to each segment of their curves."""
    points = np.concatenate([np.asarray(stroke, np.float64)[:, :2] for stroke in strokes])
    lengths = [len(stroke) for stroke in strokes]
    points, lengths = ink.curved(points, lengths, ink._SPARSE * np.ptp(points, axis=0).max() / (20 - width))
    strokes = np.split(points, np.cumsum(lengths)[:-1])
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    scale = (20 - width) / extent if extent else 0
    strokes = [(stroke - (low + high) / 2) * scale + 10 for stroke in strokes]
    cover = [
        [np.clip(width / 2 + 0.5 - distances(strokes, x + 0.5, y + 0.5), 0, 1) for x in range(20)] for y in range(20)
    ]
    return geometry.centred(np.array([cover], np.float32))[0]


def assert_near(image, other, levels=1):
    assert np.abs(image.astype(int) - other).max() <= levels


# Rendering


@pytest.mark.parametrize("strokes", DIGITS)
def test_pixels_agree_with_distances_computed_one_by_one(strokes):
    assert_near(render(drawing(strokes)), brute_force(strokes))


@pytest.mark.parametrize("seed", range(5))
def test_random_strokes_agree_with_distances_computed_one_by_one(seed):
    rng = np.random.default_rng(seed)
    strokes = [rng.uniform(0, 300, (n, 2)) for n in rng.integers(1, 6, size=4)]
    assert_near(render(drawing(strokes)), brute_force(strokes))


def test_a_long_straight_stroke_that_ends_in_a_small_hook():
    """The hook is shorter than the distance below which points are joined: it must not tilt the long stroke."""
    strokes = [[[0, 0], [100, 0], [100, 0.6]], [[50, -50], [50, 50]]]
    assert_near(render(drawing(strokes)), brute_force(strokes))


def test_many_points_of_a_slow_pen_give_the_same_line():
    t = np.linspace(0, 3 * np.pi, 3001)
    slow = np.column_stack([t * np.cos(t), t * np.sin(t)])
    image = render(drawing([slow]))
    assert_near(image, brute_force([slow[::10]]), 4)
    assert_near(image, render(drawing([slow[::10]])), 4)


@pytest.mark.parametrize("width", [1.0, 3.3, 6.0])
def test_another_pen_width(width):
    image = render_all([drawing(FOUR)], width)[0]
    assert_near(image, brute_force(FOUR, width))
    assert max(box(image)) == 20


def test_a_width_for_each():
    widths = [1.5, 2.4, 4.0]
    images = render_all([drawing(strokes) for strokes in DIGITS], widths)
    for image, strokes, width in zip(images, DIGITS, widths, strict=True):
        np.testing.assert_array_equal(image, render_all([drawing(strokes)], width)[0])


def test_a_batch_is_the_same_as_one_by_one():
    rng = np.random.default_rng(3)
    many = [drawing([rng.uniform(0, 100, (n, 2)) for n in rng.integers(1, 9, size=3)]) for _ in range(70)]
    many[5], many[33] = Drawing(), drawing([[[3, 4]]])
    np.testing.assert_array_equal(render_all(many), np.stack([render(one) for one in many]))
    assert render_all([]).shape == (0, 28, 28)


@pytest.mark.parametrize("strokes", DIGITS)
def test_the_longer_side_is_20_pixels_and_the_centre_of_mass_at_14(strokes):
    image = render(drawing(strokes))
    assert max(box(image)) == 20
    for axis in (0, 1):
        profile = image.sum(axis=axis, dtype=float)
        assert profile @ np.arange(28) / profile.sum() == pytest.approx(14, abs=0.51)


def test_the_proportions_are_kept():
    height, width = box(render(drawing([[[0, 0], [30, 0], [30, 100], [0, 100], [0, 0]]])))
    assert (height, width) == (20, round(17.6 * 0.3 + 2.4))


@pytest.mark.parametrize("strokes", DIGITS)
@pytest.mark.parametrize(("x", "y"), [(1000, -500), (-0.5, 0.25), (20_000, 20_000)])
def test_the_position_does_not_matter(strokes, x, y):
    assert_near(render(moved(strokes, x=x, y=y)), render(drawing(strokes)), 3)


@pytest.mark.parametrize("strokes", DIGITS)
@pytest.mark.parametrize("scale", [1e-6, 0.01, 3.7, 1000, 9e6])
def test_the_unit_does_not_matter(strokes, scale):
    assert_near(render(moved(strokes, scale)), render(drawing(strokes)))


def test_the_order_and_the_direction_of_strokes_do_not_matter():
    assert_near(render(drawing([stroke[::-1] for stroke in FOUR[::-1]])), render(drawing(FOUR)))


def test_pressure_does_not_matter():
    pressed = [[[x, y, 0.1 * i] for i, (x, y) in enumerate(stroke)] for stroke in FIVE]
    np.testing.assert_array_equal(render(drawing(pressed)), render(drawing(FIVE)))


def test_integer_coordinates_of_a_mouse():
    stroke = np.array([[3, 4], [5, 9], [12, 9]], np.int32)
    np.testing.assert_array_equal(render(drawing([stroke])), render(drawing([stroke.astype(float)])))


def test_y_points_downwards():
    image = render(drawing([[[0, 0], [50, 100]], [[0, 0], [50, 0]]]))
    rows = image.sum(axis=1).nonzero()[0]
    assert image[rows[0]].sum() > image[rows[-1]].sum()


def test_strokes_are_not_joined():
    image = render(drawing([[[0, 0], [0, 100]], [[100, 0], [100, 100]]]))
    assert not image[:, 12:16].any()
    assert image[:, :12].any()
    assert image[:, 16:].any()


def test_the_stroke_has_the_width_of_the_pen():
    image = render(drawing([[[0, 0], [0, 100]]]))
    assert image[14].sum() / 255 == pytest.approx(ink.PEN_WIDTH, abs=0.05)


def dot():
    return brute_force([[[0, 0]]])


@pytest.mark.parametrize(
    "strokes",
    [
        [[[5, 5]]],
        [[[5, 5], [5, 5]]],
        [[[5, 5]], [[5, 5]], [[5, 5], [5, 5], [5, 5]]],
        [[[0, 0], [1e-40, 0]]],
        [[[1e9, -1e9]]],
    ],
)
def test_strokes_without_extent_are_a_dot(strokes):
    image = render(drawing(strokes))
    np.testing.assert_array_equal(image, dot())
    assert box(image) == (4, 4)


@pytest.mark.parametrize(
    "stroke", [[[0, 7], [90, 7]], [[7, 0], [7, 90]], [[7, 90], [7, 0]], [[0, 7], [40, 7], [20, 7], [90, 7]]]
)
def test_lines_without_height_or_width(stroke):
    image = render(drawing([stroke]))
    assert_near(image, brute_force([stroke]))
    assert sorted(box(image)) == [4, 20]


def test_a_single_point_among_strokes_is_a_dot():
    strokes = [[[0, 0], [0, 100]], [[60, 50]], [[100, 0], [100, 100]]]
    image = render(drawing(strokes))
    assert_near(image, brute_force(strokes))
    assert image[:, 14:18].any()


@pytest.mark.parametrize("strokes", [[], [[]], [[], []], [np.empty((0, 2))]])
def test_an_empty_drawing(strokes):
    empty = drawing(strokes)
    assert not empty
    assert empty.n_points == 0
    assert not render(empty).any()


def test_a_drawing_of_very_many_points():
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=(ink.MAX_POINTS, 2)), axis=0)
    assert max(box(render(drawing([walk])))) == 20


# From points


def test_points_with_and_without_pressure():
    made = drawing([[[1, 2], [3, 4]], [[5, 6, 0.5]], []])
    assert [stroke.tolist() for stroke in made.strokes] == [[[1, 2, 1], [3, 4, 1]], [[5, 6, 0.5]]]
    assert {stroke.dtype for stroke in made.strokes} == {np.dtype(np.float32)}
    assert made.n_points == 3
    assert made


def test_the_points_are_copied():
    points = np.ones((2, 3), np.float32)
    made = drawing([points])
    points[:] = 9
    assert (made.strokes[0] == 1).all()


WRONG = [
    ([[1, 2]], "stroke 1 is not a list of points"),
    ([[[1, 2]], [[1]]], "stroke 2 is not a list of points"),
    ([[[1, 2, 3, 4]]], "stroke 1 is not a list of points"),
    ([[[1, 2], [3]]], "stroke 1 is not a list of points"),
    ([[[[1, 2]]]], "stroke 1 is not a list of points"),
    ([5], "stroke 1 is not a list of points"),
    ([None], "stroke 1 is not"),
    (["ab"], "stroke 1 is not a list of points"),
    ([""], "stroke 1 is not a list of points"),
    ([{}], "stroke 1 is not a list of points"),
    ([{"x": 1, "y": 2}], "stroke 1 is not a list of points"),
    ([[["1", "2"]]], "stroke 1 is not a list of points"),
    ([[[1, "2"]]], "stroke 1 is not a list of points"),
    ([[[True, False]]], "stroke 1 is not a list of points"),
    ([[[{}, []]]], "stroke 1 is not a list of points"),
    ([[[1, None]]], "stroke 1 has a coordinate that is not a number"),
    ([[[1, 2]], [[3, 1.0e10]]], "stroke 2 has a coordinate that is not a number, or beyond a billion"),
    ([[[1, 10**30]]], "stroke 1 has a coordinate"),
    ([[[1, 10**400]]], "stroke 1 is not|stroke 1 has"),
    ([[[-1e9, 1.0001e9]]], "stroke 1 has a coordinate"),
]


@pytest.mark.parametrize(("strokes", "sentence"), WRONG, ids=lambda value: str(value)[:40])
def test_invalid_strokes(strokes, sentence):
    with pytest.raises(DrawingError, match=sentence):
        drawing(strokes)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_not_finite(number):
    with pytest.raises(DrawingError, match="stroke 1 has a coordinate that is not a number"):
        drawing([[[1, number]]])


def test_too_many_points(monkeypatch):
    monkeypatch.setattr(ink, "MAX_POINTS", 4)
    assert drawing([[[1, 2]] * 2] * 2).n_points == 4
    with pytest.raises(DrawingError, match="has more than 4 points"):
        drawing([[[1, 2]] * 2] * 3)


# Ink JSON


@pytest.mark.parametrize("strokes", [*DIGITS, [], [[[0.125, -7.5, 0.25]]]])
def test_json_there_and_back(strokes):
    original = drawing(strokes)
    again = Drawing.from_json(original.to_json())
    assert len(again.strokes) == len(original.strokes)
    for stroke, same in zip(original.strokes, again.strokes, strict=True):
        np.testing.assert_array_equal(stroke, same)


def test_the_format_of_ink_json():
    assert json.loads(drawing([[[1, 2]]]).to_json()) == {"strokes": [[[1, 2, 1]]]}


def test_other_keys_are_ignored():
    assert Drawing.from_json('{"strokes": [[[1, 2]]], "program": "x", "size": 280}').n_points == 1


def load(tmp_path, content):
    path = tmp_path / "ink.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Drawing.load(path)


def rejected(tmp_path, content, sentence):
    with pytest.raises(DrawingError, match=sentence) as caught:
        load(tmp_path, content)
    assert str(caught.value).startswith(str(tmp_path / "ink.json"))
    assert len(str(caught.value)) < 400


def test_a_file(tmp_path):
    assert load(tmp_path, '{"strokes": [[[1, 2], [3, 4]]]}').n_points == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "strokes",
        '{"strokes": [[[1, 2]]]} and more',
        '{"strokes": [[[1, 2],]]}',
        b"\xff\xfe\xfd",
        b"\x80abc",
        b"\x89PNG\r\n\x1a\n",
        "[" * 100_000,
        '{"strokes":' * 50_000,
        '{"strokes": [[[1, ' + "9" * 5000 + "]]]}",
        "null",
        "[]",
        "3",
        '"strokes"',
        "{}",
        '{"Strokes": []}',
        '{"strokes": null}',
        '{"strokes": {}}',
        '{"strokes": "abc"}',
    ],
    ids=lambda content: repr(content[:30]),
)
def test_not_ink_json(tmp_path, content):
    rejected(tmp_path, content, "this is not ink JSON")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e10", "-1e300"])
def test_numbers_in_json_that_are_not_finite_or_too_large(tmp_path, number):
    rejected(tmp_path, f'{{"strokes": [[[1, 2]], [[{number}, 2]]]}}', "stroke 2 has a coordinate that is not a number")


@pytest.mark.parametrize(
    "strokes", ["[[1, 2]]", '[[["1", "2"]]]', "[[[1, 2], [3]]]", "[[[true, false]]]", "[7]", "[null]"]
)
def test_wrong_nesting(tmp_path, strokes):
    rejected(tmp_path, f'{{"strokes": {strokes}}}', "stroke 1 ")


def test_deep_nesting_in_a_stroke(tmp_path):
    rejected(tmp_path, '{"strokes": [' + "[" * 90 + "1" + "]" * 90 + "]}", "stroke 1 is not a list of points")


def test_a_file_of_too_many_points(tmp_path):
    points = ",".join(["[1,2]"] * (ink.MAX_POINTS + 1))
    rejected(tmp_path, f'{{"strokes": [[{points}]]}}', "has more than 100,000 points")


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    content = '{"strokes": [[[1, 2]]]}'
    monkeypatch.setattr(ink, "MAX_FILE_BYTES", len(content))
    load(tmp_path, content)
    rejected(tmp_path, content + " ", "is larger than")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(DrawingError, match=r"none\.json cannot be read: No such file"):
        Drawing.load(tmp_path / "none.json")
    with pytest.raises(DrawingError, match="cannot be read: Is a directory") as caught:
        Drawing.load(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("offset", [1e6, 1e8, 9e8])
def test_a_drawing_far_from_the_origin_gives_the_same_image(offset):
    points = np.array([[0, 0], [13.7, 2.5], [30.1, 47.3], [8.8, 40.0]])
    far = ink.render(Drawing.from_points([points + offset]))
    np.testing.assert_allclose(far.astype(int), ink.render(Drawing.from_points([points])), atol=1)


def test_pressure_is_clipped_to_0_and_1():
    (stroke,) = Drawing.from_points([[(0, 0, -5), (1, 1, 0.5), (2, 2, 700)]]).strokes
    np.testing.assert_array_equal(stroke[:, 2], [0, 0.5, 1])


# -- sparse points ---


def curve(n):
    angles = np.linspace(0.4, 5.5, n)
    return np.column_stack([30 * np.sin(angles), 50 * np.cos(angles)]).astype(np.float32)


def test_sparse_points_are_joined_by_a_curve():
    dense, sparse = (render(Drawing.from_points([curve(n)])).astype(int) for n in (200, 9))
    polygon = curve(9)
    steps = np.linspace(0, 8, 400)
    straight = np.column_stack([np.interp(steps, range(9), polygon[:, axis]) for axis in (0, 1)])
    chords = render(Drawing.from_points([straight])).astype(int)
    assert np.abs(sparse - dense).sum() < 0.4 * np.abs(chords - dense).sum()


def test_dense_points_stay_as_they_are():
    points = curve(90)
    found, lengths = ink.curved(points, [90], 10.0)
    assert found is points
    assert lengths == [90]


def test_a_polygon_with_long_sides_stays_one():
    points = np.array([[0, 0], [30, 0], [30, 100], [0, 100], [0, 0]], np.float32)
    found, _ = ink.curved(points, [5], 11.0)
    np.testing.assert_array_equal(found, points)


def test_the_curve_passes_through_all_points_and_stays_within_strokes():
    points = np.concatenate([curve(6), curve(5) + np.float32([200, 0])])
    found, lengths = ink.curved(points, [6, 5], 15.0)
    assert sum(lengths) == len(found) > 11
    for point in points:
        assert np.abs(found - point).sum(axis=1).min() < 1e-3
    assert found[: lengths[0], 0].max() < 100 < found[lengths[0] :, 0].min()


@pytest.mark.parametrize("stroke", [[[0, 0]], [[0, 0], [9, 5]], [[3, 3]] * 4, [[0, 0], [0, 0], [50, 0], [50, 0]]])
def test_short_and_repeated_points(stroke):
    points = np.array(stroke, np.float32)
    found, (length,) = ink.curved(points, [len(points)], 1.0)
    assert np.isfinite(found).all()
    assert length == len(found) <= len(points)
    assert render(Drawing.from_points([stroke])).max() > 0
