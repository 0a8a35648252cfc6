"""The run shelf: its runs, and what becomes of folders that are none."""

import dataclasses
import json
import tempfile
import time
from pathlib import Path

import pytest

from core.errors import RunError
from core.files import bounded, locks
from core.runs import run as runs
from core.runs.run import Broken, Run, Status
from core.runs.run_store import RunStore
from core.training.config import TrainConfig


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "a shelf")


def begun(store, name="quick", **facts):
    return store.begin(name=name, recipe="quick", settings=dataclasses.asdict(TrainConfig()), **facts)


def ended(store, name="quick", **facts):
    run = dataclasses.replace(begun(store, name), status=Status.FINISHED, **facts)
    run.save()
    return run


def test_a_shelf_that_is_not_there_yet_is_empty(store):
    assert store.runs() == []


def test_without_a_folder_it_is_the_users_own(home):
    assert RunStore().folder == home / "runs"


def test_the_newest_comes_first(store, monkeypatch):
    names = ["first", "second", "third"]
    for number, name in enumerate(names):
        ended(store, name)
        (folder,) = [path for path in store.folder.iterdir() if path.name[0] not in "0."]
        folder.rename(store.folder / f"0{number}")
    assert [run.name for run in store.runs()] == names[::-1]


def test_a_run_that_nobody_holds_was_interrupted(store):
    run = begun(store)
    lock = locks.hold(run.folder)
    assert store.runs()[0].status is Status.RUNNING
    lock.release()
    assert store.runs()[0].status is Status.INTERRUPTED
    assert store.last_interrupted().id == run.id


def test_a_run_is_found_by_its_folder_too_wherever_that_is(store, tmp_path, home):
    run = begun(store)
    found = RunStore(tmp_path / "another").find(str(run.folder))
    assert (found.id, found.status) == (run.id, Status.INTERRUPTED)
    (run.folder / runs.INFO).write_text("{")
    with pytest.raises(RunError, match="damaged"):
        RunStore(tmp_path / "another").find(str(run.folder))
    with pytest.raises(RunError, match="there is no run"):
        RunStore(tmp_path / "another").find(str(tmp_path / "nowhere"))


def test_a_run_that_is_deleted_while_the_list_is_made_is_not_called_broken(store, monkeypatch):
    begun(store, "stays")
    going, back = begun(store, "going"), begun(store, "back")
    load, n = Run.load, []

    def moving(folder):
        n.append(folder)
        if folder == going.folder and folder.is_dir():
            store.delete(going)
        if folder == back.folder and n.count(folder) == 1:
            store.delete(back)
            try:
                return load(folder)
            finally:
                store.restore(back.id)
        return load(folder)

    monkeypatch.setattr(Run, "load", moving)
    assert [run.name for run in store.runs()] == ["back", "stays"]


def test_a_shelf_that_is_no_folder_says_so(store):
    assert not store.problem()
    begun(store)
    assert not store.problem()
    file = store.folder.parent / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        assert "cannot be listed" in RunStore(folder).problem()


def test_where_none_was_interrupted(store):
    ended(store)
    with pytest.raises(RunError, match="no run that was interrupted"):
        store.last_interrupted()


def test_of_several_of_one_name_none_is_chosen(store):
    run, other = ended(store, "a name"), ended(store)
    store.label(other, name="a name")
    with pytest.raises(RunError, match=f"2 runs are called .a name.; say which one: {other.id}, {run.id}"):
        store.find("a name")
    assert store.find(run.id).id == run.id


def test_a_folder_that_is_no_runs(store, tmp_path):
    with pytest.raises(RunError, match="is not the folder of a run"):
        store.find(str(tmp_path))


def test_a_run_is_found_by_its_id_and_by_its_name(store):
    run = ended(store, "a name")
    assert store.find(run.id).name == "a name"
    assert store.find("a name").id == run.id
    with pytest.raises(RunError, match='no run "another"'):
        store.find("another")


# What its reader calls it


def test_name_and_note_are_kept_whoever_writes_the_rest(store):
    run = begun(store)
    labelled = store.label(run, name="  the best\n", note="with dropout")
    assert (labelled.name, labelled.note) == ("the best", "with dropout")
    run.save()  # the run goes on, and knows nothing of it
    assert (store.runs()[0].name, store.runs()[0].note) == ("the best", "with dropout")


def test_a_name_is_needed_and_has_its_limit(store):
    run = begun(store)
    with pytest.raises(RunError, match="needs a name"):
        store.label(run, name="  ")
    assert len(store.label(run, name="x" * 10_000).name) == runs.MAX_NAME


def test_a_name_never_becomes_a_path(store):
    run = ended(store)
    store.label(run, name="../../etc/passwd")
    assert store.runs()[0].folder == run.folder


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name": 7, "note": ""}', b"{", b'{"name": "x"}'])
def test_a_damaged_label_costs_the_name_and_not_the_run(store, content):
    run = ended(store, "as it began")
    store.label(run, name="mine")
    (run.folder / runs.LABEL).write_bytes(content)
    assert store.runs()[0].name == "as it began"


def test_a_label_that_cannot_be_written_changes_nothing(store, monkeypatch):
    run = begun(store)

    def refuse(**arguments):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(RunError, match="cannot be written: Read-only"):
        store.label(run, name="x")
    assert store.runs()[0].name == "quick"


# Deleting


def test_a_deleted_run_can_be_brought_back(store):
    run, other = ended(store), ended(store, "other")
    store.delete(run)
    assert [found.id for found in store.runs()] == [other.id]
    store.restore(run.id)
    assert {found.id for found in store.runs()} == {run.id, other.id}
    store.delete(run)
    store.empty_trash()
    with pytest.raises(RunError, match="cannot be restored"):
        store.restore(run.id)


def test_a_shelf_knows_its_own_runs_by_their_folders(store, tmp_path):
    folder = begun(store).folder
    (tmp_path / "link").symlink_to(store.folder)
    assert store.holds(folder)
    assert RunStore(tmp_path / "link").holds(folder)
    assert not RunStore(tmp_path / "other").holds(folder)


def test_a_broken_folder_can_be_deleted(store):
    (store.folder / "odd").mkdir(parents=True)
    (broken,) = store.runs()
    store.delete(broken)
    assert store.runs() == []


# What is broken


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b"null", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"9" * 2**20 + b"9", "larger than 1 MiB"),
        (b'{"format": 2}', "newer kind"),
        (b'{"format": true}', "damaged"),
        (b'{"format": 1}', 'damaged: its value for "name" is invalid'),
    ],
)
def test_a_damaged_run_is_shown_as_broken_and_harms_no_other(store, content, reason):
    good, bad = ended(store, "good"), ended(store, "bad")
    (bad.folder / runs.INFO).write_bytes(content)
    found = {run.id: run for run in store.runs()}
    assert isinstance(found[good.id], Run)
    assert isinstance(found[bad.id], Broken)
    assert reason in found[bad.id].reason
    assert str(bad.folder) in found[bad.id].reason


def test_a_folder_without_anything_is_broken(store):
    (store.folder / "empty").mkdir(parents=True)
    (store.folder / "a file").write_text("x")
    (found,) = store.runs()
    assert isinstance(found, Broken)
    assert "cannot be read" in found.reason


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be made"):
        begun(RunStore(tmp_path / "file"))


def test_a_thousand_runs_are_listed_by_reading_one_small_file_each(store, monkeypatch):
    for _ in range(30):
        ended(store)
    read = []
    inner = bounded.read
    monkeypatch.setattr(bounded, "read", lambda path, *rest: (read.append(path.name), inner(path, *rest))[1])
    assert len(store.runs()) == 30
    assert read == [runs.INFO] * 30


@pytest.mark.parametrize(
    "change",
    [
        {"scores": {"test_accuracy": 10**400}},
        {"seconds": 10**400},
        {"best_validation": 10**400},
        {"settings": {"learning_rate": float("nan")}},
        {"settings": {"x": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}},
        {"seconds": -1},
    ],
)
def test_numbers_that_nothing_can_show_break_one_run_and_not_the_list(store, lab, change, home):
    run = ended(RunStore())
    facts = json.loads((run.folder / runs.INFO).read_text())
    (run.folder / runs.INFO).write_text(json.dumps(facts | change))
    code, out, _ = lab("runs")
    assert (code, "broken" in out) == (0, True)
    code, out, _ = lab("runs", "--json")
    assert (code, len(json.loads(out)["broken"])) == (0, 1)


# While another process looks on


def test_a_run_is_seen_only_with_its_facts_and_held(store, monkeypatch):
    seen = []
    rename = Path.rename
    look = lambda path, target: (seen.append(store.runs()), rename(path, target), seen.append(store.runs()))  # noqa: E731
    monkeypatch.setattr(Path, "rename", look)
    _, lock = store.begin_held(name="quick", settings={})
    before, ((after,)) = seen
    assert before == []
    assert after.status is Status.RUNNING
    lock.release()


def test_a_run_that_cannot_be_begun_leaves_nothing(store, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(RunError, match="No space left"):
        begun(store)
    monkeypatch.undo()
    assert [path.name for path in store.folder.iterdir()] == [".locks"]
    assert not any(locks.is_held(store.folder / path.name) for path in (store.folder / ".locks").iterdir())


def test_what_was_left_while_a_run_was_begun_goes_with_the_trash(store, monkeypatch):
    (store.folder / ".begun-x").mkdir(parents=True)
    store.empty_trash()
    assert (store.folder / ".begun-x").exists()
    monkeypatch.setattr(time, "time", lambda: 1e12)
    store.empty_trash()
    assert not (store.folder / ".begun-x").exists()
