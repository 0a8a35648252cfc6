"""Fields for numbers: alike in every language, exact, and with a sentence for what is no number of the range."""

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.errors import ConfigError
from gui.style import theme
from gui.training.number_box import NumberBox


@pytest.fixture(params=["en_US", "de_DE", "ar_EG", "hi_IN", "C"])
def language(request):
    """The system's language."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def make_box(show_widget):
    """Return a function that shows a field."""

    def make(low=0.0, high=1000.0, label="Rate", **arguments):
        box = NumberBox(low, high, **arguments)
        box.setAccessibleName(label)
        box.setToolTip("What it is")
        return show_widget(box, 160, 30)

    return make


def type_in(box, text, key=Qt.Key.Key_Return):
    box.lineEdit().selectAll()
    for character in text:  # QTest has no keys of other scripts
        box.lineEdit().insert(character)
    if key is not None:
        QTest.keyClick(box.lineEdit(), key)


def frame_colour(box):
    return box.grab().toImage().pixelColor(1, box.height() // 2)


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("0.05", 0.05, "0.05"),
        ("0,05", 0.05, "0.05"),
        (" ,5 ", 0.5, "0.5"),
        ("1e-4", 1e-4, "0.0001"),
        ("1E-5", 1e-5, "1e-05"),
        ("+7", 7.0, "7"),
        ("0.30000000000000004", 0.30000000000000004, "0.30000000000000004"),
        ("1234567", 1234567.0, "1234567"),
        ("1e-300", 1e-300, "1e-300"),
        ("٠٫٠٥", 0.05, "0.05"),
    ],
)
def test_a_number_is_taken_as_it_is_typed_in_every_language(make_box, language, typed, value, shown):
    box = make_box(high=1e7)
    type_in(box, typed)
    assert box.value() == value
    assert box.text() == shown
    assert box.problem() == ""


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "5000", "1000.0001", "1.000,5", "1,000.5", "1 000", "1_000", "nan", "inf", "1e999", "abc", "0x10", "--1",
     "1e", ".", "9" * 5000],
)  # fmt: skip
def test_what_is_no_number_of_the_range_is_marked_and_said_and_stays(make_box, language, typed):
    box = make_box()
    box.setValue(0.1)
    heard = []
    box.valueChanged.connect(heard.append)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab, None):
        box.lineEdit().setText(typed)
        if key is not None:
            QTest.keyClick(box.lineEdit(), key)
        assert box.text() == typed
        assert frame_colour(box) == theme.colours().bad
        assert box.toolTip() == box.accessibleDescription() == box.problem()
        with pytest.raises(ConfigError, match=r"^Rate is .* from 0 to 1,000"):
            box.value()
    assert heard == []
    box.setValue(0.2)
    assert box.toolTip() == "What it is"
    assert box.accessibleDescription() == ""
    assert frame_colour(box) != theme.colours().bad


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3.5", "Batch size is a whole number from 1 to 10,000, without point or comma, not 3.5"),
        ("0,05", "Batch size is a whole number from 1 to 10,000, without point or comma, not 0,05"),
        ("1,000", "Batch size is a whole number from 1 to 10,000, without point or comma, not 1,000"),
        ("10001", "Batch size is a whole number from 1 to 10,000, not 10001"),
        ("0", "Batch size is a whole number from 1 to 10,000, not 0"),
        ("1e3", "Batch size is a whole number from 1 to 10,000, not 1e3"),
        ("", "Batch size is missing: a number from 1 to 10,000"),
    ],
)
def test_a_whole_number_is_never_made_of_another_one(make_box, language, typed, said):
    box = make_box(1, 10_000, "Batch size", whole=True)
    type_in(box, "32")
    box.lineEdit().clear()
    type_in(box, typed)
    assert box.text() == typed
    assert box.problem() == said
    with pytest.raises(ConfigError, match="Batch size"):
        box.value()


def test_whole_numbers_have_latin_digits_and_no_separators(make_box, language):
    box = make_box(0, 10_000_000, whole=True)
    box.setValue(1_234_567)
    assert box.text() == "1234567"
    assert box.value() == 1_234_567
    assert isinstance(box.value(), int)


@pytest.mark.parametrize("value", [0.1, 1e-5, 1 / 255, 1e-12, 0.123456789012345, 1000.0, 3])
def test_what_was_set_is_read_unchanged(make_box, value):
    box = make_box()
    box.setValue(value)
    assert box.value() == value


def test_small_numbers_are_shown_short():
    assert NumberBox(0, 1).textFromValue(1e-5) == "1e-05"
    assert NumberBox(0, 1).textFromValue(0.1) == "0.1"


@pytest.mark.parametrize(
    ("start", "key", "stepped"),
    [
        (0.1, Qt.Key.Key_Up, 0.11),
        (0.1, Qt.Key.Key_Down, 0.099),
        (0.3, Qt.Key.Key_Up, 0.31),
        (3e-5, Qt.Key.Key_Down, 2.9e-5),
        (0.0, Qt.Key.Key_Up, 0.01),
        (0.0, Qt.Key.Key_Down, 0.0),
        (1000.0, Qt.Key.Key_Up, 1000.0),
        (0.1, Qt.Key.Key_PageUp, 0.2),
    ],
)
def test_the_keys_step_by_a_tenth_of_the_power_of_ten(make_box, start, key, stepped):
    box = make_box()
    box.setValue(start)
    QTest.keyClick(box, key)
    assert box.value() == stepped
    assert box.text() == box.textFromValue(stepped)


def test_the_keys_step_whole_numbers_and_given_steps(make_box):
    whole = make_box(1, 40, whole=True)
    whole.setValue(39)
    QTest.keyClick(whole, Qt.Key.Key_Up)
    assert whole.value() == 40
    QTest.keyClick(whole, Qt.Key.Key_Up)
    assert whole.value() == 40
    quarter = make_box(0, 3, step=0.25)
    QTest.keyClick(quarter, Qt.Key.Key_Up)
    assert quarter.value() == 0.25


def test_a_step_leads_from_a_wrong_text_to_the_last_right_number(make_box):
    box = make_box()
    type_in(box, "0.1")
    type_in(box, "5000")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 0.11


def test_numbers_are_told_once_and_while_typing_only_if_that_is_wanted(make_box):
    box = make_box()
    heard = []
    box.valueChanged.connect(heard.append)
    type_in(box, "0.25", key=None)
    assert heard == [0.2, 0.25]
    box.setKeyboardTracking(False)
    type_in(box, "0,75", key=None)
    assert heard == [0.2, 0.25]
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert heard == [0.2, 0.25, 0.75]


def test_the_mark_follows_the_colour_scheme(make_box):
    box = make_box()
    type_in(box, "abc")
    for dark in (False, True):
        theme.apply(QApplication.instance(), dark=dark)
        assert frame_colour(box) == theme.colours().bad
