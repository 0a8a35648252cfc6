"""The diagnosis of a failed run."""

import dataclasses

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.errors import Remedy
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition.metrics import evaluate
from core.training import diagnosis
from core.training.config import TrainConfig

DEEP = TrainConfig(hidden=(16, 16), initializer="normal", sigma=0.1, input_scale=1.0, learning_rate=0.3)
VANISHING = dataclasses.replace(DEEP, sigma=1e-4)
SOUND = TrainConfig(hidden=(16, 16), batch_norm=True)


@pytest.fixture
def data():
    """Forty images of noise, four of each digit."""
    return Dataset.of(np.random.default_rng(0).integers(0, 256, (40, 784)).astype(np.uint8), np.arange(40) % 10)


def dead(network, layer=2):
    """Kill all units of a layer."""
    network.layers[layer].bias.value[:] = -1e6
    return network


@pytest.fixture
def network():
    """A network that predicts 3 for everything, without dead units."""
    network = Network(mlp((784, 16, 16, 10)))
    network.initialize(he_normal, np.random.default_rng(0))
    network.layers[-1].bias.value[3] = 1e6
    return network


def constant_prediction(network, config, data, rate_factor=1.0):
    return diagnosis.of_constant_prediction(
        network, config, data, evaluate(network, data, config.input_scale), rate_factor
    )


@pytest.mark.parametrize("is_dead", [False, True])
def test_vanishing_activations_are_the_cause_even_if_units_died_later(network, data, is_dead):
    found = constant_prediction(dead(network) if is_dead else network, VANISHING, data)
    assert found.digit == 3
    assert list(found.remedies.items()) == [
        ("initializer", Remedy("normal", "he_normal")),
        ("batch_norm", Remedy(False, True)),
    ]


@pytest.mark.parametrize("layer", [0, 2])
def test_a_dead_layer_means_a_step_that_was_too_large(network, data, layer):
    found = constant_prediction(dead(network, layer), SOUND, data, rate_factor=2.0)
    assert found.digit == 3
    assert found.remedies == {"learning_rate": Remedy(2 * SOUND.learning_rate, SOUND.learning_rate / 10)}
    assert list(constant_prediction(dead(network, layer), DEEP, data).remedies) == [
        "learning_rate",
        "input_scale",
        "initializer",
        "batch_norm",
    ]


@pytest.mark.parametrize("config", [SOUND, DEEP])
def test_without_dead_units_no_setting_is_known_to_help(network, data, config):
    found = constant_prediction(network, config, data)
    assert found == (3, {})
    assert diagnosis.advice(found.remedies) == ""


def test_nothing_helps_if_all_images_look_the_same(network, data):
    same = Dataset.of(np.full((40, 784), 255, np.uint8), data.labels)
    assert constant_prediction(dead(network), VANISHING, same) == (3, {})


def test_one_other_prediction_is_no_constant_prediction(network, data):
    evaluation = evaluate(network, data, 1 / 255)
    evaluation.confusion[5, 3] -= 1
    evaluation.confusion[5, 5] += 1
    assert diagnosis.of_constant_prediction(network, SOUND, data, evaluation) is None


def test_one_prediction_is_right_for_data_of_one_class(network, data):
    only_threes = dataclasses.replace(data, labels=np.full(len(data), 3))
    assert constant_prediction(network, SOUND, only_threes) is None


def test_without_digits_there_is_no_diagnosis(network, data):
    assert constant_prediction(network, SOUND, data[:0]) is None


def test_the_advice_names_settings_as_files_do():
    assert diagnosis.advice(diagnosis.of_divergence(DEEP, 0.5)) == (
        "Try a smaller learning_rate (it was 0.15), or pixels scaled to [0, 1] (input_scale 1/255, not 1), "
        "or he_normal weights, or batch_norm."
    )
