"""Two pages about a network: what it is like inside, and what it answers."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.confusion_view import ConfusionView
from gui.layers_view import LayersView
from gui.scrubber import Scrubber
from gui.weights_view import WeightsView


class InsideView(QWidget):
    """The first layer's weights, the layers, and the way back through the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights, self.layers, self.scrubber = WeightsView(), LayersView(), Scrubber()
        _stack(self, (self.weights, 3), (self.layers, 2), (self.scrubber, 0))


class AnswersView(QWidget):
    """The confusion matrix."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion = ConfusionView()
        _stack(self, (self.confusion, 1))


def _stack(parent: QWidget, *rows: tuple[QWidget, int]) -> None:
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.SPACING)
    layout.setSpacing(theme.SPACING)
    for widget, stretch in rows:
        layout.addWidget(widget, stretch)
