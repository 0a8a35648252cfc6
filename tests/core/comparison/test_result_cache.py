"""The cache of results."""

import dataclasses
import json

import pytest

from core.comparison import result_cache
from core.comparison.job import Job
from core.errors import DigitpadError
from core.training.config import TrainConfig

JOB = Job("mine", TrainConfig(seed=4), "mnist", None, 100, "f" * 64)


def test_a_result_is_found_again(tmp_path, result):
    folder = tmp_path / "new" / "runs"
    result_cache.save(folder, JOB, result(0.9))
    assert result_cache.load(folder, JOB) == result(0.9)
    assert [path.name[:7] for path in folder.iterdir()] == ["mine-4-"]


def test_another_job_has_another_file(tmp_path, result):
    result_cache.save(tmp_path, JOB, result(0.9))
    assert result_cache.load(tmp_path, dataclasses.replace(JOB, n_steps=101)) is None
    assert result_cache.load(tmp_path, dataclasses.replace(JOB, config=TrainConfig(seed=5))) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"null", b'{"result": {}}', b"\xff", b"[" * 100_000, b"9" * 5000, b'{"sha256": 1}'],
)
def test_a_damaged_file_is_no_result(tmp_path, result, content):
    result_cache.path(tmp_path, JOB).write_bytes(content)
    assert result_cache.load(tmp_path, JOB) is None


def test_a_changed_figure_is_detected(tmp_path, result):
    result_cache.save(tmp_path, JOB, result(0.9))
    path = result_cache.path(tmp_path, JOB)
    path.write_text(path.read_text().replace('"test_accuracy": 0.9', '"test_accuracy": 0.8'))
    assert result_cache.load(tmp_path, JOB) is None


def test_a_valid_file_of_another_job_is_detected(tmp_path, result):
    other = dataclasses.replace(JOB, n_steps=7)
    result_cache.save(tmp_path, other, result(0.9))
    result_cache.path(tmp_path, other).rename(result_cache.path(tmp_path, JOB))
    assert result_cache.load(tmp_path, JOB) is None


def test_a_file_that_is_too_large_is_not_read(tmp_path, result, monkeypatch):
    result_cache.save(tmp_path, JOB, result(0.9))
    monkeypatch.setattr(result_cache, "MAX_BYTES", 100)
    assert result_cache.load(tmp_path, JOB) is None


def test_a_folder_is_no_result(tmp_path):
    result_cache.path(tmp_path, JOB).mkdir()
    assert result_cache.load(tmp_path, JOB) is None


def test_an_unwritable_folder(tmp_path, result):
    (tmp_path / "file").write_text("older")
    with pytest.raises(DigitpadError, match="cannot be written"):
        result_cache.save(tmp_path / "file", JOB, result(0.9))


def test_the_file_contains_the_job(tmp_path, result):
    result_cache.save(tmp_path, JOB, result(0.9))
    content = json.loads(result_cache.path(tmp_path, JOB).read_text())
    assert Job.from_dict(content["job"]) == JOB
