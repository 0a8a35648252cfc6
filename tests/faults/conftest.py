"""How much is tried: a handful in the tests of every day, more where an environment variable says so."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Add what a test has tried to the file that DIGITPAD_TORTURE names."""

    def add(**counts: int) -> None:
        if report := os.environ.get("DIGITPAD_TORTURE"):
            with Path(report).open("a") as file:
                print(json.dumps({"what": request.node.name, **counts}), file=file)

    return add
