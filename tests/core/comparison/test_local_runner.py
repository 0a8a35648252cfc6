"""Jobs in separate processes."""

import dataclasses
import subprocess
import sys

import pytest

from core.comparison.job import Job, fingerprint, run
from core.comparison.local_runner import LocalRunner
from core.data import sources
from core.errors import DigitpadError
from core.training.config import TrainConfig

DATA = "synthetic:100"


@pytest.fixture(scope="module")
def jobs():
    """Two seeds of a small network."""
    digits = fingerprint(sources.load(DATA))
    return [Job("mine", TrainConfig(hidden=(8,), seed=seed), DATA, None, 5, digits) for seed in range(2)]


def script(text):
    """Return a command that replaces that of a job."""
    return [sys.executable, "-c", f"import os, signal, sys; job = sys.stdin.read(); {text}"]


def without_seconds(results):
    return {job: result | {"seconds": 0} for job, result in results.items()}


def test_the_results_are_those_of_this_process(jobs):
    assert without_seconds(dict(LocalRunner(2)(jobs))) == without_seconds({job: run(job) for job in jobs})


def test_a_folder_of_the_same_name_does_not_shadow_the_program(jobs, tmp_path, monkeypatch):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise RuntimeError('another core')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert len(list(LocalRunner(1)(jobs[:1]))) == 1


def test_an_error_is_one_line_with_the_job(jobs):
    broken = dataclasses.replace(jobs[0], data="idx:nowhere")
    with pytest.raises(DigitpadError, match=r"mine, seed 0: .*nowhere") as caught:
        list(LocalRunner(1)([broken]))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_a_process_that_is_killed(jobs):
    with pytest.raises(DigitpadError, match="mine, seed 0 was ended by signal 9"):
        list(LocalRunner(1, script("os.kill(os.getpid(), 9)"))(jobs[:1]))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_ctrl_c_in_a_process_is_ctrl_c_here(jobs):
    ends = "signal.signal(signal.SIGINT, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGINT)"
    with pytest.raises(KeyboardInterrupt):
        list(LocalRunner(1, script(ends))(jobs[:1]))


def test_a_bug_in_a_job_is_a_runtime_error(jobs):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(LocalRunner(1, script("1 / 0"))(jobs[:1]))


@pytest.fixture
def started(monkeypatch):
    """The processes that a runner has started, in order."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            processes.append(self)

    monkeypatch.setattr("core.comparison.local_runner.subprocess.Popen", Recorded)
    return processes


def test_no_process_outlives_the_iteration(jobs, tmp_path, started):
    # The first job ends at once; the second reports that it runs, and would wait for ever.
    pipe = tmp_path / "pipe"
    make_fifo(pipe)
    waits = f"open({str(pipe)!r}, 'w').close() or signal.pause() if '\"seed\": 1' in job else print('{{}}')"
    results = LocalRunner(2, script(waits))(jobs)
    assert next(results) == (jobs[0], {})
    pipe.open().close()  # the second has begun
    results.close()
    assert sorted(process.returncode for process in started) == [-9, 0]


def test_after_the_end_no_process_is_started(jobs, started):
    runner = LocalRunner(1, script("print('{}')"))
    results = runner(jobs)
    next(results)
    results.close()
    started.clear()
    with pytest.raises(KeyboardInterrupt):
        list(runner(jobs))
    assert not started


def make_fifo(path):
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("POSIX only")
    os.mkfifo(path)
