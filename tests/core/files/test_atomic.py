"""Atomic writes: a file is there complete or not at all."""

import errno
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.errors import ModelError, reason_of
from core.files import atomic

posix = pytest.mark.skipif(sys.platform == "win32", reason="of POSIX")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_file_and_a_replaced_one(tmp_path):
    atomic.write(tmp_path / "f", b"first")
    assert contents(tmp_path) == {"f": b"first"}
    atomic.write(tmp_path / "f", b"second")
    assert contents(tmp_path) == {"f": b"second"}


def test_the_older_file_is_there_until_the_block_ends(tmp_path):
    (tmp_path / "f").write_bytes(b"older")
    with atomic.writing(tmp_path / "f") as file:
        file.write(b"newer")
        file.flush()
        assert (tmp_path / "f").read_bytes() == b"older"
    assert contents(tmp_path) == {"f": b"newer"}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_a_block_that_fails_leaves_no_trace(tmp_path, error):
    (tmp_path / "f").write_bytes(b"older")

    def fail():
        with atomic.writing(tmp_path / "f") as file:
            file.write(b"half of the new")
            raise error

    with pytest.raises(error):
        fail()
    assert contents(tmp_path) == {"f": b"older"}


@pytest.mark.parametrize("step", ["fsync", "replace", "fdopen"])
def test_a_failing_system_call_leaves_no_trace(tmp_path, monkeypatch, step):
    (tmp_path / "f").write_bytes(b"older")

    def fail(*arguments):
        if step == "fdopen":
            os.close(arguments[0])
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="Input/output error"):
        atomic.write(tmp_path / "f", b"newer")
    monkeypatch.undo()
    assert contents(tmp_path) == {"f": b"older"}


def test_the_content_is_on_the_disk_before_the_file_is_replaced(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append(("fsync", os.fstat(fd).st_size)), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda *names: (order.append(("replace", 0)), replace(*names)))
    atomic.write(tmp_path / "f", b"12345")
    assert order == [("fsync", 5), ("replace", 0)]


@posix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_permissions_obey_the_umask(tmp_path, umask):
    code = "import sys, pathlib; from core.files import atomic; atomic.write(pathlib.Path(sys.argv[1]), b'')"
    subprocess.run([sys.executable, "-c", code, tmp_path / "f"], umask=umask, check=True, timeout=60)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o666 & ~umask


@posix
def test_the_longest_possible_name(tmp_path):
    name = "😀" * 63 + "xyz"  # 255 bytes
    assert atomic.problem(tmp_path / name) is None
    atomic.write(tmp_path / name, b"x")
    assert contents(tmp_path) == {name: b"x"}


def test_temporary_files_of_killed_processes_are_deleted_after_an_hour(tmp_path):
    old, young, other = (tmp_path / name for name in (".digitpad.old.part", ".digitpad.young.part", "other.part"))
    for path in (old, young, other):
        path.write_bytes(b"half of")
    for path in (old, other):
        os.utime(path, (1e9, 1e9))
    atomic.write(tmp_path / "f", b"x")
    assert contents(tmp_path).keys() == {"f", young.name, other.name}


def test_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        atomic.write(tmp_path / "none" / "f", b"x")
    assert contents(tmp_path) == {}


def test_the_callers_error_is_a_sentence_with_path_and_reason(tmp_path):
    path = tmp_path / "none" / "f"
    with pytest.raises(ModelError) as caught:
        atomic.write(path, b"x", ModelError)
    assert str(caught.value) == f"{path} cannot be written: No such file or directory"


def test_the_callers_error_is_also_raised_if_the_block_cannot_write(tmp_path):
    def fail():
        with atomic.writing(tmp_path / "f", ModelError):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelError, match="f cannot be written: No space left on device"):
        fail()
    assert contents(tmp_path) == {}


def test_other_errors_of_the_block_stay_as_they_are(tmp_path):
    def fail():
        with atomic.writing(tmp_path / "f", ModelError):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/some/file"), "No space left on device"),
        (OSError("a sentence of the library's own"), "a sentence of the library's own"),
    ],
)
def test_the_reason_of_an_error(error, reason):
    assert reason_of(error) == reason


# Problems that are known before writing


@pytest.mark.parametrize("name", ["new", "older"])
def test_where_there_is_no_problem_nothing_is_left_behind(tmp_path, name):
    (tmp_path / "older").write_bytes(b"older")
    assert atomic.problem(tmp_path / name) is None
    assert contents(tmp_path) == {"older": b"older"}


def test_problems(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert atomic.problem(tmp_path) == f"{tmp_path} is a folder; a file name is needed"
    assert atomic.problem(tmp_path / "none" / "f") == f"there is no folder {tmp_path / 'none'}"
    assert atomic.problem(tmp_path / "file" / "f") == f"there is no folder {tmp_path / 'file'}"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@posix
def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert atomic.problem(tmp_path / "fifo") == f"{tmp_path / 'fifo'} is not an ordinary file"


@posix
def test_a_name_that_is_too_long(tmp_path):
    assert "cannot be written: File name too long" in (atomic.problem(tmp_path / ("x" * 256)) or "")


def test_a_folder_that_may_not_be_searched(tmp_path, monkeypatch):
    def fail(path, **arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", fail)
        problem = atomic.problem(tmp_path / "f")
    assert problem == f"{tmp_path / 'f'} cannot be written: Permission denied"


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def fail(**arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    assert atomic.problem(tmp_path / "f") == f"{tmp_path / 'f'} cannot be written: Permission denied"


@posix
def test_the_target_of_a_link_is_replaced_and_keeps_its_permissions(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("older")
    target.chmod(0o600)
    link.symlink_to(target)
    atomic.write(link, b"newer")
    assert link.is_symlink()
    assert target.read_bytes() == b"newer"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
