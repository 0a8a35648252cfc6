"""The folders that the program writes to, and the folder of data."""

from pathlib import Path

import platformdirs
import pytest

from core.files import paths

WRITTEN = [paths.settings, paths.cache, paths.logs, paths.recipes]


def test_digitpad_home_moves_everything_that_is_written_into_one_folder(home):
    folders = [folder() for folder in WRITTEN]
    assert folders == [home / "settings", home / "cache", home / "logs", home / "recipes"]
    assert list(home.iterdir()) == [], "asking makes no folder"


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_platforms_folders_are_used(monkeypatch, value):
    monkeypatch.setenv("DIGITPAD_HOME", "") if value == "" else monkeypatch.delenv("DIGITPAD_HOME")
    assert paths.settings() == Path(platformdirs.user_config_dir("digitpad", appauthor=False))
    assert paths.cache() == Path(platformdirs.user_cache_dir("digitpad", appauthor=False))
    assert paths.logs() == Path(platformdirs.user_log_dir("digitpad", appauthor=False))
    assert len({folder() for folder in WRITTEN}) == 4


def test_digitpad_data(monkeypatch, tmp_path):
    monkeypatch.delenv("DIGITPAD_DATA", raising=False)
    assert paths.data() is None
    monkeypatch.setenv("DIGITPAD_DATA", "")
    assert paths.data() is None
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path))
    assert paths.data() == tmp_path


def test_a_tilde_is_a_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("DIGITPAD_HOME", "~/digits")
    monkeypatch.setenv("DIGITPAD_DATA", "~/data")
    assert paths.cache() == tmp_path / "digits" / "cache"
    assert paths.data() == tmp_path / "data"
    assert paths.expanded("~nobody-of-that-name/x") == Path("~nobody-of-that-name/x")
