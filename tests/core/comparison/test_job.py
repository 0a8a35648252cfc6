"""One run of a comparison: jobs and results."""

import dataclasses
import io
import json
import math

import pytest

import core
from core import threads
from core.comparison import job as comparison_job
from core.comparison.job import Job, fingerprint, run
from core.data import sources
from core.errors import DataError
from core.recognition import metrics
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

DATA = "synthetic:200"  # 180 training digits, of which 18 are for validation
CONFIG = TrainConfig(hidden=(16,), batch_size=20, learning_rate=0.1, schedule="one_cycle", momentum=0.9, seed=3)


@pytest.fixture(scope="module")
def job():
    return Job("mine", CONFIG, DATA, None, 21, fingerprint(sources.load(DATA)))


def changed(job, **settings):
    return dataclasses.replace(job, config=dataclasses.replace(job.config, **settings))


def test_a_run_has_the_jobs_steps_not_the_recipes_epochs(job):
    result = run(job)  # 9 batches an epoch: left in the third
    assert result["steps"] == 21
    assert result["diverged"] is None
    assert result["parameters"] == 784 * 16 + 16 + 16 * 10 + 10
    assert result["seconds"] > 0
    assert result["curves"]["validation_accuracy"]["step"] == [9, 18]
    assert result["curves"]["loss"]["step"] == list(range(1, 22))
    assert result["curves"]["loss"]["value"][0] == pytest.approx(result["first_loss"], rel=1e-5)
    json.dumps(result, allow_nan=False)


def test_the_scores_are_of_the_last_weights_and_the_schedule_spans_the_steps(job):
    with threads.limited(1):
        config = dataclasses.replace(CONFIG, epochs=3)
        experiment = Experiment.prepare("mine", config, DATA, 1)
        records = loop.fit(experiment.state, experiment.splits, config, schedule_steps=21)
        rates = [next(records).learning_rate for _ in range(21)]
        found = metrics.evaluate(experiment.state.network, experiment.splits.test, config.input_scale)
    assert rates[-1] < CONFIG.learning_rate / 50
    scores = run(job)["scores"]
    assert (scores["test_accuracy"], scores["test_loss"]) == (found.accuracy, found.loss)


def test_the_same_job_gives_the_same_result(job):
    results = [run(job) for _ in range(2)]
    for result in results:
        del result["seconds"]
    assert results[0] == results[1]


def test_deformations_depend_on_the_steps_not_the_recipes_epochs(job):
    results = [run(changed(job, deformation=1.0, deformation_end=0.0, epochs=epochs)) for epochs in (1, 77)]
    assert results[0]["scores"] == results[1]["scores"]


def test_a_long_curve_is_thinned(job, monkeypatch):
    monkeypatch.setattr(comparison_job, "MAX_POINTS", 5)
    curves = run(job)["curves"]
    for curve in curves.values():
        assert len(curve["step"]) == len(curve["value"]) <= 5
        assert all(value == float(f"{value:.6g}") for value in curve["value"])
    assert curves["loss"]["step"] == [1, 6, 11, 16, 21]  # the first and the last among them


def test_without_validation_there_is_no_validation_score(job):
    result = run(changed(job, validation_share=0.0))
    assert result["scores"]["validation_accuracy"] is None
    assert result["scores"]["validation_loss"] is None
    assert result["curves"]["validation_accuracy"] == {"step": [], "value": []}


def test_another_source_to_test_on():
    source = sources.load(DATA).tested_on(sources.load("synthetic:50"))
    result = run(Job("mine", CONFIG, DATA, "synthetic:50", 2, fingerprint(source)))
    assert result["scores"]["test_accuracy"] * 50 == pytest.approx(round(result["scores"]["test_accuracy"] * 50))


def test_a_run_that_diverges_has_a_result(job):
    diverging = changed(job, input_scale=1.0, learning_rate=1000.0, hidden=(16,) * 6, schedule="constant")
    result = run(diverging)
    assert "the run diverged" in result["diverged"]
    assert result["steps"] < 9
    with threads.limited(1):
        initial = Experiment.prepare("mine", diverging.config, DATA, 1)
        found = metrics.evaluate(initial.state.network, initial.splits.test, 1.0)
    assert result["scores"]["test_accuracy"] == found.accuracy
    json.dumps(result, allow_nan=False)


def test_a_divergence_at_the_last_step_is_detected(job, monkeypatch):
    fit = loop.fit

    def overflowing(state, *arguments, **options):
        for record in fit(state, *arguments, **options):
            if record.step == 21:
                state.network.parameters[:] = math.nan
            yield record

    monkeypatch.setattr(loop, "fit", overflowing)
    result = run(job)
    assert "no longer finite after step 21: the run diverged" in result["diverged"]
    assert result["scores"]["test_loss"] is not None


def test_other_data_of_the_same_name_is_rejected(job):
    with pytest.raises(DataError, match="not the same data"):
        run(dataclasses.replace(job, fingerprint="0" * 64))


def test_the_fingerprint_covers_images_labels_and_repetitions():
    source = sources.load(DATA)
    first = fingerprint(source)
    assert fingerprint(sources.load(DATA)) == first
    assert fingerprint(sources.load(f"2*{DATA}")) != first
    source.train.images[5, 100] ^= 1
    assert fingerprint(source) != first


def test_a_job_survives_json(job):
    assert Job.from_dict(json.loads(json.dumps(job.as_dict()))) == job


def test_the_digest_covers_everything_that_determines_the_result(job, monkeypatch):
    same = [dataclasses.replace(job, recipe="another"), changed(job, epochs=77)]
    others = [
        changed(job, seed=4),
        changed(job, learning_rate=0.2),
        dataclasses.replace(job, data="mnist"),
        dataclasses.replace(job, test="mnist"),
        dataclasses.replace(job, n_steps=22),
        dataclasses.replace(job, fingerprint="0" * 64),
    ]
    assert {other.digest for other in same} == {job.digest}
    assert len({job.digest, *(other.digest for other in others)}) == 7
    digest = job.digest
    monkeypatch.setattr(core, "__version__", "99")
    assert job.digest != digest


def test_the_process_reads_a_job_and_prints_its_result(job, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(job.as_dict())))
    assert comparison_job.main() == 0
    result = json.loads(capsys.readouterr().out)
    assert result["scores"] == run(job)["scores"]


def test_the_process_prints_an_error_in_one_line(job, monkeypatch, capsys):
    broken = dataclasses.replace(job, data="idx:nowhere")
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(broken.as_dict())))
    assert comparison_job.main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "nowhere" in err
    assert err.count("\n") == 1
