"""ONNX export: onnxruntime and the recogniser give the same results, and the file is complete and valid."""

import dataclasses
import errno
import json
import os
import sys

import numpy as np
import onnx
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


def run(exported, images):
    """Return onnxruntime's results for images (N, 28, 28) of 0 to 255, by the names of the outputs."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime has no wheels for this Python yet")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(exported.SerializeToString(), options)
    results = session.run(None, {"image": images.reshape(-1, 784) / np.float32(255)})
    return dict(zip([output.name for output in session.get_outputs()], results, strict=True))


@pytest.fixture
def small():
    """A small model, quick to export."""
    return model(10)


# -- results ---


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_onnxruntime_and_the_recogniser_agree(make, thousand_digits):
    original = make()
    results = run(export.build(original), thousand_digits)
    expected = Recognizer.of(original).predict_images(thousand_digits)
    assert tuple(results) == export.outputs(original)
    probabilities = [prediction.probabilities for prediction in expected]
    np.testing.assert_allclose(results["probabilities"], probabilities, rtol=0, atol=1e-5)
    np.testing.assert_allclose(results["score"], [p.score for p in expected], rtol=1e-5, atol=1e-5)


def test_the_threshold_rejects_the_same_images(thousand_digits):
    shipped = shipped_model()
    scores = calibration.scores(Recognizer.of(shipped).logits(thousand_digits))
    threshold = float(np.median(scores))
    original = dataclasses.replace(shipped, calibration=Calibration(threshold=threshold))
    accepted = run(export.build(original), thousand_digits)["is_digit"]
    expected = np.array([prediction.is_digit for prediction in Recognizer.of(original).predict_images(thousand_digits)])
    clear = abs(scores - threshold) > 1e-4  # closer ones depend on the last bit of a float32
    assert clear.sum() > 950
    np.testing.assert_array_equal(accepted[clear], expected[clear])


def test_is_digit_is_an_output_if_there_is_a_threshold():
    assert export.outputs(model(10, calibration=Calibration(1.0, 0.0))) == ("probabilities", "score", "is_digit")
    assert export.outputs(model(10)) == ("probabilities", "score")


def test_one_image_gives_the_same_alone_and_in_a_batch(thousand_digits):
    exported = export.build(shipped_model())
    alone, batch = run(exported, thousand_digits[:1]), run(exported, thousand_digits[:7])
    assert [result.shape for result in alone.values()] == [(1, 10), (1,), (1,)]
    assert [result.shape for result in batch.values()] == [(7, 10), (7,), (7,)]
    assert [result.dtype for result in alone.values()] == [np.float32, np.float32, np.bool_]
    for name, result in alone.items():
        np.testing.assert_allclose(result, batch[name][:1], rtol=1e-5, atol=1e-6)


def test_huge_logits_give_probabilities():
    original = model(10, calibration=Calibration(0.05))
    original.network.parameters[:] = 0
    original.network.parameters[-10:] = np.linspace(-1e4, 1e4, 10)
    results = run(export.build(original), np.zeros((1, 28, 28), np.uint8))
    np.testing.assert_array_equal(results["probabilities"], [[0] * 9 + [1]])
    assert results["score"] == 1e4


def test_all_layers_are_supported():
    assert {layer.__name__ for layer in export.OPERATIONS} == LAYERS.keys() - {"Dropout"}


# -- the file ---


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_the_file_is_valid_and_its_versions_old_enough(make, tmp_path):
    export.save(make(), tmp_path / "m.onnx")
    exported = onnx.load(tmp_path / "m.onnx")
    onnx.checker.check_model(exported, full_check=True)
    assert (exported.ir_version, [(opset.domain, opset.version) for opset in exported.opset_import]) == (8, [("", 17)])
    assert onnx.helper.find_min_ir_version_for(exported.opset_import) <= exported.ir_version
    (image,) = exported.graph.input
    assert image.name == "image"
    batch, n_pixels = image.type.tensor_type.shape.dim
    assert (batch.dim_param, n_pixels.dim_value) == ("batch", 784)
    assert all(value.doc_string for value in (image, *exported.graph.output))


def test_the_file_holds_the_origin_of_the_model(tmp_path):
    shipped = shipped_model()
    export.save(shipped, tmp_path / "m.onnx")
    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert (facts["recipe"], facts["data"], facts["program"]) == (shipped.recipe, shipped.data, shipped.program)
    assert json.loads(facts["credits"]) == list(shipped.credits)
    assert json.loads(facts["scores"]) == shipped.scores
    assert json.loads(facts["preprocessing"]) == modelfile.PREPROCESSING


def test_texts_may_be_invalid_unicode():
    exported = export.build(model(10, credits=("A. Müller",), data="idx:\udcff"))
    facts = {entry.key: entry.value for entry in exported.metadata_props}
    assert facts["credits"] == '["A. Müller"]'
    assert facts["data"] == r"idx:\udcff"


def test_saving_replaces_an_older_file(small, tmp_path):
    (tmp_path / "M.ONNX").write_text("older")
    export.save(small, tmp_path / "M.ONNX")
    onnx.load(tmp_path / "M.ONNX", format="protobuf")
    assert [path.name for path in tmp_path.iterdir()] == ["M.ONNX"]


# -- errors ---


@pytest.mark.parametrize("name", ["m", "m.safetensors", "onnx", "m.onnx.txt"])
def test_a_name_must_end_in_onnx(small, tmp_path, name):
    with pytest.raises(ModelError, match=r"was not written: the name of an ONNX file ends in \.onnx"):
        export.save(small, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written(small, tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ModelError, match=r"folder\.onnx is a folder"):
        export.save(small, tmp_path / "folder.onnx")
    with pytest.raises(ModelError, match=r"there is no folder .*nowhere"):
        export.save(small, tmp_path / "nowhere" / "m.onnx")


def test_a_full_disk_leaves_the_older_file(small, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "m.onnx").write_text("older")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match=r"m\.onnx cannot be written: No space left on device"):
        export.save(small, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


def test_without_the_extra_the_error_says_how_to_install_it(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[onnx\]"'):
        export.save(small, tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []
