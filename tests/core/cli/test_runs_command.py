"""digitpad-lab runs."""

import json
from pathlib import Path

from core.recognition import modelfile
from core.runs.run_store import RunStore

QUICK = ("--data", "synthetic:200", "--epochs", "2", "--batch-size", "20", "--hidden", "8", "--threads", "1")


def test_a_kept_run_is_listed(lab, here):
    assert lab("runs")[1].startswith("no runs are kept in ")
    code, out, _ = lab("train", "--keep", "--json", *QUICK)
    report = json.loads(out)
    assert code == 0
    (run,) = RunStore().runs()
    assert report["run"] == run.id
    assert modelfile.load(Path(report["out"])).scores["test_accuracy"] == report["test_accuracy"]
    assert not list(here.iterdir())  # everything is in the folder of runs
    _, out, _ = lab("runs")
    assert out.startswith(f"{run.id}  quick: finished, validation ")
    listed = json.loads(lab("runs", "--json")[1])
    assert [entry["id"] for entry in listed["runs"]] == [run.id]
    assert listed["runs"][0]["scores"]["test_accuracy"] == report["test_accuracy"]


def test_a_broken_folder_is_listed_as_broken(lab, home):
    (home / "runs" / "odd").mkdir(parents=True)
    code, out, _ = lab("runs")
    assert code == 0
    assert out.startswith("odd  broken: ")
    assert json.loads(lab("runs", "--json")[1])["broken"][0]["id"] == "odd"
