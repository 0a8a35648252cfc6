"""Drawings as SVG and as ink JSON with the side of their canvas."""

import errno
import json
import os
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from core.errors import DrawingError
from core.formats import drawing_file
from core.preprocessing.ink import Drawing

NAMESPACE = "{http://www.w3.org/2000/svg}"


def elements(drawing, pen_width=50.0):
    root = ElementTree.fromstring(drawing_file.svg(drawing, 1000, pen_width))
    assert root.tag == f"{NAMESPACE}svg"
    assert root.get("viewBox") == "0 0 1000 1000"
    ground, group = root
    assert (ground.get("width"), ground.get("height"), ground.get("fill")) == ("1000", "1000", "white")
    return [(element.tag.removeprefix(NAMESPACE), element.attrib) for element in group]


def test_a_stroke_of_one_pressure_is_one_smooth_path():
    drawing = Drawing.from_points([[(100, 200), (300, 200), (300, 400.125), (500, 400)]])
    ((tag, attributes),) = elements(drawing)
    assert tag == "path"
    assert attributes["d"] == "M100,200L200,200Q300,200,300,300.06Q300,400.12,400,400.06L500,400"
    assert attributes["stroke-width"] == "50"


def test_two_points_are_a_line_and_one_position_is_a_dot():
    drawing = Drawing.from_points([[(1, 2), (3, 4)], [(500, 600)], [(7, 7), (7, 7)]])
    line, dot, rest = elements(drawing)
    assert line[1]["d"] == "M1,2L2,3L3,4"
    assert dot == ("circle", {"cx": "500", "cy": "600", "r": "25", "fill": "black", "stroke": "none"})
    assert rest[0] == "circle"


def test_a_varying_pressure_varies_the_width():
    drawing = Drawing.from_points([[(0, 0, 0), (10, 0, 0), (20, 0, 1), (30, 0, 1)]])
    widths = [float(attributes["stroke-width"]) for _, attributes in elements(drawing)]
    np.testing.assert_allclose(widths, [20, 35, 50])


def test_nothing_drawn_is_a_white_square():
    assert elements(Drawing()) == []


def exact(rng, side):
    strokes = tuple(
        np.column_stack([rng.uniform(0, side, (n, 2)), rng.uniform(0, 1, n)]).astype(np.float32) for n in (1, 40, 300)
    )
    return Drawing(strokes, side)


@pytest.mark.parametrize("side", [1000.0, 1.0, 256, 12345.5])
def test_ink_json_with_a_side_comes_back_bit_by_bit(side):
    drawing = exact(np.random.default_rng(3), side)
    again = Drawing.from_json(drawing.to_exact_json())
    assert again.side == side
    for before, after in zip(drawing.strokes, again.strokes, strict=True):
        np.testing.assert_array_equal(before, after)
        assert after.dtype == np.float32


def test_numbers_are_written_with_a_point_and_no_more_digits_than_needed():
    text = Drawing((np.array([[0.1, 250.25, 1]], np.float32),), 1000.0).to_exact_json()
    assert json.loads(text) == {"side": 1000.0, "strokes": [[[0.1, 250.25, 1.0]]]}
    assert re.search(r"\[0\.1, 250\.25, 1\.0\]", text)


@pytest.mark.parametrize("side", ["1000", None, True, 0, -1000, float("nan"), float("inf"), 10**400, [1000], 299.9])
def test_a_side_that_cannot_be_is_left_out(side):
    drawing = Drawing.from_json(json.dumps({"side": side, "strokes": [[[100, 200], [300, 300]]]}))
    assert drawing.side is None
    assert len(drawing.strokes) == 1


def test_points_outside_the_canvas_have_no_side():
    assert Drawing.from_json('{"side": 1000, "strokes": [[[-1, 200], [300, 300]]]}').side is None
    assert Drawing.from_json('{"strokes": [[[1, 200]]]}').side is None


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "drawing.json"
    path.write_text("before")

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DrawingError, match=r"drawing\.json cannot be written: No space left on device"):
        drawing_file.write(path, b"after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_or_a_missing_one_is_named(tmp_path):
    with pytest.raises(DrawingError, match="is a folder"):
        drawing_file.write(tmp_path, b"")
    with pytest.raises(DrawingError, match="there is no folder"):
        drawing_file.write(tmp_path / "missing" / "drawing.svg", b"")
