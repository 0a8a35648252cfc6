"""digitpad-lab model."""

import json

from commands import assert_mistake

from core.recognition import modelfile


def test_model_show(lab, model):
    code, out, err = lab("model", "show", model)
    facts = json.loads(out)
    assert (code, err) == (0, "")
    assert facts["recipe"] == "quick"
    assert facts["layers"][0] == {"layer": "Linear", "n_in": 784, "n_out": 16}


def test_mistakes_in_model_show(lab, here):
    assert_mistake(lab("model", "show", "none"), "none", "No such file")
    assert_mistake(lab("model", "show", here), "Is a directory")


def test_a_model_is_calibrated_on_a_source_or_like_another(lab, model, here):
    assert modelfile.load(model).calibration.threshold is None  # 30 validation digits are too few to fit one
    code, out, err = lab("model", "calibrate", model, "--on", "synthetic:200", "--out", "a")
    assert (code, err) == (0, "")
    fitted = modelfile.load(here / "a").calibration
    assert f"{fitted.temperature:.3f}, rejects scores below {fitted.threshold:.3f}" in out
    assert lab("model", "calibrate", model, "--like", "a", "--out", "b")[0] == 0
    assert modelfile.load(here / "b").calibration == fitted
    assert lab("model", "calibrate", "b", "--like", model)[:2] == (0, "b: temperature 1.000, rejects nothing\n")
    assert modelfile.load(here / "b").calibration == modelfile.load(model).calibration


def test_mistakes_in_calibrate(lab, model, here):
    assert_mistake(lab("model", "calibrate", model), "--on", "--like")
    assert_mistake(lab("model", "calibrate", model, "--on", "mnist", "--like", model), "not allowed with")
    assert_mistake(lab("model", "calibrate", model, "--like", "missing"), "missing")
    assert_mistake(lab("model", "calibrate", "missing", "--on", "synthetic:100"), "missing")
