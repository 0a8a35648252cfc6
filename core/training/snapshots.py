"""Snapshots of a run, to look back at the network's development: a bounded number, at half size, evenly spaced."""

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
"""Of all snapshots together. Networks with more than 49,000 parameters have fewer than 64: 784-256-128-10 has 13."""
_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class Moment:
    """The moment of a snapshot: batches and digits done, the epoch, and the last validation accuracy.

    ``validation_accuracy`` is None before the first evaluation.
    """

    step: int
    epoch: int
    samples: int
    validation_accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class KeptSnapshot:
    """A snapshot at half its size; it never changes, so that other threads can read it.

    Parameters are kept as float16, which has 11 significant bits: the error is at most 0.05 %, or 3e-8 for values below
    6e-5; values beyond 65,504 are clipped. Batch-norm's variances may be larger and stay float32.
    """

    moment: Moment
    parameters: NDArray[np.float16]
    statistics: Array

    @classmethod
    def of(cls, moment: Moment, snapshot: Snapshot) -> Self:
        """Copy a snapshot; it may be a view of a network that continues to train."""
        small = np.empty(snapshot.parameters.shape, np.float16)
        np.clip(snapshot.parameters, -_LARGEST, _LARGEST, out=small, casting="unsafe")
        return cls(moment, small, snapshot.statistics.copy())

    @property
    def nbytes(self) -> int:
        """The memory of the snapshot, in bytes."""
        return self.parameters.nbytes + self.statistics.nbytes

    def snapshot(self) -> Snapshot:
        """Return it as float32."""
        return Snapshot(self.parameters.astype(np.float32), self.statistics.copy())

    def restore(self, network: Network) -> None:
        """Restore a network of the same layers to the snapshot."""
        network.restore(Snapshot(self.parameters, self.statistics))  # the assignment converts without another copy


class Snapshots:
    """The first snapshot of a run, the newest, and evenly spaced ones between them, as many as the limits allow.

    When there are too many, the minimum distance between two doubles, and snapshots closer to the one before them are
    dropped: every second one if they arrive at even steps. The newest may be closer: the next replaces it.

    Attributes
    ----------
    kept : tuple of KeptSnapshot
        In the order of the run.
    """

    def __init__(self, max_snapshots: int = MAX_SNAPSHOTS, max_bytes: int = MAX_BYTES) -> None:
        self._max_snapshots, self._max_bytes = max_snapshots, max_bytes
        self.clear()

    def clear(self) -> None:
        """Drop all snapshots, for another run."""
        self.kept: tuple[KeptSnapshot, ...] = ()
        self._distance = 0.0

    def add(self, moment: Moment, snapshot: Snapshot) -> None:
        """Keep a snapshot, or a view, as the newest; raise ValueError if it is older than the last one."""
        if self.kept and moment.step < self.kept[-1].moment.step:
            raise ValueError(f"a snapshot of step {moment.step} after one of step {self.kept[-1].moment.step}")
        new = KeptSnapshot.of(moment, snapshot)
        before = self.kept[:-1] if self._replaces_newest(moment.step) else self.kept
        self.kept = (*before, new)
        if len(self.kept) > max(2, min(self._max_snapshots, self._max_bytes // max(new.nbytes, 1))):
            self._thin()

    def _replaces_newest(self, step: int) -> bool:
        """Return whether a snapshot of ``step`` takes the place of the newest."""
        steps = [kept.moment.step for kept in self.kept[-2:]]
        return step in steps or (len(steps) == 2 and steps[1] - steps[0] < self._distance)

    def _thin(self) -> None:
        """Set the minimum distance to twice the mean distance, and drop snapshots that are closer."""
        first, *between, newest = self.kept
        self._distance = 2 * (newest.moment.step - first.moment.step) / (len(self.kept) - 1)
        spread = [first]
        for kept in between:
            if kept.moment.step - spread[-1].moment.step >= self._distance:
                spread.append(kept)
        self.kept = (*spread, newest)

    def __len__(self) -> int:
        return len(self.kept)

    def at(self, index: int) -> tuple[Moment, Snapshot]:
        """Return the moment of a snapshot, and the snapshot as float32; -1 is the newest."""
        return self.kept[index].moment, self.kept[index].snapshot()

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments of all snapshots."""
        return tuple(kept.moment for kept in self.kept)

    @property
    def nbytes(self) -> int:
        """The memory of all snapshots, in bytes."""
        return sum(kept.nbytes for kept in self.kept)


def predictions_over(
    kept: Sequence[KeptSnapshot], recognizer: Recognizer, image: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return the probabilities (n, 10) that a network gave to an image at each of n snapshots.

    Parameters
    ----------
    kept
        All snapshots or a part of them. For 784-256-128-10, one takes 0.5 ms and 64 take 35 ms: call this off the GUI
        thread, or for a few snapshots at a time.
    recognizer
        A recognizer with a network of the same layers, which nothing else uses: its weights are overwritten.
    image : (28, 28)
        In MNIST's geometry.
    """
    probabilities = np.empty((len(kept), N_CLASSES), np.float32)
    for row, snapshot in zip(probabilities, kept, strict=True):
        snapshot.restore(recognizer.network)
        row[:] = recognizer.predict_image(image).probabilities
    return probabilities
