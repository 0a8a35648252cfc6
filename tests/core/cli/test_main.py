"""digitpad-lab: help, mistakes, imports and output streams."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import OUT, QUICK, assert_mistake, run_command

import core
from core.cli import main
from core.training import loop


def test_mistakes_in_the_command_itself(lab):
    assert_mistake(lab(), "COMMAND", 'see "digitpad-lab --help"')
    assert_mistake(lab("frobnicate"), "frobnicate")
    assert_mistake(lab("--frobnicate", "recipes"), "--frobnicate")


@pytest.mark.parametrize("arguments", [("predict",), ("train", "--epochs", "x"), ("model", "calibrate"), ("data", "x")])
def test_mistakes_in_a_command_name_its_help(lab, arguments):
    command = " ".join(arguments[:1] if arguments[0] != "model" else arguments)
    assert_mistake(lab(*arguments), f"digitpad-lab {command}: ", f'(see "digitpad-lab {command} --help")')


def test_these_commands_print_json(lab):
    printing = {name for name in main.COMMANDS if "--json" in lab(name, "--help")[1]}
    assert printing == {"train", "compare", "runs", "evaluate", "predict", "export", "recipes"}


def test_version_and_help(lab):
    assert lab("--version") == (0, f"digitpad-lab {core.__version__}\n", "")
    for name in main.COMMANDS:
        code, out, err = lab(name, "--help")
        assert (code, err) == (0, "")
        assert out.startswith(f"usage: digitpad-lab {name} ")
    code, out, err = lab("--help")
    assert (code, err) == (0, "")
    for name, summary in main.COMMANDS.items():
        assert re.search(f"^ +{name} +{re.escape(summary)}$", out, re.MULTILINE)


def test_the_installed_command_answers():
    done = run_command("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"digitpad-lab {core.__version__}\n", "")


LIST_MODULES = """
import atexit, sys
from core.cli import main
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
main.main()
"""


def imported(*arguments):
    """Return the names of the modules that a command imports."""
    command = [sys.executable, "-c", LIST_MODULES, *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--version",), ("frobnicate",), ("--frobnicate", "trains")])
def test_without_a_command_numpy_is_not_imported(arguments):
    modules = imported(*arguments)
    assert "core.cli.main" in modules
    assert "numpy" not in modules
    assert not {f"core.cli.{name}" for name in main.COMMANDS} & modules


def test_only_the_module_of_the_requested_command_is_imported():
    modules = imported("recipes")
    assert {name for name in main.COMMANDS if f"core.cli.{name}" in modules} == {"recipes"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("arguments", [("recipes",), ("recipes", "--json"), ("model", "show")])
def test_output_that_cannot_be_written_is_a_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "core.cli.main", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    assert result.stderr == "digitpad-lab: the output cannot be written: No space left on device\n"


def test_a_closed_pipe_ends_the_command_silently():
    reading, writing = os.pipe()
    os.close(reading)
    done = run_command("recipes", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_command_runs_with_closed_streams(lab, data, here, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert main.main(["train", "--data", data, *QUICK]) == 0
    assert (here / OUT).exists()


def test_a_fault_of_the_program_is_not_hidden(data, monkeypatch):
    def fault(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(loop, "fit", fault)
    with pytest.raises(ZeroDivisionError):
        main.main(["train", "--data", data])
