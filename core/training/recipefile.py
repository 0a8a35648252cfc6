"""Recipes, and the TOML files in which users write and share them.

    title = "Twice as wide"
    based_on = "quick"          # optional: the recipe that the other settings come from
    data = "mnist+synthetic"    # optional, like test

    [settings]                  # names and ranges are those of TrainConfig
    hidden = [512, 256]

A file is untrusted input: its size is limited, and an error message names the file and the mistake.
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
from core.messages import tr
from core.training.config import TrainConfig

SUFFIX = ".toml"
MAX_BYTES = 64 * 2**10
"""Ten times the longest recipe. The time of the TOML parser grows with the square of the size: minutes for 1 MiB."""
_MAX_LENGTHS = {"title": 200, "based_on": 60, "data": 2000, "test": 2000}
_ENTRIES = (*_MAX_LENGTHS, "settings")
_NAME = re.compile(r"\w[\w.+-]{0,59}")


@dataclass(frozen=True)
class Recipe:
    """A configuration with a name, a title that says what it is for, and optionally data sources."""

    name: str
    title: str
    config: TrainConfig
    data: str | None = None
    test: str | None = None

    def test_for(self, data: str) -> str | None:
        """Return the recipe's source to test on if ``data`` is the recipe's own source; else None."""
        return self.test if data == self.data else None


def load(path: Path, bases: Mapping[str, Recipe]) -> Recipe:
    """Read a recipe; its name is the name of its file.

    Parameters
    ----------
    bases
        The program's recipes: a recipe may be based on one of them, and must have another name.

    Raises
    ------
    ConfigError
        The file cannot be read, is too large, is not TOML, or is not a valid recipe.
    """
    content = bounded.read(path, MAX_BYTES, ConfigError)
    try:
        check_name(path.stem, bases)
        return _recipe(path.stem, tomllib.loads(content.decode()), bases)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:  # ValueError also for bytes that are not text and for huge numbers
        raise ConfigError(tr("{path} is not TOML: {reason}", path=path, reason=error)) from None


def check_name(name: str, taken: Mapping[str, Recipe]) -> None:
    """Raise ConfigError if ``name`` is not allowed for a user's recipe; ``taken`` are the program's."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            tr("a recipe's name is at most 60 letters, digits or any of . _ + -, not {name!r}", name=name[:80])
        )
    if name in taken:
        raise ConfigError(tr("the program has a recipe {name} of its own: choose another name", name=name))


def save(recipe: Recipe, path: Path, taken: Mapping[str, Recipe]) -> None:
    """Write a recipe with all its settings to a new file, atomically; raise ConfigError if that fails."""
    import tomli_w

    check_name(path.stem, taken)
    if bounded.exists(path):
        raise ConfigError(tr("{path} exists already", path=path))
    named = {"title": recipe.title, "data": recipe.data, "test": recipe.test}
    content: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    content["settings"] = dataclasses.asdict(recipe.config)
    if problem := atomic.problem(path):
        raise ConfigError(problem)
    atomic.write(path, tomli_w.dumps(content).encode(), ConfigError)


def _recipe(name: str, content: dict[str, Any], bases: Mapping[str, Recipe]) -> Recipe:
    if unknown := sorted(content.keys() - set(_ENTRIES)):
        entries = ", ".join(_ENTRIES)
        raise ConfigError(
            tr("there is no entry {entry}; a recipe has {entries}", entry=unknown[0][:60], entries=entries)
        )
    based_on, settings = _text(content, "based_on"), content.get("settings", {})
    if based_on is not None and based_on not in bases:
        message = tr('based_on: there is no recipe "{name}"; there are {names}', name=based_on, names=", ".join(bases))
        raise ConfigError(message)
    if not isinstance(settings, dict):
        raise ConfigError(tr("settings is a table: [settings], and below it one line per setting"))
    title = _text(content, "title")
    if title is None:
        raise ConfigError(tr("a title is missing: one line that says what the recipe is for"))
    base = TrainConfig() if based_on is None else bases[based_on].config
    config = TrainConfig.from_dict(dataclasses.asdict(base) | settings)
    return Recipe(name, title, config, _text(content, "data"), _text(content, "test"))


def _text(content: dict[str, Any], entry: str) -> str | None:
    """Return an entry, which must be one line of text; None if it is missing."""
    value = content.get(entry)
    if value is None:
        return None
    limit = _MAX_LENGTHS[entry]
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= limit:
        message = tr(
            "{entry} is one line of at most {limit:,} characters, not {value}",
            entry=entry,
            limit=limit,
            value=repr(value)[:60],
        )
        raise ConfigError(message)
    return value
