"""Degenerate data and extreme settings: each has a defined outcome, in a table of docs/experiments.md."""

import dataclasses
import math

import numpy as np
import pytest

from core.data import idx, sources
from core.errors import ConfigError, DivergenceError, TrainingError
from core.nn import losses
from core.recognition.recognizer import Recognizer
from core.runs.run import Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

N = 60
_RNG = np.random.default_rng(0)
IMAGES = _RNG.integers(0, 256, (N, 28, 28), np.uint8)
LABELS = (np.arange(N) % 10).astype(np.uint8)
DATA = {
    "usual": (IMAGES, LABELS),
    "all-zero images": (np.zeros_like(IMAGES), LABELS),
    "all-white images": (np.full_like(IMAGES, 255), LABELS),
    "one class": (IMAGES, np.full(N, 3, np.uint8)),
    "three empty classes": (IMAGES, LABELS % 7),
    "one sample": (IMAGES[:1], LABELS[:1]),
    "two samples": (IMAGES[:2], LABELS[:2]),
}
SETTINGS = {
    "usual": {},
    "class weights": {"class_weights": True},
    "raw pixels": {"input_scale": 1.0},
    "raw pixels, batch norm": {"input_scale": 1.0, "batch_norm": True},
    "batch larger than the data": {"batch_size": 10_000},
    "rate 0": {"learning_rate": 0},
    "rate 1e-30": {"learning_rate": 1e-30},
    "rate 1000": {"learning_rate": 1000},
    "AdamW, rate 1000": {"optimizer": "adamw", "learning_rate": 1000},
    "no validation": {"validation_share": 0.0},
    "weights of 0": {"initializer": "normal", "sigma": 0},
    "deformed": {"deformation": 3.0},
}


@pytest.fixture
def folder(tmp_path):
    """Write images and labels for the source ``idx:``, and return its name."""

    def write(images, labels, n_test=None):
        for part, n in (("train", None), ("t10k", n_test)):
            idx.write(tmp_path / f"{part}-images-idx3-ubyte", images[:n])
            idx.write(tmp_path / f"{part}-labels-idx1-ubyte", labels[:n])
        return f"idx:{tmp_path}"

    return write


def prepared(data, **settings):
    config = TrainConfig(**({"hidden": (8,), "epochs": 2, "batch_size": 16} | settings))
    return Experiment.prepare("quick", config, data, 1)


def trained(experiment):
    return list(loop.fit(experiment.state, experiment.splits, experiment.config))


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_run_ends_with_a_sound_network_or_reports_that_it_diverged(folder, tmp_path, data, settings):
    store = RunStore(tmp_path / "runs")
    with RunRecorder.begin(prepared(folder(*DATA[data]), **SETTINGS[settings]), store) as recorder:
        experiment = recorder.experiment
        try:
            records = list(recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)))
        except DivergenceError as error:
            records, diverged = [], str(error)
            assert "the run diverged" in diverged
            assert "Try a smaller learning_rate" in diverged
            assert "1000" in settings or "raw" in settings
        assert np.isfinite(experiment.state.network.parameters).all()
        assert all(math.isfinite(record.loss) for record in records)
        model, scores = experiment.conclude()
        constant_prediction = experiment.constant_prediction(scores)
        # Identical images get identical predictions.
        assert constant_prediction is not None or not data.startswith("all-")
        assert constant_prediction is None or len(set(DATA[data][1])) > 1
        recorder.end(Status.FINISHED, model)
        assert recorder.failure == ""
    (run,) = store.runs()
    (prediction,) = Recognizer.of(run.model()).predict_images(IMAGES[:1])
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_no_samples(folder):
    with pytest.raises(TrainingError, match="no digits to learn from"):
        prepared(folder(IMAGES[:0], LABELS[:0]))


@pytest.mark.parametrize("data", ["nondigits:20", "nondigits:10+2*nondigits:30"])
def test_no_samples_of_digits(data):
    with pytest.raises(TrainingError, match=r"no digits to learn from, only non-digits: add a source of digits"):
        prepared(data)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_without_digits_has_no_accuracy(part):
    experiment = prepared("synthetic:60+nondigits:60")
    nothing = sources.load("nondigits:20").everything
    experiment = dataclasses.replace(experiment, splits=dataclasses.replace(experiment.splits, **{part: nothing}))
    records = trained(experiment)
    model, _ = experiment.conclude()
    assert f"{part}_accuracy" not in model.scores
    assert "train_accuracy" in model.scores
    assert all(record.validation_loss is None for record in records) == (part == "validation")
    if part == "validation":
        assert experiment.state.best.step == records[-1].step


@pytest.mark.parametrize("rate", [0, 1e-30])
def test_a_tiny_rate_leaves_the_weights_unchanged(folder, rate):
    experiment = prepared(folder(IMAGES, LABELS), learning_rate=rate)
    before = experiment.state.network.parameters.copy()
    trained(experiment)
    np.testing.assert_allclose(experiment.state.network.parameters, before, rtol=0, atol=1e-25)


@pytest.mark.parametrize("rate", [1e30, math.inf, math.nan, -0.1])
def test_an_invalid_rate_is_rejected_before_the_run(rate):
    with pytest.raises(ConfigError, match="learning_rate is a number from 0 to 1000"):
        TrainConfig(learning_rate=rate)


def test_a_batch_larger_than_the_data_is_the_data(folder):
    experiment = prepared(folder(IMAGES, LABELS), batch_size=10_000, validation_share=0.0)
    (first, _) = trained(experiment)
    assert (first.samples, first.n_steps) == (N, 2)


def test_an_empty_class_has_no_weight_and_leaves_the_others_alone():
    weights = losses.class_weights(np.array([0, 0, 0, 2]), 3)
    np.testing.assert_array_equal(weights, [1, 0, 3])


def test_all_zero_images_teach_only_the_class_frequencies(folder):
    experiment = prepared(folder(np.zeros_like(IMAGES), LABELS % 2), epochs=300)
    trained(experiment)
    (prediction,) = Recognizer(experiment.state.network).predict_images(np.zeros((1, 28, 28), np.uint8))
    assert prediction.probabilities[:2] == pytest.approx([0.5, 0.5], abs=0.15)


def test_a_network_trained_on_one_class_predicts_only_that(folder):
    experiment = prepared(folder(IMAGES, np.full(N, 3, np.uint8)), epochs=5)
    trained(experiment)
    predictions = Recognizer(experiment.state.network).predict_images(IMAGES)
    assert {prediction.digit for prediction in predictions} == {3}


@pytest.mark.parametrize("part", ["validation", "test"])
def test_an_empty_part_has_no_scores(folder, tmp_path, part):
    store = RunStore(tmp_path / "runs")
    share = 0.0 if part == "validation" else 0.2
    data = folder(IMAGES, LABELS, n_test=0 if part == "test" else None)
    with RunRecorder.begin(prepared(data, validation_share=share), store) as recorder:
        trained(recorder.experiment)
        model, scores = recorder.experiment.conclude()
        recorder.end(Status.FINISHED, model)
    missing = {f"{part}_accuracy"} | ({"test_loss"} if part == "test" else set())
    assert scores.as_dict().keys() == {"train_accuracy", "validation_accuracy", "test_accuracy", "test_loss"} - missing
    (run,) = store.runs()
    assert (run.best_validation is None) == (part == "validation")
    assert (run.test_accuracy is None) == (part == "test")


def test_the_command_shows_no_score_of_an_empty_test_part(folder, lab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = lab("train", "--data", folder(IMAGES, LABELS, n_test=0), "--epochs", "1", "--hidden", "4")
    assert code == 0
    assert "nothing on the test set" in out
