"""Diagnosis of a failed run: one that diverged, or whose network predicts the same digit for every image."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from core.data.dataset import Dataset
from core.errors import Remedy
from core.messages import tr, translatable
from core.nn.layers import Array
from core.nn.network import Network
from core.recognition.metrics import Evaluation
from core.training import inspection
from core.training.config import TrainConfig

_ADVICE = {
    "learning_rate": translatable("a smaller learning_rate (it was {was:g})"),
    "input_scale": translatable("pixels scaled to [0, 1] (input_scale 1/255, not {was:g})"),
    "initializer": translatable("he_normal weights"),
    "batch_norm": translatable("batch_norm"),
}
_N_INSPECTED = 500  # digits that decide which units are dead, and whether activations vanish
_VANISHED = 1e-3
"""Standard deviation of logits over digits: less where activations vanish, tenths where they do not."""


class ConstantPrediction(NamedTuple):
    """A network predicts the same digit for all images; ``remedies`` are the settings that would help."""

    digit: int
    remedies: Mapping[str, Remedy]

    @property
    def fact(self) -> str:
        """What is wrong, as a clause."""
        return tr("it predicts {digit} for every image and has learned nothing else", digit=self.digit)


def advice(remedies: Mapping[str, Remedy]) -> str:
    """Return what to try, as a sentence with the settings' names in files; empty if there are no remedies."""
    changes = [tr(_ADVICE[name], was=remedy.was) for name, remedy in remedies.items()]
    return tr("Try {changes}.", changes=tr(", or ").join(changes)) if changes else ""


def of_divergence(config: TrainConfig, rate_factor: float = 1.0) -> dict[str, Remedy]:
    """Return what would help a run that diverged, by the setting's name, the most promising first.

    ``rate_factor`` is the user's factor of the learning rate during the run.
    """
    rate = config.learning_rate * rate_factor
    return {"learning_rate": Remedy(rate, config.learning_rate / 10)} | _for_stable_activations(config)


def of_constant_prediction(
    network: Network, config: TrainConfig, data: Dataset, evaluation: Evaluation, rate_factor: float = 1.0
) -> ConstantPrediction | None:
    """Return the diagnosis if a network predicts one digit for all of its training digits; None if it does not.

    If the activations vanish already at the start of training, that is the cause. If they do not, but all units of a
    layer are dead now, a step was too large. In other cases (a run that is too short, images that all look the same)
    no setting is known to help.

    Parameters
    ----------
    evaluation
        Of the network, on ``data``.
    """
    predicted = np.flatnonzero(evaluation.confusion.sum(axis=0))
    if len(predicted) != 1 or np.count_nonzero(evaluation.confusion.sum(axis=1)) < 2:
        return None
    images = data.digits.images[:_N_INSPECTED] * np.float32(config.input_scale)
    return ConstantPrediction(int(predicted[0]), _remedies(network, config, images, rate_factor))


def _remedies(network: Network, config: TrainConfig, images: Array, rate_factor: float) -> dict[str, Remedy]:
    with np.errstate(all="ignore"):
        if not np.ptp(images, axis=0).any():
            return {}
        if _activations_vanish(network, config, images):
            return _for_weights(config)
        if any(share == 1 for share in inspection.dead_shares(network, images)):
            return of_divergence(config, rate_factor)
    return {}


def _activations_vanish(network: Network, config: TrainConfig, images: Array) -> bool:
    """Return whether the logits of the untrained network are the same for all images."""
    if config.batch_norm:
        return False
    untrained = Network.from_description(network.description())
    untrained.initialize(config.initial_weights(), np.random.default_rng(config.seed))
    return bool(untrained.logits(images).std(axis=0).max() < _VANISHED)


def _for_stable_activations(config: TrainConfig) -> dict[str, Remedy]:
    """Return what keeps the size of activations the same from layer to layer, unless it is set already."""
    remedies: dict[str, Remedy] = {}
    if config.input_scale > 0.1:
        remedies["input_scale"] = Remedy(config.input_scale, 1 / 255)
    return remedies | _for_weights(config)


def _for_weights(config: TrainConfig) -> dict[str, Remedy]:
    remedies: dict[str, Remedy] = {}
    if config.initializer == "normal":
        remedies["initializer"] = Remedy("normal", "he_normal")
    if not config.batch_norm:
        remedies["batch_norm"] = Remedy(False, True)
    return remedies
