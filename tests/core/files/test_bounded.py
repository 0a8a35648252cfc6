"""Reads of files of unknown size and origin."""

import os
from pathlib import Path

import pytest

from core.data import idx, sources
from core.errors import DataError
from core.files import bounded


def test_a_file_larger_than_the_limit_is_rejected(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    assert bounded.read(tmp_path / "f", 5, DataError) == b"12345"
    with pytest.raises(DataError, match="larger than 0 KiB"):
        bounded.read(tmp_path / "f", 4, DataError)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_file_can_have(name):
    assert not bounded.exists(Path(name))
    with pytest.raises(DataError, match="no file can have this name"):
        bounded.read(Path(name), 5, DataError)
    with pytest.raises(DataError, match="no file can have this name"):
        sources.load(f"pen:{name}")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="of POSIX")
@pytest.mark.timeout(20)
def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="not an ordinary file"):
        bounded.read(tmp_path / "pipe", 5, DataError)
    with pytest.raises(DataError, match="not an ordinary file"):
        idx.read(tmp_path / "pipe")
