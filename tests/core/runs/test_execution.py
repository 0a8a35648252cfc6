"""The execution of a run without a window: its beginning, its training, and each of its ends."""

import dataclasses
import os

import numpy as np
import pytest

from core.errors import DataError, RunError
from core.files import locks
from core.runs.execution import Execution, Move
from core.runs.records import End, RunRequest
from core.runs.run import Status
from core.runs.run_store import RunStore
from core.threads import limited
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

CONFIG = TrainConfig(hidden=(12,), batch_size=16, epochs=4, momentum=0.9, dropout=0.2, batch_norm=True)
DATA = "synthetic:120"
N_STEPS, PER_EPOCH = 28, 7
DIVERGING = dataclasses.replace(CONFIG, learning_rate=1000.0, input_scale=1.0, batch_norm=False, momentum=0.0)
VANISHING = TrainConfig(hidden=(16,) * 4, epochs=2, batch_size=50, initializer="normal", sigma=0.0001)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def elsewhere(tmp_path):
    return RunStore(tmp_path / "elsewhere")


@pytest.fixture
def no_store(tmp_path):
    """A store whose folder is a file."""
    (tmp_path / "file").write_text("x")
    return RunStore(tmp_path / "file")


@pytest.fixture
def full_disk(monkeypatch):
    """Return a function that makes all later writes fail."""

    def fill():
        def fail(descriptor):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)

    return fill


def request(store=None, config=CONFIG, **more):
    return RunRequest("quick", config, more.pop("data", DATA), 1, store=store, **more)


def train(execution, n_steps=None, then=lambda: None):
    """Train for ``n_steps`` batches and call ``then`` after the last, or to the end; return the records."""
    records = []
    for record in execution.train():
        records.append(record)
        if len(records) == n_steps:
            then()
    return records


def end_after(execution, n_steps, end):
    """Train for ``n_steps`` batches, request an end, and return the records."""
    return train(execution, n_steps, lambda: execution.request_end(end))


def whole_run(run_request):
    """Return records and outcome of a run from its beginning to its end."""
    with Execution(run_request) as execution:
        return train(execution), execution.conclude()


def weights(execution):
    network = execution.experiment.state.network
    return network.parameters.tobytes() + network.statistics.tobytes()


@pytest.fixture(scope="module")
def uninterrupted():
    """Records and final weights of the run, trained without an execution."""
    experiment = Experiment.prepare("quick", CONFIG, DATA, 1)
    with limited(1):
        records = list(loop.fit(experiment.state, experiment.splits, experiment.config))
    network = experiment.state.network
    return records, network.parameters.tobytes() + network.statistics.tobytes()


# -- the beginning -----------------------------------------------------------------------------------------------------


def test_a_run_begins_in_a_store(store):
    with Execution(request(store)) as execution:
        (run,) = store.runs()
        assert execution.run == run
        assert run.status is Status.RUNNING
        assert run.config() == CONFIG
        assert (run.recipe, run.data, run.threads, run.n_steps) == ("quick", DATA, 1, N_STEPS)
    assert not locks.is_held(run.folder)
    assert store.last_interrupted().id == run.id


def test_the_facts_of_a_prepared_run(store):
    with Execution(request(store)) as execution:
        facts = execution.facts()
    assert (facts.n_steps, facts.n_epochs, facts.threads) == (N_STEPS, 4, 1)
    assert facts.n_train + facts.n_validation + facts.n_test == 120
    assert (facts.n_train, facts.n_test) == (len(facts.splits.train), len(facts.splits.test))
    assert facts.axis.steps_per_epoch == PER_EPOCH
    assert facts.n_parameters == len(execution.experiment.state.network.parameters)
    assert [layer["layer"] for layer in facts.layers] == ["Linear", "BatchNorm", "ReLU", "Dropout", "Linear"]


def test_without_a_store_a_run_is_in_memory_alone(uninterrupted):
    with Execution(request()) as execution:
        assert execution.run is None
        records = train(execution)
        outcome = execution.conclude()
    assert records == uninterrupted[0]
    assert (outcome.status, outcome.run, outcome.storage_failure) == (Status.FINISHED, None, "")
    assert outcome.model is not None


def test_a_store_that_fails_at_the_start_leaves_the_run_in_memory(no_store):
    with Execution(request(no_store)) as execution:
        assert execution.run is None
        reason = execution.storage_news()
        assert "cannot be made" in reason
        assert execution.storage_news() is None  # reported once
        train(execution)
        outcome = execution.conclude()
    assert outcome.status is Status.FINISHED
    assert outcome.model is not None
    assert (outcome.run, outcome.storage_failure) == (None, reason)


@pytest.mark.usefixtures("no_data")
def test_missing_data_is_an_error_and_leaves_nothing(store):
    with pytest.raises(DataError, match="MNIST"), Execution(request(store, data="mnist")):
        pass
    assert store.runs() == []


def test_a_run_begins_with_the_last_weights_of_another(store):
    _, first = whole_run(request(store))
    with Execution(request(store, dataclasses.replace(CONFIG, seed=5), parent=first.run)) as execution:
        assert execution.run.parent == first.run.id
        begun = execution.experiment.state.network.parameters.copy()
        assert execution.experiment.state.step == 0
    with Execution(request(config=dataclasses.replace(CONFIG, seed=5))) as untrained:
        assert (begun != untrained.experiment.state.network.parameters).any()
    with Execution(request()) as same:
        train(same)
        np.testing.assert_array_equal(begun, same.experiment.state.network.parameters)


def test_a_parent_with_other_layers_is_an_error_and_leaves_nothing(store):
    _, first = whole_run(request(store))
    other = dataclasses.replace(CONFIG, hidden=(13,))
    with pytest.raises(RunError, match="hidden layers 12, not 13"), Execution(request(store, other, parent=first.run)):
        pass
    assert store.runs() == [first.run]


# -- training ----------------------------------------------------------------------------------------------------------


def test_a_run_finishes(store, uninterrupted):
    records, outcome = whole_run(request(store))
    assert records == uninterrupted[0]
    assert (outcome.status, outcome.stopped, outcome.error) == (Status.FINISHED, False, "")
    assert outcome.model.scores["test_accuracy"] == outcome.scores.test.accuracy
    (run,) = store.runs()
    assert run == outcome.run
    assert (run.status, run.step, run.error) == (Status.FINISHED, N_STEPS, "")
    np.testing.assert_array_equal(run.model().network.parameters, outcome.model.network.parameters)
    assert run.history().evaluations["step"].tolist() == [7, 14, 21, 28]


def test_the_model_has_the_requested_precision(store):
    _, outcome = whole_run(request(store, precision="float16"))
    assert outcome.model.precision == outcome.run.model().precision == "float16"


def test_the_history_of_a_new_run_is_empty_and_that_of_a_resumed_one_a_copy(store):
    with Execution(request(store)) as execution:
        train(execution, 8, lambda: execution.request_end(End.LEAVE))
        assert execution.history.n_evaluations == 1
        execution.conclude()
    with Execution(request()) as execution:
        assert len(execution.copy_history().loss) == 0
    with Execution(RunRequest.to_resume(store.last_interrupted())) as execution:
        copy = execution.copy_history()
        assert copy is not execution.history
        assert copy.evaluations["step"].tolist() == [7]
        train(execution)
        assert copy.n_evaluations == 1


def test_the_rate_is_changed_from_the_next_batch_on(store):
    with Execution(request(store)) as execution:
        records, changes = [], []
        for record in execution.train():
            records.append(record)
            if record.step == 3:
                execution.change_rate(0.5)
            if (change := execution.take_rate()) is not None:
                changes.append(change)
        execution.conclude()
    halved = CONFIG.learning_rate / 2
    assert changes == [(records[2].samples, halved)]
    assert [record.learning_rate for record in records] == [CONFIG.learning_rate] * 3 + [halved] * 25
    assert store.runs()[0].history().marks == changes


def test_a_pause_writes_the_state(store):
    with Execution(request(store)) as execution:
        train(execution, 5, execution.write)
        assert execution.storage_news() is None
    assert store.last_interrupted().step == 5


# -- stop, leave, cancel -----------------------------------------------------------------------------------------------


def test_stop_keeps_the_best_weights(store):
    with Execution(request(store)) as execution:
        records = end_after(execution, 17, End.STOP)
        best = execution.experiment.state.best
        outcome = execution.conclude()
    assert [record.step for record in records] == list(range(1, 18))
    assert best.step in (7, 14)
    np.testing.assert_array_equal(outcome.model.network.parameters, best.snapshot.parameters)
    assert outcome.stopped
    (run,) = store.runs()
    assert (run.status, run.step, run.best_step) == (Status.STOPPED, 17, best.step)
    assert run == outcome.run


@pytest.mark.parametrize("n_steps", [1, 7, 17])
def test_a_run_that_was_left_resumes_bit_for_bit(store, uninterrupted, n_steps):
    with Execution(request(store)) as execution:
        first = end_after(execution, n_steps, End.LEAVE)
        outcome = execution.conclude()
    assert (outcome.status, outcome.model, outcome.stopped) == (Status.INTERRUPTED, None, True)
    left = store.last_interrupted()
    assert (left.id, left.step) == (outcome.run.id, n_steps)
    with Execution(RunRequest.to_resume(left)) as execution:
        rest = train(execution)
        assert ([*first, *rest], weights(execution)) == uninterrupted
        assert execution.conclude().run.id == left.id
    assert [run.status for run in store.runs()] == [Status.FINISHED]


def test_the_network_so_far_of_a_run_that_is_left_can_be_tested(store):
    with Execution(request(store)) as execution:
        end_after(execution, 10, End.LEAVE)
        assert execution.conclude().model is None
        model = execution.network_so_far()
    assert 0 <= model.scores["test_accuracy"] <= 1


def test_a_running_run_cannot_be_resumed(store):
    with Execution(request(store)) as execution:
        end_after(execution, 3, End.LEAVE)
        execution.conclude()
    left = store.last_interrupted()
    with locks.held(left.folder):  # as another process holds it
        with pytest.raises(RunError, match="goes on already"), Execution(RunRequest.to_resume(left)):
            pass
        assert store.runs()[0].status is Status.RUNNING
    assert store.last_interrupted() == left


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_run_that_cannot_be_written_is_not_left_but_stopped(store, full_disk, in_memory):
    with Execution(request(None if in_memory else store)) as execution:
        end_after(execution, 10, End.LEAVE)
        if not in_memory:
            full_disk()
        outcome = execution.conclude()
    assert outcome.status is Status.STOPPED
    assert outcome.model is not None
    assert ("No space left" in outcome.storage_failure) is not in_memory


def test_a_cancelled_run_is_discarded_and_can_be_restored(store, uninterrupted):
    with Execution(request(store)) as execution:
        first = end_after(execution, 10, End.CANCEL)
        outcome = execution.conclude()
        assert not locks.is_held(execution.run.folder)
    assert (outcome.status, outcome.model, outcome.run, outcome.stopped) == (None, None, None, True)
    assert store.runs() == []
    (discarded,) = execution.discarded
    store.restore(discarded.id)
    with Execution(RunRequest.to_resume(store.last_interrupted())) as resumed:
        rest = train(resumed)
        assert ([*first, *rest], weights(resumed)) == uninterrupted


def test_a_discarded_run_has_its_last_name(store):
    with Execution(request(store)) as execution:
        end_after(execution, 2, End.CANCEL)
        store.label(execution.run, name="the long one")
        execution.conclude()
    assert [run.name for run in execution.discarded] == ["the long one"]


def test_a_cancelled_run_in_memory_discards_nothing():
    with Execution(request()) as execution:
        end_after(execution, 2, End.CANCEL)
        execution.conclude()
    assert execution.discarded == []


def test_a_later_request_replaces_an_earlier_one(store):
    with Execution(request(store)) as execution:
        end_after(execution, 10, End.LEAVE)
        execution.request_end(End.STOP)
        assert execution.conclude().status is Status.STOPPED


# -- moves -------------------------------------------------------------------------------------------------------------


def test_a_run_is_moved_to_another_store(store, elsewhere):
    with Execution(request(store)) as execution:
        before = execution.run
        train(execution, 10, lambda: execution.move_to(elsewhere))
        (move,) = execution.take_moves()
        assert move == Move(execution.run)
        assert elsewhere.runs() == [execution.run]
        assert execution.storage_news() is None
        outcome = execution.conclude()
    assert elsewhere.runs() == [outcome.run]
    assert outcome.run.status is Status.FINISHED
    assert [(run.id, run.status) for run in store.runs()] == [(before.id, Status.INTERRUPTED)]


def test_a_run_in_memory_is_moved_into_a_store(no_store, elsewhere):
    with Execution(request(no_store)) as execution:
        assert execution.storage_news()
        train(execution, 10, lambda: execution.move_to(elsewhere))
        (move,) = execution.take_moves()
        assert move.run == execution.run == elsewhere.runs()[0]
        assert execution.storage_news() is None  # the move has reported it
        assert execution.conclude().storage_failure == ""


def test_a_move_to_a_store_that_fails_changes_nothing(store, no_store):
    with Execution(request(store)) as execution:
        before = execution.run
        execution.move_to(no_store)
        (move,) = execution.take_moves()
        assert move.run is None
        assert "cannot be made" in move.reason
        assert execution.run == before
        assert list(execution.take_moves()) == []
        train(execution)
        outcome = execution.conclude()
    assert store.runs() == [outcome.run]
    assert outcome.storage_failure == ""


def test_all_copies_of_a_moved_run_are_discarded(store, elsewhere):
    with Execution(request(store)) as execution:
        train(execution, 3, lambda: execution.move_to(elsewhere))
        list(execution.take_moves())
        execution.request_end(End.CANCEL)
        execution.conclude()
    assert store.runs() == elsewhere.runs() == []
    assert [run.folder.parent for run in execution.discarded] == [store.folder, elsewhere.folder]


def test_a_cancelled_run_is_not_moved(store, elsewhere):
    with Execution(request(store)) as execution:
        execution.move_to(elsewhere)
        end_after(execution, 3, End.CANCEL)
        assert list(execution.take_moves()) == []
        execution.conclude()
    assert not elsewhere.folder.exists()


# -- divergence and constant predictions -------------------------------------------------------------------------------


def test_a_run_that_diverges_at_once_has_no_network(store):
    records, outcome = whole_run(request(store, DIVERGING))
    assert len(records) < PER_EPOCH
    assert outcome.status is Status.DIVERGED
    assert (outcome.model, outcome.scores, outcome.stopped) == (None, None, True)
    assert outcome.error == outcome.divergence.fact
    assert list(outcome.remedies)[:2] == ["learning_rate", "input_scale"]
    (run,) = store.runs()
    assert (run.status, run.error, run.scores) == (Status.DIVERGED, outcome.error, {})
    assert len(run.history().loss) == len(records)


def test_a_run_that_diverges_later_keeps_its_best_weights(store):
    with Execution(request(store)) as execution:
        state = execution.experiment.state
        records = train(execution, 10, lambda: state.network.parameters.fill(np.nan))
        outcome = execution.conclude()
    assert len(records) == 10
    assert outcome.status is Status.DIVERGED
    assert not outcome.stopped
    assert outcome.constant_prediction is None
    np.testing.assert_array_equal(outcome.model.network.parameters, state.best.snapshot.parameters)
    (run,) = store.runs()
    assert (run.status, run.best_step) == (Status.DIVERGED, PER_EPOCH)
    assert run.test_accuracy == outcome.model.scores["test_accuracy"]


def test_a_constant_prediction_is_diagnosed(store):
    _, outcome = whole_run(request(store, VANISHING, data="synthetic:300"))
    assert outcome.status is Status.FINISHED
    assert outcome.error == ""
    assert outcome.constant_prediction.digit in range(10)
    assert "initializer" in outcome.remedies
    (run,) = store.runs()
    assert (run.status, run.error) == (Status.FINISHED, outcome.constant_prediction.fact)


def test_a_network_that_was_stopped_early_is_not_diagnosed(store):
    with Execution(request(store, VANISHING, data="synthetic:300")) as execution:
        end_after(execution, 3, End.STOP)
        outcome = execution.conclude()
    assert outcome.status is Status.STOPPED
    assert outcome.constant_prediction is None
    assert store.runs()[0].error == ""


# -- requests while the best weights are being tested ------------------------------------------------------------------


@pytest.fixture
def while_concluding(monkeypatch):
    """Return a function that sets an action for the moment after the test of the best weights."""
    conclude = Experiment.conclude

    def do(action):
        def concluding(experiment):
            result = conclude(experiment)
            action()
            return result

        monkeypatch.setattr(Experiment, "conclude", concluding)

    return do


def test_a_run_that_is_cancelled_while_it_concludes_is_discarded(store, while_concluding):
    with Execution(request(store)) as execution:
        while_concluding(lambda: execution.request_end(End.CANCEL))
        train(execution)
        execution.conclude()
    assert store.runs() == []
    (discarded,) = execution.discarded
    assert discarded.id == execution.run.id


@pytest.mark.parametrize("end", [End.STOP, End.LEAVE])
def test_it_is_too_late_to_leave_a_run_that_concludes(store, while_concluding, end):
    with Execution(request(store)) as execution:
        while_concluding(lambda: execution.request_end(end))
        train(execution)
        outcome = execution.conclude()
    assert outcome.model is not None
    assert store.runs() == [outcome.run]
    assert outcome.run.status is Status.STOPPED


def test_a_run_is_moved_while_it_concludes(store, elsewhere, while_concluding):
    moves = []
    with Execution(request(store)) as execution:
        while_concluding(lambda: execution.move_to(elsewhere))
        train(execution)
        outcome = execution.conclude(moves.append)
    assert [move.run.id for move in moves] == [outcome.run.id]
    assert elsewhere.runs() == [outcome.run]
    assert outcome.run.model().scores == outcome.model.scores
