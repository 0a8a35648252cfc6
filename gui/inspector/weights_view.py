"""The weights of the first layer as pictures, one for each unit."""

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
    """Pages of tiles, as large as the widget allows, and a caption for the current unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = TilePage()
        self.caption, self.range_label = QLabel(), QLabel()
        self.back_button = self._button("chevron-left", self.tr("Previous units"), "PgUp", -1)
        self.next_button = self._button("chevron-right", self.tr("Next units"), "PgDown", 1)
        self.page.setAccessibleName(self.tr("Weights of the first layer"))
        self.page.setToolTip(
            self.tr(
                "Each picture shows the weights of one unit of the first layer: ink on orange pixels activates the "
                "unit, ink on blue pixels inhibits it. At first the weights are noise; during training, pieces of "
                "strokes appear. Each picture has its own scale."
            )
        )
        self.page.changed.connect(self._describe)
        theme.notifier.changed.connect(self._describe)
        self.setFocusProxy(self.page)
        self._lay_out()
        self._describe()

    def show_weights(self, weights: NDArray[np.floating[Any]]) -> None:
        """Show the weights (784, units) of a first layer. They are not copied: nobody may write to them."""
        if weights.ndim != 2 or len(weights) != N_PIXELS:
            raise ValueError(f"weights of {N_PIXELS} pixels were expected, not an array {weights.shape}")
        self.page.set_weights(weights)
        self._describe()

    def clear(self) -> None:
        """Show the empty state."""
        self.page.set_weights(None)
        self._describe()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 400)

    # -- texts ----------------------------------------------------------------------------------------------------

    def _describe(self) -> None:
        """Update the line below the page, and describe the page to assistive technology."""
        page = self.page
        n, first, last = page.n_units, page.first, page.last
        unit = "" if page.current is None else self._unit_text(page.current)
        self.caption.setText(unit or (self._legend() if n else ""))
        text = self.tr("{first:,} to {last:,} of {total:,}")
        self.range_label.setText(text.format(first=first + 1, last=last, total=n))
        for widget in (self.range_label, self.back_button, self.next_button):
            widget.setVisible(last - first < n)
        self.back_button.setEnabled(first > 0)
        self.next_button.setEnabled(last < n)
        n_units = self.tr("{count:,} units").format(count=n) if n else self.tr("None yet")
        page.setAccessibleDescription(unit or n_units)

    def _unit_text(self, unit: int) -> str:
        assert self.page.weights is not None
        largest = float(np.abs(self.page.weights[:, unit]).max())
        return self.tr("Unit {number:,} of {total:,}: its largest weight is {largest:.2g}").format(
            number=unit + 1, total=self.page.n_units, largest=largest
        )

    def _legend(self) -> str:
        colours = theme.colours()
        blue, orange = (
            f'<span style="color:{colour.name()}">■</span>'  # not shown
            for colour in (colours.negative, colours.positive)
        )
        form = self.tr("{blue} ink here inhibits the unit &nbsp; {orange} ink here activates it")
        return form.format(blue=blue, orange=orange)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _button(self, icon: str, name: str, key: str, pages: int) -> QToolButton:
        button = QToolButton()
        theme.set_icon(button, icon)
        button.setToolTip(f"{name} ({key})")
        button.setAccessibleName(name)
        button.clicked.connect(partial(self.page.turn, pages))
        return button

    def _lay_out(self) -> None:
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACING // 2)
        row.addWidget(self.caption, 1)
        for widget in (self.range_label, self.back_button, self.next_button):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING // 2)
        layout.addWidget(self.page, 1)
        layout.addLayout(row)
