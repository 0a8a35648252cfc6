"""digitpad-lab train."""

import contextlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from commands import OUT, QUICK, assert_mistake, strict

import core
from core import threads
from core.data import mnist, source_loaders
from core.recognition import modelfile
from core.training import loop, recipes
from core.training.experiment import Experiment


def test_train_saves_a_model_and_prints_its_accuracy(lab, data, here):
    code, out, err = lab("train", "--data", data, *QUICK)
    assert (code, err) == (0, "")
    model = modelfile.load(here / OUT)
    assert f"{model.scores['test_accuracy']:.2%} on the test set" in out
    assert out.count("\n") == 1
    assert OUT in out
    assert model.network.sizes == (784, 16, 10)
    assert model.scores["test_accuracy"] > 0.9
    assert (model.recipe, model.data, model.threads) == ("quick", data, 1)
    assert (model.settings["epochs"], model.settings["batch_size"], model.settings["learning_rate"]) == (2, 20, 0.03)
    assert model.date
    assert model.program == f"digitpad {core.__version__}"


def test_train_json(lab, data):
    code, out, err = lab("train", "--data", data, *QUICK, "--seed", "3", "--json")
    report = strict(out)
    assert (code, err) == (0, "")
    wanted = "test_accuracy train_accuracy validation_accuracy seconds samples_per_second parameters epochs seed"
    assert report.keys() >= set(wanted.split())
    assert report["parameters"] == 784 * 16 + 16 + 16 * 10 + 10
    assert (report["epochs"], report["seed"], report["threads"]) == (2, 3, 1)
    assert (report["recipe"], report["data"], report["interrupted"]) == ("quick", data, False)
    assert report["seconds"] > 0
    assert report["samples_per_second"] > 0
    scores = modelfile.load(Path(report["out"])).scores
    for part in ("test", "train", "validation"):
        assert report[f"{part}_accuracy"] == scores[f"{part}_accuracy"]


def test_the_same_command_gives_the_same_weights(lab, data, here):
    for name in ("a", "b"):
        assert lab("train", "--data", data, *QUICK, "--out", name)[0] == 0
    a, b = (modelfile.load(here / name).network.parameters for name in ("a", "b"))
    assert a.tobytes() == b.tobytes()
    assert lab("train", "--data", data, *QUICK, "--out", "c", "--seed", "1")[0] == 0
    assert (modelfile.load(here / "c").network.parameters != a).any()


def test_the_best_weights_are_saved_not_the_last(lab, data, here, monkeypatch):
    fit = loop.fit

    def zeroing(state, *arguments):
        yield from fit(state, *arguments)
        state.network.parameters[:] = 0

    monkeypatch.setattr(loop, "fit", zeroing)
    assert lab("train", "--data", data, *QUICK)[0] == 0
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.9


def test_threads(lab, data, monkeypatch):
    used = []

    @contextlib.contextmanager
    def limited(n):
        used.append(n)
        yield

    monkeypatch.setattr(threads, "limited", limited)
    report = strict(lab("train", "--data", data, *QUICK[:-2], "--threads", "2", "--json")[1])
    assert used == [2]
    assert report["threads"] == 2
    report = strict(lab("train", "--data", data, *QUICK[:-2], "--json", "--out", "x")[1])
    assert used[1] == report["threads"] == threads.default(window=False)


def test_options_override_the_settings_of_a_recipe(lab, data, here):
    assert lab("train", "--recipe", "report-he", "--data", data, "--epochs", "1")[0] == 0
    model = modelfile.load(here / OUT)
    settings = recipes.named("report-he").config
    assert model.network.sizes == (784, 256, 128, 10)
    assert model.input_scale == 1.0
    assert model.recipe == "report-he"
    assert model.settings["learning_rate"] == settings.learning_rate
    assert model.settings["epochs"] == 1


def test_no_hidden_layers(lab, data, here):
    assert lab("train", "--data", data, "--epochs", "1", "--hidden", "")[0] == 0
    assert modelfile.load(here / OUT).network.sizes == (784, 10)


def test_the_default_data_is_synthetic_if_mnist_is_missing(lab, monkeypatch, no_data):
    monkeypatch.setattr(source_loaders, "N_SYNTHETIC", 200)
    assert strict(lab("train", *QUICK, "--json")[1])["data"] == "synthetic"


def test_the_data_of_a_recipe_overrides_the_default(lab, data, monkeypatch):
    own = recipes.Recipe("own", "with data of its own", recipes.named("quick").config, data)
    monkeypatch.setitem(recipes.RECIPES, "own", own)
    assert strict(lab("train", "--recipe", "own", *QUICK, "--json")[1])["data"] == data


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", ""], ["there is no recipe", "quick"]),
        (["--data", "omniglot:/no/such/file"], ["/no/such/file cannot be read"]),
        (["--recipe", "quickest"], ["quickest", "quick", "report-baseline"]),
        (["--data", "emnist"], ["emnist", "synthetic:N", "3*A"]),
        (["--data", ""], ['no data source ""']),
        (["--data", "idx:nowhere"], ["nowhere", "No such file"]),
        (["--data", f"pen:{'x' * 300}"], ["File name too long"]),
        (["--data", "pen:~nobody-of-that-name/x"], ["~nobody-of-that-name"]),
        (["--data", f"synthetic:{'9' * 5000}"], ["10 to 1,000,000"]),
        (["--epochs", "0"], ["epochs", "1 to 10,000"]),
        (["--epochs", "1.5"], ["--epochs", "1.5"]),
        (["--batch-size", "-3"], ["batch_size", "-3"]),
        (["--learning-rate", "nan"], ["learning_rate", "0 to 1000"]),
        (["--hidden", "256;128"], ["whole numbers joined by commas"]),
        (["--hidden", "256,0"], ["1 to 4096"]),
        (["--hidden", ",".join(["4096"] * 20)], ["50,000,000 weights"]),
        (["--seed", "-1"], ["seed", "0 to 2,147,483,647"]),
        (["--threads", "0"], ["threads", "1 to 64"]),
        (["--frobnicate"], ["--frobnicate"]),
        (["--out"], ["--out"]),
    ],
)
def test_mistakes_in_train(lab, here, arguments, words):
    assert_mistake(lab("train", *arguments), *words)
    assert list(here.iterdir()) == []


def test_the_default_out_is_never_overwritten_unless_named(lab, data, here):
    (here / OUT).write_text("precious")
    assert_mistake(lab("train", "--data", data, *QUICK), OUT, "--out")
    assert (here / OUT).read_text() == "precious"
    assert lab("train", "--data", data, *QUICK, "--out", OUT)[0] == 0
    modelfile.load(here / OUT)


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("folder", ["folder is a folder"]),
        (".", ["is a folder"]),
        ("missing/m", ["there is no folder missing"]),
        ("file/m", ["there is no folder file"]),
        ("m" * 300, ["File name too long"]),
        ("fifo", ["not an ordinary file"]),
    ],
)
def test_out_is_checked_before_the_first_step(lab, data, here, monkeypatch, out, words):
    (here / "folder").mkdir()
    (here / "file").write_text("older")
    os.mkfifo(here / "fifo")
    before = sorted(here.iterdir())
    monkeypatch.setattr(loop, "fit", lambda *arguments: pytest.fail("it trained"))
    monkeypatch.setattr(Experiment, "prepare", lambda *arguments: pytest.fail("it read the data"))
    assert_mistake(lab("train", "--data", data, *QUICK, "--out", out), *words)
    assert sorted(here.iterdir()) == before
    assert (here / "file").read_text() == "older"


def test_the_longest_file_name(lab, data, here):
    name = "é" * 127  # 254 bytes
    assert lab("train", "--data", data, *QUICK, "--out", name)[0] == 0
    modelfile.load(here / name)


def breaking_after(monkeypatch, n_records):
    """Set the weights to NaN after this many batches."""
    fit = loop.fit

    def breaking(state, *arguments):
        for record in fit(state, *arguments):
            yield record
            if record.step == n_records:
                state.network.parameters[:] = np.nan

    monkeypatch.setattr(loop, "fit", breaking)


def test_a_diverging_run_saves_its_best_weights(lab, data, here, monkeypatch):
    breaking_after(monkeypatch, 15)  # the first of two epochs has 14
    result = lab("train", "--data", data, *QUICK, "--json")
    assert_mistake(result, "diverged", "step 16", "learning_rate", "of step 14, are kept", f"saved as {OUT}")
    model = modelfile.load(here / OUT)
    assert np.isfinite(model.network.parameters).all()
    assert model.scores["validation_accuracy"] > 0.5


def test_a_run_that_diverges_before_its_first_evaluation_saves_nothing(lab, data, here, monkeypatch):
    breaking_after(monkeypatch, 5)
    (here / "older").write_text("older")
    result = lab("train", "--data", data, *QUICK, "--out", "older")
    assert_mistake(result, "diverged", "step 6")
    assert "saved" not in result[2]
    assert (here / "older").read_text() == "older"
    assert [path.name for path in here.iterdir()] == ["older"]


def test_a_learning_rate_that_diverges(lab, data, here):
    result = lab("train", "--data", data, "--recipe", "report-baseline", "--learning-rate", "1000", "--seed", "1")
    assert_mistake(result, "diverged", "input_scale 1/255")


VANISHING = """\
title = "Vanishing activations"
[settings]
hidden = [16, 16, 16, 16]
initializer = "normal"
sigma = 0.0001
epochs = 2
batch_size = 20
"""


def test_a_constant_prediction_is_reported(lab, data, here):
    (here / "vanishing.toml").write_text(VANISHING)
    code, out, _ = lab("train", "--recipe", "vanishing.toml", "--data", data)
    assert code == 0
    assert "for every image and has learned nothing else. Try he_normal weights, or batch_norm.\n" in out
    assert f"saved as {OUT}. It predicts " in out
    out = lab("train", "--recipe", "vanishing.toml", "--data", data, "--out", "b", "--json")[1]
    report = json.loads(out)
    assert 0 <= report["only_answer"] <= 9
    assert report["advice"] == "Try he_normal weights, or batch_norm."


def test_no_constant_prediction_is_reported_otherwise(lab, data, here):
    assert "It predicts" not in lab("train", "--data", data, *QUICK)[1]
    assert "only_answer" not in json.loads(lab("train", "--data", data, *QUICK, "--out", "b", "--json")[1])


def test_a_model_that_another_process_saves_meanwhile_is_not_overwritten(lab, data, here, monkeypatch):
    fit = loop.fit

    def with_another(*arguments):
        (here / OUT).write_text("another's")
        yield from fit(*arguments)

    monkeypatch.setattr(loop, "fit", with_another)
    code, out, _ = lab("train", "--data", data, *QUICK)
    assert code == 0
    assert (here / OUT).read_text() == "another's"
    assert "saved as model-2.safetensors" in out
    assert modelfile.load(here / "model-2.safetensors")


def test_float16_halves_the_file(lab, data, model, here):
    assert lab("train", "--data", data, *QUICK, "--float16", "--out", "half")[0] == 0
    assert (here / "half").stat().st_size < 0.65 * model.stat().st_size
    assert modelfile.load(here / "half").precision == "float16"


def test_a_separate_test_source(lab, data, pen, here):
    report = strict(lab("train", "--data", pen, "--test", data, *QUICK, "--out", "x", "--json")[1])
    assert report["test_accuracy"] < 0.5
    trained = modelfile.load(here / "x")
    assert (trained.data, trained.test) == (pen, data)


def test_non_digits_add_an_eleventh_output(lab, here):
    data = "synthetic:300+2*nondigits:200"
    assert lab("train", "--data", data, *QUICK, "--deformation", "1", "--out", "eleven")[0] == 0
    loaded = modelfile.load(here / "eleven")
    assert loaded.network.sizes[-1] == 11
    report = strict(lab("evaluate", "--model", "eleven", "--data", "synthetic:50", "--json")[1])
    assert np.array(report["confusion"]).shape == (10, 10)


def test_data_without_digits_is_rejected_before_training(lab, here):
    assert_mistake(lab("train", "--data", "nondigits:10", *QUICK), "no digits to learn from", "mnist+nondigits")
    assert_mistake(lab("compare", "quick", "deep", "--data", "nondigits:10"), "no digits to learn from")
    assert not list(here.iterdir())


def test_a_test_source_without_digits_gives_no_accuracy(lab, data, here):
    code, out, _ = lab("train", "--data", data, "--test", "nondigits:10", *QUICK)
    assert code == 0
    assert "nothing on the test set" in out


@pytest.mark.real_data
def test_the_default_data_is_mnist_if_it_is_present(lab, real_data, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(real_data))
    report = strict(lab("train", "--epochs", "1", "--hidden", "64", "--threads", "1", "--json")[1])
    assert report["data"] == "mnist"
    assert report["test_accuracy"] > 0.93
    assert modelfile.load(Path(OUT)).credits == (mnist.CREDIT,)
