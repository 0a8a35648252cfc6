"""The digits behind a cell of a confusion matrix, with what is said of each: what the pictures' dialog shows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from core.data.dataset import Dataset
from core.digits import SIZE
from core.training.dataset_predictions import DatasetPredictions


@dataclass(frozen=True, eq=False)
class CellPictures:
    """N digits of one label that were given one answer: of errors the surest first, of right answers the least sure.

    Attributes
    ----------
    title : str
        What they have in common.
    images : (N, 28, 28) uint8
        0 paper to 255 ink.
    captions, flags : tuple of str
        Of each, label, answer and the answer's probability; and that its label is doubtful, where it is.
    rows : (N,) intp
        Where they are in the dataset.
    """

    title: str
    images: NDArray[np.uint8]
    captions: tuple[str, ...]
    flags: tuple[str, ...]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, predictions: DatasetPredictions, data: Dataset, label: int, answer: int) -> Self:
        """Return the digits behind a cell of what ``data`` were examined for."""
        rows = predictions.rows(label, answer)
        form = _tr("{0} read as {1}")
        captions = (
            f"{form.format(label, answer)}\n{_tr('{0:.1%} sure').format(share)}"
            for share in predictions.probabilities[rows].tolist()
        )
        flags = (_tr("label doubtful") if doubt else "" for doubt in predictions.doubtful[rows].tolist())
        of_label = int(predictions.confusion[label].sum())
        title = _tr("{0}: {1:,} of {2:,}").format(form.format(label, answer), len(rows), of_label)
        return cls(title, data.images[rows].reshape(-1, SIZE, SIZE), tuple(captions), tuple(flags), rows)


def _tr(text: str) -> str:
    return QCoreApplication.translate("CellPictures", text)
