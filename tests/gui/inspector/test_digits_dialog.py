"""The dialog of digits: exact pixels, captions, flags, the number of hidden digits, and the choice."""

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from gui.inspector.digits_dialog import MAX_PICTURES, DigitsDialog
from gui.style import theme
from gui.style.palettes import DARK


@pytest.fixture
def dialog(show_widget):
    return show_widget(DigitsDialog(), 600, 480)


@pytest.fixture
def chosen(dialog):
    """The captions of the chosen pictures."""
    captions = []
    dialog.pictureChosen.connect(lambda image, caption: captions.append(caption))
    return captions


def images(n):
    return np.random.default_rng(n).integers(256, size=(n, 28, 28), dtype=np.uint8)


def texts(dialog):
    return [dialog.pictures.item(row).text() for row in range(dialog.pictures.count())]


def icon(dialog, row):
    """The colours of a picture's icon (62, 62, 3)."""
    image = (
        dialog.pictures.item(row).icon().pixmap(QSize(62, 62)).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    )
    return (
        np.frombuffer(bytes(image.constBits()), np.uint8)
        .reshape(image.height(), image.width(), 4)[:, :, :3]
        .astype(int)
    )


def middle(dialog, row):
    return dialog.pictures.visualItemRect(dialog.pictures.item(row)).center()


@pytest.mark.parametrize("dark", [False, True])
def test_each_pixel_is_a_square_with_a_colour_between_paper_and_ink(dialog, dark):
    theme.apply(QApplication.instance(), dark=dark)
    given = images(3)
    dialog.show_pictures("Three", given)
    paper, ink = (np.array(c.getRgb()[:3]) for c in (theme.colours().paper, theme.colours().ink))
    expected = paper + given[1][..., np.newaxis] / 255 * (ink - paper)
    np.testing.assert_allclose(icon(dialog, 1)[3:-3:2, 3:-3:2], expected, atol=1)
    np.testing.assert_array_equal(icon(dialog, 1)[3:-3:2, 3:-3:2], icon(dialog, 1)[4:-3:2, 4:-3:2])


def test_it_follows_the_colour_scheme(dialog):
    dialog.show_pictures("Empty", np.zeros((2, 28, 28), np.uint8), flags=("", "doubtful"))
    theme.apply(QApplication.instance(), dark=True)
    assert tuple(icon(dialog, 0)[30, 30]) == DARK.paper.getRgb()[:3]
    assert dialog.pictures.item(1).foreground().color() == DARK.warn


def test_pictures_are_copies(dialog):
    given = images(2)
    dialog.show_pictures("Two", given)
    before = icon(dialog, 0)
    given[:] = 0
    theme.notifier.changed.emit()
    np.testing.assert_array_equal(icon(dialog, 0), before)


def test_captions_and_flags(dialog):
    dialog.show_pictures("4 read as 9", images(2), ("4 read as 9\n87.0% sure", "4 read as 9"), ("", "label doubtful"))
    assert texts(dialog) == ["4 read as 9\n87.0% sure", "4 read as 9\nlabel doubtful"]
    assert dialog.windowTitle() == dialog.title_label.text() == dialog.pictures.accessibleName() == "4 read as 9"
    plain, flagged = (dialog.pictures.item(row) for row in range(2))
    assert flagged.foreground().color() == theme.colours().warn != plain.foreground().color()
    assert tuple(icon(dialog, 1)[1, 30]) == theme.colours().warn.getRgb()[:3] != tuple(icon(dialog, 0)[1, 30])
    assert "Northcutt" in flagged.toolTip()
    assert "Northcutt" not in plain.toolTip()


def test_a_flagged_caption_fits_into_its_cell(dialog):
    dialog.show_pictures("", images(4), ["5 read as 3\n87.6% sure"] * 4, ["", "", "label doubtful", ""])
    dialog.grab()
    item = dialog.pictures.sizeHintForIndex(dialog.pictures.model().index(2, 0))
    assert item.height() <= dialog.pictures.gridSize().height()
    assert item.width() <= dialog.pictures.gridSize().width()


def test_of_many_pictures_the_first_are_shown_and_the_others_counted(dialog):
    dialog.show_pictures("Many", images(MAX_PICTURES + 1234), [str(i) for i in range(MAX_PICTURES + 1234)])
    assert texts(dialog) == [str(i) for i in range(MAX_PICTURES)]
    assert dialog.more_label.text() == "The first 300 are shown; 1,234 more are not."
    assert dialog.more_label.isVisible()
    dialog.show_pictures("Few", images(MAX_PICTURES))
    assert not dialog.more_label.isVisible()


def test_no_pictures(dialog):
    dialog.show_pictures("Some", images(3))
    assert not dialog.empty_label.isVisible()
    for _ in range(2):
        dialog.show_pictures("None", images(0))
    assert dialog.empty_label.isVisible()
    assert not dialog.pictures.isVisible()


def test_a_click_chooses(dialog, chosen):
    given = images(7)
    dialog.show_pictures("Some", given, [f"4 read as {row}\n50% sure" for row in range(7)])
    dialog.grab()
    shown = []
    dialog.pictureChosen.connect(lambda image, caption: shown.append(image))
    for row in (0, 6, 2):
        QTest.mouseClick(dialog.pictures.viewport(), Qt.MouseButton.LeftButton, pos=middle(dialog, row))
    assert chosen == [f"4 read as {row}, 50% sure" for row in (0, 6, 2)]
    np.testing.assert_array_equal(shown, given[[0, 6, 2]])


def test_two_quick_clicks_choose_once(dialog, chosen):
    dialog.show_pictures("Some", images(7), [str(row) for row in range(7)])
    dialog.grab()
    viewport = dialog.pictures.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle(dialog, 3))
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle(dialog, 3))  # the second click alone
    assert chosen == ["3"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_chooses(dialog, chosen, key):
    dialog.show_pictures("Some", images(7), [str(row) for row in range(7)])
    dialog.pictures.setFocus()
    QTest.keyClick(dialog.pictures, Qt.Key.Key_Home)
    QTest.keyClick(dialog.pictures, Qt.Key.Key_Right)
    QTest.keyClick(dialog.pictures, key)
    assert chosen == ["1"]
    assert dialog.isVisible()


def test_the_setter_is_silent(dialog, chosen):
    dialog.show_pictures("Some", images(7))
    dialog.show_pictures("Others", images(5))
    assert chosen == []


def test_it_closes(dialog, qtbot):
    assert not dialog.isModal()
    QTest.mouseClick(
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close), Qt.MouseButton.LeftButton
    )
    assert not dialog.isVisible()
    dialog.show()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
