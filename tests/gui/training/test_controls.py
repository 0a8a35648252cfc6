"""The buttons of a run: which are shown, what each asks for, and where the focus goes."""

import pytest

from gui.training.controls import RunControl, TrainingControls
from gui.training.session import RunState


@pytest.fixture
def controls(qtbot):
    controls = TrainingControls()
    qtbot.addWidget(controls)
    controls.set_state(RunState.IDLE)
    controls.show()
    return controls


def shown(controls):
    return [button.text() for button in controls._buttons if button.isVisible()]


def test_without_a_run_there_is_only_start(controls):
    assert shown(controls) == ["Start"]
    assert not controls.rate.isVisible()


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.IDLE])
def test_a_run_has_the_other_buttons(controls, state):
    controls.set_state(state)
    assert shown(controls) == ["Resume" if state is RunState.PAUSED else "Pause", "Stop", "Cancel"]
    assert controls.rate.isVisible()
    assert controls.pause_button.isEnabled() == (state in (RunState.RUNNING, RunState.PAUSED))
    assert controls.stop_button.isEnabled() == (state is not RunState.ENDING)


def test_one_button_asks_for_a_pause_and_for_its_end(qtbot, controls):
    controls.set_state(RunState.RUNNING)
    with qtbot.waitSignal(controls.requested) as asked:
        controls.pause_button.click()
    assert asked.args == [RunControl.PAUSE]
    controls.set_state(RunState.PAUSED)
    with qtbot.waitSignal(controls.requested) as asked:
        controls.pause_button.click()
    assert asked.args == [RunControl.RESUME]


def test_another_run_begins_at_its_own_rate_without_a_word(qtbot, controls):
    controls.set_state(RunState.RUNNING)
    controls.rate.setValue(0.5)
    controls.set_state(RunState.IDLE)
    with qtbot.assertNotEmitted(controls.rateRequested):
        controls.set_state(RunState.PREPARING)
    assert controls.rate.value() == 1.0


def test_the_focus_goes_on_to_the_button_that_takes_the_place(qtbot, controls):
    controls.start_button.setFocus()
    qtbot.waitUntil(controls.start_button.hasFocus)
    controls.set_state(RunState.PREPARING)
    qtbot.waitUntil(controls.stop_button.hasFocus)
    controls.set_state(RunState.IDLE)
    qtbot.waitUntil(controls.start_button.hasFocus)
