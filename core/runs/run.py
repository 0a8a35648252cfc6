"""A run that is kept, in a folder of its own.

    ID/run.json            what is known of it: settings, versions, how it ended, scores (``Run``)
    ID/label.json          the name and the note that its reader gave it, whoever writes run.json meanwhile
    ID/curve.safetensors   its curves (``core.training.history``)
    ID/model.safetensors   the network of its best weights, once it has ended
    ID/state.safetensors   all that it needs to go on (``core.runs.checkpoint``)

Each file is written whole or not at all.
"""

import dataclasses
import enum
import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

import core
from core.errors import RunError
from core.files import atomic, bounded, strictjson, tensorfile
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.training.config import TrainConfig
from core.training.history import History

FORMAT = 1
MAX_NAME, MAX_NOTE = 200, 10_000
_SHORT = 40
MAX_INFO_BYTES = 2**20
MAX_CURVE_BYTES = 256 * 2**20
_CURVE = tensorfile.FileKind("digitpad-curve", "curve of a run", MAX_CURVE_BYTES, RunError)
INFO, LABEL = "run.json", "label.json"
CURVE, MODEL, STATE = "curve.safetensors", "model.safetensors", "state.safetensors"


class Status(enum.Enum):
    """How a run stands, or how it ended."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Run:
    """What is known of a run without its curves and weights.

    Attributes
    ----------
    folder : Path
        Where it is; its name is the run's ID.
    settings : dict
        Those of ``TrainConfig``.
    created : str
        When it began: ISO 8601, UTC.
    seconds : float
        Of training, pauses left out.
    best_step : int
        Where the weights are from that are kept.
    scores : dict
        Names such as ``test_accuracy`` to numbers; empty until it has ended.
    parent : str
        The ID of the run whose end it began from, if it is one.
    """

    folder: Path
    name: str
    recipe: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: str = ""
    test: str = ""
    threads: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    created: str = ""
    status: Status = Status.RUNNING
    note: str = ""
    seconds: float = 0.0
    step: int = 0
    n_steps: int = 0
    parameters: int = 0
    best_step: int = 0
    best_validation: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    parent: str = ""

    @property
    def id(self) -> str:
        """What the run is known by."""
        return self.folder.name

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test digits that are right; None until the run has ended."""
        return self.scores.get("test_accuracy")

    def config(self) -> TrainConfig:
        """Return its settings; raise ConfigError where this program cannot have them."""
        return TrainConfig.from_dict(dict(self.settings))

    def history(self) -> History:
        """Return its curves; raise RunError where they are missing or damaged."""
        with tensorfile.reading(self.folder / CURVE, _CURVE, {"format": FORMAT}) as (_, tensors):
            return History.from_tensors(tensors)

    def history_version(self) -> int:
        """Return a number that changes when the curves are written again; 0 where there are none."""
        try:
            return (self.folder / CURVE).stat().st_mtime_ns
        except OSError:
            return 0

    def model(self) -> Model:
        """Return its network of the best weights; raise ModelError where it is missing or damaged."""
        return modelfile.load(self.folder / MODEL)

    # -- on disk -------------------------------------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return all that is known, as JSON can hold it."""
        facts = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "folder"}
        facts["scores"] = {name: score for name, score in self.scores.items() if math.isfinite(score)}
        return {"format": FORMAT, "id": self.id, **facts, "status": self.status.value}

    def as_json(self) -> bytes:
        """Return what its run.json has."""
        return json.dumps(self.as_dict(), indent=1, allow_nan=False).encode()

    def save(self) -> None:
        """Write it down; raise RunError where that fails."""
        try:
            atomic.write(self.folder / INFO, self.as_json())
        except OSError as error:
            raise RunError(f"{self.folder / INFO} cannot be written: {error.strerror or error}") from None

    def save_history(self, history: History) -> None:
        """Write its curves down; raise RunError where that fails."""
        tensorfile.save(self.folder / CURVE, _CURVE, history.tensors(), {"format": FORMAT})

    @property
    def short_name(self) -> str:
        """Its name, or how that begins where it is long: a message or a dialog is no wider than a screen."""
        return self.name if len(self.name) <= _SHORT else f"{self.name[: _SHORT - 1]}…"

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what is known of a run; raise RunError, naming the file, where it makes no sense."""
        path = folder / INFO
        try:
            facts = strictjson.loads(bounded.read(path, MAX_INFO_BYTES, RunError))
            return cls(folder, **_checked(facts | read_label(folder / LABEL)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError(f"{path} is damaged: {str(error)[:100]}") from None


_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "recipe", "data", "test", "created", "note", "error", "parent"), (str,)),
    **dict.fromkeys(("threads", "step", "n_steps", "parameters", "best_step"), (int,)),
    **dict.fromkeys(("settings", "versions", "scores"), (dict,)),
    "seconds": (int, float),
    "best_validation": (int, float, type(None)),
}


def _checked(facts: Any) -> dict[str, Any]:
    """Return what a run.json says, if it is of the right kinds; raise ValueError, KeyError or TypeError where not."""
    version = facts["format"]
    if type(version) is not int or version < 1:
        raise ValueError("its format makes no sense")
    if version > FORMAT:
        raise ValueError(f"it is of a newer kind (format {version}; this program knows {FORMAT}): update digitpad")
    for name, kinds in _TYPES.items():
        value = facts[name]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ValueError(f"its {name} makes no sense")
        if isinstance(value, int | float) and value < 0:
            raise ValueError(f"its {name} makes no sense")
    for number in facts["scores"].values():
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise ValueError("its scores make no sense")
    found = {name: facts[name] for name in _TYPES}
    found["name"], found["note"] = found["name"][:MAX_NAME], found["note"][:MAX_NOTE]
    return found | {"status": Status(facts["status"])}


def read_label(path: Path) -> dict[str, Any]:
    """Return the name and the note that a run was given; nothing where there are none, or they make no sense."""
    if not path.is_file():
        return {}
    try:
        facts = strictjson.loads(bounded.read(path, MAX_INFO_BYTES, RunError))
        label = {name: facts[name] for name in ("name", "note")}
    except (RunError, ValueError, KeyError, TypeError):
        return {}
    return label if all(isinstance(text, str) for text in label.values()) else {}


@dataclass(frozen=True)
class Broken:
    """A folder on the shelf that is no run, or a damaged one: where, and why."""

    folder: Path
    reason: str

    @property
    def id(self) -> str:
        """What the folder is called."""
        return self.folder.name


def versions() -> dict[str, str]:
    """Return the versions of what a run's numbers depend on."""
    return {
        "digitpad": core.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
    }


def differing(runs: list[Run]) -> dict[str, list[Any]]:
    """Return the settings in which runs differ, and the value that each has: data, threads and seed among them."""
    rows = [{**run.settings, "data": run.data, "test": run.test, "threads": run.threads} for run in runs]
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name) for row in rows] for name in names}
    return {name: values for name, values in table.items() if any(value != values[0] for value in values)}
