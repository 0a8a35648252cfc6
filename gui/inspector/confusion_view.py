"""The confusion matrix: how often each digit is read as each; a cell opens the digits behind it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.digits import N_CLASSES
from gui.inspector.confusion_grid import ConfusionGrid
from gui.style import theme


class ConfusionView(QWidget):
    """The cells, and a line that tells of the one that is looked at, or else whose counts these are."""

    cellOpened = Signal(int, int)
    """The user wants to see the digits of a label that were given an answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = ConfusionGrid()
        self._line = QLabel()
        self._caption = ""
        self.grid.setAccessibleName(self.tr("Confusion matrix"))
        self.grid.setToolTip(
            self.tr(
                "Each row holds the digits that are a 0, a 1, and so on; each column those that the network reads as "
                "one. Right answers lie on the diagonal, in blue; all else is confused, in orange. Open a cell to see "
                "its digits."
            )
        )
        self.grid.cellOpened.connect(self.cellOpened)
        self.grid.looked.connect(self._describe)
        self.setFocusProxy(self.grid)
        self._line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._line)
        self._describe()

    def show_confusion(self, rows: Sequence[Sequence[int]] | NDArray[np.integer[Any]], caption: str = "") -> None:
        """Show counts [label][answer], and below them whose they are, as "Validation, step 1,234". Silent."""
        counts = np.array(rows, dtype=np.int64)
        if counts.shape != (N_CLASSES, N_CLASSES):
            raise ValueError(f"{N_CLASSES} rows of {N_CLASSES} counts were expected, not {counts.shape}")
        self._caption = caption
        self.grid.set_counts(counts)
        self._describe()

    def clear(self) -> None:
        """Show that nothing was counted yet. Silent."""
        self.grid.set_counts(None)
        self._describe()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 400)

    # -- words ----------------------------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Write the line, and tell assistive technology what is counted, and the cell that has the focus."""
        counts, looked_at = self.grid.counts, self.grid.looked_at
        if counts is None:
            self._line.clear()
            self.grid.setAccessibleDescription(self.tr("None yet"))
            return
        summary = self._summary(counts)
        self._line.setText(summary if looked_at is None else self._said(counts, *looked_at))
        self.grid.setAccessibleDescription(f"{summary}. {self._said(counts, *self.grid.focused)}")

    def _summary(self, counts: NDArray[np.int64]) -> str:
        right = self.tr("{0:,} of {1:,} right").format(int(np.trace(counts)), int(counts.sum()))
        return ": ".join(filter(None, (self._caption, right)))

    def _said(self, counts: NDArray[np.int64], label: int, answer: int) -> str:
        """Return a cell in words, as "9 of 980: a 4 read as 9"."""
        an_eight, another = self.tr("{0:,} of {1:,}: an 8 read as {3}"), self.tr("{0:,} of {1:,}: a {2} read as {3}")
        form = an_eight if label == 8 else another
        return form.format(int(counts[label, answer]), int(counts[label].sum()), label, answer)
