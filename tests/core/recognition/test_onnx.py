"""A model for other runtimes: onnxruntime answers what the recogniser answers, from a file that is whole and valid."""

import dataclasses
import errno
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from core.errors import DigitpadError, ModelError
from core.nn.initializers import normal
from core.nn.network import LAYERS, Network, mlp
from core.recognition import calibration, modelfile
from core.recognition import onnx as export
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer, shipped_model


def model(*sizes, sigma=0.1, batch_norm=False, dropout=0.0, **facts):
    network = Network(mlp((784, *sizes), batch_norm=batch_norm, dropout=dropout))
    rng = np.random.default_rng(0)
    network.initialize(lambda *shape: normal(*shape, sigma=sigma), rng)
    network.parameters[network.n_weights :] = rng.normal(size=len(network.parameters) - network.n_weights)
    network.statistics[:] = rng.random(network.statistics.shape) + 0.1
    return Model(network, **facts)


MODELS = {
    "shipped": shipped_model,
    "raw pixels": lambda: model(16, 10, sigma=0.01, input_scale=1.0, calibration=Calibration(1.3, 3.0)),
    "another scale": lambda: model(10, input_scale=1 / 128),
    "all layers": lambda: model(
        12, 11, 11, batch_norm=True, dropout=0.5, calibration=Calibration(0.7, 1.0), precision="float16"
    ),
}


def ask(made, images):
    """Return what onnxruntime answers to images (N, 28, 28) of 0 to 255, by the names of the outputs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(made.SerializeToString(), options)
    answers = session.run(None, {"image": images.reshape(-1, 784) / np.float32(255)})
    return dict(zip([output.name for output in session.get_outputs()], answers, strict=True))


@pytest.fixture
def easy():
    """A small model, quick to export."""
    return model(10)


# The same answers


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_onnxruntime_answers_what_the_recogniser_answers(make, thousand_digits):
    asked = make()
    answers = ask(export.build(asked), thousand_digits)
    expected = Recognizer.of(asked).predict_images(thousand_digits)
    assert tuple(answers) == export.outputs(asked)
    probabilities = [prediction.probabilities for prediction in expected]
    np.testing.assert_allclose(answers["probabilities"], probabilities, rtol=0, atol=1e-5)
    np.testing.assert_allclose(answers["score"], [p.score for p in expected], rtol=1e-5, atol=1e-5)


def test_the_threshold_refuses_what_the_recogniser_refuses(thousand_digits):
    shipped = shipped_model()
    scores = calibration.scores(Recognizer.of(shipped).logits(thousand_digits))
    threshold = float(np.median(scores))
    asked = dataclasses.replace(shipped, calibration=Calibration(threshold=threshold))
    accepted = ask(export.build(asked), thousand_digits)["is_digit"]
    expected = np.array([prediction.is_digit for prediction in Recognizer.of(asked).predict_images(thousand_digits)])
    clear = abs(scores - threshold) > 1e-4  # nearer, the last bit of a float32 decides
    assert clear.sum() > 950
    np.testing.assert_array_equal(accepted[clear], expected[clear])


def test_whether_it_is_a_digit_is_answered_where_there_is_a_threshold():
    assert export.outputs(model(10, calibration=Calibration(1.0, 0.0))) == ("probabilities", "score", "is_digit")
    assert export.outputs(model(10)) == ("probabilities", "score")


def test_one_image_is_answered_as_it_is_in_a_batch(thousand_digits):
    made = export.build(shipped_model())
    alone, batch = ask(made, thousand_digits[:1]), ask(made, thousand_digits[:7])
    assert [answer.shape for answer in alone.values()] == [(1, 10), (1,), (1,)]
    assert [answer.shape for answer in batch.values()] == [(7, 10), (7,), (7,)]
    assert [answer.dtype for answer in alone.values()] == [np.float32, np.float32, np.bool_]
    for name, answer in alone.items():
        np.testing.assert_allclose(answer, batch[name][:1], rtol=1e-5, atol=1e-6)


def test_logits_of_any_size_give_probabilities():
    asked = model(10, calibration=Calibration(0.05))
    asked.network.parameters[:] = 0
    asked.network.parameters[-10:] = np.linspace(-1e4, 1e4, 10)
    answers = ask(export.build(asked), np.zeros((1, 28, 28), np.uint8))
    np.testing.assert_array_equal(answers["probabilities"], [[0] * 9 + [1]])
    assert answers["score"] == 1e4


def test_every_layer_is_known():
    assert {layer.__name__ for layer in export.OPERATIONS} == LAYERS.keys() - {"Dropout"}


# The file


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_onnx_finds_the_file_valid_and_old_enough(make, tmp_path):
    export.save(make(), tmp_path / "m.onnx")
    made = onnx.load(tmp_path / "m.onnx")
    onnx.checker.check_model(made, full_check=True)
    assert (made.ir_version, [(opset.domain, opset.version) for opset in made.opset_import]) == (8, [("", 17)])
    assert onnx.helper.find_min_ir_version_for(made.opset_import) <= made.ir_version
    (image,) = made.graph.input
    assert image.name == "image"
    batch, n_pixels = image.type.tensor_type.shape.dim
    assert (batch.dim_param, n_pixels.dim_value) == ("batch", 784)
    assert all(value.doc_string for value in (image, *made.graph.output))


def test_the_file_says_where_the_model_comes_from(tmp_path):
    shipped = shipped_model()
    export.save(shipped, tmp_path / "m.onnx")
    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert (facts["recipe"], facts["data"], facts["program"]) == (shipped.recipe, shipped.data, shipped.program)
    assert json.loads(facts["credits"]) == list(shipped.credits)
    assert json.loads(facts["scores"]) == shipped.scores
    assert json.loads(facts["preprocessing"]) == modelfile.PREPROCESSING


def test_texts_may_be_in_any_script_and_even_no_unicode():
    made = export.build(model(10, credits=("A. Müller",), data="idx:\udcff"))
    facts = {entry.key: entry.value for entry in made.metadata_props}
    assert facts["credits"] == '["A. Müller"]'
    assert facts["data"] == r"idx:\udcff"


def test_saving_takes_the_place_of_an_older_file(easy, tmp_path):
    (tmp_path / "M.ONNX").write_text("older")
    export.save(easy, tmp_path / "M.ONNX")
    onnx.load(tmp_path / "M.ONNX", format="protobuf")
    assert [path.name for path in tmp_path.iterdir()] == ["M.ONNX"]


# What goes wrong


@pytest.mark.parametrize("name", ["m", "m.safetensors", "onnx", "m.onnx.txt"])
def test_a_name_that_does_not_end_in_onnx(easy, tmp_path, name):
    with pytest.raises(ModelError, match=r"was not written: the name of an ONNX file ends in \.onnx"):
        export.save(easy, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(easy, tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ModelError, match=r"folder\.onnx is a folder"):
        export.save(easy, tmp_path / "folder.onnx")
    with pytest.raises(ModelError, match=r"there is no folder .*nowhere"):
        export.save(easy, tmp_path / "nowhere" / "m.onnx")


def test_a_full_disk_leaves_the_older_file(easy, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "m.onnx").write_text("older")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match=r"m\.onnx cannot be written: No space left on device"):
        export.save(easy, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


def test_without_the_extra_a_sentence_says_how_to_get_it(easy, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[onnx\]"'):
        export.save(easy, tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []
