"""The scrubber: the choice of a snapshot by slider, buttons, keyboard, strip, and by playing."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from core.training.snapshots import Moment
from gui.inspector.scrubber import NEWEST, Scrubber


@pytest.fixture
def scrubber(show_widget):
    return show_widget(Scrubber(), 520, 170)


@pytest.fixture
def chosen(scrubber):
    indices = []
    scrubber.snapshotChosen.connect(indices.append)
    return indices


def moments(*steps, accuracy=None):
    return [Moment(step, 1 + step // 1000, 50 * step, accuracy) for step in steps]


def caption(scrubber):
    return scrubber.caption.text()


def test_the_caption_describes_the_chosen_snapshot(scrubber):
    scrubber.set_moments(moments(0, 1234, 2500, accuracy=0.972))
    scrubber.slider.setValue(1)
    assert caption(scrubber) == "step 1,234 · epoch 2 · 97.2%"
    assert scrubber.slider.accessibleDescription() == caption(scrubber)
    scrubber.slider.setValue(2)
    assert caption(scrubber) == "step 2,500 · epoch 3 · 97.2% · newest"
    scrubber.set_moments(moments(0, 5))
    assert caption(scrubber) == "step 5 · epoch 1 · newest"


def test_at_its_right_end_it_follows_the_run(scrubber, chosen):
    for n in range(1, 6):
        scrubber.set_moments(moments(*range(0, 100 * n, 100)))
        assert scrubber.index == NEWEST
        assert scrubber.slider.value() == n - 1
    assert chosen == []


def test_the_chosen_snapshot_stays_during_the_run(scrubber, chosen):
    scrubber.set_moments(moments(0, 100, 200, 300, 400))
    scrubber.slider.setValue(2)
    scrubber.set_moments(moments(0, 200, 400, 600))  # every second one is missing
    assert scrubber.index == 1
    assert caption(scrubber).startswith("step 200 ")
    scrubber.set_moments(moments(0, 400, 800, 1200))
    assert scrubber.index == 0  # the nearest, of two as near the earlier
    assert chosen == [2]


def test_the_right_end_of_the_slider_is_the_newest_snapshot(scrubber, chosen):
    scrubber.set_moments(moments(0, 100, 200))
    scrubber.slider.setValue(0)
    scrubber.slider.setValue(1)
    scrubber.slider.setValue(2)
    assert chosen == [0, 1, NEWEST]


def test_the_keyboard_moves_the_slider(scrubber, chosen):
    scrubber.set_moments(moments(*range(0, 2000, 100)))
    key = Qt.Key
    for pressed in (key.Key_Home, key.Key_Right, key.Key_PageUp, key.Key_Left, key.Key_End):
        QTest.keyClick(scrubber.slider, pressed)
    assert chosen == [0, 1, 9, 8, NEWEST]


def test_the_buttons_choose_the_previous_and_the_next_snapshot(scrubber, chosen):
    scrubber.set_moments(moments(0, 100, 200))
    assert not scrubber.next_button.isEnabled()
    for _ in range(2):
        QTest.mouseClick(scrubber.back_button, Qt.MouseButton.LeftButton)
    assert not scrubber.back_button.isEnabled()
    QTest.mouseClick(scrubber.next_button, Qt.MouseButton.LeftButton)
    assert chosen == [1, 0, 1]


def test_playing_goes_from_the_first_snapshot_to_the_newest_and_stops(scrubber, chosen, qtbot):
    scrubber.set_moments(moments(0, 100, 200, 300))
    play, stop = scrubber.play_button.accessibleName(), "Stop"
    QTest.mouseClick(scrubber.play_button, Qt.MouseButton.LeftButton)
    assert scrubber.is_playing
    assert scrubber.play_button.accessibleName() == stop
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert chosen == [0, 1, 2, NEWEST]
    assert scrubber.play_button.accessibleName() == play
    assert 100 <= scrubber.findChild(QTimer).interval() <= 150


def test_playing_begins_at_the_slider_and_follows_the_run(scrubber, chosen, qtbot):
    scrubber.set_moments(moments(0, 100, 200, 300))
    scrubber.slider.setValue(2)
    QTest.mouseClick(scrubber.play_button, Qt.MouseButton.LeftButton)
    scrubber.set_moments(moments(0, 100, 200, 300, 400))
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert chosen == [2, 3, NEWEST]


@pytest.mark.parametrize("how", ["play", "back", "slider", "strip", "clear"])
def test_playing_is_stopped(scrubber, how):
    scrubber.set_moments(moments(0, 100, 200, 300))
    scrubber.show_probabilities(np.full((4, 10), 0.1))
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
    """The position of the slider's handle."""
    first, last = scrubber.slider_ends()
    x = first + (last - first) * scrubber.slider.value() / scrubber.slider.maximum() - scrubber.slider.x()
    return QPoint(round(x), scrubber.slider.height() // 2)


def test_a_click_on_the_strip_chooses_the_snapshot_above_it(scrubber, chosen):
    scrubber.set_moments(moments(0, 100, 200, 300, 400))
    scrubber.show_probabilities(np.full((5, 10), 0.1))
    first, last = scrubber.slider_ends()
    for index in (0, 3, 1, 4):
        x = first + (last - first) * index / 4 - scrubber.strip.x()
        QTest.mouseClick(scrubber.strip, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 20))
    assert chosen == [0, 3, 1, NEWEST]


def test_the_strip_is_aligned_with_the_slider_at_any_size(scrubber):
    for width in (300, 520, 900):
        scrubber.resize(width, 170)
        scrubber.grab()
        first, last = scrubber.slider_ends()
        assert scrubber.strip.span == (first, last)
        assert scrubber.slider.x() < first < last < scrubber.slider.x() + scrubber.slider.width()


def test_setters_are_silent(scrubber, chosen):
    for _ in range(2):
        scrubber.set_moments(moments(0, 100, 200))
        scrubber.show_probabilities(np.full((3, 10), 0.1))
    scrubber.clear()
    scrubber.clear()
    assert chosen == []


@pytest.mark.parametrize("n", [0, 1])
def test_with_one_snapshot_or_none_the_controls_are_disabled(scrubber, n):
    scrubber.set_moments(moments(*range(n)))
    assert scrubber.index == NEWEST
    for widget in (scrubber.slider, scrubber.play_button, scrubber.back_button, scrubber.next_button):
        assert not widget.isEnabled()
    assert caption(scrubber) == ("step 0 · epoch 1 · newest" if n else "No snapshots of a run yet")
