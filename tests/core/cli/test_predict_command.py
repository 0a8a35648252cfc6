"""digitpad-lab predict."""

import csv
import io
import os

import numpy as np
import pytest
from commands import OUT, SEVEN, assert_mistake, run_command, strict
from PIL import Image

from core.preprocessing.ink import Drawing
from core.recognition import modelfile
from core.recognition.recognizer import Recognizer, shipped_model


def test_predict(lab, model, files):
    code, out, err = lab("predict", "--model", model, "seven.json", "one.png")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    recognizer = Recognizer.of(modelfile.load(model))
    expected = recognizer.predict(Drawing.from_points(SEVEN))
    probabilities = sorted(expected.probabilities, reverse=True)
    first_two = "{} or {}".format(*expected.candidates)
    assert first == f"seven.json: {first_two} ({probabilities[0]:.1%}, {probabilities[1]:.1%})"
    assert second.startswith("one.png: ")


def test_predict_json(lab, model, files):
    code, out, err = lab("predict", "--model", model, "seven.json", "one.png", "one.JPG", "--json")
    report = strict(out)
    assert (code, err) == (0, "")
    assert [result["file"] for result in report["results"]] == ["seven.json", "one.png", "one.JPG"]
    recognizer = Recognizer.of(modelfile.load(model))
    expected = recognizer.predict(Drawing.from_points(SEVEN))
    np.testing.assert_allclose(report["results"][0]["probabilities"], expected.probabilities, atol=1e-6)
    for result in report["results"]:
        assert result["digit"] == int(np.argmax(result["probabilities"]))
        assert len(result["probabilities"]) == 10
        assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-5)


BAD = ["bad.json", "nothing.json", "blank.png", "text.png", "missing.png", "missing.json", "."]


def test_a_bad_file_does_not_stop_the_others(lab, model, files):
    names = ["bad.json", "seven.json", *BAD[1:], "one.png"]
    code, out, err = lab("predict", "--model", model, *names)
    assert code == 2
    assert [line.split(":")[0] for line in out.splitlines()] == ["seven.json", "one.png"]
    lines = err.splitlines()
    assert len(lines) == len(BAD)
    for name, line in zip(BAD, lines, strict=True):
        assert line.startswith(f"digitpad-lab: {name}")


def test_bad_files_in_json(lab, model, files):
    code, out, err = lab("predict", "--model", model, "seven.json", *BAD, "--json")
    results = strict(out)["results"]
    assert (code, err) == (2, "")
    assert [result["file"] for result in results] == ["seven.json", *BAD]
    assert "digit" in results[0]
    assert "error" not in results[0]
    for result in results[1:]:
        assert result.keys() == {"file", "error"}
        assert result["error"].startswith(result["file"])


def test_bad_files_alone(lab, model, files):
    assert_mistake(lab("predict", "--model", model, "text.png"), "text.png", "is a text file")


def test_predict_csv(lab, model, files):
    (files / "seven, or one.json").write_bytes((files / "seven.json").read_bytes())
    code, out, err = lab("predict", "--model", model, "seven, or one.json", "one.png", *BAD, "--csv")
    assert (code, err) == (2, "")
    header, *rows = csv.reader(io.StringIO(out))
    assert header == ["file", "number", "judgement", "probability", "error"]
    assert [row[0] for row in rows] == ["seven, or one.json", "one.png", *BAD]
    results = strict(lab("predict", "--model", model, "seven, or one.json", "one.png", *BAD, "--json")[1])["results"]
    for row, result in zip(rows, results, strict=True):
        if "error" in result:
            assert row[1:] == ["", "", "", result["error"]]
        else:
            assert row[1:3] == [result["number"], result["judgement"]]
            assert float(row[3]) == pytest.approx(max(result["probabilities"]), abs=1e-6)
            assert row[4] == ""


def test_predict_csv_of_files_that_can_be_read(lab, model, files):
    assert lab("predict", "--model", model, "one.png", "--csv")[::2] == (0, "")


def test_predict_reads_every_format_of_pictures(lab, files):
    names = [f"one.{suffix}" for suffix in ("bmp", "webp", "tif", "gif", "jpeg")]
    for name in names:
        with Image.open(files / "one.png") as image:
            image.save(files / name)
    code, out, _ = lab("predict", "one.png", *names, "--csv")
    assert code == 0
    assert [row["number"] for row in csv.DictReader(io.StringIO(out))] == ["1"] * 6


def test_a_damaged_tiff_gives_one_sentence(model, files):
    """Libtiff writes to the process's standard error, past Python."""
    with Image.open(files / "one.png") as image:
        image.save(files / "one.tif", compression="lzma")
    content = (files / "one.tif").read_bytes()
    (files / "one.tif").write_bytes(content[:8] + bytes(40) + content[48:])
    done = run_command("predict", "--model", str(model), "one.tif")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("digitpad-lab: one.tif is damaged")


def test_mistakes_in_predict(lab, model, files):
    assert_mistake(lab("predict"), "FILE")
    assert_mistake(lab("predict", "one.png", "--csv", "--json"), "not allowed with")
    assert_mistake(lab("predict", "--model", "text.png", "one.png"), "text.png", "not a model")
    assert_mistake(lab("predict", "--model", model, "--loud", "one.png"), "--loud")


def test_a_file_name_that_cannot_be_encoded(model, files):
    name = os.fsdecode(b"\xff.json")
    (files / "seven.json").rename(files / name)
    done = run_command("predict", "--model", str(model), name, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("\\udcff.json: ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
def test_a_named_pipe_does_not_block(lab, here):
    os.mkfifo(here / "pipe.png")
    assert_mistake(lab("predict", "pipe.png"), "pipe.png", "not an ordinary file")


def test_a_missing_shipped_model_is_named(lab, files, monkeypatch):
    monkeypatch.setattr("core.recognition.recognizer.resources.files", lambda package: files)
    assert_mistake(lab("predict", "one.png"), OUT, "No such file")


def test_the_shipped_model_recognises_a_drawing_and_pictures(lab, files):
    assert shipped_model().network.sizes[0] == 784
    results = strict(lab("predict", "seven.json", "one.png", "one.JPG", "--json")[1])["results"]
    assert [result["digit"] for result in results] == [7, 1, 1]


def test_symbols_and_lines(lab, model, tmp_path):
    angles = np.linspace(0, 2 * np.pi, 60)
    zero = np.column_stack([30 * np.sin(angles), -50 * np.cos(angles)])
    comma = np.array([[62, 42], [56, 60]])
    others = [zero + np.array(shift) for shift in ([110, 0], [10, 160], [100, 160])]
    strokes = [zero, comma, *others]
    (tmp_path / "page.json").write_text(Drawing.from_points(strokes).to_json())
    code, out, _ = lab("predict", "--model", model, "page.json", "--json")
    (result,) = strict(out)["results"]
    digits = [str(part["digit"]) for part in result["digits"]]
    assert code == 0
    assert [part["kind"] for part in result["digits"]] == ["digit", "symbol", "digit", "digit", "digit"]
    assert result["digits"][1]["judgement"] == "not a digit"
    assert result["numbers"] == [digits[0] + digits[2], digits[3] + digits[4]]
    assert result["number"] == " ".join(result["numbers"])
    _, out, _ = lab("predict", "--model", model, "page.json")
    assert "4 digits" in out
    assert "1 symbol left out" in out
    _, out, _ = lab("predict", "--model", model, "page.json", "--csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["number"] == result["number"]
    digits = [part for part in result["digits"] if part["kind"] == "digit"]
    assert float(row["probability"]) == min(max(part["probabilities"]) for part in digits)


def test_beside_the_digits_is_the_first_digit_and_not_the_ring_around_it(lab, model, tmp_path):
    angles = np.linspace(0, 2 * np.pi, 60)
    zero = np.column_stack([30 * np.sin(angles), -50 * np.cos(angles)])
    (tmp_path / "ring.json").write_text(Drawing.from_points([zero * 2, zero]).to_json())
    (result,) = strict(lab("predict", "--model", model, "ring.json", "--json")[1])["results"]
    assert [part["kind"] for part in result["digits"]] == ["symbol", "digit"]
    assert (result["kind"], result["digit"], result["number"]) == (
        "digit", result["digits"][1]["digit"], str(result["digits"][1]["digit"])
    )  # fmt: skip
