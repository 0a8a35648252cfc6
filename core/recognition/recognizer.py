"""Recognizer: a drawing or a picture, and a model, to a reading: which digits, how sure, and whether digits at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.digits import N_PIXELS, Verdict
from core.nn.network import Network
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.recognition import calibration, modelfile
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.segmentation import Part, segment

SURE = 0.8
"""The probability from which a digit stands alone; below it, the second candidate is named as well."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network answers, and the image (28, 28) that it saw.

    Attributes
    ----------
    probabilities : (10,) float32
        One for each digit, given that it is one; their sum is 1.
    score : float
        How much it looks like a digit at all (``core.recognition.calibration.scores``).
    is_digit : bool
        Whether the score passes the model's threshold; True where the model has none.
    """

    probabilities: NDArray[np.float32]
    image: NDArray[np.uint8]
    score: float = 0.0
    is_digit: bool = True

    @property
    def digit(self) -> int:
        """The likeliest digit."""
        return int(self.probabilities.argmax())

    @property
    def candidates(self) -> tuple[int, int]:
        """The likeliest digit and the next."""
        second, first = np.argsort(self.probabilities, kind="stable")[-2:]
        return int(first), int(second)

    @property
    def verdict(self) -> Verdict:
        """The digit alone, two candidates, or no digit."""
        if not self.is_digit:
            return Verdict.NOT_A_DIGIT
        return Verdict.DIGIT if self.probabilities.max() >= SURE else Verdict.TWO_CANDIDATES


@dataclass(frozen=True, eq=False)
class Reading:
    """The digits of a drawing from left to right, each with its part of the drawing; at least one."""

    parts: tuple[Part, ...]
    predictions: tuple[Prediction, ...]

    @property
    def number(self) -> str:
        """The likeliest digits, one after the other."""
        return "".join(str(prediction.digit) for prediction in self.predictions)


class Recognizer:
    """Reads digits with one network. Not for two threads at once while ``restore`` may be called on the network."""

    def __init__(self, network: Network, input_scale: float = 1 / 255, calibrated: Calibration | None = None) -> None:
        self.network, self.input_scale = network, input_scale
        self.calibration = calibrated or Calibration()

    @classmethod
    def of(cls, model: Model) -> "Recognizer":
        """Make a recognizer that asks a model."""
        return cls(model.network, model.input_scale, model.calibration)

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's outputs (N, 10 or 11) for images (N, 28, 28) in MNIST's geometry."""
        scaled = images.reshape(len(images), N_PIXELS) * np.float32(self.input_scale)
        with np.errstate(all="ignore"):  # a network in training may have weights of any size
            logits: NDArray[np.float32] = self.network.logits(scaled)
        return logits

    def read(self, drawing: Drawing) -> Reading | None:
        """Return the digits of a drawing, strokes that belong together read as one; None where nothing is drawn."""
        parts = segment(drawing, self.costs)
        return Reading(parts, self.predict_images(ink.render_all([part.drawing for part in parts]))) if parts else None

    def costs(self, drawings: Sequence[Drawing]) -> NDArray[np.float32]:
        """Return for each drawing how little it looks like one digit, as a negative log-probability (N,)."""
        logits = self.logits(ink.render_all(drawings))
        with np.errstate(all="ignore"):
            sure = np.log(self.calibration.probabilities(logits).max(axis=1))
            against = np.logaddexp(0, (self.calibration.threshold or 0.0) - calibration.scores(logits))
        costs: NDArray[np.float32] = np.nan_to_num(against - sure, nan=np.log(10))
        return costs

    def predict(self, drawing: Drawing) -> Prediction | None:
        """Return what a drawing is read as, taken as one digit; None where nothing is drawn."""
        return self.predict_image(ink.render(drawing)) if drawing else None

    def predict_picture(self, grey: NDArray[np.uint8]) -> Prediction | None:
        """Return what the digit in a picture of grey values (H, W) is read as; None where the page is empty."""
        image = picture.read(grey)
        return None if image is None else self.predict_image(image)

    def predict_image(self, image: NDArray[np.uint8]) -> Prediction:
        """Return what an image (28, 28) in MNIST's geometry is read as."""
        return self.predict_images(image[np.newaxis])[0]

    def predict_images(self, images: NDArray[np.uint8]) -> tuple[Prediction, ...]:
        """Return what images (N, 28, 28) are read as."""
        logits = self.logits(images)
        with np.errstate(all="ignore"):
            probabilities = np.nan_to_num(self.calibration.probabilities(logits), nan=0.1)
            scores, accepted = calibration.scores(logits), self.calibration.accepts(logits)
        return tuple(map(Prediction, probabilities, images, scores.tolist(), accepted.tolist()))


def shipped_model() -> Model:
    """Load the model that comes with the program."""
    with resources.as_file(resources.files("assets") / "model.safetensors") as path:
        return modelfile.load(Path(path))
