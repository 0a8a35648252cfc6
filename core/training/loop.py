"""The training loop: ``fit``, a generator that advances a state by a configuration.

The loop has three levels: ``fit`` iterates over epochs, ``_epoch`` over batches, ``_step`` trains on one batch. Between
two yields the caller may pause, stop, take a snapshot or save; nothing here prints, sleeps or uses threads.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DivergenceError
from core.messages import tr
from core.nn.layers import Array
from core.nn.losses import SoftmaxCrossEntropy, class_weights
from core.nn.schedules import Schedule
from core.recognition.metrics import Evaluation, evaluate
from core.training import diagnosis, inspection
from core.training.config import TrainConfig
from core.training.inspection import Inspection
from core.training.splits import Splits
from core.training.training_state import TrainingState, is_sound

_N_INSPECTED = 500  # digits that decide which units are dead


@dataclass(frozen=True, slots=True)
class Progress:
    """The record of one batch, and of the evaluation after it if there was one.

    Attributes
    ----------
    step, n_steps : int
        Batches done, and batches in the whole run.
    epoch : int
        The epoch of the batch, from 1.
    samples : int
        Digits trained on so far.
    loss, accuracy : float
        Of the batch, in training mode, before its step; the loss includes the L2 penalty.
    learning_rate : float
        The learning rate of the step.
    validation_loss, validation_accuracy : float or None
        Of the validation part, in inference mode, after the step.
    training_loss, training_accuracy : float or None
        Of a fixed sample of the training part, in the same mode, with the same weights.
    inspection : Inspection or None
        The state of the network.
    """

    step: int
    n_steps: int
    epoch: int
    samples: int
    loss: float
    accuracy: float
    learning_rate: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    training_loss: float | None = None
    training_accuracy: float | None = None
    inspection: Inspection | None = None


def fit(
    state: TrainingState, data: Splits, config: TrainConfig, *, schedule_steps: int | None = None
) -> Iterator[Progress]:
    """Train until the configured number of epochs is done; yield a record after each batch.

    Parameters
    ----------
    schedule_steps
        The length of the learning rate's schedule, if it is not the whole run: for a run that is left in mid-epoch.

    Raises
    ------
    DivergenceError
        The loss is no longer finite or has exploded. The network then has its best weights again.
    """
    labels = data.train.labels.repeat(data.train.times)
    weights = class_weights(labels, data.train.n_labels) if config.class_weights else None
    loss = SoftmaxCrossEntropy(weights, config.label_smoothing)
    learning_rate = config.learning_rates(schedule_steps or len(state.loader) * config.epochs)
    while state.epoch < config.epochs:
        yield from _epoch(state, data, config, loss, learning_rate)


def _epoch(
    state: TrainingState, data: Splits, config: TrainConfig, loss: SoftmaxCrossEntropy, learning_rate: Schedule
) -> Iterator[Progress]:
    """Train on the data once (or on the rest of an epoch), with evaluations at even distances."""
    per_epoch, k = len(state.loader), config.evaluations_per_epoch
    for images, labels in state.loader:
        done = -(-state.loader.position // config.batch_size)
        is_due = done * k // per_epoch > (done - 1) * k // per_epoch
        rate = learning_rate(state.step) * state.rate_factor
        progress = _step(state, images, labels, loss, config, rate, inspects=is_due)
        if is_due:
            progress = _evaluated(progress, state, data, config)
        if done == per_epoch:  # before the yield: a run that is left here resumes with the next epoch
            state.epoch += 1
        yield progress


def _evaluated(progress: Progress, state: TrainingState, data: Splits, config: TrainConfig) -> Progress:
    """Evaluate the network after its step, keep its weights if they are the best, and return the complete record."""
    evaluation = evaluate(state.network, data.validation, config.input_scale)
    if not is_sound(state.network, evaluation):
        symptom = tr("weights or validation loss were no longer finite at step {step:,}", step=state.step)
        raise _diverged(state, config, symptom)
    state.keep_if_best(evaluation)
    if not evaluation.n:
        return progress
    sample = evaluate(state.network, data.train, config.input_scale, data.sample)
    return dataclasses.replace(
        progress,
        validation_loss=evaluation.loss,
        validation_accuracy=evaluation.accuracy,
        training_loss=sample.loss,
        training_accuracy=sample.accuracy,
        inspection=_inspection(state, data, config, evaluation),
    )


def _inspection(state: TrainingState, data: Splits, config: TrainConfig, evaluation: Evaluation) -> Inspection:
    images = data.validation.digits.images[:_N_INSPECTED] * np.float32(config.input_scale)
    with np.errstate(all="ignore"):
        return Inspection(
            confusion=tuple(map(tuple, evaluation.confusion.tolist())),
            weight_norms=inspection.weight_norms(state.network),
            grad_norms=state.grad_norms,
            dead=inspection.dead_shares(state.network, images),
        )


def _step(
    state: TrainingState,
    images: Array,
    labels: NDArray[np.int64],
    loss: SoftmaxCrossEntropy,
    config: TrainConfig,
    learning_rate: float,
    *,
    inspects: bool,
) -> Progress:
    """Train on one batch: forward, loss, backward, update."""
    # Overflow needs no warning: it makes the loss infinite or NaN, and that ends the run below.
    with np.errstate(all="ignore"):
        logits = state.network.forward(images, state.rng)
        value = loss.forward(logits, labels) + state.optimizer.penalty()
        if not state.watch(value):
            raise _diverged(state, config, _explosion(state, state.step + 1))
        accuracy = float(np.count_nonzero(logits.argmax(axis=1) == labels)) / len(labels)
        state.network.backward(loss.backward())
        if inspects:
            state.grad_norms = inspection.grad_norms(state.network)
        state.optimizer.step(state.network.grads, learning_rate)
    state.step += 1
    state.samples += len(labels)
    n_steps = len(state.loader) * config.epochs
    return Progress(state.step, n_steps, state.epoch + 1, state.samples, value, accuracy, learning_rate)


def _explosion(state: TrainingState, step: int) -> str:
    """Return what has happened to the loss at a step."""
    if math.isfinite(state.mean_loss):
        return tr("the loss was ten times its initial value at step {step:,}", step=step)
    return tr("the loss was no longer finite at step {step:,}", step=step)


def _diverged(state: TrainingState, config: TrainConfig, symptom: str) -> DivergenceError:
    """Restore the best weights, and return the error that says what to change."""
    best = state.best
    state.network.restore(best.snapshot)
    fact = (
        tr(
            "{symptom}: the run diverged. The best weights so far, of step {step:,}, are kept.",
            symptom=symptom,
            step=best.step,
        )
        if best.step
        else tr("{symptom}: the run diverged. It has no weights worth keeping.", symptom=symptom)
    )
    helpful = diagnosis.of_divergence(config, state.rate_factor)
    return DivergenceError(fact, diagnosis.advice(helpful), helpful)
