"""Run jobs on this machine, several at once, each in its own process with one thread. No process outlives this one."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import core
from core.comparison.job import Job, Result
from core.errors import DigitpadError
from core.messages import tr

# -P: a folder named core in the working directory must not shadow this package; PYTHONPATH names its location.
COMMAND = (sys.executable, "-P", "-m", "core.comparison.job")
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class LocalRunner:
    """A runner: called with jobs, it yields each job and its result as soon as the job is done.

    If the iteration is left early, by Ctrl-C or otherwise, the running processes are killed. A runner is used once.
    """

    def __init__(self, n_at_once: int, command: Sequence[str] = COMMAND) -> None:
        self.n_at_once, self.command = n_at_once, command
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
        """Run the jobs, in any order; raise DigitpadError if one fails."""
        with ThreadPoolExecutor(self.n_at_once) as pool:
            futures = {pool.submit(self._run, job): job for job in jobs}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            finally:
                self._end()
                pool.shutdown(cancel_futures=True)

    def _run(self, job: Job) -> Result:
        """Run one job; called in a thread of the pool, which only waits."""
        with self._lock:
            if self._ended:
                raise KeyboardInterrupt
            process = subprocess.Popen(  # noqa: S603 - our own module
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=_environment(),
            )
            self._running.add(process)
        out, err = process.communicate(json.dumps(job.as_dict()))
        with self._lock:
            self._running.discard(process)
        if process.returncode:
            raise _failure(job, process.returncode, err)
        result: Result = json.loads(out)
        return result

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._running:
                process.kill()


def _environment() -> dict[str, str]:
    paths = [str(Path(core.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    return os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _failure(job: Job, code: int, err: str) -> BaseException:
    """Return what to raise for a process that ended without a result."""
    if code == 2:
        return DigitpadError(f"{job.label}: {err.strip()}")
    if code in (-2, 130):  # Ctrl-C also reaches the child processes, and may reach them first
        return KeyboardInterrupt()
    if code < 0:  # for example, out of memory
        return DigitpadError(
            tr(
                "{job} was ended by signal {number}; run the same command again to continue",
                job=job.label,
                number=-code,
            )
        )
    return RuntimeError(f"{job.label} failed:\n{err}")
