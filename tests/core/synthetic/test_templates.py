"""Templates: hand-typed shapes prepared for variation, and an error for each kind of damage."""

import json

import numpy as np
import pytest

from core.errors import DataError
from core.preprocessing import ink
from core.synthetic import synthetic, templates


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def plain():
    """Return a drawing of each template without variation, and its image."""
    written = [synthetic.write(template, 1, rng(), synthetic.NO_VARIATION)[0] for template in everything()]
    return written, ink.render_all(written)


def everything():
    return templates.digits() + templates.shapes()


def entries(**changes):
    """Return templates for all ten digits as JSON; ``changes`` apply to the one for 3."""
    made = [{"digit": digit, "name": "line", "strokes": [[[0, 0], [50, 100]]]} for digit in range(10)]
    made[3].update(changes)
    return json.dumps({"templates": made})


def test_every_digit_has_several_templates_with_unique_names():
    for digit in range(10):
        names = [template.name for template in templates.digits() if template.digit == digit]
        assert len(names) >= 2
        assert len(set(names)) == len(names)


def test_shapes_are_many_and_have_unique_names():
    names = [template.name for template in templates.shapes()]
    assert len(names) >= 150
    assert len(set(names)) == len(names)
    assert all(template.digit == templates.NO_DIGIT for template in templates.shapes())


def test_no_shape_looks_like_a_digit():
    names = {template.name for template in templates.shapes()}
    assert not names & {*"OoIlSsZzgqybBCcDGJLQtUu|/", "circle", "ring", "dash", "line"}


def test_shapes_have_the_same_box_as_digits():
    for template in templates.shapes():
        assert np.abs(template.points).max() <= 0.6, template.name
        assert np.ptp(template.points, axis=0).max() >= 0.5, template.name


def test_every_template_is_a_drawing_unlike_all_others(plain):
    _, images = plain
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)
    assert images.any(axis=(1, 2)).all()


def test_without_variation_the_line_runs_through_the_typed_points(plain):
    for template, drawing in zip(everything(), plain[0], strict=True):
        line = np.concatenate([stroke[:, :2] for stroke in drawing.strokes])
        distance = np.linalg.norm(line[:, np.newaxis] - template.points, axis=2).min(axis=0)
        assert distance.max() < 1e-4
        assert len(drawing.strokes) == template.owner[-1] + 1


def test_a_corner_is_sharp_and_other_points_are_round():
    def width_at_the_turn(turn):
        parsed = templates.parse(entries(strokes=[[[0, 0], turn, [0, 100]]]))
        (drawing,) = synthetic.write(parsed[3], 1, rng(), synthetic.NO_VARIATION)
        x, y, _ = drawing.strokes[0].T
        return x[(np.abs(y) < 0.2)].min()

    straight = -0.5 + 0.5 * 0.6  # x at y = ±0.2 on straight lines to a turn at (50, 50)
    assert width_at_the_turn([50, 50, 1]) == pytest.approx(straight, abs=0.05)
    assert width_at_the_turn([50, 50]) > straight + 0.05


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting"),
        ("[]", "list indices"),
        ('{"templates": 5}', "iterable"),
        ('{"templates": []}', "none for"),
        (entries(digit=4), r"none for \[3\]"),
        (entries(digit=10), "not a template"),
        (entries(digit="3"), "not a template"),
        (entries(name=None), "not a template"),
        (entries(strokes=[]), "not a template"),
        (entries(strokes=[[]]), "3 'line' has a stroke"),
        (entries(strokes=[[[0, 0]]]), "3 'line' has a stroke"),
        (entries(strokes=[[[0, 0], [1]]]), "3 'line' has a stroke"),
        (entries(strokes=[[[0, 0], [1, 1, 2]]]), "3 'line' has a stroke"),
        (entries(strokes=[[[0, 0], [0, 0], [9, 9]]]), "the same point twice"),
        (entries(strokes=[[[0, 0], [float("nan"), 9]]]), "not a number"),
        (entries(strokes=[[[0, 0], ["a", 9]]]), "could not convert"),
    ],
)
def test_damaged_templates_are_rejected_with_the_reason(text, reason):
    with pytest.raises(DataError, match=f"stroke templates are damaged: .*{reason}"):
        templates.parse(text)


def shape(**changes):
    return json.dumps({"templates": [{"shape": "heart", "strokes": [[[0, 0], [50, 100]]]} | changes]})


def test_shapes_keep_their_order():
    text = json.dumps({"templates": [{"shape": name, "strokes": [[[0, 0], [9, 9]]]} for name in "cab"]})
    assert [template.name for template in templates.parse_shapes(text)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting"),
        ("{}", "templates"),
        (entries(), "shape"),
        (shape(shape=None), "not a template"),
        (shape(shape=7), "not a template"),
        (shape(strokes=[]), "not a template"),
        (shape(strokes=[[[0, 0]]]), "'heart' has a stroke"),
        (shape(strokes=[[[0, 0], [float("inf"), 0]]]), "'heart' .*not a number"),
    ],
)
def test_damaged_shapes_are_rejected_with_the_reason(text, reason):
    with pytest.raises(DataError, match=f"stroke templates are damaged: .*{reason}"):
        templates.parse_shapes(text)
