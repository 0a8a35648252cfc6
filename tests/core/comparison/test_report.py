"""The page that repeats the report's experiments."""

import re

import pytest

from core.comparison import report
from core.comparison.findings import Measured
from core.comparison.report import OWN, RECIPES
from core.errors import DigitpadError


@pytest.fixture
def made(compared):
    """A comparison of the report's recipes, with two seeds."""
    return compared(RECIPES, [[0.90, 0.92]] * len(RECIPES))


def test_the_page_has_five_tables_beside_the_reports_own_figures(made):
    page = report.page(Measured(*made))
    sections = re.split(r"^## (?=[1-9])", page, flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections[:5]] == ["1", "2", "3", "4", "5"]
    for section, name in zip(sections, list(OWN)[1:], strict=False):
        rows = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("|")]
        assert len(rows) == 4
        assert rows[2].startswith("| report-baseline | 0.00608 | 0.00313 ± 0.00000 | 94.33% | 99.00% ± 0.00 | 92.49% |")
        assert f"| {name} | {OWN[name].train_loss:.5f} | 0.00313" in rows[3]
        assert f"{OWN[name].test_accuracy:.2%} | 91.00% ± 12.71 |" in rows[3]
        assert rows[3].endswith("| +0.00 ± 0.00 |")
        assert "**Not confirmed:**" in section


def test_the_page_states_the_plan(made):
    page = report.page(Measured(*made))
    assert "Number of seeds per recipe: 2." in page
    assert "100 steps on\n`synthetic:200` (epochs: 5; batch size: 32)" in page


def test_the_page_begins_with_the_findings(compared):
    runs = [[0.90, 0.92] if recipe.name != "report-he" else [0.94, 0.961] for recipe in RECIPES]
    summary = report.page(Measured(*compared(RECIPES, runs))).split("\n## ")[1]
    assert summary.startswith("Which findings hold\n")
    assert "| 1. He initialisation | +3.47 | +4.05 ± 0.64 | Holds |" in summary
    assert summary.count("| Not confirmed |") == 4


def test_the_page_shows_the_effect_of_the_division(made):
    page = report.page(Measured(*made))
    _, division, everything = re.split(r"^## (?=The missing division|All runs)", page, flags=re.MULTILINE)
    assert division.count("\n- ") == 4
    assert "| With ten hidden layers of 128 units | 91.00% ± 12.71 | – |" in division
    for recipe in RECIPES:
        assert f"\n| {recipe.name} | 91.00% |" in everything


def test_one_seed_has_no_intervals(compared):
    page = report.page(Measured(*compared(RECIPES, [[0.90]] * len(RECIPES))))
    assert "Number of seeds per recipe: 1." in page
    assert "±" not in page.replace("± is half", "")


def test_the_pairs_differ_by_the_division_alone():
    configs = {recipe.name: recipe.config for recipe in RECIPES}
    for pair in report.PAIRS[:3]:
        raw, scaled = vars(configs[pair.raw]), vars(configs[pair.scaled])
        assert {name for name in raw if raw[name] != scaled[name]} == {"input_scale"}


def test_every_figure_of_the_page_is_written(made, tmp_path):
    files = report.write(*made, tmp_path)
    assert sorted(files) == sorted(tmp_path.iterdir())
    page = (tmp_path / "report.md").read_text()
    assert set(re.findall(r"\]\((.*\.svg)\)", page)) == {path.name for path in files if path.suffix == ".svg"}
    assert len([path for path in files if path.suffix == ".png"]) == 5


def test_an_unwritable_page(made, tmp_path):
    (tmp_path / "report.md").mkdir()
    with pytest.raises(DigitpadError, match=r"report\.md cannot be written"):
        report.write(*made, tmp_path)
