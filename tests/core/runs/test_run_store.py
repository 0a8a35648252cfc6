"""The run shelf: its runs, and what becomes of folders that are none."""

import dataclasses
import json
import time
from pathlib import Path

import pytest

from core.errors import RunError
from core.files import atomic, bounded, locks
from core.runs import run as runs
from core.runs.run import Broken, Run, Status
from core.runs.run_store import Shelf
from core.training.config import TrainConfig


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "a shelf")


def begun(shelf, name="quick", **facts):
    return shelf.begin(name=name, recipe="quick", settings=dataclasses.asdict(TrainConfig()), **facts)


def ended(shelf, name="quick", **facts):
    run = dataclasses.replace(begun(shelf, name), status=Status.FINISHED, **facts)
    run.save()
    return run


def test_a_shelf_that_is_not_there_yet_is_empty(shelf):
    assert shelf.runs() == []


def test_without_a_folder_it_is_the_users_own(home):
    assert Shelf().folder == home / "runs"


def test_the_newest_comes_first(shelf, monkeypatch):
    names = ["first", "second", "third"]
    for number, name in enumerate(names):
        ended(shelf, name)
        (folder,) = [path for path in shelf.folder.iterdir() if path.name[0] not in "0."]
        folder.rename(shelf.folder / f"0{number}")
    assert [run.name for run in shelf.runs()] == names[::-1]


def test_a_run_that_nobody_holds_was_interrupted(shelf):
    run = begun(shelf)
    lock = locks.hold(run.folder)
    assert shelf.runs()[0].status is Status.RUNNING
    lock.release()
    assert shelf.runs()[0].status is Status.INTERRUPTED
    assert shelf.last_interrupted().id == run.id


def test_a_run_is_found_by_its_folder_too_wherever_that_is(shelf, tmp_path, home):
    run = begun(shelf)
    found = Shelf(tmp_path / "another").find(str(run.folder))
    assert (found.id, found.status) == (run.id, Status.INTERRUPTED)
    (run.folder / runs.INFO).write_text("{")
    with pytest.raises(RunError, match="damaged"):
        Shelf(tmp_path / "another").find(str(run.folder))
    with pytest.raises(RunError, match="there is no run"):
        Shelf(tmp_path / "another").find(str(tmp_path / "nowhere"))


def test_a_run_that_is_deleted_while_the_list_is_made_is_not_called_broken(shelf, monkeypatch):
    begun(shelf, "stays")
    going, back = begun(shelf, "going"), begun(shelf, "back")
    load, n = Run.load, []

    def moving(folder):
        n.append(folder)
        if folder == going.folder and folder.is_dir():
            shelf.delete(going)
        if folder == back.folder and n.count(folder) == 1:
            shelf.delete(back)
            try:
                return load(folder)
            finally:
                shelf.restore(back.id)
        return load(folder)

    monkeypatch.setattr(Run, "load", moving)
    assert [run.name for run in shelf.runs()] == ["back", "stays"]


def test_a_shelf_that_is_no_folder_says_so(shelf):
    assert not shelf.problem()
    begun(shelf)
    assert not shelf.problem()
    file = shelf.folder.parent / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        assert "cannot be listed" in Shelf(folder).problem()


def test_where_none_was_interrupted(shelf):
    ended(shelf)
    with pytest.raises(RunError, match="no run that was interrupted"):
        shelf.last_interrupted()


def test_of_several_of_one_name_none_is_chosen(shelf):
    run, other = ended(shelf, "a name"), ended(shelf)
    shelf.label(other, name="a name")
    with pytest.raises(RunError, match=f"2 runs are called .a name.; say which one: {other.id}, {run.id}"):
        shelf.find("a name")
    assert shelf.find(run.id).id == run.id


def test_a_folder_that_is_no_runs(shelf, tmp_path):
    with pytest.raises(RunError, match="is not the folder of a run"):
        shelf.find(str(tmp_path))


def test_a_run_is_found_by_its_id_and_by_its_name(shelf):
    run = ended(shelf, "a name")
    assert shelf.find(run.id).name == "a name"
    assert shelf.find("a name").id == run.id
    with pytest.raises(RunError, match='no run "another"'):
        shelf.find("another")


# What its reader calls it


def test_name_and_note_are_kept_whoever_writes_the_rest(shelf):
    run = begun(shelf)
    labelled = shelf.label(run, name="  the best\n", note="with dropout")
    assert (labelled.name, labelled.note) == ("the best", "with dropout")
    run.save()  # the run goes on, and knows nothing of it
    assert (shelf.runs()[0].name, shelf.runs()[0].note) == ("the best", "with dropout")


def test_a_name_is_needed_and_has_its_limit(shelf):
    run = begun(shelf)
    with pytest.raises(RunError, match="needs a name"):
        shelf.label(run, name="  ")
    assert len(shelf.label(run, name="x" * 10_000).name) == runs.MAX_NAME


def test_a_name_never_becomes_a_path(shelf):
    run = ended(shelf)
    shelf.label(run, name="../../etc/passwd")
    assert shelf.runs()[0].folder == run.folder


@pytest.mark.parametrize("content", [b"", b"[]", b'{"name": 7, "note": ""}', b"{", b'{"name": "x"}'])
def test_a_damaged_label_costs_the_name_and_not_the_run(shelf, content):
    run = ended(shelf, "as it began")
    shelf.label(run, name="mine")
    (run.folder / runs.LABEL).write_bytes(content)
    assert shelf.runs()[0].name == "as it began"


def test_a_label_that_cannot_be_written_changes_nothing(shelf, monkeypatch):
    run = begun(shelf)

    def refuse(path, content):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(atomic, "write", refuse)
    with pytest.raises(RunError, match="cannot be written: Read-only"):
        shelf.label(run, name="x")
    assert shelf.runs()[0].name == "quick"


# Deleting


def test_a_deleted_run_can_be_brought_back(shelf):
    run, other = ended(shelf), ended(shelf, "other")
    shelf.delete(run)
    assert [found.id for found in shelf.runs()] == [other.id]
    shelf.restore(run.id)
    assert {found.id for found in shelf.runs()} == {run.id, other.id}
    shelf.delete(run)
    shelf.empty_trash()
    with pytest.raises(RunError, match="cannot be brought back"):
        shelf.restore(run.id)


def test_a_shelf_knows_its_own_runs_by_their_folders(shelf, tmp_path):
    folder = begun(shelf).folder
    (tmp_path / "link").symlink_to(shelf.folder)
    assert shelf.holds(folder)
    assert Shelf(tmp_path / "link").holds(folder)
    assert not Shelf(tmp_path / "other").holds(folder)


def test_a_broken_folder_can_be_deleted(shelf):
    (shelf.folder / "odd").mkdir(parents=True)
    (broken,) = shelf.runs()
    shelf.delete(broken)
    assert shelf.runs() == []


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
        (b'{"format": 1}', "damaged: 'name'"),
    ],
)
def test_a_damaged_run_is_shown_as_broken_and_harms_no_other(shelf, content, reason):
    good, bad = ended(shelf, "good"), ended(shelf, "bad")
    (bad.folder / runs.INFO).write_bytes(content)
    found = {run.id: run for run in shelf.runs()}
    assert isinstance(found[good.id], Run)
    assert isinstance(found[bad.id], Broken)
    assert reason in found[bad.id].reason
    assert str(bad.folder) in found[bad.id].reason


def test_a_folder_without_anything_is_broken(shelf):
    (shelf.folder / "empty").mkdir(parents=True)
    (shelf.folder / "a file").write_text("x")
    (found,) = shelf.runs()
    assert isinstance(found, Broken)
    assert "cannot be read" in found.reason


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be made"):
        begun(Shelf(tmp_path / "file"))


def test_a_thousand_runs_are_listed_by_reading_one_small_file_each(shelf, monkeypatch):
    for _ in range(30):
        ended(shelf)
    read = []
    inner = bounded.read
    monkeypatch.setattr(bounded, "read", lambda path, *rest: (read.append(path.name), inner(path, *rest))[1])
    assert len(shelf.runs()) == 30
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
def test_numbers_that_nothing_can_show_break_one_run_and_not_the_list(shelf, lab, change, home):
    run = ended(Shelf())
    facts = json.loads((run.folder / runs.INFO).read_text())
    (run.folder / runs.INFO).write_text(json.dumps(facts | change))
    code, out, _ = lab("runs")
    assert (code, "broken" in out) == (0, True)
    code, out, _ = lab("runs", "--json")
    assert (code, len(json.loads(out)["broken"])) == (0, 1)


# While another process looks on


def test_a_run_is_seen_only_with_its_facts_and_held(shelf, monkeypatch):
    seen = []
    rename = Path.rename
    look = lambda path, target: (seen.append(shelf.runs()), rename(path, target), seen.append(shelf.runs()))  # noqa: E731
    monkeypatch.setattr(Path, "rename", look)
    _, lock = shelf.begin_held(name="quick", settings={})
    before, ((after,)) = seen
    assert before == []
    assert after.status is Status.RUNNING
    lock.release()


def test_a_run_that_cannot_be_begun_leaves_nothing(shelf, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(RunError, match="No space left"):
        begun(shelf)
    monkeypatch.undo()
    assert [path.name for path in shelf.folder.iterdir()] == [".locks"]
    assert not any(locks.is_held(shelf.folder / path.name) for path in (shelf.folder / ".locks").iterdir())


def test_what_was_left_while_a_run_was_begun_goes_with_the_trash(shelf, monkeypatch):
    (shelf.folder / ".begun-x").mkdir(parents=True)
    shelf.empty_trash()
    assert (shelf.folder / ".begun-x").exists()
    monkeypatch.setattr(time, "time", lambda: 1e12)
    shelf.empty_trash()
    assert not (shelf.folder / ".begun-x").exists()
