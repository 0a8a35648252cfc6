"""The state of a run: everything that it needs to continue."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from core.data.augment import Deformation
from core.data.dataset import DataLoader
from core.digits import N_CLASSES, N_PIXELS
from core.errors import TrainingError
from core.messages import tr
from core.nn.network import Network, Snapshot, mlp
from core.nn.optimizers import Optimizer
from core.recognition.metrics import Evaluation
from core.training.config import TrainConfig
from core.training.splits import Splits

_EXPLODED = 10.0  # times the first batch's loss
_MEMORY = 0.02  # weight of a batch in the mean loss: a single bad batch is not an explosion


@dataclass(frozen=True)
class Best:
    """The best weights so far, by validation accuracy, and their step (0: the initial weights)."""

    snapshot: Snapshot
    step: int = 0
    validation_accuracy: float = -1.0
    validation_loss: float = math.inf


@dataclass(eq=False)
class TrainingState:
    """All that a run needs to continue: network, optimizer, order of the data, generators, best weights so far.

    Between two steps of ``fit`` the caller may set ``rate_factor``, which multiplies the schedule's learning rate.
    ``first_loss`` and ``mean_loss`` serve to detect an exploding loss.
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
        """Return the state before the first step. Weights, order and dropout have generators of their own."""
        if not len(data.train):
            raise TrainingError(tr("there are no digits to learn from"))
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
        """Return a copy of the network's parameters and statistics."""
        return self.network.snapshot()

    def watch(self, loss: float) -> bool:
        """Record a batch's loss; return False if it is not finite or the recent mean has exploded."""
        if not self.step:
            self.first_loss = self.mean_loss = loss
        self.mean_loss += _MEMORY * (loss - self.mean_loss)
        chance = math.log(N_CLASSES)
        return math.isfinite(loss) and self.mean_loss <= _EXPLODED * max(self.first_loss, chance)

    def keep_if_best(self, evaluation: Evaluation) -> None:
        """Keep the weights if their validation accuracy is the highest so far, or equal with a smaller loss.

        Without a validation part the last weights are the best.
        """
        if not is_sound(self.network, evaluation):
            return
        found = (evaluation.accuracy, -evaluation.loss)
        if not evaluation.n:
            self.best = Best(self.snapshot(), self.step)
        elif found > (self.best.validation_accuracy, -self.best.validation_loss):
            self.best = Best(self.snapshot(), self.step, evaluation.accuracy, evaluation.loss)


def is_sound(network: Network, evaluation: Evaluation) -> bool:
    """Return whether the loss, the parameters and the statistics are finite."""
    vectors = (network.parameters, network.statistics)
    return math.isfinite(evaluation.loss) and all(bool(np.isfinite(vector).all()) for vector in vectors)


def _deformation(config: TrainConfig) -> Callable[[float], Deformation] | None:
    """Return the deformation as a function of the epochs done; None if there is none."""
    if not config.deformation:
        return None
    return lambda epochs: Deformation().times(config.deformation_at(epochs / config.epochs))
