"""What would help a run that came to nothing: one that diverged, or whose network answers one digit to everything."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from core.data.dataset import Dataset
from core.errors import Remedy
from core.nn.layers import Array
from core.nn.network import Network
from core.recognition.metrics import Evaluation
from core.training import inspection
from core.training.config import TrainConfig

_ADVICE = {
    "learning_rate": "a smaller learning_rate (it was {0:g})",
    "input_scale": "pixels scaled to [0, 1] (input_scale 1/255, not {0:g})",
    "initializer": "he_normal weights",
    "batch_norm": "batch_norm",
}
_ASKED = 500  # digits that tell which units are dead, and whether signals fade
_FADED = 1e-3
"""By less, logits do not differ from digit to digit where signals have died away; where they have not, by tenths."""


class ConstantPrediction(NamedTuple):
    """That a network gives the same answer to all digits, and what would help."""

    answer: int
    remedies: Mapping[str, Remedy]

    @property
    def fact(self) -> str:
        """What has happened, as a part of a sentence."""
        return f"it answers {self.answer} to every digit, and has learned nothing else"


def advice(remedies: Mapping[str, Remedy]) -> str:
    """Return what to try, in a sentence, by the names that settings have in files; empty where nothing is known."""
    parts = [_ADVICE[name].format(remedy.was) for name, remedy in remedies.items()]
    return f"Try {', or '.join(parts)}." if parts else ""


def of_divergence(config: TrainConfig, rate_factor: float = 1.0) -> dict[str, Remedy]:
    """Return what would help a run that diverged, the likeliest first, by the setting's name.

    ``rate_factor`` is what its learning rate was multiplied with on the way.
    """
    rate = config.learning_rate * rate_factor
    return {"learning_rate": Remedy(rate, config.learning_rate / 10)} | _of_signals(config)


def of_constant_prediction(
    network: Network, config: TrainConfig, data: Dataset, answers: Evaluation, rate_factor: float = 1.0
) -> ConstantPrediction | None:
    """Return that a network answers one digit to all those that it learned from; None if it tells any apart.

    Where the signals died away in the layers from the beginning, that is the cause. Where they did not, but there is a
    layer by now without a unit that answers anything, a step was too large. For anything else (a run too short, images
    that look all the same) no setting is known to help.

    Parameters
    ----------
    answers
        The network's, to ``data``.
    """
    given = np.flatnonzero(answers.confusion.sum(axis=0))
    if len(given) != 1 or np.count_nonzero(answers.confusion.sum(axis=1)) < 2:
        return None
    images = data.digits.images[:_ASKED] * np.float32(config.input_scale)
    helpful: dict[str, Remedy] = {}
    with np.errstate(all="ignore"):
        if not np.ptp(images, axis=0).any():
            pass
        elif _fade(network, config, images):
            helpful = _of_weights(config)
        elif any(share == 1 for share in inspection.dead_shares(network, images)):
            helpful = of_divergence(config, rate_factor)
    return ConstantPrediction(int(given[0]), helpful)


def _fade(network: Network, config: TrainConfig, images: Array) -> bool:
    """Return whether digits cannot be told apart by the logits of such a network as it begins."""
    if config.batch_norm:
        return False
    first = Network.from_description(network.description())
    first.initialize(config.initial_weights(), np.random.default_rng(config.seed))
    return bool(first.logits(images).std(axis=0).max() < _FADED)


def _of_signals(config: TrainConfig) -> dict[str, Remedy]:
    """Return what keeps signals of the same size through the layers, as far as it is not set already."""
    remedies: dict[str, Remedy] = {}
    if config.input_scale > 0.1:
        remedies["input_scale"] = Remedy(config.input_scale, 1 / 255)
    return remedies | _of_weights(config)


def _of_weights(config: TrainConfig) -> dict[str, Remedy]:
    remedies: dict[str, Remedy] = {}
    if config.initializer == "normal":
        remedies["initializer"] = Remedy("normal", "he_normal")
    if not config.batch_norm:
        remedies["batch_norm"] = Remedy(False, True)
    return remedies
