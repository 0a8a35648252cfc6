"""The first layer's weights as pictures: what each unit looks for, noise at first, and sharper as it learns."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.digits import N_PIXELS
from gui.inspector.tile_page import TilePage
from gui.style import theme


class WeightsView(QWidget):
    """Pages of tiles, as large as their room allows; the one that is pointed at is named below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = TilePage()
        self._caption, self._range = QLabel(), QLabel()
        self._back = self._button("chevron-left", self.tr("The units before"), "PgUp", -1)
        self._on = self._button("chevron-right", self.tr("More units"), "PgDown", 1)
        self.page.setAccessibleName(self.tr("Weights of the first layer"))
        self.page.setToolTip(
            self.tr(
                "Each picture is what one unit of the first layer looks for: ink where it is orange turns the unit on, "
                "ink where it is blue turns it off. All is noise at first; as the network learns, pieces of strokes "
                "appear. Each picture has a scale of its own."
            )
        )
        self.page.changed.connect(self._describe)
        theme.notifier.changed.connect(self._describe)
        self.setFocusProxy(self.page)
        self._lay_out()
        self._describe()

    def show_weights(self, weights: NDArray[np.floating[Any]]) -> None:
        """Show the weights (784, units) of a first layer: a snapshot's, for they are kept, and not copied."""
        if weights.ndim != 2 or len(weights) != N_PIXELS:
            raise ValueError(f"weights of {N_PIXELS} pixels were expected, not an array {weights.shape}")
        self.page.set_weights(weights)
        self._describe()

    def clear(self) -> None:
        """Show that there are none."""
        self.page.set_weights(None)
        self._describe()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 400)

    # -- words ----------------------------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Write the line below the page, and tell assistive technology."""
        page = self.page
        n, first, last = page.n_units, page.first, page.last
        said = "" if page.pointed is None else self._said(page.pointed)
        self._caption.setText(said or (self._legend() if n else ""))
        self._range.setText(self.tr("{0:,} to {1:,} of {2:,}").format(first + 1, last, n))
        for widget in (self._range, self._back, self._on):
            widget.setVisible(last - first < n)
        self._back.setEnabled(first > 0)
        self._on.setEnabled(last < n)
        page.setAccessibleDescription(said or (self.tr("{0:,} units").format(n) if n else self.tr("None yet")))

    def _said(self, unit: int) -> str:
        assert self.page.weights is not None
        largest = float(np.abs(self.page.weights[:, unit]).max())
        return self.tr("Unit {0:,} of {1:,}: its largest weight is {2:.2g}").format(
            unit + 1, self.page.n_units, largest
        )

    def _legend(self) -> str:
        colours = theme.colours()
        off, on = self.tr("ink here turns the unit off"), self.tr("ink here turns it on")
        marks = [f'<span style="color:{colour.name()}">■</span>' for colour in (colours.negative, colours.positive)]
        return f"{marks[0]} {off} &nbsp; {marks[1]} {on}"

    # -- parts ----------------------------------------------------------------------------------------------------

    def _button(self, icon: str, name: str, key: str, pages: int) -> QToolButton:
        button = QToolButton()
        theme.set_icon(button, icon)
        button.setToolTip(f"{name} ({key})")
        button.setAccessibleName(name)
        button.clicked.connect(partial(self.page.turn, pages))
        return button

    def _lay_out(self) -> None:
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACING // 2)
        row.addWidget(self._caption, 1)
        for widget in (self._range, self._back, self._on):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING // 2)
        layout.addWidget(self.page, 1)
        layout.addLayout(row)
