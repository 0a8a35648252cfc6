"""The folders that the program writes to, and the folder of data.

``DIGITPAD_HOME`` moves everything that is written (settings, cache, runs, recipes, logs) into one folder; without it,
the platform's folders are used. ``DIGITPAD_DATA`` names the folder that is searched for data first.
"""

import os
from pathlib import Path

import platformdirs

_APP = "digitpad"


def _folder(kind: str, default: str) -> Path:
    home = os.environ.get("DIGITPAD_HOME")
    return expanded(home) / kind if home else Path(default)


def expanded(name: str) -> Path:
    """Return a path with ``~`` or ``~user`` expanded to a home; unchanged if there is no such user."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def settings() -> Path:
    """Return the folder of the window's settings."""
    return _folder("settings", platformdirs.user_config_dir(_APP, appauthor=False))


def cache() -> Path:
    """Return the folder of data that can be downloaded again."""
    return _folder("cache", platformdirs.user_cache_dir(_APP, appauthor=False))


def runs() -> Path:
    """Return the folder of the run store."""
    return _folder("runs", str(Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "runs"))


def recipes() -> Path:
    """Return the folder of the user's own recipes."""
    return _folder("recipes", str(Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "recipes"))


def logs() -> Path:
    """Return the folder of the log."""
    return _folder("logs", platformdirs.user_log_dir(_APP, appauthor=False))


def data() -> Path | None:
    """Return the folder that ``DIGITPAD_DATA`` names, or None."""
    folder = os.environ.get("DIGITPAD_DATA")
    return expanded(folder) if folder else None
