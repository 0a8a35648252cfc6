"""How far a run is: the line of text in each state, and how long it will take."""

import pytest

from core.runs.records import RunFacts
from core.training.loop import Progress
from gui.training.progress import TrainingProgress
from gui.training.session import RunState

FACTS = RunFacts([], 1 / 255, 1234, 1000, 100, 10, n_steps=100, n_epochs=5, threads=2, axis=None, splits=None)
RECORD = Progress(10, 100, 1, 1280, 2.3, 0.1, 0.1)


@pytest.fixture
def progress(qtbot):
    progress = TrainingProgress()
    qtbot.addWidget(progress)
    progress.set_state(RunState.PREPARING)
    progress.show_facts(FACTS)
    return progress


def test_what_the_run_is_about_comes_first(progress):
    assert progress._status.text() == "Loading the digits…"
    progress.set_state(RunState.RUNNING)
    assert progress._status.text().startswith("1,234 parameters, 1,000 digits to learn from")
    assert progress._bar.maximum() == 100


@pytest.mark.parametrize(
    ("seconds", "left"), [(2, "18 s"), (6.6, "59 s"), (7, "1 min 03 s"), (399.9, "59 min 59 s"), (400, "1 h 00 min")]
)
def test_how_long_it_will_take(progress, seconds, left):
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, seconds)
    assert f"Epoch 1 of 5 · step 10 of 100 · {left} left" in progress._status.text().replace("\u00a0", " ")
    assert progress._bar.value() == 10


def test_a_pause_is_said(progress):
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, 1.0)
    progress.set_state(RunState.PAUSED)
    assert progress._status.text().startswith("Paused. Epoch\u00a01\u00a0of\u00a05 · ")


def test_late_news_do_not_hide_that_it_is_ending(progress):
    progress.set_state(RunState.ENDING)
    progress.show_progress(RECORD, 1.0)
    assert progress._status.text() == "Testing the best weights…"


def test_without_a_run_there_is_no_bar(progress):
    assert not progress._bar.isHidden()
    progress.set_state(RunState.IDLE)
    assert progress._bar.isHidden()
