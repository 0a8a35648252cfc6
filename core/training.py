"""Training: a state, and ``fit``, a generator that advances it by a configuration.

The loop has three storeys: ``fit`` goes through epochs, ``_epoch`` through batches, ``_step`` does one. Between two
yields anyone may pause, stop, take a snapshot or save; nothing here prints, sleeps, or knows of threads.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core import inspection
from core.config import TrainConfig
from core.data.augment import Deformation
from core.data.dataset import N_CLASSES, DataLoader, Dataset
from core.data.splits import Splits
from core.errors import DivergenceError, TrainingError
from core.geometry import N_PIXELS
from core.inspection import Inspection
from core.nn.layers import Array
from core.nn.losses import SoftmaxCrossEntropy, class_weights, log_softmax
from core.nn.network import Network, Snapshot, mlp
from core.nn.optimizers import Optimizer
from core.nn.schedules import Schedule

_INSPECTED = 500  # digits that tell which units are dead
_EXPLODED = 10.0  # times the first batch's loss
_MEMORY = 0.02  # of the mean loss: a single bad batch is no explosion


@dataclass(frozen=True, slots=True)
class Progress:
    """What one batch brought, and, where an evaluation was made, what that found.

    Attributes
    ----------
    step, n_steps : int
        Batches done, and in all.
    epoch : int
        The epoch that the batch belongs to, from 1.
    samples : int
        Digits learned from so far.
    loss, accuracy : float
        Of the batch, in training mode, before its step; the loss includes L2's share.
    learning_rate : float
        The rate of the step.
    validation_loss, validation_accuracy : float or None
        Of the validation part, in inference mode, after the step.
    training_loss, training_accuracy : float or None
        Of a fixed sample of the training part, in the same way, by the same weights.
    inspection : Inspection or None
        What the network was like.
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


@dataclass(frozen=True)
class Evaluation:
    """A network's answers to a dataset: counts, mean loss (cross-entropy), confusion[label, answer] (10, 10)."""

    n: int
    correct: int
    loss: float
    confusion: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share of right answers; 0 of an empty dataset."""
        return self.correct / self.n if self.n else 0.0


@dataclass(frozen=True)
class Best:
    """The best weights so far, by validation accuracy, and when they were found (step 0: the initial ones)."""

    snapshot: Snapshot
    step: int = 0
    validation_accuracy: float = -1.0
    validation_loss: float = math.inf


@dataclass(eq=False)
class TrainingState:
    """All that a run needs to go on: network, optimizer, order of the data, generators, best weights so far.

    Between two steps of ``fit`` anyone may set ``rate_factor``, with which the schedule's rate is multiplied.
    ``first_loss`` and ``mean_loss`` are what a loss that explodes is told by.
    """

    network: Network
    optimizer: Optimizer
    loader: DataLoader
    rng: np.random.Generator
    best: Best
    step: int = 0
    epoch: int = 0
    samples: int = 0
    rate_factor: float = 1.0
    first_loss: float = math.nan
    mean_loss: float = math.nan
    grad_norms: tuple[float, ...] = ()

    @classmethod
    def start(cls, data: Splits, config: TrainConfig) -> Self:
        """Return the state before the first step. Each use of chance has a generator of its own, from the seed."""
        if not len(data.train):
            raise TrainingError("there are no digits to learn from")
        weights_rng, order_rng, rng = (np.random.default_rng(s) for s in np.random.SeedSequence(config.seed).spawn(3))
        sizes = (N_PIXELS, *config.hidden, data.train.n_labels)
        network = Network(mlp(sizes, batch_norm=config.batch_norm, dropout=config.dropout))
        network.initialize(config.initial_weights(), weights_rng)
        loader = DataLoader(
            data.train,
            config.batch_size,
            order_rng,
            config.input_scale,
            deformation=_deformation(config),
            seed=config.seed,
        )
        return cls(network, config.optimizer_for(network), loader, rng, Best(network.snapshot()))

    def snapshot(self) -> Snapshot:
        """Return a copy of what the network has learned so far."""
        return self.network.snapshot()

    def watch(self, loss: float) -> bool:
        """Take note of a batch's loss; return False where it is not finite, or the mean of late has exploded."""
        if not self.step:
            self.first_loss = self.mean_loss = loss
        self.mean_loss += _MEMORY * (loss - self.mean_loss)
        chance = math.log(N_CLASSES)
        return math.isfinite(loss) and self.mean_loss <= _EXPLODED * max(self.first_loss, chance)

    def keep_if_best(self, evaluation: Evaluation) -> None:
        """Remember the weights if they answer validation better than any before, or as well at a smaller loss.

        Where there is no validation part, the last ones are the best.
        """
        if not _is_sound(self.network, evaluation):
            return
        found = (evaluation.accuracy, -evaluation.loss)
        if not evaluation.n:
            self.best = Best(self.snapshot(), self.step)
        elif found > (self.best.validation_accuracy, -self.best.validation_loss):
            self.best = Best(self.snapshot(), self.step, evaluation.accuracy, evaluation.loss)


def _deformation(config: TrainConfig) -> Callable[[float], Deformation] | None:
    """Return how digits are deformed as a function of the epochs done; None where they are not."""
    if not config.deformation:
        return None
    return lambda epochs: Deformation().times(config.deformation_at(epochs / config.epochs))


def fit(
    state: TrainingState, data: Splits, config: TrainConfig, *, schedule_steps: int | None = None
) -> Iterator[Progress]:
    """Train until the configured number of epochs is done, yielding a record after each batch.

    Parameters
    ----------
    schedule_steps
        How many steps the learning rate's schedule spans, if not all: for a run that will be left in mid-epoch.

    Raises
    ------
    DivergenceError
        The loss is no longer a number, or ten times what it began with. The network is then back at its best weights.
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
    """Go through the data once (or through what is left of it), evaluating at even distances."""
    per_epoch, k = len(state.loader), config.evaluations_per_epoch
    for images, labels in state.loader:
        done = -(-state.loader.position // config.batch_size)
        is_due = done * k // per_epoch > (done - 1) * k // per_epoch
        rate = learning_rate(state.step) * state.rate_factor
        progress = _step(state, images, labels, loss, config, rate, inspects=is_due)
        if is_due:
            progress = _evaluated(progress, state, data, config)
        if done == per_epoch:  # before the yield: a run that is left here goes on with the next epoch
            state.epoch += 1
        yield progress


def _evaluated(progress: Progress, state: TrainingState, data: Splits, config: TrainConfig) -> Progress:
    """Evaluate the network after its step, keep its weights if they are the best, and complete the step's record."""
    evaluation = evaluate(state.network, data.validation, config.input_scale)
    if not _is_sound(state.network, evaluation):
        raise _diverged(state, config, state.step, progress.learning_rate)
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
    images = data.validation.digits.images[:_INSPECTED] * np.float32(config.input_scale)
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
    """Do one batch: forward, loss, backward, update."""
    # Overflow is not silenced but found: it makes the loss infinite or NaN, and that ends the run below.
    with np.errstate(all="ignore"):
        logits = state.network.forward(images, state.rng)
        value = loss.forward(logits, labels) + state.optimizer.penalty()
        if not state.watch(value):
            raise _diverged(state, config, state.step + 1, learning_rate)
        accuracy = float(np.count_nonzero(logits.argmax(axis=1) == labels)) / len(labels)
        state.network.backward(loss.backward())
        if inspects:
            state.grad_norms = inspection.grad_norms(state.network)
        state.optimizer.step(state.network.grads, learning_rate)
    state.step += 1
    state.samples += len(labels)
    n_steps = len(state.loader) * config.epochs
    return Progress(state.step, n_steps, state.epoch + 1, state.samples, value, accuracy, learning_rate)


def _is_sound(network: Network, evaluation: Evaluation) -> bool:
    vectors = (network.parameters, network.statistics)
    return math.isfinite(evaluation.loss) and all(bool(np.isfinite(vector).all()) for vector in vectors)


def _diverged(state: TrainingState, config: TrainConfig, step: int, learning_rate: float) -> DivergenceError:
    """Go back to the best weights, and return the error that says what to change."""
    state.network.restore(state.best.snapshot)
    remedies = {"a smaller learning_rate": {"learning_rate": config.learning_rate / 10}}
    advice = [f"a smaller learning_rate (it was {config.learning_rate * state.rate_factor:g})"]
    if config.input_scale > 0.1:
        remedies["pixels scaled to [0, 1]"] = {"input_scale": 1 / 255}
        advice.append(f"pixels scaled to [0, 1] (input_scale 1/255, not {config.input_scale:g})")
    if config.initializer == "normal":
        advice.append("he_normal weights")
    if not config.batch_norm:
        advice.append("batch_norm")
    kept = (
        f"The best weights so far, of step {state.best.step:,}, are kept."
        if state.best.step
        else "There is nothing to keep of it."
    )
    what = "was ten times what it began with" if math.isfinite(state.mean_loss) else "was no longer a number"
    return DivergenceError(
        f"the loss {what} at step {step:,}: the run diverged. Try {', or '.join(advice)}. {kept}", remedies
    )


def evaluate(
    network: Network,
    data: Dataset,
    input_scale: float,
    rows: NDArray[np.intp] | None = None,
    block: int = 500,
) -> Evaluation:
    """Return what a network answers to a dataset's digits, in inference mode, ``block`` images at a time.

    Only the ten digits count: rows of what is not a digit are left out, and so is the output for it. ``rows`` says
    which digits are asked about, if not all; they are never together in one copy.
    """
    if rows is None and data.n_labels > N_CLASSES:
        rows = np.flatnonzero(data.labels < N_CLASSES)
    n = len(data) if rows is None else len(rows)
    confusion = np.zeros((N_CLASSES, N_CLASSES), np.int64)
    total = 0.0
    buffer = np.empty((min(block, n), N_PIXELS), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, n, block):
            part = slice(start, start + block) if rows is None else rows[start : start + block]
            labels = data.labels[part]
            images = np.multiply(data.images[part], np.float32(input_scale), out=buffer[: len(labels)])
            log_p = log_softmax(network.logits(images)[:, :N_CLASSES])
            total -= float(log_p[np.arange(len(labels)), labels].sum(dtype=np.float64))
            answers = log_p.argmax(axis=1)
            confusion += np.bincount(labels * N_CLASSES + answers, minlength=N_CLASSES**2).reshape(confusion.shape)
    return Evaluation(n, int(np.trace(confusion)), total / n if n else 0.0, confusion)
