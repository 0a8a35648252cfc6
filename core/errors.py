"""Errors that a user can act on. Each message is a sentence, shown unchanged in the window and on the command line."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.messages import tr


class DigitpadError(Exception):
    """An error outside the program: a bad file, a bad setting, a path that cannot be written."""


class DataError(DigitpadError):
    """Digits are missing, damaged, or in another format than their name says."""


class MnistError(DataError):
    """MNIST is missing or damaged; downloading it again would help."""


class MendableError(DataError):
    """Digits are stored in another way than the program's, and a mend of their source would help.

    Attributes
    ----------
    fact
        What is the matter, without advice.
    mend
        The mend (``core.data.mends``).
    mended
        The name of the source with the mend; empty where the source is not known.
    """

    def __init__(self, message: str, mend: str, mended: str = "") -> None:
        super().__init__(message)
        self.fact, self.mend, self.mended = message, mend, mended

    def __str__(self) -> str:
        """Return the fact, and the source that mends it where that is known."""
        return (
            tr("{fact}; the source {mended} mends that", fact=self.fact, mended=self.mended)
            if self.mended
            else self.fact
        )


class DrawingError(DigitpadError):
    """A drawing or picture cannot be read."""


class ModelError(DigitpadError):
    """A model file is damaged, not a model, too large or too new, or cannot be written."""


class ConfigError(DigitpadError):
    """A setting of a training run is out of its range."""


class TrainingError(DigitpadError):
    """A training run cannot continue."""


class Remedy(NamedTuple):
    """The value that a setting had, and a better one."""

    was: Any
    better: Any


class DivergenceError(TrainingError):
    """The loss of a run is not finite, or has exploded. The message calls settings by their names in files.

    Attributes
    ----------
    fact
        What happened, without advice.
    remedies
        Better values by the setting's name, for callers that show settings under other names.
    """

    def __init__(self, fact: str, advice: str, remedies: Mapping[str, Remedy]) -> None:
        super().__init__(f"{fact} {advice}")
        self.fact, self.remedies = fact, remedies


class RunError(DigitpadError):
    """A run in the run store is damaged, in use elsewhere, or cannot be written."""


def reason_of(error: OSError) -> str:
    """Return the system's words for an error, such as "No space left on device", without its number and path."""
    return error.strerror or str(error)
