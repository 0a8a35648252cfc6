"""The live run: its facts, curves and seconds, and whether it can be kept."""

import dataclasses

from core.runs.records import RunFacts
from core.runs.run_store import RunStore
from core.training.history import Axis, History
from core.training.loop import Progress
from gui.training.live_run import LiveRun

AXIS = Axis(100, 10)
FACTS = RunFacts([], 1 / 255, 12, 100, 10, 10, n_steps=30, n_epochs=3, threads=1, axis=AXIS, splits=None)


def records(first, last):
    """Return the records of some batches, with an evaluation at the last."""
    found = [Progress(step, 30, 1, 10 * step, 1 / step, 0.5, 0.1) for step in range(first, last + 1)]
    return [*found[:-1], dataclasses.replace(found[-1], validation_loss=0.4, validation_accuracy=0.9)]


def test_before_it_is_prepared_nothing_is_known(tmp_path):
    live = LiveRun(RunStore(tmp_path))
    assert live.facts is None
    assert (live.n_epochs, live.seconds, live.snapshots) == (0, 0.0, ())
    assert len(live.history.loss) == live.history.n_evaluations == 0


def test_a_prepared_run_has_facts_and_the_given_history():
    live, history = LiveRun(), History(AXIS)
    live.prepare(FACTS, history)
    assert live.facts is FACTS
    assert live.n_epochs == 3
    assert live.history is history


def test_records_are_added_to_the_history_and_the_seconds_replaced():
    live = LiveRun()
    live.prepare(FACTS, History(AXIS))
    live.add(records(1, 10), 1.5)
    live.add(records(11, 20), 4.0)
    assert live.seconds == 4.0
    assert len(live.history.loss) == 20
    assert live.history.n_evaluations == 2
    assert live.history.evaluations["step"].tolist() == [10, 20]
    assert live.history.along([200.0], "seconds")[0] == 4.0


def test_a_resumed_run_goes_on_with_its_curves():
    history = History(AXIS)
    history.add(records(1, 10), 2.0)
    live = LiveRun()
    live.prepare(FACTS, history)
    live.add(records(11, 12), 2.5)
    assert live.history.evaluations["step"].tolist() == [10, 12]


def test_a_run_can_be_kept_if_it_has_a_store_that_does_not_fail(tmp_path):
    assert not LiveRun().can_be_kept
    live = LiveRun(RunStore(tmp_path))
    assert live.can_be_kept
    live.storage_failure = "No space left on device"
    assert not live.can_be_kept
    live.storage_failure = ""
    assert live.can_be_kept
