"""The view of the network's input: exact pixels, whole cells, the outline of the box."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from core.digits import SIZE
from gui.recognition.input_view import InputView, side_of
from gui.style import theme
from gui.style.palettes import DARK


@pytest.fixture
def view(qtbot):
    widget = InputView()
    qtbot.addWidget(widget)
    widget.resize(side_of(4), side_of(4))
    theme.apply(QApplication.instance(), dark=False)
    yield widget
    theme.apply(QApplication.instance(), dark=False)


def colours(view):
    """The colours of the view (H, W, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def cells(view, cell=4):
    """The colours of the cells (28, 28, cell², 3)."""
    inner = colours(view)[1:-1, 1:-1]
    return inner.reshape(SIZE, cell, SIZE, cell, 3).swapaxes(1, 2).reshape(SIZE, SIZE, -1, 3)


def noise():
    return np.random.default_rng(3).integers(0, 256, (SIZE, SIZE), dtype=np.uint8)


def test_each_cell_is_a_whole_square_of_one_colour_between_paper_and_ink(view):
    image = noise()
    view.set_image(image)
    shown = cells(view)
    paper, ink = (np.array(c.getRgb()[:3]) for c in (theme.colours().paper, theme.colours().ink))
    expected = np.rint(paper + image[..., np.newaxis] / 255 * (ink - paper))
    corner = shown[:, :, -1]  # the dotted box runs along other pixels of its cells
    off_box = np.ones((SIZE, SIZE), bool)
    off_box[[3, 4, 23, 24], :] = off_box[:, [3, 4, 23, 24]] = False
    np.testing.assert_allclose(corner[off_box], expected[off_box], atol=1)
    assert (shown[off_box] == shown[off_box][:, :1]).all()


def test_the_image_is_a_copy(view):
    image = noise()
    view.set_image(image)
    before = colours(view)
    image[:] = 0
    np.testing.assert_array_equal(colours(view), before)


def test_the_memory_order_of_the_image_does_not_matter(view):
    image = noise()
    view.set_image(image.copy())
    straight = colours(view)
    view.set_image(np.asfortranarray(image))
    np.testing.assert_array_equal(colours(view), straight)
    view.set_image(np.repeat(image, 2, axis=1)[:, ::2])
    np.testing.assert_array_equal(colours(view), straight)


def test_none_shows_the_empty_frame(view):
    empty = colours(view)
    view.set_image(np.full((SIZE, SIZE), 255, np.uint8))
    described = view.accessibleDescription()
    assert (colours(view) != empty).any()
    view.set_image(None)
    view.set_image(None)
    np.testing.assert_array_equal(colours(view), empty)
    assert view.accessibleDescription() != described


def test_the_box_is_outlined(view):
    middle = colours(view)[side_of(4) // 2]
    inked = np.flatnonzero((middle != np.array(theme.colours().paper.getRgb()[:3])).any(axis=1))
    assert abs(inked - (1 + 4 * 4)).min() <= 1  # the box's left edge, four cells in


def test_cells_stay_whole_and_centred_in_a_widget_of_odd_size(view):
    view.resize(side_of(4) + 40, side_of(4) + 13)
    view.set_image(np.full((SIZE, SIZE), 255, np.uint8))
    ink = np.array(theme.colours().ink.getRgb()[:3])
    row = (colours(view)[10] == ink).all(axis=1)
    columns = np.flatnonzero(row)
    assert len(columns) == 4 * SIZE
    assert columns[0] == 21


def test_it_follows_the_colour_scheme(view):
    view.set_image(np.zeros((SIZE, SIZE), np.uint8))
    theme.apply(QApplication.instance(), dark=True)
    assert tuple(colours(view)[5, 5]) == DARK.paper.getRgb()[:3]


@pytest.mark.parametrize("image", [np.zeros((20, 20), np.uint8), np.zeros((SIZE, SIZE), np.float32)])
def test_another_shape_or_type_is_an_error(view, image):
    with pytest.raises(ValueError, match="28 × 28"):
        view.set_image(image)
