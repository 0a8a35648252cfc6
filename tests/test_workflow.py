"""The workflow: each step is a make target, and .ci/run runs the same here."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"
SYSTEMS = {"ubuntu-latest", "windows-latest", "macos-latest"}
ELSEWHERE = {"test-pythons"}
"""Targets that take too long for .ci/run."""
INSTALLS = re.compile(r"apt-get|choco")


@pytest.fixture(scope="module")
def jobs():
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


def runs(jobs):
    """Yield the commands of the steps."""
    for job in jobs.values():
        for step in job["steps"]:
            if "run" in step:
                yield step["run"].strip()


def targets(jobs):
    return {match[1] for run in runs(jobs) if (match := re.fullmatch(r"(?:sudo )?make ([\w-]+)", run))}


def test_the_tests_run_on_three_systems(jobs):
    assert set(jobs["test"]["strategy"]["matrix"]["os"]) == SYSTEMS
    assert jobs["test"]["runs-on"] == "${{ matrix.os }}"
    assert "make test" in [step.get("run") for step in jobs["test"]["steps"]]


def test_each_step_is_a_make_target_or_installs_something(jobs):
    for run in runs(jobs):
        assert re.fullmatch(r"(?:sudo )?make [\w-]+", run) or INSTALLS.search(run), run


def test_each_target_is_in_the_makefile(jobs):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in targets(jobs):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_ci_runs_each_target_here_too(jobs):
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert targets(jobs) >= {"lint", "test"} | ELSEWHERE
    for target in targets(jobs) - ELSEWHERE:
        assert re.search(rf"^make {target}\b", script, re.MULTILINE), target


def test_system_libraries_come_from_the_readme(jobs):
    assert any("README.md" in run for run in runs(jobs))


def test_hooks_are_local_and_check_what_make_lint_checks():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    entries = {hook["entry"] for hook in hooks["repos"][0]["hooks"]}
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    commands = {re.sub(r"^\t\$\(BIN\)", ".venv/bin", line).removesuffix(" .") for line in recipe.splitlines()}
    assert commands <= entries
