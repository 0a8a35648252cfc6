"""Control of an engine that trains in a process of its own (``engines.py``)."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core import threads

HERE = Path(__file__).parent
OPENBLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
REST_S = 0.25
"""Pause between two turns: the threads of the engine that has just finished still spin for a tenth of a second."""


@dataclass(frozen=True)
class Workload:
    """The network, batch size, rows and threads of a measurement."""

    batch_size: int = 128
    hidden: tuple[int, ...] = (256, 128)
    n_rows: int = 60_000
    n_threads: int = threads.default(window=False)


class EngineProcess:
    """A process that trains for a given number of steps at a time."""

    def __init__(self, name: str, workload: Workload, n_steps: int = 50) -> None:
        environment = dict(os.environ)
        if not name.endswith("as set"):
            for variable in OPENBLAS:
                environment.pop(variable, None)
        arguments = [
            sys.executable,
            str(HERE / "engines.py"),
            name.removesuffix(", as set"),
            json.dumps(vars(workload)),
        ]
        self.workload = workload
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        if self._read_line() != ["ready"]:
            self.end()
            raise RuntimeError(f"{name} does not start")
        self.memory_mb = 0.0
        self.n_steps = n_steps
        self.n_steps = max(round(self.n_steps / self._seconds()), 1)

    def speed(self, rest_s: float = REST_S) -> float:
        """Train for about a second; return digits per second."""
        time.sleep(rest_s)
        return self.n_steps * self.workload.batch_size / self._seconds()

    def end(self) -> None:
        """End the process."""
        self.process.communicate()

    def _seconds(self) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{self.n_steps}\n")
        self.process.stdin.flush()
        seconds, self.memory_mb = map(float, self._read_line())
        return seconds

    def _read_line(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()
