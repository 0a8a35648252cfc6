"""An empty folder, two data sources, a model and files for the commands."""

import contextlib
import json

import numpy as np
import pytest
from commands import QUICK, SEVEN, digits
from PIL import Image

from core.cli import main
from core.data import idx


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A source of 300 easy digits for training and 40 for the test."""
    folder = tmp_path_factory.mktemp("idx")
    for prefix, n, seed in (("train", 300, 0), ("t10k", 40, 1)):
        images, labels = digits(n, seed)
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images)
        idx.write(folder / f"{prefix}-labels-idx1-ubyte.gz", labels)
    return f"idx:{folder}"


@pytest.fixture(scope="session")
def model(data, tmp_path_factory):
    """The file of a model trained on the easy digits."""
    path = tmp_path_factory.mktemp("models") / "easy.safetensors"
    with contextlib.redirect_stdout(None):
        assert main.main(["train", "--data", data, "--out", str(path), *QUICK]) == 0
    return path


@pytest.fixture(scope="session")
def pen(tmp_path_factory):
    """A pen file with ten sevens by each of two writers."""
    path = tmp_path_factory.mktemp("pen") / "sevens.unipen"
    lines = []
    for number in range(20):
        lines += ['.SEGMENT DIGIT 0 ? "7"', f".COMMENT 7 {1 + number % 2} {number}"]
        for stroke in SEVEN:
            lines += [".PEN_DOWN", *(f"{x + number} {-y}" for x, y in stroke), ".PEN_UP"]
    path.write_text("\n".join(lines))
    return f"pen:{path}"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The current folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def files(here):
    """A digit as ink and as pictures, and bad files."""
    (here / "seven.json").write_text(json.dumps({"strokes": SEVEN}))
    page = np.full((120, 90), 255, np.uint8)
    page[20:100, 40:48] = 0
    Image.fromarray(page).save(here / "one.png")
    Image.fromarray(255 - page).save(here / "one.JPG", format="JPEG")
    Image.fromarray(np.full((50, 50), 255, np.uint8)).save(here / "blank.png")
    (here / "bad.json").write_text('{"strokes": [[["a", 1]]]}')
    (here / "nothing.json").write_text('{"strokes": []}')
    (here / "text.png").write_text("not a picture")
    return here
