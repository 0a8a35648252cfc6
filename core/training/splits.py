"""The parts of the data that a run deals with."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.data.sources import Source
from core.digits import N_CLASSES
from core.errors import TrainingError
from core.training.config import TrainConfig

MAX_SAMPLE = 5000
"""Training digits that are measured at an evaluation: enough for 0.1 points of accuracy, and 3 % of an epoch's time."""


@dataclass(frozen=True)
class Splits:
    """The three parts of the data: to fit, to choose by, and to be looked at once, at the end."""

    train: Dataset
    validation: Dataset
    test: Dataset

    @classmethod
    def of(cls, source: Source, config: TrainConfig) -> Self:
        """Split validation off a source's training part, by the configuration's seed.

        Raises
        ------
        TrainingError
            There is no digit to learn from: a network that only learns what is none has no score.
        """
        # A stream of its own: the split stays the same whatever else draws from the seed.
        rng = np.random.default_rng([config.seed, 1])
        train, validation = source.train.split(config.validation_share, rng)
        if not (train.labels < N_CLASSES).any():
            others = ", only what is none: join a source that has some, as in mnist+nondigits" if len(train) else ""
            raise TrainingError(f"there are no digits to learn from{others}")
        return cls(train, validation, source.test)

    @cached_property
    def sample(self) -> NDArray[np.intp]:
        """The rows of a fixed part of the digits in ``train``, at most as many as ``validation`` has.

        What is measured on both in the same way differs by what was learned by heart.
        """
        digits = np.flatnonzero(self.train.labels < N_CLASSES)
        order = np.random.default_rng(0).permutation(len(digits))
        return digits[np.sort(order[: min(len(self.validation), MAX_SAMPLE)])]

    @cached_property
    def digest(self) -> str:
        """A checksum of what is learned from and chosen by: the same where a run goes on with the same digits."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.train, self.validation):
            for values in (part.images, part.labels, part.times):
                digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()
