"""Fixtures of all tests: a profile for each test, no screen, and the real data if there is any."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import mnist
from core.synthetic import synthetic

os.environ["QT_QPA_PLATFORM"] = os.environ.get("DIGITPAD_TEST_PLATFORM", "offscreen")
os.environ.pop("DIGITPAD_HOME", None)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DIGITPAD_HOME for the test alone: no test touches a real profile, or that of another test."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("DIGITPAD_HOME", str(folder))
    return folder


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without data."""
    monkeypatch.delenv("DIGITPAD_DATA", raising=False)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data (MNIST, pen digits); the test is skipped if it is missing."""
    folder = os.environ.get("DIGITPAD_DATA")
    if not folder or not (Path(folder) / "mnist").is_dir():
        pytest.skip("no real data: DIGITPAD_DATA names no folder with mnist/ and pen/")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def pen_file(real_data: Path) -> Path:
    """A pen file of 30 writers."""
    return real_data / "pen" / "pen-train.unipen"


@pytest.fixture(scope="session", params=["synthetic", pytest.param("mnist", marks=pytest.mark.real_data)])
def thousand_digits(request: pytest.FixtureRequest) -> NDArray[np.uint8]:
    """A thousand images (1000, 28, 28): synthetic, and MNIST's if there are any."""
    if request.param == "mnist":
        request.getfixturevalue("real_data")
        return mnist.load_test().images[:1000].reshape(1000, 28, 28)
    return synthetic.draw(1000, np.random.default_rng(0))[0].reshape(1000, 28, 28)


@pytest.fixture
def garbage_in_its_thread(qapp: Any) -> Iterator[None]:
    """Collect garbage in the GUI thread alone, by a timer, until the test ends."""
    from gui.shell import gc_timer  # imports Qt, which most tests do not need

    timer = gc_timer.install(qapp)
    yield
    timer.stop()
    timer.deleteLater()
    gc.enable()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Append a test's counts to the file that DIGITPAD_TORTURE names."""

    def add(**counts: int) -> None:
        if report := os.environ.get("DIGITPAD_TORTURE"):
            with Path(report).open("a") as file:
                print(json.dumps({"what": request.node.name, **counts}), file=file)

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "no real data" in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} tests on real digits were skipped: set DIGITPAD_DATA to a folder with mnist/ and pen/"
        )
