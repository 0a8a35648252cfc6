"""The run shelf: every run that is kept, each in a folder of its own.

    ID/run.json            what is known of it: settings, versions, how it ended, scores (``Run``)
    ID/label.json          the name and the note that its reader gave it, whoever writes run.json meanwhile
    ID/curve.safetensors   its curves (``core.history``)
    ID/model.safetensors   the network of its best weights, once it has ended
    ID/state.safetensors   all that it needs to go on (``core.checkpoint``)

Beside them, ``.locks`` has a file for each run that the process in which it goes on holds locked, which a crash frees;
``.trash`` has what was deleted and can be brought back.

Each file is written whole or not at all. A folder that makes no sense is shown as broken, and harms nothing.
"""

import contextlib
import dataclasses
import datetime
import enum
import itertools
import json
import math
import platform
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

import core
from core import atomic, bounded, locks, modelfile, places, strictjson, tensorfile
from core.config import TrainConfig
from core.errors import RunError
from core.history import History
from core.modelfile import Model

FORMAT = 1
MAX_NAME, MAX_NOTE = 200, 10_000
MAX_INFO_BYTES = 2**20
MAX_CURVE_BYTES = 256 * 2**20
_CURVE = tensorfile.Kind("digitpad-curve", "curve of a run", MAX_CURVE_BYTES, RunError)
_TRASH, _ASIDE = ".trash", ".begun-"
_LITTER_AGE_S = 3600.0  # what was being begun for so long was left by a process that was killed
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

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what is known of a run; raise RunError, naming the file, where it makes no sense."""
        path = folder / INFO
        try:
            facts = strictjson.loads(bounded.read(path, MAX_INFO_BYTES, RunError))
            return cls(folder, **_checked(facts | _label(folder / LABEL)))
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


def _label_lock(folder: Path) -> Path:
    """Return what is locked for the moment in which a run's label is changed: the run itself may be held for hours."""
    return folder.with_name(f"{folder.name}.label")


def _label(path: Path) -> dict[str, Any]:
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


class Shelf:
    """The runs in a folder, the user's own if none is named."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or places.runs()

    def runs(self) -> list[Run | Broken]:
        """Return all runs, the newest first. A run that no process holds any more is an interrupted one."""
        try:
            folders = [path for path in self.folder.iterdir() if not path.name.startswith(".") and path.is_dir()]
        except OSError:
            return []
        return [self._found(folder) for folder in sorted(folders, key=lambda folder: folder.name, reverse=True)]

    def _found(self, folder: Path) -> Run | Broken:
        try:
            run = Run.load(folder)
        except RunError as error:
            return Broken(folder, str(error))
        if run.status is Status.RUNNING and not locks.is_held(folder):
            return dataclasses.replace(run, status=Status.INTERRUPTED)
        return run

    def find(self, name: str) -> Run:
        """Return the run with this ID, or the newest of this name; raise RunError where there is none."""
        runs = [run for run in self.runs() if isinstance(run, Run)]
        for wanted in (lambda run: run.id == name, lambda run: run.name == name):
            if found := next(filter(wanted, runs), None):
                return found
        raise RunError(f'there is no run "{name}"; digitpad-lab runs lists them')

    def last_interrupted(self) -> Run:
        """Return the newest run that was interrupted and can go on; raise RunError where there is none."""
        for run in self.runs():
            if isinstance(run, Run) and run.status is Status.INTERRUPTED:
                return run
        raise RunError("there is no run that was interrupted")

    def begin(self, **facts: Any) -> Run:
        """Make the folder of a new run, and return it; raise RunError where that fails."""
        run, lock = self.begin_held(**facts)
        lock.release()
        return run

    def begin_held(self, **facts: Any) -> tuple[Run, locks.Lock]:
        """Make the folder of a new run, and return it with its lock; raise RunError where that fails.

        It is prepared aside, and locked, before anybody can see it: so no other process finds it without its facts, or
        takes it for one that was interrupted.
        """
        now = datetime.datetime.now(datetime.UTC)
        facts["name"] = self._unused(facts["name"])
        run = Run(
            self.folder / f"{now:%Y-%m-%dT%H-%M-%S-%f}-{secrets.token_hex(2)}",
            versions=versions(),
            created=now.isoformat(timespec="seconds"),
            **facts,
        )
        with contextlib.ExitStack() as undo:
            try:
                aside = self.folder / f"{_ASIDE}{run.id}"
                undo.callback(shutil.rmtree, aside, ignore_errors=True)
                aside.mkdir(parents=True)
                atomic.write(aside / INFO, run.as_json())
                lock = locks.hold(run.folder)
                undo.callback(lock.release)
                aside.rename(run.folder)
            except OSError as error:
                raise RunError(f"{run.folder} cannot be made: {error.strerror or error}") from None
            undo.pop_all()
        return run, lock

    def _unused(self, name: str) -> str:
        """Return a name that no run has yet: ``quick``, then ``quick 2``."""
        taken = {run.name for run in self.runs() if isinstance(run, Run)}
        names = itertools.chain([name], (f"{name} {number}" for number in itertools.count(2)))
        return next(candidate for candidate in names if candidate not in taken)

    def label(self, run: Run, *, name: str | None = None, note: str | None = None) -> Run:
        """Give a run another name or note, and return it; raise RunError where that fails.

        What is not given stays what it is on disk: somebody else may have changed it since ``run`` was read.
        """
        given: dict[str, str] = {}
        if name is not None:
            given["name"] = name.strip()[:MAX_NAME]
        if note is not None:
            given["note"] = note[:MAX_NOTE]
        if given.get("name") == "":
            raise RunError("a run needs a name")
        path = run.folder / LABEL
        with locks.held(_label_lock(run.folder), "somebody else is naming the run: try again"):
            label = {"name": run.name, "note": run.note} | _label(path) | given
            try:
                atomic.write(path, json.dumps(label).encode())
            except OSError as error:
                raise RunError(f"{path} cannot be written: {error.strerror or error}") from None
        return dataclasses.replace(run, **label)

    def delete(self, run: Run | Broken) -> None:
        """Put a run into the trash, from where ``restore`` brings it back; raise RunError where it is in use."""
        if locks.is_held(run.folder):
            raise RunError("the run goes on, here or in another process: end it first")
        with locks.held(run.folder):  # or it might be taken up while it is moved
            try:
                (self.folder / _TRASH).mkdir(exist_ok=True)
                run.folder.rename(self.folder / _TRASH / run.id)
            except OSError as error:
                raise RunError(f"{run.folder} cannot be deleted: {error.strerror or error}") from None

    def restore(self, run_id: str) -> None:
        """Bring a deleted run back; raise RunError where that fails."""
        try:
            (self.folder / _TRASH / run_id).rename(self.folder / run_id)
        except OSError as error:
            raise RunError(f"the run cannot be brought back: {error.strerror or error}") from None

    def empty_trash(self, age_s: float = 0.0) -> None:
        """Delete for good what was deleted at least ``age_s`` seconds ago, and what a killed process has left."""
        for folder in (self.folder / _TRASH).glob("*"):
            with contextlib.suppress(OSError):
                if _age_s(folder) >= age_s:
                    for locked in (self.folder / folder.name, _label_lock(self.folder / folder.name)):
                        locks.path_of(locked).unlink(missing_ok=True)
                    shutil.rmtree(folder, ignore_errors=True)
        for folder in self.folder.glob(f"{_ASIDE}*"):
            with contextlib.suppress(OSError):
                if _age_s(folder) >= _LITTER_AGE_S:
                    shutil.rmtree(folder, ignore_errors=True)


def _age_s(folder: Path) -> float:
    """Return for how long a folder has been where it is: moving it changes its ctime."""
    return time.time() - folder.stat().st_ctime


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
