"""Snapshots of a run: few and small enough to keep, even enough to look back through how the network came to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.digits import N_CLASSES
from core.nn.layers import Array
from core.nn.network import Network, Snapshot
from core.recognition.recognizer import Recognizer

MAX_SNAPSHOTS = 64
MAX_BYTES = 6 * 2**20
"""Of all snapshots together: of networks beyond 49,000 parameters, fewer are kept; of 784-256-128-10, 13."""
_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class Moment:
    """Where in its run a snapshot was taken: after how many batches and digits, in which epoch, and how good it was.

    ``validation_accuracy`` is None where nothing was evaluated yet.
    """

    step: int
    epoch: int
    samples: int
    validation_accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class KeptSnapshot:
    """A snapshot at half its size, never written to again: safe to hand to another thread.

    Parameters are kept as float16, which has 11 significant bits: each is off by 0.05 % of itself at most, one below
    6e-5 by 3e-8 at most, and one beyond 65,504 becomes that. Batch-norm's variances may be larger and stay as they are.
    """

    mark: Moment
    parameters: NDArray[np.float16]
    statistics: Array

    @classmethod
    def of(cls, mark: Moment, snapshot: Snapshot) -> Self:
        """Keep a snapshot; it may be a view of a network that goes on learning."""
        small = np.empty(snapshot.parameters.shape, np.float16)
        np.clip(snapshot.parameters, -_LARGEST, _LARGEST, out=small, casting="unsafe")
        return cls(mark, small, snapshot.statistics.copy())

    @property
    def nbytes(self) -> int:
        """The memory it takes, in bytes."""
        return self.parameters.nbytes + self.statistics.nbytes

    def snapshot(self) -> Snapshot:
        """Return it as float32."""
        return Snapshot(self.parameters.astype(np.float32), self.statistics.copy())

    def restore(self, network: Network) -> None:
        """Make a network of the same layers what it was."""
        network.restore(Snapshot(self.parameters, self.statistics))  # the assignment converts, without a copy between


class Snapshots:
    """The first snapshot of a run, the newest, and as many between them as there is room for, evenly spread.

    When there are too many, the distance between two doubles, and what is nearer to the one before it is dropped: of
    snapshots that come in even steps, every second one. The newest may be nearer: it goes when the next one comes.

    Attributes
    ----------
    kept : tuple of Kept
        In the order of the run.
    """

    def __init__(self, max_snapshots: int = MAX_SNAPSHOTS, max_bytes: int = MAX_BYTES) -> None:
        self._max_snapshots, self._max_bytes = max_snapshots, max_bytes
        self.clear()

    def clear(self) -> None:
        """Forget the run."""
        self.kept: tuple[KeptSnapshot, ...] = ()
        self._distance = 0.0

    def add(self, mark: Moment, snapshot: Snapshot) -> None:
        """Keep a snapshot, or a view, as the newest; raise ValueError where it is older than the last one."""
        if self.kept and mark.step < self.kept[-1].mark.step:
            raise ValueError(f"a snapshot of step {mark.step} after one of step {self.kept[-1].mark.step}")
        new = KeptSnapshot.of(mark, snapshot)
        before = self.kept[:-1] if self._may_go(mark.step) else self.kept
        self.kept = (*before, new)
        if len(self.kept) > max(2, min(self._max_snapshots, self._max_bytes // max(new.nbytes, 1))):
            self._thin()

    def _may_go(self, step: int) -> bool:
        """Return whether the newest is no longer needed when one of ``step`` comes."""
        steps = [kept.mark.step for kept in self.kept[-2:]]
        return step in steps or (len(steps) == 2 and steps[1] - steps[0] < self._distance)

    def _thin(self) -> None:
        """Double the distance: twice the mean one, whatever the distance was at which snapshots came."""
        first, *between, newest = self.kept
        self._distance = 2 * (newest.mark.step - first.mark.step) / (len(self.kept) - 1)
        spread = [first]
        for kept in between:
            if kept.mark.step - spread[-1].mark.step >= self._distance:
                spread.append(kept)
        self.kept = (*spread, newest)

    def __len__(self) -> int:
        return len(self.kept)

    def at(self, index: int) -> tuple[Moment, Snapshot]:
        """Return a snapshot, in float32, and where it was taken; -1 is the newest."""
        return self.kept[index].mark, self.kept[index].snapshot()

    @property
    def marks(self) -> tuple[Moment, ...]:
        """Where they were taken."""
        return tuple(kept.mark for kept in self.kept)

    @property
    def nbytes(self) -> int:
        """The memory that all take, in bytes."""
        return sum(kept.nbytes for kept in self.kept)


def answers_over(kept: Sequence[KeptSnapshot], recognizer: Recognizer, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a network answered to an image at each of n snapshots: probabilities (n, 10).

    Parameters
    ----------
    kept
        All snapshots or a part of them. Each takes 0.5 ms for 784-256-128-10, and 64 of them 35 ms: this is for another
        thread than the GUI's, or for a few snapshots at a time.
    recognizer
        One of a network of the same layers, which nobody else uses: its weights are overwritten.
    image : (28, 28)
        In MNIST's geometry.
    """
    answers = np.empty((len(kept), N_CLASSES), np.float32)
    for row, moment in zip(answers, kept, strict=True):
        moment.restore(recognizer.network)
        row[:] = recognizer.predict_image(image).probabilities
    return answers
