"""What the README promises: its ten lines of NumPy read a model as the program does."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer, shipped_model

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="module")
def snippet():
    """The Python lines of "Use a model elsewhere"."""
    section = README.read_text(encoding="utf-8").split("\n## Use a model elsewhere\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


def small_model():
    network = Network(mlp((784, 16, 10), dropout=0.5))
    network.initialize(he_normal, np.random.default_rng(0))
    return Model(network, input_scale=1 / 128, calibration=Calibration(2.0))


@pytest.mark.parametrize("make", [shipped_model, small_model])
def test_the_snippet_answers_what_the_recogniser_answers(snippet, make, thousand_digits, tmp_path, monkeypatch):
    asked = make()
    modelfile.save(asked, tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    code, recognizer = compile(snippet, "README.md", "exec"), Recognizer.of(asked)
    for image in thousand_digits[::100]:
        names = {"image": image}
        exec(code, names)
        expected = recognizer.predict_image(image).probabilities
        np.testing.assert_allclose(names["probabilities"], expected, rtol=0, atol=1e-5)


def test_the_snippet_has_ten_lines(snippet):
    lines = [line for line in snippet.splitlines() if line and not line.startswith(("import ", "from "))]
    assert len(lines) == 10
