"""Inputs of each kind that people bring, read by the commands as they come: ``tests/cases/brought``."""

import json
from itertools import groupby
from pathlib import Path

import pytest
from commands import strict

CASES = Path(__file__).parents[2] / "cases" / "brought"
EXPECTED = json.loads((CASES / "expected.json").read_text())
KINDS = {kind: tuple(names) for kind, names in groupby(EXPECTED, lambda name: name.split("/")[0])}
SOURCES = {"idx-named-with-dots": "", "idx-test-part-only": "", "idx-transposed": "turn", "idx-zero-and-one": "scale"}
"""Folders of IDX files, and the mend that each needs."""


def accepted(result):
    """Return the digits of a file that are accepted, without symbols."""
    parts = (part for part in result["digits"] if part["judgement"] != "not a digit" and part["kind"] != "symbol")
    return "".join(str(part["digit"]) for part in parts)


def test_every_case_is_expected():
    files = {str(path.relative_to(CASES).as_posix()) for path in CASES.glob("*/*")}
    assert {name for name in files if name.split("/")[0] not in SOURCES} == set(EXPECTED)
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == {*KINDS, *SOURCES}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_as_it_should_be(lab, kind):
    code, out, err = lab("predict", *(CASES / name for name in KINDS[kind]), "--json")
    assert (code, err) == (0, "")
    read = {Path(result["file"]).relative_to(CASES).as_posix(): accepted(result) for result in strict(out)["results"]}
    assert read == {name: EXPECTED[name] for name in KINDS[kind]}


def test_a_comma_is_a_symbol(lab):
    _, out, _ = lab("predict", CASES / "comma-and-apostrophe" / "comma.json", "--json")
    (result,) = strict(out)["results"]
    assert [(part["kind"], part["judgement"]) for part in result["digits"]] == [
        ("digit", "digit"),
        ("symbol", "not a digit"),
        ("digit", "digit"),
        ("digit", "digit"),
    ]
    assert (result["number"], result["numbers"]) == ("350", ["350"])


@pytest.mark.parametrize(("kind", "mend"), SOURCES.items())
def test_a_source_is_evaluated_or_its_mend_is_named(lab, kind, mend):
    source = f"idx:{CASES / kind}"
    code, out, err = lab("evaluate", "--data", source, "--json")
    assert code == 0
    if mend:
        assert f"Mend it with --mend {mend}" in err
        assert strict(out)["accuracy"] < 0.5
        _, out, err = lab("evaluate", "--data", source, "--mend", mend, "--json")
    assert err == ""
    assert strict(out)["accuracy"] == 1.0
