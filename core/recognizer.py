"""Recognizer: a drawing or a picture, and a model, to a prediction."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import ink, modelfile, picture
from core.geometry import N_PIXELS
from core.ink import Drawing
from core.modelfile import Model
from core.nn.network import Network


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network answers, and the image (28, 28) that it saw.

    Attributes
    ----------
    probabilities : (10,) float32
        One for each digit; their sum is 1.
    """

    probabilities: NDArray[np.float32]
    image: NDArray[np.uint8]

    @property
    def digit(self) -> int:
        """The likeliest digit."""
        return int(self.probabilities.argmax())


class Recognizer:
    """Reads digits with one network. Not for two threads at once while ``restore`` may be called on the network."""

    def __init__(self, network: Network, input_scale: float = 1 / 255) -> None:
        self.network, self.input_scale = network, input_scale

    @classmethod
    def of(cls, model: Model) -> "Recognizer":
        """Make a recognizer that asks a model."""
        return cls(model.network, model.input_scale)

    def predict(self, drawing: Drawing) -> Prediction | None:
        """Return what a drawing is read as; None where nothing is drawn."""
        return self.predict_image(ink.render(drawing)) if drawing else None

    def predict_picture(self, grey: NDArray[np.uint8]) -> Prediction | None:
        """Return what the digit in a picture of grey values (H, W) is read as; None where the page is empty."""
        image = picture.read(grey)
        return None if image is None else self.predict_image(image)

    def predict_image(self, image: NDArray[np.uint8]) -> Prediction:
        """Return what an image (28, 28) in MNIST's geometry is read as."""
        scaled = image.reshape(1, N_PIXELS) * np.float32(self.input_scale)
        with np.errstate(all="ignore"):  # a network in training may have weights of any size
            probabilities = self.network.predict(scaled)[0]
        return Prediction(np.nan_to_num(probabilities, nan=0.1), image)


def shipped_model() -> Model:
    """Load the model that comes with the program."""
    with resources.as_file(resources.files("assets") / "model.safetensors") as path:
        return modelfile.load(Path(path))
