"""Recognizer: the digits in a drawing, a picture or an image by a model, with probabilities and a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.digits import N_PIXELS, Verdict
from core.nn.network import Network
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.preprocessing.picture import Pieces
from core.recognition import calibration, modelfile, picture_parts
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.segmentation import Part, segment

SURE = 0.8
"""From this probability on the verdict is one digit; below it, two candidates."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """A model's prediction for one image, and the image (28, 28) itself.

    Attributes
    ----------
    probabilities : (10,) float32
        One for each digit, given that the image is a digit; they sum to 1.
    score : float
        Larger for what looks more like a digit (``core.recognition.calibration.scores``).
    is_digit : bool
        Whether the image shows ink, and its score passes the model's threshold, if it has one.
    is_symbol : bool
        Whether the image shows a symbol by its size beside digits, such as a comma: never a digit.
    """

    probabilities: NDArray[np.float32]
    image: NDArray[np.uint8]
    score: float = 0.0
    is_digit: bool = True
    is_symbol: bool = False

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(self.probabilities.argmax())

    @property
    def candidates(self) -> tuple[int, int]:
        """The two most probable digits, the more probable first."""
        second, first = np.argsort(self.probabilities, kind="stable")[-2:]
        return int(first), int(second)

    @property
    def verdict(self) -> Verdict:
        """One digit, two candidates, or not a digit."""
        if self.is_symbol or not self.is_digit:
            return Verdict.NOT_A_DIGIT
        return Verdict.DIGIT if self.probabilities.max() >= SURE else Verdict.TWO_CANDIDATES


@dataclass(frozen=True, eq=False)
class Reading:
    """The parts of a drawing in reading order, at least one, and their predictions.

    Lines follow each other from the top; within a line the parts go from left to right.

    Attributes
    ----------
    lines : tuple of int
        The number of each part's line, ascending from 0; all 0 if it is empty.
    """

    parts: tuple[Part, ...]
    predictions: tuple[Prediction, ...]
    lines: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The number in each line: its most probable digits, without symbols. Lines without a digit have none."""
        return numbers_of(self.predictions, self.lines)

    @property
    def number(self) -> str:
        """All numbers, from the top, separated by a space."""
        return " ".join(self.numbers)


def numbers_of(predictions: Sequence[Prediction], lines: Sequence[int] = ()) -> tuple[str, ...]:
    """Return the number in each line; ``lines`` has the number of each prediction's line, all 0 if it is empty."""
    texts: dict[int, str] = {}
    for prediction, line in zip(predictions, lines or [0] * len(predictions), strict=True):
        texts[line] = texts.get(line, "") + ("" if prediction.is_symbol else str(prediction.digit))
    return tuple(filter(None, texts.values()))


class Recognizer:
    """Recognises digits with one network. Not thread-safe while ``restore`` may be called on the network."""

    def __init__(self, network: Network, input_scale: float = 1 / 255, calibrated: Calibration | None = None) -> None:
        self.network, self.input_scale = network, input_scale
        self.calibration = calibrated or Calibration()

    @classmethod
    def of(cls, model: Model) -> "Recognizer":
        """Make a recognizer with the network and calibration of a model."""
        return cls(model.network, model.input_scale, model.calibration)

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's outputs (N, 10 or 11) for images (N, 28, 28) in MNIST's geometry."""
        scaled = images.reshape(len(images), N_PIXELS) * np.float32(self.input_scale)
        with np.errstate(all="ignore"):  # weights of a network in training may be huge
            logits: NDArray[np.float32] = self.network.logits(scaled)
        return logits

    def read(self, drawing: Drawing) -> Reading | None:
        """Return the digits and symbols of a drawing after segmentation; None where nothing is drawn."""
        parts = segment(drawing, self.costs)
        if not parts:
            return None
        found = self.predict_images(ink.render_all([part.drawing for part in parts]))
        predictions = [replace(each, is_symbol=part.is_symbol) for each, part in zip(found, parts, strict=True)]
        return Reading(parts, tuple(predictions), tuple(part.line for part in parts))

    def costs(self, drawings: Sequence[Drawing]) -> NDArray[np.float32]:
        """Return the negative log-probability (N,), in nats, that each drawing is one digit."""
        return self.image_costs(ink.render_all(drawings))

    def image_costs(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the negative log-probability (N,), in nats, that each image (N, 28, 28) is one digit."""
        logits = self.logits(images)
        with np.errstate(all="ignore"):
            log_p = np.log(self.calibration.probabilities(logits).max(axis=1))
            rejection = np.logaddexp(0, (self.calibration.threshold or 0.0) - calibration.scores(logits))
        costs: NDArray[np.float32] = np.nan_to_num(rejection - log_p, nan=np.log(10))
        return costs

    def predict(self, drawing: Drawing) -> Prediction | None:
        """Return the prediction for a drawing of one digit; None where nothing is drawn."""
        return self.predict_image(ink.render(drawing)) if drawing else None

    def predict_picture(self, pixels: NDArray[np.uint8]) -> Prediction | None:
        """Return the prediction for a picture of one digit, as for ``read_picture``; None where nothing is there."""
        image = picture.read(pixels)
        return None if image is None else self.predict_image(image)

    def read_picture(self, pixels: NDArray[np.uint8]) -> Reading | None:
        """Return the digits in a picture, line by line from left to right; None where nothing is there.

        Parameters
        ----------
        pixels : (H, W), (H, W, 3) or (H, W, 4)
            Grey values, or red, green and blue, or these and a straight alpha channel. The parts' boxes are in its
            pixels.
        """
        found = picture.pieces(pixels)
        return None if found is None else self.read_pieces(found)

    def read_pieces(self, found: Pieces) -> Reading | None:
        """Return the digits that the components of a picture make up, as ``read_picture``."""
        parts, images = picture_parts.segment(found, self.image_costs)
        if not parts:
            return None
        predictions = self.predict_images(np.stack(images))
        symbols = [replace(each, is_symbol=part.is_symbol) for each, part in zip(predictions, parts, strict=True)]
        return Reading(parts, tuple(symbols), tuple(part.line for part in parts))

    def predict_image(self, image: NDArray[np.uint8]) -> Prediction:
        """Return the prediction for an image (28, 28) in MNIST's geometry."""
        return self.predict_images(image[np.newaxis])[0]

    def predict_images(self, images: NDArray[np.uint8]) -> tuple[Prediction, ...]:
        """Return the predictions for images (N, 28, 28) in MNIST's geometry."""
        logits = self.logits(images)
        with np.errstate(all="ignore"):
            probabilities = np.nan_to_num(self.calibration.probabilities(logits), nan=0.1)
            scores = calibration.scores(logits)
            accepted = self.calibration.accepts(logits) & calibration.show_ink(images)
        return tuple(map(Prediction, probabilities, images, scores.tolist(), accepted.tolist()))


def shipped_model() -> Model:
    """Load the model shipped with the program."""
    with resources.as_file(resources.files("assets") / "model.safetensors") as path:
        return modelfile.load(Path(path))
