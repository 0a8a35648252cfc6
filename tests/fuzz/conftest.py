"""How many inputs are tried: 500 a reader, always the same; as many as DIGITPAD_FUZZ says, each time others."""

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
    """Hands inputs to a reader: it may refuse them with its own error, a sentence, and nothing else may happen."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.outcomes = folder, Counter[str]()

    def __call__(
        self, read: Callable[[Path], Any], error: type[DigitpadError], content: bytes, name: str = "input"
    ) -> Any:
        """Let ``read`` read a file of this content; return what it returned, or None where it refused."""
        path = self.folder / name
        path.write_bytes(content)
        try:
            found, sentence = read(path), ""
        except error as problem:
            found, sentence = None, str(problem)
            self.outcomes["refused"] += 1
        else:
            self.outcomes["read"] += 1
        assert found is not None or 10 < len(sentence) < 2000
        assert [other.name for other in self.folder.iterdir()] == [name]
        return found


@pytest.fixture
def attack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Attack]:
    """An attack on one reader; what came of it is added to the file that DIGITPAD_TORTURE names."""
    attack = Attack(tmp_path_factory.mktemp("attack"))
    yield attack
    # Random bytes alone would prove little: some of what is tried must get past the first check of a reader.
    assert attack.outcomes["refused"] > 0
    if report := os.environ.get("DIGITPAD_TORTURE"):
        with Path(report).open("a") as file:
            print(json.dumps({"what": request.node.name, **attack.outcomes}), file=file)
