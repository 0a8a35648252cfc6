"""No file is evaluated or unpickled: nothing that could do so occurs in the program."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    "pickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "jsonpickle",
    "code",
    "codeop",
    "runpy",
}
BUILTINS = {"eval", "exec", "compile", "__import__", "execfile"}
NUMPY = {"load", "loadtxt", "genfromtxt", "fromregex"}
IMPORTS_BY_NAME = {"core/cli/main.py"}  # the names of the commands, which are literals


def faults(source: str, name: str = "") -> list[str]:
    """Return the names in a module that could turn data into code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name.split(".")[0] in MODULES]
            case ast.ImportFrom(module=module) if (module or "").split(".")[0] in MODULES:
                found.append(module)
            case ast.ImportFrom(module="numpy", names=names):
                found += [alias.name for alias in names if alias.name in NUMPY]
            case ast.Name(id=called) if called in BUILTINS:
                found.append(called)
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=called) if called in NUMPY:
                found.append(f"np.{called}")
            case ast.Attribute(value=ast.Name(id="builtins"), attr=called):
                found.append(f"builtins.{called}")
            case ast.keyword(arg="allow_pickle"):
                found.append("allow_pickle")
            case ast.Attribute(attr="import_module") if name not in IMPORTS_BY_NAME:
                found.append("import_module")
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                found.append("shell=True")
    return found


def modules():
    return [path for folder in ("core", "gui", "assets", "benchmarks") for path in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_turns_data_into_code(path):
    assert faults(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import numpy, dill as d",
        "from shelve import open",
        "eval('1')",
        "f = exec",
        "import numpy as np\nnp.load('x')",
        "from numpy import load",
        "f(allow_pickle=True)",
        "import importlib\nimportlib.import_module(name)",
        "import builtins\nbuiltins.eval('1')",
        "subprocess.run('x', shell=True)",
    ],
)
def test_each_way_is_found(source):
    assert faults(source)


def test_the_linter_bans_the_same():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    banned = rules["flake8-tidy-imports"]["banned-api"]
    assert {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "numpy.load"} <= banned.keys()
    core_rules = tomllib.loads((ROOT / "core" / "ruff.toml").read_text())["lint"]
    core_banned = core_rules["flake8-tidy-imports"]["banned-api"]
    assert banned.items() <= core_banned.items(), "core's table replaces pyproject's: it repeats all entries"
    assert not {"select", "ignore"} & core_rules.keys()
    assert "S" in rules["select"]  # S102 is exec, S307 eval, S602 a shell
    assert not {"S102", "S301", "S302", "S307", "S602"} & set(rules["ignore"])
