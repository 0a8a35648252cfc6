"""The errors that a user can act on: each is a sentence, shown as it stands in the window and on the command line."""


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
