import numpy as np
import pytest

from core.data.dataset import Dataset
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition.modelfile import Model
from core.runs.records import RunFacts
from core.training.history import Axis
from core.training.splits import Splits
from gui.recognition.active_model import ActiveModel, ModelChoice


def network(seed):
    network = Network(mlp((784, 8, 10)))
    network.initialize(he_normal, np.random.default_rng(seed))
    return network


no_digits = Splits(*[Dataset.of(np.empty((0, 784), np.uint8), np.empty(0, np.int64))] * 3)


def facts(net, scale=1 / 255):
    return RunFacts(net.description(), scale, 0, 0, 0, 0, 0, 0, 1, Axis(), no_digits)


@pytest.fixture
def slot(qtbot):
    slot = ActiveModel()
    slot.set_shipped(Model(network(0)))
    return slot


def answer(slot):
    return slot.recognizer.predict_image(np.full((28, 28), 200, np.uint8)).probabilities


def test_the_shipped_model_answers_first(slot):
    assert slot.choice is ModelChoice.SHIPPED
    assert slot.model is not None
    assert not slot.has(ModelChoice.OWN)


def test_own_model_answers_when_it_is_chosen(qtbot, slot):
    shipped = answer(slot)
    slot.set_own(Model(network(1)), "mine")
    np.testing.assert_array_equal(answer(slot), shipped)
    with qtbot.waitSignal(slot.changed):
        slot.choose(ModelChoice.OWN)
    assert not np.allclose(answer(slot), shipped)


def test_the_network_in_training_answers_as_of_its_last_snapshot(qtbot, slot):
    trained = network(2)
    slot.watch(facts(trained))
    assert not slot.has(ModelChoice.TRAINING)  # before its first snapshot there is nothing to ask
    slot.take(trained.snapshot())
    slot.choose(ModelChoice.TRAINING)
    trained.parameters += 0.1
    with qtbot.waitSignal(slot.changed):
        slot.take(trained.snapshot())
    before = answer(slot)
    trained.parameters += 1  # the worker goes on; the slot's own copy does not
    np.testing.assert_array_equal(answer(slot), before)


def test_after_the_run_the_choice_falls_back_to_the_own_model(slot):
    slot.watch(facts(network(2)))
    slot.take(network(2).snapshot())
    slot.choose(ModelChoice.TRAINING)
    slot.set_own(Model(network(3)), "result")
    slot.forget_training()
    assert slot.choice is ModelChoice.OWN
    assert not slot.has(ModelChoice.TRAINING)


def test_a_snapshot_after_the_run_is_passed_over(slot):
    trained = network(2)
    slot.watch(facts(trained))
    slot.forget_training()
    slot.take(trained.snapshot())
    assert slot.choice is ModelChoice.SHIPPED


def test_another_input_scale_goes_with_the_network(slot):
    raw = network(4)
    slot.watch(facts(raw, scale=1.0))
    slot.take(raw.snapshot())
    slot.choose(ModelChoice.TRAINING)
    image = np.full((28, 28), 3, np.uint8)
    expected = raw.predict(np.full((1, 784), 3, np.float32))[0]
    np.testing.assert_allclose(slot.recognizer.predict_image(image).probabilities, expected, rtol=1e-6)
