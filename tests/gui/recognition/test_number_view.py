"""The view of a number's digits: their cells, their bars, and the selection by mouse and keyboard."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from gui.recognition.answer import Answer
from gui.recognition.number_view import NumberView
from gui.style import theme

SIZE = (140, 95)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(show_widget):
    return show_widget(NumberView(), *SIZE)


@pytest.fixture
def number(make_prediction):
    """Return a function that makes an answer of a number's digits."""
    return lambda digits, selected=0, **more: Answer(
        tuple(make_prediction(int(d), **more) for d in digits), selected=selected
    )


def pixels(view, cell):
    """The colours in a cell (H, W, 3)."""
    image = view.grab(cell.toAlignedRect()).toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def width_of(view, index, colour):
    """The largest number of pixels of a colour in one row of a digit's cell."""
    return (pixels(view, view.cells()[index]) == np.array(colour.getRgb()[:3])).all(axis=2).sum(axis=1).max()


@pytest.mark.parametrize("n", [2, 4, 7, 8, 12, 14])
def test_every_digit_has_its_own_cell_in_reading_order(view, number, n):
    view.set_answer(number("0" * n))
    cells = view.cells()
    assert list(cells) == list(range(n))
    area = QRectF(view.rect()).adjusted(-0.1, -0.1, 0.1, 0.1)
    for index, cell in cells.items():
        assert area.contains(cell)
        assert cell.width() >= 18
        assert not any(cell.adjusted(1, 1, -1, -1).intersects(cells[other]) for other in range(index))
    order = sorted(cells, key=lambda index: (cells[index].top(), cells[index].left()))
    assert order == list(range(n))


def test_few_digits_are_in_one_row_and_larger(view, number):
    view.set_answer(number("2026"))
    four = view.cells()
    assert len({cell.top() for cell in four.values()}) == 1
    view.set_answer(number("202620262026"))
    twelve = view.cells()
    assert len({cell.top() for cell in twelve.values()}) == 2
    assert four[0].width() > 1.4 * twelve[0].width()


@pytest.mark.parametrize("selected", [0, 15, 29])
def test_of_very_many_digits_those_around_the_selected_one_are_shown(view, number, selected):
    view.set_answer(number("0123456789" * 3, selected))
    cells = view.cells()
    assert selected in cells
    assert list(cells) == list(range(min(cells), min(cells) + 14))
    hidden = [index for index in range(30) if index not in cells]
    assert hidden
    for end in {min(cells), max(cells)} - {0, 29}:  # an ellipsis: no digit, no bar
        assert width_of(view, end, theme.colours().text) == 0


def test_each_digit_has_a_bar_in_proportion(view, make_prediction):
    answer = Answer((make_prediction(1, 1.0), make_prediction(2, 1.0), make_prediction(3, 0.5)), selected=0)
    view.set_answer(answer)
    full, half = (width_of(view, index, theme.colours().muted) for index in (1, 2))
    assert half == 0  # two candidates: marked by another colour
    marked = width_of(view, 2, theme.colours().warn)
    assert marked == pytest.approx(full / 2, abs=2)
    view.set_answer(dataclasses.replace(answer, is_settled=False))
    assert width_of(view, 2, theme.colours().muted) == pytest.approx(full / 2, abs=2)


def test_the_selected_digit_stands_out(view, number):
    for selected in range(4):
        view.set_answer(number("2026", selected))
        for index in range(4):
            shown = width_of(view, index, theme.colours().accent_soft) > 0
            assert shown == (index == selected)


def test_a_rejected_part_has_neither_digit_nor_bar(view, make_prediction):
    view.set_answer(Answer((make_prediction(1), make_prediction(8, is_digit=False)), selected=0))
    assert width_of(view, 1, theme.colours().text) == 0
    rejected = pixels(view, view.cells()[1])
    view.set_answer(Answer((make_prediction(1), make_prediction(3, is_digit=False)), selected=0))
    np.testing.assert_array_equal(pixels(view, view.cells()[1]), rejected)


def test_a_click_selects(view, number, qtbot):
    view.set_answer(number("202620262026", 11))
    for index in (0, 6, 10):
        with qtbot.waitSignal(view.digitSelected) as signal:
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cells()[index].center().toPoint())
        assert signal.args == [index]


@pytest.mark.parametrize(
    ("key", "selected", "wanted"),
    [
        (Qt.Key.Key_Left, 2, 1), (Qt.Key.Key_Right, 2, 3), (Qt.Key.Key_Home, 2, 0), (Qt.Key.Key_End, 1, 3),
        (Qt.Key.Key_Left, 0, None), (Qt.Key.Key_Right, 3, None), (Qt.Key.Key_A, 1, None),
    ],
)  # fmt: skip
def test_the_arrow_keys_select(view, number, key, selected, wanted):
    chosen = []
    view.digitSelected.connect(chosen.append)
    view.set_answer(number("2026", selected))
    QTest.keyClick(view, key)
    assert chosen == ([] if wanted is None else [wanted])


def test_the_setter_and_a_click_on_the_selected_digit_are_silent(view, number, qtbot):
    with qtbot.assertNotEmitted(view.digitSelected):
        view.set_answer(number("2026", 1))
        view.set_answer(number("2026", 3))
        view.set_answer(number("2026", 3))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cells()[3].center().toPoint())
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=view.cells()[1].center().toPoint())


def test_the_focus_is_visible(view, number):
    view.set_answer(number("2026", 1))
    view.clearFocus()
    without = pixels(view, view.cells()[1])
    view.setFocus()
    assert view.hasFocus()
    assert (pixels(view, view.cells()[1]) != without).any()


def test_the_accessible_description_has_number_and_selection(view, number):
    view.set_answer(number("2026", 1))
    assert view.accessibleDescription().startswith("2026. Digit 2 of 4")


# -- marking for copying ------------------------------------------------------------------------------------------


@pytest.fixture
def following(view, number):
    """A view of 2026 whose selection is followed, as by its controller."""
    view.digitSelected.connect(lambda index: view.set_answer(number("2026", selected=index)))
    view.set_answer(number("2026"))
    return view


def drag(view, first, last):
    start, end = (view.cells()[index].center().toPoint() for index in (first, last))
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)


@pytest.mark.parametrize(("first", "last", "text"), [(1, 2, "02"), (3, 2, "26"), (0, 3, "2026"), (2, 2, "2026")])
def test_dragging_marks_digits_and_one_alone_stands_for_all(following, first, last, text):
    drag(following, first, last)
    assert following.text() == text


def test_shift_marks_with_keys_and_clicks_and_the_next_plain_one_ends_that(following):
    key, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(following, key.Key_Right)
    QTest.keyClick(following, key.Key_Right, shift)
    assert following.text() == "02"
    QTest.keyClick(following, key.Key_Right, shift)
    assert following.text() == "026"
    QTest.keyClick(following, key.Key_Home, shift)
    assert following.text() == "20"
    QTest.keyClick(following, key.Key_Left)
    assert following.text() == "2026"
    QTest.mouseClick(following, LEFT, pos=following.cells()[2].center().toPoint())
    QTest.mouseClick(following, LEFT, shift, following.cells()[3].center().toPoint())
    assert following.text() == "26"


def test_marked_digits_look_marked_until_the_number_changes(following, number):
    before = pixels(following, following.cells()[1])
    following.mark_all()
    assert (pixels(following, following.cells()[1]) != before).any()
    following.set_answer(number("2027"))
    assert following.text() == "2027"
    np.testing.assert_array_equal(pixels(following, following.cells()[1]), before)
    drag(following, 0, 1)
    following.set_answer(number("20"))
    assert following.text() == "20"
