"""The scrubber: which snapshot is chosen, by slider, buttons, keyboard, strip, and by playing."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.training.snapshots import Moment
from gui.inspector.scrubber import NEWEST, Scrubber
from gui.style import theme


@pytest.fixture
def scrubber(qtbot):
    widget = Scrubber()
    qtbot.addWidget(widget)
    widget.resize(520, 170)
    theme.apply(QApplication.instance(), dark=False)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    theme.apply(QApplication.instance(), dark=False)


@pytest.fixture
def chosen(scrubber):
    indices = []
    scrubber.snapshotChosen.connect(indices.append)
    return indices


def marks(*steps, accuracy=None):
    return [Moment(step, 1 + step // 1000, 50 * step, accuracy) for step in steps]


def caption(scrubber):
    return scrubber._caption.text()


def test_a_snapshot_is_told_in_words(scrubber):
    scrubber.set_marks(marks(0, 1234, 2500, accuracy=0.972))
    scrubber.slider.setValue(1)
    assert caption(scrubber) == "step 1,234 · epoch 2 · 97.2%"
    assert scrubber.slider.accessibleDescription() == caption(scrubber)
    scrubber.slider.setValue(2)
    assert caption(scrubber) == "step 2,500 · epoch 3 · 97.2% · newest"
    scrubber.set_marks(marks(0, 5))
    assert caption(scrubber) == "step 5 · epoch 1 · newest"


def test_at_its_end_it_follows_the_run(scrubber, chosen):
    for n in range(1, 6):
        scrubber.set_marks(marks(*range(0, 100 * n, 100)))
        assert scrubber.index == NEWEST
        assert scrubber.slider.value() == n - 1
    assert chosen == []


def test_what_is_chosen_stays_while_the_run_goes_on(scrubber, chosen):
    scrubber.set_marks(marks(0, 100, 200, 300, 400))
    scrubber.slider.setValue(2)
    scrubber.set_marks(marks(0, 200, 400, 600))  # every second one has gone
    assert scrubber.index == 1
    assert caption(scrubber).startswith("step 200 ")
    scrubber.set_marks(marks(0, 400, 800, 1200))
    assert scrubber.index == 0  # the nearest, of two as near the earlier
    assert chosen == [2]


def test_the_end_of_the_slider_is_the_network_of_now(scrubber, chosen):
    scrubber.set_marks(marks(0, 100, 200))
    scrubber.slider.setValue(0)
    scrubber.slider.setValue(1)
    scrubber.slider.setValue(2)
    assert chosen == [0, 1, NEWEST]


def test_the_keyboard_moves_the_slider(scrubber, chosen):
    scrubber.set_marks(marks(*range(0, 2000, 100)))
    key = Qt.Key
    for pressed in (key.Key_Home, key.Key_Right, key.Key_PageUp, key.Key_Left, key.Key_End):
        QTest.keyClick(scrubber.slider, pressed)
    assert chosen == [0, 1, 9, 8, NEWEST]


def test_buttons_go_back_and_on(scrubber, chosen):
    scrubber.set_marks(marks(0, 100, 200))
    assert not scrubber.on_button.isEnabled()
    for _ in range(2):
        QTest.mouseClick(scrubber.back_button, Qt.MouseButton.LeftButton)
    assert not scrubber.back_button.isEnabled()
    QTest.mouseClick(scrubber.on_button, Qt.MouseButton.LeftButton)
    assert chosen == [1, 0, 1]


def test_playing_goes_from_the_first_to_the_newest_and_stops(scrubber, chosen, qtbot):
    scrubber.set_marks(marks(0, 100, 200, 300))
    play, stop = scrubber.play_button.accessibleName(), "Stop"
    QTest.mouseClick(scrubber.play_button, Qt.MouseButton.LeftButton)
    assert scrubber.is_playing
    assert scrubber.play_button.accessibleName() == stop
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert chosen == [0, 1, 2, NEWEST]
    assert scrubber.play_button.accessibleName() == play
    assert 100 <= scrubber._timer.interval() <= 150


def test_playing_begins_where_the_slider_is_and_goes_on_with_the_run(scrubber, chosen, qtbot):
    scrubber.set_marks(marks(0, 100, 200, 300))
    scrubber.slider.setValue(2)
    QTest.mouseClick(scrubber.play_button, Qt.MouseButton.LeftButton)
    scrubber.set_marks(marks(0, 100, 200, 300, 400))
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert chosen == [2, 3, NEWEST]


@pytest.mark.parametrize("how", ["play", "back", "slider", "strip", "clear"])
def test_playing_is_stopped(scrubber, how):
    scrubber.set_marks(marks(0, 100, 200, 300))
    scrubber.show_answers(np.full((4, 10), 0.1))
    scrubber.slider.setValue(1)
    scrubber.play_button.click()
    if how == "clear":
        scrubber.clear()
    elif how == "slider":
        QTest.mousePress(scrubber.slider, Qt.MouseButton.LeftButton, pos=handle(scrubber))
    else:
        widget = {"play": scrubber.play_button, "back": scrubber.back_button, "strip": scrubber.strip}[how]
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert not scrubber.is_playing


def handle(scrubber):
    """Where the slider's handle is."""
    first, last = scrubber._ends()
    x = first + (last - first) * scrubber.slider.value() / scrubber.slider.maximum() - scrubber.slider.x()
    return QPoint(round(x), scrubber.slider.height() // 2)


def test_a_click_on_the_strip_chooses_the_snapshot_above_it(scrubber, chosen):
    scrubber.set_marks(marks(0, 100, 200, 300, 400))
    scrubber.show_answers(np.full((5, 10), 0.1))
    first, last = scrubber._ends()
    for index in (0, 3, 1, 4):
        x = first + (last - first) * index / 4 - scrubber.strip.x()
        QTest.mouseClick(scrubber.strip, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 20))
    assert chosen == [0, 3, 1, NEWEST]


def test_the_strip_lies_below_the_slider_at_any_size(scrubber):
    for width in (300, 520, 900):
        scrubber.resize(width, 170)
        scrubber.grab()
        first, last = scrubber._ends()
        assert scrubber.strip._span == (first, last)
        assert scrubber.slider.x() < first < last < scrubber.slider.x() + scrubber.slider.width()


def test_setters_are_silent(scrubber, chosen):
    for _ in range(2):
        scrubber.set_marks(marks(0, 100, 200))
        scrubber.show_answers(np.full((3, 10), 0.1))
    scrubber.clear()
    scrubber.clear()
    assert chosen == []


@pytest.mark.parametrize("n", [0, 1])
def test_with_one_snapshot_or_none_there_is_nothing_to_look_back_to(scrubber, n):
    scrubber.set_marks(marks(*range(n)))
    assert scrubber.index == NEWEST
    for widget in (scrubber.slider, scrubber.play_button, scrubber.back_button, scrubber.on_button):
        assert not widget.isEnabled()
    assert caption(scrubber) == ("step 0 · epoch 1 · newest" if n else "No snapshots of a run yet")
