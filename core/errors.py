"""The errors that a user can act on: each is a sentence, shown as it stands in the window and on the command line."""

from collections.abc import Mapping
from typing import Any


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


class DivergenceError(TrainingError):
    """A run's loss is no longer a number, or has exploded.

    Attributes
    ----------
    remedies
        What would help, in words, and the settings that a new run would need for it.
    """

    def __init__(self, sentence: str, remedies: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(sentence)
        self.remedies = remedies


class RunError(DigitpadError):
    """A run on the shelf is damaged, in use elsewhere, or cannot be written."""
