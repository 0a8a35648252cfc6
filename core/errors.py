"""The errors that a user can act on: each is a sentence, shown as it stands in the window and on the command line."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DigitpadError(Exception):
    """A mistake or mishap outside the program: a bad file, a bad setting, a place that cannot be written."""


class DataError(DigitpadError):
    """Digits to learn from are missing, damaged or not what their name says."""


class MnistError(DataError):
    """MNIST is missing or damaged: getting it anew would help."""


class DrawingError(DigitpadError):
    """A drawing or picture cannot be read."""


class ModelError(DigitpadError):
    """A model file is damaged, foreign, too large or too new, or cannot be written."""


class ConfigError(DigitpadError):
    """A setting of a training run is out of its range."""


class TrainingError(DigitpadError):
    """A training run cannot go on."""


class Remedy(NamedTuple):
    """What a setting was, and what it had better be."""

    was: Any
    better: Any


class DivergenceError(TrainingError):
    """A run's loss is no longer a number, or has exploded. As text it advises by the names that settings have in files.

    Attributes
    ----------
    fact
        What has happened, without advice.
    remedies
        What would help, by the setting's name: for those who call settings otherwise.
    """

    def __init__(self, fact: str, advice: str, remedies: Mapping[str, Remedy]) -> None:
        super().__init__(f"{fact} {advice}")
        self.fact, self.remedies = fact, remedies


class RunError(DigitpadError):
    """A run on the shelf is damaged, in use elsewhere, or cannot be written."""
