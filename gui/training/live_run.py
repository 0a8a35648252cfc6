"""The run of this session: the one owner of its facts, curves, snapshots and seconds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.runs.records import RunFacts
from core.runs.run_store import RunStore
from core.training.history import History
from core.training.snapshots import KeptSnapshot

if TYPE_CHECKING:
    from core.training.loop import Progress


class LiveRun:
    """What is known in the window of one run, from its start until the next one starts.

    The session updates it from the worker's events; views read it.

    Attributes
    ----------
    facts : RunFacts or None
        None until the run is prepared.
    history : History
        The curves so far, by the rules of ``core.training.history``.
    snapshots : tuple of KeptSnapshot
        The network as it was, at a few steps, oldest first.
    seconds : float
        Of training so far, pauses left out.
    storage_failure : str
        Why the run cannot be written at present; empty where it can.
    """

    def __init__(self, store: RunStore | None = None) -> None:
        self.store = store
        self.facts: RunFacts | None = None
        self.history = History()
        self.snapshots: tuple[KeptSnapshot, ...] = ()
        self.seconds = 0.0
        self.storage_failure = ""

    @property
    def n_epochs(self) -> int:
        """How many epochs the run is to have; 0 before that is known."""
        return self.facts.n_epochs if self.facts else 0

    @property
    def can_be_kept(self) -> bool:
        """Whether the run can be written, as far as is known."""
        return self.store is not None and not self.storage_failure

    def prepare(self, facts: RunFacts, history: History) -> None:
        """Take what is known now; a resumed run brings its curves along."""
        self.facts, self.history = facts, history

    def add(self, records: "Sequence[Progress]", seconds: float) -> None:
        """Take the records of some batches, the last of which was done after ``seconds`` of training."""
        self.history.add(records, seconds)
        self.seconds = seconds
