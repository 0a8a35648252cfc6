"""The training loop: the records of a run, how it stops and resumes, and how it ends when it diverges."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.data.source_loaders import Source
from core.errors import DivergenceError, TrainingError
from core.nn.losses import SoftmaxCrossEntropy, class_weights
from core.recognition import metrics
from core.recognition.metrics import evaluate
from core.threads import limited
from core.training import loop
from core.training.config import TrainConfig
from core.training.loop import Progress, fit
from core.training.splits import Splits
from core.training.training_state import Best, TrainingState

SMALL = TrainConfig(hidden=(16,), batch_size=10, epochs=3, learning_rate=0.1, validation_share=0.1)


def digits(n, seed=0):
    """Return n images of ten patterns under noise: as easy as digits can be."""
    patterns = np.random.default_rng(99).integers(0, 200, (10, 784))
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=n)
    noise = rng.integers(0, 56, (n, 784))
    return Dataset.of((patterns[labels] + noise).astype(np.uint8), labels)


def splits(n=53, n_validation=20, n_test=20):
    return Splits(digits(n), digits(n_validation, 1), digits(n_test, 2))


def run(config=SMALL, data=None):
    data = data or splits()
    state = TrainingState.start(data, config)
    return state, list(fit(state, data, config))


def weights(state):
    return state.network.parameters.tobytes() + state.network.statistics.tobytes()


# A run


def test_a_run_yields_one_record_a_batch():
    state, records = run()
    assert all(isinstance(record, Progress) for record in records)
    assert [record.step for record in records] == list(range(1, 19))
    assert {record.n_steps for record in records} == {18}
    assert [record.epoch for record in records] == [1] * 6 + [2] * 6 + [3] * 6
    assert [record.samples for record in records] == [
        53 * epoch + min(10 * i, 53) for epoch in range(3) for i in range(1, 7)
    ]
    assert (state.step, state.epoch, state.samples) == (18, 3, 159)


def test_a_record_cannot_be_changed():
    _, records = run()
    with pytest.raises(dataclasses.FrozenInstanceError):
        records[0].loss = 0.0


def test_the_rate_follows_the_schedule():
    config = dataclasses.replace(SMALL, schedule="one_cycle")
    _, records = run(config)
    rate = config.learning_rates(18)
    assert [record.learning_rate for record in records] == [rate(step) for step in range(18)]


def test_the_schedule_may_span_fewer_steps_than_the_epochs():
    config = dataclasses.replace(SMALL, schedule="cosine")
    data = splits()
    state = TrainingState.start(data, config)
    records = fit(state, data, config, schedule_steps=4)
    rates = [next(records).learning_rate for _ in range(4)]
    assert rates == [config.learning_rates(4)(step) for step in range(4)]


@pytest.mark.parametrize(
    ("k", "evaluated"), [(1, [6]), (2, [3, 6]), (3, [2, 4, 6]), (4, [2, 3, 5, 6]), (100, [1, 2, 3, 4, 5, 6])]
)
def test_evaluations_are_evenly_spaced_and_at_each_epochs_end(k, evaluated):
    _, records = run(dataclasses.replace(SMALL, evaluations_per_epoch=k))
    steps = [record.step for record in records if record.validation_accuracy is not None]
    assert steps == [6 * epoch + step for epoch in range(3) for step in evaluated]
    for record in records:
        assert (record.validation_loss is None) == (record.validation_accuracy is None)


def test_a_records_evaluation_is_of_the_weights_after_its_step():
    data = splits()
    state = TrainingState.start(data, SMALL)
    for record in fit(state, data, SMALL):
        if record.validation_loss is not None:
            found = evaluate(state.network, data.validation, SMALL.input_scale)
            assert (record.validation_loss, record.validation_accuracy) == (found.loss, found.accuracy)


def test_loss_and_accuracy_of_the_first_batch_are_those_of_the_initial_weights():
    data = Splits(digits(30), digits(0), digits(0))
    config = dataclasses.replace(SMALL, batch_size=30)
    state = TrainingState.start(data, config)
    before = evaluate(state.network, data.train, config.input_scale)
    first = next(fit(state, data, config))
    assert first.loss == pytest.approx(before.loss, rel=1e-5)
    assert first.accuracy == pytest.approx(before.accuracy)


def test_class_weights_smoothing_and_l2_are_in_the_loss():
    config = dataclasses.replace(SMALL, batch_size=53, class_weights=True, label_smoothing=0.1, weight_decay=0.3)
    data = splits()
    state = TrainingState.start(data, config)
    network, n = state.network, state.network.n_weights
    logits = network.logits(data.train.images * np.float32(config.input_scale))
    loss = SoftmaxCrossEntropy(class_weights(data.train.labels, 10), 0.1).forward(logits, data.train.labels)
    penalty = 0.15 * float((network.parameters[:n].astype(np.float64) ** 2).sum())
    assert next(fit(state, data, config)).loss == pytest.approx(loss + penalty, rel=1e-5)


@pytest.mark.parametrize(
    "name", ["class_weights", "label_smoothing", "weight_decay", "momentum", "dropout", "deformation"]
)
def test_each_setting_changes_the_run(name):
    value = {"class_weights": True}.get(name, 0.4)
    assert weights(run(dataclasses.replace(SMALL, **{name: value}))[0]) != weights(run()[0])


def test_deformations_fall_towards_the_end():
    config = dataclasses.replace(SMALL, deformation=1.0)
    falling = dataclasses.replace(config, deformation_end=0.0)
    (_, constant), (_, falls) = run(config), run(falling)
    # In the first half of the 18 batches, and at its end, both have the full deformation.
    assert [record.loss for record in falls[:9]] == [record.loss for record in constant[:9]]
    assert all(one.loss != other.loss for one, other in zip(falls[10:], constant[10:], strict=True))


def test_input_scale_reaches_the_network():
    data = Splits(digits(10), digits(0), digits(0))
    doubled = Splits(Dataset.of(data.train.images // 2 * 2, data.train.labels), data.validation, data.test)
    halved = Splits(Dataset.of(data.train.images // 2, data.train.labels), data.validation, data.test)
    config = dataclasses.replace(SMALL, input_scale=1 / 256)
    twice = dataclasses.replace(SMALL, input_scale=2 / 256)
    assert weights(run(config, doubled)[0]) == weights(run(twice, halved)[0])


@pytest.mark.parametrize("changes", [{}, {"batch_norm": True, "dropout": 0.2, "optimizer": "adamw"}])
def test_a_run_overfits_fifty_digits(changes):
    config = dataclasses.replace(SMALL, epochs=30, hidden=(32,), **changes | {"learning_rate": 0.02})
    data = splits(50)
    state, _ = run(config, data)
    assert evaluate(state.network, data.train, config.input_scale).accuracy == 1


def test_the_last_batch_may_be_a_single_digit():
    data = splits(21)
    _, records = run(dataclasses.replace(SMALL, batch_norm=True, dropout=0.3), data)
    assert [record.samples for record in records[:3]] == [10, 20, 21]
    assert all(math.isfinite(record.loss) for record in records)


def test_a_batch_larger_than_the_data():
    _, records = run(dataclasses.replace(SMALL, batch_size=10_000))
    assert [record.samples for record in records] == [53, 106, 159]


def test_no_digits_to_learn_from():
    with pytest.raises(TrainingError, match="no digits to learn from"):
        TrainingState.start(splits(0), SMALL)


# The same seed gives the same weights

CHANGES = [
    {},
    {"batch_norm": True, "dropout": 0.3, "momentum": 0.9, "nesterov": True, "schedule": "one_cycle"},
    {"optimizer": "adamw", "weight_decay": 0.1, "dropout": 0.2, "evaluations_per_epoch": 2},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_the_same_seed_gives_bit_identical_weights(changes):
    config = dataclasses.replace(SMALL, **changes)
    data = splits(203)
    with limited(1):
        (first, first_records), (second, second_records) = run(config, data), run(config, data)
    assert weights(first) == weights(second)
    assert first_records == second_records
    assert first.best.snapshot.parameters.tobytes() == second.best.snapshot.parameters.tobytes()


def test_another_seed_gives_other_weights_order_and_split():
    other = dataclasses.replace(SMALL, seed=1)
    data = splits()
    first, second = TrainingState.start(data, SMALL), TrainingState.start(data, other)
    assert (first.network.parameters != second.network.parameters).any()
    next(iter(first.loader)), next(iter(second.loader))
    assert (first.loader.permutation != second.loader.permutation).any()
    assert weights(run(SMALL)[0]) != weights(run(other)[0])


def test_the_seed_reaches_the_dropout():
    data = splits()
    config = dataclasses.replace(SMALL, dropout=0.5)
    states = [TrainingState.start(data, dataclasses.replace(config, seed=seed)) for seed in (0, 1)]
    assert states[0].rng.random() != states[1].rng.random()


@pytest.mark.parametrize("stop", [1, 5, 6, 7, 12, 17, 18])
@pytest.mark.parametrize("changes", CHANGES)
def test_a_run_that_is_stopped_and_resumed_ends_as_if_it_had_not_been(stop, changes):
    """It stops in the middle of an epoch, at its last batch, after the first of the next, and at the very end."""
    config = dataclasses.replace(SMALL, **changes)
    data = splits()
    whole, expected = run(config, data)
    state = TrainingState.start(data, config)
    progress = fit(state, data, config)
    records = list(itertools.islice(progress, stop))
    progress.close()
    records += fit(state, data, config)
    assert records == expected
    assert weights(state) == weights(whole)
    assert (state.step, state.epoch, state.samples) == (whole.step, whole.epoch, whole.samples)
    assert state.best.step == whole.best.step
    assert state.best.snapshot.parameters.tobytes() == whole.best.snapshot.parameters.tobytes()


def test_a_finished_run_has_nothing_more_to_do():
    data = splits()
    state, _ = run(SMALL, data)
    before = weights(state)
    assert list(fit(state, data, SMALL)) == []
    assert weights(state) == before


def test_more_epochs_continue_a_finished_run():
    data = splits()
    state, records = run(SMALL, data)
    more = list(fit(state, data, dataclasses.replace(SMALL, epochs=4)))
    assert [record.step for record in more] == list(range(19, 25))
    assert {record.epoch for record in more} == {4}
    assert records[-1].n_steps == 18
    assert more[0].n_steps == 24


# The best weights


def scripted(monkeypatch, scores):
    """Let evaluations find these accuracies and losses on validation, and constant ones on the training sample."""
    found = iter([pair for score in scores for pair in (score, (1.0, 0.0))])

    def evaluation(network, data, input_scale, rows=None):
        accuracy, loss = next(found)
        return metrics.Evaluation(100, round(accuracy * 100), loss, np.zeros((10, 10), np.int64))

    monkeypatch.setattr(loop, "evaluate", evaluation)


def test_the_best_weights_by_validation_are_kept(monkeypatch):
    scripted(monkeypatch, [(0.5, 1.0), (0.9, 0.5), (0.7, 0.2)])
    data = splits()
    state = TrainingState.start(data, SMALL)
    snapshots = {record.step: state.snapshot() for record in fit(state, data, SMALL)}
    assert state.best.step == 12
    assert (state.best.validation_accuracy, state.best.validation_loss) == (0.9, 0.5)
    np.testing.assert_array_equal(state.best.snapshot.parameters, snapshots[12].parameters)
    assert (state.network.parameters != snapshots[12].parameters).any()


def test_at_equal_accuracy_the_smaller_loss_is_better(monkeypatch):
    scripted(monkeypatch, [(0.9, 0.5), (0.9, 0.4), (0.9, 0.45)])
    assert run()[0].best.step == 12


def test_of_two_equal_evaluations_the_first_is_kept(monkeypatch):
    scripted(monkeypatch, [(0.9, 0.5)] * 3)
    assert run()[0].best.step == 6


def test_the_best_weights_include_the_running_statistics():
    state, _ = run(dataclasses.replace(SMALL, batch_norm=True))
    assert state.best.snapshot.statistics.shape == (32,)
    assert (state.best.snapshot.statistics[16:] != 1).all()


def test_without_validation_the_newest_weights_are_the_best():
    data = splits(n_validation=0)
    state, records = run(SMALL, data)
    assert all(record.validation_loss is None for record in records)
    assert state.best.step == 18
    assert not np.isfinite(state.best.validation_loss)  # there is no figure
    np.testing.assert_array_equal(state.best.snapshot.parameters, state.network.parameters)


def test_before_the_first_evaluation_the_initial_weights_are_the_best():
    data = splits()
    state = TrainingState.start(data, SMALL)
    initial = state.snapshot()
    next(fit(state, data, SMALL))
    assert state.best.step == 0
    np.testing.assert_array_equal(state.best.snapshot.parameters, initial.parameters)


def test_a_snapshot_is_a_copy():
    data = splits()
    state = TrainingState.start(data, SMALL)
    snapshot = state.snapshot()
    before = snapshot.parameters.copy()
    list(fit(state, data, SMALL))
    np.testing.assert_array_equal(snapshot.parameters, before)


# Divergence


def test_the_error_of_a_diverged_run_names_the_step_and_what_to_change():
    config = dataclasses.replace(SMALL, learning_rate=1000.0, input_scale=1.0, hidden=(16,) * 6)
    with pytest.raises(DivergenceError, match=r"the loss was ten times its initial value at step \d+") as caught:
        run(config)
    assert caught.value.remedies == {
        "learning_rate": (1000.0, 100.0),
        "input_scale": (1.0, 1 / 255),
        "batch_norm": (False, True),
    }
    assert "Try" not in caught.value.fact
    assert "learning_rate (it was 1000)" in str(caught.value)
    assert "input_scale 1/255, not 1" in str(caught.value)
    assert "batch_norm" in str(caught.value)
    assert "kept" not in str(caught.value)


@pytest.mark.parametrize(
    ("losses", "sound"),
    [
        ([2.3] * 50, True),
        ([0.3, 200.0, *[0.3] * 50], True),  # one bad batch is not an explosion
        ([0.3] * 50 + [100.0] * 50, False),
        ([400.0] + [3000.0] * 200, True),  # unscaled pixels start with such losses
        ([400.0] + [9000.0] * 200, False),
        ([0.3, math.nan], False),
        ([0.3, math.inf, 0.3], False),
    ],
)
def test_an_exploding_loss_is_detected(losses, sound):
    state = TrainingState.start(splits(), SMALL)
    seen = []
    for loss in losses:
        seen.append(state.watch(loss))
        state.step += 1
    assert all(seen) is sound


def test_a_small_input_scale_is_not_blamed():
    with pytest.raises(TrainingError) as caught:
        run(dataclasses.replace(SMALL, learning_rate=1000.0, hidden=(16,) * 6))
    assert "input_scale" not in str(caught.value)


def test_after_divergence_the_best_weights_are_restored():
    data = splits()
    state = TrainingState.start(data, SMALL)
    progress = fit(state, data, SMALL)
    for _ in range(8):
        next(progress)
    best = state.best
    assert best.step == 6
    state.network.parameters[0] = np.nan
    with pytest.raises(TrainingError, match=r"loss was no longer finite at step 9: .* of step 6, are kept\. Try"):
        next(progress)
    assert state.best is best
    np.testing.assert_array_equal(state.network.parameters, best.snapshot.parameters)
    np.testing.assert_array_equal(state.network.statistics, best.snapshot.statistics)


@pytest.mark.parametrize("n_validation", [0, 20])
@pytest.mark.parametrize("step", [6, 18])
def test_weights_that_overflow_in_the_step_before_an_evaluation_are_not_the_best(monkeypatch, step, n_validation):
    """The loss is computed before the step: after the last step only the evaluation can detect this."""
    data = splits(n_validation=n_validation)
    state = TrainingState.start(data, SMALL)
    sound = state.optimizer.step

    def overflowing(grad, learning_rate):
        sound(grad, learning_rate)
        if state.step == step - 1:
            state.network.parameters[:] = np.inf

    monkeypatch.setattr(state.optimizer, "step", overflowing)
    with pytest.raises(TrainingError, match=f"weights or validation loss were no longer finite at step {step}:"):
        list(fit(state, data, SMALL))
    assert state.best.step == step - 6
    assert np.isfinite(state.best.snapshot.parameters).all()
    np.testing.assert_array_equal(state.network.parameters, state.best.snapshot.parameters)


def test_weights_that_are_not_finite_are_never_kept():
    data = splits()
    state = TrainingState.start(data, SMALL)
    state.network.parameters[3] = np.nan
    state.keep_if_best(metrics.Evaluation(0, 0, 0.0, np.zeros((10, 10), np.int64)))
    assert isinstance(state.best, Best)
    assert np.isfinite(state.best.snapshot.parameters).all()


# The other quantities of a record


def test_the_training_sample_is_evaluated_like_validation():
    data = splits()
    state = TrainingState.start(data, dataclasses.replace(SMALL, dropout=0.5, batch_norm=True))
    for record in fit(state, data, dataclasses.replace(SMALL, dropout=0.5, batch_norm=True)):
        if record.validation_loss is not None:
            measured = evaluate(state.network, data.train, SMALL.input_scale, data.sample)
            assert (record.training_loss, record.training_accuracy) == (measured.loss, measured.accuracy)
        else:
            assert record.training_loss is record.training_accuracy is record.inspection is None


def test_an_evaluation_inspects_the_network():
    data = splits()
    state = TrainingState.start(data, SMALL)
    grads = []
    backward = state.network.backward

    def noted(grad):
        backward(grad)
        grads.append([np.linalg.norm(layer.weight.grad) for layer in state.network.layers if hasattr(layer, "weight")])

    state.network.backward = noted
    for record in fit(state, data, SMALL):
        if record.inspection is not None:
            weights = [np.linalg.norm(layer.weight.value) for layer in state.network.layers if hasattr(layer, "weight")]
            np.testing.assert_allclose(record.inspection.weight_norms, weights, rtol=1e-5)
            np.testing.assert_allclose(record.inspection.grad_norms, grads[-1], rtol=1e-5)
            assert np.trace(record.inspection.confusion) == round(record.validation_accuracy * len(data.validation))
            assert all(0 <= share <= 1 for share in record.inspection.dead)
            hash(record.inspection)
    assert len(grads) == 18


def test_the_rate_can_be_changed_between_two_batches():
    data = splits()
    state = TrainingState.start(data, SMALL)
    rates = []
    for record in fit(state, data, SMALL):
        rates.append(record.learning_rate)
        state.rate_factor = 0.25 if record.step >= 7 else 1.0
    assert rates == [SMALL.learning_rate] * 7 + [SMALL.learning_rate / 4] * 11


# Evaluation


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_an_evaluation_agrees_with_a_direct_computation(block):
    state, _ = run(dataclasses.replace(SMALL, epochs=1, dropout=0.5, batch_norm=True))
    data = digits(45, seed=5)
    found = evaluate(state.network, data, 1 / 255, block=block)
    p = state.network.predict(data.images * np.float32(1 / 255)).astype(np.float64)
    predicted = p.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    for label, digit in zip(data.labels, predicted, strict=True):
        confusion[label, digit] += 1
    assert (found.n, found.correct) == (45, int((predicted == data.labels).sum()))
    assert found.accuracy == pytest.approx(found.correct / 45)
    assert found.loss == pytest.approx(-np.log(p[np.arange(45), data.labels]).mean(), rel=1e-4)
    np.testing.assert_array_equal(found.confusion, confusion)
    assert found.n > found.correct > 0, "this test cannot tell rows from columns"
    assert (confusion != confusion.T).any()


@pytest.mark.parametrize("block", [1, 4, 500])
def test_an_evaluation_of_some_rows_equals_that_of_these_digits(block):
    state, _ = run(dataclasses.replace(SMALL, epochs=1))
    data, rows = digits(45, seed=5), np.array([3, 4, 10, 44])
    found = evaluate(state.network, data, 1 / 255, rows, block)
    expected = evaluate(state.network, data[rows], 1 / 255)
    assert (found.n, found.correct) == (4, expected.correct)
    assert found.loss == pytest.approx(expected.loss, rel=1e-6)
    np.testing.assert_array_equal(found.confusion, expected.confusion)


def test_an_evaluation_of_an_empty_dataset():
    state, _ = run(dataclasses.replace(SMALL, epochs=1))
    found = evaluate(state.network, digits(0), 1 / 255)
    assert (found.n, found.correct, found.loss, found.accuracy) == (0, 0, 0.0, 0.0)
    assert found.confusion.shape == (10, 10)


def test_an_evaluation_changes_nothing():
    data = splits()
    state, _ = run(dataclasses.replace(SMALL, batch_norm=True, dropout=0.3), data)
    before, drawn = weights(state), state.rng.bit_generator.state
    evaluate(state.network, data.test, 1 / 255)
    assert weights(state) == before
    assert state.rng.bit_generator.state == drawn


# Splits


def numbered(n):
    """Return digits with their number in the first two pixels."""
    images = np.zeros((n, 784), np.uint8)
    images[:, 0], images[:, 1] = np.arange(n) // 256, np.arange(n) % 256
    return Dataset.of(images, np.arange(n) % 10)


def numbers(data):
    return data.images[:, 0].astype(int) * 256 + data.images[:, 1]


def test_validation_is_split_off_training_and_disjoint_from_it():
    source = Source("x", numbered(600), digits(5), digits(5), numbered(600))
    parts = Splits.of(source, SMALL)
    assert (len(parts.train), len(parts.validation)) == (540, 60)
    assert sorted([*numbers(parts.train), *numbers(parts.validation)]) == list(range(600))
    assert parts.test is source.test
    np.testing.assert_array_equal(numbers(parts.validation) % 10, parts.validation.labels)


def test_the_seed_decides_the_split_and_nothing_else_does():
    source = Source("x", numbered(600), digits(5), digits(5), numbered(600))
    first = numbers(Splits.of(source, SMALL).validation)
    same = dataclasses.replace(SMALL, hidden=(7,), epochs=9, dropout=0.5, learning_rate=1.0)
    np.testing.assert_array_equal(numbers(Splits.of(source, same).validation), first)
    other = numbers(Splits.of(source, dataclasses.replace(SMALL, seed=1)).validation)
    assert set(other) != set(first)


def test_no_validation():
    source = Source("x", numbered(60), digits(5), digits(5), numbered(60))
    parts = Splits.of(source, dataclasses.replace(SMALL, validation_share=0))
    assert (len(parts.train), len(parts.validation)) == (60, 0)


@pytest.mark.real_data
def test_quick_reaches_95_percent_on_mnist_in_one_epoch(real_data):
    from core.data import mnist
    from core.training import recipes

    config = dataclasses.replace(recipes.named("quick").config, epochs=1, validation_share=0.1)
    train, test = mnist.load(real_data / "mnist")
    data = Splits.of(Source("mnist", train, test, test, train), config)
    assert (len(data.train), len(data.validation), len(data.test)) == (54_000, 6_000, 10_000)
    with limited(1):
        state, records = run(config, data)
    assert records[-1].validation_accuracy > 0.95
    assert evaluate(state.network, data.test, config.input_scale).accuracy > 0.95
