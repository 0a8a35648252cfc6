"""A kept run, in a folder of its own.

    ID/run.json            settings, versions, status, scores (``Run``)
    ID/label.json          the name and the note that the user gave it, whoever writes run.json meanwhile
    ID/curve.safetensors   the curves (``core.training.history``)
    ID/model.safetensors   the network of the best weights, once the run has ended
    ID/state.safetensors   everything needed to resume it (``core.runs.checkpoint``)

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
from core.files import atomic, bounded, facts, strictjson, tensorfile
from core.messages import tr, translatable
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.training.config import TrainConfig
from core.training.history import History

FORMAT = 1
MAX_NAME, MAX_NOTE = 200, 10_000
_SHORT = 40
MAX_INFO_BYTES = 2**20
MAX_CURVE_BYTES = 256 * 2**20
_CURVE = tensorfile.FileKind("digitpad-curve", translatable("curve of a run"), MAX_CURVE_BYTES, RunError)
INFO, LABEL = "run.json", "label.json"
CURVE, MODEL, STATE = "curve.safetensors", "model.safetensors", "state.safetensors"


class Status(enum.Enum):
    """Whether a run goes on, and how it ended if not."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Run:
    """A run without its curves and weights.

    Attributes
    ----------
    folder : Path
        The run's folder; its name is the run's ID.
    settings : dict
        The fields of ``TrainConfig``.
    created : str
        Start of the run: ISO 8601, UTC.
    seconds : float
        Seconds of training, pauses left out.
    best_step : int
        The step of the weights that are kept.
    scores : dict
        Names such as ``test_accuracy`` to numbers; empty until the run has ended.
    parent : str
        The ID of the run whose last weights it began with; empty if there is none.
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
        """The name of the run's folder."""
        return self.folder.name

    @property
    def test_accuracy(self) -> float | None:
        """Accuracy on the test digits, in [0, 1]; None until the run has ended."""
        return self.scores.get("test_accuracy")

    def config(self) -> TrainConfig:
        """Return its settings, missing ones at their defaults; raise ConfigError where one is unknown or wrong."""
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
        """Return the run as JSON has it."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "folder"}
        fields["scores"] = {name: score for name, score in self.scores.items() if math.isfinite(score)}
        return {"format": FORMAT, "id": self.id, **fields, "status": self.status.value}

    def as_json(self) -> bytes:
        """Return the content of run.json."""
        return json.dumps(self.as_dict(), indent=1, allow_nan=False).encode()

    def save(self) -> None:
        """Write run.json; raise RunError where that fails."""
        atomic.write(self.folder / INFO, self.as_json(), RunError)

    def save_history(self, history: History) -> None:
        """Write its curves; raise RunError where that fails."""
        tensorfile.save(self.folder / CURVE, _CURVE, history.tensors(), {"format": FORMAT})

    @property
    def short_name(self) -> str:
        """Its name, cut after 40 letters: a message or a dialog must not be wider than a screen."""
        return self.name if len(self.name) <= _SHORT else f"{self.name[: _SHORT - 1]}…"

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read run.json and label.json; raise RunError, naming the file, where the run makes no sense."""
        path = folder / INFO
        try:
            found = strictjson.loads(bounded.read(path, MAX_INFO_BYTES, RunError))
            return cls(folder, **_checked(found | read_label(folder / LABEL)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = str(error)[:100]
            raise RunError(tr("{path} is damaged: {reason}", path=path, reason=reason)) from None


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", "recipe", "data", "test", "created", "note", "error", "parent"), str),
    **dict.fromkeys(("threads", "step", "n_steps", "parameters", "best_step"), int),
    **dict.fromkeys(("settings", "versions"), dict),
    "seconds": float,
    "best_validation": (float, type(None)),
}


def _checked(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``Run`` in a run.json; raise ValueError, TypeError or AttributeError where one is wrong."""
    version = facts.value(found, "format", int, minimum=1)
    if version > FORMAT:
        text = tr(
            "it is of a newer kind (format {version}; this program knows {known}): update digitpad",
            version=version,
            known=FORMAT,
        )
        raise ValueError(text)
    checked = {name: facts.value(found, name, kinds, minimum=0) for name, kinds in _TYPES.items()}
    checked["scores"] = facts.numbers(found, "scores")
    checked["name"], checked["note"] = checked["name"][:MAX_NAME], checked["note"][:MAX_NOTE]
    return checked | {"status": Status(found["status"])}


def read_label(path: Path) -> dict[str, Any]:
    """Return the name and the note that a run was given; nothing where there are none, or they make no sense."""
    if not path.is_file():
        return {}
    try:
        found = strictjson.loads(bounded.read(path, MAX_INFO_BYTES, RunError))
        return {name: facts.value(found, name, str) for name in ("name", "note")}
    except (RunError, ValueError, TypeError, AttributeError):
        return {}


@dataclass(frozen=True)
class Broken:
    """A folder in the store that is not a run, or a damaged one, and the reason."""

    folder: Path
    reason: str

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.folder.name


def versions() -> dict[str, str]:
    """Return the versions of everything that a run's numbers depend on."""
    return {
        "digitpad": core.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
    }


def differing(runs: list[Run]) -> dict[str, list[Any]]:
    """Return the settings in which runs differ, with the value of each run; data and threads are among them."""
    rows = [{**run.settings, "data": run.data, "test": run.test, "threads": run.threads} for run in runs]
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name) for row in rows] for name in names}
    return {name: values for name, values in table.items() if any(value != values[0] for value in values)}
