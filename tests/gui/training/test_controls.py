"""The controls of a run: which buttons are visible, what each requests, and where the focus goes."""

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


def visible(controls):
    return [button.text() for button in controls.buttons if button.isVisible()]


def test_without_a_run_only_start_is_visible(controls):
    assert visible(controls) == ["Start"]
    assert not controls.rate.isVisible()


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.IDLE])
def test_during_a_run_the_other_buttons_are_visible(controls, state):
    controls.set_state(state)
    assert visible(controls) == ["Resume" if state is RunState.PAUSED else "Pause", "Stop", "Cancel"]
    assert controls.rate.isVisible()
    assert controls.pause_button.isEnabled() == (state in (RunState.RUNNING, RunState.PAUSED))
    assert controls.stop_button.isEnabled() == (state is not RunState.ENDING)


@pytest.mark.parametrize(
    ("state", "name", "control"),
    [
        (RunState.IDLE, "start_button", RunControl.START),
        (RunState.RUNNING, "pause_button", RunControl.PAUSE),
        (RunState.PAUSED, "pause_button", RunControl.RESUME),
        (RunState.RUNNING, "stop_button", RunControl.STOP),
        (RunState.PREPARING, "cancel_button", RunControl.CANCEL),
    ],
)
def test_each_button_requests_its_control(qtbot, controls, state, name, control):
    controls.set_state(state)
    with qtbot.waitSignal(controls.requested) as requested:
        getattr(controls, name).click()
    assert requested.args == [control]


def test_a_new_run_resets_the_rate_silently(qtbot, controls):
    controls.set_state(RunState.RUNNING)
    controls.rate.setValue(0.5)
    controls.set_state(RunState.IDLE)
    with qtbot.assertNotEmitted(controls.rate.valueChanged):
        controls.set_state(RunState.PREPARING)
    assert controls.rate.value() == 1.0


def test_the_focus_moves_to_the_button_in_the_same_place(qtbot, controls):
    controls.start_button.setFocus()
    qtbot.waitUntil(controls.start_button.hasFocus)
    controls.set_state(RunState.PREPARING)
    qtbot.waitUntil(controls.stop_button.hasFocus)
    controls.set_state(RunState.IDLE)
    qtbot.waitUntil(controls.start_button.hasFocus)
