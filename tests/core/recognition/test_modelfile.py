"""Model files: saved and loaded bit for bit; errors are one line that names the file."""

import errno
import hashlib
import json
import os

import numpy as np
import pytest
from safetensors.numpy import save as to_bytes

from core.errors import ModelError
from core.files import tensorfile
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.calibration import TEMPERATURES, Calibration
from core.recognition.modelfile import Model


def model(seed=0, **facts):
    network = Network(mlp((784, 6, 5, 10), batch_norm=True, dropout=0.25))
    rng = np.random.default_rng(seed)
    network.initialize(he_normal, rng)
    network.statistics[:] = rng.random(network.statistics.shape)
    network.parameters[network.n_weights :] = rng.normal(size=len(network.parameters) - network.n_weights)
    return Model(network, **facts)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a model.safetensors"
    modelfile.save(model(), path)
    return path


def facts_and_tensors(path):
    """Return the facts and the tensors of a file."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    facts = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["digitpad"])
    tensors = {name: tensor.copy() for name, tensor in modelfile.load(path).network.tensors().items()}
    return facts, tensors


def write_file(path, facts, tensors):
    """Write a file with changed facts or tensors and matching checksums."""
    facts = facts | {"sha256": tensorfile.digest(tensors)}
    text = json.dumps(facts)
    checksum = hashlib.sha256(text.encode()).hexdigest()
    path.write_bytes(to_bytes(tensors, metadata={"digitpad": text, "sha256": checksum}))


def assert_rejected(path, message):
    with pytest.raises(ModelError, match=message) as caught:
        modelfile.load(path)
    assert str(caught.value).startswith(f"{path} ")
    assert "\n" not in str(caught.value)


def assert_only(*paths):
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)


def test_a_saved_model_is_loaded_bit_for_bit(tmp_path):
    saved = model(
        input_scale=1 / 128,
        recipe="quick",
        seed=7,
        data="mnist+synthetic",
        credits=("A. Müller (CC BY)", "another"),
        scores={"test_accuracy": 0.9875, "perfect": 1},
        settings={"hidden": [6, 5], "schedule": "one_cycle"},
        threads=2,
        date="2024-02-29T12:00:00+00:00",
        program="digitpad 1",
    )
    modelfile.save(saved, tmp_path / "m")
    loaded = modelfile.load(tmp_path / "m")
    assert loaded.facts() == saved.facts()
    assert loaded.network.parameters.tobytes() == saved.network.parameters.tobytes()
    assert loaded.network.statistics.tobytes() == saved.network.statistics.tobytes()
    x = np.random.default_rng(0).random((3, 784), dtype=np.float32)
    np.testing.assert_array_equal(loaded.network.predict(x), saved.network.predict(x))


def test_a_file_has_all_facts(path):
    facts, _ = facts_and_tensors(path)
    assert facts["format"] == modelfile.FORMAT
    assert facts["preprocessing"] == modelfile.PREPROCESSING
    assert facts["layers"][0] == {"layer": "Linear", "n_in": 784, "n_out": 6}
    assert len(facts["sha256"]) == 64
    assert facts.keys() > {"input_scale", "recipe", "seed", "data", "credits", "scores", "date"}


def test_a_network_without_hidden_layers(tmp_path):
    network = Network(mlp((784, 10)))
    modelfile.save(Model(network), tmp_path / "m")
    assert modelfile.load(tmp_path / "m").network.sizes == (784, 10)


def test_non_contiguous_parameters_are_saved_in_order(tmp_path, monkeypatch):
    saved = model()
    tensors = saved.network.tensors()
    transposed = {name: np.asfortranarray(value) for name, value in tensors.items()}
    assert not transposed["0.weight"].flags.c_contiguous
    sliced = np.repeat(tensors["1.gamma"], 2)[::2]
    monkeypatch.setattr(saved.network, "tensors", lambda: transposed | {"1.gamma": sliced})
    modelfile.save(saved, tmp_path / "m")
    assert modelfile.load(tmp_path / "m").network.parameters.tobytes() == saved.network.parameters.tobytes()


def test_scores_that_are_not_finite_are_left_out(tmp_path):
    modelfile.save(model(scores={"test_loss": float("nan"), "far": float("inf"), "test_accuracy": 0.5}), tmp_path / "m")
    assert modelfile.load(tmp_path / "m").scores == {"test_accuracy": 0.5}


def test_saving_replaces_an_older_file(path):
    newer = model(seed=1)
    modelfile.save(newer, path)
    assert modelfile.load(path).network.parameters.tobytes() == newer.network.parameters.tobytes()
    assert_only(path)


# -- invalid files ---


def test_a_missing_file(tmp_path):
    assert_rejected(tmp_path / "none", "cannot be read: No such file")


def test_a_folder(tmp_path):
    assert_rejected(tmp_path, "cannot be read: Is a directory")


@pytest.mark.parametrize(
    "content", [b"", b"\x08", b"Once upon a time", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff" * 8 + b"{}"]
)
def test_content_that_is_not_a_model(tmp_path, content):
    (tmp_path / "m").write_bytes(content)
    assert_rejected(tmp_path / "m", "not a model: it is not a safetensors file")


def test_safetensors_of_other_programs(tmp_path):
    (tmp_path / "m").write_bytes(to_bytes({"0.weight": np.zeros((784, 10), np.float32)}))
    assert_rejected(tmp_path / "m", "not a model written by digitpad: it has no valid metadata")
    (tmp_path / "m").write_bytes(to_bytes({"w": np.zeros(3)}, metadata={"format": "pt"}))
    assert_rejected(tmp_path / "m", "not a model written by digitpad: it has no valid metadata")


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"{}",
        b"[1]",
        b'{"__metadata__": null}',
        b'{"__metadata__": []}',
        b'{"__metadata__": {"digitpad": {}}}',
        b'{"__metadata__": {"digitpad": "no JSON"}}',
        b'{"__metadata__": {"digitpad": "[]"}}',
        b'{"__metadata__": {"digitpad": "\\ud800"}}',
        b'{"__metadata__": {"digitpad": "{\\"format\\": true}"}}',
        b'{"__metadata__": {"digitpad": "{\\"format\\": 0}"}}',
        b'{"__metadata__": {"digitpad": "{\\"format\\": NaN}"}}',
        b"{" + b"[" * 100_000,
        b'{"__metadata__": {"digitpad": "' + b"[" * 100_000 + b'"}}',
        b'{"__metadata__": {"digitpad": "' + b"9" * 5000 + b'"}}',
        b"{\xff\xfe",
    ],
    ids=lambda header: header[:40].decode("ascii", "replace") + str(len(header)),
)
def test_an_invalid_header(tmp_path, header):
    (tmp_path / "m").write_bytes(len(header).to_bytes(8, "little") + header)
    assert_rejected(tmp_path / "m", "is not a model")


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 2**62, 2**31, tensorfile.MAX_HEADER_BYTES + 1])
def test_a_header_length_that_is_too_large(path, length):
    path.write_bytes(length.to_bytes(8, "little") + path.read_bytes()[8:])
    assert_rejected(path, "not a safetensors file")


def test_a_header_longer_than_the_file(path):
    path.write_bytes((500_000).to_bytes(8, "little") + path.read_bytes()[8:])
    assert_rejected(path, "it ends early")


def test_a_truncated_file(path):
    content = path.read_bytes()
    header_ends = 8 + int.from_bytes(content[:8], "little")
    lengths = {*range(30), *range(30, len(content), 997), header_ends - 1, header_ends, header_ends + 1}
    for length in sorted(lengths | {len(content) - 1}):
        path.write_bytes(content[:length])
        assert_rejected(path, "is damaged|is not a model")


def test_trailing_bytes(path):
    path.write_bytes(path.read_bytes() + b"\0\0\0\0")
    assert_rejected(path, "is damaged")


def test_a_flipped_bit_anywhere(path):
    content = path.read_bytes()
    header_ends = 8 + int.from_bytes(content[:8], "little")
    positions = [*range(0, header_ends, 7), *range(header_ends, len(content), 1009), len(content) - 1]
    for position in positions:
        flipped = bytearray(content)
        flipped[position] ^= 1 << (position % 8)
        path.write_bytes(flipped)
        assert_rejected(path, ".")


def test_a_flipped_bit_in_the_weights_is_reported_as_tampering(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    assert_rejected(path, "tampered with: its tensors do not match their SHA-256")


def test_a_changed_score_is_reported_as_tampering(path):
    modelfile.save(model(scores={"test_accuracy": 0.25}), path)
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.99"))
    assert_rejected(path, "tampered with: its metadata")


def test_a_file_that_is_too_large(path, monkeypatch):
    monkeypatch.setattr(modelfile, "MAX_BYTES", path.stat().st_size)
    modelfile.load(path)
    monkeypatch.setattr(modelfile, "MAX_BYTES", path.stat().st_size - 1)
    assert_rejected(path, "too large to be read")


@pytest.mark.parametrize("name", ["format", "preprocessing"])
def test_a_newer_file(path, name):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {name: facts[name] + 1}, tensors)
    assert_rejected(path, f"newer kind.*{name} 2.*update digitpad")


def test_a_newer_file_with_other_checksums_is_reported_as_newer(path):
    text = json.dumps({"format": 2})
    path.write_bytes(to_bytes({"w": np.zeros(1)}, metadata={"digitpad": text}))
    assert_rejected(path, "newer kind")


LINEAR = {"layer": "Linear", "n_in": 784, "n_out": 10}


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (None, "it has no list of layers"),
        ([], "it has no list of layers"),
        ([{"layer": "ReLU"}] * 1000, "it has no list of layers"),
        (["Linear"], "does not know"),
        ([{"layer": "Pickle"}], "does not know"),
        ([{"layer": ["Linear"]}], "does not know"),
        ([{}], "does not know"),
        ([LINEAR | {"n_out": 10**9}], "from 1 to 4096"),
        ([LINEAR | {"n_out": 0}], "from 1 to 4096"),
        ([LINEAR | {"n_out": 10.0}], "from 1 to 4096"),
        ([LINEAR | {"n_out": True}], "from 1 to 4096"),
        ([LINEAR | {"n_in": 785}], "do not fit each other"),
        ([LINEAR | {"n_out": 9}], "has 9 outputs, not one for each of the 10 digits"),
        ([{"layer": "ReLU"}], "has 784 outputs"),
        ([LINEAR, {"layer": "BatchNorm", "n": 11}], "do not fit each other"),
        ([LINEAR | {"bias": False}], "the description of a layer is invalid"),
        ([LINEAR, {"layer": "BatchNorm"}], "the description of a layer is invalid"),
        ([LINEAR, {"layer": "Dropout", "rate": "half"}], "the description of a layer is invalid"),
        ([LINEAR, LINEAR | {"n_in": 10}], "its tensors are not those of its layers"),
        ([LINEAR, {"layer": "BatchNorm", "n": 10}], "its tensors are not those of its layers"),
    ],
)
def test_invalid_layers(tmp_path, path, layers, message):
    facts, _ = facts_and_tensors(path)
    write_file(path, facts | {"layers": layers}, {"0.weight": np.zeros((784, 10), np.float32), "0.bias": np.zeros(10)})
    assert_rejected(path, message)


def test_layers_too_large_for_the_file_are_rejected_before_they_are_built(path, monkeypatch):
    facts, tensors = facts_and_tensors(path)
    wide = [{"layer": "Linear", "n_in": n_in, "n_out": 4096} for n_in in (784, *[4096] * 19)]
    write_file(path, facts | {"layers": [*wide, {"layer": "Linear", "n_in": 4096, "n_out": 10}]}, tensors)
    monkeypatch.setattr(modelfile.Network, "from_description", lambda description: pytest.fail("the network was built"))
    assert_rejected(path, "too short for its layers")


@pytest.mark.parametrize("name", ["0.weight", "4.bias", "1.variance"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite(path, name, value):
    facts, tensors = facts_and_tensors(path)
    tensors[name].flat[0] = value
    write_file(path, facts, tensors)
    assert_rejected(path, "weights that are not finite numbers")


def test_a_missing_extra_or_renamed_tensor(path):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts, {name: tensor for name, tensor in tensors.items() if name != "4.bias"})
    assert_rejected(path, "not those of its layers")
    write_file(path, facts, tensors | {"9.weight": np.zeros(1, np.float32)})
    assert_rejected(path, "not those of its layers")
    write_file(path, facts, {name.replace("4.bias", "4.Bias"): tensor for name, tensor in tensors.items()})
    assert_rejected(path, "not those of its layers")


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int32, np.uint8])
def test_a_tensor_of_another_type(path, dtype):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts, tensors | {"4.bias": tensors["4.bias"].astype(dtype)})
    assert_rejected(path, "its tensor 4.bias is not of shape")


def test_a_tensor_of_another_shape(path):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts, tensors | {"0.weight": np.ascontiguousarray(tensors["0.weight"].T)})
    assert_rejected(path, "its tensor 0.weight is not of shape")


@pytest.mark.parametrize("scale", [None, "1", 0, -1, 1.5, 10**38, [1]])
def test_an_input_scale_out_of_range(path, scale):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"input_scale": scale}, tensors)
    assert_rejected(path, 'its value for "input_scale" is invalid')


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_numbers_that_json_lacks(path, scale):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"input_scale": scale}, tensors)
    assert_rejected(path, "not a model written by digitpad")


@pytest.mark.parametrize(
    ("name", "value"),
    [("recipe", 3), ("seed", "x"), ("data", None), ("credits", "one"), ("scores", []), ("settings", 1), ("date", 0)],
)
def test_facts_of_the_wrong_type(path, name, value):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {name: value}, tensors)
    assert_rejected(path, f'its value for "{name}" is invalid')


def test_a_score_of_none_is_left_out(path):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"scores": {"test_accuracy": 0.5, "none": None}}, tensors)
    assert modelfile.load(path).scores == {"test_accuracy": 0.5}


def test_numbers_too_large_for_a_float_are_rejected(path):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"scores": {"huge": 10**400}}, tensors)
    assert_rejected(path, "it has no valid metadata")


def test_a_rejected_file_does_not_change_a_loaded_model(path):
    loaded = modelfile.load(path)
    before = loaded.network.parameters.copy()
    path.write_bytes(path.read_bytes()[:-1])
    assert_rejected(path, "is damaged")
    np.testing.assert_array_equal(loaded.network.parameters, before)


# -- paths that cannot be written ---


def test_saving_into_a_missing_folder(tmp_path):
    with pytest.raises(ModelError, match=r"there is no folder .*nowhere"):
        modelfile.save(model(), tmp_path / "nowhere" / "m")
    assert list(tmp_path.iterdir()) == []


def test_saving_below_a_file(path):
    with pytest.raises(ModelError, match="there is no folder"):
        modelfile.save(model(), path / "m")
    modelfile.load(path)


def test_saving_to_the_path_of_a_folder(tmp_path):
    folder = tmp_path / "m"
    folder.mkdir()
    with pytest.raises(ModelError, match=r"m is a folder"):
        modelfile.save(model(), folder)
    assert_only(folder)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_only_the_older_file(path, monkeypatch, step):
    before = path.read_bytes()

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(ModelError, match=r"a model\.safetensors cannot be written: No space left"):
        modelfile.save(model(seed=1), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert_only(path)


def test_a_disk_that_fills_up_during_writing(path):
    resource = pytest.importorskip("resource")
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(ModelError, match=r"cannot be written: File too large"):
            modelfile.save(model(seed=1), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert_only(path)


# -- calibration, precision, an eleventh output ---


def test_the_calibration_is_saved(tmp_path):
    for calibrated in (Calibration(1.5, -2.25), Calibration(0.8, None)):
        modelfile.save(model(calibration=calibrated), tmp_path / "m")
        assert modelfile.load(tmp_path / "m").calibration == calibrated


@pytest.mark.parametrize(
    ("calibrated", "name"),
    [
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": 1.0, "threshold": "low"}, "threshold"),
        ([1, 2], "calibration"),
    ],
)
def test_an_invalid_calibration(path, calibrated, name):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"calibration": calibrated}, tensors)
    assert_rejected(path, f'its value for "{name}" is invalid')


def test_a_temperature_out_of_range_is_clipped(path):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"calibration": {"temperature": 0.0}}, tensors)
    assert modelfile.load(path).calibration.temperature == TEMPERATURES[0]


def test_half_precision_halves_the_file(path):
    half = path.with_name("half")
    modelfile.save(model(precision="float16"), half)
    one, other = modelfile.load(path), modelfile.load(half)
    assert half.stat().st_size < 0.6 * path.stat().st_size
    assert other.precision == "float16"
    assert other.network.parameters.dtype == np.float32
    np.testing.assert_allclose(other.network.parameters, one.network.parameters, rtol=1e-3, atol=1e-6)


def test_weights_too_large_for_half_precision_are_not_saved(tmp_path):
    large = model(precision="float16")
    large.network.parameters[0] = 1e6
    with pytest.raises(ModelError, match="float16 cannot hold"):
        modelfile.save(large, tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("precision", ["float64", "", None, 16])
def test_an_invalid_precision(path, precision):
    facts, tensors = facts_and_tensors(path)
    write_file(path, facts | {"precision": precision}, tensors)
    assert_rejected(path, 'its value for "precision" is invalid')


def test_eleven_outputs_are_accepted_and_twelve_rejected(tmp_path):
    modelfile.save(Model(Network(mlp((784, 11)))), tmp_path / "eleven")
    assert modelfile.load(tmp_path / "eleven").network.sizes == (784, 11)
    modelfile.save(Model(Network(mlp((784, 12)))), tmp_path / "twelve")
    assert_rejected(tmp_path / "twelve", "has 12 outputs")
