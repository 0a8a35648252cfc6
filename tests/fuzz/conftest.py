"""Settings of the fuzz tests: 500 fixed inputs per test, or DIGITPAD_FUZZ random ones, new in each session."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from core.errors import DigitpadError

_N = int(os.environ.get("DIGITPAD_FUZZ", "0"))
settings.register_profile(
    "fuzz",
    max_examples=_N or 500,
    derandomize=not _N,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("fuzz")


class Attack:
    """Passes inputs to a parser, which may reject them with its own error and a message, and must do nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.outcomes = folder, Counter[str]()

    def __call__(
        self, read: Callable[[Path], Any], error: type[DigitpadError], content: bytes, name: str = "input"
    ) -> Any:
        """Let ``read`` read a file with this content; return its result, or None where it rejects the file."""
        path = self.folder / name
        path.write_bytes(content)
        try:
            found, message = read(path), ""
        except error as problem:
            found, message = None, str(problem)
            self.outcomes["refused"] += 1
        else:
            self.outcomes["read"] += 1
        assert found is not None or 10 < len(message) < 2000
        assert [other.name for other in self.folder.iterdir()] == [name]
        return found


@pytest.fixture
def attack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Attack]:
    """An attack on one parser; its outcomes are appended to the file named by DIGITPAD_TORTURE."""
    attack = Attack(tmp_path_factory.mktemp("attack"))
    yield attack
    # Some inputs must be invalid; most should pass the first check of a parser, which random bytes would not.
    assert attack.outcomes["refused"] > 0
    if report := os.environ.get("DIGITPAD_TORTURE"):
        with Path(report).open("a") as file:
            print(json.dumps({"what": request.node.name, **attack.outcomes}), file=file)
