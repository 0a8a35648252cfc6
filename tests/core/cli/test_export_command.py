"""digitpad-lab export."""

import sys

from commands import assert_mistake, strict

from core.recognition import modelfile, onnx
from core.recognition.recognizer import shipped_model


def test_export(lab, model, here):
    code, out, err = lab("export", model, "easy.onnx")
    assert (code, err) == (0, "")
    assert out == "easy.onnx: from image (N, 784) in [0, 1] to probabilities, score\n"
    assert (here / "easy.onnx").read_bytes() == onnx.build(modelfile.load(model)).SerializeToString()


def test_export_json_of_the_model_that_ships(lab, here):
    code, out, err = lab("export", "shipped", "m.onnx", "--json")
    report = strict(out)
    assert (code, err) == (0, "")
    assert (report["model"], report["out"], report["opset"]) == ("shipped", "m.onnx", 17)
    assert (report["input"], report["outputs"]) == ("image", ["probabilities", "score", "is_digit"])
    assert (here / "m.onnx").read_bytes() == onnx.build(shipped_model()).SerializeToString()


def test_mistakes_in_export(lab, model, here, monkeypatch):
    assert_mistake(lab("export", model), "OUT")
    assert_mistake(lab("export", "none", "m.onnx"), "none", "No such file")
    (here / "text").write_text("not a model")
    assert_mistake(lab("export", "text", "m.onnx"), "text is not a model")
    assert_mistake(lab("export", model, "m.safetensors"), "m.safetensors was not written", ".onnx")
    assert_mistake(lab("export", model, "missing/m.onnx", "--json"), "there is no folder missing")
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert_mistake(lab("export", model, "m.onnx"), 'pip install "digitpad[onnx]"')
    assert [path.name for path in here.iterdir()] == ["text"]
