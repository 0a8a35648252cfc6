"""An entry of a legend: switched by mouse and keyboard, and legible in little room."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from gui.curves.legend import LegendEntry

RED = QColor("#ff0000")


@pytest.fixture
def entry(qtbot):
    entry = LegendEntry("validation", "0.0000", "d")
    qtbot.addWidget(entry)
    entry.set_colour(RED)
    entry.resize(entry.sizeHint())
    with qtbot.waitExposed(entry):
        entry.show()
    return entry


def has_colour(widget, colour):
    image = widget.grab().toImage()
    return any(image.pixelColor(x, y) == colour for x in range(image.width()) for y in range(image.height()))


def test_a_click_and_the_space_bar_switch_it(qtbot, entry):
    with qtbot.waitSignal(entry.toggled):
        QTest.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert not entry.isChecked()
    entry.setFocus()
    with qtbot.waitSignal(entry.toggled):
        QTest.keyClick(entry, Qt.Key.Key_Space)
    assert entry.isChecked()
    assert entry.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_an_entry_that_is_switched_off_has_no_colour(entry):
    assert has_colour(entry, RED)
    entry.setChecked(False)
    assert not has_colour(entry, RED)


def test_the_value_is_shown_and_accessible(entry):
    entry.set_value("0.1234")
    entry.set_value("0.1234")
    assert entry.text() == "validation 0.1234"
    assert entry.accessibleDescription() == "0.1234"
    entry.set_value("")
    assert entry.text() == "validation"


def test_a_new_value_does_not_change_the_size(entry):
    before = entry.sizeHint()
    entry.set_value("0.1234")
    assert entry.sizeHint() == before
    assert entry.minimumSizeHint().width() < before.width() / 2


def test_it_is_painted_at_any_width(entry):
    entry.set_value("0.1234")
    for width in (entry.sizeHint().width(), 100, entry.minimumSizeHint().width(), 5):
        entry.resize(width, entry.height())
        entry.grab()
