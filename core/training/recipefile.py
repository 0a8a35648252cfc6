"""A recipe, and the TOML file that users write and share one as.

    title = "Twice as wide"
    based_on = "quick"          # optional: what the settings are of that are not named here
    data = "mnist+synthetic"    # optional, as is test

    [settings]                  # names and ranges are those of TrainConfig
    hidden = [512, 256]

A file is foreign: it is read within a size limit, and each mistake in it is a sentence that names the file.
"""

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.files import atomic, bounded
from core.training.config import TrainConfig

SUFFIX = ".toml"
MAX_BYTES = 64 * 2**10
"""Ten times the longest recipe. TOML's reader takes a time that grows with the square of a file: minutes for 1 MiB."""
_LONGEST = {"title": 200, "based_on": 60, "data": 2000, "test": 2000}
_ENTRIES = (*_LONGEST, "settings")
_NAME = re.compile(r"\w[\w.+-]{0,59}")


@dataclass(frozen=True)
class Recipe:
    """A configuration with a name, a sentence on what it is for, and, where it needs them, its own data sources."""

    name: str
    title: str
    config: TrainConfig
    data: str | None = None
    test: str | None = None

    def test_for(self, data: str) -> str | None:
        """Return the source to test on, where ``data`` are what the recipe is meant for; else None."""
        return self.test if data == self.data else None


def load(path: Path, bases: Mapping[str, Recipe]) -> Recipe:
    """Read a recipe, which is called what its file is called.

    Parameters
    ----------
    bases
        The program's recipes: one may be based on them, and none may be called like them.

    Raises
    ------
    ConfigError
        The file cannot be read, is too large, is not TOML, or says what no recipe can say.
    """
    content = bounded.read(path, MAX_BYTES, ConfigError)
    try:
        check_name(path.stem, bases)
        return _recipe(path.stem, tomllib.loads(content.decode()), bases)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:  # also of bytes that are no text, and of endless numbers
        raise ConfigError(f"{path} is not TOML: {error}") from None


def check_name(name: str, taken: Mapping[str, Recipe]) -> None:
    """Raise ConfigError where a recipe of the user's cannot be called ``name``."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"a recipe's name is at most 60 letters, digits, or any of . _ + -, unlike {name[:80]!r}")
    if name in taken:
        raise ConfigError(f"the program has a recipe {name} of its own: another name is needed")


def save(recipe: Recipe, path: Path, taken: Mapping[str, Recipe]) -> None:
    """Write a recipe with all its settings to a new file, atomically; raise ConfigError where that fails."""
    import tomli_w

    check_name(path.stem, taken)
    if bounded.exists(path):
        raise ConfigError(f"{path} exists already")
    named = {"title": recipe.title, "data": recipe.data, "test": recipe.test}
    content: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    content["settings"] = dataclasses.asdict(recipe.config)
    if problem := atomic.problem(path):
        raise ConfigError(problem)
    try:
        atomic.write(path, tomli_w.dumps(content).encode())
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None


def _recipe(name: str, content: dict[str, Any], bases: Mapping[str, Recipe]) -> Recipe:
    if unknown := sorted(content.keys() - set(_ENTRIES)):
        raise ConfigError(f"there is no entry {unknown[0][:60]}; a recipe has {', '.join(_ENTRIES)}")
    based_on, settings = _text(content, "based_on"), content.get("settings", {})
    if based_on is not None and based_on not in bases:
        raise ConfigError(f'there is no recipe "{based_on}" to be based on; there are {", ".join(bases)}')
    if not isinstance(settings, dict):
        raise ConfigError("settings is a table: [settings], and below it a line for each")
    title = _text(content, "title")
    if title is None:
        raise ConfigError("a title is missing: one line on what the recipe is for")
    base = TrainConfig() if based_on is None else bases[based_on].config
    config = TrainConfig.from_dict(dataclasses.asdict(base) | settings)
    return Recipe(name, title, config, _text(content, "data"), _text(content, "test"))


def _text(content: dict[str, Any], entry: str) -> str | None:
    """Return an entry that is one line of text, or None where there is no such entry."""
    value = content.get(entry)
    if value is None:
        return None
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= _LONGEST[entry]:
        raise ConfigError(f"{entry} is one line of at most {_LONGEST[entry]:,} characters, not {repr(value)[:60]}")
    return value
