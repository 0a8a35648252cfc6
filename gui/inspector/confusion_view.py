"""The confusion matrix, with a caption; a cell opens the digits behind it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.digits import N_CLASSES
from gui.inspector.confusion_grid import ConfusionGrid
from gui.style import theme


class ConfusionView(QWidget):
    """The cells, and a caption for the current cell, or else for the whole matrix."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ConfusionGrid()
        self.caption = QLabel()
        self._title = ""
        self.grid.setAccessibleName(self.tr("Confusion matrix"))
        self.grid.setToolTip(
            self.tr(
                "Each row has the digits of one label, each column the digits that the network reads as one digit. "
                "Correct predictions are on the diagonal, in blue; errors are orange. Open a cell to see its digits."
            )
        )
        self.grid.currentCellChanged.connect(self._describe)
        self.setFocusProxy(self.grid)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.caption)
        self._describe()

    def show_confusion(self, rows: Sequence[Sequence[int]] | NDArray[np.integer[Any]], title: str = "") -> None:
        """Show counts [label][prediction], with a title such as "Validation, step 1,234" in the caption. Silent."""
        counts = np.array(rows, dtype=np.int64)
        if counts.shape != (N_CLASSES, N_CLASSES):
            raise ValueError(f"{N_CLASSES} rows of {N_CLASSES} counts were expected, not {counts.shape}")
        self._title = title
        self.grid.set_counts(counts)
        self._describe()

    def clear(self) -> None:
        """Show the empty state. Silent."""
        self.grid.set_counts(None)
        self._describe()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 400)

    # -- texts ----------------------------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Update the caption, and describe the counts and the focused cell to assistive technology."""
        counts, current = self.grid.counts, self.grid.current_cell
        if counts is None:
            self.caption.clear()
            self.grid.setAccessibleDescription(self.tr("None yet"))
            return
        summary = self._summary(counts)
        self.caption.setText(summary if current is None else self._cell_text(counts, *current))
        self.grid.setAccessibleDescription(f"{summary}. {self._cell_text(counts, *self.grid.focused)}")

    def _summary(self, counts: NDArray[np.int64]) -> str:
        form = self.tr("{correct:,} of {total:,} correct")
        if self._title:
            form = self.tr("{title}: {correct:,} of {total:,} correct")
        return form.format(title=self._title, correct=int(np.trace(counts)), total=int(counts.sum()))

    def _cell_text(self, counts: NDArray[np.int64], label: int, predicted: int) -> str:
        """Return a cell as text, such as "9 of 980: label 4, read as 9"."""
        return self.tr("{count:,} of {total:,}: label {label}, read as {predicted}").format(
            count=int(counts[label, predicted]), total=int(counts[label].sum()), label=label, predicted=predicted
        )
