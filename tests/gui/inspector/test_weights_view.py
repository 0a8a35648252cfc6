"""The weights of the first layer: exact colours, pages, and the current unit by mouse and keyboard."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.inspector.weights_view import WeightsView
from gui.style import theme
from gui.style.palettes import DARK


@pytest.fixture
def view(show_widget):
    return show_widget(WeightsView(), 520, 400)


def weights(n):
    return np.random.default_rng(n).normal(size=(784, n)).astype(np.float32)


def colours(view):
    """The page's colours (H, W, 3)."""
    image = view.page.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def shown(view, unit):
    """The colour of each weight of a unit (28, 28, 3); each weight must be a square of one colour."""
    grid = view.page.grid()
    tile = grid.tile_rect(unit - view.page.first).toRect()
    pixels = colours(view)[tile.top() : tile.bottom() + 1, tile.left() : tile.right() + 1]
    cells = pixels.reshape(28, grid.scale, 28, grid.scale, 3).swapaxes(1, 2).reshape(28, 28, -1, 3)
    assert (cells == cells[:, :, :1]).all()
    return cells[:, :, 0]


def rgb(colour):
    return np.array(colour.getRgb()[:3])


def expected(values):
    """The colours of weights (28, 28), from -1 to 1."""
    c, share = theme.colours(), np.abs(values)[..., np.newaxis]
    end = np.where(values[..., np.newaxis] < 0, rgb(c.negative), rgb(c.positive))
    return rgb(c.paper) + share * (end - rgb(c.paper))


def description(view):
    return view.page.accessibleDescription()


def point_at(view, unit):
    QTest.mouseMove(view.page, view.page.grid().tile_rect(unit - view.page.first).center().toPoint())


@pytest.mark.parametrize("dark", [False, True])
def test_each_weight_is_a_square_with_a_colour_from_blue_to_orange(view, dark):
    theme.apply(QApplication.instance(), dark=dark)
    given = weights(16)
    view.show_weights(given)
    for unit in (0, 7, 15):
        values = given[:, unit].reshape(28, 28)
        # The tolerance: half of the 127 levels on each side, and the rounding of two colours.
        np.testing.assert_allclose(shown(view, unit), expected(values / np.abs(values).max()), atol=2.5)


def test_it_follows_the_colour_scheme(view):
    view.show_weights(np.zeros((784, 4), np.float32))
    theme.apply(QApplication.instance(), dark=True)
    assert tuple(shown(view, 2)[0, 0]) == DARK.paper.getRgb()[:3]


def test_new_weights_are_shown_on_the_same_page(view):
    view.show_weights(weights(1024))
    view.next_button.click()
    first = view.page.first
    before = shown(view, first + 3)
    view.show_weights(-weights(1024))
    assert view.page.first == first
    assert (shown(view, first + 3) != before).any()
    view.show_weights(weights(8))
    assert view.page.first == 0


def test_the_pages_cover_all_units_once(view):
    view.show_weights(weights(1024))
    seen = [(view.page.first, view.page.last)]
    while view.next_button.isEnabled():
        view.next_button.click()
        seen.append((view.page.first, view.page.last))
    assert seen[0][0] == 0
    assert seen[-1][1] == 1024
    assert all(last == following for (_, last), (following, _) in itertools.pairwise(seen))
    assert view.range_label.text() == f"{seen[-1][0] + 1:,} to 1,024 of 1,024"
    for _ in seen[1:]:
        view.back_button.click()
    assert view.page.first == 0
    assert not view.back_button.isEnabled()


def test_few_units_need_no_buttons(view):
    view.show_weights(weights(16))
    assert not view.next_button.isVisible()
    assert not view.range_label.isVisible()
    view.show_weights(weights(1024))
    assert view.next_button.isVisible()


def test_the_caption_describes_the_unit_under_the_mouse(view):
    given = weights(16)
    view.show_weights(given)
    legend = view.caption.text()
    point_at(view, 6)
    assert view.caption.text() == f"Unit 7 of 16: its largest weight is {np.abs(given[:, 6]).max():.2g}"
    assert description(view) == view.caption.text()
    QTest.mouseMove(view.page, QPoint(1, 1))
    assert view.caption.text() == legend


def test_the_current_unit_is_framed_and_a_small_one_enlarged(view):
    view.show_weights(np.zeros((784, 200), np.float32))
    before = colours(view)
    point_at(view, 0)
    changed = (colours(view) != before).any(axis=2)
    assert changed.any()
    assert np.flatnonzero(changed.any(axis=0)).max() > 28 + 100
    point_at(view, view.page.grid().n_columns - 1)  # at the right edge the copy is to the left
    columns = np.flatnonzero((colours(view) != before).any(axis=2).any(axis=0))
    assert columns.min() < view.page.width() - 28 - 100


def test_the_keyboard_reaches_every_unit(view):
    view.show_weights(weights(1024))
    n_columns, n_tiles = view.page.grid().n_columns, view.page.grid().n_tiles
    QTest.keyClick(view.page, Qt.Key.Key_Right)
    assert view.page.current == 0
    for key, unit in (
        (Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 1 + n_columns), (Qt.Key.Key_Left, n_columns), (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0), (Qt.Key.Key_End, 1023), (Qt.Key.Key_Right, 1023), (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        QTest.keyClick(view.page, key)
        assert view.page.current == unit
        assert view.page.first <= unit < view.page.last
    QTest.keyClick(view.page, Qt.Key.Key_PageDown)
    assert (view.page.first, view.page.current) == (n_tiles, None)
    QTest.keyClick(view.page, Qt.Key.Key_PageUp)
    QTest.keyClick(view.page, Qt.Key.Key_PageUp)
    assert view.page.first == 0


def test_a_page_stays_a_whole_page_when_the_size_changes(view):
    view.show_weights(weights(1024))
    QTest.keyClick(view.page, Qt.Key.Key_End)
    for size in ((300, 200), (900, 700), (520, 400)):
        view.resize(*size)
        assert view.page.first % view.page.grid().n_tiles == 0
        assert view.page.first < 1024
        view.grab()


def test_the_empty_state(view):
    empty = colours(view)
    view.clear()
    view.show_weights(weights(4))
    assert description(view) == "4 units"
    view.clear()
    view.clear()
    np.testing.assert_array_equal(colours(view), empty)
    assert description(view) == "None yet"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_PageDown):
        QTest.keyClick(view.page, key)
    QTest.mouseMove(view.page, QPoint(30, 30))
    assert view.page.current is None


def test_nan_weights_are_valid(view):
    view.show_weights(np.full((784, 3), np.nan, np.float32))
    point_at(view, 1)
    view.grab()


@pytest.mark.parametrize("wrong", [np.zeros((783, 4)), np.zeros(784)])
def test_another_shape_is_an_error(view, wrong):
    with pytest.raises(ValueError, match="784"):
        view.show_weights(wrong)
