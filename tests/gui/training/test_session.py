"""The session and its worker: records are coalesced and complete, runs are numbered, no thread is left."""

import dataclasses
import errno
import os
import random
import threading
import time

import pytest
from PySide6.QtCore import QThread
from waiting import happens

from core import threads
from core.errors import DataError
from core.runs import run_recorder
from core.runs.records import RunRequest
from core.runs.run import STATE, Status
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from gui.training.events import (
    Concluded,
    Moved,
    Prepared,
    Progressed,
    RateChanged,
    SnapshotsKept,
    SnapshotTaken,
    StorageChanged,
)
from gui.training.session import RunState, TrainingSession
from gui.training.worker import RECORDS_INTERVAL_S, Worker

CONFIG = TrainConfig(hidden=(16,), epochs=2, batch_size=50, learning_rate=0.1)


@pytest.fixture
def session(qtbot):
    session = TrainingSession()
    yield session
    session.shut_down()


class Log:
    """The events and signals of a session, in order; checks that they arrive in the GUI thread."""

    def __init__(self, session):
        self.facts, self.records, self.outcomes, self.states, self.snapshots = [], [], [], [], []
        self.batches, self.storage, self.kept = 0, [], []
        session.happened.connect(self.take)
        session.concluded.connect(self.outcomes.append)
        session.stateChanged.connect(self.states.append)

    def take(self, event):
        assert threading.current_thread() is threading.main_thread()
        match event:
            case Prepared():
                self.facts.append(event.facts)
                self.n_evaluations = event.history.n_evaluations
            case Progressed():
                self.batches += 1
                self.records.extend(event.records)
            case SnapshotTaken():
                self.snapshots.append(event.snapshot)
            case SnapshotsKept():
                self.kept.append(event.kept)
            case StorageChanged():
                self.storage.append(event.reason)


def start(session, config=CONFIG, data="synthetic:600", store=None, parent=None):
    session.start(RunRequest("test", config, data, 1, store=store, parent=parent))


def test_every_record_arrives_once_and_in_order(qtbot, session):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session)
    n_steps = log.facts[0].n_steps
    assert [record.step for record in log.records] == list(range(1, n_steps + 1))
    assert log.states == [RunState.PREPARING, RunState.RUNNING, RunState.IDLE]
    assert log.outcomes[0].model.scores["test_accuracy"] > 0.2
    assert not log.outcomes[0].stopped
    assert session.live.seconds > 0


def test_the_run_is_the_same_as_without_a_window(qtbot, session):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session)
    with threads.limited(1):
        alone = Experiment.prepare("test", CONFIG, "synthetic:600", 1)
        records = list(loop.fit(alone.state, alone.splits, alone.config))
    assert records == log.records


def test_a_run_that_gives_way_to_the_pen_is_the_same_and_goes_on(qtbot, session):
    settled = threading.Event()  # cleared: as if the window hung while the pen is down
    session.give_way_to(settled)
    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session)
    assert len(log.records) < 10  # it waits for each batch, but not for ever
    settled.set()
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        pass
    with threads.limited(1):
        alone = Experiment.prepare("test", CONFIG, "synthetic:600", 1)
        assert list(loop.fit(alone.state, alone.splits, alone.config)) == log.records


def test_a_paused_run_halts_between_batches_and_resumes(qtbot, session):
    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session, TrainConfig(hidden=(16,), epochs=400, batch_size=50))
    session.pause()
    assert session.state is RunState.PAUSED
    # Events that are queued still arrive; then no more do.
    with qtbot.assertNotEmitted(session.concluded, wait=100):
        pass
    n, seconds = len(log.records), session.live.seconds
    with qtbot.assertNotEmitted(session.happened, wait=150):
        pass
    assert (len(log.records), session.live.seconds) == (n, seconds)
    with happens(qtbot, session, Progressed):
        session.resume()
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    assert [record.step for record in log.records] == list(range(1, len(log.records) + 1))


def test_stop_keeps_the_best_weights(qtbot, session):
    log = Log(session)
    config = TrainConfig(hidden=(16,), epochs=2000, batch_size=50, learning_rate=0.1)
    with happens(qtbot, session, Progressed, lambda event: event.records[-1].epoch > 2):
        start(session, config)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    outcome = log.outcomes[0]
    assert outcome.stopped
    best = max(r.validation_accuracy for r in log.records if r.validation_accuracy is not None)
    assert outcome.model.scores["validation_accuracy"] == pytest.approx(best)


def test_a_paused_run_can_be_stopped(qtbot, session):
    with happens(qtbot, session, Progressed):
        start(session, TrainConfig(hidden=(16,), epochs=2000, batch_size=50))
    session.pause()
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    assert session.state is RunState.IDLE


def test_events_of_a_cancelled_run_are_dropped(qtbot, session):
    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session, TrainConfig(hidden=(16,), epochs=2000, batch_size=50))
    session.cancel()
    assert log.outcomes[0].model is None
    n = len(log.records)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session)
    assert session.state is RunState.IDLE
    assert len(log.outcomes) == 2
    assert log.records[n].step == 1
    assert [record.step for record in log.records[n:]] == list(range(1, log.facts[-1].n_steps + 1))


def test_only_one_run_at_a_time(session):
    start(session)
    with pytest.raises(RuntimeError):
        start(session)


@pytest.mark.usefixtures("no_data")
def test_missing_data_is_reported(qtbot, session):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, data="mnist")
    assert "MNIST is not here yet" in log.outcomes[0].error
    assert log.outcomes[0].model is None
    assert not log.outcomes[0].details


def test_a_divergence_has_remedies(qtbot, session):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, TrainConfig(learning_rate=1000.0, weight_decay=1.0, input_scale=1.0, batch_size=50))
    assert "learning_rate" in log.outcomes[0].remedies
    assert not log.outcomes[0].details


def test_a_fault_of_the_program_comes_with_its_traceback(qtbot, session, monkeypatch):
    def fail(*arguments):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(Experiment, "prepare", fail)
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session)
    assert "a fault" in log.outcomes[0].error
    assert "Traceback" in log.outcomes[0].details
    assert session.state is RunState.IDLE


def test_an_error_of_the_data_comes_without_traceback(qtbot, session, monkeypatch):
    def fail(*arguments):
        raise DataError("the file is damaged")

    monkeypatch.setattr(Experiment, "prepare", fail)
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session)
    assert (log.outcomes[0].error, log.outcomes[0].details) == ("the file is damaged", "")


def test_the_first_snapshot_is_always_taken_and_others_only_while_watched(qtbot, session):
    log = Log(session)
    with happens(qtbot, session, SnapshotTaken):
        start(session, TrainConfig(hidden=(16,), epochs=2000, batch_size=50))
    qtbot.wait(300)
    assert len(log.snapshots) == 1
    session.set_watched(True)
    qtbot.waitUntil(lambda: len(log.snapshots) >= 3, timeout=60_000)
    assert (log.snapshots[0].parameters != log.snapshots[-1].parameters).any()
    session.set_watched(False)
    qtbot.wait(150)  # for the one that was requested before
    n = len(log.snapshots)
    qtbot.wait(300)
    assert len(log.snapshots) == n
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()


def test_events_of_an_older_run_are_dropped(qtbot, session):
    start(session, TrainConfig(hidden=(16,), epochs=2000, batch_size=50))
    old = session.findChild(Worker)
    session.cancel()
    start(session)
    live = session.live
    for event in (
        Prepared(old.number, None, None),
        Progressed(old.number, ("late",), 1e9),
        RateChanged(old.number, 1.0, 1.0),
        SnapshotTaken(old.number, None),
        SnapshotsKept(old.number, ("late",)),
        StorageChanged(old.number, "late"),
        Moved(old.number, None, "late"),
        Concluded(old.number, "late"),
    ):
        with qtbot.assertNotEmitted(session.happened), qtbot.assertNotEmitted(session.concluded):
            old.happened.emit(event)
    assert (live.facts, live.snapshots, live.seconds, live.storage_failure) == (None, (), 0.0, "")
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        pass


def test_records_arrive_at_most_thirty_times_a_second(qtbot, session):
    log = Log(session)
    began = time.monotonic()
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, TrainConfig(hidden=(16,), epochs=100, batch_size=10))
    assert len(log.records) == log.facts[0].n_steps
    assert log.batches <= (time.monotonic() - began) / RECORDS_INTERVAL_S + 2


def test_shut_down_leaves_no_thread(qtbot, session):
    with happens(qtbot, session, Progressed):
        start(session, TrainConfig(hidden=(16,), epochs=2000, batch_size=50))
    worker = session.findChild(Worker)
    session.shut_down()
    assert worker.isFinished()
    assert session.state is RunState.IDLE


# Runs that are kept


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


LONG = TrainConfig(hidden=(16,), epochs=3000, batch_size=50)


def test_a_run_is_stored_with_its_curve_and_its_model(qtbot, session, store):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, CONFIG, store=store)
    (run,) = store.runs()
    assert run == log.outcomes[0].run
    assert run.status is Status.FINISHED
    assert run.history().n_evaluations == CONFIG.epochs
    assert run.seconds == pytest.approx(session.live.seconds, abs=0.01)
    assert log.outcomes[0].storage_failure == ""


def test_a_run_that_is_left_resumes_bit_for_bit(qtbot, session, store):
    log = Log(session)
    config = TrainConfig(hidden=(16,), epochs=30, batch_size=50, learning_rate=0.1)
    with happens(qtbot, session, Progressed):
        start(session, config, store=store)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.leave()
    assert log.outcomes[0].model is None
    run = store.last_interrupted()
    assert run == log.outcomes[0].run or run.step == log.outcomes[0].run.step
    n = len(log.records)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.start(RunRequest.to_resume(run))
    assert log.n_evaluations == sum(r.validation_loss is not None for r in log.records[:n])
    assert [record.step for record in log.records] == list(range(1, log.facts[0].n_steps + 1))
    with threads.limited(1):
        alone = Experiment.prepare("test", config, "synthetic:600", 1)
        assert list(loop.fit(alone.state, alone.splits, alone.config)) == log.records
    assert store.find(run.id).status is Status.FINISHED


def test_a_paused_run_is_written(qtbot, session, store):
    with happens(qtbot, session, Progressed):
        start(session, LONG, store=store)
    session.pause()
    (run,) = store.runs()
    qtbot.waitUntil((run.folder / STATE).exists, timeout=60_000)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.leave()


def test_of_a_cancelled_run_nothing_is_kept(qtbot, session, store):
    with happens(qtbot, session, Progressed):
        start(session, LONG, store=store)
    session.shut_down()
    assert store.runs() == []


def test_a_run_goes_on_without_a_store_that_can_be_written(qtbot, session, tmp_path):
    (tmp_path / "file").write_text("x")
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, CONFIG, store=RunStore(tmp_path / "file"))
    assert log.outcomes[0].model is not None
    assert log.outcomes[0].run is None
    assert "cannot be made" in log.outcomes[0].storage_failure


# Runs that cannot be kept where they should be


@pytest.fixture
def writes_often(monkeypatch):
    """Write the state after each batch, so that a failure occurs at once instead of after some seconds."""
    monkeypatch.setattr(run_recorder, "CHECKPOINT_INTERVAL_S", 0.0)


@pytest.fixture
def no_store(tmp_path):
    """A file where the folder of the runs should be."""
    (tmp_path / "file").write_text("x")
    return RunStore(tmp_path / "file")


@pytest.fixture
def elsewhere(tmp_path):
    return RunStore(tmp_path / "elsewhere")


def contents(folder):
    """Return the contents of a folder's files, except those that are being written."""
    return {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file() and path.name[0] != "."}


def has_passed(event):
    return event.reason == ""


@pytest.fixture
def lost(qtbot, session, store, tmp_path, writes_often):
    """The log of a session whose store vanishes during a run; it is moved to ``tmp_path / "gone"``."""
    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session, LONG, store=store)
    with happens(qtbot, session, StorageChanged):
        store.folder.rename(tmp_path / "gone")
    return log


def moved(qtbot, session, store):
    """Move the run to another store; return the moved run, or None, and the reason."""
    with happens(qtbot, session, Moved) as answer:
        session.keep_in(store)
    return answer.args[0].run, answer.args[0].reason


def test_a_store_that_fails_at_the_start_is_reported(qtbot, session, no_store):
    log = Log(session)
    with happens(qtbot, session, StorageChanged):
        start(session, LONG, store=no_store)
    with happens(qtbot, session, Progressed):
        pass
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    (reason,) = log.storage
    assert "cannot be made" in reason
    assert log.outcomes[0].storage_failure == reason


def test_a_run_whose_store_failed_at_the_start_is_moved_to_another(qtbot, session, no_store, elsewhere):
    log = Log(session)
    with happens(qtbot, session, StorageChanged):
        start(session, LONG, store=no_store)
    run, problem = moved(qtbot, session, elsewhere)
    assert (run.id, problem) == (elsewhere.runs()[0].id, "")
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    assert len(log.storage) == 1  # the move itself says that the run can be written
    assert log.outcomes[0].storage_failure == ""
    assert elsewhere.runs() == [log.outcomes[0].run]
    assert log.outcomes[0].run.status is Status.STOPPED
    assert log.outcomes[0].run.step == log.records[-1].step


def test_a_moved_run_keeps_its_parent(qtbot, session, store, no_store, elsewhere):
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, CONFIG, store=store)
    (first,) = store.runs()
    with happens(qtbot, session, StorageChanged):
        start(session, LONG, store=no_store, parent=first)
    run, _ = moved(qtbot, session, elsewhere)
    assert run.parent == first.id


def test_a_full_disk_is_reported_once_and_its_end_once(qtbot, session, store, monkeypatch, writes_often):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session, LONG, store=store)
    with monkeypatch.context() as patch:
        with happens(qtbot, session, StorageChanged):
            patch.setattr(os, "fsync", full)
        before = contents(store.folder)
        for _ in range(3):
            with happens(qtbot, session, Progressed):
                pass
        assert contents(store.folder) == before
    with happens(qtbot, session, StorageChanged, has_passed):
        pass
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    assert "No space left on device" in log.storage[0]
    assert len(log.storage) <= 3  # at each batch another file may be the first that fails
    assert log.outcomes[0].storage_failure == ""
    assert store.runs()[0].step == log.records[-1].step


def test_a_store_that_vanishes_and_returns(qtbot, session, lost, store, tmp_path):
    assert lost.storage[0]
    with happens(qtbot, session, StorageChanged, has_passed):
        (tmp_path / "gone").rename(store.folder)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    assert lost.outcomes[0].storage_failure == ""
    assert store.runs() == [lost.outcomes[0].run]


def test_a_run_is_moved_while_it_is_paused(qtbot, session, lost, elsewhere):
    session.pause()
    run, _ = moved(qtbot, session, elsewhere)
    assert session.state is RunState.PAUSED
    assert elsewhere.runs() == [run]
    with happens(qtbot, session, Progressed):
        session.resume()


def test_a_move_that_fails_is_reported_and_another_can_follow(qtbot, session, lost, no_store, elsewhere):
    run, problem = moved(qtbot, session, no_store)
    assert run is None
    assert "cannot be made" in problem
    run, _ = moved(qtbot, session, elsewhere)
    assert run.folder.parent == elsewhere.folder


def test_of_a_run_that_was_moved_and_is_cancelled_nothing_is_kept(qtbot, session, lost, store, elsewhere, tmp_path):
    moved(qtbot, session, elsewhere)
    (tmp_path / "gone").rename(store.folder)
    assert store.last_interrupted()  # its last state there
    session.shut_down()
    assert elsewhere.runs() == store.runs() == []


def test_a_cancelled_run_does_not_create_its_store_again(qtbot, session, lost, store):
    session.shut_down()
    assert not store.folder.exists()


def test_a_run_that_was_moved_can_be_left(qtbot, session, lost, elsewhere):
    moved(qtbot, session, elsewhere)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.leave()
    run = elsewhere.last_interrupted()
    assert run.step == lost.outcomes[0].run.step
    with happens(qtbot, session, Progressed) as goes_on:
        session.start(RunRequest.to_resume(run))
    assert goes_on.args[0].records[0].step == run.step + 1


def test_a_run_that_cannot_be_written_is_stopped_instead_of_left(qtbot, session, lost):
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.leave()
    (outcome,) = lost.outcomes
    assert outcome.model is not None
    assert outcome.stopped
    assert "there is no folder" in outcome.storage_failure


def test_the_rate_is_changed_during_a_run(qtbot, session):
    log = Log(session)
    with happens(qtbot, session, Progressed):
        start(session, LONG)
    with happens(qtbot, session, RateChanged) as changed:
        session.change_rate(0.5)
    samples, rate = changed.args[0].samples, changed.args[0].rate
    assert rate == LONG.learning_rate / 2
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        session.stop()
    for record in log.records:
        assert record.learning_rate == (rate if record.samples > samples else LONG.learning_rate)
    assert log.records[-1].samples >= samples


def test_further_training_starts_with_the_last_weights(qtbot, session, store):
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, CONFIG, store=store)
    (first,) = store.runs()
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, CONFIG, store=store, parent=first)
    assert log.outcomes[0].run.parent == first.id
    assert log.records[0].loss < 0.8 * first.history().loss.smoothed[1][0]


def test_a_divergence_has_better_values(qtbot, session, store):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, TrainConfig(learning_rate=1000.0, input_scale=1.0), store=store)
    better = {name: remedy.better for name, remedy in log.outcomes[0].remedies.items()}
    assert better == {"learning_rate": 100.0, "input_scale": 1 / 255, "batch_norm": True}
    assert store.runs()[0].status is Status.DIVERGED


def test_snapshots_are_kept_to_look_back_to(qtbot, session):
    log = Log(session)
    with qtbot.waitSignal(session.concluded, timeout=60_000):
        start(session, TrainConfig(hidden=(16,), epochs=30, batch_size=10))
    assert len(log.kept[0]) == 1
    assert session.live.snapshots is log.kept[-1]
    marks = [kept.moment for kept in log.kept[-1]]
    assert marks[0].step == 0
    assert marks[-1].step == 30 * 49  # 486 of the 600 digits are learned from
    assert marks[-1].validation_accuracy is not None
    assert 30 <= len(marks) <= 64


def test_random_starts_and_ends_leave_no_thread(qtbot, session):
    """``benchmarks/window.py`` does this a thousand times, and measures the memory too."""
    rng = random.Random(0)
    threads_before, concluded = threading.active_count(), []
    session.concluded.connect(concluded.append)
    for number in range(30):
        start(session, dataclasses.replace(CONFIG, epochs=30), "synthetic:100")
        for _ in range(rng.randrange(4)):
            if rng.random() < 0.5 and session.is_active:
                qtbot.waitUntil(lambda: session.state is not RunState.PREPARING)
            session.toggle_pause()
        rng.choice((session.stop, session.cancel))()
        qtbot.waitUntil(lambda: session.is_settled)
        assert len(concluded) == number + 1
    assert not [worker for worker in session.findChildren(QThread) if worker.isRunning()]
    assert threading.active_count() <= threads_before + 1
