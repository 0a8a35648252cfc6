"""One way to train, in a process of its own (``engines.py``), that trains as many steps as it is told."""

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
"""Between two turns: threads of the one that has just finished still spin for a tenth of a second."""


@dataclass(frozen=True)
class Workload:
    """What an engine is to train."""

    batch_size: int = 128
    hidden: tuple[int, ...] = (256, 128)
    n_rows: int = 60_000
    n_threads: int = threads.default(window=False)


class EngineProcess:
    """A process that trains as many steps as it is told."""

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
        if self._answer() != ["ready"]:
            self.end()
            raise RuntimeError(f"{name} does not work")
        self.memory_mb = 0.0
        self.n_steps = n_steps
        self.n_steps = max(round(self.n_steps / self._seconds()), 1)

    def speed(self, rest_s: float = REST_S) -> float:
        """Train for about a second, and return the digits a second."""
        time.sleep(rest_s)
        return self.n_steps * self.workload.batch_size / self._seconds()

    def end(self) -> None:
        """End the process."""
        self.process.communicate()

    def _seconds(self) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{self.n_steps}\n")
        self.process.stdin.flush()
        seconds, self.memory_mb = map(float, self._answer())
        return seconds

    def _answer(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()
