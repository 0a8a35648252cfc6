"""Strokes: how they grow, what touches them, and how foreign ones are fitted to the canvas."""

import numpy as np
import pytest

from gui.pad.stroke import UNIT, Stroke, fitted


def line(*positions):
    return Stroke(np.array([(x, y, 1) for x, y in positions], np.float32))


def test_points_are_appended_and_earlier_arrays_do_not_change():
    stroke = Stroke()
    views = []
    for i in range(200):
        assert stroke.append(i, 2 * i, 0.5)
        views.append(stroke.points)
    assert len(stroke) == 200
    assert stroke.points.dtype == np.float32
    for n, view in enumerate(views, start=1):
        np.testing.assert_array_equal(view, [(i, 2 * i, 0.5) for i in range(n)])


def test_the_points_are_a_read_only_copy():
    given = np.ones((2, 3), np.float32)
    stroke = Stroke(given)
    given[:] = 7
    assert stroke.points.tolist() == [[1, 1, 1], [1, 1, 1]]
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0, 0] = 3


def test_a_pen_that_has_not_moved_adds_no_point_at_any_pressure():
    stroke = Stroke()
    assert stroke.append(1, 2, 0.5)
    assert not stroke.append(1, 2, 0.9)
    assert stroke.append(1, 2.5, 0.9)
    assert len(stroke) == 2


def test_a_stroke_has_a_largest_length():
    stroke = Stroke(np.arange(3 * 50_000, dtype=np.float32).reshape(-1, 3))
    assert not stroke.append(-1, -1, 1)


@pytest.mark.parametrize(
    ("position", "distance", "touched"),
    [
        ((50, 9), 10, True),  # far from any point, near the segment
        ((50, 11), 10, False),
        ((109, 0), 10, True),  # past its end
        ((109, 9), 10, False),  # within the bounding box, beyond the reach of the end
    ],
)
def test_the_distance_to_the_segments_decides(position, distance, touched):
    trail = np.array([(500, 500), position], np.float32)
    assert line((0, 0), (100, 0)).is_touched(trail, distance) is touched


def test_a_dot_can_be_touched():
    trail = np.array([(3, 4)], np.float32)
    assert line((0, 0)).is_touched(trail, 5)
    assert not line((0, 0)).is_touched(trail, 4.9)


def test_strokes_of_any_units_are_centred_and_scaled():
    strokes = [np.array([(-3, 7, 0.2), (-3, 7.5, 0.4)], np.float32), np.array([(-2.9, 7.2, 1)], np.float32)]
    result = fitted(strokes)
    points = np.concatenate(result)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    np.testing.assert_allclose((low + high) / 2, [UNIT / 2, UNIT / 2], atol=0.1)
    np.testing.assert_allclose(high - low, [160, 800], rtol=1e-3)
    np.testing.assert_array_equal(points[:, 2], np.float32([0.2, 0.4, 1]))
    assert [len(stroke) for stroke in result] == [2, 1]


def test_no_strokes_give_none_and_a_dot_stays_a_dot():
    assert fitted([]) == []
    assert fitted([np.float32([[7, 7, 1]])])[0].tolist() == [[UNIT / 2, UNIT / 2, 1]]
