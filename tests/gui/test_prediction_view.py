"""The answer: bars in proportion, words, and parts that stay where they are."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.prediction_view import PredictionView


@pytest.fixture
def view(qtbot):
    widget = PredictionView()
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    theme.apply(QApplication.instance(), dark=False)
    yield widget
    theme.apply(QApplication.instance(), dark=False)


def colours(view):
    """The colours shown (H, W, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def count(view, colour):
    """How many pixels have a colour, by row."""
    return (colours(view) == np.array(colour.getRgb()[:3])).all(axis=2).sum(axis=1)


def answer(digit, share):
    probabilities = np.full(10, (1 - share) / 9)
    probabilities[digit] = share
    return probabilities


@pytest.mark.parametrize("digit", range(10))
def test_the_winner_s_bar_is_highlighted_in_its_row(view, digit):
    view.set_prediction(answer(digit, 0.9))
    rows = np.flatnonzero(count(view, theme.colours().accent))
    assert 20 * digit < rows.min() <= rows.max() < 20 * (digit + 1)


def test_bars_are_in_proportion(view):
    lengths = []
    for share in (0.25, 0.5, 1.0):
        view.set_prediction(answer(3, share))
        lengths.append(count(view, theme.colours().accent).max())
    np.testing.assert_allclose(np.array(lengths) / lengths[-1], [0.25, 0.5, 1.0], atol=0.03)


@pytest.mark.parametrize(("share", "text"), [(0.98, "7, 98 percent"), (0.4, "7, 40 percent"), (1.0, "7, 100 percent")])
def test_the_accessible_text_says_the_answer(view, share, text):
    view.set_prediction(answer(7, share))
    assert view.accessibleName() == text


def test_how_sure_is_said_in_words_that_differ(view):
    words = []
    for share in (0.99, 0.85, 0.6, 0.2):
        view.set_prediction(answer(7, share))
        words.append(view.accessibleDescription())
    assert len(set(words)) == 4


def test_the_caption_is_shown_and_said(view):
    view.set_prediction(answer(7, 0.9))
    without = colours(view)
    view.set_prediction(answer(7, 0.9), caption="not a digit")
    assert "not a digit" in view.accessibleDescription()
    assert (colours(view) != without).any()


def test_none_is_calm_and_forgets_the_answer(view):
    empty = colours(view)
    assert not count(view, theme.colours().accent).any()
    view.set_prediction(answer(7, 0.9), caption="not a digit")
    view.set_prediction(None)
    np.testing.assert_array_equal(colours(view), empty)
    assert "7" not in view.accessibleName()


def test_nothing_moves_between_states(view):
    """The bars' tracks stand where they stood, and the layout asks for no other size."""
    sizes, tracks = set(), []
    for probabilities, caption in (
        (None, ""),
        (answer(1, 0.11), "a caption that is much longer"),
        (answer(1, 0.1), ""),
    ):
        view.set_prediction(probabilities, caption=caption)
        sizes.add((view.sizeHint().toTuple(), view.minimumSize().toTuple()))
        shown = (colours(view)[:, -100:] == np.array(theme.colours().track.getRgb()[:3])).all(axis=2)
        tracks.append(np.flatnonzero(shown.any(axis=1)))
    assert len(sizes) == 1
    for track in tracks[1:]:
        np.testing.assert_array_equal(track, tracks[0])


def test_the_numbers_are_taken_over_not_kept(view):
    probabilities = answer(7, 0.9)
    view.set_prediction(probabilities)
    before = colours(view)
    probabilities[:] = 0
    np.testing.assert_array_equal(colours(view), before)


def test_float32_and_what_is_no_number_do_no_harm(view):
    probabilities = answer(7, 0.9).astype(np.float32)
    probabilities[2] = np.nan
    view.set_prediction(probabilities)
    assert view.accessibleName() == "7, 90 percent"
    view.grab()


def test_another_number_of_classes_is_an_error(view):
    with pytest.raises(ValueError, match="10 probabilities"):
        view.set_prediction(np.ones(11) / 11)


def test_it_can_be_painted_very_small_and_in_the_dark(view):
    theme.apply(QApplication.instance(), dark=True)
    view.set_prediction(answer(7, 0.9), caption="a caption")
    view.resize(view.minimumSize())
    assert count(view, theme.DARK.accent).any()
