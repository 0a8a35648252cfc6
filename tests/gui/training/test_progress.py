"""The progress of a run: the line of text in each state, and the time left."""

import dataclasses

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


def text_of(progress):
    return progress.text.replace("\u00a0", " ")


def test_before_the_first_run_it_says_how_to_start_one(qtbot):
    progress = TrainingProgress()
    qtbot.addWidget(progress)
    assert progress.text == "Press Start to train a network from scratch."


def test_the_sizes_of_network_and_data_come_first(progress):
    assert progress.text == "Loading the digits…"
    progress.set_state(RunState.RUNNING)
    assert progress.text == "1,234 parameters; 1,000 training, 100 validation and 10 test digits"
    assert progress.bar.maximum() == 100


@pytest.mark.parametrize(
    ("seconds", "left"), [(2, "18 s"), (6.6, "59 s"), (7, "1 min 03 s"), (399.9, "59 min 59 s"), (400, "1 h 00 min")]
)
def test_the_time_left(progress, seconds, left):
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, seconds)
    assert f"Epoch 1 of 5 · step 10 of 100 · {left} left" in text_of(progress)
    assert progress.bar.value() == 10


@pytest.mark.parametrize(("n", "text"), [(1, "1 thread"), (2, "2 threads")])
def test_the_speed_and_the_threads(progress, n, text):
    progress.show_facts(dataclasses.replace(FACTS, threads=n))
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, 1.0)
    assert text_of(progress).endswith(f" · 1,300 digits a second · {text}")


def test_a_long_line_breaks_between_its_parts_only(progress):
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, 1.0)
    assert progress.text.count(" ") == 2 * progress.text.count("·")


def test_a_pause(progress):
    progress.set_state(RunState.RUNNING)
    progress.show_progress(RECORD, 1.0)
    progress.set_state(RunState.PAUSED)
    assert progress.text.startswith("Paused. Epoch\u00a01\u00a0of\u00a05 · ")


def test_late_records_do_not_replace_the_message_at_the_end(progress):
    progress.set_state(RunState.ENDING)
    progress.show_progress(RECORD, 1.0)
    assert progress.text == "Testing the best weights…"


def test_without_a_run_the_bar_is_hidden(progress):
    assert not progress.bar.isHidden()
    progress.set_state(RunState.IDLE)
    assert progress.bar.isHidden()
