"""Results that are kept."""

import dataclasses
import json

import pytest

from core import kept_results
from core.comparison_job import Job
from core.errors import DigitpadError
from core.training.config import TrainConfig

JOB = Job("mine", TrainConfig(seed=4), "mnist", None, 100, "f" * 64)


def test_what_is_kept_is_found_again(tmp_path, result):
    folder = tmp_path / "new" / "runs"
    kept_results.save(folder, JOB, result(0.9))
    assert kept_results.load(folder, JOB) == result(0.9)
    assert [path.name[:7] for path in folder.iterdir()] == ["mine-4-"]


def test_another_job_has_another_file(tmp_path, result):
    kept_results.save(tmp_path, JOB, result(0.9))
    assert kept_results.load(tmp_path, dataclasses.replace(JOB, n_steps=101)) is None
    assert kept_results.load(tmp_path, dataclasses.replace(JOB, config=TrainConfig(seed=5))) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"null", b'{"result": {}}', b"\xff", b"[" * 100_000, b"9" * 5000, b'{"sha256": 1}'],
)
def test_what_is_damaged_is_not_there(tmp_path, result, content):
    kept_results.path(tmp_path, JOB).write_bytes(content)
    assert kept_results.load(tmp_path, JOB) is None


def test_a_changed_digit_is_noticed(tmp_path, result):
    kept_results.save(tmp_path, JOB, result(0.9))
    path = kept_results.path(tmp_path, JOB)
    path.write_text(path.read_text().replace('"test_accuracy": 0.9', '"test_accuracy": 0.8'))
    assert kept_results.load(tmp_path, JOB) is None


def test_a_sound_file_of_another_job_is_noticed(tmp_path, result):
    other = dataclasses.replace(JOB, n_steps=7)
    kept_results.save(tmp_path, other, result(0.9))
    kept_results.path(tmp_path, other).rename(kept_results.path(tmp_path, JOB))
    assert kept_results.load(tmp_path, JOB) is None


def test_a_file_that_is_too_large_is_not_read(tmp_path, result, monkeypatch):
    kept_results.save(tmp_path, JOB, result(0.9))
    monkeypatch.setattr(kept_results, "MAX_BYTES", 100)
    assert kept_results.load(tmp_path, JOB) is None


def test_a_folder_in_its_place_is_no_result(tmp_path):
    kept_results.path(tmp_path, JOB).mkdir()
    assert kept_results.load(tmp_path, JOB) is None


def test_where_nothing_can_be_written(tmp_path, result):
    (tmp_path / "file").write_text("older")
    with pytest.raises(DigitpadError, match="cannot be written"):
        kept_results.save(tmp_path / "file", JOB, result(0.9))


def test_the_file_says_which_job_it_is_of(tmp_path, result):
    kept_results.save(tmp_path, JOB, result(0.9))
    content = json.loads(kept_results.path(tmp_path, JOB).read_text())
    assert Job.from_dict(content["job"]) == JOB
