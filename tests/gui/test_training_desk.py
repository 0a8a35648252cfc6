"""What the window makes of a run: the rate changed while it goes on, and what is offered where it went wrong."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.config import TrainConfig
from core.runs import Status
from core.shelf import Shelf

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)
WILD = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=100.0, input_scale=1.0)


def offers(window):
    return {button.text(): button for button in window.lab.notice._offers}


@pytest.mark.parametrize(
    ("offer", "changes"),
    [
        ("Restart with a tenth of the rate", {"learning_rate": 10.0}),
        ("Restart with scaled pixels", {"input_scale": 1 / 255}),
    ],
)
def test_a_run_that_diverges_offers_to_start_again(window, small_run, conclude, offer, changes):
    small_run(config=WILD)
    assert "the run diverged" in conclude().error
    assert "the run diverged" in window.lab.notice.text
    assert list(offers(window)) == ["Restart with a tenth of the rate", "Restart with scaled pixels"]
    QTest.mouseClick(offers(window)[offer], Qt.MouseButton.LeftButton)
    conclude()
    again, first = Shelf().runs()
    assert again.config() == dataclasses.replace(WILD, **changes) == window.training_panel.config()
    assert first.status is Status.DIVERGED
    assert len(first.history().loss) > 0  # the curve up to there stays


def test_where_pixels_are_scaled_only_a_smaller_rate_is_offered(window, small_run, conclude):
    small_run(config=dataclasses.replace(WILD, input_scale=1 / 255, learning_rate=1000.0, hidden=(16,) * 6))
    assert conclude().error
    assert list(offers(window)) == ["Restart with a tenth of the rate"]


def test_the_rate_is_changed_while_the_run_goes_on(qtbot, window, small_run):
    panel = window.training_panel
    assert not panel.controls.rate.isVisible()
    with qtbot.waitSignal(window.session.progressed, timeout=60_000):
        small_run(config=LONG)
    assert panel.controls.rate.isVisible()
    panel.controls.rate.selectAll()
    with qtbot.waitSignal(window.session.rateChanged, timeout=60_000) as changed:
        QTest.keyClicks(panel.controls.rate, "0.5")
        QTest.keyClick(panel.controls.rate, Qt.Key.Key_Return)
    assert changed.args[1] == pytest.approx(LONG.learning_rate / 2)
    panel.controls.cancel_button.click()
    assert not panel.controls.rate.isVisible()
    with qtbot.waitSignal(window.session.progressed, timeout=60_000):
        small_run(config=LONG)
    assert panel.controls.rate.value() == 1.0  # another run begins with its own rate
    panel.controls.cancel_button.click()


def test_an_offer_that_was_made_before_is_gone(window):
    window.lab.notice.show_message("one", offers={"Undo": lambda: None})
    assert [button.text() for button in window.lab.notice.findChildren(QPushButton) if button.isVisible()] == ["Undo"]
    window.lab.notice.show_message("two")
    assert not any(button.isVisible() for button in window.lab.notice.findChildren(QPushButton))


def test_one_run_at_a_time(qtbot, window, small_run, conclude):
    small_run(config=dataclasses.replace(LONG, epochs=1))
    first = conclude().run
    with qtbot.waitSignal(window.session.progressed, timeout=60_000):
        small_run(config=LONG)
    window.lab.training.continue_from(first)
    assert "stop that run first" in window.lab.notice.text
    window.training_panel.controls.cancel_button.click()


def test_the_number_of_threads_is_the_users_is_shown_and_is_kept_with_the_run(qtbot, window, small_run):
    form = window.training_panel.form
    form.threads.setMaximum(2)
    form.threads.setValue(2)
    with qtbot.waitSignal(window.session.progressed, timeout=60_000):
        small_run(config=LONG)
    assert "2 threads" in window.training_panel.progress._status.text()
    with qtbot.waitSignal(window.session.concluded, timeout=60_000):
        window.training_panel.controls.stop_button.click()
    (run,) = Shelf().runs()
    assert run.threads == run.model().threads == 2
    form.threads.setValue(1)
    assert window.lab.training.use_settings(run)
    assert form.threads.value() == 2
