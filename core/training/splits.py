"""The parts of a run's data: training, validation, test."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.data.source_loaders import Source
from core.digits import N_CLASSES
from core.errors import TrainingError
from core.messages import tr
from core.training.config import TrainConfig

MAX_SAMPLE = 5000
"""Training digits per evaluation: an accuracy to 0.1 percentage points, for 3 % of an epoch's time."""


@dataclass(frozen=True)
class Splits:
    """The three parts of the data: to train on, to choose the best weights by, and to evaluate once, at the end."""

    train: Dataset
    validation: Dataset
    test: Dataset

    @classmethod
    def of(cls, source: Source, config: TrainConfig) -> Self:
        """Split a source's training part into training and validation, by the configuration's seed.

        Raises
        ------
        TrainingError
            There are no digits in the training part: a network trained on non-digits alone has no score.
        """
        # A separate random stream: the split stays the same whatever else draws from the seed.
        rng = np.random.default_rng([config.seed, 1])
        train, validation = source.train.split(config.validation_share, rng)
        if not (train.labels < N_CLASSES).any():
            if not len(train) and len(source.evaluation):
                raise TrainingError(
                    tr("there are no digits to learn from: {name} holds only test digits", name=source.name)
                )
            if not len(train):
                raise TrainingError(tr("there are no digits to learn from"))
            message = tr(
                "there are no digits to learn from, only non-digits: add a source of digits, as in mnist+nondigits"
            )
            raise TrainingError(message)
        return cls(train, validation, source.test)

    @cached_property
    def sample(self) -> NDArray[np.intp]:
        """The rows of a fixed sample of the digits in ``train``.

        They are at most ``MAX_SAMPLE``, and at most as many as ``validation`` has.
        Overfitting is what the scores of this sample and of ``validation`` differ by.
        """
        digits = np.flatnonzero(self.train.labels < N_CLASSES)
        order = np.random.default_rng(0).permutation(len(digits))
        return digits[np.sort(order[: min(len(self.validation), MAX_SAMPLE)])]

    @cached_property
    def digest(self) -> str:
        """A checksum of training and validation part: a resumed run compares it with its own."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.train, self.validation):
            for values in (part.images, part.labels, part.times):
                digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()
