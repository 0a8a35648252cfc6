"""The pages: each link has a target, the README stays short, and ten lines of NumPy predict what the program does."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.digits import Verdict
from core.nn.initializers import he_normal
from core.nn.network import Network, mlp
from core.recognition import file_reading, modelfile
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer, shipped_model

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMAND_LINE = ROOT / "docs" / "command-line.md"
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")))
"""All but the report in docs/report/, which the program writes."""
ANIMATION = "docs/digitpad.webp"
MAX_WORDS, MAX_PICTURES, MAX_ANIMATION_BYTES = 900, 5, 3_000_000


def prose(page):
    """Return a page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def links(page, *, pictures=False):
    """Return the targets of a page's links and pictures, or of its pictures alone."""
    bang = "!" if pictures else "!?"
    return re.findall(bang + r"\[[^]]*\]\(<?([^)\s>]+)", prose(page))


def anchors(page):
    """Return the names of a page's headings, as GitHub forms them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_has_a_target(page):
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.is_relative_to(ROOT.resolve()), f"{link} leads out of the repository"
        assert target.exists(), f"{link} does not exist"
        if anchor:
            assert anchor in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_is_named_in_code_exists(page):
    # Such as `core/nn/losses.py` and `tests/fuzz`: a moved file must be renamed in the page too.
    for name in re.findall(r"`((?:core|gui|tests|benchmarks|docs|assets)/[\w./-]+)`", prose(page)):
        assert (ROOT / name).exists(), f"{name} does not exist"


def test_each_picture_is_on_a_page():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page, pictures=True)}
    pictures = {path.resolve() for path in (ROOT / "docs").iterdir() if path.suffix in (".png", ".svg", ".webp")}
    assert pictures <= shown


def test_the_readme_is_short():
    assert len(README.read_text(encoding="utf-8").split()) <= MAX_WORDS
    pictures = links(README, pictures=True)
    assert pictures.count(ANIMATION) == 1
    assert len(pictures) <= MAX_PICTURES + 1
    assert (ROOT / ANIMATION).stat().st_size <= MAX_ANIMATION_BYTES


def test_the_readme_names_the_system_libraries():
    # .ci/run and the workflow install what this line names.
    (line,) = re.findall(r"^sudo apt-get install (.+)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert "libgl1" in line.split()


def section(title):
    """Return a section of the page on the command line."""
    return COMMAND_LINE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_of_predict_is_described_column_by_column():
    table = section("Recognise").split("`--csv` prints")[1]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == file_reading.COLUMNS
    assert all(f"`{verdict.value}`" in table for verdict in Verdict)


@pytest.fixture(scope="module")
def snippet():
    """The Python lines of "Use a model elsewhere"."""
    (code,) = re.findall(r"```python\n(.*?)```", section("Use a model elsewhere"), re.DOTALL)
    return code


def small_model():
    network = Network(mlp((784, 16, 10), dropout=0.5))
    network.initialize(he_normal, np.random.default_rng(0))
    return Model(network, input_scale=1 / 128, calibration=Calibration(2.0))


@pytest.mark.parametrize("make", [shipped_model, small_model])
def test_the_snippet_predicts_what_the_recogniser_predicts(snippet, make, thousand_digits, tmp_path, monkeypatch):
    model = make()
    modelfile.save(model, tmp_path / "mine.safetensors")
    monkeypatch.chdir(tmp_path)
    code, recognizer = compile(snippet, COMMAND_LINE.name, "exec"), Recognizer.of(model)
    for image in thousand_digits[::100]:
        names = {"image": image}
        exec(code, names)
        expected = recognizer.predict_image(image).probabilities
        np.testing.assert_allclose(names["probabilities"], expected, rtol=0, atol=1e-5)


def test_the_snippet_has_ten_lines(snippet):
    lines = [line for line in snippet.splitlines() if line and not line.startswith(("import ", "from "))]
    assert len(lines) == 10
