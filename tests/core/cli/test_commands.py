"""digitpad-lab, in the same process where that is enough, as a command of its own where it is not."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import core
from core import threads
from core.cli import main
from core.data import idx, mnist, sources
from core.files import paths
from core.nn.network import Network, mlp
from core.preprocessing.ink import Drawing
from core.recognition import modelfile, onnx
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer, shipped_model
from core.training import loop, recipes
from core.training.experiment import Experiment

QUICK = ("--epochs", "2", "--batch-size", "20", "--hidden", "16", "--learning-rate", "0.03", "--threads", "1")
SEVEN = [[[20, 20], [80, 20], [45, 100]], [[30, 60], [70, 60]]]
OUT = "model.safetensors"


def digits(n, seed):
    """Return n images of ten patterns under noise, and their labels: as easy as digits can be."""
    patterns = np.random.default_rng(99).integers(0, 200, (10, 28, 28))
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=n).astype(np.uint8)
    return (patterns[labels] + rng.integers(0, 56, (n, 28, 28))).astype(np.uint8), labels


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """The name of a source of 300 + 40 easy digits."""
    folder = tmp_path_factory.mktemp("idx")
    for prefix, n, seed in (("train", 300, 0), ("t10k", 40, 1)):
        images, labels = digits(n, seed)
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images)
        idx.write(folder / f"{prefix}-labels-idx1-ubyte.gz", labels)
    return f"idx:{folder}"


@pytest.fixture(scope="session")
def model(data, tmp_path_factory):
    """A file with a model that was trained on the easy digits."""
    path = tmp_path_factory.mktemp("models") / "easy.safetensors"
    with contextlib.redirect_stdout(None):
        assert main.main(["train", "--data", data, "--out", str(path), *QUICK]) == 0
    return path


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def strict(text):
    """Read one line that is one JSON object: NaN and Infinity are no JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    assert text.endswith("\n")
    assert text.count("\n") == 1
    value = json.loads(text, parse_constant=refuse)
    assert isinstance(value, dict)
    return value


def assert_mistake(result, *words):
    """One sentence on standard error, nothing else, and exit code 2."""
    code, out, err = result
    assert code == 2
    assert out == ""
    assert err.startswith("digitpad-lab")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in words:
        assert str(word) in err


# train


def test_train_saves_a_model_and_says_how_good_it_is(lab, data, here):
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

    def spoiled(state, *arguments):
        yield from fit(state, *arguments)
        state.network.parameters[:] = 0

    monkeypatch.setattr(loop, "fit", spoiled)
    assert lab("train", "--data", data, *QUICK)[0] == 0
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.9


def test_train_uses_as_many_threads_as_it_was_told(lab, data, monkeypatch):
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


def test_a_recipe_is_used_whole_but_for_what_is_named(lab, data, here):
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


def test_without_data_named_synthetic_digits_are_used_where_mnist_is_missing(lab, monkeypatch, no_data):
    monkeypatch.setattr(sources, "N_SYNTHETIC", 200)
    assert strict(lab("train", *QUICK, "--json")[1])["data"] == "synthetic"


def test_a_recipes_own_data_comes_before_the_default(lab, data, monkeypatch):
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
        (["--data", "pen:nothing.unipen"], ["nothing.unipen", "No such file"]),
        (["--data", f"pen:{'x' * 300}"], ["File name too long"]),
        (["--data", "pen:~nobody-of-that-name/x"], ["~nobody-of-that-name"]),
        (["--data", f"synthetic:{'9' * 5000}"], ["10 to 1,000,000"]),
        (["--epochs", "0"], ["epochs", "1 to 10,000"]),
        (["--epochs", "1.5"], ["--epochs", "1.5"]),
        (["--batch-size", "-3"], ["batch_size", "-3"]),
        (["--learning-rate", "nan"], ["learning_rate", "0 to 1000"]),
        (["--learning-rate", "fast"], ["--learning-rate", "fast"]),
        (["--hidden", "256;128"], ["whole numbers joined by commas"]),
        (["--hidden", "256,0"], ["1 to 4096"]),
        (["--hidden", ",".join(["4096"] * 20)], ["50,000,000 weights"]),
        (["--seed", "-1"], ["seed", "0 to 2,147,483,647"]),
        (["--threads", "0"], ["threads", "1 to 64"]),
        (["--threads", "many"], ["--threads"]),
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


def test_a_name_as_long_as_names_may_be_is_no_mistake(lab, data, here):
    name = "é" * 127  # 254 bytes
    assert lab("train", "--data", data, *QUICK, "--out", name)[0] == 0
    modelfile.load(here / name)


def breaking_after(monkeypatch, n_records):
    """Let the weights become no numbers after so many batches."""
    fit = loop.fit

    def breaking(state, *arguments):
        for record in fit(state, *arguments):
            yield record
            if record.step == n_records:
                state.network.parameters[:] = np.nan

    monkeypatch.setattr(loop, "fit", breaking)


def test_a_diverging_run_saves_the_best_weights_that_there_were(lab, data, here, monkeypatch):
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


def test_a_run_that_really_diverges(lab, data, here):
    result = lab("train", "--data", data, "--recipe", "report-baseline", "--learning-rate", "1000", "--seed", "1")
    assert_mistake(result, "diverged", "input_scale 1/255")


FADING = """\
title = "Signals that fade"
[settings]
hidden = [16, 16, 16, 16]
initializer = "normal"
sigma = 0.0001
epochs = 2
batch_size = 20
"""


def test_a_network_that_answers_one_digit_to_everything_is_told(lab, data, here):
    (here / "fading.toml").write_text(FADING)
    code, out, _ = lab("train", "--recipe", "fading.toml", "--data", data)
    assert code == 0
    assert "for every image and has learned nothing else. Try he_normal weights, or batch_norm.\n" in out
    assert f"saved as {OUT}. It predicts " in out
    out = lab("train", "--recipe", "fading.toml", "--data", data, "--out", "b", "--json")[1]
    report = json.loads(out)
    assert 0 <= report["only_answer"] <= 9
    assert report["advice"] == "Try he_normal weights, or batch_norm."


def test_of_one_that_tells_digits_apart_nothing_is_told(lab, data, here):
    assert "It answers" not in lab("train", "--data", data, *QUICK)[1]
    assert "only_answer" not in json.loads(lab("train", "--data", data, *QUICK, "--out", "b", "--json")[1])


def test_a_network_that_another_process_has_saved_meanwhile_stays(lab, data, here, monkeypatch):
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


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_whatever_else_asks_it_to_end_is_heard_like_ctrl_c(lab, data, here, monkeypatch, name):
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        interrupted_after(monkeypatch, 3, number)
        assert lab("train", "--data", data, *QUICK)[0] == 130
        assert signal.getsignal(number) is signal.SIG_DFL
        assert modelfile.load(here / OUT)
    finally:
        signal.signal(number, before)


def test_a_closed_terminal_that_is_ignored_stays_so(lab, data, here, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        interrupted_after(monkeypatch, 3, signal.SIGHUP)
        assert lab("train", "--data", data, *QUICK)[0] == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def interrupted_after(monkeypatch, n_records, number=signal.SIGINT):
    fit = loop.fit

    def interrupting(*arguments):
        for record in fit(*arguments):
            yield record
            if record.step == n_records:
                signal.raise_signal(number)

    monkeypatch.setattr(loop, "fit", interrupting)


def test_ctrl_c_saves_the_best_weights_so_far(lab, data, here, monkeypatch):
    interrupted_after(monkeypatch, 20)
    code, out, err = lab("train", "--data", data, *QUICK, "--json")
    report = strict(out)
    assert (code, err) == (130, "")
    assert report["interrupted"] is True
    assert modelfile.load(here / OUT).scores["test_accuracy"] == report["test_accuracy"] > 0.5


def test_ctrl_c_leaves_a_kept_run_and_says_which(lab, data, home, monkeypatch):
    interrupted_after(monkeypatch, 20)
    code, out, err = lab("train", "--data", data, *QUICK, "--keep", "--json")
    report = strict(out)
    assert code == 130
    assert report["interrupted"] is True
    assert f"--resume {report['run']}" in err


def test_ctrl_c_before_the_first_evaluation_saves_what_was_learned(lab, data, here, monkeypatch):
    interrupted_after(monkeypatch, 13)
    assert lab("train", "--data", data, *QUICK)[0] == 130
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.3


@pytest.fixture
def interruptible():
    """Take Ctrl-C: where the tests run in the background, a shell has told them to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_the_result_is_tested_and_saved_waits(lab, data, here, monkeypatch):
    conclude = Experiment.conclude

    def interrupted(experiment):
        signal.raise_signal(signal.SIGINT)
        return conclude(experiment)

    monkeypatch.setattr(Experiment, "conclude", interrupted)
    assert lab("train", "--data", data, *QUICK)[0] == 0
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0.5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("arguments", [("recipes",), ("recipes", "--json"), ("model", "show")])
def test_output_that_cannot_be_written_is_a_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "core.cli.main", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    assert result.stderr == "digitpad-lab: the output cannot be written: No space left on device\n"


def test_closed_streams_do_not_hinder_a_run(lab, data, here, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert main.main(["train", "--data", data, *QUICK]) == 0
    assert (here / OUT).exists()


def test_ctrl_c_before_training(lab, data, here, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Experiment, "prepare", interrupt)
    assert lab("train", "--data", data) == (130, "", "digitpad-lab: interrupted\n")
    assert list(here.iterdir()) == []


def test_a_fault_of_the_program_is_not_hidden(data, monkeypatch):
    def fault(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(loop, "fit", fault)
    with pytest.raises(ZeroDivisionError):
        main.main(["train", "--data", data])


# evaluate


def test_evaluate(lab, data, model):
    code, out, err = lab("evaluate", "--model", model, "--data", data)
    assert (code, err) == (0, "")
    assert "of 40 right" in out


def test_evaluate_json_looks_at_the_test_part_alone(lab, data, model):
    code, out, err = lab("evaluate", "--model", model, "--data", data, "--json")
    report = strict(out)
    assert (code, err) == (0, "")
    loaded = modelfile.load(model)
    images, labels = digits(40, 1)
    answers = loaded.network.predict(images.reshape(40, 784) * np.float32(loaded.input_scale)).argmax(axis=1)
    assert (report["n"], report["correct"]) == (40, int((answers == labels).sum()))
    assert report["accuracy"] == report["correct"] / 40 == loaded.scores["test_accuracy"]
    assert report["loss"] == pytest.approx(loaded.scores["test_loss"])
    confusion = np.array(report["confusion"])
    assert confusion.shape == (10, 10)
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels, minlength=10))
    np.testing.assert_array_equal(confusion.sum(axis=0), np.bincount(answers, minlength=10))


def test_evaluate_looks_at_all_of_a_source_that_has_no_test_part(lab, model):
    assert strict(lab("evaluate", "--model", model, "--data", "synthetic:50", "--json")[1])["n"] == 50


@pytest.fixture(scope="session")
def pen(tmp_path_factory):
    """A pen file of two writers with ten sevens each."""
    path = tmp_path_factory.mktemp("pen") / "sevens.unipen"
    lines = []
    for number in range(20):
        lines += ['.SEGMENT DIGIT 0 ? "7"', f".COMMENT 7 {1 + number % 2} {number}"]
        for stroke in SEVEN:
            lines += [".PEN_DOWN", *(f"{x + number} {-y}" for x, y in stroke), ".PEN_UP"]
    path.write_text("\n".join(lines))
    return f"pen:{path}"


def test_evaluate_says_what_is_known_of_drawings(lab, model, pen):
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
        assert_mistake(lab("evaluate", "--model", model, "--data", data, *option), "as images, not as strokes")


@pytest.mark.parametrize("placement", ["0.5", "0.05,0.01", "2,0.1", "0.5,0.4", "0.5,0", "a,b", "nan,0.1"])
def test_a_placement_out_of_range(lab, data, model, placement):
    assert_mistake(lab("evaluate", "--model", model, "--data", data, "--placement", placement), "--placement")


def test_evaluate_of_what_is_no_digit(lab, data, model, pen):
    report = strict(lab("evaluate", "--model", model, "--data", "nondigits:100", "--json")[1])
    assert report.keys() == {"n", "rejected", "data"}
    report = strict(lab("evaluate", "--model", model, "--data", "nondigits:100", "--digits", pen, "--json")[1])
    assert 0 <= report["auroc"] <= 1
    code, out, _ = lab("evaluate", "--model", model, "--data", "nondigits:100", "--digits", pen)
    assert code == 0
    assert "of 100 refused" in out


def test_a_model_is_calibrated_on_a_source_or_like_another(lab, model, here):
    assert modelfile.load(model).calibration.threshold is None  # 30 digits of validation are too few to fit one
    code, out, err = lab("model", "calibrate", model, "--on", "synthetic:200", "--out", "a")
    assert (code, err) == (0, "")
    fitted = modelfile.load(here / "a").calibration
    assert f"{fitted.temperature:.3f}, refuses scores below {fitted.threshold:.3f}" in out
    assert lab("model", "calibrate", model, "--like", "a", "--out", "b")[0] == 0
    assert modelfile.load(here / "b").calibration == fitted
    assert lab("model", "calibrate", "b", "--like", model)[:2] == (0, "b: temperature 1.000, refuses nothing\n")
    assert modelfile.load(here / "b").calibration == modelfile.load(model).calibration


def test_mistakes_in_calibrate(lab, model, here):
    assert_mistake(lab("model", "calibrate", model), "--on", "--like")
    assert_mistake(lab("model", "calibrate", model, "--on", "mnist", "--like", model), "not allowed with")
    assert_mistake(lab("model", "calibrate", model, "--like", "missing"), "missing")
    assert_mistake(lab("model", "calibrate", "missing", "--on", "synthetic:100"), "missing")


def test_float16_halves_the_file(lab, data, model, here):
    assert lab("train", "--data", data, *QUICK, "--float16", "--out", "half")[0] == 0
    assert (here / "half").stat().st_size < 0.65 * model.stat().st_size
    assert modelfile.load(here / "half").precision == "float16"


def test_a_test_of_its_own_leaves_the_data_whole(lab, data, pen, here):
    report = strict(lab("train", "--data", pen, "--test", data, *QUICK, "--out", "x", "--json")[1])
    assert report["test_accuracy"] < 0.5
    trained = modelfile.load(here / "x")
    assert (trained.data, trained.test) == (pen, data)


def test_a_network_with_an_eleventh_output_learns_what_is_no_digit(lab, here):
    data = "synthetic:300+2*nondigits:200"
    assert lab("train", "--data", data, *QUICK, "--deformation", "1", "--out", "eleven")[0] == 0
    loaded = modelfile.load(here / "eleven")
    assert loaded.network.sizes[-1] == 11
    report = strict(lab("evaluate", "--model", "eleven", "--data", "synthetic:50", "--json")[1])
    assert np.array(report["confusion"]).shape == (10, 10)


def test_what_has_no_digit_at_all_is_refused_before_training(lab, here):
    assert_mistake(lab("train", "--data", "nondigits:10", *QUICK), "no digits to learn from", "mnist+nondigits")
    assert_mistake(lab("compare", "quick", "deep", "--data", "nondigits:10"), "no digits to learn from")
    assert not list(here.iterdir())


def test_a_test_without_digits_tells_no_accuracy(lab, data, here):
    code, out, _ = lab("train", "--data", data, "--test", "nondigits:10", *QUICK)
    assert code == 0
    assert "nothing on the test set" in out


def test_mistakes_in_evaluate(lab, data, model, here):
    assert_mistake(lab("evaluate", "--model", model), "--data")
    assert_mistake(lab("evaluate", "--model", "none", "--data", data), "none", "No such file")
    assert_mistake(lab("evaluate", "--model", model, "--data", "nonsense"), "nonsense")
    (here / "m").write_bytes(model.read_bytes()[:1000])
    assert_mistake(lab("evaluate", "--model", "m", "--data", data, "--json"), "m is damaged")


def test_a_model_whose_answers_are_no_numbers(lab, data, here):
    network = Network(mlp((784, 16, 16, 10)))
    network.parameters[:] = 1e30
    modelfile.save(Model(network), here / "huge")
    assert_mistake(lab("evaluate", "--model", "huge", "--data", data, "--json"), "not numbers")


# predict


@pytest.fixture
def files(here):
    """A digit as ink and as a picture, and files that are neither."""
    (here / "seven.json").write_text(json.dumps({"strokes": SEVEN}))
    page = np.full((120, 90), 255, np.uint8)
    page[20:100, 40:48] = 0
    Image.fromarray(page).save(here / "one.png")
    Image.fromarray(255 - page).save(here / "one.JPG", format="JPEG")
    Image.fromarray(np.full((50, 50), 255, np.uint8)).save(here / "blank.png")
    (here / "bad.json").write_text('{"strokes": [[["a", 1]]]}')
    (here / "nothing.json").write_text('{"strokes": []}')
    (here / "text.png").write_text("not a picture")
    return here


def test_predict(lab, model, files):
    code, out, err = lab("predict", "--model", model, "seven.json", "one.png")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    recognizer = Recognizer.of(modelfile.load(model))
    expected = recognizer.predict(Drawing.from_points(SEVEN))
    chances = sorted(expected.probabilities, reverse=True)
    first_two = "{} or {}".format(*expected.candidates)
    assert first == f"seven.json: {first_two} ({chances[0]:.1%}, {chances[1]:.1%})"
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


def test_a_bad_file_does_not_stop_the_good_ones(lab, model, files):
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
    assert_mistake(lab("predict", "--model", model, "text.png"), "text.png", "not a PNG or JPEG")


def test_mistakes_in_predict(lab, model, files):
    assert_mistake(lab("predict"), "FILE")
    assert_mistake(lab("predict", "--model", "text.png", "one.png"), "text.png", "not a model")
    assert_mistake(lab("predict", "--model", model, "--loud", "one.png"), "--loud")


def test_a_file_whose_name_cannot_be_shown(model, files):
    name = os.fsdecode(b"\xff.json")
    (files / "seven.json").rename(files / name)
    done = command("predict", "--model", str(model), name, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("\\udcff.json: ")


# export


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


# recipes, data, model


def test_recipes(lab):
    code, out, err = lab("recipes")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(recipes.RECIPES)
    assert "784-256-128-10" in out


def test_recipes_json(lab):
    code, out, _ = lab("recipes", "--json")
    report = strict(out)["recipes"]
    assert code == 0
    assert report.keys() >= {"quick", "report-baseline"}
    assert report["quick"]["settings"]["hidden"] == [256, 128]
    assert report["report-baseline"]["settings"]["initializer"] == "normal"


def test_recipes_lists_the_users_too_and_says_which_are_broken(lab):
    paths.recipes().mkdir()
    (paths.recipes() / "mine.toml").write_text('title = "Mine"')
    (paths.recipes() / "broken.toml").write_text("title = 3")
    code, out, err = lab("recipes")
    assert code == 0
    assert out.splitlines()[-1].split() == ["mine", "784-256-128-10:", "Mine"]
    assert err.startswith("digitpad-lab: ")
    assert "broken.toml: title is one line" in err
    report = strict(lab("recipes", "--json")[1])
    assert report["recipes"]["mine"]["title"] == "Mine"
    assert len(report["broken"]) == 1


def test_a_recipe_is_copied_edited_and_trained(lab, data, here):
    assert lab("recipes", "--copy", "quick", "mine")[0] == 0
    assert lab("recipes", "--copy", "mine", "shared.toml")[0] == 0
    shared = here / "shared.toml"
    shared.write_text(shared.read_text().replace("epochs = 10", "epochs = 1"))
    assert strict(lab("train", "--recipe", "mine", "--data", data, "--epochs", "2", "--json")[1])["recipe"] == "mine"
    report = strict(lab("train", "--recipe", shared, "--data", data, "--json", "--out", "x")[1])
    assert (report["recipe"], report["epochs"]) == ("shared", 1)


def test_mistakes_in_copying_a_recipe(lab, here):
    assert_mistake(lab("recipes", "--copy", "quik", "mine"), "quik", "quick")
    assert_mistake(lab("recipes", "--copy", "quick", "deep"), "deep of its own")
    assert_mistake(lab("recipes", "--copy", "quick", "../mine"), "letters")
    assert_mistake(lab("recipes", "--copy", "quick", "none/mine.toml"), "there is no folder none")
    assert lab("recipes", "--copy", "quick", "mine.toml")[0] == 0
    assert_mistake(lab("recipes", "--copy", "quick", "mine.toml"), "mine.toml exists already")
    assert_mistake(lab("train", "--recipe", "none.toml"), "none.toml", "No such file")


def test_data_list(lab, no_data):
    code, out, err = lab("data", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [
        *("mnist", "synthetic", "pen:FILE", "idx:FOLDER", "nondigits", "omniglot:ZIP", "A+B", "3*A")
    ]
    assert "digitpad-lab data get mnist" in out


def test_data_list_says_where_mnist_is(lab, here, monkeypatch):
    (here / "mnist").mkdir()
    (here / "mnist" / "t10k-labels-idx1-ubyte.gz").touch()
    monkeypatch.setenv("DIGITPAD_DATA", str(here))
    assert str(here / "mnist") in lab("data", "list")[1].splitlines()[0]


def test_data_get(lab, home, no_data, monkeypatch):
    monkeypatch.setattr(mnist, "download", lambda *arguments: (home / "got").touch())
    code, out, _ = lab("data", "get", "mnist")
    assert code == 0
    assert (home / "got").exists()
    assert "MNIST is now in" in out


def test_data_get_when_no_mirror_answers(lab, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setenv("NO_PROXY", "*")
    assert_mistake(lab("data", "get", "mnist"), "could not be downloaded", "127.0.0.1:9")


def test_mistakes_in_data(lab):
    assert_mistake(lab("data"), "list|get")
    assert_mistake(lab("data", "get"), "name")
    assert_mistake(lab("data", "get", "cifar"), "cifar")
    assert_mistake(lab("data", "put"), "put")


def test_model_show(lab, model):
    code, out, err = lab("model", "show", model)
    facts = json.loads(out)
    assert (code, err) == (0, "")
    assert facts["recipe"] == "quick"
    assert facts["layers"][0] == {"layer": "Linear", "n_in": 784, "n_out": 16}


def test_mistakes_in_model_show(lab, here):
    assert_mistake(lab("model", "show", "none"), "none", "No such file")
    assert_mistake(lab("model", "show", here), "Is a directory")


def test_mistakes_in_the_command_itself(lab):
    assert_mistake(lab(), "COMMAND")
    assert_mistake(lab("frobnicate"), "frobnicate")


def test_version_and_help(lab):
    assert lab("--version") == (0, f"digitpad-lab {core.__version__}\n", "")
    for arguments in (
        [],
        ["train"],
        ["compare"],
        ["evaluate"],
        ["predict"],
        ["export"],
        ["recipes"],
        ["data"],
        ["model"],
    ):
        code, out, err = lab(*arguments, "--help")
        assert (code, err) == (0, "")
        assert out.startswith("usage: digitpad-lab")


def test_where_no_model_ships_the_sentence_names_the_file(lab, files, monkeypatch):
    monkeypatch.setattr("core.recognition.recognizer.resources.files", lambda package: files)
    assert_mistake(lab("predict", "one.png"), OUT, "No such file")


# The model that ships


def test_the_shipped_model_reads_a_drawing_and_a_picture(lab, files):
    assert shipped_model().network.sizes[0] == 784
    results = strict(lab("predict", "seven.json", "one.png", "one.JPG", "--json")[1])["results"]
    assert [result["digit"] for result in results] == [7, 1, 1]


@pytest.mark.real_data
def test_the_shipped_model_is_98_and_a_half_percent_right_on_mnist(lab, real_data, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(real_data))
    report = strict(lab("evaluate", "--data", "mnist", "--json")[1])
    assert report["n"] == 10_000
    assert report["accuracy"] >= 0.985


@pytest.mark.real_data
def test_train_on_mnist_is_the_default_where_it_is_present(lab, real_data, monkeypatch):
    monkeypatch.setenv("DIGITPAD_DATA", str(real_data))
    report = strict(lab("train", "--epochs", "1", "--hidden", "64", "--threads", "1", "--json")[1])
    assert report["data"] == "mnist"
    assert report["test_accuracy"] > 0.93
    assert modelfile.load(Path(OUT)).credits == (mnist.CREDIT,)


# The command itself


def command(*arguments, env=None, **options):
    options = {"stdout": subprocess.PIPE} | options
    return subprocess.run(
        [sys.executable, "-m", "core.cli.main", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": ""} | (env or {}),
        **options,
    )


def test_the_installed_command_answers():
    done = command("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"digitpad-lab {core.__version__}\n", "")


LIST_MODULES = """
import atexit, sys
from core.cli import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main.main()
"""


def imported(*arguments):
    """Return the names of the modules that a command has imported when it ends."""
    command = [sys.executable, "-c", LIST_MODULES, *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--version",), ("frobnicate",), ("--frobnicate", "trains")])
def test_without_a_command_numpy_is_not_imported(arguments):
    modules = imported(*arguments)
    assert "core.cli.main" in modules
    assert "numpy" not in modules
    assert not {f"core.cli.{name}" for name in main.COMMANDS} & modules


def test_only_the_module_of_the_requested_command_is_imported():
    modules = imported("recipes")
    assert {name for name in main.COMMANDS if f"core.cli.{name}" in modules} == {"recipes"}


def test_a_reader_that_has_gone_is_no_reason_to_complain():
    reading, writing = os.pipe()
    os.close(reading)
    done = command("recipes", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is needed, to see when the training has begun")
def test_ctrl_c_in_mid_run_on_a_terminal(data, here):
    import pty
    import termios

    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(stderr, (24, 120))
    arguments = ("train", "--data", data, *QUICK[2:], "--epochs", "10000", "--json")
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli.main", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        # Where the tests themselves run in the background, a shell has told them to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(stderr)
    shown = b""
    with contextlib.suppress(OSError):  # a terminal without a process left on it cannot be read
        while chunk := os.read(terminal, 4096):
            if b"validation=" in shown + chunk and b"validation=" not in shown:
                process.send_signal(signal.SIGINT)
            shown += chunk
    os.close(terminal)
    out, _ = process.communicate()
    report = strict(out)
    assert process.returncode == 130
    assert report["interrupted"] is True
    assert b"digits" in shown
    assert b"Traceback" not in shown
    assert modelfile.load(here / OUT).scores["test_accuracy"] == report["test_accuracy"]


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is needed")
def test_a_terminal_that_is_closed_in_mid_run(data, here):
    import pty
    import termios

    arguments = ("train", "--data", data, *QUICK[2:], "--epochs", "10000")
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.execv(sys.executable, [sys.executable, "-m", "core.cli.main", *arguments])
    termios.tcsetwinsize(terminal, (24, 120))
    shown = b""
    while b"validation=" not in shown:
        shown += os.read(terminal, 4096)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    assert modelfile.load(here / OUT).scores["test_accuracy"] > 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="of POSIX")
def test_a_pipe_is_not_waited_for(lab, here):
    os.mkfifo(here / "pipe.png")
    assert_mistake(lab("predict", "pipe.png"), "pipe.png", "not an ordinary file")
