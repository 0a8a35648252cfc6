"""A pane: a plot below a row with its title and other widgets."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.curves.plot import Plot
from gui.style import theme


class Pane(QWidget):
    """A row with the title on the left, and the plot below."""

    def __init__(self, title: str, plot: Plot, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = plot
        self.title = QLabel(title)
        self.title.setToolTip(tip)  # not the plot's: there it would cover the readout
        self.title.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.SPACING // 2)
        self._row.addWidget(self.title)
        self._row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING // 4)
        layout.addLayout(self._row)
        layout.addWidget(plot, 1)

    def add_left(self, widget: QWidget) -> None:
        """Put a widget beside the title."""
        self._row.insertSpacing(1, theme.SPACING // 2)
        self._row.insertWidget(2, widget)

    def add_right(self, widget: QWidget) -> None:
        """Put a widget at the right end of the row."""
        self._row.addWidget(widget)
