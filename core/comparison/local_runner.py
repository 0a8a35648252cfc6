"""Jobs done on this machine, each in a process of its own, with one thread: several at once, and none outlives us."""

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

# This very program: what is called core in the user's folder is not ours (-P), wherever ours is (PYTHONPATH).
COMMAND = (sys.executable, "-P", "-m", "core.comparison.job")
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class LocalRunner:
    """A runner: call it with jobs, and it yields each with its result when that is there.

    Where the iteration is left, by Ctrl-C or otherwise, the processes that still run are ended.
    """

    def __init__(self, n_at_once: int, command: Sequence[str] = COMMAND) -> None:
        self.n_at_once, self.command = n_at_once, command
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
        """Do the jobs, in any order; raise DigitpadError where one cannot be done."""
        with ThreadPoolExecutor(self.n_at_once) as pool:
            futures = {pool.submit(self._do, job): job for job in jobs}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            finally:
                self._end()
                pool.shutdown(cancel_futures=True)

    def _do(self, job: Job) -> Result:
        """Do one job; runs in a thread of the pool, which only waits."""
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
    run = f"{job.recipe}, seed {job.config.seed}"
    if code == 2:
        return DigitpadError(f"{run}: {err.strip()}")
    if code in (-2, 130):  # Ctrl-C reaches our processes, too, and may reach them first
        return KeyboardInterrupt()
    if code < 0:  # perhaps for want of memory
        return DigitpadError(f"{run} was ended by signal {-code}; the same command goes on from here")
    return RuntimeError(f"{run} failed:\n{err}")
