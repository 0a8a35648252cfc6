"""Jobs in processes of their own."""

import dataclasses
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
    """A command that takes the place of a job's."""
    return [sys.executable, "-c", f"import os, signal, sys; job = sys.stdin.read(); {text}"]


def timeless(results):
    return {job: result | {"seconds": 0} for job, result in results.items()}


def test_the_results_are_those_of_this_process(jobs):
    assert timeless(dict(LocalRunner(2)(jobs))) == timeless({job: run(job) for job in jobs})


def test_a_folder_of_the_same_name_is_not_taken_for_the_program(jobs, tmp_path, monkeypatch):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise RuntimeError('another core')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert len(list(LocalRunner(1)(jobs[:1]))) == 1


def test_a_mistake_is_a_sentence(jobs):
    lost = dataclasses.replace(jobs[0], data="idx:nowhere")
    with pytest.raises(DigitpadError, match=r"mine, seed 0: .*nowhere") as caught:
        list(LocalRunner(1)([lost]))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="of POSIX")
def test_a_process_that_is_ended_from_outside(jobs):
    with pytest.raises(DigitpadError, match="mine, seed 0 was ended by signal 9"):
        list(LocalRunner(1, script("os.kill(os.getpid(), 9)"))(jobs[:1]))


@pytest.mark.skipif(sys.platform == "win32", reason="of POSIX")
def test_ctrl_c_that_reaches_a_process_first_is_ctrl_c(jobs):
    ends = "signal.signal(signal.SIGINT, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGINT)"
    with pytest.raises(KeyboardInterrupt):
        list(LocalRunner(1, script(ends))(jobs[:1]))


def test_a_fault_of_the_program_is_one(jobs):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(LocalRunner(1, script("1 / 0"))(jobs[:1]))


def test_no_process_outlives_the_iteration(jobs, tmp_path):
    # The first job answers at once; the second says that it runs, and would wait for ever.
    pipe = tmp_path / "pipe"
    os_mkfifo(pipe)
    waits = f"open({str(pipe)!r}, 'w').close() or signal.pause() if '\"seed\": 1' in job else print('{{}}')"
    processes = LocalRunner(2, script(waits))
    results = processes(jobs)
    assert next(results) == (jobs[0], {})
    pipe.open().close()  # the second has begun
    (second,) = processes._running
    results.close()
    assert second.returncode == -9
    assert not processes._running


def test_after_the_end_no_process_is_begun(jobs):
    processes = LocalRunner(1, script("print('{}')"))
    results = processes(jobs)
    next(results)
    results.close()
    with pytest.raises(KeyboardInterrupt):
        processes._do(jobs[0])


def os_mkfifo(path):
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("of POSIX")
    os.mkfifo(path)
