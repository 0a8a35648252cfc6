"""Several processes that write to one run store: nothing is lost or mixed up, and no lock outlives its process."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.errors import RunError
from core.files import locks
from core.runs.run import Broken, Status
from core.runs.run_store import RunStore, _label_lock
from core.training.config import TrainConfig

HERE = Path(__file__).parent
N_DEEDS = int(os.environ.get("DIGITPAD_DEEDS", "0")) or 40
N_PROCESSES = 3


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.mark.timeout(60 + 2 * N_DEEDS)
def test_nothing_is_lost(store, tell):
    commands = [
        [sys.executable, HERE / "busy.py", store.folder, str(seed), str(N_DEEDS)] for seed in range(N_PROCESSES)
    ]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for command in commands]
    said = [process.communicate(timeout=50 + 2 * N_DEEDS)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * N_PROCESSES
    promises = [line.split("\t") for text in said for line in text.splitlines()]
    counts = Counter(promise[0] for promise in promises)
    assert counts["finished"] > N_PROCESSES
    lost = losses(store, promises)
    tell(operations=len(promises), losses=len(lost))
    assert lost == []


def losses(store, promises):
    found = {run.id: run for run in store.runs()}
    trash = {path.name for path in (store.folder / ".trash").glob("*")}
    lost = [f"{run.id} is broken: {run.reason}" for run in found.values() if isinstance(run, Broken)]
    lost += [f"{path} is locked" for path in map(locks.path_of, (run.folder for run in found.values())) if held(path)]
    known = {*found, ".trash", ".locks"}
    lost += [f"{path} is litter" for path in store.folder.iterdir() if path.name not in known]
    where: dict[str, str] = {}
    taken = Counter(promise[1] for promise in promises if promise[0] == "taken")
    lost += [f"{run} was resumed {n} times" for run, n in taken.items() if n > 1]
    for what, run_id, *_ in (promise for promise in promises if promise[0] != "refused"):
        if what in ("deleted", "restored"):
            where[run_id] = what  # only the process that made a run deletes it, so the order is known
    for run_id in {promise[1] for promise in promises if promise[0] in ("finished", "left")}:
        if run_id not in (trash if where.get(run_id) == "deleted" else found):
            lost.append(f"{run_id} is lost")
    for what, run_id in {(promise[0], promise[1]) for promise in promises if promise[0] in ("name", "note")}:
        texts = [promise[2] for promise in promises if promise[:2] == [what, run_id]]
        if run_id in found and getattr(found[run_id], what) not in texts:
            lost.append(f"{run_id} has the {what} {getattr(found[run_id], what)!r}, and not one of {texts}")
    for run_id in {promise[1] for promise in promises if promise[0] == "finished"} & found.keys():
        if found[run_id].status is not Status.FINISHED or not found[run_id].model() or not found[run_id].history():
            lost.append(f"{run_id} is not complete")
    return lost


def held(path):
    return locks.is_held(path.parent.parent / path.name)


HOLD = """
import sys
from pathlib import Path
from core.files import locks
held = [locks.hold(Path(name)) for name in sys.argv[1:]]
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_crash_leaves_no_lock_stuck(store):
    run = store.begin(name="x", settings=TrainConfig().as_dict())
    names = [run.folder, _label_lock(run.folder)]
    command = [sys.executable, "-c", HOLD, *names]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert store.runs()[0].status is Status.RUNNING
        with pytest.raises(RunError, match="goes on"):
            store.delete(run)
        with pytest.raises(RunError, match="renamed elsewhere"):
            store.label(run, name="y")
        process.kill()
        process.wait(timeout=30)
    assert store.runs()[0].status is Status.INTERRUPTED
    assert store.label(run, name="y").name == "y"
    store.delete(run)
    assert store.runs() == []


def test_a_name_and_a_note_by_two_processes_are_both_kept(store):
    read_by_one = store.begin(name="x", settings={})
    read_by_other = store.runs()[0]
    store.label(read_by_one, name="a better name")
    labelled = store.label(read_by_other, note="a note")
    assert (labelled.name, labelled.note) == ("a better name", "a note")
    assert store.runs()[0].name == "a better name"
