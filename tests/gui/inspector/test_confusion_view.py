"""The confusion matrix: counts, colours, the caption, and cells that mouse and keyboard open."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.inspector.confusion_view import ConfusionView
from gui.style import theme
from gui.style.colormaps import contrast, legible_on


@pytest.fixture
def view(show_widget):
    widget = show_widget(ConfusionView(), 520, 420)
    widget.grid.clearFocus()
    return widget


@pytest.fixture
def opened(view):
    cells = []
    view.grid.cellOpened.connect(lambda label, predicted: cells.append((label, predicted)))
    return cells


def counts():
    found = np.diag(np.full(10, 971))
    found[4, 9], found[8, 3], found[3, 8] = 9, 2, 1
    return found


def background(view, label, predicted):
    """The background colour of a cell."""
    corner = view.grid.cell_rect(label, predicted).topLeft().toPoint()
    return view.grid.grab().toImage().pixelColor(corner.x() + 4, corner.y() + 4)


def inked(view, label, predicted):
    """The number of pixels of a cell that differ from its background."""
    image = view.grid.grab(view.grid.cell_rect(label, predicted).adjusted(3, 3, -4, -4).toRect()).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    values = np.frombuffer(bytes(image.constBits()), np.uint32)
    return int((values != values[0]).sum())


def click(view, label, predicted, button=Qt.MouseButton.LeftButton):
    QTest.mouseClick(view.grid, button, pos=view.grid.cell_rect(label, predicted).center().toPoint())


def caption(view):
    return view.caption.text()


@pytest.mark.parametrize("size", [(520, 420), (240, 230), (900, 300), (300, 900)])
def test_cells_are_whole_pixels_within_the_view(view, size):
    view.resize(*size)
    view.show_confusion(counts())
    view.grab()
    area = QRectF(view.grid.rect())
    for label in range(10):
        for predicted in range(10):
            cell = view.grid.cell_rect(label, predicted)
            assert area.contains(cell)
            assert all(value == int(value) for value in (cell.x(), cell.y(), cell.width(), cell.height()))
    assert view.grid.cell_rect(1, 0).top() == view.grid.cell_rect(0, 0).bottom()
    assert view.grid.cell_rect(0, 1).left() == view.grid.cell_rect(0, 0).right()


def test_a_cell_shows_its_count_unless_it_is_0(view):
    view.show_confusion(counts())
    assert inked(view, 4, 9) > 0
    assert inked(view, 2, 2) > inked(view, 4, 9)
    assert inked(view, 9, 4) == 0


@pytest.mark.parametrize("dark", [False, True])
def test_correct_predictions_are_blue_and_errors_orange_by_their_number(view, dark):
    theme.apply(QApplication.instance(), dark=dark)
    found = counts()
    found[4, 9] = 90
    view.show_confusion(found)
    paper = theme.colours().paper
    assert background(view, 0, 1) == paper
    correct, one, two, many = (background(view, *cell) for cell in ((2, 2), (3, 8), (8, 3), (4, 9)))
    assert correct.blue() > correct.red()
    assert one.red() > one.blue()
    assert many == theme.colours().positive
    steps = [contrast(shade, paper) for shade in (paper, one, two, many)]
    assert steps == sorted(steps)
    assert steps[1] > 1.1
    for shade in (correct, one, two, many):
        assert contrast(legible_on(shade), shade) >= 4


def test_one_percent_of_errors_has_a_weak_colour(view):
    view.show_confusion(counts())
    assert contrast(background(view, 4, 9), theme.colours().paper) < 2.5


def test_a_large_count_is_painted_smaller(view):
    view.resize(240, 230)
    view.show_confusion(np.diag(np.full(10, 60_000)))
    cell = view.grid.cell_rect(5, 4).adjusted(0, 0, -1, -1).toRect()  # the neighbour of a count
    image = view.grid.grab(cell).toImage()
    assert image.pixelColor(image.width() - 1, image.height() // 2) == theme.colours().paper


def test_the_caption_has_title_and_accuracy(view):
    view.show_confusion(counts().tolist(), "Validation, step 1,234")
    assert caption(view) == "Validation, step 1,234: 9,710 of 9,722 correct"
    view.show_confusion(counts())
    assert caption(view) == "9,710 of 9,722 correct"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ((4, 9), "9 of 980: label 4, read as 9"),
        ((8, 3), "2 of 973: label 8, read as 3"),
        ((0, 1), "0 of 971: label 0, read as 1"),
    ],
)
def test_the_caption_describes_the_cell_under_the_mouse(view, cell, text):
    view.show_confusion(counts())
    QTest.mouseMove(view.grid, view.grid.cell_rect(*cell).center().toPoint())
    assert caption(view) == text
    is_hand = view.grid.cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert is_hand == (counts()[cell] > 0)
    QTest.mouseMove(view.grid, QPoint(2, 2))
    assert caption(view) == "9,710 of 9,722 correct"


def test_a_click_opens_a_cell(view, opened):
    view.show_confusion(counts())
    click(view, 4, 9)
    click(view, 2, 2)
    assert opened == [(4, 9), (2, 2)]


def test_only_the_left_button_on_a_cell_with_digits_opens(view, opened):
    view.show_confusion(counts())
    click(view, 9, 4)
    click(view, 4, 9, Qt.MouseButton.RightButton)
    QTest.mouseClick(view.grid, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mousePress(view.grid, Qt.MouseButton.LeftButton, pos=view.grid.cell_rect(4, 9).center().toPoint())
    QTest.mouseRelease(view.grid, Qt.MouseButton.LeftButton, pos=view.grid.cell_rect(3, 8).center().toPoint())
    assert opened == []


def test_the_keyboard_reaches_and_opens_every_cell(view, opened):
    view.show_confusion(counts())
    view.setFocus()
    assert view.grid.hasFocus()
    key = Qt.Key
    for pressed, cell in (
        (key.Key_Left, (0, 0)), (key.Key_Up, (0, 0)), (key.Key_Down, (1, 0)), (key.Key_Right, (1, 1)),
        (key.Key_End, (1, 9)), (key.Key_Right, (1, 9)), (key.Key_Home, (1, 0)), (key.Key_Up, (0, 0)),
    ):  # fmt: skip
        QTest.keyClick(view.grid, pressed)
        assert view.grid.focused == cell
    QTest.keyClick(view.grid, key.Key_Return)
    QTest.keyClick(view.grid, key.Key_Right)
    QTest.keyClick(view.grid, key.Key_Enter)  # its count is 0
    for _ in range(4):
        QTest.keyClick(view.grid, key.Key_Down)
    QTest.keyClick(view.grid, key.Key_End)
    assert caption(view) == "9 of 980: label 4, read as 9"
    QTest.keyClick(view.grid, key.Key_Space)
    assert opened == [(0, 0), (4, 9)]


def test_the_focused_cell_is_framed(view):
    view.show_confusion(counts())
    view.grid.clearFocus()
    without = view.grid.grab().toImage()
    view.setFocus()
    assert view.grid.grab().toImage() != without


def test_setters_are_silent(view, opened):
    for _ in range(2):
        view.show_confusion(counts())
    view.clear()
    view.clear()
    assert opened == []


def test_the_empty_state(view, opened):
    empty = view.grid.grab().toImage()
    view.show_confusion(counts())
    view.clear()
    assert view.grid.grab().toImage() == empty
    assert caption(view) == ""
    assert view.grid.accessibleDescription() == "None yet"
    click(view, 4, 9)
    QTest.keyClick(view.grid, Qt.Key.Key_Return)
    assert opened == []


def test_counts_of_0_are_valid(view):
    view.show_confusion(np.zeros((10, 10), int))
    view.grab()
    assert caption(view) == "0 of 0 correct"


def test_the_accessible_description_has_summary_and_focused_cell(view):
    view.show_confusion(counts(), "Test")
    assert view.grid.accessibleName() == "Confusion matrix"
    assert view.grid.accessibleDescription() == "Test: 9,710 of 9,722 correct. 971 of 971: label 0, read as 0"


def test_another_shape_is_an_error(view):
    with pytest.raises(ValueError, match="10 rows"):
        view.show_confusion([[1, 2], [3, 4]])
