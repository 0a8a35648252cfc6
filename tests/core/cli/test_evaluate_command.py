"""digitpad-lab evaluate."""

import numpy as np
import pytest
from commands import assert_mistake, digits, strict

from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.modelfile import Model


def test_evaluate(lab, data, model):
    code, out, err = lab("evaluate", "--model", model, "--data", data)
    assert (code, err) == (0, "")
    assert "of 40 right" in out


def test_evaluate_uses_the_test_part_of_a_source(lab, data, model):
    code, out, err = lab("evaluate", "--model", model, "--data", data, "--json")
    report = strict(out)
    assert (code, err) == (0, "")
    loaded = modelfile.load(model)
    images, labels = digits(40, 1)
    predictions = loaded.network.predict(images.reshape(40, 784) * np.float32(loaded.input_scale)).argmax(axis=1)
    assert (report["n"], report["correct"]) == (40, int((predictions == labels).sum()))
    assert report["accuracy"] == report["correct"] / 40 == loaded.scores["test_accuracy"]
    assert report["loss"] == pytest.approx(loaded.scores["test_loss"])
    confusion = np.array(report["confusion"])
    assert confusion.shape == (10, 10)
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels, minlength=10))
    np.testing.assert_array_equal(confusion.sum(axis=0), np.bincount(predictions, minlength=10))


def test_evaluate_uses_a_whole_source_without_a_test_part(lab, model):
    assert strict(lab("evaluate", "--model", model, "--data", "synthetic:50", "--json")[1])["n"] == 50


def test_evaluate_drawings(lab, model, pen):
    report = strict(lab("evaluate", "--model", model, "--data", pen, "--json")[1])
    assert report["n"] == 20
    assert report["interval"][0] <= report["accuracy"] <= report["interval"][1]
    assert 0 <= report["rejected"] <= 20
    assert 0 <= report["accuracy_accepted"] <= 1
    assert 0 <= report["ece"] <= 1
    assert report["split"] == 0


@pytest.mark.parametrize("path", ["strokes", "bitmap"])
def test_evaluate_places_drawings_on_a_canvas(lab, pen, path):
    report = strict(lab("evaluate", "--data", pen, "--placement", "0.4,0.05", "--path", path, "--json")[1])
    assert report["accuracy"] >= 0.9


def test_images_have_no_placement(lab, data, model):
    for option in (("--placement", "0.5,0.05"), ("--path", "bitmap")):
        assert_mistake(lab("evaluate", "--model", model, "--data", data, *option), "has images, not strokes")


@pytest.mark.parametrize("placement", ["0.5", "0.05,0.01", "2,0.1", "0.5,0.4", "0.5,0", "a,b", "nan,0.1"])
def test_a_placement_out_of_range(lab, data, model, placement):
    assert_mistake(lab("evaluate", "--model", model, "--data", data, "--placement", placement), "--placement")


def test_evaluate_non_digits(lab, data, model, pen):
    report = strict(lab("evaluate", "--model", model, "--data", "nondigits:100", "--json")[1])
    assert report.keys() == {"n", "rejected", "data"}
    report = strict(lab("evaluate", "--model", model, "--data", "nondigits:100", "--digits", pen, "--json")[1])
    assert 0 <= report["auroc"] <= 1
    code, out, _ = lab("evaluate", "--model", model, "--data", "nondigits:100", "--digits", pen)
    assert code == 0
    assert "of 100 rejected" in out


def test_mistakes_in_evaluate(lab, data, model, here):
    assert_mistake(lab("evaluate", "--model", model), "--data")
    assert_mistake(lab("evaluate", "--model", "none", "--data", data), "none", "No such file")
    assert_mistake(lab("evaluate", "--model", model, "--data", "nonsense"), "nonsense")
    (here / "m").write_bytes(model.read_bytes()[:1000])
    assert_mistake(lab("evaluate", "--model", "m", "--data", data, "--json"), "m is damaged")


def test_a_model_whose_outputs_are_not_numbers(lab, data, here):
    network = Network(mlp((784, 16, 16, 10)))
    network.parameters[:] = 1e30
    modelfile.save(Model(network), here / "huge")
    assert_mistake(lab("evaluate", "--model", "huge", "--data", data, "--json"), "not numbers")


@pytest.mark.real_data
def test_the_shipped_model_reaches_98_5_percent_on_mnist(lab, real_data, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(real_data))
    report = strict(lab("evaluate", "--data", "mnist", "--json")[1])
    assert report["n"] == 10_000
    assert report["accuracy"] >= 0.985
