"""History: the curves and the evaluations of a run.

The curves have a bounded size for any number of batches; all evaluations are kept.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from core.messages import tr
from core.training.curve import TIME_CONSTANT, Curve

if TYPE_CHECKING:
    from core.training.loop import Progress

COLUMNS = (
    "step",
    "epoch",
    "samples",
    "seconds",
    "learning_rate",
    "validation_loss",
    "validation_accuracy",
    "training_loss",
    "training_accuracy",
)
"""The quantities of each evaluation."""
_CURVES = ("loss", "accuracy", "learning_rate", "seconds")


@dataclass(frozen=True)
class Axis:
    """Samples and batches per epoch: they convert samples to epochs and steps."""

    samples_per_epoch: int = 1
    steps_per_epoch: int = 1


class History:
    """The curves of one run over the samples that it has trained on, and its evaluations.

    Attributes
    ----------
    loss, accuracy : Curve
        Of the batches.
    learning_rate, seconds : Curve
        The learning rate, and the duration of the run so far, without pauses.
    marks : list of (samples, learning rate)
        Where the user changed the learning rate, and to what.
    """

    def __init__(self, axis: Axis | None = None) -> None:
        self.axis = axis or Axis()
        # For a small data set the memory is shorter than an epoch.
        memory = min(TIME_CONSTANT, max(self.axis.samples_per_epoch, 1) / 25)
        self.loss, self.accuracy, self.learning_rate, self.seconds = (Curve(memory) for _ in _CURVES)
        self.marks: list[tuple[float, float]] = []
        self._evaluations = array("d")

    def add(self, records: "Sequence[Progress]", seconds: float) -> None:
        """Add the records of some batches; ``seconds`` is the training time after the last of them."""
        for record in records:
            self.loss.append(record.samples, record.loss)
            self.accuracy.append(record.samples, record.accuracy)
            self.learning_rate.append(record.samples, record.learning_rate)
            if record.validation_loss is not None:
                values = [seconds if name == "seconds" else getattr(record, name) for name in COLUMNS]
                self._evaluations.extend(np.nan if value is None else value for value in values)
        if records:
            self.seconds.append(records[-1].samples, seconds)

    def mark(self, samples: float, learning_rate: float) -> None:
        """Record that the user has changed the learning rate."""
        self.marks.append((float(samples), learning_rate))

    @property
    def n_evaluations(self) -> int:
        """The number of evaluations."""
        return len(self._evaluations) // len(COLUMNS)

    @property
    def evaluations(self) -> dict[str, NDArray[np.float64]]:
        """The evaluations: an array for each of ``COLUMNS``."""
        table = np.array(self._evaluations).reshape(-1, len(COLUMNS))
        return dict(zip(COLUMNS, table.T, strict=True))

    @property
    def best(self) -> int | None:
        """Index of the best evaluation: the highest accuracy, then the smallest loss; None if there are none."""
        if not self.n_evaluations:
            return None
        found = self.evaluations
        return int(np.lexsort((found["validation_loss"], -found["validation_accuracy"]))[0])

    # -- other axes ----------------------------------------------------------------------------------------------------

    def along(self, samples: NDArray[np.float64], axis: str) -> NDArray[np.float64]:
        """Convert positions in samples to "epochs", "steps" or "seconds"."""
        if axis == "seconds":
            x, _ = self.seconds.means
            return np.interp(samples, np.append(0, x), np.append(0, self.seconds.ends)) if len(x) else samples * 0
        per_epoch = max(self.axis.samples_per_epoch, 1)
        return samples / per_epoch * (self.axis.steps_per_epoch if axis == "steps" else 1)

    # -- on disk -------------------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the history as arrays."""
        found: dict[str, NDArray[Any]] = {
            "evaluations": np.array(self._evaluations).reshape(-1, len(COLUMNS)),
            "marks": np.array(self.marks, dtype=np.float64).reshape(-1, 2),
            "axis": np.array([self.axis.samples_per_epoch, self.axis.steps_per_epoch], dtype=np.int64),
        }
        for name in _CURVES:
            found |= {f"{name}.{part}": values for part, values in getattr(self, name).tensors().items()}
        return found

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild a history from the arrays of ``tensors``; raise ValueError or KeyError if they are invalid."""
        table, marks, axis = tensors["evaluations"], tensors["marks"], tensors["axis"]
        if table.ndim != 2 or table.shape[1] != len(COLUMNS) or marks.ndim != 2 or marks.shape[1] != 2:
            raise ValueError(tr("its evaluations have an invalid shape"))
        if axis.shape != (2,) or axis.dtype.kind != "i" or (axis < 1).any():
            raise ValueError(tr("its length of an epoch is invalid"))
        if not (_is_real(table) and _is_real(marks) and np.isfinite(marks).all()) or np.isinf(table).any():
            raise ValueError(tr("its evaluations have invalid values"))
        history = cls(Axis(*axis.tolist()))
        history._evaluations = array("d", table.astype(np.float64).ravel())
        history.marks = [(float(samples), float(rate)) for samples, rate in marks]
        for name in _CURVES:
            parts = {part: tensors[f"{name}.{part}"] for part in ("buckets", "going")}
            setattr(history, name, Curve.from_tensors(parts))
        return history


def _is_real(values: NDArray[Any]) -> bool:
    return values.dtype.kind in "fiu"
