"""What a run tells from its thread: frozen records, each with the number of its run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.nn.network import Snapshot
from core.runs.records import RunFacts, RunOutcome
from core.runs.run import Run
from core.training.history import History
from core.training.snapshots import KeptSnapshot

if TYPE_CHECKING:
    from core.training.loop import Progress


@dataclass(frozen=True, eq=False)
class RunEvent:
    """Something that happened to the run of this number."""

    number: int


@dataclass(frozen=True, eq=False)
class Prepared(RunEvent):
    """The data are loaded and the network is built. The history, of a resumed run, belongs to the receiver."""

    facts: RunFacts
    history: History


@dataclass(frozen=True, eq=False)
class Progressed(RunEvent):
    """Some batches are done: their records, and the seconds of training so far, pauses left out."""

    records: "tuple[Progress, ...]"
    seconds: float


@dataclass(frozen=True, eq=False)
class RateChanged(RunEvent):
    """The learning rate was changed after so many samples."""

    samples: float
    rate: float


@dataclass(frozen=True, eq=False)
class SnapshotTaken(RunEvent):
    """A copy of the network in training, as it was asked for."""

    snapshot: Snapshot


@dataclass(frozen=True, eq=False)
class SnapshotsKept(RunEvent):
    """All snapshots that are kept to look back through; nobody writes to them again."""

    kept: tuple[KeptSnapshot, ...]


@dataclass(frozen=True, eq=False)
class StorageChanged(RunEvent):
    """The run can no longer be written, for this reason; or, with an empty one, it can again."""

    reason: str


@dataclass(frozen=True, eq=False)
class Moved(RunEvent):
    """The run is kept in another store from now on; or, with None, it cannot be kept there, for this reason."""

    run: Run | None
    reason: str


@dataclass(frozen=True, eq=False)
class Concluded(RunEvent):
    """The run has ended. It comes last, exactly once."""

    outcome: RunOutcome
