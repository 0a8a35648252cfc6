"""An experiment, from the name of its data to the model."""

import dataclasses
import datetime
import json
import math

import numpy as np
import pytest

import core
from core.data.dataset import Dataset
from core.data.source_loaders import Source
from core.errors import DataError, TrainingError
from core.recognition import metrics, modelfile
from core.recognition.metrics import Evaluation
from core.training import experiment
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.loop import fit

CONFIG = TrainConfig(
    hidden=(16,), batch_size=20, epochs=3, learning_rate=0.02, momentum=0.9, validation_share=0.1, seed=5
)


def digits(n, seed):
    """Return n images of ten patterns under noise: as easy as digits can be."""
    patterns = np.random.default_rng(99).integers(0, 200, (10, 784))
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=n)
    return Dataset.of((patterns[labels] + rng.integers(0, 56, (n, 784))).astype(np.uint8), labels)


@pytest.fixture(autouse=True)
def source(monkeypatch):
    """The source that every name loads here."""
    test = digits(50, 1)
    source = Source("easy", digits(300, 0), test, test, digits(300, 0), credits=("A. Writer",))
    monkeypatch.setattr(experiment.sources, "load", lambda name: dataclasses.replace(source, name=name))
    return source


def prepared(config=CONFIG):
    return Experiment.prepare("mine", config, "easy", 1)


def finished(config=CONFIG):
    run = prepared(config)
    list(fit(run.state, run.splits, config))
    return run


def test_prepare_loads_and_splits_the_data_and_creates_the_network():
    run = prepared()
    assert (len(run.splits.train), len(run.splits.validation), len(run.splits.test)) == (270, 30, 50)
    assert run.state.network.sizes == (784, 16, 10)
    assert (run.state.step, run.source.name, run.recipe, run.threads) == (0, "easy", "mine", 1)


def test_without_validation_there_is_no_validation_score():
    scores = finished(dataclasses.replace(CONFIG, validation_share=0.0)).conclude()[1].as_dict()
    assert set(scores) == {"train_accuracy", "test_accuracy", "test_loss"}
    assert scores["train_accuracy"] > 0.9


def test_an_error_of_the_source_is_passed_on(monkeypatch):
    def fail(name):
        raise DataError("gone")

    monkeypatch.setattr(experiment.sources, "load", fail)
    with pytest.raises(DataError, match="gone"):
        prepared()


def test_a_source_without_digits(monkeypatch):
    nothing = digits(0, 0)
    monkeypatch.setattr(experiment.sources, "load", lambda name: Source("x", nothing, nothing, nothing, nothing))
    with pytest.raises(TrainingError, match="no digits to learn from"):
        prepared()


def test_the_model_records_its_origin(tmp_path):
    model, scores = finished().conclude()
    assert (model.recipe, model.seed, model.data, model.credits, model.threads) == (
        "mine",
        5,
        "easy",
        ("A. Writer",),
        1,
    )
    assert model.input_scale == CONFIG.input_scale
    assert model.scores == scores.as_dict()
    assert TrainConfig.from_dict(json.loads(json.dumps(model.settings))) == CONFIG
    assert model.program == f"digitpad {core.__version__}"
    date = datetime.datetime.fromisoformat(model.date)
    assert date.utcoffset() == datetime.timedelta(0)
    modelfile.save(model, tmp_path / "m")
    assert modelfile.load(tmp_path / "m").facts() == json.loads(json.dumps(model.facts()))


def test_the_scores_are_those_of_the_three_parts():
    run = finished()
    model, scores = run.conclude()
    for part in ("train", "validation", "test"):
        data = getattr(run.splits, part)
        found = metrics.evaluate(model.network, data, CONFIG.input_scale)
        assert getattr(scores, part).n == len(data)
        assert scores.as_dict()[f"{part}_accuracy"] == found.accuracy
    assert scores.as_dict()["test_loss"] == found.loss
    assert scores.test.accuracy > 0.9


def test_the_model_has_the_best_weights_not_the_last():
    run = finished()
    run.state.network.parameters[:] = 0
    model, _ = run.conclude()
    np.testing.assert_array_equal(model.network.parameters, run.state.best.snapshot.parameters)
    assert model.network.parameters.any()


def test_a_run_stopped_before_its_first_evaluation_keeps_its_weights():
    run = prepared()
    progress = fit(run.state, run.splits, CONFIG)
    for _ in range(10):
        next(progress)
    trained = run.state.snapshot()
    model, _ = run.conclude()
    np.testing.assert_array_equal(model.network.parameters, trained.parameters)


def test_a_run_stopped_later_keeps_the_best_weights():
    run = prepared()
    progress = fit(run.state, run.splits, CONFIG)
    while run.state.step < 20:
        next(progress)
    assert run.state.best.step == 14
    model, _ = run.conclude()
    np.testing.assert_array_equal(model.network.parameters, run.state.best.snapshot.parameters)


def test_weights_that_are_not_finite_are_not_kept_however_early_the_run_stops():
    run = prepared()
    run.state.network.parameters[0] = math.nan
    model, _ = run.conclude()
    assert np.isfinite(model.network.parameters).all()


def test_a_loss_that_is_not_finite_is_left_out_of_the_scores():
    def evaluation(loss):
        return Evaluation(10, 5, loss, np.zeros((10, 10), np.int64))

    sound = experiment.Scores(evaluation(1.0), evaluation(1.0), evaluation(2.0))
    assert sound.as_dict() == {
        "train_accuracy": 0.5,
        "validation_accuracy": 0.5,
        "test_accuracy": 0.5,
        "test_loss": 2.0,
    }
    broken = experiment.Scores(evaluation(1.0), evaluation(1.0), evaluation(math.nan))
    assert "test_loss" not in broken.as_dict()
