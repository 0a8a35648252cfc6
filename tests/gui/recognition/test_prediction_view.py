"""The prediction view: three distinct verdicts, proportional bars, words, and parts that do not move."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui.recognition.answer import Answer
from gui.recognition.prediction_view import PredictionView
from gui.style import theme
from gui.style.palettes import DARK


@pytest.fixture
def view(qtbot):
    widget = PredictionView()
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    theme.apply(QApplication.instance(), dark=False)
    yield widget
    theme.apply(QApplication.instance(), dark=False)


@pytest.fixture
def show(view, make_prediction):
    """Return a function that shows one digit, as ``make_prediction`` makes it."""

    def show(digit, share=0.98, caption="", *, is_settled=True, **more):
        view.set_answer(Answer((make_prediction(digit, share, **more),), caption=caption, is_settled=is_settled))

    return show


def colours(view):
    """The colours of the view (H, W, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def count(view, colour):
    """The number of pixels of a colour, by row."""
    return (colours(view) == np.array(colour.getRgb()[:3])).all(axis=2).sum(axis=1)


def extent(view, colour):
    """The bounding box (left, top, right, bottom) of a colour's pixels."""
    found = (colours(view) == np.array(colour.getRgb()[:3])).all(axis=2)
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("height", [150, 200, 240])
@pytest.mark.parametrize("digit", range(10))
def test_the_digit_is_not_clipped(view, show, digit, height):
    view.resize(400, height)
    show(digit)
    ink = (colours(view.digit_view) != colours(view.digit_view)[0, 0]).any(axis=(1, 2))
    assert not ink[0]
    assert not ink[-1]
    assert ink.sum() > 0.8 * len(ink)


@pytest.mark.parametrize("digit", range(10))
def test_the_winner_s_bar_is_highlighted_in_its_row(view, show, digit):
    show(digit, 0.9)
    rows = np.flatnonzero(count(view, theme.colours().accent))
    assert 20 * digit < rows.min() <= rows.max() < 20 * (digit + 1)


def test_bars_are_in_proportion(view, show):
    lengths = []
    for share in (0.25, 0.5, 1.0):
        show(3, share)
        lengths.append(count(view, theme.colours().accent).max())
    np.testing.assert_allclose(np.array(lengths) / lengths[-1], [0.25, 0.5, 1.0], atol=0.03)


@pytest.mark.parametrize(
    ("digit", "more", "name"),
    [
        (7, {"share": 0.98}, "7, 98 percent"),
        (7, {"share": 1.0}, "7, 100 percent"),
        (4, {"share": 0.55, "others": {9: 0.41}}, "4 or 9, 55 and 41 percent"),
        (4, {"share": 0.55, "others": {9: 0.41}, "is_settled": False}, "4, 55 percent"),
        (7, {"is_digit": False}, "Not a digit"),
        (7, {"is_digit": False, "is_settled": False}, "7, 98 percent"),
    ],
)
def test_the_accessible_name_is_the_answer(view, show, digit, more, name):
    show(digit, **more)
    assert view.accessibleName() == name


def test_each_level_of_certainty_has_its_own_words(view, show):
    for is_settled in (True, False):
        words = []
        for share in (0.99, 0.85, 0.6, 0.2):
            show(7, share, is_settled=is_settled)
            words.append(view.accessibleDescription())
        assert len(set(words)) == 4


def test_each_verdict_has_its_own_words_and_its_own_look(view, show):
    words, looks = set(), []
    for more in ({}, {"share": 0.55, "others": {9: 0.41}}, {"is_digit": False}):
        show(4, **more)
        words.add(view.accessibleDescription())
        looks.append(colours(view)[:, : view.bars.x()])
    assert words == {"Very sure", "4 or 9?", "Not a digit"}
    assert all((a != b).sum() > 1000 for i, a in enumerate(looks) for b in looks[:i])


def test_of_two_candidates_the_first_is_larger_and_darker(view, show):
    show(4, 0.55, others={9: 0.41})
    first, second = extent(view.digit_view, theme.colours().text), extent(view.digit_view, theme.colours().muted)
    assert first[2] <= second[0]
    assert first[3] - first[1] > 1.4 * (second[3] - second[1])
    assert abs(first[3] - second[3]) <= 2  # on one line
    assert second[2] <= view.digit_view.width()


def test_a_rejection_shows_no_digit_in_large_and_highlights_none(view, show):
    show(7, is_digit=False)
    assert not count(view, theme.colours().accent).any()
    assert not count(view.digit_view, theme.colours().text).any()
    assert count(view.digit_view, theme.colours().muted).any()
    calm = colours(view)
    show(3, is_digit=False)
    np.testing.assert_array_equal(colours(view)[:, : view.bars.x()], calm[:, : view.bars.x()])
    assert (colours(view) != calm).any()  # the bars still show what it resembles


def test_nothing_is_rejected_before_the_pen_is_idle(view, show):
    show(7)
    digit = colours(view)
    show(7, is_digit=False, is_settled=False)
    np.testing.assert_array_equal(colours(view), digit)


def test_the_caption_is_shown_and_described(view, show):
    show(7, 0.9)
    without = colours(view)
    show(7, 0.9, caption="labelled 1")
    assert "labelled 1" in view.accessibleDescription()
    assert (colours(view) != without).any()


def test_an_empty_answer_removes_everything_of_the_last_one(view, show):
    empty = colours(view)
    assert not count(view, theme.colours().accent).any()
    show(7, 0.9, caption="labelled 1")
    view.set_answer(Answer())
    np.testing.assert_array_equal(colours(view), empty)
    assert "7" not in view.accessibleName()


def test_nothing_moves_between_answers(view, make_prediction):
    """The tracks of the bars do not move, and the sizes for the layout do not change."""
    sizes, tracks = set(), []
    for answer in (
        Answer(),
        Answer((make_prediction(1, 0.11),), caption="a caption that is much longer"),
        Answer((make_prediction(1, 0.1, is_digit=False),)),
        Answer((make_prediction(1, 0.1), make_prediction(2, 0.11), make_prediction(3, 0.11)), selected=2),
    ):
        view.set_answer(answer)
        sizes.add((view.sizeHint().toTuple(), view.minimumSize().toTuple()))
        shown = (colours(view)[:, -100:] == np.array(theme.colours().track.getRgb()[:3])).all(axis=2)
        tracks.append(np.flatnonzero(shown.any(axis=1)))
    assert len(sizes) == 1
    for track in tracks[1:]:
        np.testing.assert_array_equal(track, tracks[0])


def test_the_accessible_name_of_a_number_includes_the_selected_digit(view, make_prediction):
    answer = Answer((make_prediction(2), make_prediction(0), make_prediction(2), make_prediction(6, 0.9)), selected=3)
    view.set_answer(answer)
    assert view.number_view.isVisibleTo(view)
    assert not view.digit_view.isVisibleTo(view)
    assert view.accessibleName() == "2026. Digit 4 of 4: 6, 90 percent"
    view.set_answer(dataclasses.replace(answer, selected=1))
    assert view.accessibleName() == "2026. Digit 2 of 4: 0, 98 percent"
    row = np.flatnonzero(count(view.bars, theme.colours().accent))
    assert row.max() < 20  # the bars of the 0


def test_in_a_number_a_rejected_part_is_a_question_mark_when_the_pen_is_idle(view, make_prediction):
    answer = Answer((make_prediction(2), make_prediction(7, is_digit=False), make_prediction(6)), selected=1)
    view.set_answer(answer)
    assert view.accessibleName() == "2?6. Digit 2 of 3: Not a digit"
    view.set_answer(dataclasses.replace(answer, is_settled=False))
    assert view.accessibleName() == "276. Digit 2 of 3: 7, 98 percent"


def test_the_probabilities_are_copied(view, make_prediction):
    prediction = make_prediction(7, 0.9)
    view.set_answer(Answer((prediction,)))
    before = colours(view.bars)
    prediction.probabilities[:] = 0
    np.testing.assert_array_equal(colours(view.bars), before)


def test_nan_does_no_harm(view, make_prediction):
    prediction = make_prediction(7, 0.9)
    prediction.probabilities[2] = np.nan
    view.bars.set_probabilities(prediction.probabilities)
    view.grab()


def test_another_number_of_classes_is_an_error(view):
    with pytest.raises(ValueError, match="10 probabilities"):
        view.bars.set_probabilities(np.ones(11) / 11)


@pytest.mark.parametrize("n", [1, 2, 12, 40])
def test_it_can_be_painted_very_small_and_in_the_dark(view, make_prediction, n):
    theme.apply(QApplication.instance(), dark=True)
    view.set_answer(Answer((make_prediction(7, 0.9),) * n, caption="a caption"))
    view.resize(view.minimumSize())
    assert count(view, DARK.accent).any()


def test_a_symbol_is_shown_and_said(view, make_prediction):
    parts = [make_prediction(digit) for digit in (3, 1, 5, 0)]
    parts[1] = dataclasses.replace(parts[1], is_symbol=True)
    answer = Answer(tuple(parts), selected=2, is_settled=False)
    view.set_answer(answer)
    assert answer.number == "3\u25ab50"
    assert view.accessibleName() == "3\u25ab50. Digit 2 of 3. 1 symbol left out: 5, 98 percent"
    view.set_answer(dataclasses.replace(answer, selected=1))
    assert "A symbol, left out" in view.accessibleDescription()


def test_two_lines_are_two_numbers(view, make_prediction):
    answer = Answer(tuple(make_prediction(digit) for digit in (1, 2, 3, 4, 5)), lines=(0, 0, 1, 1, 1))
    view.set_answer(answer)
    assert answer.number == "12 345"
    cells = view.number_view.cells()
    assert cells[1].top() == cells[0].top() < cells[2].top() == cells[4].top()
    assert all(view.number_view.rect().toRectF().contains(cell) for cell in cells.values())
