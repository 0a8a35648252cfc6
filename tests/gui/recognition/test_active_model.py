"""The active network: the choice between three, and what changes it."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition.modelfile import Model
from gui.recognition.active_model import ActiveModel, ModelChoice


def network(seed):
    network = Network(mlp((784, 8, 10)))
    network.initialize(he_normal, np.random.default_rng(seed))
    return network


def facts(network, input_scale=1 / 255):
    """Return what ActiveModel needs of a run."""
    return SimpleNamespace(layers=network.description(), input_scale=input_scale)


@pytest.fixture
def model(qtbot):
    model = ActiveModel()
    model.set_shipped(Model(network(0)))
    return model


def prediction(model):
    return model.recognizer.predict_image(np.full((28, 28), 200, np.uint8)).probabilities


def test_the_shipped_model_is_active_first(model):
    assert model.choice is ModelChoice.SHIPPED
    assert model.model is not None
    assert not model.has(ModelChoice.OWN)


def test_the_own_model_is_active_when_it_is_chosen(qtbot, model):
    shipped = prediction(model)
    model.set_own(Model(network(1)), "mine")
    np.testing.assert_array_equal(prediction(model), shipped)
    with qtbot.waitSignal(model.changed):
        model.choose(ModelChoice.OWN)
    assert not np.allclose(prediction(model), shipped)


def test_the_network_in_training_predicts_as_of_its_last_snapshot(qtbot, model):
    trained = network(2)
    model.watch(facts(trained))
    assert not model.has(ModelChoice.TRAINING)  # not before its first snapshot
    model.take(trained.snapshot())
    model.choose(ModelChoice.TRAINING)
    trained.parameters += 0.1
    with qtbot.waitSignal(model.changed):
        model.take(trained.snapshot())
    before = prediction(model)
    trained.parameters += 1  # the worker continues; the copy does not change
    np.testing.assert_array_equal(prediction(model), before)


def test_after_the_run_the_choice_falls_back_to_the_own_model(model):
    model.watch(facts(network(2)))
    model.take(network(2).snapshot())
    model.choose(ModelChoice.TRAINING)
    model.set_own(Model(network(3)), "result")
    model.forget_training()
    assert model.choice is ModelChoice.OWN
    assert not model.has(ModelChoice.TRAINING)


def test_a_snapshot_after_the_run_is_ignored(model):
    trained = network(2)
    model.watch(facts(trained))
    model.forget_training()
    model.take(trained.snapshot())
    assert model.choice is ModelChoice.SHIPPED


def test_the_network_in_training_has_its_own_input_scale(model):
    raw = network(4)
    model.watch(facts(raw, input_scale=1.0))
    model.take(raw.snapshot())
    model.choose(ModelChoice.TRAINING)
    image = np.full((28, 28), 3, np.uint8)
    expected = raw.predict(np.full((1, 784), 3, np.float32))[0]
    np.testing.assert_allclose(model.recognizer.predict_image(image).probabilities, expected, rtol=1e-6)


def test_a_frozen_copy_of_the_network_in_training_does_not_change(model):
    first, second = network(1), network(2)
    model.watch(facts(first, 1 / 100))
    model.take(first.snapshot())
    model.choose(ModelChoice.TRAINING)
    frozen, before = model.frozen(), prediction(model)
    model.take(second.snapshot())
    image = np.full((28, 28), 200, np.uint8)
    np.testing.assert_array_equal(frozen.predict_image(image).probabilities, before)
    assert not np.allclose(prediction(model), before)


def test_a_network_that_does_not_change_needs_no_copy(model):
    assert model.frozen() is model.recognizer
    assert ActiveModel().frozen() is None
