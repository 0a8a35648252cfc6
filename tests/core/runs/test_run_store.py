"""The run store: its runs, their names and notes, the trash, and broken folders."""

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
    return RunStore(tmp_path / "a store")


def begun(store, name="quick", **facts):
    return store.begin(name=name, recipe="quick", settings=dataclasses.asdict(TrainConfig()), **facts)


def ended(store, name="quick", **facts):
    run = dataclasses.replace(begun(store, name), status=Status.FINISHED, **facts)
    run.save()
    return run


def test_a_store_without_a_folder_is_empty(store):
    assert store.runs() == []


def test_the_default_store_is_in_the_home_folder(home):
    assert RunStore().folder == home / "runs"


def test_the_newest_comes_first(store, monkeypatch):
    names = ["first", "second", "third"]
    for number, name in enumerate(names):
        ended(store, name)
        (folder,) = [path for path in store.folder.iterdir() if path.name[0] not in "0."]
        folder.rename(store.folder / f"0{number}")
    assert [run.name for run in store.runs()] == names[::-1]


def test_a_run_without_a_lock_was_interrupted(store):
    run = begun(store)
    lock = locks.hold(run.folder)
    assert store.runs()[0].status is Status.RUNNING
    lock.release()
    assert store.runs()[0].status is Status.INTERRUPTED
    assert store.last_interrupted().id == run.id


def test_a_run_is_found_by_its_folder_in_any_store(store, tmp_path, home):
    run = begun(store)
    found = RunStore(tmp_path / "another").find(str(run.folder))
    assert (found.id, found.status) == (run.id, Status.INTERRUPTED)
    (run.folder / runs.INFO).write_text("{")
    with pytest.raises(RunError, match="damaged"):
        RunStore(tmp_path / "another").find(str(run.folder))
    with pytest.raises(RunError, match="there is no run"):
        RunStore(tmp_path / "another").find(str(tmp_path / "nowhere"))


def test_a_run_that_is_deleted_during_listing_is_not_broken(store, monkeypatch):
    begun(store, "stays")
    going, back = begun(store, "going"), begun(store, "back")
    load, loaded = Run.load, []

    def load_and_move(folder):
        loaded.append(folder)
        if folder == going.folder and folder.is_dir():
            store.delete(going)
        if folder == back.folder and loaded.count(folder) == 1:
            store.delete(back)
            try:
                return load(folder)
            finally:
                store.restore(back.id)
        return load(folder)

    monkeypatch.setattr(Run, "load", load_and_move)
    assert [run.name for run in store.runs()] == ["back", "stays"]


def test_a_store_that_is_no_folder_has_a_problem(store):
    assert not store.problem()
    begun(store)
    assert not store.problem()
    file = store.folder.parent / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        assert "cannot be listed" in RunStore(folder).problem()


def test_without_an_interrupted_run_the_last_one_is_an_error(store):
    ended(store)
    with pytest.raises(RunError, match="no run that was interrupted"):
        store.last_interrupted()


def test_a_name_of_several_runs_is_ambiguous(store):
    run, other = ended(store, "a name"), ended(store)
    store.label(other, name="a name")
    with pytest.raises(RunError, match=f"2 runs are called .a name.; say which one: {other.id}, {run.id}"):
        store.find("a name")
    assert store.find(run.id).id == run.id


def test_a_folder_without_a_run_is_an_error(store, tmp_path):
    with pytest.raises(RunError, match="is not the folder of a run"):
        store.find(str(tmp_path))


def test_a_run_is_found_by_its_id_and_by_its_name(store):
    run = ended(store, "a name")
    assert store.find(run.id).name == "a name"
    assert store.find("a name").id == run.id
    with pytest.raises(RunError, match='no run "another"'):
        store.find("another")


# Names and notes


def test_name_and_note_survive_a_later_save_of_the_run(store):
    run = begun(store)
    labelled = store.label(run, name="  the best\n", note="with dropout")
    assert (labelled.name, labelled.note) == ("the best", "with dropout")
    run.save()  # the run continues with its old name
    assert (store.runs()[0].name, store.runs()[0].note) == ("the best", "with dropout")


def test_a_name_is_required_and_limited(store):
    run = begun(store)
    with pytest.raises(RunError, match="needs a name"):
        store.label(run, name="  ")
    assert len(store.label(run, name="x" * 10_000).name) == runs.MAX_NAME


def test_a_name_never_becomes_a_path(store):
    run = ended(store)
    store.label(run, name="../../etc/passwd")
    assert store.runs()[0].folder == run.folder


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name": 7, "note": ""}', b"{", b'{"name": "x"}'])
def test_a_damaged_label_loses_the_name_but_not_the_run(store, content):
    run = ended(store, "as it began")
    store.label(run, name="mine")
    (run.folder / runs.LABEL).write_bytes(content)
    assert store.runs()[0].name == "as it began"


def test_a_label_that_cannot_be_written_changes_nothing(store, monkeypatch):
    run = begun(store)

    def fail(**arguments):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    with pytest.raises(RunError, match="cannot be written: Read-only"):
        store.label(run, name="x")
    assert store.runs()[0].name == "quick"


# Deleting


def test_a_deleted_run_can_be_restored(store):
    run, other = ended(store), ended(store, "other")
    store.delete(run)
    assert [found.id for found in store.runs()] == [other.id]
    store.restore(run.id)
    assert {found.id for found in store.runs()} == {run.id, other.id}
    store.delete(run)
    store.empty_trash()
    with pytest.raises(RunError, match="cannot be restored"):
        store.restore(run.id)


def test_a_store_recognises_its_runs_by_their_folders(store, tmp_path):
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


# Broken runs


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
def test_a_damaged_run_is_broken_and_others_are_listed(store, content, reason):
    good, bad = ended(store, "good"), ended(store, "bad")
    (bad.folder / runs.INFO).write_bytes(content)
    found = {run.id: run for run in store.runs()}
    assert isinstance(found[good.id], Run)
    assert isinstance(found[bad.id], Broken)
    assert reason in found[bad.id].reason
    assert str(bad.folder) in found[bad.id].reason


def test_an_empty_folder_is_broken(store):
    (store.folder / "empty").mkdir(parents=True)
    (store.folder / "a file").write_text("x")
    (found,) = store.runs()
    assert isinstance(found, Broken)
    assert "cannot be read" in found.reason


def test_a_store_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be made"):
        begun(RunStore(tmp_path / "file"))


def test_listing_reads_one_small_file_per_run(store, monkeypatch):
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
def test_a_run_with_invalid_numbers_is_broken_and_the_list_is_shown(store, lab, change, home):
    run = ended(RunStore())
    facts = json.loads((run.folder / runs.INFO).read_text())
    (run.folder / runs.INFO).write_text(json.dumps(facts | change))
    code, out, _ = lab("runs")
    assert (code, "broken" in out) == (0, True)
    code, out, _ = lab("runs", "--json")
    assert (code, len(json.loads(out)["broken"])) == (0, 1)


# Concurrent processes


def test_a_run_is_listed_only_once_it_is_complete_and_locked(store, monkeypatch):
    listed = []
    rename = Path.rename

    def rename_and_list(path, target):
        listed.append(store.runs())
        rename(path, target)
        listed.append(store.runs())

    monkeypatch.setattr(Path, "rename", rename_and_list)
    _, lock = store.begin_held(name="quick", settings={})
    before, (after,) = listed
    assert before == []
    assert after.status is Status.RUNNING
    lock.release()


def test_a_run_that_cannot_begin_leaves_nothing(store, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(RunError, match="No space left"):
        begun(store)
    monkeypatch.undo()
    assert [path.name for path in store.folder.iterdir()] == [".locks"]
    assert not any(locks.is_held(store.folder / path.name) for path in (store.folder / ".locks").iterdir())


def test_emptying_the_trash_deletes_unfinished_new_runs(store, monkeypatch):
    (store.folder / ".begun-x").mkdir(parents=True)
    store.empty_trash()
    assert (store.folder / ".begun-x").exists()
    monkeypatch.setattr(time, "time", lambda: 1e12)
    store.empty_trash()
    assert not (store.folder / ".begun-x").exists()


# Folders that cannot be listed


@pytest.mark.parametrize("look", [lambda store: store.last_interrupted(), lambda store: store.find("quick")])
def test_in_a_folder_that_cannot_be_listed_no_run_is_said_to_be_missing(tmp_path, look):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be listed: Not a directory"):
        look(RunStore(tmp_path / "file"))
