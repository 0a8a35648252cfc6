"""The digits behind a cell of a confusion matrix, with captions for the dialog that shows them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.digits import SIZE
from core.messages import tr
from core.training.dataset_predictions import DatasetPredictions


@dataclass(frozen=True, eq=False)
class CellPictures:
    """N digits of one label with one prediction: the surest errors first, the least sure correct ones first.

    Attributes
    ----------
    title : str
        Label, prediction, and how many of the label's digits there are.
    images : (N, 28, 28) uint8
        From 0 (paper) to 255 (ink).
    captions : tuple of str
        For each digit: label, prediction, and the prediction's probability.
    flags : tuple of str
        For each digit with a doubtful label, a note; else empty.
    rows : (N,) intp
        The indices in the dataset.
    """

    title: str
    images: NDArray[np.uint8]
    captions: tuple[str, ...]
    flags: tuple[str, ...]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, predictions: DatasetPredictions, data: Dataset, label: int, predicted: int) -> Self:
        """Return the digits behind a cell of the predictions for ``data``."""
        rows = predictions.rows(label, predicted)
        captions = tuple(
            tr("{label} read as {predicted}\n{share:.1%} sure", label=label, predicted=predicted, share=share)
            for share in predictions.probabilities[rows].tolist()
        )
        flags = tuple(tr("label doubtful") if doubt else "" for doubt in predictions.doubtful[rows].tolist())
        of_label = int(predictions.confusion[label].sum())
        title = tr(
            "{label} read as {predicted}: {count:,} of {total:,}",
            label=label, predicted=predicted, count=len(rows), total=of_label,
        )  # fmt: skip
        return cls(title, data.images[rows].reshape(-1, SIZE, SIZE), captions, flags, rows)
