"""The recogniser: predictions of one network for drawings, pictures and images."""

import dataclasses
import json

import numpy as np
import pytest

from core.digits import Verdict
from core.errors import ModelError
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.recognizer import SURE, Prediction, Recognizer, shipped_model
from core.training import recipes

SEVEN = Drawing.from_points([[[0, 0], [60, 0], [25, 100]]])


def make_network(seed=0):
    made = Network(mlp((784, 12, 10)))
    made.initialize(he_normal, np.random.default_rng(seed))
    return made


def test_a_prediction_has_probabilities_digit_and_image():
    network = make_network()
    prediction = Recognizer(network).predict(SEVEN)
    assert isinstance(prediction, Prediction)
    np.testing.assert_array_equal(prediction.image, ink.render(SEVEN))
    assert prediction.probabilities.shape == (10,)
    assert prediction.probabilities.dtype == np.float32
    assert prediction.probabilities.sum() == pytest.approx(1)
    assert prediction.digit == int(prediction.probabilities.argmax())
    expected = network.predict(prediction.image.reshape(1, 784) * np.float32(1 / 255))[0]
    np.testing.assert_array_equal(prediction.probabilities, expected)


def test_the_models_scale_is_used():
    network = make_network()
    image = ink.render(SEVEN)
    prediction = Recognizer.of(Model(network, input_scale=1 / 128)).predict_image(image)
    np.testing.assert_array_equal(
        prediction.probabilities, network.predict(image.reshape(1, 784) * np.float32(1 / 128))[0]
    )


def test_a_picture():
    page = np.full((100, 100), 255, np.uint8)
    page[20:80, 40:50] = 0
    recognizer = Recognizer(make_network())
    prediction = recognizer.predict_picture(page)
    assert prediction is not None
    image = picture.read(page)
    np.testing.assert_array_equal(prediction.image, image)
    np.testing.assert_array_equal(prediction.probabilities, recognizer.predict_image(image).probabilities)


def test_an_empty_drawing_has_no_prediction():
    recognizer = Recognizer(make_network())
    assert recognizer.predict(Drawing()) is None
    assert recognizer.predict(Drawing.from_points([[], []])) is None
    assert recognizer.predict_picture(np.full((50, 50), 255, np.uint8)) is None


def test_a_dot_has_a_prediction():
    assert Recognizer(make_network()).predict(Drawing.from_points([[[3, 3]]])) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_diverged_network_predicts_without_a_warning(value):
    network = make_network()
    network.parameters[:] = value
    prediction = Recognizer(network).predict(SEVEN)
    assert prediction is not None
    assert np.isfinite(prediction.probabilities).all()
    assert 0 <= prediction.digit <= 9


def test_changes_of_the_network_take_effect():
    network = make_network()
    recognizer = Recognizer(network)
    before = recognizer.predict(SEVEN).probabilities
    network.restore(make_network(seed=1).snapshot())
    assert (recognizer.predict(SEVEN).probabilities != before).any()


def test_a_prediction_does_not_change_the_network():
    network = make_network()
    before = network.parameters.copy()
    Recognizer(network).predict(SEVEN)
    np.testing.assert_array_equal(network.parameters, before)


def test_a_missing_shipped_model_is_named_in_the_error(tmp_path, monkeypatch):
    monkeypatch.setattr("core.recognition.recognizer.resources.files", lambda package: tmp_path)
    with pytest.raises(ModelError, match=r"model\.safetensors cannot be read"):
        shipped_model()


# -- the shipped model ---


def test_the_origin_of_the_shipped_model():
    model, recipe = shipped_model(), recipes.REFINED
    assert (model.recipe, model.data, model.test) == (recipe.name, recipe.data, recipe.test)
    assert model.settings == json.loads(json.dumps(dataclasses.asdict(recipe.config)))
    assert model.date
    assert model.scores["test_accuracy"] > 0.99
    assert model.calibration.threshold is not None
    for name in ("MNIST", "UCI", "Omniglot"):
        assert any(name in credit for credit in model.credits)


@pytest.mark.parametrize("size", [1.0, 0.01, 300.0])
def test_the_shipped_model_recognises_a_few_plain_digits(size):
    t = np.linspace(0, 2 * np.pi, 40)
    plain = {
        0: [np.column_stack([30 * np.sin(t), -50 * np.cos(t)])],
        1: [[[0, 0], [0, 100]]],
        4: [[[10, 0], [0, 55], [60, 55]], [[45, 10], [40, 100]]],
        7: [[[0, 0], [60, 0], [25, 100]]],
    }
    recognizer = Recognizer.of(shipped_model())
    for digit, strokes in plain.items():
        drawing = Drawing.from_points([np.asarray(stroke) * size for stroke in strokes])
        assert recognizer.predict(drawing).digit == digit


@pytest.mark.real_data
def test_the_shipped_model_recognises_digits_of_other_writers(pen_file):
    from core.data import unipen

    digits = unipen.read(pen_file, range(25, 31))[::5]
    recognizer = Recognizer.of(shipped_model())
    is_correct = [recognizer.predict(digit.drawing).digit == digit.label for digit in digits]
    assert np.mean(is_correct) >= 0.85


# -- verdicts, segmentation and costs ---


def prediction(*probabilities, is_digit=True):
    p = np.array([*probabilities] + [0.0] * (10 - len(probabilities)), np.float32)
    return Prediction(p, np.zeros((28, 28), np.uint8), 0.0, is_digit)


def test_the_verdict_depends_on_the_probability():
    assert prediction(0.1, SURE, 0.1).verdict is Verdict.DIGIT
    uncertain = prediction(0.3, SURE - 0.1, 0.0)
    assert uncertain.verdict is Verdict.TWO_CANDIDATES
    assert uncertain.candidates == (1, 0)


def test_a_rejected_drawing_is_not_a_digit_whatever_the_probability():
    assert prediction(1.0, is_digit=False).verdict is Verdict.NOT_A_DIGIT


def constant(logits, calibrated=None):
    """Return a recognizer whose network has the same logits for every image."""
    network = Network(mlp((784, len(logits))))
    network.parameters[-len(logits) :] = logits
    return Recognizer(network, 1 / 255, calibrated)


def test_temperature_and_threshold_are_applied():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:16] = 255
    logits = [4.0, *[0.0] * 9, 1.0]
    plain = constant(logits).predict_image(image)
    soft = constant(logits, Calibration(2.0)).predict_image(image)
    np.testing.assert_allclose(plain.probabilities[0], np.exp(4) / (np.exp(4) + 9), rtol=1e-5)
    np.testing.assert_allclose(soft.probabilities[0], np.exp(2) / (np.exp(2) + 9), rtol=1e-5)
    assert plain.score == pytest.approx(np.log(np.exp(4) + 9) - 1, rel=1e-5)
    assert constant(logits, Calibration(1.0, plain.score - 0.1)).predict_image(image).is_digit
    assert not constant(logits, Calibration(1.0, plain.score + 0.1)).predict_image(image).is_digit


def test_the_digits_of_a_number_are_recognised():
    recognizer = Recognizer.of(shipped_model())
    one = [[50, 0], [50, 50], [50, 100]]
    apart = Drawing.from_points([[[x + 150 * number, y] for x, y in one] for number in range(3)])
    reading = recognizer.read(apart)
    assert reading.number == "111"
    assert [part.strokes for part in reading.parts] == [(0,), (1,), (2,)]
    assert [round(part.box[0]) for part in reading.parts] == [50, 200, 350]
    assert recognizer.read(Drawing()) is None


def test_costs_are_lower_for_certain_predictions():
    digit, other = Drawing.from_points([[[0, 0], [1, 9]]]), Drawing.from_points([[[0, 0], [9, 9]], [[9, 0], [0, 9]]])
    for threshold in (None, 0.0, 5.0):
        costs = constant([9.0, *[0.0] * 9], Calibration(1.0, threshold)).costs([digit, other])
        assert costs.shape == (2,)
        assert (costs >= 0).all()
    even = constant([0.0] * 10).costs([digit])
    sure = constant([30.0, *[0.0] * 9]).costs([digit])
    assert even[0] > sure[0]


def test_a_diverged_network_gives_finite_costs():
    assert np.isfinite(constant([np.nan] * 10).costs([Drawing.from_points([[[0, 0], [1, 9]]])])).all()
