"""digitpad-lab compare."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import assert_mistake

from core.comparison import report as comparison_report

DATA = ("--data", "synthetic:100", "--epochs", "1")
SMALL = 'title = "Small"\n[settings]\nhidden = [8]\n'


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with two small recipes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "fast.toml").write_text(SMALL + "momentum = 0.9\n")
    return tmp_path


def test_a_table_for_people_and_three_files(lab, here):
    code, out, err = lab("compare", "small.toml", "fast.toml", *DATA, "--seeds", "2")
    assert (code, err) == (0, "")
    table = (here / "comparison" / "comparison.md").read_text()
    assert out.startswith(table)
    assert "3 steps per run on `synthetic:100`; number of seeds: 2" in table
    assert [line.split()[1] for line in table.splitlines()[4:]] == ["small", "fast"]
    files = {path.name for path in (here / "comparison").iterdir()}
    assert files == {f"comparison.{form}" for form in ("md", "csv", "json")} | {"training.svg", "training.png", "runs"}
    assert len(list((here / "comparison" / "runs").iterdir())) == 4


def test_json(lab, here):
    code, out, err = lab("compare", "small.toml", "fast.toml", *DATA, "--seeds", "2", "--out", "x", "--json")
    report = json.loads(out, parse_constant=pytest.fail)
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert [row["recipe"] for row in report["rows"]] == ["small", "fast"]
    assert report["rows"][1]["difference"]["low"] <= report["rows"][1]["difference"]["high"]
    assert all(Path(path).exists() for path in report["files"])
    assert json.loads((here / "x" / "comparison.json").read_text())["rows"] == report["rows"]


def test_a_repeated_command_uses_the_kept_results(lab, here, monkeypatch):
    first = lab("compare", "small.toml", *DATA, "--json")
    monkeypatch.setattr(
        "core.comparison.local_runner.subprocess.Popen", lambda *arguments, **options: pytest.fail("it trained")
    )
    assert lab("compare", "small.toml", *DATA, "--json") == first


def test_damaged_runs_are_repeated(lab, here):
    first = json.loads(lab("compare", "small.toml", *DATA, "--json")[1])
    for path in (here / "comparison" / "runs").iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    again = json.loads(lab("compare", "small.toml", *DATA, "--json")[1])
    assert again["rows"][0]["test_accuracy"] == first["rows"][0]["test_accuracy"]


def test_diverged_runs_are_counted_in_their_row(lab, here):
    (here / "wild.toml").write_text(
        'title = "Wild"\n[settings]\nhidden = [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]\n'
        'initializer = "normal"\nsigma = 10\ninput_scale = 1.0\nlearning_rate = 1000\n'
    )
    code, out, err = lab("compare", "small.toml", "wild.toml", *DATA, "--seeds", "2")
    assert (code, err) == (0, "")
    assert out.splitlines()[5].endswith("| 2 of 2 |")


def test_without_matplotlib_there_are_tables_but_no_plots(lab, here, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, err = lab("compare", "small.toml", *DATA, "--seeds", "1")
    assert (code, err) == (0, 'digitpad-lab: plots need the extra "report": pip install "digitpad[report]"\n')
    assert "| small |" in out
    assert not (here / "comparison" / "training.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["RECIPE"]),
        (["quik"], ["quik", "there are quick"]),
        (["none.toml"], ["none.toml", "No such file"]),
        (["quick", "quick"], ["called quick"]),
        (["quick", "report"], ["report", "no others"]),
        (["quick", "--data", "emnist"], ["emnist"]),
        (["quick", "--seeds", "0"], ["1 to 1,000"]),
        (["quick", "--seeds", "many"], ["--seeds"]),
        (["quick", "--epochs", "0"], ["epochs", "1 to 10,000"]),
        (["quick", "--jobs", "0"], ["jobs", "1 to 64"]),
        (["quick", "--jobs", "1", "--dask", "tcp://a:1"], ["--dask", "not allowed"]),
        (["quick", "--dask", "nowhere"], ["no Dask cluster at nowhere"]),
        (["quick", "--out", "small.toml"], ["small.toml cannot be created"]),
    ],
)
def test_mistakes(lab, arguments, words):
    data = [] if "--data" in arguments or "--epochs" in arguments else DATA
    assert_mistake(lab("compare", *arguments, *data), *words)


def test_out_is_checked_before_the_first_run(lab, here, monkeypatch):
    monkeypatch.setattr("core.cli.compare.LocalRunner", lambda n: lambda jobs: pytest.fail("it trained"))
    (here / "x" / "comparison.md").mkdir(parents=True)
    assert_mistake(lab("compare", "small.toml", *DATA, "--out", "x"), "comparison.md is a folder")


def test_the_report(lab, here, monkeypatch):
    code, out, err = lab("compare", "report", *DATA, "--seeds", "1", "--out", "x", "--json")
    assert (code, err) == (0, "")
    assert [row["recipe"] for row in json.loads(out)["rows"]] == [recipe.name for recipe in comparison_report.RECIPES]
    assert "## 5. The best" in (here / "x" / "report.md").read_text()


def test_the_report_needs_matplotlib_from_the_start(lab, here, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert_mistake(lab("compare", "report", *DATA), "digitpad[report]")
    assert not (here / "comparison").exists()


def test_ctrl_c_prints_how_many_runs_are_kept(lab, here, result, monkeypatch):
    def interrupted(jobs):
        yield jobs[0], result(0.9)
        raise KeyboardInterrupt

    monkeypatch.setattr("core.cli.compare.LocalRunner", lambda n: interrupted)
    code, out, err = lab("compare", "small.toml", "fast.toml", *DATA, "--seeds", "2")
    assert (code, out) == (130, "")
    assert "1 of 4 runs are kept in comparison/runs; the same command resumes from there\n" in err
    assert err.endswith("interrupted\n")


def look_for(group):
    """Raise ProcessLookupError when no process of a group is left; tqdm's resource tracker ends after its command."""
    for _ in range(100):
        os.killpg(group, 0)
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal, to see when the first run has ended")
def test_ctrl_c_on_a_terminal_ends_the_children_and_the_same_command_resumes(lab, here):
    import pty
    import termios

    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(stderr, (24, 120))
    command = ["compare", "small.toml", *DATA, "--seeds", "4", "--jobs", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli.main", *command],
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=True,  # so that exactly its processes get Ctrl-C, as from a terminal
        # A shell makes background processes ignore SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(stderr)
    output = b""
    with contextlib.suppress(OSError):  # a terminal without a process cannot be read
        while chunk := os.read(terminal, 4096):
            if b"1/4" in output + chunk and b"1/4" not in output:
                os.killpg(process.pid, signal.SIGINT)
            output += chunk
    os.close(terminal)
    assert process.wait() == 130
    assert b"of 4 runs are kept in comparison/runs" in output
    assert b"Traceback" not in output
    with pytest.raises(ProcessLookupError):
        look_for(process.pid)
    kept = {path: path.stat().st_mtime_ns for path in (here / "comparison" / "runs").iterdir()}
    assert 1 <= len(kept) < 4
    assert lab(*command)[0] == 0
    assert len(list((here / "comparison" / "runs").iterdir())) == 4
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
